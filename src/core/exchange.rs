//! Messages that are followed by a number: requests, which end with an answer or with the reason that there is none, and
//! subscriptions, which every new connection is told of before anything else.

use super::Duration;
use std::num::NonZeroU32;

use super::event::{DropReason, Event, Output};
use super::machine::Core;
use super::sending::{Accepted, SendError};
use super::timers::Timer;
use super::{Frame, Instant, Message};

/// A request whose deadline is met late gets this much more: its answer may already stand in the page's task queue.
const GRACE: Duration = Duration::from_secs(1);

/// The number that a message is followed by. One socket never uses a number twice, whatever the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(NonZeroU32);

impl Tag {
    /// The number, from 1 on.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0.get()
    }

    /// The tag with a number, where there can be one.
    #[must_use]
    pub const fn from_number(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

/// Why a request has no answer, or a subscription has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// None came in time.
    Timeout,
    /// The connection that it was sent on is gone.
    Lost,
    /// It was not sent.
    Dropped(DropReason),
}

#[derive(Debug)]
pub(super) struct Exchange<F> {
    next: NonZeroU32,
    pub(super) dropped: u64,
    requests: Vec<Request<F>>,
    subscriptions: Vec<(Tag, F)>,
}

#[derive(Debug)]
struct Request<F> {
    tag: Tag,
    due: Instant,
    /// Its deadline was met late, and it got more time.
    graced: bool,
    /// Whether it may be sent to a second connection when the first is lost.
    repeat: bool,
    /// It was handed to the connection.
    away: bool,
    /// It ends now.
    over: bool,
    /// What is handed to the next one: while it is away, if it may be repeated.
    kept: Option<Message<F>>,
}

impl<F> Default for Exchange<F> {
    fn default() -> Self {
        Self { next: NonZeroU32::MIN, dropped: 0, requests: Vec::new(), subscriptions: Vec::new() }
    }
}

impl<F> Exchange<F> {
    fn find(&mut self, tag: Option<Tag>) -> Option<&mut Request<F>> {
        self.requests.iter_mut().find(|request| Some(request.tag) == tag)
    }

    fn take(&mut self, tag: Tag) -> Option<Request<F>> {
        let at = self.requests.iter().position(|request| request.tag == tag)?;
        Some(self.requests.remove(at))
    }

    fn subscription(&self, tag: Option<Tag>) -> Option<usize> {
        self.subscriptions.iter().position(|(other, _)| Some(*other) == tag)
    }

    /// What is told of a message that will not be sent.
    pub(super) fn dropped(&mut self, message: Message<F>, reason: DropReason) -> Output<F> {
        self.dropped += 1;
        Output::Event(match message.tag {
            Some(tag) if self.take(tag).is_some() => Event::Unanswered { tag, why: Unanswered::Dropped(reason) },
            _ => Event::Dropped { frame: message.frame, reason },
        })
    }

    /// Tells it.
    pub(super) fn drop(&mut self, outputs: &mut Vec<Option<Output<F>>>, message: Message<F>, reason: DropReason) {
        outputs.push(Some(self.dropped(message, reason)));
    }

    /// How many subscriptions there are.
    pub(super) const fn subscribed(&self) -> usize {
        self.subscriptions.len()
    }
}

impl<F: Frame> Core<F> {
    /// A number for a message.
    pub fn tag(&mut self) -> Tag {
        let next = self.exchange.next;
        self.exchange.next = next.checked_add(1).unwrap_or(NonZeroU32::MIN);
        Tag(next)
    }

