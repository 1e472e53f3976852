//! The chat's page, with Dioxus.

mod browser;
mod lines;
mod room;

use dioxus::prelude::*;
pub use room::Room;

#[cfg(feature = "web")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn start() {
    let chat = VirtualDom::new_with_props(Chat, ChatProps { name: browser::name() });
    dioxus::web::launch::launch_virtual_dom(chat, dioxus::web::Config::new());
}

/// Asks for a name, and shows the room to who has one.
#[component]
pub fn Chat(name: Option<String>) -> Element {
    let mut entered = use_signal(String::new);
    let mut name = use_signal(|| name);
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
