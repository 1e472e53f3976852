//! The chat's page, in Rust and without a framework.

mod view;

use std::cell::Cell;
use std::rc::Rc;

use everwire::{Event, Options, Postcard, Socket, State, SubscribeOptions};
use futures::stream::{Stream, StreamExt, select};
use messages::{ClientMessage, PROTOCOL, ServerMessage};
use view::View;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

type ChatSocket = Socket<ServerMessage, ClientMessage, Postcard>;

#[wasm_bindgen(start)]
fn start() -> Result<(), JsValue> {
    let view = Rc::new(View::find()?);
    view.clone().on_join(move |name| {
        if let Err(problem) = enter(Rc::clone(&view), name) {
            view.show_status(&problem);
        }
    });
    Ok(())
}

/// Connects as `name`, and shows and sends what is said from then on.
fn enter(view: Rc<View>, name: String) -> Result<(), String> {
    let options = Options::default().protocols([PROTOCOL]);
    let url = format!("{}/chat", view::server());
    let socket = ChatSocket::open(&url, options).map_err(|error| error.to_string())?;

    // Who is there is said to every new connection, before what is queued.
    let answers = SubscribeOptions::default().matching(|message| matches!(message, ServerMessage::Online { .. }));
    let online = socket.subscribe(ClientMessage::Join { name }, answers).map_err(|error| error.to_string())?;

    let last = Cell::new(0);
    let (said, shown) = (socket.clone(), Rc::clone(&view));
    view.on_say(move |text| {
        last.set(last.get() + 1);
        match said.send(&ClientMessage::Say { id: last.get(), text }) {
            Ok(_) => report(&said, &shown),
            Err(error) => shown.show_status(&error.to_string()),
        }
    });

    spawn_local(follow_states(socket.clone(), Rc::clone(&view)));
    spawn_local(follow_messages(select(online, socket.messages()), socket, view));
    Ok(())
}

async fn follow_states(socket: ChatSocket, view: Rc<View>) {
    let mut events = socket.events();
    while let Some(event) = events.next().await {
        if let Event::State { .. } = event {
            report(&socket, &view);
        }
    }
}

async fn follow_messages(mut messages: impl Stream<Item = ServerMessage> + Unpin, socket: ChatSocket, view: Rc<View>) {
    while let Some(message) = messages.next().await {
        match message {
            ServerMessage::Online { names } => view.show_online(&names),
            ServerMessage::Said { from, text, at, .. } => view.show_said(&from, &text, at),
        }
        report(&socket, &view);
    }
}

fn report(socket: &ChatSocket, view: &View) {
    let state = words(socket.state());
    match socket.queue_len() {
        0 => view.show_status(state),
        waiting => view.show_status(&format!("{state}, {waiting} to send")),
    }
}

fn words(state: State) -> &'static str {
    match state {
        State::Idle => "idle",
        State::Connecting => "connecting",
        State::Open => "open",
        State::Waiting => "waiting",
        State::Suspended => "suspended",
        State::Closing => "closing",
        State::Closed => "closed",
    }
}
