//! The chat's page, with Leptos.

mod lines;
mod room;
mod visit;

use std::mem;

use leptos::either::Either;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use room::Room;

#[cfg(any(feature = "csr", feature = "hydrate"))]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    #[cfg(feature = "hotpatch")]
    leptos::subsecond::connect_to_hot_patch_messages();
    let page = || view! { <Chat url=visit::chat_url() name=visit::name() /> };
    #[cfg(feature = "hydrate")]
    leptos::mount::hydrate_body(page);
    #[cfg(not(feature = "hydrate"))]
    leptos::mount::mount_to_body(page);
}

/// Asks for a name, and shows the room to who has one.
#[component]
pub fn Chat(#[prop(into)] url: String, #[prop(into)] name: Option<String>) -> impl IntoView {
    let name = RwSignal::new(name);
    let entered = RwSignal::new(String::new());
    let join = move |event: SubmitEvent| {
        event.prevent_default();
        name.set(Some(mem::take(&mut *entered.write())));
    };
    let ask = move || {
        view! {
            <form id="join" on:submit=join>
                <label for="name">"Your name"</label>
                <input id="name" bind:value=entered required maxlength="40" autocomplete="nickname" />
                <button>"Join"</button>
            </form>
        }
    };
    view! {
        <main>
            <h1>"Chat"</h1>
            {move || match name.get() {
                Some(name_now) => {
                    Either::Left(view! { <Room url=url.clone() name=name_now leave=move || name.set(None) /> })
                }
                None => Either::Right(ask()),
            }}
        </main>
    }
}
