use std::cell::RefCell;
use std::rc::Rc;

use any_spawner::Executor;
use everwire::{OpenError, Options, SendError, Source, State, Text};
use futures::StreamExt;
use wasm_bindgen_test::wasm_bindgen_test;

use super::everwire_leptos::{ReactiveSource, UseSocket, provide_sockets, use_messages, use_socket};
use super::reactive_graph::effect::Effect;
use super::reactive_graph::owner::Owner;
use super::reactive_graph::prelude::*;
use super::reactive_graph::signal::RwSignal;
use crate::server::Server;
use crate::until;

type TextSocket = UseSocket<String, String, Text>;
type Record<T> = Rc<RefCell<Vec<T>>>;

/// What a component is to Leptos: an owner, below another one.
struct Component {
    /// Its children end with it.
    _parent: Owner,
    owner: Owner,
    socket: TextSocket,
    called: Record<String>,
    states: Record<State>,
}

impl Component {
    fn new(parent: &Owner, source: impl Into<ReactiveSource>) -> Self {
        // An error says that an earlier test has done so.
        let _ = Executor::init_wasm_bindgen();
        let (owner, called, states) = (parent.child(), Record::default(), Record::default());
        let socket: TextSocket = owner.with(|| use_socket(source, Options::default()));
        owner.with(|| {
            let called = Rc::clone(&called);
            use_messages(socket, move |message: &String| called.borrow_mut().push(message.clone()));
            let states = Rc::clone(&states);
            Effect::new(move || states.borrow_mut().push(socket.state().get()));
        });
        Self { _parent: parent.clone(), owner, socket, called, states }
    }

    fn state(&self) -> State {
        self.socket.state().get_untracked()
    }
}

#[wasm_bindgen_test]
async fn a_component_has_one_connection_and_every_message_of_a_burst_until_it_is_gone() {
    let server = Server::new("leptos-burst");
    let component = Component::new(&Owner::new(), server.url("/push?count=500"));
    let socket = component.socket;
    let mut messages = socket.messages();
    let streamed: Vec<_> = messages.by_ref().take(500).map(|message| message.to_string()).collect().await;
    until(|| socket.latest().get_untracked().as_deref() == streamed.last()).await;
    assert_eq!(*component.called.borrow(), streamed);
    let stats = server.control("stats", "").await;
    assert_eq!((stats.count("opens"), stats.count("live")), (1.0, 1.0));
    // What is read of the state runs again when that changes, and for no message.
    assert_eq!(component.states.borrow().last(), Some(&State::Open));
    assert!(component.states.borrow().len() <= 3, "{:?}", component.states);

    component.owner.cleanup();
    let stats = server.control("wait", "live=0&closes=1").await;
    assert_eq!(stats.count("opens"), 1.0);
    assert!(matches!(socket.send(&"late".into()), Err(SendError::Closed)));
    assert!(messages.next().await.is_none());
}

#[wasm_bindgen_test]
async fn a_component_that_is_gone_before_its_effects_run_never_connects() {
    let server = Server::new("leptos-brief");
    let brief = Component::new(&Owner::new(), server.url("/echo"));
    brief.owner.cleanup();
    let lasting = Component::new(&Owner::new(), server.url("/echo"));
    until(|| lasting.state() == State::Open).await;
    assert_eq!(server.control("stats", "").await.count("opens"), 1.0);
    lasting.owner.cleanup();
    server.control("wait", "live=0").await;
}

#[wasm_bindgen_test]
async fn what_was_sent_before_the_connection_was_there_goes_out() {
    let server = Server::new("leptos-send");
    let component = Component::new(&Owner::new(), server.url("/record"));
    let socket = component.socket;
    socket.send(&"early".into()).unwrap();
    until(|| component.state() == State::Open).await;
    socket.send(&"later".into()).unwrap();
    assert_eq!(server.control("wait", "received=2").await.received(), ["early", "later"]);
    socket.close();
    until(|| component.state() == State::Closed).await;
    socket.reconnect();
    until(|| component.state() == State::Open).await;
    component.owner.cleanup();
    server.control("wait", "live=0").await;
}

