//! In the browser's place where there is none, such as on a server that renders the page: nothing connects, nothing panics,
//! and what is sent waits.

#[cfg(test)]
mod elapsed;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use crate::core::{
    Accepted, CloseCode, Config, Core, Frame, Input, Instant, Message, SendError, State, Statistics, Tag,
};

pub(crate) trait Face {
    type Frame: Frame;
}

pub(crate) struct Driver<S: Face> {
    face: S,
    core: RefCell<Core<S::Frame>>,
}

#[derive(Debug)]
pub(crate) enum Rejected<F> {
    Send(SendError<F>),
    Refused(NoBrowser),
}

pub(crate) struct NoBrowser;

impl fmt::Debug for NoBrowser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no browser here")
    }
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
        self.tell_nobody();
    }

    pub(crate) fn send(&self, message: Message<S::Frame>) -> Result<Accepted, Rejected<S::Frame>> {
        let accepted = self.core.borrow_mut().send(self.now(), message).map_err(Rejected::Send);
        self.tell_nobody();
        accepted
    }

    /// What was dropped, among all else: it would be kept to be told.
    fn tell_nobody(&self) {
        let mut core = self.core.borrow_mut();
        while core.poll().is_some() {}
        core.rest();
    }

    /// Nobody answers, and no time runs out: what waited for it would wait for ever.
    pub(crate) fn request(&self, _: Message<S::Frame>, _: Duration, _: bool) -> Result<Accepted, Rejected<S::Frame>> {
        Err(Rejected::Refused(NoBrowser))
    }

    pub(crate) fn tag(&self) -> Tag {
        self.core.borrow_mut().tag()
    }

    pub(crate) const fn cancel(&self, _: Tag) {}

    pub(crate) fn subscribe(&self, tag: Tag, frame: S::Frame) -> Result<(), Rejected<S::Frame>> {
        let subscribed = self.core.borrow_mut().subscribe(tag, frame);
        subscribed.map_err(|frame| Rejected::Send(SendError::Closed(frame)))
    }

    pub(crate) fn unsubscribe(&self, tag: Tag, _: Option<S::Frame>) {
        self.core.borrow_mut().unsubscribe(tag);
    }

    pub(crate) const fn deliver(&self) {}

    pub(crate) const fn await_room(&self) {}

    pub(crate) const fn await_flush(&self) {}

    pub(crate) fn statistics(&self) -> Statistics {
        self.core.borrow().statistics()
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

    pub(crate) fn is_flushed(&self) -> bool {
        self.queue_len() == 0
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{Overflow, QueueConfig};

    #[derive(Clone)]
    struct Counted(Rc<str>);

    impl Frame for Counted {
        fn byte_len(&self) -> usize {
            self.0.len()
        }
    }

    struct Nobody;

    impl Face for Nobody {
        type Frame = Counted;
    }

    #[test]
    fn what_gives_way_is_not_kept() {
        let queue = QueueConfig { max_messages: 1, overflow: Overflow::DropOldest, ..QueueConfig::default() };
        let config = Config { queue, ..Config::default() };
        let (driver, counted) = (Driver::new(config, Nobody), Rc::from("counted"));
        for _ in 0..10 {
            driver.send(Message::new(Counted(Rc::clone(&counted)))).unwrap_or_else(|_| panic!("it is accepted"));
        }
        assert_eq!((driver.queue_len(), Rc::strong_count(&counted)), (1, 2));
        driver.close(None, String::new());
        assert_eq!(Rc::strong_count(&counted), 1);
    }
}
