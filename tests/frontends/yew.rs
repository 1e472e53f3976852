use std::cell::RefCell;
use std::rc::Rc;

use everwire::yew::{SocketProvider, UseSocket, use_messages, use_socket};
use everwire::{Options, SendError, State, Text};
use futures::StreamExt;
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use super::server::Server;
use super::{say_all, until};

type TextSocket = UseSocket<String, String, Text>;

/// What a component has seen, and its handle, as the test sees it from outside.
#[derive(Clone, Default)]
struct Seen(Rc<RefCell<Record>>);

#[derive(Default)]
struct Record {
    renderings: usize,
    states: Vec<State>,
    socket: Option<TextSocket>,
    called: Vec<String>,
    latest: Option<String>,
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Seen {
    fn socket(&self) -> TextSocket {
        self.0.borrow().socket.clone().expect("rendered")
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ListenerProps {
    url: String,
    seen: Seen,
    /// Another value is another rendering.
    #[prop_or_default]
    tick: u32,
    #[prop_or(true)]
    reads_latest: bool,
}

#[component]
fn Listener(props: &ListenerProps) -> Html {
    let socket: TextSocket = use_socket(props.url.as_str(), Options::default());
    let seen = props.seen.clone();
    use_messages(&socket, move |message: &String| seen.0.borrow_mut().called.push(message.clone()));
    let mut record = props.seen.0.borrow_mut();
    record.renderings += 1;
    if props.reads_latest {
        record.latest = socket.latest().map(|message| message.to_string());
    }
    record.states.push(socket.state());
    let shown = format!("{:?}", socket.state());
    record.socket = Some(socket);
    html! { <p>{ shown }</p> }
}

#[derive(Clone, PartialEq, Properties)]
struct PairProps {
    url: String,
    seen: [Seen; 2],
    #[prop_or(2)]
    count: usize,
}

#[component]
fn Pair(props: &PairProps) -> Html {
    let listeners = props.seen.iter().take(props.count).enumerate();
    html! {
        <SocketProvider>
            { for listeners.map(|(key, seen)| html! { <Listener {key} url={props.url.clone()} seen={seen.clone()} /> }) }
        </SocketProvider>
    }
}

fn render<T: BaseComponent>(props: T::Properties) -> AppHandle<T> {
    let document = web_sys::window().unwrap().document().unwrap();
    let root = document.create_element("div").unwrap();
    document.body().unwrap().append_child(&root).unwrap();
    yew::Renderer::<T>::with_root_and_props(root, props).render()
}

#[wasm_bindgen_test]
async fn a_component_has_one_connection_however_often_it_is_rendered_and_every_message_of_a_burst() {
    let server = Server::new("yew-burst");
    let props = ListenerProps { url: server.url("/echo"), seen: Seen::default(), tick: 0, reads_latest: true };
    let seen = props.seen.clone();
    let mut app = render::<Listener>(props.clone());
    until(|| seen.0.borrow().socket.is_some()).await;
    let streamed = seen.socket().messages();
    say_all(500, |message| drop(seen.socket().send(&message)));
    for tick in 1..20 {
        app.update(ListenerProps { tick, ..props.clone() });
    }
    let streamed: Vec<_> = streamed.take(500).map(|message| message.to_string()).collect().await;
    until(|| seen.0.borrow().latest == streamed.last().cloned()).await;
    assert_eq!(seen.0.borrow().called, streamed);
    let stats = server.control("stats", "").await;
    assert_eq!((stats.count("opens"), stats.count("live")), (1.0, 1.0));

    app.destroy();
    let stats = server.control("wait", "live=0&closes=1").await;
    assert_eq!(stats.count("opens"), 1.0);
    assert!(matches!(seen.socket().send(&"late".into()), Err(SendError::Closed)));
}

#[wasm_bindgen_test]
async fn what_was_sent_before_the_component_was_there_goes_out_and_a_handle_of_an_old_rendering_works() {
    let server = Server::new("yew-send");
    let props = ListenerProps { url: server.url("/record"), seen: Seen::default(), tick: 0, reads_latest: true };
    let seen = props.seen.clone();
    let app = render::<Listener>(props);
    until(|| seen.0.borrow().socket.is_some()).await;
    let first = seen.socket();
    first.send(&"early".into()).unwrap();
    until(|| seen.socket().state() == State::Open).await;
    first.send(&"by an old handle".into()).unwrap();
    assert_eq!(server.control("wait", "received=2").await.received(), ["early", "by an old handle"]);
    server.control("kill", "").await;
    first.send(&"while it was away".into()).unwrap();
    assert_eq!(server.control("wait", "opens=2&live=1").await.count("opens"), 2.0);
    first.close();
    until(|| seen.socket().state() == State::Closed).await;
    first.reconnect();
    until(|| seen.socket().state() == State::Open).await;
    app.destroy();
    server.control("wait", "live=0").await;
}

#[wasm_bindgen_test]
async fn who_reads_no_message_is_not_rendered_for_any() {
    let server = Server::new("yew-unread");
    let props =
        ListenerProps { url: server.url("/push?count=200"), seen: Seen::default(), tick: 0, reads_latest: false };
    let seen = props.seen.clone();
    let app = render::<Listener>(props);
    until(|| seen.0.borrow().called.len() == 200).await;
    until(|| seen.socket().state() == State::Open).await;
    assert!(seen.0.borrow().renderings < 10, "{} renderings", seen.0.borrow().renderings);
    app.destroy();
    server.control("wait", "live=0").await;
}

#[wasm_bindgen_test]
async fn another_url_is_another_connection() {
    let (one, other) = (Server::new("yew-one"), Server::new("yew-other"));
    let props = ListenerProps { url: one.url("/echo"), seen: Seen::default(), tick: 0, reads_latest: true };
    let seen = props.seen.clone();
    let mut app = render::<Listener>(props.clone());
    until(|| seen.0.borrow().socket.is_some()).await;
    let mut messages = seen.socket().messages();
    seen.socket().send(&"to one".into()).unwrap();
    assert_eq!(messages.next().await.as_deref().map(String::as_str), Some("to one"));

    app.update(ListenerProps { url: other.url("/echo"), ..props });
    one.control("wait", "live=0&closes=1").await;
    other.control("wait", "live=1").await;
    seen.socket().send(&"to the other".into()).unwrap();
    assert_eq!(messages.next().await.as_deref().map(String::as_str), Some("to the other"));
    assert_eq!(seen.0.borrow().called, ["to one", "to the other"]);
    app.destroy();
    other.control("wait", "live=0").await;
    assert!(messages.next().await.is_none());
}

#[wasm_bindgen_test]
async fn components_below_a_provider_share_a_connection_that_ends_with_the_last_of_them() {
    let server = Server::new("yew-shared");
    let props = PairProps { url: server.url("/echo"), seen: Default::default(), count: 2 };
    let [one, other] = props.seen.clone();
    let mut app = render::<Pair>(props.clone());
    until(|| [&one, &other].iter().all(|seen| seen.0.borrow().socket.is_some())).await;
    until(|| one.socket().state() == State::Open).await;
    one.socket().send(&"for both".into()).unwrap();
    until(|| [&one, &other].iter().all(|seen| seen.0.borrow().called == ["for both"])).await;
    assert_eq!(server.control("stats", "").await.count("opens"), 1.0);

    app.update(PairProps { count: 1, ..props.clone() });
    until(|| other.socket().socket().is_none()).await;
    one.socket().send(&"for one".into()).unwrap();
    until(|| one.0.borrow().called.len() == 2).await;
    let stats = server.control("stats", "").await;
    assert_eq!((stats.count("opens"), stats.count("live")), (1.0, 1.0));

    // Who comes later shows at first what a server would have rendered.
    other.0.borrow_mut().states.clear();
    app.update(PairProps { count: 2, ..props.clone() });
    until(|| other.0.borrow().states == [State::Idle, State::Open]).await;
    app.update(PairProps { count: 1, ..props.clone() });
    until(|| other.socket().socket().is_none()).await;

    one.socket().close();
    server.control("wait", "live=0").await;
    app.update(PairProps { count: 2, ..props });
    until(|| one.socket().state() == State::Open).await;
    assert_eq!(server.control("stats", "").await.count("live"), 1.0);
    app.destroy();
    server.control("wait", "live=0").await;
}

#[derive(Clone, PartialEq, Properties)]
struct QueueProps {
    socket: TextSocket,
    seen: Shown,
}

/// How much is queued, as a parent and its child show it; and what has the parent send something.
#[derive(Clone, Default)]
struct Shown(Rc<RefCell<Queues>>);

#[derive(Default)]
struct Queues {
    parent: usize,
    child: usize,
    send: Option<Callback<()>>,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[component]
fn Queue(props: &QueueProps) -> Html {
    props.seen.0.borrow_mut().child = props.socket.queue();
    Html::default()
}

#[derive(Clone, PartialEq, Properties)]
struct SenderProps {
    url: String,
    seen: Shown,
}

#[component]
fn Sender(props: &SenderProps) -> Html {
    let socket: TextSocket = use_socket(props.url.as_str(), Options::default());
    let clicks = use_state(|| 0);
    let click = {
        let (socket, clicks) = (socket.clone(), clicks.clone());
        Callback::from(move |()| {
            clicks.set(*clicks + 1);
            socket.send(&"hello".into()).unwrap();
        })
    };
    let mut shown = props.seen.0.borrow_mut();
    (shown.parent, shown.send) = (socket.queue(), Some(click));
    html! { <Queue {socket} seen={props.seen.clone()} /> }
}

#[wasm_bindgen_test]
async fn a_child_that_has_the_handle_as_a_property_shows_what_its_parent_shows() {
    let server = Server::new("yew-child");
    let seen = Shown::default();
    let app = render::<Sender>(SenderProps { url: server.url("/hang"), seen: seen.clone() });
    until(|| seen.0.borrow().send.is_some()).await;
    for count in 1..=2 {
        let click = seen.0.borrow().send.clone().unwrap();
        click.emit(());
        until(|| seen.0.borrow().parent == count).await;
        assert_eq!(seen.0.borrow().child, count, "both are rendered together");
    }
    app.destroy();
}
