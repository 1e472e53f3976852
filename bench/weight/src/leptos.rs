use leptos::prelude::*;

pub fn start() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let text = RwSignal::new(String::new());
    #[cfg(feature = "socket")]
    let (shown, press) = {
        use everwire::leptos::{use_messages, use_socket};

        let socket = use_socket::<String, String, everwire::Text>("/chat", everwire::Options::default());
        use_messages(socket, move |message: &String| text.set(message.clone()));
        let shown = move || format!("{:?} {}", socket.state().get(), text.get());
        (shown, move |_| drop(socket.send(&"hello".into())))
    };
    #[cfg(feature = "leptos-use")]
    let (shown, press) = {
        use codee::string::FromToStringCodec;
        use leptos_use_websocket::{UseWebSocketReturn, use_websocket};

        let UseWebSocketReturn { ready_state, message, send, .. } =
            use_websocket::<String, String, FromToStringCodec>("/chat");
        Effect::new(move || {
            if let Some(message) = message.get() {
                text.set(message);
            }
        });
        let shown = move || format!("{:?} {}", ready_state.get(), text.get());
        (shown, move |_| send(&"hello".into()))
    };
    #[cfg(not(any(feature = "socket", feature = "leptos-use")))]
    let (shown, press) = (move || text.get(), move |_| text.set("hello".into()));
    view! { <p>{shown}</p><button on:click=press>"Press"</button> }
}
