//! What the user asks of a driver: to open and to close, to send, and how things stand.

use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

use super::Driver;
use crate::browser::connection::Handed;
use crate::browser::connection::Outgoing;
use crate::browser::face::Face;
use crate::core::{
    Accepted, CloseCode, Duration, Generation, Input, Instant, Message, SendError, State, Statistics, Tag, millis,
};

impl<S: Face> Driver<S> {
    pub(crate) fn open(&self) {
        self.command(Input::Open);
    }

    pub(crate) fn reconnect(&self) {
        self.command(Input::Reconnect);
    }

    /// The code must be sendable and the reason short enough, see [`Input::Close`].
    pub(crate) fn close(&self, code: Option<CloseCode>, reason: String) {
        self.command(Input::Close { code, reason });
    }

    /// Sends a message: past the queue where that is possible.
    pub(crate) fn send(&self, message: Message<S::Frame>) -> Result<Accepted, Rejected<S::Frame>> {
        if let Some(generation) = self.writable() {
            match self.hand_over(generation, &message.frame) {
                Ok(true) => return Ok(Accepted::Sent),
                Ok(false) => {}
                Err(error) => return Err(Rejected::Refused(error)),
            }
        }
        self.take_in(message, None)
    }

    /// Sends a message, which must have a tag, and has its answer waited for.
    pub(crate) fn request(
        &self,
        message: Message<S::Frame>,
        timeout: Duration,
        repeat: bool,
    ) -> Result<Accepted, Rejected<S::Frame>> {
        self.take_in(message, Some((timeout, repeat)))
    }

    fn take_in(
        &self,
        mut message: Message<S::Frame>,
        request: Option<(Duration, bool)>,
    ) -> Result<Accepted, Rejected<S::Frame>> {
        message.frame = message.frame.keep().map_err(Rejected::Refused)?;
        let mut core = self.core.borrow_mut();
        // To read the clock takes a browser longer than all the rest.
        let timed = request.is_some() || core.messages_expire();
        let now = if timed { self.clock.now() } else { Instant::default() };
        let accepted = match request {
            Some((timeout, repeat)) => core.request(now, message, timeout, repeat),
            None => core.send(now, message),
        };
        drop(core);
        self.commanded();
        self.face.stepped();
        accepted.map_err(Rejected::Send)
    }

    /// A number to follow a message by.
    pub(crate) fn tag(&self) -> Tag {
        self.core.borrow_mut().tag()
    }

    /// Takes a message back that is followed by a tag.
    pub(crate) fn cancel(&self, tag: Tag) {
        let now = self.clock.now();
        self.core.borrow_mut().cancel(now, tag);
        self.commanded();
        self.face.stepped();
    }

    /// Has every connection told of this first.
    pub(crate) fn subscribe(&self, tag: Tag, frame: S::Frame) -> Result<(), Rejected<S::Frame>> {
        let frame = frame.keep().map_err(Rejected::Refused)?;
        let subscribed = self.core.borrow_mut().subscribe(tag, frame);
        self.commanded();
        subscribed.map_err(|frame| Rejected::Send(SendError::Closed(frame)))
    }

    /// Says goodbye to the connection that has been told, if it still takes that: past the queue, as it was told, and to no
    /// other.
    pub(crate) fn unsubscribe(&self, tag: Tag, farewell: Option<S::Frame>) {
        let told = self.core.borrow_mut().unsubscribe(tag);
        let generation = self.connection.borrow().as_ref().map(|connection| connection.generation);
        if let (true, Some(generation), Some(farewell)) = (told, generation, farewell) {
            // Should it be refused: what comes for nobody does no harm.
            let _ = self.hand_over(generation, &farewell);
        }
        // Where the connection is closing, the core now waits for its end, and not for ever.
        self.commanded();
    }

    /// Has [`Event::Room`] told.
    pub(crate) fn await_room(&self) {
        self.core.borrow_mut().await_room();
        self.commanded();
    }

    /// Has [`Event::Flushed`] told.
    pub(crate) fn await_flush(&self) {
        self.core.borrow_mut().await_flush();
        self.commanded();
    }

    pub(crate) fn statistics(&self) -> Statistics {
        self.core.borrow().statistics()
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn state(&self) -> State {
        self.core.borrow().state()
    }

    pub(crate) fn attempt(&self) -> u32 {
        self.core.borrow().attempt()
    }

    pub(crate) fn latency_millis(&self) -> Option<f64> {
        self.core.borrow().latency().map(|latency| millis(latency) as f64)
    }

    pub(crate) fn queue_len(&self) -> usize {
        self.core.borrow().queue_len()
    }

    pub(crate) fn queue_bytes(&self) -> usize {
        self.core.borrow().queue_bytes()
    }

    /// Whether less than the high-water mark is queued, and a message fits.
    pub(crate) fn has_room(&self) -> bool {
        self.core.borrow().has_room()
    }

    /// Whether nothing is left to be sent.
    pub(crate) fn is_flushed(&self) -> bool {
        let unsent = self.connection.borrow().as_ref().map_or(0, |connection| connection.buffered_amount());
        self.queue_len() == 0 && unsent == 0
    }

    /// Whether something has happened that is not told yet.
    pub(crate) fn has_news(&self) -> bool {
        !self.deliveries.borrow().is_empty()
    }

    /// The absolute URL of the last dial, or nothing before the first.
    pub(crate) fn url(&self) -> String {
        self.url.borrow().as_string().unwrap_or_default()
    }

    /// The subprotocol that the server picked, or nothing.
    pub(crate) fn protocol(&self) -> String {
        self.socket().map_or_else(String::new, |socket| socket.protocol())
    }

    /// The native socket of the current connection.
    pub(crate) fn socket(&self) -> Option<WebSocket> {
        self.connection.borrow().as_ref().map(|connection| connection.socket.clone())
    }

    /// The connection that takes a frame at once. None does while another frame is being handed over: that is before it.
    fn writable(&self) -> Option<Generation> {
        if self.working.get() {
            return None;
        }
        let mut core = self.core.borrow_mut();
        if let Some(generation) = core.wants_measure() {
            let bytes = self.connection.borrow().as_ref()?.buffered_amount();
            core.handle(self.clock.now(), Input::Buffered { generation, bytes });
        }
        core.can_transmit()
    }

    fn hand_over(&self, generation: Generation, frame: &S::Frame) -> Result<bool, JsValue> {
        let Some(connection) = self.current(generation) else { return Ok(false) };
        let handed = frame.hand_to(&connection.socket)?;
        let mut core = self.core.borrow_mut();
        match handed {
            Handed::Taken(len) => core.transmitted(1, len as u64),
            Handed::NotOpen => core.stall(generation),
        }
        Ok(handed != Handed::NotOpen)
    }

    fn command(&self, input: Input) {
        self.tell(input);
        self.commanded();
        self.face.stepped();
    }

    /// What the core says to a call of the user's is carried out now, and told to them soon.
    fn commanded(&self) {
        self.work();
        self.deliver_soon();
    }
}

/// A message that was not accepted.
#[derive(Debug)]
pub(crate) enum Rejected<F> {
    /// The core would not have it.
    Send(SendError<F>),
    /// The connection threw this.
    Refused(JsValue),
}
