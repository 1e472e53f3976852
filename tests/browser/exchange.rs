//! Requests, subscriptions, and who waits until everything has been sent.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use everwire::{
    Accepted, DropReason, Event, Inbox, Json, Options, RequestError, RequestOptions, SendError, SendOptions, Socket,
    State, SubscribeOptions, Subscription, Text,
};
use futures::{FutureExt, SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::Server;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Call {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    text: String,
}

fn call(text: &str) -> Call {
    Call { id: None, text: text.into() }
}

fn quick<Message>() -> Options<Message> {
    let millis = Duration::from_millis;
    Options::default().backoff(millis(1), millis(1), millis(20))
}

fn open(server: &Server, behaviour: &str) -> Socket<Call, Call, Json> {
    let options = quick().correlate(|call: &mut Call, id| call.id = Some(id), |call: &Call| call.id);
    Socket::open(server.url(behaviour), options).unwrap()
}

fn open_text(server: &Server, behaviour: &str) -> Socket<String, String, Text> {
    Socket::open(server.url(behaviour), quick()).unwrap()
}

/// The texts of the calls that the server got.
async fn received(server: &Server, wait: &str) -> Vec<String> {
    let texts = |message: &String| serde_json::from_str::<Call>(message).unwrap().text;
    server.control("wait", wait).await.received().iter().map(texts).collect()
}

#[wasm_bindgen_test]
async fn a_reply_goes_to_who_asked_and_the_rest_to_everybody() {
    let server = Server::new("reply");
    let socket = open(&server, "/echo");
    let first = socket.request(call("first"), RequestOptions::default());
    socket.send(&call("no question")).unwrap();
    let second = socket.request(call("second"), RequestOptions::default());
    let (second, first) = (second.await.unwrap(), first.await.unwrap());
    assert_eq!((first.text.as_str(), second.text.as_str()), ("first", "second"));
    assert_ne!(first.id, second.id);
    assert_eq!(socket.messages().next().await, Some(call("no question")));
    socket.close();
    assert!(socket.messages().next().await.is_none());
}

#[wasm_bindgen_test]
async fn a_request_that_nobody_answers_runs_out_of_time() {
    let server = Server::new("timeout");
    let socket = open(&server, "/silent");
    let options = RequestOptions { timeout: Duration::from_millis(30), ..Default::default() };
    let error = socket.request(call("anybody?"), options).await.unwrap_err();
    assert!(matches!(error, RequestError::Timeout), "{error}");
    socket.close();
}

#[wasm_bindgen_test]
async fn a_request_is_lost_with_its_connection_and_dropped_with_its_socket() {
    let server = Server::new("lost");
    let socket = open(&server, "/silent");
    let reply = socket.request(call("asked"), RequestOptions::default());
    server.control("wait", "received=1").await;
    server.control("kill", "").await;
    let error = reply.await.unwrap_err();
    assert!(matches!(error, RequestError::Lost), "{error}");
    socket.opened().await.unwrap();
    socket.close();
    let error = socket.request(call("too late"), RequestOptions::default()).await.unwrap_err();
    assert!(matches!(error, RequestError::Send(SendError::Closed)), "{error}");
}

#[wasm_bindgen_test]
async fn a_request_that_may_be_repeated_is_asked_again() {
    let server = Server::new("repeat");
    let socket = open(&server, "/echo");
    server.control("mute", "").await;
    let repeat = RequestOptions { repeat: true, ..Default::default() };
    let reply = socket.request(call("again"), repeat);
    server.control("wait", "received=1").await;
    server.control("unmute", "").await;
    server.control("kill", "").await;
    assert_eq!(reply.await.unwrap().text, "again");
    assert_eq!(received(&server, "received=2").await, ["again", "again"]);
    assert_eq!(socket.statistics().connections, 2);
    socket.close();
}

#[wasm_bindgen_test]
async fn a_dropped_request_that_is_still_queued_is_not_sent() {
    let server = Server::new("cancelled");
    let socket = open(&server, "/record");
    let mut events = socket.events();
    let unwanted = socket.request(call("unwanted"), RequestOptions::default());
    socket.send(&call("wanted")).unwrap();
    drop(unwanted);
    assert_eq!(socket.queue_len(), 1);
    assert_eq!(received(&server, "received=1").await, ["wanted"]);
    assert_eq!(socket.statistics().dropped, 1);
    let reported = std::iter::from_fn(|| events.next().now_or_never().flatten());
    assert_eq!(reported.filter(|event| matches!(event, Event::Dropped { .. })).count(), 0, "who asked knows");
    socket.close();
}

#[wasm_bindgen_test]
async fn a_request_that_is_not_sent_says_why() {
    let server = Server::new("unsent");
    let socket = open(&server, "/record");
    let now_or_never = RequestOptions { ttl: Some(Duration::ZERO), ..Default::default() };
    let error = socket.request(call("at once"), now_or_never).await.unwrap_err();
    assert!(matches!(error, RequestError::Dropped(DropReason::Expired)), "{error}");
    let position = || RequestOptions { key: Some("position".into()), ..Default::default() };
    socket.reconnect();
    let old = socket.request(call("old position"), position());
    let new = socket.request(call("new position"), position());
    let error = old.await.unwrap_err();
    assert!(matches!(error, RequestError::Dropped(DropReason::Replaced)), "{error}");
    socket.close();
    assert!(new.await.is_err());
}

#[wasm_bindgen_test]
async fn a_request_needs_a_place_for_its_number() {
    let server = Server::new("uncorrelated");
    let socket = open_text(&server, "/echo");
    let error = socket.request("what?".into(), RequestOptions::default()).await.unwrap_err();
    assert!(matches!(error, RequestError::Send(SendError::Uncorrelated)), "{error}");
    assert_eq!(socket.queue_len(), 0);
    socket.close();
}

#[wasm_bindgen_test]
async fn a_subscription_is_told_first_to_every_connection_and_ended_when_dropped() {
    let server = Server::new("subscribed");
    let socket = open(&server, "/record");
    socket.send(&call("queued")).unwrap();
    let options = SubscribeOptions::default().unsubscribe(call("no more news"));
    let news = socket.subscribe(call("news"), options).unwrap();
    server.control("wait", "received=2").await;
    let mut events = socket.events();
    server.control("kill", "").await;
    while !matches!(events.next().await, Some(Event::Closed { .. })) {}
    socket.send(&call("queued again")).unwrap();
    server.control("wait", "received=4").await;
    drop(news);
    let told = ["news", "queued", "news", "queued again", "no more news"];
    assert_eq!(received(&server, "received=5").await, told);
    server.control("kill", "").await;
    // The connection before opened too.
    while !matches!(events.next().await, Some(Event::Closed { .. })) {}
    while !matches!(events.next().await, Some(Event::Open)) {}
    socket.send(&call("the end")).unwrap();
    assert_eq!(received(&server, "received=6").await.last().unwrap(), "the end");
    socket.close();
}

#[wasm_bindgen_test]
async fn the_messages_of_a_subscription_come_to_it_alone_until_the_socket_is_closed() {
    let server = Server::new("subscription");
    let socket = open(&server, "/echo");
    let mut news = socket.subscribe(call("news"), SubscribeOptions::default()).unwrap();
    socket.send(&call("other")).unwrap();
    let echo = news.next().await.unwrap();
    assert_eq!(echo.text, "news");
    socket.send(&Call { text: "more".into(), ..echo }).unwrap();
    assert_eq!(news.next().await.unwrap().text, "more");
    assert_eq!(socket.messages().next().await, Some(call("other")));
    socket.close();
    assert!(news.next().await.is_none());
    assert!(matches!(socket.subscribe(call("late"), SubscribeOptions::default()), Err(SendError::Closed)));
}

#[wasm_bindgen_test]
async fn a_subscription_ends_with_its_socket_and_not_with_the_one_before() {
    let server = Server::new("reopened");
    server.control("next", "dial=/refuse").await;
    let options = Options::default().correlate(|call: &mut Call, id| call.id = Some(id), |call: &Call| call.id);
    let socket = Socket::<Call, Call, Json>::open(server.url("/echo"), options).unwrap();
    let mut old = socket.subscribe(call("old"), SubscribeOptions::default()).unwrap();
    let mut events = socket.events();
    while !matches!(events.next().await, Some(Event::Retry { .. })) {}
    socket.close();
    socket.reconnect();
    let mut new = socket.subscribe(call("new"), SubscribeOptions::default()).unwrap();
    assert_eq!(new.next().await.unwrap().text, "new");
    assert!(old.next().await.is_none());
    assert_eq!(received(&server, "received=1").await, ["new"]);
    socket.close();
}

#[wasm_bindgen_test]
async fn a_subscription_can_pick_its_messages() {
    let server = Server::new("matching");
    let socket = open_text(&server, "/echo");
    let options = || SubscribeOptions::default().matching(|message: &String| message.starts_with("price"));
    let mut prices = socket.subscribe("prices".into(), options()).unwrap();
    for text in ["chat", "price 2"] {
        socket.send(&text.into()).unwrap();
    }
    let came: Vec<_> = prices.by_ref().take(2).collect().await;
    assert_eq!(came, ["prices", "price 2"]);
    assert_eq!(socket.messages().next().await.as_deref(), Some("chat"));
    drop(prices);
    socket.send(&"price 3".into()).unwrap();
    assert_eq!(socket.messages().next().await.as_deref(), Some("price 3"));
    socket.close();
}

#[wasm_bindgen_test]
async fn who_leaves_and_joins_again_while_the_queue_is_held_back_has_joined() {
    let server = Server::new("rejoined");
    let options = quick().high_water_mark(1_000);
    let socket = Socket::<String, String, Text>::open(server.url("/record"), options).unwrap();
    socket.opened().await.unwrap();
    let join = || {
        let options = SubscribeOptions::default().unsubscribe("leave".to_string()).matching(|_: &String| false);
        socket.subscribe("join".into(), options).unwrap()
    };
    let first = join();
    for text in ["x".repeat(2_000), "waits".into()] {
        socket.send(&text).unwrap();
    }
    assert_eq!(socket.queue_len(), 1);
    drop(first);
    let _second = join();
    let mut received = server.control("wait", "received=5").await.received();
    received.retain(|text| text.len() < 10);
    assert_eq!(received, ["join", "leave", "join", "waits"]);
    assert_eq!(socket.statistics().sent, 5);
    socket.close();
}

#[wasm_bindgen_test]
async fn a_matcher_may_end_its_subscription_and_the_next_one_is_asked() {
    let server = Server::new("matcher-ends");
    let socket = open_text(&server, "/echo");
    let first: Rc<RefCell<Option<Subscription<String, String, Text>>>> = Rc::default();
    let own = Rc::clone(&first);
    let options = SubscribeOptions::default().matching(move |message: &String| {
        if message == "for the second" {
            drop(own.take());
        }
        false
    });
    first.replace(Some(socket.subscribe("one".into(), options).unwrap()));
    let options = SubscribeOptions::default().matching(|message: &String| message == "for the second");
    let mut second = socket.subscribe("two".into(), options).unwrap();
    for text in ["for the second", "for everybody"] {
        socket.send(&text.into()).unwrap();
    }
    let others: Vec<_> = socket.messages().take(3).collect().await;
    assert_eq!(others, ["one", "two", "for everybody"]);
    assert_eq!(second.next().await.as_deref(), Some("for the second"));
    socket.close();
}

#[wasm_bindgen_test]
async fn a_message_whose_reading_closes_the_socket_is_not_delivered() {
    let server = Server::new("closed-by-reading");
    let slot: Rc<RefCell<Option<Socket<String, String, Text>>>> = Rc::default();
    let read = {
        let slot = Rc::clone(&slot);
        move |_: &String| {
            if let Some(socket) = &*slot.borrow() {
                socket.close();
            }
            None
        }
    };
    let options = quick().correlate(|_: &mut String, _| {}, read);
    let socket = Socket::<String, String, Text>::open(server.url("/greet"), options).unwrap();
    slot.replace(Some(socket.clone()));
    let messages: Vec<_> = socket.messages().collect().await;
    assert_eq!(messages, [""; 0]);
    slot.take();
}

/// By every socket of the page.
fn have_poison_refused() {
    let throwing = "{ const { send } = WebSocket.prototype; WebSocket.prototype.send = function (data) {
        if (String(data).includes('poison')) throw new Error('not that');
        send.call(this, data);
    }; }";
    js_sys::eval(throwing).unwrap();
}

