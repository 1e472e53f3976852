use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake};
use std::time::Duration;

use everwire::{
    CloseCode, Endpoint, Event, Failure, Heartbeat, OpenError, Options, Socket, State, SubscribeOptions, Subscription,
    Text, Verdict,
};
use futures::StreamExt;
use futures::channel::oneshot;
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::Server;

type TextSocket = Socket<String, String, Text>;

fn quick() -> Options<String> {
    let millis = Duration::from_millis;
    Options::default().backoff(millis(1), millis(1), millis(20))
}

fn open(url: String, options: Options<String>) -> TextSocket {
    TextSocket::open(url, options).expect("a URL and options that can be used")
}

async fn closed(events: &mut (impl futures::Stream<Item = Event> + Unpin)) -> (CloseCode, bool) {
    loop {
        if let Some(Event::Closed { lost, will_retry }) = events.next().await {
            return (lost.code, will_retry);
        }
    }
}

#[wasm_bindgen_test]
async fn a_killed_connection_comes_back_and_the_queue_with_it() {
    let server = Server::new("killed");
    let socket = open(server.url("/echo"), quick());
    let mut messages = socket.messages();
    socket.opened().await.unwrap();
    let mut events = socket.events();
    server.control("kill", "").await;
    assert_eq!(closed(&mut events).await, (CloseCode::ABNORMAL, true));
    socket.send(&"while away".into()).unwrap();
    assert_eq!(messages.next().await.as_deref(), Some("while away"));
    let stats = server.control("wait", "opens=2&live=1").await;
    assert_eq!(stats.count("maxLive"), 1.0);
    socket.close();
}

#[wasm_bindgen_test]
async fn a_fatal_close_code_ends_it() {
    let server = Server::new("fatal");
    let socket = open(server.url("/close?code=1008"), quick());
    assert_eq!(closed(&mut socket.events()).await, (CloseCode::POLICY_VIOLATION, false));
    assert_eq!(socket.state(), State::Closed);
    assert!(socket.messages().next().await.is_none());
}

#[wasm_bindgen_test]
async fn a_refused_dial_is_told_as_the_browser_tells_it() {
    let server = Server::new("refused");
    let socket = open(server.url("/refuse"), quick().max_attempts(2));
    let told: Vec<_> = socket.events().collect().await;
    let failures: Vec<_> = told
        .iter()
        .filter_map(|event| if let Event::Failed(failure) = event { Some(*failure) } else { None })
        .collect();
    assert_eq!(failures, [Failure::ConnectFailed, Failure::ConnectFailed, Failure::GaveUp]);
    let closes: Vec<_> = told
        .iter()
        .filter_map(|event| match event {
            Event::Closed { lost, will_retry } => Some((lost.code, lost.was_clean, *will_retry)),
            _ => None,
        })
        .collect();
    assert_eq!(closes, [(CloseCode::ABNORMAL, false, true), (CloseCode::ABNORMAL, false, false)]);
}

#[wasm_bindgen_test]
async fn close_while_connecting_then_reconnect_opens_again() {
    let server = Server::new("close-connecting");
    let socket = open(server.url("/echo"), quick());
    socket.close();
    socket.reconnect();
    socket.opened().await.unwrap();
    socket.send(&"here".into()).unwrap();
    assert_eq!(socket.messages().next().await.as_deref(), Some("here"));
    socket.close();
}

#[wasm_bindgen_test]
async fn the_last_handle_takes_the_connection_with_it() {
    let server = Server::new("dropped");
    let socket = open(server.url("/echo"), quick());
    socket.opened().await.unwrap();
    let messages = socket.messages();
    drop(socket);
    assert_eq!(server.control("stats", "").await.count("live"), 1.0);
    drop(messages);
    let stats = server.control("wait", "live=0&closes=1").await;
    assert_eq!(stats.count("opens"), 1.0);
}

#[wasm_bindgen_test]
async fn the_last_handle_sends_what_is_queued_before_it_closes_the_connection() {
    let server = Server::new("dropped-queue");
    let socket = open(server.url("/record"), quick().high_water_mark(1_000));
    socket.opened().await.unwrap();
    let sent: Vec<_> = (0..10).map(|number| format!("{number:600}")).collect();
    for message in &sent {
        socket.send(message).unwrap();
    }
    assert!(socket.queue_len() > 0);
    drop(socket);
    assert_eq!(server.control("wait", "closes=1").await.received(), sent);
}

thread_local! {
    static LAST: RefCell<Option<Handles>> = const { RefCell::new(None) };
}

type Handles = (TextSocket, Subscription<String, String, Text>);

struct DropsTheLast;

impl Wake for DropsTheLast {
    fn wake(self: Arc<Self>) {
        drop(LAST.take());
    }
}

#[wasm_bindgen_test]
async fn the_last_handle_may_be_dropped_by_whatever_is_called() {
    for place in ["provider", "reader", "matcher", "decision", "waker"] {
        let server = Server::new("dropped-within");
        let called = move |at| {
            if at == place {
                drop(LAST.take());
            }
        };
        let (held, gone) = oneshot::channel::<()>();
        let read = move |_: &String| {
            called("reader");
            None
        };
        let decide = move |_: &_| {
            let _ = &held;
            called("decision");
            Verdict::Default
        };
        let url = server.url("/greet");
        let provider = move || {
            let url = url.clone();
            async move {
                called("provider");
                Ok::<_, String>(url)
            }
        };
        let socket = TextSocket::open(provider, quick().correlate(|_, _| {}, read).should_retry(decide)).unwrap();
        let matches = move |_: &String| {
            called("matcher");
            false
        };
        let options = SubscribeOptions::default().unsubscribe("no news".into()).matching(matches);
        let news = socket.subscribe("news".into(), options).unwrap();
        if place == "waker" {
            let waker = Arc::new(DropsTheLast).into();
            assert!(pin!(socket.opened()).poll(&mut Context::from_waker(&waker)).is_pending());
        }
        LAST.set(Some((socket, news)));
        if place == "decision" {
            server.control("wait", "live=1").await;
            server.control("kill", "").await;
        }
        gone.await.unwrap_err();
        server.control("wait", "live=0").await;
    }
}

