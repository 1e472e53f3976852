//! The driver and the Rust API in a dedicated worker, where there is no window.
#![cfg(target_family = "wasm")]

mod browser;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
