//! The npm package's side of the boundary: what `npm/socket.ts` wraps into a class that is an `EventTarget`.
//!
//! Messages stay JavaScript values by handle; nothing is copied through linear memory.

#![allow(unreachable_pub, reason = "wasm-bindgen exports from a private module")]

mod codec;
mod face;
mod frame;
mod options;
mod reader;

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use self::codec::Codec;
use self::face::NpmFace;
use self::frame::JsFrame;
use self::options::Settings;
use crate::browser::{Driver, Rejected};
use crate::core::{Accepted, CloseCode, Message, SendError, State};

/// A fifth of the size of the standard one.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[wasm_bindgen]
extern "C" {
    /// What the JavaScript side lends to the engine: operations on JavaScript values that would be slow or large here.
    /// See `npm/wire.ts`.
    pub type Wire;

    #[wasm_bindgen(method, catch)]
    fn transmit(this: &Wire, socket: &JsValue, data: &JsValue) -> Result<f64, JsValue>;
    #[wasm_bindgen(method)]
    fn weigh(this: &Wire, data: &JsValue) -> f64;
    #[wasm_bindgen(method)]
    fn exceeds(this: &Wire, data: &JsValue, bytes: f64) -> bool;
    #[wasm_bindgen(method, catch)]
    fn snapshot(this: &Wire, data: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, js_name = isFrame)]
    fn is_frame(this: &Wire, data: &JsValue) -> bool;
    #[wasm_bindgen(method)]
    fn error(this: &Wire, code: &str, message: &str, cause: &JsValue) -> JsValue;
    #[wasm_bindgen(method, js_name = typeError)]
    fn type_error(this: &Wire, code: &str, message: &str) -> JsValue;
    #[wasm_bindgen(method)]
    fn report(this: &Wire, thrown: &JsValue);
    #[wasm_bindgen(method)]
    fn settle(this: &Wire, url: &JsValue, protocols: &JsValue, settled: &JsValue);
    #[wasm_bindgen(method)]
    fn describe(this: &Wire, value: &JsValue) -> String;

    /// What a socket is told; see `npm/socket.ts`.
    #[derive(Clone)]
    pub type Shell;

    #[wasm_bindgen(method, catch, js_name = onOpen)]
    fn on_open(this: &Shell) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = onMessage)]
    fn on_message(this: &Shell, data: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = onClose)]
    fn on_close(this: &Shell, code: u16, reason: &str, was_clean: bool, will_retry: bool) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = onError)]
    fn on_error(this: &Shell, error: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = onRetry)]
    fn on_retry(this: &Shell, attempt: u32, delay: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = onStateChange)]
    fn on_state_change(this: &Shell, state: u8, previous: u8) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = onDrop)]
    fn on_drop(this: &Shell, message: &JsValue, reason: u8) -> Result<(), JsValue>;
}

thread_local! {
    static WIRE: std::cell::OnceCell<Wire> = const { std::cell::OnceCell::new() };
}

/// Lends the engine its JavaScript helpers. Called once, before the first socket.
#[wasm_bindgen]
pub fn install(wire: Wire) {
    WIRE.with(|slot| drop(slot.set(wire)));
}

fn with_wire<T>(act: impl FnOnce(&Wire) -> T) -> T {
    WIRE.with(|slot| act(slot.get().unwrap_throw()))
}

/// The engine behind one `Socket`.
#[wasm_bindgen]
pub struct Engine {
    driver: Rc<Driver<NpmFace>>,
}

#[wasm_bindgen]
impl Engine {
    /// Checks the URL and the options; opens unless `autoOpen` is false.
    #[wasm_bindgen(constructor)]
    pub fn new(url: JsValue, options: &JsValue, shell: &Shell) -> Result<Engine, JsValue> {
        let Settings { config, face, auto_open } = options::read(url, options)?;
        face.introduce(shell);
        let engine = Self { driver: Driver::new(config, face) };
        if auto_open {
            engine.open();
        }
        Ok(engine)
    }

    pub fn open(&self) {
        self.driver.face().hold_shell();
        self.driver.open();
    }

    pub fn reconnect(&self) {
        self.driver.face().hold_shell();
        self.driver.reconnect();
    }

