//! WebSocket libraries for Rust front ends under one handle, each used as its manual shows: a sink and a stream of owned
//! messages. `bench/contenders/` makes a page's contender of each.

mod libraries;

use std::rc::Rc;

use futures::lock::Mutex;
use wasm_bindgen::prelude::*;

use libraries::{EverwireBinary, EverwireText, GlooNet, Library, TokioTungstenite, WsStream};

/// What the page asks of a library.
#[wasm_bindgen]
pub struct Session {
    library: Rc<Mutex<Any>>,
}

enum Any {
    GlooNet(GlooNet),
    WsStream(WsStream),
    TokioTungstenite(TokioTungstenite),
    EverwireText(EverwireText),
    EverwireBinary(EverwireBinary),
}

/// Runs a generic function with the library that a session is of, so that its loop is compiled for that library.
macro_rules! with {
    ($session:expr, |$library:ident| $act:expr) => {
        match &mut *$session.lock().await {
            Any::GlooNet($library) => $act,
            Any::WsStream($library) => $act,
            Any::TokioTungstenite($library) => $act,
            Any::EverwireText($library) => $act,
            Any::EverwireBinary($library) => $act,
        }
    };
}

/// Connects.
#[wasm_bindgen]
pub async fn connect(library: String, url: String, text: bool) -> Session {
    let library = match library.as_str() {
        "gloo-net" => Any::GlooNet(GlooNet::open(&url).await),
        "ws_stream_wasm" => Any::WsStream(WsStream::open(&url).await),
        "tokio-tungstenite-wasm" => Any::TokioTungstenite(TokioTungstenite::open(&url).await),
        _ if text => Any::EverwireText(EverwireText::open(&url).await),
        _ => Any::EverwireBinary(EverwireBinary::open(&url).await),
    };
    Session { library: Rc::new(Mutex::new(library)) }
}

#[wasm_bindgen]
impl Session {
    /// Sends a message so many times; answers when all are handed over.
    pub fn send(&self, text: bool, size: usize, count: u32) -> js_sys::Promise {
        let session = Rc::clone(&self.library);
        wasm_bindgen_futures::future_to_promise(async move {
            with!(session, |library| send(library, text, size, count).await);
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Takes so many messages from the stream; answers the sum of their sizes.
    pub fn receive(&self, count: u32) -> js_sys::Promise {
        let session = Rc::clone(&self.library);
        wasm_bindgen_futures::future_to_promise(async move {
            let bytes = with!(session, |library| receive(library, count).await);
            Ok(JsValue::from(bytes as f64))
        })
    }
}

async fn send(library: &mut impl Library, text: bool, size: usize, count: u32) {
    // Owned and new each time, as what an app formats or serialises is.
    if text {
        let message = "x".repeat(size);
        for _ in 0..count {
            library.send_text(message.clone()).await;
        }
    } else {
        let message = vec![b'x'; size];
        for _ in 0..count {
            library.send_binary(message.clone()).await;
        }
    }
}

async fn receive(library: &mut impl Library, count: u32) -> usize {
    let mut bytes = 0;
    for _ in 0..count {
        bytes += library.receive().await;
    }
    bytes
}
