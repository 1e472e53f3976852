//! With gloo-net, in Yew.

use std::future::poll_fn;
use std::pin::pin;

use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::future::{abortable, select};
use futures::{SinkExt, StreamExt};
use gloo_net::websocket::{Message, futures::WebSocket};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{ChatProps, Heard};

#[component]
pub fn Chat(ChatProps { url }: &ChatProps) -> Html {
    let state = use_state(|| "connecting");
    let heard = use_reducer(Heard::default);
    let answer = use_state(|| "");
    let outbox = use_mut_ref(|| None::<UnboundedSender<String>>);

    let (set_state, hear, to_say) = (state.setter(), heard.dispatcher(), outbox.clone());
    use_effect_with(url.clone(), move |url| {
        let (mut sink, mut stream) = WebSocket::open(url).expect("a URL that can be dialled").split();
        let (sender, receiver) = unbounded();
        to_say.replace(Some(sender));

        let (connection, abort) = abortable(async move {
            let talking = async {
                if poll_fn(|context| sink.poll_ready_unpin(context)).await.is_ok() {
                    set_state.set("open");
                }
                receiver.map(|text| Ok(Message::Text(text))).forward(sink).await
            };
            let hearing = async {
                while let Some(Ok(Message::Text(message))) = stream.next().await {
                    hear.dispatch(message);
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

    let set_answer = answer.setter();
    let say = move |event: Event| {
        let text = event.target_unchecked_into::<HtmlInputElement>().value();
        let sent = outbox.borrow().as_ref().is_some_and(|outbox| outbox.unbounded_send(text).is_ok());
        set_answer.set(if sent { "sent" } else { "not sent" });
    };

    html! {
        <>
            <p>{ *state }</p>
            <input onchange={say} />
            <output>{ *answer }</output>
            <ol>{ for heard.0.iter().map(|message| html! { <li>{ message }</li> }) }</ol>
        </>
    }
}
