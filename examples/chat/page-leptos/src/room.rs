use std::mem;

use everwire::leptos::{UseSocket, use_messages, use_socket};
use everwire::{Accepted, Options, Postcard, State, SubscribeOptions};
use futures::StreamExt;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use messages::{ClientMessage, PROTOCOL, ServerMessage};

use crate::lines::{Fate, Lines};

type ChatSocket = UseSocket<ServerMessage, ClientMessage, Postcard>;

/// Connected for as long as it is shown.
#[component]
pub fn Room(url: String, name: String, leave: impl Fn() + Send + 'static) -> impl IntoView {
    let socket: ChatSocket = use_socket(url, Options::default().protocols([PROTOCOL]));
    let online = follow_online(socket, name.clone());
    let lines = Lines::of(name);
    use_messages(socket, move |message| lines.hear(message));
    Effect::new(move || {
        if socket.queue().get() == 0 {
            lines.flushed();
        }
    });

    let text = RwSignal::new(String::new());
    let problem = RwSignal::new(None);
    let say = move |event: SubmitEvent| {
        event.prevent_default();
        let text = mem::take(&mut *text.write());
        let id = lines.next_id();
        match socket.send(&ClientMessage::Say { id, text: text.clone() }) {
            Ok(Accepted::Sent) => lines.say(id, text, Fate::Sent),
            Ok(_) => lines.say(id, text, Fate::Queued),
            Err(error) => problem.set(Some(error.to_string())),
        }
    };
    view! {
        <section id="room" aria-label="Room">
            <p id="status" role="status">{move || status(socket)}</p>
            <p role="alert">{problem}</p>
            <p>"Online: " <span id="online">{move || online.read().join(", ")}</span></p>
            <div id="said" role="log" aria-label="Messages" tabindex="0">{lines.show()}</div>
            <form id="say" on:submit=say>
                <label for="text">"Message"</label>
                <input id="text" bind:value=text required maxlength="1000" autocomplete="off" />
                <button>"Send"</button>
            </form>
            <button id="leave" on:click=move |_| leave()>"Leave"</button>
        </section>
    }
}

/// Who is there. The server is told our name on every connection, before anything that is queued.
fn follow_online(socket: ChatSocket, name: String) -> ReadSignal<Vec<String>> {
    let (online, set_online) = signal(Vec::new());
    let answers = SubscribeOptions::default().matching(|message| matches!(message, ServerMessage::Online { .. }));
    // An error says that this is a server: there it is closed. The task ends with the socket.
    if let Ok(mut told) = socket.subscribe(ClientMessage::Join { name }, answers) {
        spawn_local(async move {
            while let Some(ServerMessage::Online { names }) = told.next().await {
                set_online.set(names);
            }
        });
    }
    online
}

fn status(socket: ChatSocket) -> String {
    let state = match socket.state().get() {
        State::Idle => "idle",
        State::Connecting => "connecting",
        State::Open => "open",
        State::Waiting => "waiting",
        State::Suspended => "suspended",
        State::Closing => "closing",
        State::Closed => "closed",
    };
    match socket.queue().get() {
        0 => state.into(),
        waiting => format!("{state}, {waiting} to send"),
    }
}
