//! The crate's codecs in wasm, and JavaScript values to MessagePack by way of serde-wasm-bindgen.

#[cfg(feature = "typed")]
mod typed;

use serde::Serialize;
use wasm_bindgen::prelude::*;

/// A JavaScript value as MessagePack.
#[wasm_bindgen(js_name = msgpackFromJs)]
pub fn msgpack_from_js(value: JsValue) -> Result<Vec<u8>, JsError> {
    let mut bytes = Vec::new();
    let mut to = rmp_serde::Serializer::new(&mut bytes);
    serde_transcode::transcode(serde_wasm_bindgen::Deserializer::from(value), &mut to)?;
    Ok(bytes)
}

/// MessagePack as a JavaScript value.
#[wasm_bindgen(js_name = msgpackToJs)]
pub fn msgpack_to_js(bytes: &[u8]) -> Result<JsValue, JsError> {
    let mut from = rmp_serde::Deserializer::from_read_ref(bytes);
    let to = serde_wasm_bindgen::Serializer::json_compatible().serialize_bytes_as_arrays(false);
    Ok(serde_transcode::Transcoder::new(&mut from).serialize(&to)?)
}
