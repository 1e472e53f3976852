//! A hook for [Dioxus](https://dioxuslabs.com) 0.7: [`use_socket`].
//!
//! ```
//! # mod dioxus {
//! #     pub mod prelude {
//! #         pub use dioxus_core::{self, *};
//! #         pub use dioxus_core_macro::*;
//! #         pub use dioxus_signals::*;
//! #         pub fn use_signal<T: 'static>(first: impl FnOnce() -> T) -> Signal<T> {
//! #             use_hook(|| Signal::new(first()))
//! #         }
//! #         #[allow(non_upper_case_globals)]
//! #         pub mod dioxus_elements {
//! #             pub mod p {
//! #                 pub const TAG_NAME: &str = "p";
//! #                 pub const NAME_SPACE: Option<&str> = None;
//! #                 pub const role: (&str, Option<&str>, bool) = ("role", None, false);
//! #             }
//! #             pub use p as button;
//! #             pub use super::dioxus_elements as elements;
//! #             pub mod events {
//! #                 pub fn onclick(mut call: impl FnMut(dioxus_core::Event<()>) + 'static) -> dioxus_core::Attribute {
//! #                     let listener = dioxus_core::AttributeValue::listener(move |event| call(event));
//! #                     dioxus_core::Attribute::new("onclick", listener, None, false)
//! #                 }
//! #             }
//! #         }
//! #     }
//! # }
//! use dioxus::prelude::*;
//! use everwire::dioxus::{use_messages, use_socket};
//! use everwire::{Options, Text};
//!
//! #[component]
//! fn Chat(room: String) -> Element {
//!     let socket = use_socket::<String, String, Text>(format!("/rooms/{room}"), Options::default());
//!     let mut lines = use_signal(Vec::<String>::new);
//!     use_messages(socket, move |line: &String| lines.push(line.clone()));
//!
//!     let mut problem = use_signal(|| None);
//!     // Sent now, or queued. An error says that the socket is closed, or the queue full.
//!     let say = move |_| problem.set(socket.send(&"hello".to_string()).err().map(|error| error.to_string()));
//!     rsx! {
//!         p { "{socket.state():?}, {socket.queue()} to send" }
//!         for line in lines.iter() {
//!             p { "{line}" }
//!         }
//!         button { onclick: say, "Say hello" }
//!         if let Some(problem) = problem() {
//!             p { role: "alert", "{problem}" }
//!         }
//!     }
//! }
//! # let mut page = VirtualDom::new_with_props(Chat, ChatProps { room: "kitchen".into() });
//! # page.rebuild_in_place();
//! ```

use ::{dioxus_core, dioxus_core_macro, dioxus_signals};

/// What sets the names in the hook's examples apart.
macro_rules! version {
    () => {
        ""
    };
}

mod hook;

pub use hook::*;
