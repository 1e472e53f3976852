use yew::prelude::*;

pub fn start() {
    yew::Renderer::<App>::new().render();
}

#[component]
fn App() -> Html {
    let text = use_state(String::new);
    #[cfg(feature = "socket")]
    let (text, press) = {
        use everwire::yew::{use_messages, use_socket};

        let socket = use_socket::<String, String, everwire::Text>("/chat", everwire::Options::default());
        use_messages(&socket, {
            let text = text.setter();
            move |message: &String| text.set(message.clone())
        });
        let shown = format!("{:?} {}", socket.state(), *text);
        (shown, move |_: MouseEvent| drop(socket.send(&"hello".into())))
    };
    #[cfg(feature = "yew-hooks")]
    let (text, press) = {
        use yew_hooks::prelude::*;

        let set = text.setter();
        let options =
            UseWebSocketOptions { onmessage: Some(Box::new(move |message| set.set(message))), ..Default::default() };
        let socket = use_websocket_with_options("ws://localhost/chat".into(), options);
        let shown = format!("{:?} {}", *socket.ready_state, *text);
        (shown, move |_: MouseEvent| socket.send("hello".into()))
    };
    #[cfg(feature = "gloo-net")]
    let (text, press) = {
        let (state, send) = crate::gloo::use_socket("ws://localhost/chat", text.setter());
        (format!("{state} {}", *text), move |_: MouseEvent| send.emit("hello".into()))
    };
    #[cfg(not(any(feature = "socket", feature = "yew-hooks", feature = "gloo-net")))]
    let (text, press) = {
        let shown = (*text).clone();
        (shown, move |_: MouseEvent| text.set("hello".into()))
    };
    html! { <><p>{ text }</p><button onclick={press}>{ "Press" }</button></> }
}
