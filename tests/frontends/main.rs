//! The hooks of the frameworks in a page, against a real server.
#![cfg(all(target_family = "wasm", feature = "hooks"))]

#[cfg(feature = "dioxus")]
mod dioxus_07;
#[cfg(feature = "dioxus-08")]
mod dioxus_08;
#[path = "../browser/server.rs"]
mod server;
#[cfg(feature = "yew")]
mod yew;

#[cfg(feature = "leptos")]
#[path = "."]
mod leptos_08 {
    use ::reactive_graph;
    use everwire::leptos as everwire_leptos;

    #[path = "leptos.rs"]
    mod hook;
}

#[cfg(feature = "leptos-09")]
#[path = "."]
mod leptos_09 {
    use everwire::leptos_09 as everwire_leptos;
    use reactive_graph_09 as reactive_graph;

    #[allow(clippy::duplicate_mod, reason = "the other is for another version")]
    #[path = "leptos.rs"]
    mod hook;
}

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
