//! The face's dealings with the browser.

use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Function, JsString, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, WebSocket};

use super::{ClientFace, Provider};
use crate::browser::{Delivery, Face, Handed, Inbound, Outgoing, Resolver, Target, resolve_url};
use crate::client::event::{Event, Undecodable};
use crate::client::options::Endpoint;
use crate::codec::{Codec, CodecError, Frame};
use crate::core::{Failure, Lost, Verdict};

impl<Incoming, Outgoing, C> Face for ClientFace<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    type Frame = Frame;
    type Message = Result<Incoming, Undecodable>;

    fn target(&self, resolver: Resolver<Self>) {
        let standard = self.protocols.clone();
        match &self.provider {
            Provider::Value(endpoint) => resolver.resolve(target(endpoint, &standard)),
            Provider::Called(provider) => {
                let answer = provider();
                js_sys::futures::spawn_local(async move {
                    let endpoint = answer.await.map_err(|_| Failure::ProviderFailed);
                    resolver.resolve(endpoint.and_then(|endpoint| target(&endpoint, &standard)));
                });
            }
        }
    }

    fn constructor(&self) -> Result<Function, JsValue> {
        Reflect::get(&js_sys::global(), &"WebSocket".into())?.dyn_into()
    }

    fn binary_type(&self) -> JsValue {
        "arraybuffer".into()
    }

    fn heartbeat(&self) -> Option<Frame> {
        let message = (self.heartbeat.as_ref()?.message)();
        C::encode(&message).ok()
    }

    fn verdict(&self, lost: &Lost) -> Verdict {
        self.should_retry.as_ref().map_or(Verdict::Default, |decide| decide(lost))
    }

    fn receive(&self, event: &MessageEvent) -> Inbound<Self::Message> {
        let decoded = read(&event.data(), self.max_message_bytes)
            .and_then(|frame| C::decode(frame).map_err(|error| Undecodable::Codec(Rc::new(error))));
        let is_answer = self.heartbeat.as_ref().and_then(|heartbeat| heartbeat.answer.as_ref());
        match (&decoded, is_answer) {
            (Ok(message), Some(is_answer)) if is_answer(message) => Inbound::Answer,
            (Ok(_), _) => Inbound::Message(decoded),
            (Err(_), _) => Inbound::Undeliverable(decoded),
        }
    }

    fn deliver(&self, delivery: Delivery<Self>) {
        match delivery {
            Delivery::Message(Ok(message)) | Delivery::Reply(_, Ok(message)) => self.inbox.push(message),
            Delivery::Message(Err(error)) | Delivery::Reply(_, Err(error)) => {
                self.inbox.tell(&Event::Undecodable(error))
            }
            Delivery::Event(event) => {
                if let Some(event) = Event::from_core(event) {
                    self.inbox.tell(&event);
                }
            }
        }
        self.inbox.wake();
    }

    fn turned(&self) {
        self.inbox.wake();
    }
}

fn target(endpoint: &Endpoint, standard: &[String]) -> Result<Target, Failure> {
    let protocols = if endpoint.protocols.is_empty() { standard } else { &endpoint.protocols };
    let url = resolve_url(&endpoint.url).map_err(|_| Failure::ProviderFailed)?;
    let protocols = protocols.iter().map(JsValue::from).collect::<Array>();
    Ok(Target(Array::of2(&url.into(), &protocols)))
}

/// The frame in what a socket delivered. A size that is too large shows before anything is copied: a string of n UTF-16
/// units has at least n bytes.
fn read(data: &JsValue, max: usize) -> Result<Frame, Undecodable> {
    if let Some(text) = data.dyn_ref::<JsString>() {
        if text.length() as usize > max {
            return Err(Undecodable::TooLarge);
        }
        let text = String::from(text);
        return if text.len() > max { Err(Undecodable::TooLarge) } else { Ok(Frame::Text(text)) };
    }
    match data.dyn_ref::<ArrayBuffer>() {
        Some(buffer) if buffer.byte_length() as usize > max => Err(Undecodable::TooLarge),
        Some(buffer) => Ok(Frame::Binary(Uint8Array::new(buffer).to_vec())),
        None => Err(Undecodable::Codec(Rc::new(CodecError::new("a message that is neither text nor a buffer")))),
    }
}

impl Outgoing for Frame {
    fn hand_to(&self, socket: &WebSocket) -> Result<Handed, JsValue> {
        if socket.ready_state() != WebSocket::OPEN {
            return Ok(Handed::NotOpen);
        }
        match self {
            Self::Text(text) => socket.send_with_str(text).map(|()| Handed::Taken(text.len())),
            Self::Binary(bytes) => socket.send_with_u8_array(bytes).map(|()| Handed::Taken(bytes.len())),
        }
    }
}
