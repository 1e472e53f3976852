use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use super::face::{ClientFace, Provider};
use super::hub::Hub;
use super::options::{Endpoint, OpenError, Options, SendOptions};
use super::stream::{Events, Messages};
use crate::browser::{Driver, Rejected, resolve_url};
use crate::codec::{Codec, CodecError, Frame};
use crate::core::{Accepted, CloseCode, Message, SendError as Unsent, State, Statistics, are_protocols};

/// A WebSocket that stays connected: it dials again with backoff, queues what is sent meanwhile, and reports what it could
/// not deliver. It outlives every connection.
///
/// It is a handle: clones are the same socket. When the last one and the last stream of its messages are dropped, the
/// connection is closed and nothing is left behind.
pub struct Socket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    pub(super) driver: Rc<Driver<ClientFace<Incoming, Outgoing, C>>>,
}

impl<Incoming, Outgoing, C> Socket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    /// Connects to `url`: ws:, wss:, http: or https:, relative to the page.
    ///
    /// # Errors
    /// When the URL or an option cannot be used.
    pub fn open(url: &str, options: Options<Incoming, Outgoing>) -> Result<Self, OpenError> {
        resolve_url(url).map_err(|fault| OpenError::Url(fault.sentence()))?;
        Self::start(Provider::Value(Endpoint::from(url)), options)
    }

    /// Connects to where `provider` says, which is asked before every dial: a token in the URL is never stale. If it fails,
    /// that attempt has failed, and the next one asks again.
    ///
    /// # Errors
    /// When an option cannot be used.
    pub fn open_with<P, F, E>(provider: P, options: Options<Incoming, Outgoing>) -> Result<Self, OpenError>
    where
        P: Fn() -> F + 'static,
        F: Future<Output = Result<Endpoint, E>> + 'static,
        E: Into<Box<dyn Error>>,
    {
        let provider = move || {
            let answer = provider();
            Box::pin(async move { answer.await.map_err(Into::into) }) as super::face::Answer
        };
        Self::start(Provider::Called(Box::new(provider)), options)
    }

    fn start(provider: Provider, options: Options<Incoming, Outgoing>) -> Result<Self, OpenError> {
        options.config.validate()?;
        if !are_protocols(&options.protocols) {
            return Err(OpenError::Protocols);
        }
        let config = options.config.clone();
        let driver = Driver::new(config, ClientFace::new(provider, options));
        driver.open();
        Ok(Self { driver })
    }

    /// Sends a message now, or queues it until there is a connection.
    ///
    /// # Errors
    /// When it cannot be encoded, the queue is full, or the socket is closed.
    pub fn send(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        Ok(self.driver.send(C::encode(message)?)?)
    }

    /// Sends a message with a time to live, a key or a priority.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_with(&self, message: &Outgoing, options: SendOptions) -> Result<Accepted, SendError> {
        let frame = C::encode(message)?;
        Ok(self.driver.enqueue(Message {
            frame,
            expires: options.ttl.map(|ttl| self.driver.now() + ttl),
            key: options.key.map(String::into_boxed_str),
            priority: options.priority,
            tag: None,
        })?)
    }

    pub(super) fn hub(&self) -> &Hub<Incoming> {
        &self.driver.face().hub
    }

    /// The messages that come, in order, until the socket is closed for good; without the answers to requests and the
    /// messages of subscriptions. All streams of one socket share one inbox: each message goes to one of them. Where a full
    /// inbox has [ended](super::Inbox::End) them, this begins anew.
    #[must_use]
    pub fn messages(&self) -> Messages<Incoming, Outgoing, C> {
        self.hub().messages.begin_anew();
        Messages { socket: self.clone() }
    }

    /// What happens from now on. Each stream gets every event.
    #[must_use]
    pub fn events(&self) -> Events<Incoming, Outgoing, C> {
        Events { buffer: self.hub().listen(), socket: self.clone() }
    }

    /// Waits until the socket is open.
    ///
    /// # Errors
    /// When it is closed for good before.
    pub async fn opened(&self) -> Result<(), SendError> {
        poll_fn(|context| match self.state() {
            State::Open => Poll::Ready(Ok(())),
            State::Closed => Poll::Ready(Err(SendError::Closed)),
            _ => {
                self.hub().wait(context.waker());
                Poll::Pending
            }
        })
        .await
    }

    /// Waits until everything has been sent: nothing is queued, and the connection holds nothing back. Not that the server
    /// has it: a WebSocket does not tell.
    ///
    /// # Errors
    /// When the socket is closed for good before.
    pub async fn flushed(&self) -> Result<(), SendError> {
        poll_fn(|context| self.poll_flushed(context)).await
    }

    /// Ends it: no more dials. What is queued goes out first if there is a connection, and is reported by
    /// [`Event::Dropped`](super::Event::Dropped) if there is none.
    pub fn close(&self) {
        self.driver.close(None, String::new());
    }

    /// [`close`](Self::close) with a code and a reason for the server.
    ///
    /// # Errors
    /// When the code is not 1000 or 3000 to 4999, or the reason is longer than 123 bytes.
    pub fn close_with(&self, code: CloseCode, reason: &str) -> Result<(), CloseError> {
        if !code.is_sendable() {
            return Err(CloseError::Code(code));
        }
        if reason.len() > 123 {
            return Err(CloseError::Reason(reason.len()));
        }
        self.driver.close(Some(code), reason.into());
        Ok(())
    }

    /// Replaces the connection by a new one, now and with a fresh backoff. The queue is kept. Works after a close too.
    pub fn reconnect(&self) {
        self.driver.reconnect();
    }

    /// Where the socket stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.driver.state()
    }

    /// The number of dials since the last stable connection; 0 when there was none since.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.driver.attempt()
    }

    /// How long the last recognised answer to a heartbeat took.
    #[must_use]
    pub fn latency(&self) -> Option<Duration> {
        self.driver.latency_millis().map(|millis| Duration::from_millis(millis as u64))
    }

    /// How many messages wait to be sent.
    #[must_use]
    pub fn queue_len(&self) -> usize {
        self.driver.queue_len()
    }

    /// The sum of their sizes, in bytes.
    #[must_use]
    pub fn queue_bytes(&self) -> usize {
        self.driver.queue_bytes()
    }

    /// What the socket has done since it was made.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.driver.statistics()
    }

    /// The absolute URL of the last dial, or nothing before the first.
    #[must_use]
    pub fn url(&self) -> String {
        self.driver.url()
    }

    /// The subprotocol that the server picked, or nothing.
    #[must_use]
    pub fn protocol(&self) -> String {
        self.driver.protocol()
    }
}

