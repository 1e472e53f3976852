//! The hooks of the frameworks in a page, against a real server.
#![cfg(all(target_family = "wasm", feature = "hooks"))]

#[cfg(feature = "dioxus")]
mod dioxus;
#[cfg(feature = "leptos")]
mod leptos;
#[path = "../browser/server.rs"]
mod server;
#[cfg(feature = "yew")]
mod yew;

/// The echo of it is a burst that nobody misses the beginning of.
fn say_all(count: usize, say: impl Fn(String)) {
    (0..count).map(|number| number.to_string()).for_each(say);
}

async fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        gloo_timers::future::TimeoutFuture::new(5).await;
    }
}

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