#[wasm_bindgen_test]
async fn a_message_that_the_native_socket_refuses_is_refused_whatever_was_asked_for_it() {
    have_poison_refused();
    let server = Server::new("refused-message");
    let socket = open_text(&server, "/record");
    socket.opened().await.unwrap();
    let poison = "poison".to_string();
    assert!(matches!(socket.send(&poison), Err(SendError::Refused(_))));
    let urgent = SendOptions { priority: 1, ..Default::default() };
    assert!(matches!(socket.send_with(&poison, urgent.clone()), Err(SendError::Refused(_))));
    assert_eq!(socket.statistics().sent, 0);
    assert_eq!(socket.send_with(&"honey".into(), urgent).unwrap(), Accepted::Sent);
    socket.close();
}

#[wasm_bindgen_test]
async fn a_subscription_that_the_native_socket_refuses_ends_and_is_reported() {
    have_poison_refused();
    let server = Server::new("refused-subscription");
    let socket = open(&server, "/echo");
    let mut events = socket.events();
    let mut early = socket.subscribe(call("poison before there is a connection"), SubscribeOptions::default()).unwrap();
    assert!(early.next().await.is_none());
    let mut late = socket.subscribe(call("poison"), SubscribeOptions::default()).unwrap();
    assert!(late.next().await.is_none());
    for _ in 0..2 {
        while !matches!(events.next().await, Some(Event::Dropped { reason: DropReason::Refused, .. })) {}
    }
    let mut news = socket.subscribe(call("news"), SubscribeOptions::default()).unwrap();
    assert_eq!(news.next().await.unwrap().text, "news");
    socket.close();
}

