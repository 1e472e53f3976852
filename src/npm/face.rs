//! The user's part in a connection, as JavaScript gives it.

use std::cell::Cell;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use super::frame::JsFrame;
use super::options::millis;
use super::state_number;
use super::wire::User;
use crate::browser::{Delivery, Face, Inbound, Resolver, Target};
use crate::core::{DropReason, Event, Failure, Lost, Tag, Unanswered, Verdict};

pub(crate) struct NpmFace {
    pub(super) user: User,
    /// Whether messages may be answers, to a heartbeat or to a request.
    pub(super) looks: Cell<bool>,
}

impl NpmFace {
    fn tell(&self, event: Event<JsFrame>) {
        let user = &self.user;
        match event {
            Event::State { state, previous } => user.on_state_change(state_number(state), state_number(previous)),
            Event::Open => user.on_open(),
            Event::Closed { lost, will_retry } => {
                user.on_close(lost.code.into(), &lost.reason, lost.was_clean, will_retry);
            }
            Event::Failed(failure) => user.on_error(failure.code(), failure.sentence()),
            Event::Retry { attempt, delay } => user.on_retry(attempt, crate::core::millis(delay) as f64),
            Event::Dropped { frame, reason } => user.on_drop(&frame.0, drop_number(reason)),
            Event::Unanswered { tag, why } => user.on_unanswered(tag.number(), unanswered_number(why)),
            Event::Room => user.on_ready(false),
            Event::Flushed => user.on_ready(true),
        }
    }
}

impl Face for NpmFace {
    type Frame = JsFrame;
    /// The decoded message, or what stands in the place of one that could not be decoded.
    type Message = JsValue;

    fn target(&self, resolver: Resolver<Self>) {
        let resolver = Cell::new(Some(resolver));
        let answer = Closure::<dyn Fn(JsValue)>::new(move |target: JsValue| {
            let Some(resolver) = resolver.take() else { return };
            let target = if target.is_undefined() { None } else { Some(Target(target.unchecked_into())) };
            resolver.resolve(target.ok_or(Failure::ProviderFailed));
        });
        // Freed with the promises: one that never settles holds nothing for longer than it lives itself.
        self.user.target(&answer.into_js_value());
    }

    fn constructor(&self) -> Result<Function, JsValue> {
        let constructor = self.user.web_socket();
        if constructor.is_function() { Ok(constructor.unchecked_into()) } else { Err(constructor) }
    }

    fn binary_type(&self) -> JsValue {
        self.user.binary_type()
    }

    fn heartbeat(&self) -> Option<JsFrame> {
        let frame = self.user.heartbeat();
        (!frame.is_undefined()).then_some(JsFrame(frame))
    }

    fn verdict(&self, lost: &Lost) -> Verdict {
        match self.user.verdict(lost.code.into(), &lost.reason, lost.was_clean, lost.attempt) {
            -1.0 => Verdict::Default,
            -2.0 => Verdict::Retry,
            -3.0 => Verdict::Stop,
            delay => Verdict::RetryAfter(millis(delay)),
        }
    }

    fn receive(&self, event: &MessageEvent) -> Inbound<JsValue> {
        let message = self.user.receive(event);
        if !self.looks.get() {
            return Inbound::Message(message);
        }
        match self.user.tag_of(&message) {
            -1 => Inbound::Answer,
            tag => match Tag::from_number(tag as u32) {
                Some(tag) => Inbound::Tagged(tag, message),
                None => Inbound::Message(message),
            },
        }
    }

    fn deliver(&self, delivery: Delivery<Self>) {
        match delivery {
            Delivery::Message(message) => self.user.on_message(&message),
            Delivery::Reply(tag, message) => self.user.on_reply(tag.number(), &message),
            Delivery::Event(event) => self.tell(event),
        }
    }

    fn rest(&self) {
        self.user.rest();
    }
}

const fn drop_number(reason: DropReason) -> u8 {
    match reason {
        DropReason::Expired => 0,
        DropReason::Replaced => 1,
        DropReason::Overflow => 2,
        DropReason::Closed => 3,
        DropReason::Refused => 4,
        DropReason::Aborted => 5,
    }
}

const fn unanswered_number(why: Unanswered) -> u8 {
    match why {
        Unanswered::Dropped(reason) => drop_number(reason),
        Unanswered::Timeout => 6,
        Unanswered::Lost => 7,
    }
}
