//! What has come and has not been read yet. It is bounded: a server that sends faster than the application reads must not
//! fill the memory.

#![cfg_attr(not(target_family = "wasm"), expect(dead_code, reason = "nothing comes where there is no browser"))]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::task::Waker;

use super::event::Event;

/// An event stream that nobody reads keeps this many of the latest.
const EVENTS_KEPT: usize = 1024;

pub(super) type EventBuffer = RefCell<VecDeque<Event>>;

pub(super) struct Inbox<Incoming> {
    messages: RefCell<VecDeque<Incoming>>,
    capacity: usize,
    events: RefCell<Vec<Weak<EventBuffer>>>,
    wakers: RefCell<Vec<Waker>>,
    overrun: Cell<bool>,
}

impl<Incoming> Inbox<Incoming> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            messages: RefCell::default(),
            capacity,
            events: RefCell::default(),
            wakers: RefCell::default(),
            overrun: Cell::default(),
        }
    }

    pub(super) fn push(&self, message: Incoming) {
        let overrun = self.messages.borrow().len() >= self.capacity;
        // Dropped only when no borrow is held: a message may be of the application's own type.
        let oldest = overrun.then(|| self.messages.borrow_mut().pop_front());
        drop(oldest);
        if self.capacity > 0 {
            self.messages.borrow_mut().push_back(message);
        }
        // Told once for each time that the reader falls behind, not for each message.
        if overrun && !self.overrun.replace(true) {
            self.tell(&Event::Overrun);
        }
    }

    pub(super) fn pop(&self) -> Option<Incoming> {
        let message = self.messages.borrow_mut().pop_front();
        self.overrun.set(self.overrun.get() && message.is_some());
        message
    }

    pub(super) fn subscribe(&self) -> Rc<EventBuffer> {
        let buffer = Rc::default();
        self.events.borrow_mut().push(Rc::downgrade(&buffer));
        buffer
    }

    pub(super) fn tell(&self, event: &Event) {
        self.events.borrow_mut().retain(|buffer| {
            let Some(buffer) = buffer.upgrade() else { return false };
            let mut buffer = buffer.borrow_mut();
            if buffer.len() >= EVENTS_KEPT {
                buffer.pop_front();
            }
            buffer.push_back(event.clone());
            true
        });
    }

    /// Has the task woken at the next turn of events.
    pub(super) fn wait(&self, waker: &Waker) {
        let mut wakers = self.wakers.borrow_mut();
        if !wakers.iter().any(|known| known.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    pub(super) fn wake(&self) {
        for waker in self.wakers.take() {
            waker.wake();
        }
    }
}
