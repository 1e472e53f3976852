//! The hook for Leptos on a server: nothing connects, and a page may begin on one thread and end on another.
#![cfg(not(target_family = "wasm"))]

#[cfg(feature = "leptos")]
#[path = "."]
mod leptos {
    use ::reactive_graph;
    use everwire::leptos as everwire_leptos;

    mod hook;
}

#[cfg(feature = "leptos-09")]
#[path = "."]
mod leptos_09 {
    use everwire::leptos_09 as everwire_leptos;
    use reactive_graph_09 as reactive_graph;

    #[allow(clippy::duplicate_mod, reason = "the other is for another version")]
    mod hook;
}
