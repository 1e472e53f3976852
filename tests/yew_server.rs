//! The hook for Yew on a server that renders the page: nothing connects, nothing panics, and what is shown is what a page
//! without a connection shows.
#![cfg(all(not(target_family = "wasm"), feature = "yew"))]

use everwire::yew::{SocketProvider, use_messages, use_socket};
use everwire::{Options, RequestOptions, SubscribeOptions, Text};
use futures::{FutureExt, StreamExt};
use yew::prelude::*;

#[component]
fn Chat() -> Html {
    let socket = use_socket::<String, String, Text>("/chat", Options::default());
    use_messages(&socket, |_| unreachable!("nothing comes"));
    let mut messages = socket.messages();
    socket.send(&"while rendering".into()).unwrap();
    assert!(socket.request("what?".into(), RequestOptions::default()).now_or_never().is_some());
    assert!(socket.subscribe("news".into(), SubscribeOptions::default().matching(|_| true)).is_ok());
    socket.reconnect();
    assert!(messages.next().now_or_never().is_none());
    html! { <p>{ format!("{:?} {:?} {:?}", socket.state(), socket.latest(), socket.error()) }</p> }
}

#[component]
fn App() -> Html {
    html! { <SocketProvider><Chat /><Chat /></SocketProvider> }
}

#[test]
fn nothing_connects_and_nothing_panics() {
    let rendered = futures::executor::block_on(yew::LocalServerRenderer::<App>::new().hydratable(false).render());
    assert_eq!(rendered, "<p>Idle None None</p>".repeat(2));
}
