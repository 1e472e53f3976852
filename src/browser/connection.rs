//! One native `WebSocket`, from dial to close. Its handlers are nulled before their closures are dropped, so nothing can
//! call into a connection that is gone.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

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
    Message(MessageEvent),
    Errored,
    Ended(CloseEvent),
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
        constructor: &Function,
        url: &str,
        protocols: &Array,
        binary_type: BinaryType,
        generation: Generation,
        report: impl Fn(Report) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let arguments = Array::of2(&url.into(), protocols);
        let socket: WebSocket = Reflect::construct(constructor, &arguments)?.unchecked_into();
        socket.set_binary_type(binary_type);
        let handlers = [
            handler(&report, |_| Report::Opened),
            handler(&report, |event| Report::Message(event.unchecked_into())),
            handler(&report, |_| Report::Errored),
            handler(&report, |event| Report::Ended(event.unchecked_into())),
        ];
        socket.set_onopen(Some(handlers[0].as_ref().unchecked_ref()));
        socket.set_onmessage(Some(handlers[1].as_ref().unchecked_ref()));
        socket.set_onerror(Some(handlers[2].as_ref().unchecked_ref()));
        socket.set_onclose(Some(handlers[3].as_ref().unchecked_ref()));
        Ok(Self { generation, socket, _handlers: handlers })
    }

    pub(crate) fn buffered_amount(&self) -> u64 {
        u64::from(self.socket.buffered_amount())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onerror(emitter_guard(&self.socket).as_ref());
        self.socket.set_onclose(None);
        if matches!(self.socket.ready_state(), WebSocket::CONNECTING | WebSocket::OPEN) {
            // It cannot throw without arguments, and there is nobody left to tell.
            let _ = self.socket.close();
        }
    }
}

/// For the `ws` package of Node, whose sockets are event emitters: giving up a dial emits an `error`, and an emitter throws
/// where nobody listens to that. A built-in function listens and does nothing.
fn emitter_guard(socket: &WebSocket) -> Option<Function> {
    let is_emitter = Reflect::has(socket, &"emit".into()).unwrap_or(false);
    is_emitter.then(|| Reflect::get(&js_sys::global(), &"Boolean".into()).ok()?.dyn_into().ok()).flatten()
}

fn handler(
    report: &(impl Fn(Report) + Clone + 'static),
    read: impl Fn(Event) -> Report + 'static,
) -> Closure<dyn Fn(JsValue)> {
    let report = report.clone();
    Closure::new(move |event: JsValue| report(read(event.unchecked_into())))
}
