//! A frame that is a JavaScript value: a string, a buffer, a view or a blob.

use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

use super::wire;
use crate::browser::{Handed, Outgoing};
use crate::core::Frame;

/// What may go on the wire as it is. Whether it may is checked when it is first weighed or handed over.
#[derive(Clone, Debug)]
pub(crate) struct JsFrame(pub(crate) JsValue);

impl Frame for JsFrame {
    fn byte_len(&self) -> usize {
        wire::weigh(&self.0) as usize
    }
}

impl Outgoing for JsFrame {
    fn keep(self) -> Result<Self, JsValue> {
        let kept = wire::snapshot(&self.0);
        if kept.is_undefined() { Err(wire::take_thrown()) } else { Ok(Self(kept)) }
    }

    fn hand_to(&self, socket: &WebSocket) -> Result<Handed, JsValue> {
        match wire::transmit(socket, &self.0) {
            -1.0 => Ok(Handed::NotOpen),
            -2.0 => Err(wire::take_thrown()),
            len => Ok(Handed::Taken(len as usize)),
        }
    }
}
