//! The face's dealings with the browser.

use std::rc::{Rc, Weak};

use futures::future::abortable;
use js_sys::{Array, Function, JsString, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, WebSocket};

use super::ClientFace;
use crate::browser::{
    Data, Delivery, Driver, Face, Handed, Inbound, Outgoing, Resolver, Target, TooLarge, js_string, resolve_url,
};
use crate::client::event::{Event, Undecodable};
use crate::client::options::Endpoint;
use crate::client::source::Place;
use crate::codec::{Codec, CodecError, Frame};
use crate::core::{Failure, Generation, Lost, Tag, Verdict};

impl<Incoming, Outgoing, C> Face for ClientFace<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    type Frame = Frame;
    /// With the number that it carries.
    type Message = Result<(Option<Tag>, Incoming), Undecodable>;

    fn target(&self, resolver: Resolver<Self>) {
        let standard = self.protocols.clone();
        match &self.source.0 {
            Place::Fixed(endpoint) => resolver.resolve(target(endpoint, &standard)),
            Place::Asked(provider) => {
                let (answer, handle) = abortable(provider());
                self.wait_for(Some(handle));
                js_sys::futures::spawn_local(async move {
                    let Ok(endpoint) = answer.await else { return };
                    let endpoint = endpoint.map_err(|_| Failure::ProviderFailed);
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

    fn listener(&self, driver: Weak<Driver<Self>>, _: &WebSocket, generation: Generation) -> JsValue {
        let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(driver) = driver.upgrade() {
                driver.received(generation, |face| face.receive(&event));
            }
        });
        listener.into_js_value()
    }

    fn deliver(&self, delivery: Delivery<Self>) {
        match delivery {
            Delivery::Message(Ok((tag, message))) => self.hub.receive(tag, message),
            Delivery::Reply(tag, Ok((_, message))) => self.hub.answer(tag, Ok(message)),
            Delivery::Message(Err(error)) | Delivery::Reply(_, Err(error)) => {
                self.hub.tell(&Event::Undecodable(error));
            }
            Delivery::Event(event) => self.hub.happened(event),
        }
    }

    fn stepped(&self) {
        self.hub.wake();
    }

    fn rest(&self) {
        self.wait_for(None);
    }
}

impl<Incoming, Outgoing, C> ClientFace<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    fn receive(&self, event: &MessageEvent) -> Inbound<<Self as Face>::Message> {
        let decoded = read(&event.data(), self.max_message_bytes)
            .and_then(|frame| C::decode(frame).map_err(|error| Undecodable::Codec(Rc::new(error))));
        let message = match decoded {
            Ok(message) => message,
            Err(error) => return Inbound::Undeliverable(Err(error)),
        };
        let is_answer = self.heartbeat.as_ref().and_then(|heartbeat| heartbeat.answer.as_ref());
        if is_answer.is_some_and(|is_answer| is_answer(&message)) {
            return Inbound::Answer;
        }
        let number = self.correlation.as_ref().and_then(|correlation| (correlation.read)(&message));
        match number.and_then(Tag::from_number) {
            Some(tag) => Inbound::Tagged(tag, Ok((Some(tag), message))),
            None => Inbound::Message(Ok((None, message))),
        }
    }
}

fn target(endpoint: &Endpoint, standard: &[String]) -> Result<Target, Failure> {
    let protocols = if endpoint.protocols.is_empty() { standard } else { &endpoint.protocols };
    let url = resolve_url(&endpoint.url).map_err(|_| Failure::ProviderFailed)?;
    let protocols = protocols.iter().map(JsValue::from).collect::<Array>();
    Ok(Target(Array::of2(&url.into(), &protocols)))
}

/// The frame in what a socket delivered, unless it is too large.
fn read(data: &JsValue, max: usize) -> Result<Frame, Undecodable> {
    match Data::read(data, max) {
        Ok(Data::Text(text)) => Ok(Frame::Text(text)),
        Ok(Data::Binary(bytes)) => Ok(Frame::Binary(bytes)),
        Ok(Data::Other) => {
            Err(Undecodable::Codec(Rc::new(CodecError::new("a message that is neither text nor a buffer"))))
        }
        Err(TooLarge) => Err(Undecodable::TooLarge),
    }
}

#[wasm_bindgen]
extern "C" {
    /// A native socket, and its `send` with a text that is JavaScript's (WebSockets standard, section 3.1).
    type Native;

    #[wasm_bindgen(method, catch)]
    fn send(this: &Native, text: &JsString) -> Result<(), JsValue>;
}

impl Outgoing for Frame {
    fn hand_to(&self, socket: &WebSocket) -> Result<Handed, JsValue> {
        if socket.ready_state() != WebSocket::OPEN {
            return Ok(Handed::NotOpen);
        }
        match self {
            Self::Text(text) => {
                let sent = match js_string(text) {
                    Some(text) => socket.unchecked_ref::<Native>().send(&text),
                    None => socket.send_with_str(text),
                };
                sent.map(|()| Handed::Taken(text.len()))
            }
            Self::Binary(bytes) => socket.send_with_u8_array(bytes).map(|()| Handed::Taken(bytes.len())),
        }
    }
}