#[wasm_bindgen_test]
async fn a_sink_waits_for_room_and_goes_on() {
    let server = Server::new("room");
    let options = quick().high_water_mark(1_000);
    let mut socket = Socket::<String, String, Text>::open(server.url("/record"), options).unwrap();
    for number in 0..100 {
        socket.feed(format!("{number:500}")).await.unwrap();
        assert!(socket.queue_bytes() < 1_500);
    }
    SinkExt::flush(&mut socket).await.unwrap();
    server.control("wait", "received=100").await;
    socket.close();
}

#[wasm_bindgen_test]
async fn what_is_forwarded_into_a_socket_that_still_connects_is_sent_before_it_closes() {
    let server = Server::new("forwarded");
    let socket = open_text(&server, "/record");
    let texts = futures::stream::iter(["a", "b", "c"]).map(|text| Ok(text.to_string()));
    texts.forward(socket.clone()).await.unwrap();
    assert_eq!(socket.state(), State::Closed);
    assert_eq!(server.control("stats", "").await.received(), ["a", "b", "c"]);
}

#[wasm_bindgen_test]
async fn a_sink_that_closes_leaves_alone_who_connects_again() {
    let server = Server::new("sink-reconnect");
    let socket = open_text(&server, "/echo");
    socket.opened().await.unwrap();
    let mut sink = socket.clone();
    let mut closed = pin!(SinkExt::close(&mut sink));
    assert!(closed.as_mut().now_or_never().is_none());
    socket.reconnect();
    closed.await.unwrap();
    socket.opened().await.unwrap();
    socket.send(&"here".into()).unwrap();
    assert_eq!(socket.messages().next().await.as_deref(), Some("here"));
    // The next close is one.
    SinkExt::close(&mut sink).await.unwrap();
    assert_eq!(socket.state(), State::Closed);
}

