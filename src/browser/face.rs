//! What a face gives to the driver, and what it is told.

use std::rc::Weak;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

use super::connection::Outgoing;
use super::driver::Driver;
use crate::core::Tag;
use crate::core::{Event, Failure, Generation, Lost, Verdict};

/// What the driver needs of the face that it serves: the user's part in a connection.
pub(crate) trait Face: 'static {
    /// What goes on the wire.
    type Frame: Outgoing + 'static;
    /// A message that came in, decoded.
    type Message: 'static;

    /// The user's URL and protocols for this dial, now or later.
    fn target(&self, resolver: Resolver<Self>)
    where
        Self: Sized;
    /// The `WebSocket` constructor to dial with.
    fn constructor(&self) -> Result<Function, JsValue>;
    /// How binary messages come in.
    fn binary_type(&self) -> JsValue;
    /// The message of a heartbeat.
    fn heartbeat(&self) -> Option<Self::Frame>;
    /// What the user says of a lost connection.
    fn verdict(&self, lost: &Lost) -> Verdict;
    /// The function that takes the messages of a new connection of this driver.
    fn listener(&self, driver: Weak<Driver<Self>>, socket: &WebSocket, generation: Generation) -> JsValue
    where
        Self: Sized;
    /// Tells the user.
    fn deliver(&self, delivery: Delivery<Self>)
    where
        Self: Sized;
    /// Something may have changed, in the queue too. Not called for what a task that waits does.
    fn stepped(&self) {}
    /// The socket is closed and everything has been told: let go of what is only needed to tell.
    fn rest(&self) {}
}

/// What a frame that came in turned out to be.
pub(crate) enum Inbound<M> {
    Message(M),
    /// One that could not be decoded, or is not valid; it keeps its place among the others.
    Undeliverable(M),
    /// One that names a tag: the answer to a request, if there is such a request.
    Tagged(Tag, M),
    /// The answer to a heartbeat: not for the user.
    Answer,
}

/// What the user is told: messages and events in one line, so that their order is kept.
pub(crate) enum Delivery<S: Face> {
    Message(S::Message),
    Reply(Tag, S::Message),
    Event(Event<S::Frame>),
}

/// Where to dial: the URL, absolute and of ws or wss, and an array of the protocols.
pub(crate) struct Target(pub(crate) Array);

/// Takes the target of one dial, once. An answer that comes too late is dropped.
pub(crate) struct Resolver<S: Face> {
    pub(super) driver: Weak<Driver<S>>,
    pub(super) generation: Generation,
}

impl<S: Face> Resolver<S> {
    pub(crate) fn resolve(self, target: Result<Target, Failure>) {
        if let Some(driver) = self.driver.upgrade() {
            driver.dial(self.generation, target);
        }
    }
}
