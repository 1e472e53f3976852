//! The page as `dx serve` shows it, which has no stylesheet of its own.

use dioxus::prelude::*;
use page_dioxus::Chat;

fn main() {
    dioxus::launch(Page);
}

#[component]
fn Page() -> Element {
    rsx! {
        style { {include_str!("../../look/chat.css")} }
        Chat {}
    }
}
