//! What a user interface follows: every message for every reader, and what is to be shown.

use everwire::{Options, Socket, State, Status, Text};
use futures::{FutureExt, StreamExt};
use wasm_bindgen_test::wasm_bindgen_test;

use super::server::Server;

type TextSocket = Socket<String, String, Text>;

#[wasm_bindgen_test]
async fn every_broadcast_has_every_message_and_the_inbox_none() {
    let server = Server::new("broadcast");
    let socket = TextSocket::open(server.url("/echo"), Options::default()).unwrap();
    let (mut one, mut other) = (socket.broadcast(), socket.broadcast());
    let sent: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    for message in &sent {
        socket.send(message).unwrap();
    }
    for broadcast in [&mut one, &mut other] {
        let came: Vec<_> = broadcast.take(sent.len()).map(|message| message.to_string()).collect().await;
        assert_eq!(came, sent);
    }
    assert_eq!(socket.messages().next().now_or_never(), None);

    drop((one, other));
    socket.send(&"for the inbox".into()).unwrap();
    assert_eq!(socket.messages().next().await.as_deref(), Some("for the inbox"));
    let mut last = socket.broadcast();
    socket.close();
    assert_eq!(last.next().await, None);
}

#[wasm_bindgen_test]
async fn a_watch_tells_of_each_change_and_of_the_queue() {
    let server = Server::new("watch");
    let socket = TextSocket::open(server.url("/echo"), Options::default()).unwrap();
    let mut watch = socket.watch();
    assert_eq!(watch.next().await, Some(socket.status()));
    assert_eq!(watch.next().now_or_never(), None);

    socket.send(&"queued".into()).unwrap();
    let queued = watch.next().now_or_never().flatten().unwrap();
    assert_eq!((queued.state, queued.queue_len, queued.queue_bytes), (State::Connecting, 1, 6));

    let open = until(&mut watch, |status| status.state == State::Open && status.queue_len == 0).await;
    assert_eq!(open.attempt, 1);

    server.control("kill", "").await;
    until(&mut watch, |status| status.state == State::Waiting).await;
    until(&mut watch, |status| status.state == State::Open).await;

    socket.close();
    until(&mut watch, |status| status.state == State::Closed).await;
    socket.reconnect();
    until(&mut watch, |status| status.state == State::Open).await;
    socket.close();
}

async fn until(watch: &mut (impl StreamExt<Item = Status> + Unpin), holds: impl Fn(&Status) -> bool) -> Status {
    loop {
        let status = watch.next().await.expect("a watch does not end");
        if holds(&status) {
            return status;
        }
    }
}
