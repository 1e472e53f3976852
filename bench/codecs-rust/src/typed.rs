//! The documents of `bench/page/documents.js` as types, and loops that a page times.

use std::hint::black_box;

use everwire::{Cbor, Codec, Frame, Json, MsgPack, Postcard};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

#[derive(Serialize, Deserialize)]
struct Chat {
    r#type: String,
    id: u32,
    room: String,
    from: Person,
    text: String,
    at: u64,
    edited: bool,
    #[serde(rename = "replyTo")]
    reply_to: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct Person {
    id: u32,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Tick {
    symbol: String,
    sequence: u32,
    at: u64,
    prices: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
struct Nested {
    title: String,
    sections: Vec<Section>,
}

#[derive(Serialize, Deserialize)]
struct Section {
    name: String,
    open: bool,
    items: Vec<Item>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    id: u32,
    name: String,
    price: f64,
    tags: Vec<String>,
    stock: Stock,
    note: String,
}

#[derive(Serialize, Deserialize)]
struct Stock {
    warehouse: u32,
    shop: u32,
    reserved: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct Binary {
    name: String,
    #[serde(with = "serde_bytes")]
    data: Vec<u8>,
}

/// One message and one codec.
#[wasm_bindgen]
pub struct Session {
    size: usize,
    encode: Box<dyn Fn()>,
    decode: Box<dyn Fn()>,
}

#[wasm_bindgen]
impl Session {
    /// A session for the message that a JSON text holds.
    #[wasm_bindgen(constructor)]
    pub fn new(format: &str, document: &str, text: &str) -> Session {
        match document {
            "chat" => Session::of::<Chat>(format, text),
            "tick" => Session::of::<Tick>(format, text),
            "nested" => Session::of::<Nested>(format, text),
            _ => Session::of::<Binary>(format, text),
        }
    }

    /// Bytes on the wire.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Encodes it so many times.
    pub fn encode(&self, count: u32) {
        (0..count).for_each(|_| (self.encode)());
    }

    /// Decodes it so many times.
    pub fn decode(&self, count: u32) {
        (0..count).for_each(|_| (self.decode)());
    }
}

impl Session {
    fn of<T: Serialize + DeserializeOwned + 'static>(format: &str, text: &str) -> Self {
        let message: T = serde_json::from_str(text).expect("a document");
        match format {
            "json" => Self::with::<Json, T>(message),
            "msgpack" => Self::with::<MsgPack, T>(message),
            "cbor" => Self::with::<Cbor, T>(message),
            _ => Self::with::<Postcard, T>(message),
        }
    }

    fn with<C: Codec<T>, T: 'static>(message: T) -> Self {
        let frame = C::encode(&message).expect("a frame");
        let size = match &frame {
            Frame::Text(text) => text.len(),
            Frame::Binary(bytes) => bytes.len(),
        };
        Self {
            size,
            encode: Box::new(move || drop(black_box(C::encode(&message)))),
            // A frame is given away when it is decoded, so each has to be a copy.
            decode: Box::new(move || drop(black_box(C::decode(frame.clone())).expect("a message"))),
        }
    }
}
