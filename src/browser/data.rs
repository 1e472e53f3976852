//! What a socket delivers, as Rust has it. It is not copied before its size is known to be within bounds.

use js_sys::{ArrayBuffer, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The encoder of UTF-8 (Encoding standard, section 7.4).
    type TextEncoder;

    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;

    /// Writes as much of `source` as there is room for.
    #[wasm_bindgen(method, js_name = encodeInto)]
    fn encode_into(this: &TextEncoder, source: &JsString, destination: &mut [u8]) -> Encoded;

    type Encoded;

    /// How many units of UTF-16 were read.
    #[wasm_bindgen(method, getter)]
    fn read(this: &Encoded) -> u32;

    /// How many bytes they take.
    #[wasm_bindgen(method, getter)]
    fn written(this: &Encoded) -> u32;

    /// `destination.set(source)`.
    #[wasm_bindgen(js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    fn copy(destination: &mut [u8], source: &Uint8Array);
}

thread_local! {
    static ENCODER: TextEncoder = TextEncoder::new();
}

/// From so many units on the encoder is quicker than wasm-bindgen, which first goes through a text unit by unit.
const LONG: usize = 768;

/// The content of a message.
pub(crate) enum Data {
    /// With U+FFFD in the place of a lone surrogate.
    Text(String),
    Binary(Vec<u8>),
    /// Such as a Blob.
    Other,
}

/// It has more bytes than are wanted.
pub(crate) struct TooLarge;

impl Data {
    pub(crate) fn read(data: &JsValue, max: usize) -> Result<Self, TooLarge> {
        if let Some(text) = data.dyn_ref::<JsString>() {
            return utf8(text, max).map(Self::Text);
        }
        // Of what is no buffer, such as a Blob, this is an empty array.
        let view = Uint8Array::new(data);
        let len = view.length() as usize;
        if len == 0 && !data.is_instance_of::<ArrayBuffer>() {
            return Ok(Self::Other);
        }
        if len > max { Err(TooLarge) } else { Ok(Self::Binary(bytes_of(&view, len))) }
    }
}

/// Up to so many bytes it takes less to write zeros first than to ask for the length three times more, as `to_vec` does.
const SMALL: usize = 2048;

fn bytes_of(view: &Uint8Array, len: usize) -> Vec<u8> {
    if len > SMALL {
        return view.to_vec();
    }
    let mut bytes = vec![0; len];
    copy(&mut bytes, view);
    bytes
}

fn utf8(text: &JsString, max: usize) -> Result<String, TooLarge> {
    let units = text.length() as usize;
    // A unit takes a byte at the least.
    if units > max {
        return Err(TooLarge);
    }
    let text = if units < LONG { String::from(text) } else { encoded(text, units) };
    if text.len() > max { Err(TooLarge) } else { Ok(text) }
}

fn encoded(text: &JsString, units: usize) -> String {
    let mut bytes = vec![0; units];
    let (read, written) = encode(text, &mut bytes);
    let mut len = written;
    if read < units {
        // It is not ASCII. No unit takes more than three bytes.
        let rest = text.slice(read as u32, units as u32);
        bytes.resize(written + (units - read) * 3, 0);
        len += encode(&rest, &mut bytes[written..]).1;
    }
    bytes.truncate(len);
    // The encoder writes nothing else than UTF-8.
    String::from_utf8(bytes).unwrap_or_else(|_| String::from(text))
}

fn encode(text: &JsString, bytes: &mut [u8]) -> (usize, usize) {
    let encoded = ENCODER.with(|encoder| encoder.encode_into(text, bytes));
    (encoded.read() as usize, encoded.written() as usize)
}
