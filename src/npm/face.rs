//! The user's part in a connection, as JavaScript gives it: providers, hooks, codec, and the shell that is told.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Function, Object, Reflect, WeakRef};
use wasm_bindgen::prelude::*;
use web_sys::BinaryType;

use super::codec::Codec;
use super::frame::JsFrame;
use super::options::{protocol_list, url_text};
use super::reader::as_millis;
use super::{Shell, error, report, state_number, with_wire};
use crate::browser::{Delivery, Face, Inbound, Resolver, Target};
use crate::core::{DropReason, Event, Failure, Lost, Verdict};

/// A value, or a function that is asked for it before every dial and may answer with a promise.
#[derive(Clone)]
pub(super) enum Provided {
    Value(JsValue),
    Called(Function),
}

impl Provided {
    fn get(&self) -> Result<JsValue, JsValue> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::Called(provider) => provider.call0(&JsValue::UNDEFINED),
        }
    }
}

pub(super) struct HeartbeatParts {
    pub(super) message: JsValue,
    pub(super) answer: Option<JsValue>,
}

pub(super) struct Parts {
    pub(super) url: Provided,
    pub(super) protocols: Option<Provided>,
    pub(super) codec: Codec,
    pub(super) binary_type: Option<BinaryType>,
    pub(super) heartbeat: Option<HeartbeatParts>,
    pub(super) should_retry: Option<Function>,
    pub(super) constructor: Option<Function>,
    pub(super) max_message_bytes: Option<f64>,
}

const MAX_MESSAGE_BYTES: f64 = 64.0 * 1024.0 * 1024.0;

pub(crate) struct NpmFace {
    parts: Parts,
    binary_type: Cell<BinaryType>,
    /// Whom to tell.
    shell: RefCell<Option<WeakRef>>,
    /// The same, held while the socket is open or on its way there: who listens to it is told, even if nobody holds it. At
    /// rest it is held weakly, so that a socket which nobody needs can be collected.
    held: RefCell<Option<Shell>>,
    /// What the provider of the last dial threw: the cause of the error that follows.
    thrown: RefCell<JsValue>,
}

impl NpmFace {
    pub(super) fn new(parts: Parts) -> Self {
        // A codec reads buffers; only who has none decides how binary messages come in.
        let standard = if matches!(parts.codec, Codec::Native) { BinaryType::Blob } else { BinaryType::Arraybuffer };
        Self {
            binary_type: Cell::new(parts.binary_type.unwrap_or(standard)),
            parts,
            shell: RefCell::default(),
            held: RefCell::default(),
            thrown: RefCell::default(),
        }
    }

    pub(super) fn introduce(&self, shell: &Shell) {
        *self.shell.borrow_mut() = Some(WeakRef::new(shell.unchecked_ref()));
    }

    pub(super) fn hold_shell(&self) {
        let shell = self.shell();
        *self.held.borrow_mut() = shell;
    }

    fn shell(&self) -> Option<Shell> {
        let held = self.held.borrow().clone();
        held.or_else(|| Some(self.shell.borrow().as_ref()?.deref()?.unchecked_into()))
    }

    pub(super) const fn codec(&self) -> &Codec {
        &self.parts.codec
    }

    pub(super) fn set_binary_type(&self, binary_type: BinaryType) {
        self.binary_type.set(binary_type);
    }

    pub(super) fn binary_type_name(&self) -> &'static str {
        if self.binary_type.get() == BinaryType::Arraybuffer { "arraybuffer" } else { "blob" }
    }

    fn provider_failed(&self, thrown: JsValue) -> Failure {
        self.thrown.replace(thrown);
        Failure::ProviderFailed
    }

    fn tell(&self, shell: &Shell, event: Event<JsFrame>) -> Result<(), JsValue> {
        match event {
            Event::State { state, previous } => shell.on_state_change(state_number(state), state_number(previous)),
            Event::Open => shell.on_open(),
            Event::Closed { lost, will_retry } => {
                shell.on_close(lost.code.into(), &lost.reason, lost.was_clean, will_retry)
            }
            Event::Failed(failure) => shell.on_error(&error(failure.code(), failure.sentence(), &self.thrown.take())),
            Event::Retry { attempt, delay } => shell.on_retry(attempt, delay.as_millis() as f64),
            Event::Dropped { frame, reason } => {
                // What the user sent; the frame itself where their codec cannot read it back.
                let message = self.parts.codec.decode(frame.0.clone()).unwrap_or(frame.0);
                shell.on_drop(&message, drop_number(reason))
            }
        }
    }

    fn is_answer(&self, message: &JsValue) -> bool {
        let Some(answer) = self.parts.heartbeat.as_ref().and_then(|heartbeat| heartbeat.answer.as_ref()) else {
            return false;
        };
        match answer.dyn_ref::<Function>() {
            Some(matcher) => matcher
                .call1(&JsValue::UNDEFINED, message)
                .unwrap_or_else(|thrown| {
                    report(&thrown);
                    JsValue::FALSE
                })
                .is_truthy(),
            None => answer == message,
        }
    }
}

