//! One small adapter for each library.

use everwire::{Binary, Options, Socket, Text};
use futures::{SinkExt, StreamExt};
use gloo_net::websocket::Message as GlooMessage;
use tokio_tungstenite_wasm::{Message as TokioMessage, WebSocketStream};
use ws_stream_wasm::{WsMessage, WsMeta};

const WORKS: &str = "the stub takes everything and goes on";

pub trait Library: Sized {
    async fn open(url: &str) -> Self;
    async fn send_text(&mut self, text: String);
    async fn send_binary(&mut self, bytes: Vec<u8>);
    /// The next message's size.
    async fn receive(&mut self) -> usize;
}

pub struct GlooNet(gloo_net::websocket::futures::WebSocket);

impl Library for GlooNet {
    async fn open(url: &str) -> Self {
        Self(gloo_net::websocket::futures::WebSocket::open(url).expect(WORKS))
    }

    async fn send_text(&mut self, text: String) {
        self.0.send(GlooMessage::Text(text)).await.expect(WORKS);
    }

    async fn send_binary(&mut self, bytes: Vec<u8>) {
        self.0.send(GlooMessage::Bytes(bytes)).await.expect(WORKS);
    }

    async fn receive(&mut self) -> usize {
        match self.0.next().await.expect(WORKS).expect(WORKS) {
            GlooMessage::Text(text) => text.len(),
            GlooMessage::Bytes(bytes) => bytes.len(),
        }
    }
}

pub struct WsStream(ws_stream_wasm::WsStream);

impl Library for WsStream {
    async fn open(url: &str) -> Self {
        Self(WsMeta::connect(url, None).await.expect(WORKS).1)
    }

    async fn send_text(&mut self, text: String) {
        self.0.send(WsMessage::Text(text)).await.expect(WORKS);
    }

    async fn send_binary(&mut self, bytes: Vec<u8>) {
        self.0.send(WsMessage::Binary(bytes)).await.expect(WORKS);
    }

    async fn receive(&mut self) -> usize {
        match self.0.next().await.expect(WORKS) {
            WsMessage::Text(text) => text.len(),
            WsMessage::Binary(bytes) => bytes.len(),
        }
    }
}

pub struct TokioTungstenite(WebSocketStream);

impl Library for TokioTungstenite {
    async fn open(url: &str) -> Self {
        Self(tokio_tungstenite_wasm::connect(url).await.expect(WORKS))
    }

    async fn send_text(&mut self, text: String) {
        self.0.send(TokioMessage::text(text)).await.expect(WORKS);
    }

    async fn send_binary(&mut self, bytes: Vec<u8>) {
        self.0.send(TokioMessage::binary(bytes)).await.expect(WORKS);
    }

    async fn receive(&mut self) -> usize {
        self.0.next().await.expect(WORKS).expect(WORKS).len()
    }
}

/// everwire's codec is part of the socket's type: text here, bytes below.
pub struct EverwireText(Socket<String, String, Text>);

impl Library for EverwireText {
    async fn open(url: &str) -> Self {
        let socket = Socket::open(url, Options::default()).expect(WORKS);
        socket.opened().await.expect(WORKS);
        Self(socket)
    }

    async fn send_text(&mut self, text: String) {
        SinkExt::send(&mut self.0, text).await.expect(WORKS);
    }

    async fn send_binary(&mut self, _bytes: Vec<u8>) {
        unreachable!("a socket of text");
    }

    async fn receive(&mut self) -> usize {
        self.0.next().await.expect(WORKS).len()
    }
}

pub struct EverwireBinary(Socket<Vec<u8>, Vec<u8>, Binary>);

impl Library for EverwireBinary {
    async fn open(url: &str) -> Self {
        let socket = Socket::open(url, Options::default()).expect(WORKS);
        socket.opened().await.expect(WORKS);
        Self(socket)
    }

    async fn send_text(&mut self, _text: String) {
        unreachable!("a socket of bytes");
    }

    async fn send_binary(&mut self, bytes: Vec<u8>) {
        SinkExt::send(&mut self.0, bytes).await.expect(WORKS);
    }

    async fn receive(&mut self) -> usize {
        self.0.next().await.expect(WORKS).len()
    }
}
