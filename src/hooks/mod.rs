//! What the hooks of all frameworks share: what one component has of a socket, and how components share one. It knows no
//! framework: a hook spawns tasks, runs effects and has the component rendered in its framework's own way.
#![cfg_attr(
    not(all(feature = "yew", feature = "leptos", feature = "dioxus")),
    allow(dead_code, unreachable_pub, unused_imports, reason = "no framework needs all of it")
)]

mod lease;
mod methods;
mod mount;
mod received;
mod task;
#[cfg(test)]
mod tests;

pub(crate) use lease::Pool;
pub(crate) use methods::{handle_methods, handle_of};
pub(crate) use mount::{Callback, Change, Mount};
pub use received::Received;
pub(crate) use task::spawn;
