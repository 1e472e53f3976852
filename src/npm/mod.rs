//! The npm package's side of the boundary: what `npm/socket.ts` wraps into a class that is an `EventTarget`.
//!
//! Messages stay JavaScript values by handle; nothing is copied through linear memory.

#![allow(unreachable_pub, reason = "wasm-bindgen exports from a private module")]

mod face;
mod frame;
mod options;
mod wire;

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use self::face::NpmFace;
use self::frame::JsFrame;
use self::wire::{User, keep};
use crate::browser::{Driver, Rejected};
use crate::core::{Accepted, Message, SendError, State, Tag};

/// A fifth of the size of the standard one.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The engine behind one `Socket`.
#[wasm_bindgen]
pub struct Engine {
    driver: Rc<Driver<NpmFace>>,
}

#[wasm_bindgen]
impl Engine {
    #[wasm_bindgen(constructor)]
    pub fn new(numbers: &JsValue, user: User) -> Result<Engine, JsValue> {
        let config = options::read(numbers, &user)?;
        let looks = config.heartbeat.is_some_and(|heartbeat| heartbeat.recognised).into();
        Ok(Self { driver: Driver::new(config, NpmFace { user, looks }) })
    }

    pub fn open(&self) {
        self.driver.open();
    }

    pub fn reconnect(&self) {
        self.driver.reconnect();
    }

    /// 0 when sent, 1 when queued, 2 when dropped. When not accepted: -1 where `takeThrown` of `npm/wire.ts` has the error,
    /// -2 where the socket is closed, -3 where the queue is full.
    pub fn send(&self, frame: JsValue) -> i32 {
        answer(self.driver.send(JsFrame(frame)))
    }

    /// As `send`, with what can be asked for a message. What is not a number is not asked for, and 0 is no tag; a message
    /// with a timeout is a request.
    #[allow(clippy::too_many_arguments, reason = "an object would have to be taken apart, one property at a time")]
    pub fn enqueue(
        &self,
        frame: JsValue,
        ttl: f64,
        key: Option<String>,
        priority: i32,
        tag: u32,
        timeout: f64,
        repeat: bool,
    ) -> i32 {
        let message = Message {
            frame: JsFrame(frame),
            expires: options::given(ttl).map(|ttl| self.driver.now() + options::millis(ttl)),
            key: key.map(String::into_boxed_str),
            priority,
            tag: Tag::from_number(tag),
        };
        answer(match options::given(timeout) {
            Some(timeout) => self.driver.request(message, options::millis(timeout), repeat),
            None => self.driver.enqueue(message),
        })
    }

    /// A number to follow a message by. From now on messages that come are looked at: they may name one.
    pub fn tag(&self) -> u32 {
        self.driver.face().looks.set(true);
        self.driver.tag().number()
    }

    pub fn cancel(&self, tag: u32) {
        if let Some(tag) = Tag::from_number(tag) {
            self.driver.cancel(tag);
        }
    }

    /// Answers as `send` does; 0 when it is remembered.
    pub fn subscribe(&self, tag: u32, frame: JsValue) -> i32 {
        let Some(tag) = Tag::from_number(tag) else { return 0 };
        answer(self.driver.subscribe(tag, JsFrame(frame)).map(|()| Accepted::Sent))
    }

    /// Whether the server knows of it.
    pub fn unsubscribe(&self, tag: u32) -> bool {
        Tag::from_number(tag).is_some_and(|tag| self.driver.unsubscribe(tag))
    }

    /// Has `onReady` called, when all is sent or as soon as there is room.
    #[wasm_bindgen(js_name = awaitReady)]
    pub fn await_ready(&self, flushed: bool) {
        if flushed { self.driver.await_flush() } else { self.driver.await_room() }
    }

    pub fn close(&self, code: Option<u16>, reason: String) {
        self.driver.close(code.map(Into::into), reason);
    }

    /// What there is to know in numbers; `Figure` of `npm/engine.ts` names them.
    pub fn figure(&self, which: u8) -> f64 {
        match which {
            0 => state_number(self.driver.state()).into(),
            1 => self.driver.queue_len() as f64,
            2 => self.driver.queue_bytes() as f64,
            3 => self.driver.attempt().into(),
            4 => self.driver.latency_millis().unwrap_or(f64::NAN),
            5 => self.driver.statistics().connections as f64,
            6 => self.driver.statistics().sent as f64,
            7 => self.driver.statistics().received as f64,
            _ => self.driver.statistics().dropped as f64,
        }
    }

    /// The URL of the last dial.
    #[wasm_bindgen(getter)]
    pub fn url(&self) -> JsValue {
        self.driver.url_value()
    }

    /// The native socket of the current connection.
    #[wasm_bindgen(getter)]
    pub fn socket(&self) -> JsValue {
        self.driver.socket().map_or(JsValue::UNDEFINED, Into::into)
    }
}

fn answer(accepted: Result<Accepted, Rejected<JsFrame>>) -> i32 {
    match accepted {
        Ok(Accepted::Sent) => 0,
        Ok(Accepted::Queued) => 1,
        Ok(Accepted::Dropped) => 2,
        Err(Rejected::Refused(thrown)) => {
            keep(&thrown);
            -1
        }
        Err(Rejected::Send(SendError::Closed(_))) => -2,
        Err(Rejected::Send(SendError::Full(_))) => -3,
    }
}

const fn state_number(state: State) -> u8 {
    match state {
        State::Idle => 0,
        State::Connecting => 1,
        State::Open => 2,
        State::Waiting => 3,
        State::Suspended => 4,
        State::Closing => 5,
        State::Closed => 6,
    }
}