impl<Incoming, Outgoing, C> Clone for Socket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    fn clone(&self) -> Self {
        Self { driver: Rc::clone(&self.driver) }
    }
}

impl<Incoming, Outgoing, C> fmt::Debug for Socket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    /// Without the URL: it may carry a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("state", &self.state()).finish_non_exhaustive()
    }
}

/// Why a message was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The socket is closed, or about to be.
    #[error("the socket is closed")]
    Closed,
    /// The send queue is full.
    #[error("the send queue is full")]
    Full,
    /// Nothing says where a message carries a number, which it needs for its answer to be known.
    #[error("the options say nowhere to put the number that the answer is known by: see `Options::correlate`")]
    Uncorrelated,
    /// The codec has no form for it.
    #[error("the message could not be encoded: {0}")]
    Encode(#[from] CodecError),
    /// The browser's socket threw.
    #[error("the connection refused the message: {0}")]
    Refused(String),
}

impl From<Rejected<Frame>> for SendError {
    fn from(rejected: Rejected<Frame>) -> Self {
        match rejected {
            Rejected::Send(Unsent::Closed(_)) => Self::Closed,
            Rejected::Send(Unsent::Full(_)) => Self::Full,
            Rejected::Refused(thrown) => Self::Refused(format!("{thrown:?}")),
        }
    }
}

/// Why a close frame cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// A code that a page may not send.
    #[error("close code: takes 1000, or 3000 to 4999, got {0}")]
    Code(CloseCode),
    /// A reason that does not fit into a close frame.
    #[error("close reason: takes at most 123 bytes, got {0}")]
    Reason(usize),
}