#[wasm_bindgen_test]
async fn who_waits_for_the_end_of_the_queue_is_told_when_all_has_been_sent() {
    let server = Server::new("flushed");
    let mut socket = open_text(&server, "/record");
    for _ in 0..50 {
        socket.send(&"x".repeat(100_000)).unwrap();
    }
    socket.flushed().await.unwrap();
    assert_eq!((socket.queue_len(), socket.statistics().sent), (0, 50));
    SinkExt::send(&mut socket, "one more".into()).await.unwrap();
    assert_eq!(server.control("wait", "received=51").await.received().last().unwrap(), "one more");
    socket.close();
    let mut events = socket.events();
    while events.next().await.is_some() {}
    assert!(matches!(socket.flushed().await, Err(SendError::Closed)));
}

#[wasm_bindgen_test]
async fn a_full_inbox_can_end_the_stream() {
    let server = Server::new("full-inbox");
    let socket =
        Socket::<String, String, Text>::open(server.url("/push?count=3"), quick().inbox(Inbox::End(2))).unwrap();
    let mut events = socket.events();
    while !matches!(events.next().await, Some(Event::Overrun)) {}
    let read: Vec<_> = socket.clone().collect().await;
    assert_eq!(read, ["0", "1"]);
    let mut messages = socket.messages();
    server.control("send", "text=later").await;
    assert_eq!(messages.next().await.as_deref(), Some("later"));
    socket.close();
}

