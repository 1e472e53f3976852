//! The hooks of the frameworks in a page, against a real server.
#![cfg(all(target_family = "wasm", feature = "hooks"))]

#[cfg(feature = "leptos")]
mod leptos;
#[path = "../browser/server.rs"]
mod server;
#[cfg(feature = "yew")]
mod yew;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
