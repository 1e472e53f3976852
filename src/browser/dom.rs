//! The little of the browser that the driver touches. Bound by hand, since web-sys brings js-sys along, and that weighs as
//! much in the npm package as the core does.

use alloc::string::String;

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone, Debug)]
    pub(crate) type WebSocket;

    #[wasm_bindgen(method, getter, js_name = readyState)]
    pub(super) fn ready_state(this: &WebSocket) -> u16;
    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    pub(super) fn buffered_amount(this: &WebSocket) -> f64;
    #[wasm_bindgen(method, setter, js_name = binaryType)]
    pub(super) fn set_binary_type(this: &WebSocket, binary_type: &JsValue);
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_onopen(this: &WebSocket, handler: &JsValue);
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_onmessage(this: &WebSocket, handler: &JsValue);
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_onerror(this: &WebSocket, handler: &JsValue);
    #[wasm_bindgen(method, setter)]
    pub(super) fn set_onclose(this: &WebSocket, handler: &JsValue);
    #[wasm_bindgen(method, catch)]
    pub(super) fn close(this: &WebSocket) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = close)]
    pub(super) fn close_with(this: &WebSocket, code: u16, reason: &str) -> Result<(), JsValue>;

    /// An event of any kind: each has some of these.
    pub(super) type Event;

    #[wasm_bindgen(method, getter, js_name = type)]
    pub(super) fn kind(this: &Event) -> String;
    #[wasm_bindgen(method, getter)]
    pub(super) fn data(this: &Event) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(super) fn code(this: &Event) -> u16;
    #[wasm_bindgen(method, getter)]
    pub(super) fn reason(this: &Event) -> String;
    #[wasm_bindgen(method, getter, js_name = wasClean)]
    pub(super) fn was_clean(this: &Event) -> bool;

    pub(super) type EventTarget;

    #[wasm_bindgen(method, js_name = addEventListener)]
    pub(super) fn listen(this: &EventTarget, event: &str, listener: &JsValue);
    #[wasm_bindgen(method, js_name = removeEventListener)]
    pub(super) fn unlisten(this: &EventTarget, event: &str, listener: &JsValue);

    /// Every object's `valueOf` gives the object itself, and this one is there under one name everywhere.
    #[wasm_bindgen(js_namespace = globalThis, js_name = valueOf)]
    pub(super) fn global() -> JsValue;
    #[wasm_bindgen(js_namespace = Reflect, js_name = get, catch)]
    fn reflect_get(object: &JsValue, property: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Reflect, catch)]
    pub(super) fn construct(constructor: &JsValue, arguments: &JsValue) -> Result<WebSocket, JsValue>;
    #[wasm_bindgen(js_namespace = Array, js_name = of)]
    pub(super) fn pair(first: &str, second: &JsValue) -> JsValue;

    #[wasm_bindgen(js_namespace = Math)]
    pub(super) fn random() -> f64;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(super) fn monotonic() -> f64;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(super) fn wall() -> f64;
    // Its answer is a number in a browser, an object in Node.
    #[wasm_bindgen(js_name = setTimeout)]
    pub(super) fn set_timeout(tick: &JsValue, millis: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    pub(super) fn clear_timeout(id: &JsValue);
    #[wasm_bindgen(js_name = queueMicrotask)]
    pub(super) fn queue_microtask(task: &JsValue);
}

pub(super) const CONNECTING: u16 = 0;
pub(super) const OPEN: u16 = 1;

/// A property, or `undefined` where there is none or no object to have it.
pub(super) fn get(object: &JsValue, property: &str) -> JsValue {
    reflect_get(object, property).unwrap_or(JsValue::UNDEFINED)
}
