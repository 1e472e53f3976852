use dioxus::prelude::*;
use everwire::dioxus::{UseSocket, use_messages, use_socket};
use everwire::{Accepted, Options, Postcard, State, SubscribeOptions};
use futures::StreamExt;
use messages::{ClientMessage, PROTOCOL, ServerMessage};

use crate::browser::chat_url;
use crate::lines::{Fate, Lines, Said};

type ChatSocket = UseSocket<ServerMessage, ClientMessage, Postcard>;

/// Connected for as long as it is shown.
#[component]
pub fn Room(name: String, on_leave: EventHandler) -> Element {
    let socket: ChatSocket = use_socket(|| async { chat_url() }, Options::default().protocols([PROTOCOL]));
    let online = use_online(socket, name.clone());
    let mut lines = use_signal(Lines::default);
    let mut text = use_signal(String::new);
    let mut last = use_signal(|| 0);
    let mut problem = use_signal(|| None::<String>);

    use_messages(socket, move |message| lines.write().hear(message));
    use_effect(move || {
        if socket.queue() == 0 {
            lines.write().flush();
        }
    });

    let from = name.clone();
    let say = move |event: FormEvent| {
        event.prevent_default();
        last += 1;
        let (id, text) = (last(), text.take());
        match socket.send(&ClientMessage::Say { id, text: text.clone() }) {
            Ok(accepted) => {
                let fate = if accepted == Accepted::Sent { Fate::Sent } else { Fate::Queued };
                lines.write().say(from.clone(), id, text, fate);
            }
            Err(error) => problem.set(Some(error.to_string())),
        }
    };
    rsx! {
        section { id: "room", aria_label: "Room",
            Status { socket }
            p { role: "alert", {problem()} }
            p { "Online: " span { id: "online", {online().join(", ")} } }
            div { id: "said", role: "log", aria_label: "Messages", tabindex: 0,
                for (number, line) in lines.read().iter().enumerate() {
                    Said { key: "{number}", line: line.clone(), name: name.clone() }
                }
            }
            form { id: "say", onsubmit: say,
                label { r#for: "text", "Message" }
                input {
                    id: "text",
                    required: true,
                    maxlength: 1000,
                    autocomplete: "off",
                    value: text,
                    oninput: move |event| text.set(event.value()),
                }
                button { "Send" }
            }
            button { id: "leave", onclick: move |_| on_leave.call(()), "Leave" }
        }
    }
}

/// Who is there. The server is told our name on every connection, before anything that is queued.
fn use_online(socket: ChatSocket, name: String) -> Signal<Vec<String>> {
    let mut online = use_signal(Vec::new);
    use_future(move || {
        let join = ClientMessage::Join { name: name.clone() };
        let answers = SubscribeOptions::default().matching(|message| matches!(message, ServerMessage::Online { .. }));
        async move {
            let Ok(mut told) = socket.subscribe(join, answers) else { return };
            while let Some(ServerMessage::Online { names }) = told.next().await {
                online.set(names);
            }
        }
    });
    online
}

/// Rendered again by itself when the socket's state changes.
#[component]
fn Status(socket: ChatSocket) -> Element {
    let state = match socket.state() {
        State::Idle => "idle",
        State::Connecting => "connecting",
        State::Open => "open",
        State::Waiting => "waiting",
        State::Suspended => "suspended",
        State::Closing => "closing",
        State::Closed => "closed",
    };
    rsx! {
        p { id: "status", role: "status",
            match socket.queue() {
                0 => rsx! { "{state}" },
                waiting => rsx! { "{state}, {waiting} to send" },
            }
        }
    }
}