    /// Sends a message, which must have a tag, and waits for its answer. It ends with [`replied`](Self::replied) or
    /// with [`Event::Unanswered`]. A request that may be repeated is sent again when the connection is lost.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn request(
        &mut self,
        now: Instant,
        message: Message<F>,
        timeout: Duration,
        repeat: bool,
    ) -> Result<Accepted, SendError<F>> {
        self.advance(now);
        let Some(tag) = message.tag else { return self.send(now, message) };
        let due = self.now + timeout;
        self.exchange.requests.push(Request { tag, due, graced: false, repeat, away: false, over: false, kept: None });
        let accepted = self.send(now, message);
        if accepted.is_err() {
            self.exchange.take(tag);
        } else {
            // Where it ends before, nothing is due then: to look for the next each time would take as long as there are many.
            self.timers.set_earlier(Timer::Request, due);
        }
        accepted
    }

    /// Whether a message with this tag, which came in, is the answer to a request. It is no request after that.
    pub fn replied(&mut self, tag: Tag) -> bool {
        let Some(request) = self.exchange.take(tag) else { return false };
        // One that was to be repeated and still waits for that is not wanted any more.
        if !request.away {
            self.queue.take_tagged(tag);
        }
        true
    }

    /// Takes a message out of the queue again, and forgets that there is a request.
    pub fn cancel(&mut self, now: Instant, tag: Tag) {
        self.advance(now);
        match self.queue.take_tagged(tag) {
            Some(message) => self.drop(message, DropReason::Aborted),
            None if self.exchange.take(tag).is_some() => {
                self.push(unanswered(tag, Unanswered::Dropped(DropReason::Aborted)));
            }
            None => {}
        }
        if self.exchange.requests.is_empty() {
            self.timers.stop(Timer::Request);
        }
    }

    /// Tells this connection, and each that follows, before anything that is queued.
    ///
    /// # Errors
    /// When the socket is closed for good.
    pub fn subscribe(&mut self, tag: Tag, frame: F) -> Result<(), F> {
        if self.is_ending() {
            return Err(frame);
        }
        self.exchange.subscriptions.push((tag, frame));
        Ok(())
    }

    /// Forgets a subscription. Says whether the current connection has been told of it, and takes messages still: it may be
    /// told that it is over, past the queue, so that one to the same again comes behind that.
    pub fn unsubscribe(&mut self, tag: Tag) -> bool {
        let Some(at) = self.exchange.subscription(Some(tag)) else { return false };
        self.exchange.subscriptions.remove(at);
        let told = at < self.link.told;
        self.link.told -= usize::from(told);
        told && self.link.flows
    }

    /// Whether the connection knows all subscriptions.
    pub(super) const fn is_told(&self) -> bool {
        self.link.told >= self.exchange.subscribed()
    }

    /// The next subscription that the connection is to be told of.
    pub(super) fn tell_subscription(&mut self) -> Option<Message<F>> {
        let (tag, frame) = self.exchange.subscriptions.get(self.link.told)?;
        let message = Message { tag: Some(*tag), ..Message::new(frame.clone()) };
        self.link.told += 1;
        Some(message)
    }

    /// A message is handed to the connection.
    pub(super) fn follow_up(&mut self, message: &Message<F>) {
        if let Some(request) = self.exchange.find(message.tag) {
            request.away = true;
            request.kept = request.repeat.then(|| message.clone());
        }
    }

    /// A message comes back from a connection that did not take it; nothing where it is a subscription, which the next
    /// connection is told of anyway.
    pub(super) fn come_back(&mut self, message: Message<F>) -> Option<Message<F>> {
        if self.exchange.subscription(message.tag).is_some() {
            return None;
        }
        if let Some(request) = self.exchange.find(message.tag) {
            request.away = false;
            request.kept = None;
        }
        Some(message)
    }

    /// The connection refused this message: if it is a subscription, no other will be told of it, and nothing comes for it.
    pub(super) fn give_up_subscription(&mut self, message: &Message<F>) {
        if let Some(tag) = message.tag
            && self.exchange.subscription(message.tag).is_some()
        {
            self.unsubscribe(tag);
            self.push(unanswered(tag, Unanswered::Dropped(DropReason::Refused)));
        }
    }

    /// The connection is gone, and with it the answers to what it was sent.
    pub(super) fn lose_requests(&mut self) {
        // Each goes to the head of its priority: the oldest last, so that it is first.
        for at in (0..self.exchange.requests.len()).rev() {
            let request = &mut self.exchange.requests[at];
            match request.kept.take() {
                // Where a newer message with its key is queued, that is what counts.
                Some(message) if self.queue.position_of_key(&message).is_none() => {
                    request.away = false;
                    self.watch_expiry(message.expires);
                    self.queue.put_back(message);
                }
                _ => request.over = request.away,
            }
        }
        self.end_requests(Unanswered::Lost);
    }

    pub(super) fn forget_subscriptions(&mut self) {
        self.exchange.subscriptions = Vec::new();
    }

    /// The time of a request is up.
    pub(super) fn requests_are_due(&mut self, late: bool) {
        for request in &mut self.exchange.requests {
            if request.due > self.now {
                continue;
            }
            if late && !request.graced {
                request.graced = true;
                request.due = self.now + GRACE;
            } else {
                request.over = true;
            }
        }
        self.end_requests(Unanswered::Timeout);
    }

    fn end_requests(&mut self, why: Unanswered) {
        let mut at = 0;
        while let Some(&Request { tag, away, over, .. }) = self.exchange.requests.get(at) {
            if over {
                self.exchange.requests.remove(at);
                // One that still waits to be sent is not wanted any more.
                if !away {
                    self.queue.take_tagged(tag);
                }
                self.push(unanswered(tag, why));
            } else {
                at += 1;
            }
        }
        let due = self.exchange.requests.iter().map(|request| request.due);
        self.timers.set(Timer::Request, due.fold(Instant::NEVER, Ord::min));
    }
}

const fn unanswered<F>(tag: Tag, why: Unanswered) -> Output<F> {
    Output::Event(Event::Unanswered { tag, why })
}
