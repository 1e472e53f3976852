//! With everwire, in Yew.

use std::time::Duration;

use everwire::yew::{use_messages, use_socket};
use everwire::{Heartbeat, Options, Text};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{ChatProps, Heard};

#[component]
pub fn Chat(ChatProps { url }: &ChatProps) -> Html {
    let second = Duration::from_secs(1);
    let heartbeat = Heartbeat::new(|| "ping".to_string()).answer(|message| message == "pong");
    let options = Options::default().heartbeat(heartbeat.interval(second).timeout(second));
    let socket = use_socket::<String, String, Text>(url.as_str(), options);

    let heard = use_reducer(Heard::default);
    let hear = heard.dispatcher();
    use_messages(&socket, move |message: &String| hear.dispatch(message.clone()));

    let state = format!("{:?}", socket.state());
    let answer = use_state(String::new);
    let set_answer = answer.setter();
    let say = move |event: Event| {
        let text = event.target_unchecked_into::<HtmlInputElement>().value();
        set_answer.set(match socket.send(&text) {
            Ok(accepted) => format!("{accepted:?}"),
            Err(error) => error.to_string(),
        });
    };

    html! {
        <>
            <p>{ state }</p>
            <input onchange={say} />
            <output>{ &*answer }</output>
            <ol>{ for heard.0.iter().map(|message| html! { <li>{ message }</li> }) }</ol>
        </>
    }
}
