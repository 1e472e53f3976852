//! A hook for the candidate of [Dioxus](https://dioxuslabs.com) 0.8: [`use_socket`].
//!
//! ```
//! # mod dioxus {
//! #     pub mod prelude {
//! #         pub use dioxus_core_08::*;
//! #         pub use dioxus_core_macro_08::*;
//! #     }
//! # }
//! # use {dioxus_core_08 as dioxus_core, dioxus_signals_08 as dioxus_signals};
//! use dioxus::prelude::*;
//! use everwire::dioxus_08::use_socket;
//! use everwire::{Options, Text};
//!
//! #[component]
//! fn Clock() -> Element {
//!     let socket = use_socket::<String, String, Text>("/time", Options::default());
//!     match socket.latest() {
//!         Some(time) => rsx! { "It is {time}" },
//!         None => rsx! { "{socket.state():?}" },
//!     }
//! }
//! # VirtualDom::new(Clock).rebuild_in_place();
//! ```
//!
//! All is as in `everwire::dioxus`. The feature `dioxus-08` follows the candidate, which is 0.8.0-alpha.3 now; once Dioxus
//! 0.8 is released, it is what the feature `dioxus` is for.

use {dioxus_core_08 as dioxus_core, dioxus_core_macro_08 as dioxus_core_macro, dioxus_signals_08 as dioxus_signals};

/// What sets the names in the hook's examples apart.
macro_rules! version {
    () => {
        "_08"
    };
}

#[allow(clippy::duplicate_mod, reason = "the other is for another version")]
#[path = "dioxus/hook.rs"]
mod hook;

pub use hook::*;