impl Face for NpmFace {
    type Frame = JsFrame;
    /// The decoded message, or why there is none.
    type Message = Result<JsValue, JsValue>;

    fn target(&self, resolver: Resolver<Self>) {
        let url = self.parts.url.get();
        let protocols = self.parts.protocols.as_ref().map_or(Ok(JsValue::UNDEFINED), Provided::get);
        let (url, protocols) = match (url, protocols) {
            (Ok(url), Ok(protocols)) => (url, protocols),
            (Err(thrown), _) | (_, Err(thrown)) => return resolver.resolve(Err(self.provider_failed(thrown))),
        };
        if !is_thenable(&url) && !is_thenable(&protocols) {
            return resolver.resolve(read_target(&url, &protocols));
        }
        let resolver = Cell::new(Some(resolver));
        let settled = Closure::<dyn Fn(JsValue, JsValue, JsValue)>::new(move |failed: JsValue, url, protocols| {
            let Some(resolver) = resolver.take() else { return };
            let target = if failed.is_truthy() {
                Err(resolver.face_failed(|face| face.provider_failed(url)))
            } else {
                read_target(&url, &protocols)
            };
            resolver.resolve(target);
        });
        // Freed with the promises: one that never settles holds nothing for longer than it lives itself.
        with_wire(|wire| wire.settle(&url, &protocols, &settled.into_js_value()));
    }

    fn constructor(&self) -> Result<Function, JsValue> {
        match &self.parts.constructor {
            Some(constructor) => Ok(constructor.clone()),
            None => Reflect::get(&js_sys::global(), &"WebSocket".into())?.dyn_into(),
        }
    }

    fn binary_type(&self) -> BinaryType {
        self.binary_type.get()
    }

    fn heartbeat(&self) -> Option<JsFrame> {
        let message = &self.parts.heartbeat.as_ref()?.message;
        let made = match message.dyn_ref::<Function>() {
            Some(make) => make.call0(&JsValue::UNDEFINED),
            None => Ok(message.clone()),
        };
        made.and_then(|message| self.parts.codec.encode(&message)).inspect_err(report).ok()
    }

    fn verdict(&self, lost: &Lost) -> Verdict {
        let Some(should_retry) = &self.parts.should_retry else { return Verdict::Default };
        let close = Object::new();
        let put = |name: &str, value: JsValue| drop(Reflect::set(&close, &name.into(), &value));
        put("code", u16::from(lost.code).into());
        put("reason", lost.reason.as_str().into());
        put("wasClean", lost.was_clean.into());
        put("attempt", lost.attempt.into());
        let word = should_retry.call1(&JsValue::UNDEFINED, &close).unwrap_or_else(|thrown| {
            report(&thrown);
            JsValue::UNDEFINED
        });
        match (word.as_bool(), as_millis(&word)) {
            (Some(true), _) => Verdict::Retry,
            (Some(false), _) => Verdict::Stop,
            (_, Some(delay)) => Verdict::RetryAfter(delay),
            _ if word.is_undefined() => Verdict::Default,
            _ => {
                report(&super::reader::invalid("shouldRetry()", &word, "true, false, milliseconds or undefined"));
                Verdict::Default
            }
        }
    }

    fn receive(&self, data: JsValue) -> Inbound<Self::Message> {
        let max = self.parts.max_message_bytes.unwrap_or(MAX_MESSAGE_BYTES);
        if with_wire(|wire| wire.exceeds(&data, max)) {
            let what = "a message above maxMessageBytes was not delivered";
            return Inbound::Message(Err(error("message-too-large", what, &JsValue::UNDEFINED)));
        }
        let message = self.parts.codec.decode(data);
        match &message {
            Ok(message) if self.is_answer(message) => Inbound::Answer,
            _ => Inbound::Message(message),
        }
    }

    fn deliver(&self, delivery: Delivery<Self>) {
        let Some(shell) = self.shell() else { return };
        let told = match delivery {
            Delivery::Message(Ok(message)) => shell.on_message(&message),
            Delivery::Message(Err(error)) => shell.on_error(&error),
            Delivery::Event(event) => self.tell(&shell, event),
        };
        if let Err(thrown) = told {
            report(&thrown);
        }
    }

    fn rest(&self) {
        drop(self.held.take());
    }
}

const fn drop_number(reason: DropReason) -> u8 {
    match reason {
        DropReason::Expired => 0,
        DropReason::Replaced => 1,
        DropReason::Overflow => 2,
        DropReason::Closed => 3,
        DropReason::Refused => 4,
    }
}

fn read_target(url: &JsValue, protocols: &JsValue) -> Result<Target, Failure> {
    let url = url_text(url).ok_or(Failure::ProviderFailed)?;
    let protocols = if protocols.is_undefined() { Some(Array::new()) } else { protocol_list(protocols) };
    Ok(Target { url, protocols: protocols.ok_or(Failure::ProviderFailed)? })
}

fn is_thenable(value: &JsValue) -> bool {
    value.is_object() && Reflect::get(value, &"then".into()).is_ok_and(|then| then.is_function())
}
