//! With everwire, in Leptos.

use std::time::Duration;

use everwire::leptos::{use_messages, use_socket};
use everwire::{Heartbeat, Options, Text};
use leptos::prelude::*;

#[component]
pub fn Chat(url: String) -> impl IntoView {
    let second = Duration::from_secs(1);
    let heartbeat = Heartbeat::new(|| "ping".to_string()).answer(|message| message == "pong");
    let options = Options::default().heartbeat(heartbeat.interval(second).timeout(second));
    let socket = use_socket::<String, String, Text>(url, options);

    let heard = RwSignal::new(Vec::new());
    use_messages(socket, move |message: &String| heard.write().push(message.clone()));

    let answer = RwSignal::new(String::new());
    let say = move |text: String| {
        answer.set(match socket.send(&text) {
            Ok(accepted) => format!("{accepted:?}"),
            Err(error) => error.to_string(),
        });
    };

    view! {
        <p>{move || format!("{:?}", socket.state().get())}</p>
        <input on:change:target=move |event| say(event.target().value()) />
        <output>{answer}</output>
        <ol>
            <For each=move || 0..heard.read().len() key=|n| *n let(n)>
                <li>{heard.read()[n].clone()}</li>
            </For>
        </ol>
    }
}
