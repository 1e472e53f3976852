//! A hook for [Leptos](https://leptos.dev) 0.8: [`use_socket`].
//!
//! ```
//! # mod leptos {
//! #     pub mod prelude {
//! #         pub use reactive_graph::{owner::Owner, prelude::*, signal::RwSignal, wrappers::read::Signal};
//! #     }
//! # }
//! use everwire::leptos::{use_messages, use_socket};
//! use everwire::{Options, SendError, Text};
//! use leptos::prelude::*;
//!
//! /// What a component shows, and what its button does.
//! fn chat(room: RwSignal<String>) -> (impl Fn() -> String, impl Fn() -> Result<(), SendError>) {
//!     let url = Signal::derive(move || format!("/rooms/{}", room.get()));
//!     let socket = use_socket::<String, String, Text>(url, Options::default());
//!     let lines = RwSignal::new(Vec::<String>::new());
//!     use_messages(socket, move |line: &String| lines.update(|lines| lines.push(line.clone())));
//!
//!     let shown = move || {
//!         let (state, waiting) = (socket.state().get(), socket.queue().get());
//!         format!("{state:?}, {waiting} to send\n{}", lines.read().join("\n"))
//!     };
//!     // Sent now, or queued. An error says that the socket is closed, or the queue full.
//!     let say = move || socket.send(&"hello".to_string()).map(drop);
//!     (shown, say)
//! }
//! # Owner::new().with(|| {
//! #     let (shown, _) = chat(RwSignal::new("kitchen".into()));
//! #     assert_eq!(shown(), "Idle, 0 to send\n");
//! # });
//! ```
//!
//! The hook needs no more of Leptos than its signals, the crate `reactive_graph`.

use ::reactive_graph;

/// What sets the names in the hook's examples apart.
macro_rules! version {
    () => {
        ""
    };
}

mod hook;

pub use hook::*;
