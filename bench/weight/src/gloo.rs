//! gloo-net has no hook. This is the least that one would do.

use std::pin::pin;

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::future::{abortable, select};
use gloo_net::websocket::{Message, futures::WebSocket};
use yew::platform::spawn_local;
use yew::prelude::*;

/// The state, and what sends.
#[hook]
pub fn use_socket(url: &'static str, heard: UseStateSetter<String>) -> (&'static str, Callback<String>) {
    let state = use_state(|| "open");
    let outbox = use_mut_ref(|| None::<UnboundedSender<String>>);
    let (set_state, to_say) = (state.setter(), outbox.clone());
    use_effect_with((), move |()| {
        let (sink, mut stream) = WebSocket::open(url).expect("a URL that can be dialled").split();
        let (sender, receiver) = unbounded();
        to_say.replace(Some(sender));
        let (connection, abort) = abortable(async move {
            let talking = receiver.map(|text| Ok(Message::Text(text))).forward(sink);
            let hearing = async {
                while let Some(Ok(Message::Text(message))) = stream.next().await {
                    heard.set(message);
                }
            };
            select(pin!(talking), pin!(hearing)).await;
            set_state.set("closed");
        });
        spawn_local(async {
            let _ = connection.await;
        });
        move || abort.abort()
    });
    let send = move |text| {
        if let Some(outbox) = &*outbox.borrow() {
            let _ = outbox.unbounded_send(text);
        }
    };
    (*state, Callback::from(send))
}
