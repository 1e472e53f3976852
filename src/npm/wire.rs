//! What the JavaScript side lends to the engine; see `npm/wire.ts` and `npm/user.ts`.

use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

#[wasm_bindgen(raw_module = "everwire:wire")]
extern "C" {
    /// Not `catch`: that costs a closure for each call.
    pub(super) fn transmit(socket: &WebSocket, frame: &JsValue) -> f64;
    /// Keeps an error for who is told by a number that there is one.
    pub(super) fn keep(thrown: &JsValue);
    #[wasm_bindgen(js_name = takeThrown)]
    pub(super) fn take_thrown() -> JsValue;
    pub(super) fn weigh(frame: &JsValue) -> f64;
    /// Undefined where [`take_thrown`] has the error.
    pub(super) fn snapshot(frame: &JsValue) -> JsValue;

    /// The number at a place in an array; not a number past the end.
    pub(super) fn number(numbers: &JsValue, at: i32) -> f64;
}

#[wasm_bindgen]
extern "C" {
    /// The user's part in a connection. Nothing in it throws.
    pub type User;

    /// The error for an option that cannot be met.
    #[wasm_bindgen(method)]
    pub(super) fn unmet(this: &User, path: &str, takes: &str) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = WebSocket)]
    pub(super) fn web_socket(this: &User) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = binaryType)]
    pub(super) fn binary_type(this: &User) -> JsValue;
    #[wasm_bindgen(method)]
    pub(super) fn target(this: &User, answer: &JsValue);
    #[wasm_bindgen(method)]
    pub(super) fn heartbeat(this: &User) -> JsValue;
    #[wasm_bindgen(method)]
    pub(super) fn verdict(this: &User, code: u16, reason: &str, was_clean: bool, attempt: u32) -> f64;
    #[wasm_bindgen(method)]
    pub(super) fn listener(this: &User, socket: &WebSocket, connection: u32) -> JsValue;

    /// What happened, in numbers; `Told` of `npm/wire.ts` names what there is.
    #[wasm_bindgen(method)]
    pub(super) fn tell(this: &User, what: u8, number: f64, other: f64);
    #[wasm_bindgen(method, js_name = onClose)]
    pub(super) fn on_close(this: &User, code: u16, reason: &str, was_clean: bool, will_retry: bool);
    #[wasm_bindgen(method, js_name = onError)]
    pub(super) fn on_error(this: &User, code: &str, message: &str);
    #[wasm_bindgen(method, js_name = onDrop)]
    pub(super) fn on_drop(this: &User, frame: &JsValue, reason: u8);
}
