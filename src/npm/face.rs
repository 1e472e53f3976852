//! The user's part in a connection, as JavaScript gives it.

use std::cell::Cell;
use std::rc::Weak;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

use super::frame::JsFrame;
use super::options::millis;
use super::state_number;
use super::wire::User;
use crate::browser::{Delivery, Driver, Face, Resolver, Target};
use crate::core::{DropReason, Event, Failure, Generation, Lost, Unanswered, Verdict};

pub(crate) struct NpmFace {
    pub(super) user: User,
}

impl NpmFace {
    fn tell(&self, event: Event<JsFrame>) {
        let user = &self.user;
        match event {
            Event::Open => user.tell(2, 0.0, 0.0),
            Event::State { state, previous } => {
                user.tell(3, state_number(state).into(), state_number(previous).into());
            }
            Event::Retry { attempt, delay } => user.tell(4, attempt.into(), crate::core::millis(delay) as f64),
            Event::Unanswered { tag, why } => user.tell(5, tag.number().into(), unanswered_number(why).into()),
            Event::Room => user.tell(6, 0.0, 0.0),
            Event::Flushed => user.tell(7, 0.0, 0.0),
            Event::Closed { lost, will_retry } => {
                user.on_close(lost.code.into(), &lost.reason, lost.was_clean, will_retry);
            }
            Event::Failed(failure) => user.on_error(failure.code(), failure.sentence()),
            Event::Dropped { frame, reason } => user.on_drop(&frame.0, drop_number(reason)),
        }
    }
}

impl Face for NpmFace {
    type Frame = JsFrame;
    /// JavaScript keeps the messages that wait for their turn.
    type Message = ();

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

    fn listener(&self, _: Weak<Driver<Self>>, socket: &WebSocket, generation: Generation) -> JsValue {
        self.user.listener(socket, generation.0)
    }

    fn deliver(&self, delivery: Delivery<Self>) {
        match delivery {
            Delivery::Event(event) => self.tell(event),
            _ => self.user.tell(1, 0.0, 0.0),
        }
    }

    fn rest(&self) {
        self.user.tell(0, 0.0, 0.0);
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
