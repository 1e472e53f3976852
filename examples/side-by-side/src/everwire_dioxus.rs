//! With everwire, in Dioxus.

use std::time::Duration;

use dioxus::prelude::*;
use everwire::dioxus::{use_messages, use_socket};
use everwire::{Heartbeat, Options, Text};

#[component]
pub fn Chat(url: String) -> Element {
    let second = Duration::from_secs(1);
    let heartbeat = Heartbeat::new(|| "ping".to_string()).answer(|message| message == "pong");
    let options = Options::default().heartbeat(heartbeat.interval(second).timeout(second));
    let socket = use_socket::<String, String, Text>(url, options);

    let mut heard = use_signal(Vec::<String>::new);
    use_messages(socket, move |message: &String| heard.push(message.clone()));

    let mut answer = use_signal(String::new);
    let say = move |event: FormEvent| {
        answer.set(match socket.send(&event.value()) {
            Ok(accepted) => format!("{accepted:?}"),
            Err(error) => error.to_string(),
        });
    };

    rsx! {
        p { "{socket.state():?}" }
        input { onchange: say }
        output { "{answer}" }
        ol {
            for message in heard.iter() {
                li { "{message}" }
            }
        }
    }
}
