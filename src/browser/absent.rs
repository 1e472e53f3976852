//! In the browser's place where there is none, such as on a server that renders the page: nothing connects, nothing panics,
//! and what is sent waits.

use std::cell::RefCell;
use std::rc::Rc;

use crate::core::{Accepted, CloseCode, Config, Core, Frame, Input, Instant, Message, SendError, State};

pub(crate) trait Face {
    type Frame: Frame;
}

pub(crate) struct Driver<S: Face> {
    face: S,
    core: RefCell<Core<S::Frame>>,
}

#[derive(Debug)]
#[expect(dead_code, reason = "in the shape of the browser's")]
pub(crate) enum Rejected<F> {
    Send(SendError<F>),
    Refused(std::convert::Infallible),
}

impl<S: Face> Driver<S> {
    pub(crate) fn new(config: Config, face: S) -> Rc<Self> {
        Rc::new(Self { face, core: RefCell::new(Core::new(config, 0)) })
    }

    pub(crate) const fn face(&self) -> &S {
        &self.face
    }

    pub(crate) const fn open(&self) {}

    pub(crate) const fn reconnect(&self) {}

    pub(crate) fn close(&self, code: Option<CloseCode>, reason: String) {
        self.core.borrow_mut().handle(self.now(), Input::Close { code, reason });
    }

    pub(crate) fn send(&self, frame: S::Frame) -> Result<Accepted, Rejected<S::Frame>> {
        self.enqueue(Message::new(frame))
    }

    pub(crate) fn enqueue(&self, message: Message<S::Frame>) -> Result<Accepted, Rejected<S::Frame>> {
        self.core.borrow_mut().send(self.now(), message).map_err(Rejected::Send)
    }

    /// No time passes.
    pub(crate) fn now(&self) -> Instant {
        Instant::default()
    }

    pub(crate) fn state(&self) -> State {
        self.core.borrow().state()
    }

    pub(crate) fn attempt(&self) -> u32 {
        self.core.borrow().attempt()
    }

    pub(crate) const fn latency_millis(&self) -> Option<f64> {
        None
    }

    pub(crate) fn queue_len(&self) -> usize {
        self.core.borrow().queue_len()
    }

    pub(crate) fn queue_bytes(&self) -> usize {
        self.core.borrow().queue_bytes()
    }

    pub(crate) fn has_room(&self) -> bool {
        self.core.borrow().has_room()
    }

    pub(crate) const fn has_news(&self) -> bool {
        false
    }

    pub(crate) const fn url(&self) -> String {
        String::new()
    }

    pub(crate) const fn protocol(&self) -> String {
        String::new()
    }
}

/// A URL is checked where it can be resolved.
pub(crate) struct UrlFault;

impl UrlFault {
    pub(crate) const TAKES: &'static str = "";

    pub(crate) const fn sentence(&self) -> &'static str {
        ""
    }
}

pub(crate) const fn resolve_url(_: &str) -> Result<(), UrlFault> {
    Ok(())
}
