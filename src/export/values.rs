//! Messages between JavaScript values and frames. The values are carried across by `serde-wasm-bindgen`.

use js_sys::{Array, ArrayBuffer, Error, Reflect, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use serde_wasm_bindgen::{Deserializer, Serializer};
use wasm_bindgen::{JsCast, JsValue};

use crate::codec::{Codec, Frame, Key, Place};

/// As declarations for TypeScript have it: a map is an object, 64 bits are a BigInt, and what is missing is `null`, as it
/// is in JSON.
pub(super) static SERIALIZER: Serializer = Serializer::new()
    .serialize_maps_as_objects(true)
    .serialize_large_number_types_as_bigints(true)
    .serialize_missing_as_null(true);

/// How messages look in JavaScript.
pub trait Shape {
    /// How many of the first steps to a place, as serde has it, lead to no key in the value.
    fn ahead(&self) -> usize;
    /// The message that a value stands for.
    fn read<T: DeserializeOwned>(&self, value: JsValue) -> Result<T, JsValue>;
    /// The value for a message.
    fn write<T: Serialize>(&self, message: &T) -> Result<JsValue, JsValue>;
}

/// As serde has it.
pub struct Plain;

impl Shape for Plain {
    fn ahead(&self) -> usize {
        0
    }

    fn read<T: DeserializeOwned>(&self, value: JsValue) -> Result<T, JsValue> {
        serde_path_to_error::deserialize(Deserializer::from(value)).map_err(|error| located(error, self))
    }

    fn write<T: Serialize>(&self, message: &T) -> Result<JsValue, JsValue> {
        Ok(message.serialize(&SERIALIZER)?)
    }
}

/// The frame for a JavaScript value: a `Uint8Array` or a string.
///
/// # Errors
/// An `Error` that says what is wrong with the value, and where.
pub fn encode<C, Incoming, Outgoing>(value: JsValue, shape: &impl Shape) -> Result<JsValue, JsValue>
where
    C: Codec<Incoming, Outgoing>,
    Outgoing: DeserializeOwned,
{
    match C::encode_owned(shape.read(value)?).map_err(|error| Error::new(&error.to_string()))? {
        Frame::Text(text) => Ok(text.into()),
        Frame::Binary(bytes) => Ok(Uint8Array::from(&*bytes).into()),
    }
}

/// The JavaScript value for the message in a frame.
///
/// # Errors
/// An `Error` that says why there is none.
pub fn decode<C, Incoming, Outgoing>(frame: &JsValue, shape: &impl Shape) -> Result<JsValue, JsValue>
where
    C: Codec<Incoming, Outgoing>,
    Incoming: Serialize,
{
    let frame = if let Some(text) = frame.as_string() {
        Frame::Text(text)
    } else if let Some(bytes) = frame.dyn_ref::<Uint8Array>() {
        Frame::Binary(bytes.to_vec())
    } else if let Some(buffer) = frame.dyn_ref::<ArrayBuffer>() {
        Frame::Binary(Uint8Array::new(buffer).to_vec())
    } else {
        return Err(Error::new("a frame is a string, an ArrayBuffer or a Uint8Array").into());
    };
    let message = C::decode(frame).map_err(|error| {
        let (place, cause) = error.into_parts();
        let error = Error::new(&cause.to_string());
        match place {
            Some(place) => placed(error, &place, shape),
            None => error.into(),
        }
    });
    shape.write(&message?)
}

pub(super) fn located(error: serde_path_to_error::Error<serde_wasm_bindgen::Error>, shape: &impl Shape) -> JsValue {
    let place = Place::from(error.path());
    placed(JsValue::from(error.into_inner()).into(), &place, shape)
}

/// The error with the place in front of its message, and as the array `path`.
fn placed(error: Error, place: &Place, shape: &impl Shape) -> JsValue {
    let place = place.within(shape.ahead());
    if !place.text().is_empty() {
        error.set_message(&format!("{}: {}", place.text(), String::from(error.message())));
    }
    let key = |key: &Key| match key {
        Key::Index(index) => JsValue::from(*index as u32),
        Key::Name(name) => JsValue::from(name),
    };
    let path = place.keys().iter().map(key).collect::<Array>();
    // An object of ours, which takes every key.
    let _ = Reflect::set(&error, &"path".into(), &path);
    error.into()
}
