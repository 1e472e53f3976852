//! Where everything that came goes: to who asked for it, to the subscription that it belongs to, to everybody.

#![cfg_attr(not(target_family = "wasm"), expect(dead_code, reason = "nothing comes where there is no browser"))]

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::task::Waker;

use futures::channel::oneshot;

use super::event::Event;
use super::inbox::{Buffer, Inbox};
use super::options::Matcher;
use super::request::RequestError;
use crate::codec::Frame;
use crate::core::{Event as Told, Tag};

/// An event stream that nobody reads keeps this many of the latest.
const EVENTS_KEPT: usize = 1024;

type Asker<Incoming> = oneshot::Sender<Result<Incoming, RequestError>>;

pub(super) struct Hub<Incoming> {
    pub(super) messages: Buffer<Incoming>,
    broadcasts: RefCell<Vec<Weak<Buffer<Rc<Incoming>>>>>,
    pub(super) inbox: Inbox,
    events: RefCell<Vec<Weak<Buffer<Event>>>>,
    requests: RefCell<Vec<(Tag, Asker<Incoming>)>>,
    /// In the order of their numbers.
    subscriptions: RefCell<Vec<Rc<Subscribed<Incoming>>>>,
    /// What wakes the tasks that wait, with the handle that each waits with.
    wakers: RefCell<Vec<(Weak<Handle>, Waker)>>,
}

/// One handle of a socket, or one stream: who drops it waits no more.
#[derive(Debug, Default)]
pub(super) struct Handle {
    /// A sink that has closed the socket, and waits for the end.
    pub(super) closes: Cell<bool>,
}

pub(super) struct Subscribed<Incoming> {
    pub(super) tag: Tag,
    /// What picks its messages; none picks those with its number.
    pub(super) matches: Option<Matcher<Incoming>>,
    pub(super) messages: Buffer<Incoming>,
}

/// In the place of those that are gone, however long nothing comes.
fn join<T>(buffers: &mut Vec<Weak<Buffer<T>>>, buffer: &Rc<Buffer<T>>) {
    buffers.retain(|buffer| buffer.strong_count() > 0);
    buffers.push(Rc::downgrade(buffer));
}

/// One at a time, and with nothing borrowed: what gives way may be the application's, and call anything when it is dropped.
fn listening<T>(buffers: &RefCell<Vec<Weak<Buffer<T>>>>) -> impl Iterator<Item = Rc<Buffer<T>>> {
    (0..).map_while(|at| buffers.borrow().get(at).map(Weak::upgrade)).flatten()
}

impl<Incoming> Hub<Incoming> {
    pub(super) fn new(inbox: Inbox) -> Self {
        Self {
            messages: Buffer::new(inbox),
            broadcasts: RefCell::default(),
            inbox,
            events: RefCell::default(),
            requests: RefCell::default(),
            subscriptions: RefCell::default(),
            wakers: RefCell::default(),
        }
    }

    pub(super) fn listen(&self) -> Rc<Buffer<Event>> {
        let buffer = Rc::new(Buffer::new(Inbox::DropOldest(EVENTS_KEPT)));
        join(&mut self.events.borrow_mut(), &buffer);
        buffer
    }

    pub(super) fn overhear(&self, inbox: Inbox) -> Rc<Buffer<Rc<Incoming>>> {
        let buffer = Rc::new(Buffer::new(inbox));
        join(&mut self.broadcasts.borrow_mut(), &buffer);
        buffer
    }

    pub(super) fn ask(&self, tag: Tag, asker: Asker<Incoming>) {
        self.requests.borrow_mut().push((tag, asker));
    }

    /// Who asked, to be told or forgotten while nothing is borrowed: even dropping it wakes a task.
    pub(super) fn take_asker(&self, tag: Tag) -> Option<Asker<Incoming>> {
        let mut requests = self.requests.borrow_mut();
        let at = requests.iter().position(|(other, _)| *other == tag)?;
        Some(requests.swap_remove(at).1)
    }

    pub(super) fn subscribe(&self, subscribed: &Rc<Subscribed<Incoming>>) {
        let mut subscriptions = self.subscriptions.borrow_mut();
        let at = subscriptions.partition_point(|other| other.tag < subscribed.tag);
        subscriptions.insert(at, Rc::clone(subscribed));
    }

    /// The subscription that is none any more, to be ended or forgotten while nothing is borrowed.
    pub(super) fn unsubscribe(&self, tag: Tag) -> Option<Rc<Subscribed<Incoming>>> {
        let mut subscriptions = self.subscriptions.borrow_mut();
        let at = subscriptions.iter().position(|subscribed| subscribed.tag == tag)?;
        Some(subscriptions.remove(at))
    }

    /// Has the task that waits with this handle woken at the next turn of events.
    pub(super) fn wait(&self, handle: &Rc<Handle>, waker: &Waker) {
        let mut wakers = self.wakers.borrow_mut();
        let gone: Vec<_> = wakers.extract_if(.., |(handle, _)| handle.strong_count() == 0).collect();
        let knows =
            |(other, known): &(Weak<Handle>, Waker)| other.as_ptr() == Rc::as_ptr(handle) && known.will_wake(waker);
        if !wakers.iter().any(knows) {
            wakers.push((Rc::downgrade(handle), waker.clone()));
        }
        // Only when no borrow is held: what they would wake may be dropped with them.
        drop(wakers);
        drop(gone);
    }

