//! A frame that is a JavaScript value: a string, a buffer, a view or a blob.

use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

use super::with_wire;
use crate::browser::{Handed, Outgoing};
use crate::core::Frame;

/// What may go on the wire as it is. Whether it may is checked when it is first weighed or handed over.
#[derive(Clone, Debug)]
pub(crate) struct JsFrame(pub(crate) JsValue);

impl Frame for JsFrame {
    fn byte_len(&self) -> usize {
        with_wire(|wire| wire.weigh(&self.0)) as usize
    }
}

impl Outgoing for JsFrame {
    fn keep(self) -> Result<Self, JsValue> {
        with_wire(|wire| wire.snapshot(&self.0)).map(Self)
    }

    fn hand_to(&self, socket: &WebSocket) -> Result<Handed, JsValue> {
        let taken = with_wire(|wire| wire.transmit(socket, &self.0))?;
        Ok(if taken < 0.0 { Handed::NotOpen } else { Handed::Taken(taken as usize) })
    }
}
