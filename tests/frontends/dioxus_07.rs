use ::{dioxus_core, dioxus_core_macro, dioxus_devtools, dioxus_signals};
use dioxus_core::internal::{HotReloadDynamicNode, HotReloadedTemplate};
use dioxus_core::{Mutation, TemplateNode};
use everwire::dioxus as everwire_dioxus;

#[path = "dioxus.rs"]
mod hook;

fn text_in(change: Mutation) -> Option<String> {
    match change {
        Mutation::CreateTextNode { value, .. } | Mutation::SetText { value, .. } => Some(value),
        _ => None,
    }
}

fn template_of(text: HotReloadDynamicNode) -> HotReloadedTemplate {
    HotReloadedTemplate::new(None, vec![text], vec![], vec![], &[TemplateNode::Dynamic { id: 0 }])
}
