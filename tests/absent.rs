//! The Rust API where there is no browser, such as on a server that renders the page: nothing panics, nothing hangs that
//! somebody would wait for.
#![cfg(all(not(target_family = "wasm"), feature = "client"))]

use everwire::{
    Accepted, Endpoint, Options, RequestError, RequestOptions, SendError, SendOptions, Socket, State, Statistics,
    SubscribeOptions, Text,
};
use futures::{FutureExt, SinkExt, StreamExt};

type TextSocket = Socket<String, String, Text>;

fn open() -> TextSocket {
    let options = Options::default().correlate(|message: &mut String, id| message.push_str(&id.to_string()), |_| None);
    TextSocket::open("/chat", options).unwrap()
}

#[test]
fn what_is_sent_waits() {
    let mut socket = open();
    assert_eq!(socket.state(), State::Idle);
    assert_eq!(socket.flushed().now_or_never().map(|flushed| flushed.is_ok()), Some(true));
    assert_eq!(socket.send(&"one".into()).unwrap(), Accepted::Queued);
    socket.send_with(&"two".into(), SendOptions { priority: 1, ..Default::default() }).unwrap();
    assert!(socket.feed("three".into()).now_or_never().is_some());
    assert_eq!((socket.queue_len(), socket.queue_bytes()), (3, 11));
    assert!(socket.flushed().now_or_never().is_none());
    assert!(socket.opened().now_or_never().is_none());
    assert!(socket.messages().next().now_or_never().is_none());
    assert!(socket.events().next().now_or_never().is_none());
    socket.reconnect();
    assert_eq!(socket.statistics(), Statistics::default());
}

#[test]
fn a_request_fails_at_once_and_says_why() {
    let socket = open();
    let error = socket.request("what?".into(), RequestOptions::default()).now_or_never().unwrap().unwrap_err();
    assert!(matches!(error, RequestError::Send(SendError::Refused(_))));
    assert!(error.to_string().ends_with("there is no browser here"), "{error}");
    drop(socket.request("dropped".into(), RequestOptions::default()));
    assert_eq!(socket.queue_len(), 0);
}

#[test]
fn a_subscription_waits_and_can_be_dropped() {
    let socket = open();
    let options = SubscribeOptions::default().unsubscribe("no news".into());
    let mut news = socket.subscribe("news".into(), options).unwrap();
    assert!(news.next().now_or_never().is_none());
    drop(news);
    assert_eq!(socket.queue_len(), 0);
    let plain = TextSocket::open("/chat", Options::default()).unwrap();
    assert!(matches!(plain.subscribe("news".into(), SubscribeOptions::default()), Err(SendError::Uncorrelated)));
}

#[test]
fn a_closed_socket_takes_nothing_and_its_streams_end() {
    let provider = || async { Ok::<_, String>(Endpoint::from("/chat")) };
    let socket = TextSocket::open(provider, Options::default()).unwrap();
    let matching = SubscribeOptions::default().matching(|_: &String| true);
    let mut news = socket.subscribe("news".into(), matching).unwrap();
    socket.close();
    assert_eq!(socket.state(), State::Closed);
    assert_eq!(news.next().now_or_never(), Some(None));
    assert_eq!(socket.messages().next().now_or_never(), Some(None));
    assert!(matches!(socket.send(&"late".into()), Err(SendError::Closed)));
    assert!(matches!(socket.flushed().now_or_never(), Some(Err(SendError::Closed))));
}
