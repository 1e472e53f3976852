//! A hook for the candidate of [Leptos](https://leptos.dev) 0.9: [`use_socket`].
//!
//! ```
//! # mod leptos {
//! #     pub mod prelude {
//! #         pub use reactive_graph_09::{owner::Owner, prelude::*};
//! #     }
//! # }
//! use everwire::leptos_09::use_socket;
//! use everwire::{Options, Text};
//! use leptos::prelude::*;
//!
//! /// What a component shows.
//! fn clock() -> impl Fn() -> String {
//!     let socket = use_socket::<String, String, Text>("/time", Options::default());
//!     move || match socket.latest().read().as_ref() {
//!         Some(time) => format!("It is {time}"),
//!         None => format!("{:?}", socket.state().get()),
//!     }
//! }
//! # assert_eq!(Owner::new().with(|| clock()()), "Idle");
//! ```
//!
//! All is as in `everwire::leptos`. The feature `leptos-09` follows the candidate, which is 0.9.0-rc1 now, with the crate
//! `reactive_graph` 0.3.0-rc1; once Leptos 0.9 is released, it is what the feature `leptos` is for.

use reactive_graph_09 as reactive_graph;

/// What sets the names in the hook's examples apart.
macro_rules! version {
    () => {
        "_09"
    };
}

#[allow(clippy::duplicate_mod, reason = "the other is for another version")]
#[path = "leptos/hook.rs"]
mod hook;

pub use hook::*;