#[wasm_bindgen_test]
async fn the_statistics_count_what_happened() {
    let server = Server::new("statistics");
    let socket = Socket::<Call, Call, Json>::open(server.url("/greet?text=nonsense"), quick()).unwrap();
    let mut events = socket.events();
    socket.send(&call("one")).unwrap();
    while !matches!(events.next().await, Some(Event::Undecodable(_))) {}
    let statistics = socket.statistics();
    assert_eq!((statistics.connections, statistics.sent, statistics.dropped), (1, 1, 0));
    assert_eq!((statistics.received, statistics.undeliverable), (1, 1));
    socket.close();
}

#[wasm_bindgen_test]
async fn a_sink_closes_a_socket_that_reconnects_too() {
    let server = Server::new("closed-on-the-way");
    let socket = open_text(&server, "/echo");
    socket.opened().await.unwrap();
    let mut sink = socket.clone();
    socket.reconnect();
    SinkExt::close(&mut sink).await.unwrap();
    assert_eq!(socket.state(), State::Closed);
}

#[wasm_bindgen_test]
async fn a_sink_that_flushes_closes_though_the_socket_reconnects_meanwhile() {
    let server = Server::new("flushed-on-the-way");
    let socket = Socket::<String, String, Text>::open(server.url("/record"), quick().high_water_mark(65536)).unwrap();
    socket.opened().await.unwrap();
    let mut sink = socket.clone();
    socket.send(&"x".repeat(8 << 20)).unwrap();
    socket.send(&"queued".into()).unwrap();
    assert_eq!(socket.queue_len(), 1);
    let mut closed = pin!(SinkExt::close(&mut sink));
    assert!(closed.as_mut().now_or_never().is_none());
    socket.reconnect();
    closed.await.unwrap();
    assert_eq!((socket.state(), socket.queue_len()), (State::Closed, 0));
}
