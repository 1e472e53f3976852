use std::pin::pin;
use std::rc::Rc;

use everwire::{
    Accepted, Binary, DropReason, Event, Json, Options, QueueConfig, SendError, SendOptions, Socket, Text, Undecodable,
};
use futures::future::{Either, select};
use futures::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::Server;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Chat {
    Say { text: String },
    Join { name: String },
}

fn say(text: &str) -> Chat {
    Chat::Say { text: text.into() }
}

#[wasm_bindgen_test]
async fn typed_messages_go_there_and_back_in_order() {
    let server = Server::new("typed");
    let socket = Socket::<Chat, Chat, Json>::open(server.url("/echo"), Options::default()).unwrap();
    let sent: Vec<_> =
        (0..100).map(|number| say(&number.to_string())).chain([Chat::Join { name: "Zoë 🦀".into() }]).collect();
    for message in &sent {
        assert_eq!(socket.send(message).unwrap(), Accepted::Queued);
    }
    let came: Vec<_> = socket.messages().take(sent.len()).collect().await;
    assert_eq!(came, sent);
    assert_eq!(socket.send(&say("at once")).unwrap(), Accepted::Sent);
    assert_eq!(socket.messages().next().await, Some(say("at once")));
    socket.close();
}

#[wasm_bindgen_test]
async fn bytes_go_there_and_back() {
    let server = Server::new("binary");
    let socket = Socket::<Vec<u8>, Vec<u8>, Binary>::open(server.url("/echo"), Options::default()).unwrap();
    for bytes in [vec![], vec![0, 255, 7], vec![42; 100_000]] {
        socket.send(&bytes).unwrap();
        assert_eq!(socket.messages().next().await, Some(bytes));
    }
    socket.close();
}

#[wasm_bindgen_test]
async fn texts_of_all_lengths_and_alphabets_go_there_and_back() {
    let server = Server::new("texts");
    let socket = Socket::<String, String, Text>::open(server.url("/echo"), Options::default()).unwrap();
    let units = ["a", "é", "語", "🦀", "a🦀語é"];
    for text in [0, 1, 767, 768, 30_000].into_iter().flat_map(|times| units.map(|unit| unit.repeat(times))) {
        // ASCII for as long as the browser is asked for it at once, and something else then.
        for text in [text.clone(), "x".repeat(1_000) + &text, text + &"x".repeat(1_000)] {
            socket.send(&text).unwrap();
            assert!(socket.messages().next().await == Some(text), "as it was sent");
        }
    }
    socket.close();
}

#[wasm_bindgen_test]
async fn a_text_is_sent_as_it_is_wherever_it_stops_being_ascii() {
    let server = Server::new("ascii");
    let socket = Socket::<String, String, Text>::open(server.url("/echo"), Options::default()).unwrap();
    socket.opened().await.unwrap();
    let ascii = (0..128).map(char::from).collect::<String>();
    for len in [0, 1, 31, 32, 33, 767, 768, 799, 801, 1_024] {
        let text = ascii.chars().cycle().take(len).collect::<String>();
        // Two of them are in Latin-1, and there other bytes.
        let others = [0, 1, 7, 8, 31, 32, 63, len / 2, len.max(1) - 1]
            .into_iter()
            .zip(['é', '\u{80}', '語'].into_iter().cycle());
        let others = others
            .filter(|(at, _)| *at < len)
            .map(|(at, other)| [&text[..at], &text[at + 1..]].join(other.encode_utf8(&mut [0; 4])));
        for text in others.chain([text.clone()]).collect::<Vec<_>>() {
            assert_eq!(socket.send(&text).unwrap(), Accepted::Sent);
            assert!(socket.messages().next().await == Some(text), "as it was sent");
        }
    }
    socket.close();
}

#[wasm_bindgen_test]
async fn what_is_neither_text_nor_bytes_is_told_in_the_place_of_a_message() {
    // Only a `WebSocket` that is not the browser's has such.
    js_sys::eval("{ const dispatch = (data) => last.dispatchEvent(new MessageEvent('message', { data }));
        globalThis.WebSocket = class extends WebSocket { constructor(...given) { super(...given); globalThis.last = this; } };
        globalThis.dispatchOthers = () => [new Blob(['four']), new DataView(new ArrayBuffer(4)), null, { byteLength: 4 }].forEach(dispatch);
        globalThis.dispatchBytes = () => [new ArrayBuffer(0), new Uint8Array([7])].forEach(dispatch); }").unwrap();
    let server = Server::new("others");
    let socket = Socket::<Vec<u8>, Vec<u8>, Binary>::open(server.url("/echo"), Options::default()).unwrap();
    socket.opened().await.unwrap();
    let mut events = socket.events();
    js_sys::eval("dispatchOthers()").unwrap();
    for _ in 0..4 {
        let event = events.next().await;
        assert!(matches!(event, Some(Event::Undecodable(Undecodable::Codec(_)))), "{event:?}");
    }
    js_sys::eval("dispatchBytes()").unwrap();
    assert_eq!(socket.messages().take(2).collect::<Vec<_>>().await, [vec![], vec![7]]);
    socket.close();
}

