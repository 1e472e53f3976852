//! One native `WebSocket`, from dial to close. Its handlers are nulled before their closures are dropped, so nothing can
//! call into a connection that is gone.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{CloseEvent, WebSocket};

use super::global::{get, global_property};
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

/// What a connection reports, beside its messages.
pub(crate) enum Report {
    Opened,
    Errored,
    Ended(CloseEvent),
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) generation: Generation,
    pub(crate) socket: WebSocket,
    handlers: [Closure<dyn Fn(JsValue)>; 3],
}

impl Connection {
    /// Dials, with the URL and the protocols as `arguments`. What takes messages is made by `listener`; every other event of
    /// the socket goes to `report`.
    ///
    /// # Errors
    /// What the constructor throws.
    pub(crate) fn dial(
        constructor: &Function,
        arguments: &Array,
        binary_type: &JsValue,
        generation: Generation,
        listener: impl FnOnce(&WebSocket) -> JsValue,
        report: impl Fn(Report) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let socket: WebSocket = Reflect::construct(constructor, arguments)?.unchecked_into();
        let handlers = [
            handler(&report, |_| Report::Opened),
            handler(&report, |_| Report::Errored),
            handler(&report, |event| Report::Ended(event.unchecked_into())),
        ];
        // From here on the connection is dropped in order, should a handler not be taken.
        let connection = Self { generation, socket, handlers };
        set(&connection.socket, "binaryType", binary_type)?;
        set(&connection.socket, ON_MESSAGE, &listener(&connection.socket))?;
        for (name, handler) in HANDLERS.iter().zip(&connection.handlers) {
            set(&connection.socket, name, handler.as_ref())?;
        }
        Ok(connection)
    }

    pub(crate) fn buffered_amount(&self) -> u64 {
        u64::from(self.socket.buffered_amount())
    }
}

const HANDLERS: [&str; 3] = ["onopen", "onerror", "onclose"];
const ON_MESSAGE: &str = "onmessage";

/// A foreign constructor can make an object that takes no handlers: no connection of ours.
fn set(socket: &WebSocket, name: &str, value: &JsValue) -> Result<(), JsValue> {
    if Reflect::set(socket, &name.into(), value)? { Ok(()) } else { Err(JsValue::UNDEFINED) }
}

impl Drop for Connection {
    fn drop(&mut self) {
        for name in HANDLERS.iter().chain(&[ON_MESSAGE]) {
            // What does not take this has taken no handler either.
            let _ = set(&self.socket, name, &JsValue::NULL);
        }
        guard_emitter(&self.socket);
        if matches!(self.socket.ready_state(), WebSocket::CONNECTING | WebSocket::OPEN) {
            // It cannot throw without arguments, and there is nobody left to tell.
            let _ = self.socket.close();
        }
    }
}

/// For the `ws` package of Node, whose sockets are event emitters: giving up a dial emits an `error`, and an emitter throws
/// where nobody listens to that. A built-in function listens and does nothing.
fn guard_emitter(socket: &WebSocket) {
    if get(socket, "emit").is_function() {
        let _ = set(socket, "onerror", &global_property("Boolean"));
    }
}

fn handler(report: &(impl Fn(Report) + Clone + 'static), read: fn(JsValue) -> Report) -> Closure<dyn Fn(JsValue)> {
    let report = report.clone();
    Closure::new(move |event: JsValue| report(read(event)))
}
