//! The user's part in a connection, as Rust gives it.

#[cfg(target_family = "wasm")]
mod browser;

use std::cell::Cell;
use std::marker::PhantomData;

use futures::future::AbortHandle;

use super::hub::Hub;
use super::options::{Correlation, Decision, Heartbeat, Options};
use super::source::Source;

#[cfg_attr(not(target_family = "wasm"), expect(dead_code, reason = "only a browser dials"))]
pub(super) struct ClientFace<Incoming, Outgoing, C> {
    pub(super) hub: Hub<Incoming>,
    pub(super) correlation: Option<Correlation<Incoming, Outgoing>>,
    source: Source,
    protocols: Vec<String>,
    heartbeat: Option<Heartbeat<Incoming, Outgoing>>,
    should_retry: Option<Decision>,
    max_message_bytes: usize,
    codec: PhantomData<C>,
    /// The answer of the provider that is waited for.
    asked: Cell<Option<AbortHandle>>,
}

impl<Incoming, Outgoing, C> ClientFace<Incoming, Outgoing, C> {
    pub(super) fn new(source: Source, options: Options<Incoming, Outgoing>) -> Self {
        Self {
            hub: Hub::new(options.inbox),
            correlation: options.correlation,
            source,
            protocols: options.protocols,
            heartbeat: options.heartbeat,
            should_retry: options.should_retry,
            max_message_bytes: options.max_message_bytes,
            codec: PhantomData,
            asked: Cell::default(),
        }
    }

    /// Nobody waits for the former answer any more: its future is dropped.
    fn wait_for(&self, next: Option<AbortHandle>) {
        if let Some(former) = self.asked.replace(next) {
            former.abort();
        }
    }
}

impl<Incoming, Outgoing, C> Drop for ClientFace<Incoming, Outgoing, C> {
    fn drop(&mut self) {
        self.wait_for(None);
    }
}

#[cfg(not(target_family = "wasm"))]
impl<Incoming, Outgoing, C> crate::browser::Face for ClientFace<Incoming, Outgoing, C> {
    type Frame = crate::codec::Frame;
}
