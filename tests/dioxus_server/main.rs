//! The hook for Dioxus where there is no browser: on a server nothing connects and nothing panics, and what needs no
//! connection is as in a page.
#![cfg(not(target_family = "wasm"))]

#[cfg(feature = "dioxus")]
#[path = "."]
mod dioxus {
    use ::{dioxus_core, dioxus_core_macro, dioxus_signals};
    use everwire::dioxus as everwire_dioxus;

    mod hook;
}

#[cfg(feature = "dioxus-08")]
#[path = "."]
mod dioxus_08 {
    use everwire::dioxus_08 as everwire_dioxus;
    use {
        dioxus_core_08 as dioxus_core, dioxus_core_macro_08 as dioxus_core_macro, dioxus_signals_08 as dioxus_signals,
    };

    #[allow(clippy::duplicate_mod, reason = "the other is for another version")]
    mod hook;
}
