//! What a socket delivers, as Rust has it. It is not copied before its size is known to be within bounds.

use js_sys::{ArrayBuffer, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use super::text::utf8;

#[wasm_bindgen]
extern "C" {
    type View;

    /// The view itself, which wasm-bindgen copies then: one call, where `to_vec` takes four.
    #[wasm_bindgen(method, js_name = valueOf)]
    fn bytes(this: &View) -> Vec<u8>;

    /// `destination.set(source)`.
    #[wasm_bindgen(js_namespace = ["Uint8Array", "prototype", "set"], js_name = call)]
    fn copy(destination: &mut [u8], source: &Uint8Array);
}

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
        match view.length() as usize {
            0 if !data.is_instance_of::<ArrayBuffer>() => Ok(Self::Other),
            len if len > max => Err(TooLarge),
            len => Ok(Self::Binary(bytes_of(&view, len))),
        }
    }
}

/// Up to so many bytes it takes less to write zeros first than to have room made from JavaScript.
const SMALL: usize = 256;

fn bytes_of(view: &Uint8Array, len: usize) -> Vec<u8> {
    if len > SMALL {
        return view.unchecked_ref::<View>().bytes();
    }
    let mut bytes = vec![0; len];
    copy(&mut bytes, view);
    bytes
}
