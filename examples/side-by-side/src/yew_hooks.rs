//! With yew-hooks, in Yew.

use web_sys::HtmlInputElement;
use yew::prelude::*;
use yew_hooks::prelude::*;

use crate::{ChatProps, Heard};

#[component]
pub fn Chat(ChatProps { url }: &ChatProps) -> Html {
    let heard = use_reducer(Heard::default);
    let hear = heard.dispatcher();
    let options = UseWebSocketOptions {
        onmessage: Some(Box::new(move |message| hear.dispatch(message))),
        ..UseWebSocketOptions::default()
    };
    let socket = use_websocket_with_options(url.to_string(), options);

    let state = format!("{:?}", *socket.ready_state);
    let say = move |event: Event| socket.send(event.target_unchecked_into::<HtmlInputElement>().value());

    html! {
        <>
            <p>{ state }</p>
            <input onchange={say} />
            <ol>{ for heard.0.iter().map(|message| html! { <li>{ message }</li> }) }</ol>
        </>
    }
}
