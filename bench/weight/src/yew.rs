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
    #[cfg(not(feature = "socket"))]
    let (text, press) = {
        let shown = (*text).clone();
        (shown, move |_: MouseEvent| text.set("hello".into()))
    };
    html! { <><p>{ text }</p><button onclick={press}>{ "Press" }</button></> }
}