#[wasm_bindgen_test]
async fn the_future_of_a_provider_is_dropped_when_nobody_waits_for_its_answer() {
    for end in ["the connect timeout", "close", "drop"] {
        let (held, gone) = oneshot::channel::<()>();
        let held = Cell::new(Some(held));
        let provider = move || {
            let held = held.take();
            async move {
                let _held = held;
                std::future::pending::<Result<String, String>>().await
            }
        };
        let timeout = if end == "the connect timeout" { 20 } else { 600_000 };
        let socket = TextSocket::open(provider, quick().connect_timeout(Duration::from_millis(timeout))).unwrap();
        let mut socket = Some(socket);
        match end {
            "close" => socket.as_ref().unwrap().close(),
            "drop" => drop(socket.take()),
            _ => {}
        }
        gone.await.unwrap_err();
    }
}

#[wasm_bindgen_test]
async fn a_provider_is_asked_before_every_dial_and_may_fail() {
    let server = Server::new("provider");
    let asked = std::rc::Rc::new(std::cell::Cell::new(0));
    let (url, count) = (server.url("/echo"), asked.clone());
    let provider = move || {
        let (url, number) = (url.clone(), count.replace(count.get() + 1));
        async move { if number == 0 { Err("no token yet") } else { Ok(Endpoint::from(url)) } }
    };
    let socket = TextSocket::open(provider, quick()).unwrap();
    let mut events = socket.events();
    assert_eq!(closed(&mut events).await, (CloseCode::ABNORMAL, true));
    socket.opened().await.unwrap();
    assert_eq!(asked.get(), 2);
    socket.close();
}

#[wasm_bindgen_test]
async fn a_silent_peer_is_given_up_and_an_answering_one_kept() {
    let server = Server::new("heartbeat");
    let millis = Duration::from_millis;
    let heartbeat =
        Heartbeat::new(|| "ping".into()).answer(|message| message == "pong").interval(millis(20)).timeout(millis(400));
    let socket = open(server.url("/heartbeat"), quick().heartbeat(heartbeat));
    socket.opened().await.unwrap();
    server.control("wait", "received=3").await;
    assert!(socket.latency().is_some());
    let mut events = socket.events();
    server.control("mute", "").await;
    loop {
        if let Some(Event::Failed(failure)) = events.next().await {
            assert_eq!(failure, Failure::HeartbeatTimeout);
            break;
        }
    }
    socket.close();
}

#[wasm_bindgen_test]
async fn who_is_busy_with_a_long_message_is_neither_given_up_nor_cut_off() {
    let server = Server::new("slow");
    let millis = Duration::from_millis;
    // Five seconds: more than the heartbeat and the close have, and less than twice that, which a single message has in
    // Firefox. How much of it the system takes in at once makes no difference then.
    let long = "x".repeat(40 << 20);
    let heartbeat = Heartbeat::new(|| "ping".into())
        .answer(|message| message == "pong")
        .interval(millis(200))
        .timeout(millis(4000));
    let options = quick().heartbeat(heartbeat).close_timeout(millis(4000));
    let socket = open(server.url("/slow?rate=8388608"), options);
    socket.opened().await.unwrap();
    let mut events = socket.events();
    socket.send(&long).unwrap();
    // The second heartbeat follows the answer to the first.
    let stats = server.control("wait", "received=3").await;
    assert_eq!((stats.count("opens"), stats.count("live")), (1.0, 1.0));
    socket.send(&long).unwrap();
    socket.close();
    assert_eq!(closed(&mut events).await, (CloseCode::NO_STATUS, false));
    // The server's account has no text of a long message.
    let received = server.control("stats", "").await.received();
    assert_eq!(received.iter().filter(|text| text.is_empty()).count(), 2);
}

#[wasm_bindgen_test]
async fn the_user_decides_about_a_lost_connection() {
    let server = Server::new("verdict");
    let options =
        quick().should_retry(|lost| if lost.code == CloseCode::from(4001) { Verdict::Stop } else { Verdict::Default });
    let socket = open(server.url("/close?code=4001"), options);
    assert_eq!(closed(&mut socket.events()).await, (CloseCode::from(4001), false));
}

#[wasm_bindgen_test]
fn what_cannot_be_used_is_an_error_that_says_why() {
    let told = |url: &str, options| TextSocket::open(url, options).unwrap_err().to_string();
    assert!(told("ftp://127.0.0.1/", quick()).contains("another scheme"));
    assert!(told("ws://127.0.0.1/#top", quick()).contains("fragment"));
    assert!(!told("ws://user:secret@127.0.0.1/#top", quick()).contains("secret"));
    assert_eq!(TextSocket::open("ws://127.0.0.1/", quick().protocols(["a", "a"])).unwrap_err(), OpenError::Protocols);
    assert!(told("ws://127.0.0.1/", quick().max_attempts(0)).starts_with("maxAttempts"));
}
