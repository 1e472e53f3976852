//! everwire as it will be: the hooks for the candidates have the names of those for the releases.

#[cfg(feature = "dioxus")]
pub use released::dioxus_08 as dioxus;
#[cfg(feature = "leptos")]
pub use released::leptos_09 as leptos;
pub use released::*;
