use dioxus_core::Mutation;
use dioxus_core::internal::{HotReloadDynamicNode, HotReloadedTemplate};
use dioxus_core_macro::rsx;
use everwire::dioxus_08 as everwire_dioxus;
use {
    dioxus_core_08 as dioxus_core, dioxus_core_macro_08 as dioxus_core_macro, dioxus_devtools_08 as dioxus_devtools,
    dioxus_signals_08 as dioxus_signals,
};

#[allow(clippy::duplicate_mod, reason = "the other is for another version")]
#[path = "dioxus.rs"]
mod hook;

fn text_in(change: Mutation) -> Option<String> {
    match change {
        Mutation::CreateText { value } | Mutation::SetText { value, .. } => Some(value),
        _ => None,
    }
}

fn template_of(text: HotReloadDynamicNode) -> HotReloadedTemplate {
    let node = rsx! { "{0}" }.unwrap();
    HotReloadedTemplate::from_template(None, vec![text], vec![], vec![], *node.template())
}
