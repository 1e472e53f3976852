//! The global object, wherever this runs.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `js_sys::global()` looks in four places and keeps what it found, 1 KB in all. Where there is WebAssembly with
    /// references there is a `globalThis`, and its `valueOf` answers itself.
    #[wasm_bindgen(js_namespace = globalThis, js_name = valueOf)]
    pub(super) fn global() -> JsValue;
}

/// A property, or `undefined` where there is none or no object to have it.
pub(super) fn get(object: &JsValue, property: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(property)).unwrap_or(JsValue::UNDEFINED)
}

/// A property of the global object.
pub(super) fn global_property(property: &str) -> JsValue {
    get(&global(), property)
}