#[wasm_bindgen_test]
async fn what_is_sent_while_a_queued_message_is_handed_over_does_not_overtake_it() {
    // Nothing of the browser's own calls back from `send`.
    let talkative = "{ const { send } = WebSocket.prototype; WebSocket.prototype.send = function (data) {
        if (data === 'queued, and more') globalThis.within();
        send.call(this, data);
    }; }";
    js_sys::eval(talkative).unwrap();
    let server = Server::new("within");
    let socket = Rc::new(Socket::<String, String, Text>::open(server.url("/record"), Options::default()).unwrap());
    let sender = socket.clone();
    let within = Closure::<dyn FnMut()>::new(move || {
        sender.send(&"within".into()).unwrap();
    });
    js_sys::Reflect::set(&js_sys::global(), &"within".into(), within.as_ref()).unwrap();
    assert_eq!(socket.send(&"queued, and more".into()).unwrap(), Accepted::Queued);
    let received = server.control("wait", "received=2").await.received();
    assert_eq!(received, ["queued, and more", "within"]);
    socket.close();
}

#[wasm_bindgen_test]
async fn a_long_text_is_measured_in_bytes() {
    let server = Server::new("long");
    let options = Options::default().max_message_bytes(2_000);
    let socket = Socket::<String, String, Text>::open(server.url("/echo"), options).unwrap();
    let mut events = socket.events();
    socket.send(&"é".repeat(1_001)).unwrap();
    let undecodable = |event: &Event| matches!(event, Event::Undecodable(Undecodable::TooLarge));
    while !undecodable(&events.next().await.unwrap()) {}
    let fits = "é".repeat(1_000);
    socket.send(&fits).unwrap();
    assert_eq!(socket.messages().next().await, Some(fits));
    socket.close();
}

#[wasm_bindgen_test]
async fn what_cannot_be_decoded_is_told_and_the_connection_stays() {
    let server = Server::new("undecodable");
    let socket = Socket::<Chat, Chat, Json>::open(server.url("/greet?text=nonsense"), Options::default()).unwrap();
    let mut events = socket.events();
    let told = loop {
        if let Some(Event::Undecodable(told)) = events.next().await {
            break told;
        }
    };
    assert!(matches!(told, Undecodable::Codec(_)));
    socket.opened().await.unwrap();
    socket.close();
}

#[wasm_bindgen_test]
async fn a_message_above_the_limit_is_not_delivered() {
    let server = Server::new("too-large");
    let options = Options::default().max_message_bytes(50);
    let socket = Socket::<String, String, Text>::open(server.url("/push?count=2&size=51"), options).unwrap();
    let mut events = socket.events();
    loop {
        if let Some(Event::Undecodable(told)) = events.next().await {
            assert!(matches!(told, Undecodable::TooLarge));
            break;
        }
    }
    socket.close();
    assert_eq!(socket.messages().next().await, None);
}

#[wasm_bindgen_test]
async fn a_sink_takes_everything_and_closes_behind_it() {
    let server = Server::new("sink");
    let mut socket = Socket::<String, String, Text>::open(server.url("/record"), Options::default()).unwrap();
    let sent: Vec<_> = (0..500).map(|number| number.to_string()).collect();
    let mut all = futures::stream::iter(sent.clone()).map(Ok);
    socket.send_all(&mut all).await.unwrap();
    SinkExt::close(&mut socket).await.unwrap();
    assert_eq!(server.control("wait", "received=500&closes=1").await.received(), sent);
    assert!(matches!(Socket::send(&socket, &"late".into()), Err(SendError::Closed)));
}

#[wasm_bindgen_test]
async fn priority_key_and_time_to_live_hold_for_what_is_queued() {
    let server = Server::new("asked");
    let socket = Socket::<String, String, Text>::open(server.url("/record"), Options::default()).unwrap();
    let send = |text: &str, options| socket.send_with(&text.into(), options).unwrap();
    send("plain", SendOptions::default());
    send("old position", SendOptions { key: Some("position".into()), ..Default::default() });
    send("urgent", SendOptions { priority: 1, ..Default::default() });
    send("new position", SendOptions { key: Some("position".into()), ..Default::default() });
    send("gone", SendOptions { ttl: Some(std::time::Duration::ZERO), ..Default::default() });
    let stats = server.control("wait", "received=3").await;
    assert_eq!(stats.received(), ["urgent", "plain", "new position"]);
    socket.close();
}

#[wasm_bindgen_test]
async fn a_messages_time_begins_when_it_is_sent_however_long_the_page_was_busy_before() {
    const TIME: u32 = 100;
    let queue = QueueConfig { ttl: Some(std::time::Duration::from_millis(TIME.into())), ..Default::default() };
    let options = Options::default().queue(queue);
    let socket = Socket::<String, String, Text>::open(Server::new("aged").url("/hang"), options).unwrap();
    let mut events = socket.events();
    let began = js_sys::Date::now();
    while js_sys::Date::now() - began < f64::from(2 * TIME) {}
    socket.send(&"a message".into()).unwrap();
    let half = gloo_timers::future::TimeoutFuture::new(TIME / 2);
    let dropped = pin!(async {
        while !matches!(events.next().await, Some(Event::Dropped { reason: DropReason::Expired, .. })) {}
    });
    // Whatever the machine does, a timer of half the time that is set at once with it comes first.
    match select(half, dropped).await {
        Either::Left((_, dropped)) => dropped.await,
        Either::Right(_) => panic!("its time was over before half of it"),
    }
    socket.close();
}
