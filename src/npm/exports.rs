//! What JavaScript calls, see `npm/engine.ts`. There, an engine is an address. As a class of wasm-bindgen's it would bring a
//! count of who has it and of who borrows it, to each call and to the wasm: 800 bytes of it.

#![allow(unreachable_pub, reason = "wasm-bindgen exports from a private module")]
#![allow(unsafe_code, reason = "addresses come back from JavaScript")]

use wasm_bindgen::prelude::*;

use super::Engine;

/// Makes an engine, for Firefox or another.
#[wasm_bindgen(js_name = c)]
pub fn create(seed: f64, firefox: bool) -> *mut Engine {
    Box::into_raw(Box::new(Engine::new(seed as u64, firefox)))
}

/// Forgets an engine, which nobody names any more.
#[wasm_bindgen(js_name = r)]
pub fn release(engine: *mut Engine) {
    // SAFETY: it is an address from `create`, and its collected owner was the last to have it.
    drop(unsafe { Box::from_raw(engine) });
}

/// See [`Engine::handle`].
#[wasm_bindgen(js_name = h)]
pub fn handle(engine: *mut Engine, now: f64, what: u32, about: u32, number: f64) -> f64 {
    // SAFETY: its owner has it from `create`. Nothing in here calls out, so nothing else uses it meanwhile.
    unsafe { &mut *engine }.handle(now, what, about, number)
}

/// See [`Engine::poll`].
#[wasm_bindgen(js_name = p)]
pub fn poll(engine: *mut Engine) -> i32 {
    // SAFETY: as in `handle`.
    unsafe { &mut *engine }.poll()
}
