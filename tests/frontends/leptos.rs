use std::cell::RefCell;
use std::rc::Rc;

use any_spawner::Executor;
use everwire::leptos::{UseSocket, provide_sockets, use_messages, use_socket};
use everwire::{Options, SendError, State, Text};
use futures::StreamExt;
use reactive_graph::owner::Owner;
use reactive_graph::prelude::*;
use reactive_graph::signal::RwSignal;
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::Server;
use super::until;

type TextSocket = UseSocket<String, String, Text>;

/// What a component is to its framework: an owner. It is gone when that is cleaned up.
struct Component {
    owner: Owner,
    socket: TextSocket,
    called: Rc<RefCell<Vec<String>>>,
}

impl Component {
    fn below(parent: &Owner, url: RwSignal<String>) -> Self {
        let owner = parent.child();
        let called = Rc::new(RefCell::new(Vec::new()));
        let socket = owner.with(|| {
            let socket = use_socket(url, Options::default());
            let called = Rc::clone(&called);
            use_messages(socket, move |message: &String| called.borrow_mut().push(message.clone()));
            socket
        });
        Self { owner, socket, called }
    }

    async fn is(&self, state: State) {
        until(|| self.socket.state().get_untracked() == state).await;
    }
}

fn app() -> Owner {
    // An error says that an earlier test has done it.
    let _ = Executor::init_wasm_bindgen();
    Owner::new()
}

fn url(app: &Owner, url: String) -> RwSignal<String> {
    app.with(|| RwSignal::new(url))
}

#[wasm_bindgen_test]
async fn a_component_has_one_connection_and_every_message_of_a_burst() {
    let server = Server::new("leptos-burst");
    let app = app();
    let component = Component::below(&app, url(&app, server.url("/push?count=500")));
    let streamed: Vec<_> = component.socket.messages().take(500).map(|message| message.to_string()).collect().await;
    assert_eq!(*component.called.borrow(), streamed);
    until(|| {
        let latest =
            component.socket.latest().with_untracked(|latest| latest.as_ref().map(|latest| latest.to_string()));
        latest == streamed.last().cloned()
    })
    .await;
    let stats = server.control("stats", "").await;
    assert_eq!((stats.count("opens"), stats.count("live")), (1.0, 1.0));

    component.owner.cleanup();
    let stats = server.control("wait", "live=0&closes=1").await;
    assert_eq!(stats.count("opens"), 1.0);
    assert!(matches!(component.socket.send(&"late".into()), Err(SendError::Closed)));
}

#[wasm_bindgen_test]
async fn what_was_sent_before_the_component_was_there_goes_out_and_it_can_be_closed_and_reconnected() {
    let server = Server::new("leptos-send");
    let app = app();
    let component = Component::below(&app, url(&app, server.url("/record")));
    component.socket.send(&"early".into()).unwrap();
    component.is(State::Open).await;
    server.control("kill", "").await;
    component.socket.send(&"while it was away".into()).unwrap();
    let stats = server.control("wait", "opens=2&received=2").await;
    assert_eq!(stats.received(), ["early", "while it was away"]);
    until(|| component.socket.queue().get_untracked() == 0).await;
    component.socket.close();
    component.is(State::Closed).await;
    component.socket.reconnect();
    component.is(State::Open).await;
    app.cleanup();
    server.control("wait", "live=0").await;
}

#[wasm_bindgen_test]
async fn another_url_is_another_connection() {
    let (one, other) = (Server::new("leptos-one"), Server::new("leptos-other"));
    let app = app();
    let place = url(&app, one.url("/echo"));
    let component = Component::below(&app, place);
    let mut messages = component.socket.messages();
    component.socket.send(&"to one".into()).unwrap();
    assert_eq!(messages.next().await.as_deref().map(String::as_str), Some("to one"));

    place.set(other.url("/echo"));
    one.control("wait", "live=0&closes=1").await;
    other.control("wait", "live=1").await;
    component.socket.send(&"to the other".into()).unwrap();
    assert_eq!(messages.next().await.as_deref().map(String::as_str), Some("to the other"));
    assert_eq!(*component.called.borrow(), ["to one", "to the other"]);
    component.owner.cleanup();
    other.control("wait", "live=0").await;
    assert!(messages.next().await.is_none());
    app.cleanup();
}

#[wasm_bindgen_test]
async fn components_below_a_provider_share_a_connection_that_ends_with_the_last_of_them() {
    let server = Server::new("leptos-shared");
    let app = app();
    app.with(provide_sockets);
    let place = url(&app, server.url("/echo"));
    let (one, other) = (Component::below(&app, place), Component::below(&app, place));
    for component in [&one, &other] {
        component.is(State::Open).await;
    }
    one.socket.send(&"for both".into()).unwrap();
    until(|| [&one, &other].iter().all(|component| *component.called.borrow() == ["for both"])).await;
    assert_eq!(server.control("stats", "").await.count("opens"), 1.0);

    other.owner.cleanup();
    one.socket.send(&"for one".into()).unwrap();
    until(|| one.called.borrow().len() == 2).await;
    let stats = server.control("stats", "").await;
    assert_eq!((stats.count("opens"), stats.count("live"), other.called.borrow().len()), (1.0, 1.0, 1));
    one.owner.cleanup();
    server.control("wait", "live=0").await;
}
