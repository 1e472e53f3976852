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
use crate::browser::{Delivery, Driver, Rejected};
use crate::core::{Accepted, Generation, Message, SendError, State, Tag};

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
        Ok(Self { driver: Driver::new(config, NpmFace { user }) })
    }

    /// What is told in one word; `Command` of `npm/wire.ts` names them. Only some are about a tag, one about a connection,
    /// and only those that ask answer something else than 0.
    pub fn command(&self, what: u8, tag: u32) -> u32 {
        let driver = &self.driver;
        match (what, Tag::from_number(tag)) {
            (0, _) => driver.open(),
            (1, _) => driver.reconnect(),
            (2, _) => driver.await_room(),
            (3, _) => driver.await_flush(),
            (4, _) => return driver.tag().number(),
            (5, Some(tag)) => driver.cancel(tag),
            // Whether the server knows of the subscription.
            (6, Some(tag)) => return driver.unsubscribe(tag).into(),
            (7, _) => driver.refused(),
            (8, _) => driver.told(),
            (9, _) => return driver.accepts(Generation(tag)).into(),
            _ => {}
        }
        0
    }

    /// Whether the caller is to hand a frame of so many bytes, or fewer, to the connection, past the queue; it counts as
    /// sent unless `Command.Refused` follows. `open`: whether the native socket would send it.
    pub fn pass(&self, bytes: u32, open: bool) -> bool {
        self.driver.pass(bytes as usize, open)
    }

    /// Takes notice of a message, if it is for the user, which names this tag, or -1 for the answer to a heartbeat. Answers
    /// what is to be done with it, `Turn` of `npm/wire.ts`: it is told at once, and `Command.Told` follows, or when its turn
    /// comes.
    pub fn sort(&self, connection: u32, tag: i32) -> u8 {
        let driver = &self.driver;
        let connection = Generation(connection);
        if !driver.accepts(connection) {
            return 0;
        }
        let named = u32::try_from(tag).ok().and_then(Tag::from_number);
        let replies = driver.sort(connection, tag < 0, named, true);
        driver.deliver();
        if tag < 0 { 0 } else { 1 + 2 * u8::from(replies) + 4 * u8::from(!driver.may_tell(Delivery::Message(()))) }
    }

    /// 0 when sent, 1 when queued, 2 when dropped. When not accepted: -1 where `takeThrown` of `npm/wire.ts` has the error,
    /// -2 where the socket is closed, -3 where the queue is full.
    ///
    /// `Kind` of `npm/engine.ts` names the kinds. A ttl that is not a number is not asked for, and 0 is no tag. A
    /// subscription that is remembered answers 0.
    #[allow(clippy::too_many_arguments, reason = "an object would have to be taken apart, one property at a time")]
    pub fn enqueue(
        &self,
        frame: JsValue,
        kind: u8,
        tag: u32,
        ttl: f64,
        key: Option<String>,
        priority: i32,
        timeout: f64,
    ) -> i32 {
        let frame = JsFrame(frame);
        let tag = Tag::from_number(tag);
        if let (3, Some(tag)) = (kind, tag) {
            return answer(self.driver.subscribe(tag, frame).map(|()| Accepted::Sent));
        }
        let message = Message {
            frame,
            expires: options::given(ttl).map(|ttl| self.driver.now() + options::millis(ttl)),
            key: key.map(String::into_boxed_str),
            priority,
            tag,
        };
        answer(match kind {
            0 => self.driver.enqueue(message),
            _ => self.driver.request(message, options::millis(timeout), kind == 2),
        })
    }

    pub fn close(&self, code: Option<u16>, reason: String) {
        self.driver.close(code.map(Into::into), reason);
    }

    /// What there is to know in numbers; `Figure` of `npm/engine.ts` names them.
    pub fn figure(&self, which: u8) -> f64 {
        let statistics = self.driver.statistics();
        match which {
            0 => state_number(self.driver.state()).into(),
            1 => self.driver.queue_len() as f64,
            2 => self.driver.queue_bytes() as f64,
            3 => self.driver.attempt().into(),
            4 => self.driver.latency_millis().unwrap_or(f64::NAN),
            5 => statistics.connections as f64,
            6 => statistics.sent as f64,
            7 => statistics.received as f64,
            _ => statistics.dropped as f64,
        }
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
