use dioxus::prelude::*;

pub fn start() {
    launch(App);
}

#[component]
fn App() -> Element {
    let mut text = use_signal(String::new);
    #[cfg(feature = "socket")]
    let (shown, press) = {
        use everwire::dioxus::{use_messages, use_socket};

        let socket = use_socket::<String, String, everwire::Text>("/chat", everwire::Options::default());
        use_messages(socket, move |message: &String| text.set(message.clone()));
        (format!("{:?} {text}", socket.state()), move |_| drop(socket.send(&"hello".into())))
    };
    #[cfg(not(feature = "socket"))]
    let (shown, press) = (text(), move |_| text.set("hello".into()));
    rsx! {
        p { "{shown}" }
        button { onclick: press, "Press" }
    }
}
