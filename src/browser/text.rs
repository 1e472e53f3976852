//! Text on its way over the border of the wasm, by whatever of the browser's takes least for its length.

use std::cell::{Cell, RefCell};

use js_sys::JsString;
use wasm_bindgen::prelude::*;

use super::data::TooLarge;

#[wasm_bindgen]
extern "C" {
    /// `String.fromCharCode(...units)`.
    #[wasm_bindgen(js_namespace = ["String", "fromCharCode"], js_name = apply)]
    fn from_char_code(this: &JsValue, units: &[u8]) -> JsString;

    /// A decoder (Encoding standard, section 7.2).
    type TextDecoder;

    #[wasm_bindgen(constructor)]
    fn new(encoding: &str) -> TextDecoder;

    #[wasm_bindgen(method)]
    fn decode(this: &TextDecoder, bytes: &[u8]) -> JsString;

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
}

/// Up to so many bytes a text is quicker put together from its characters than decoded.
const SHORT: usize = 32;

/// From so many bytes or units on the browser's decoder of Latin-1 and its encoder are quicker than what wasm-bindgen does.
const LONG: usize = 768;

/// Safari up to 18.4 refuses to decode more than 2 GiB with one decoder (WebKit bug 280593).
const DECODED_BY_ONE: usize = 1 << 30;

thread_local! {
    static LATIN_1: RefCell<TextDecoder> = RefCell::new(latin_1());
    /// How many bytes it may still decode.
    static LEFT: Cell<usize> = const { Cell::new(DECODED_BY_ONE) };
    static ENCODER: TextEncoder = TextEncoder::new();
}

fn latin_1() -> TextDecoder {
    TextDecoder::new("latin1")
}

/// A text as JavaScript has it, if that takes less this way than by wasm-bindgen's, which decodes every text as UTF-8.
pub(crate) fn js_string(text: &str) -> Option<JsString> {
    match text.len() {
        ..=SHORT if text.is_ascii() => Some(from_char_code(&JsValue::NULL, text.as_bytes())),
        // A decoder need not take memory that is shared with threads.
        LONG.. if cfg!(not(target_feature = "atomics")) && is_ascii(text.as_bytes()) => Some(decoded(text.as_bytes())),
        _ => None,
    }
}

/// Of ASCII, which is the same in Latin-1, where every byte is valid and a character.
fn decoded(ascii: &[u8]) -> JsString {
    let left = LEFT.get().checked_sub(ascii.len()).unwrap_or_else(|| {
        LATIN_1.replace(latin_1());
        DECODED_BY_ONE
    });
    LEFT.set(left);
    LATIN_1.with_borrow(|decoder| decoder.decode(ascii))
}

/// 32 bytes at a time, where the standard library takes four in a wasm of 32 bits.
fn is_ascii(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<32>();
    let is_ascii = |block: &[u8; 32]| {
        let words = block.as_chunks::<8>().0;
        words.iter().fold(0, |all, word| all | u64::from_ne_bytes(*word)) & 0x8080_8080_8080_8080 == 0
    };
    blocks.iter().all(is_ascii) && rest.is_ascii()
}

/// A text as Rust has it, with U+FFFD in the place of a lone surrogate.
pub(super) fn utf8(text: &JsString, max: usize) -> Result<String, TooLarge> {
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
