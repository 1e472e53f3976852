//! A page with a line of text and a button. Without a socket the button sets the text; with one it sends a message, and the
//! text is the state and the latest message.

#[cfg(feature = "dioxus")]
mod dioxus;
#[cfg(feature = "gloo-net")]
mod gloo;
#[cfg(feature = "leptos")]
mod leptos;
#[cfg(feature = "yew")]
mod yew;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(start)]
fn start() {
    #[cfg(feature = "dioxus")]
    dioxus::start();
    #[cfg(feature = "leptos")]
    leptos::start();
    #[cfg(feature = "yew")]
    yew::start();
}