#[wasm_bindgen_test]
async fn a_signal_that_changes_is_another_connection_and_one_that_does_not_is_none() {
    let (one, other) = (Server::new("leptos-one"), Server::new("leptos-other"));
    let page = Owner::new();
    let url = page.with(|| RwSignal::new(one.url("/echo")));
    let component = Component::new(&page, url);
    let socket = component.socket;
    let mut messages = socket.messages();
    socket.send(&"to one".into()).unwrap();
    assert_eq!(messages.next().await.as_deref().map(String::as_str), Some("to one"));

    url.set(one.url("/echo"));
    url.set(other.url("/echo"));
    one.control("wait", "live=0&closes=1").await;
    other.control("wait", "live=1").await;
    assert!(socket.latest().get_untracked().is_none());
    socket.send(&"to the other".into()).unwrap();
    assert_eq!(messages.next().await.as_deref().map(String::as_str), Some("to the other"));
    url.set(other.url("/echo"));
    socket.send(&"still there".into()).unwrap();
    assert_eq!(messages.next().await.as_deref().map(String::as_str), Some("still there"));
    assert_eq!(*component.called.borrow(), ["to one", "to the other", "still there"]);
    assert_eq!(other.control("stats", "").await.count("opens"), 1.0);

    url.set("ftp://nowhere".into());
    until(|| component.state() == State::Closed).await;
    assert!(matches!(socket.error().get_untracked(), Some(OpenError::Url(_))));
    other.control("wait", "live=0&closes=1").await;
    component.owner.cleanup();
    assert!(messages.next().await.is_none());
}

#[wasm_bindgen_test]
async fn a_provider_may_read_signals_and_is_asked_anew_only_for_a_new_connection() {
    let server = Server::new("leptos-asked");
    let page = Owner::new();
    let token = page.with(|| RwSignal::new("first"));
    let url = server.url("/echo");
    let provider = Source::from(move || {
        let url = format!("{url}&token={}", token.get());
        async { Ok::<_, String>(url) }
    });
    let component = Component::new(&page, provider);
    let connected_with = || component.socket.socket().unwrap().url();
    until(|| component.state() == State::Open).await;
    assert!(connected_with().ends_with("token=first"));
    token.set("second");
    component.socket.send(&"by the first".into()).unwrap();
    until(|| component.called.borrow().len() == 1).await;
    assert_eq!(server.control("stats", "").await.count("opens"), 1.0);
    component.socket.reconnect();
    until(|| component.state() == State::Open && connected_with().ends_with("token=second")).await;
    component.owner.cleanup();
    server.control("wait", "live=0").await;
}

#[wasm_bindgen_test]
async fn components_below_a_provider_share_a_connection_that_ends_with_the_last_of_them() {
    let server = Server::new("leptos-shared");
    let page = Owner::new();
    page.with(provide_sockets);
    let [one, other] = [(); 2].map(|()| Component::new(&page, server.url("/echo")));
    until(|| one.state() == State::Open).await;
    one.socket.send(&"for both".into()).unwrap();
    until(|| [&one, &other].iter().all(|component| *component.called.borrow() == ["for both"])).await;
    assert_eq!(server.control("stats", "").await.count("opens"), 1.0);

    // Who comes later shows at first what a server would have rendered.
    let later = Component::new(&page, server.url("/echo"));
    assert_eq!(later.state(), State::Idle);
    until(|| later.state() == State::Open).await;
    later.owner.cleanup();

    other.owner.cleanup();
    one.socket.send(&"for one".into()).unwrap();
    until(|| one.called.borrow().len() == 2).await;
    assert_eq!(other.called.borrow().len(), 1);
    let stats = server.control("stats", "").await;
    assert_eq!((stats.count("opens"), stats.count("live")), (1.0, 1.0));
    page.cleanup();
    server.control("wait", "live=0").await;
}
