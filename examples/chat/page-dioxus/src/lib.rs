//! The chat's page, with Dioxus.

mod browser;
mod lines;
mod room;

use dioxus::prelude::*;
pub use room::Room;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
pub fn start() {
    dioxus::launch(Chat);
}

/// Asks for a name, and shows the room to who has one.
#[component]
pub fn Chat() -> Element {
    let mut entered = use_signal(String::new);
    let mut name = use_signal(|| None::<String>);
    let join = move |event: FormEvent| {
        event.prevent_default();
        name.set(Some(entered()));
    };
    rsx! {
        main {
            h1 { "Chat" }
            if let Some(name_now) = name() {
                Room { name: name_now, on_leave: move |()| name.set(None) }
            } else {
                form { id: "join", onsubmit: join,
                    label { r#for: "name", "Your name" }
                    input {
                        id: "name",
                        required: true,
                        maxlength: 40,
                        autocomplete: "nickname",
                        value: entered,
                        oninput: move |event| entered.set(event.value()),
                    }
                    button { "Join" }
                }
            }
        }
    }
}