    /// 0 when sent, 1 when queued, 2 when dropped.
    pub fn send(&self, message: &JsValue, options: &JsValue) -> Result<u8, JsValue> {
        let frame = self.codec().encode(message)?;
        let accepted = if options.is_undefined() {
            self.driver.send(frame)
        } else {
            let message = self.message(frame, options)?;
            self.driver.enqueue(message)
        };
        accepted.map(accepted_number).map_err(rejection)
    }

    pub fn close(&self, code: &JsValue, reason: &JsValue) -> Result<(), JsValue> {
        let code = options::close_code(code)?;
        let reason = options::close_reason(reason)?;
        // A reason needs a code to stand behind; 1000 says what an empty frame means.
        let code = code.or((!reason.is_empty()).then_some(CloseCode::NORMAL));
        self.driver.close(code, reason);
        Ok(())
    }

    #[wasm_bindgen(getter)]
    pub fn state(&self) -> u8 {
        state_number(self.driver.state())
    }

    #[wasm_bindgen(getter)]
    pub fn url(&self) -> String {
        self.driver.url()
    }

    #[wasm_bindgen(getter)]
    pub fn protocol(&self) -> String {
        self.driver.protocol()
    }

    #[wasm_bindgen(getter)]
    pub fn extensions(&self) -> String {
        self.driver.socket().map_or_else(String::new, |socket| socket.extensions())
    }

    #[wasm_bindgen(getter, js_name = binaryType)]
    pub fn binary_type(&self) -> String {
        self.driver.face().binary_type_name().into()
    }

    /// Anything but "blob" and "arraybuffer" is ignored, as the standard has it.
    #[wasm_bindgen(setter, js_name = binaryType)]
    pub fn set_binary_type(&self, binary_type: &JsValue) {
        if let Some(binary_type) = options::binary_type(binary_type) {
            self.driver.face().set_binary_type(binary_type);
            if let Some(socket) = self.driver.socket() {
                socket.set_binary_type(binary_type);
            }
        }
    }

    #[wasm_bindgen(getter, js_name = bufferedAmount)]
    pub fn buffered_amount(&self) -> f64 {
        let unsent = self.driver.socket().map_or(0, |socket| socket.buffered_amount());
        f64::from(unsent) + self.queue_bytes()
    }

    #[wasm_bindgen(getter, js_name = queueCount)]
    pub fn queue_count(&self) -> f64 {
        self.driver.queue_len() as f64
    }

    #[wasm_bindgen(getter, js_name = queueBytes)]
    pub fn queue_bytes(&self) -> f64 {
        self.driver.queue_bytes() as f64
    }

    #[wasm_bindgen(getter)]
    pub fn attempt(&self) -> u32 {
        self.driver.attempt()
    }

    #[wasm_bindgen(getter)]
    pub fn latency(&self) -> Option<f64> {
        self.driver.latency_millis()
    }
}

impl Engine {
    fn codec(&self) -> &Codec {
        self.driver.face().codec()
    }

    fn message(&self, frame: JsFrame, options: &JsValue) -> Result<Message<JsFrame>, JsValue> {
        let asked = options::read_send(options)?;
        Ok(Message {
            frame,
            expires: asked.ttl.map(|ttl| self.driver.now() + ttl),
            key: asked.key.map(String::into_boxed_str),
            priority: asked.priority,
        })
    }
}

const fn accepted_number(accepted: Accepted) -> u8 {
    match accepted {
        Accepted::Sent => 0,
        Accepted::Queued => 1,
        Accepted::Dropped => 2,
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

fn rejection(rejected: Rejected<JsFrame>) -> JsValue {
    match rejected {
        Rejected::Send(SendError::Closed(_)) => {
            error("closed", "the socket is closed: call open() or reconnect() first", &JsValue::UNDEFINED)
        }
        Rejected::Send(SendError::Full(_)) => {
            error("queue-full", "the send queue is full: see the option queue", &JsValue::UNDEFINED)
        }
        Rejected::Refused(thrown) => thrown,
    }
}

/// A `SocketError`.
fn error(code: &str, message: &str, cause: &JsValue) -> JsValue {
    with_wire(|wire| wire.error(code, message, cause))
}

/// As the browser reports an exception of a listener.
fn report(thrown: &JsValue) {
    with_wire(|wire| wire.report(thrown));
}
