use everwire::yew::{UseSocket, use_messages, use_socket};
use everwire::{Accepted, Options, Postcard, State, SubscribeOptions};
use futures::StreamExt;
use futures::future::{AbortHandle, abortable};
use messages::{ClientMessage, PROTOCOL, ServerMessage};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::lines::{Action, Fate, Lines};
use crate::visit::{chat_url, entered};

type ChatSocket = UseSocket<ServerMessage, ClientMessage, Postcard>;

#[derive(Properties, PartialEq)]
pub struct RoomProps {
    pub name: String,
    pub leave: Callback<()>,
}

/// Connected for as long as it is shown.
#[component]
pub fn Room(props: &RoomProps) -> Html {
    let socket: ChatSocket = use_socket(|| async { chat_url() }, Options::default().protocols([PROTOCOL]));
    let online = use_online(&socket, &props.name);
    let lines = use_reducer(Lines::default);
    let last = use_mut_ref(|| 0);
    let problem = use_state(|| None::<String>);

    use_messages(&socket, {
        let lines = lines.dispatcher();
        move |message: &ServerMessage| lines.dispatch(Action::Heard(message.clone()))
    });
    use_effect_with(socket.queue(), {
        let lines = lines.dispatcher();
        move |waiting| {
            if *waiting == 0 {
                lines.dispatch(Action::Flushed);
            }
        }
    });

    let say = {
        let (socket, lines, problem, from) = (socket.clone(), lines.dispatcher(), problem.clone(), props.name.clone());
        move |event: SubmitEvent| {
            let Some(text) = entered(&event, "text") else { return };
            let id = last.replace_with(|last| *last + 1) + 1;
            match socket.send(&ClientMessage::Say { id, text: text.clone() }) {
                Ok(accepted) => {
                    let fate = if accepted == Accepted::Sent { Fate::Sent } else { Fate::Queued };
                    lines.dispatch(Action::Said { from: from.clone(), id, text, fate });
                }
                Err(error) => problem.set(Some(error.to_string())),
            }
        }
    };
    let leave = props.leave.reform(|_: MouseEvent| ());
    html! {
        <section id="room" aria-label="Room">
            <p id="status" role="status">{ status(&socket) }</p>
            <p role="alert">{ (*problem).clone() }</p>
            <p>{ "Online: " }<span id="online">{ online.join(", ") }</span></p>
            <div id="said" role="log" aria-label="Messages" tabindex="0">{ lines.show(&props.name) }</div>
            <form id="say" onsubmit={say}>
                <label for="text">{ "Message" }</label>
                <input id="text" name="text" required=true maxlength="1000" autocomplete="off" />
                <button>{ "Send" }</button>
            </form>
            <button id="leave" onclick={leave}>{ "Leave" }</button>
        </section>
    }
}

/// Who is there. The server is told our name on every connection, before anything that is queued.
#[hook]
fn use_online(socket: &ChatSocket, name: &str) -> Vec<String> {
    let online = use_state(Vec::new);
    use_effect_with(name.to_string(), {
        let (socket, online) = (socket.clone(), online.setter());
        move |name| {
            let answers =
                SubscribeOptions::default().matching(|message| matches!(message, ServerMessage::Online { .. }));
            let task = socket.subscribe(ClientMessage::Join { name: name.clone() }, answers).ok().map(|mut told| {
                let (follow, task) = abortable(async move {
                    while let Some(ServerMessage::Online { names }) = told.next().await {
                        online.set(names);
                    }
                });
                spawn_local(async {
                    let _ = follow.await;
                });
                task
            });
            move || task.iter().for_each(AbortHandle::abort)
        }
    });
    (*online).clone()
}

fn status(socket: &ChatSocket) -> String {
    let state = match socket.state() {
        State::Idle => "idle",
        State::Connecting => "connecting",
        State::Open => "open",
        State::Waiting => "waiting",
        State::Suspended => "suspended",
        State::Closing => "closing",
        State::Closed => "closed",
    };
    match socket.queue() {
        0 => state.into(),
        waiting => format!("{state}, {waiting} to send"),
    }
}