    /// A message came, with the number that it carries.
    pub(super) fn receive(&self, tag: Option<Tag>, message: Incoming) {
        let overrun = match self.subscribed(tag, &message) {
            Some(subscribed) => subscribed.messages.push(message),
            None => self.spread(message),
        };
        if overrun {
            self.tell(&Event::Overrun);
        }
    }

    /// To all who overhear, or else into the one inbox. Says whether a reader has just fallen behind.
    fn spread(&self, message: Incoming) -> bool {
        let mut broadcasts = self.broadcasts.borrow_mut();
        broadcasts.retain(|buffer| buffer.strong_count() > 0);
        let overheard = !broadcasts.is_empty();
        drop(broadcasts);
        if !overheard {
            return self.messages.push(message);
        }
        let message = Rc::new(message);
        listening(&self.broadcasts).filter(|buffer| buffer.push(Rc::clone(&message))).count() > 0
    }

    /// One at a time: a matcher may call anything, so nothing is borrowed while it runs.
    fn subscribed(&self, tag: Option<Tag>, message: &Incoming) -> Option<Rc<Subscribed<Incoming>>> {
        let mut at = 0;
        loop {
            let subscribed = self.subscriptions.borrow().get(at).cloned()?;
            if subscribed.matches.as_ref().map_or(tag == Some(subscribed.tag), |matches| matches(message)) {
                return Some(subscribed);
            }
            // Where it is now, or was.
            at = self.subscriptions.borrow().partition_point(|other| other.tag <= subscribed.tag);
        }
    }

    pub(super) fn answer(&self, tag: Tag, answer: Result<Incoming, RequestError>) {
        if let Some(asker) = self.take_asker(tag) {
            // Who is gone does not want to know.
            let _ = asker.send(answer);
        }
    }

    pub(super) fn happened(&self, event: Told<Frame>) {
        if let Told::Unanswered { tag, why } = event {
            return match self.unsubscribe(tag) {
                Some(subscribed) => subscribed.messages.end(),
                None => self.answer(tag, Err(why.into())),
            };
        }
        if let Told::Closed { will_retry: false, .. } = event {
            for subscribed in self.subscriptions.take() {
                subscribed.messages.end();
            }
        }
        if let Some(event) = Event::from_core(event) {
            self.tell(&event);
        }
    }

    pub(super) fn tell(&self, event: &Event) {
        self.events.borrow_mut().retain(|buffer| buffer.strong_count() > 0);
        for buffer in listening(&self.events) {
            buffer.push(event.clone());
        }
    }

    pub(super) fn wake(&self) {
        if self.wakers.borrow().is_empty() {
            return;
        }
        for (_, waker) in self.wakers.take() {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::sync::Arc;
    use std::task::Wake;

    use super::*;
    use crate::client::event::Undecodable;
    use crate::codec::CodecError;

    struct Nothing;

    impl Wake for Nothing {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn streams_that_are_gone_leave_nothing_though_nothing_comes() {
        let hub = Hub::<()>::new(Inbox::default());
        for _ in 0..10 {
            drop((hub.listen(), hub.overhear(Inbox::default())));
        }
        assert_eq!((hub.events.borrow().len(), hub.broadcasts.borrow().len()), (1, 1));
    }

    #[test]
    fn the_wakers_of_those_that_wait_are_kept_and_no_others() {
        let hub = Hub::<()>::new(Inbox::default());
        let (task, handles) = (Arc::new(Nothing), [Rc::default(), Rc::default()]);
        let waker = Waker::from(Arc::clone(&task));
        let [first, second] = handles;
        for handle in [&first, &second, &first, &second] {
            hub.wait(handle, &waker);
        }
        assert_eq!(hub.wakers.borrow().len(), 2);
        drop(first);
        for _ in 0..10 {
            hub.wait(&Rc::default(), &Arc::new(Nothing).into());
        }
        let wakers = hub.wakers.borrow();
        assert_eq!(wakers.len(), 2);
        assert!(wakers[0].1.will_wake(&waker), "it waits with the second one");
    }

    /// An error of a codec of the user's, which calls back when it is dropped.
    struct Talkative(Weak<Hub<()>>);

    impl fmt::Debug for Talkative {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("talkative")
        }
    }

    impl fmt::Display for Talkative {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            fmt::Debug::fmt(self, f)
        }
    }

    impl std::error::Error for Talkative {}

    impl Drop for Talkative {
        fn drop(&mut self) {
            if let Some(hub) = self.0.upgrade() {
                drop(hub.listen());
            }
        }
    }

    #[test]
    fn an_event_that_gives_way_may_call_back_when_it_is_dropped() {
        let hub = Rc::new(Hub::<()>::new(Inbox::default()));
        let events = hub.listen();
        for _ in 0..=EVENTS_KEPT {
            let error = CodecError::new(Box::<dyn std::error::Error>::from(Talkative(Rc::downgrade(&hub))));
            hub.tell(&Event::Undecodable(Undecodable::Codec(Rc::new(error))));
        }
        assert_eq!(std::iter::from_fn(|| events.pop()).count(), EVENTS_KEPT);
    }
}
