//! Codecs of the JavaScript face: messages to frames and back, without leaving JavaScript's heap.

use js_sys::{Function, JSON, Reflect};
use wasm_bindgen::prelude::*;

use super::frame::JsFrame;
use super::{error, with_wire};

#[wasm_bindgen]
extern "C" {
    /// `JSON.parse` of a string by handle: js-sys would copy it.
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    fn parse_json(text: &JsValue) -> Result<JsValue, JsValue>;
}

pub(super) enum Codec {
    /// What the native socket gives and takes.
    Native,
    Json,
    Text,
    Binary,
    /// The user's own.
    Custom {
        this: JsValue,
        encode: Function,
        decode: Function,
    },
}

impl Codec {
    pub(super) const TAKES: &'static str =
        "\"json\", \"text\", \"binary\" or an object with the functions encode and decode";

    pub(super) fn read(value: &JsValue) -> Option<Self> {
        if let Some(name) = value.as_string() {
            return Some(match name.as_str() {
                "json" => Self::Json,
                "text" => Self::Text,
                "binary" => Self::Binary,
                _ => return None,
            });
        }
        let function = |name: &str| Reflect::get(value, &name.into()).ok()?.dyn_into::<Function>().ok();
        Some(Self::Custom { this: value.clone(), encode: function("encode")?, decode: function("decode")? })
    }

    /// The frame for a message, encoded once, when it is accepted.
    ///
    /// # Errors
    /// A `SocketError` with the code `encode-failed`.
    pub(super) fn encode(&self, message: &JsValue) -> Result<JsFrame, JsValue> {
        match self {
            Self::Json => match JSON::stringify(message) {
                Ok(text) if !text.is_undefined() => Ok(JsFrame(text.into())),
                Ok(_) => Err(encode_failed("a message that JSON has no form for", &JsValue::UNDEFINED)),
                Err(thrown) => Err(encode_failed("JSON.stringify threw", &thrown)),
            },
            Self::Native => Ok(JsFrame(message.clone())),
            Self::Text if message.is_string() => Ok(JsFrame(message.clone())),
            Self::Text => Err(encode_failed("the codec \"text\" takes strings", &JsValue::UNDEFINED)),
            Self::Binary if message.is_object() => Ok(JsFrame(message.clone())),
            Self::Binary => {
                Err(encode_failed("the codec \"binary\" takes buffers, views and blobs", &JsValue::UNDEFINED))
            }
            Self::Custom { this, encode, .. } => {
                let made = encode.call1(this, message);
                let made = made.map_err(|thrown| encode_failed("the codec's encode threw", &thrown))?;
                if with_wire(|wire| wire.is_frame(&made)) {
                    return Ok(JsFrame(made));
                }
                let mut what =
                    String::from("the codec's encode takes a message to a string, a buffer, a view or a Blob, got ");
                what.push_str(&with_wire(|wire| wire.describe(&made)));
                Err(encode_failed(&what, &JsValue::UNDEFINED))
            }
        }
    }

    /// The message in a frame.
    ///
    /// # Errors
    /// A `SocketError` with the code `decode-failed`.
    pub(super) fn decode(&self, data: JsValue) -> Result<JsValue, JsValue> {
        match self {
            Self::Native => Ok(data),
            Self::Json | Self::Text if !data.is_string() => {
                Err(decode_failed("a binary frame, expected text", &JsValue::UNDEFINED))
            }
            Self::Json => parse_json(&data).map_err(|thrown| decode_failed("invalid JSON", &thrown)),
            Self::Text => Ok(data),
            Self::Binary if data.is_string() => {
                Err(decode_failed("a text frame, expected binary", &JsValue::UNDEFINED))
            }
            Self::Binary => Ok(data),
            Self::Custom { this, decode, .. } => {
                decode.call1(this, &data).map_err(|thrown| decode_failed("the codec's decode threw", &thrown))
            }
        }
    }
}

fn encode_failed(what: &str, cause: &JsValue) -> JsValue {
    error("encode-failed", what, cause)
}

fn decode_failed(what: &str, cause: &JsValue) -> JsValue {
    error("decode-failed", what, cause)
}
