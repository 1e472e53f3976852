//! With leptos-use, in Leptos.

use codee::string::FromToStringCodec;
use leptos::prelude::*;
use leptos_use_websocket::{UseWebSocketReturn, use_websocket};

#[component]
pub fn Chat(url: String) -> impl IntoView {
    let UseWebSocketReturn { ready_state, message, send, .. } =
        use_websocket::<String, String, FromToStringCodec>(&url);

    let heard = RwSignal::new(Vec::new());
    Effect::new(move |_| {
        if let Some(message) = message.get() {
            heard.write().push(message);
        }
    });

    view! {
        <p>{move || ready_state.get().to_string()}</p>
        <input on:change:target=move |event| send(&event.target().value()) />
        <ol>
            <For each=move || 0..heard.read().len() key=|n| *n let(n)>
                <li>{heard.read()[n].clone()}</li>
            </For>
        </ol>
    }
}
