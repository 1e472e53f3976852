//! One native `WebSocket`, from dial to close. Its handlers are nulled before their closures are dropped, so nothing can
//! call into a connection that is gone.

use wasm_bindgen::prelude::*;

use super::dom::{self, Event, WebSocket};
use crate::core::{Frame, Generation};

/// A frame that knows how to go on the wire.
pub(crate) trait Outgoing: Frame + Sized {
    /// The frame as it is to be kept in the queue, out of reach of what its owner does to it later.
    ///
    /// # Errors
    /// What to throw for something that is no frame.
    fn keep(self) -> Result<Self, JsValue> {
        Ok(self)
    }

    /// Hands the frame to a socket, unless the socket is closing and would swallow it in silence.
    fn hand_to(&self, socket: &WebSocket) -> Result<Handed, JsValue>;
}

/// What a socket did with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handed {
    /// Took it, with its size in bytes or an estimate that is not lower.
    Taken(usize),
    /// Would not have sent it: it is not open any more.
    NotOpen,
}

/// What a connection reports.
pub(crate) enum Report {
    Opened,
    Message(Event),
    Errored,
    Ended(Event),
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) generation: Generation,
    pub(crate) socket: WebSocket,
    _handlers: [Closure<dyn Fn(JsValue)>; 4],
}

impl Connection {
    /// Dials. Every event of the socket goes to `report`.
    ///
    /// # Errors
    /// What the constructor throws.
    pub(crate) fn dial(
        constructor: &JsValue,
        url: &str,
        protocols: &JsValue,
        binary_type: &JsValue,
        generation: Generation,
        report: impl Fn(Report) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let socket = dom::construct(constructor, &dom::pair(url, protocols))?;
        socket.set_binary_type(binary_type);
        let handlers = [
            handler(&report, |_| Report::Opened),
            handler(&report, Report::Message),
            handler(&report, |_| Report::Errored),
            handler(&report, Report::Ended),
        ];
        socket.set_onopen(handlers[0].as_ref());
        socket.set_onmessage(handlers[1].as_ref());
        socket.set_onerror(handlers[2].as_ref());
        socket.set_onclose(handlers[3].as_ref());
        Ok(Self { generation, socket, _handlers: handlers })
    }

    pub(crate) fn buffered_amount(&self) -> u64 {
        self.socket.buffered_amount() as u64
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.socket.set_onopen(&JsValue::NULL);
        self.socket.set_onmessage(&JsValue::NULL);
        self.socket.set_onerror(&emitter_guard(&self.socket));
        self.socket.set_onclose(&JsValue::NULL);
        if matches!(self.socket.ready_state(), dom::CONNECTING | dom::OPEN) {
            // It cannot throw without arguments, and there is nobody left to tell.
            let _ = self.socket.close();
        }
    }
}

/// For the `ws` package of Node, whose sockets are event emitters: giving up a dial emits an `error`, and an emitter throws
/// where nobody listens to that. A built-in function listens and does nothing.
fn emitter_guard(socket: &WebSocket) -> JsValue {
    if dom::get(socket, "emit").is_undefined() { JsValue::NULL } else { dom::get(&dom::global(), "Boolean") }
}

fn handler(
    report: &(impl Fn(Report) + Clone + 'static),
    read: impl Fn(Event) -> Report + 'static,
) -> Closure<dyn Fn(JsValue)> {
    let report = report.clone();
    Closure::new(move |event: JsValue| report(read(event.unchecked_into())))
}
