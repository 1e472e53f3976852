//! What becomes of a message: handed over, queued, held back, dropped; and why.

use super::Duration;

use super::event::{DropReason, Event, Generation, Output};
use super::machine::{Core, Phase};
use super::queue::Message;
use super::timers::Timer;
use super::{Frame, Instant, Overflow, QueueConfig};

/// A connection that is held back is asked this soon whether it has room again, then ever later up to the longest.
const DRAIN_SHORTEST_MILLIS: u64 = 4;
const DRAIN_LONGEST_MILLIS: u64 = 64;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It was handed to the connection.
    Sent,
    /// It waits in the queue.
    Queued,
    /// The queue was full and its policy dropped this message; the drop is reported.
    Dropped,
}

/// A message that was not accepted, with the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError<F> {
    /// The socket is closed, or about to be.
    #[error("the socket is closed")]
    Closed(F),
    /// The send queue is full.
    #[error("the send queue is full")]
    Full(F),
}

impl<F: Frame> Core<F> {
    /// Takes a message in. Call [`poll`](Self::poll) afterwards. Unless messages
    /// [may expire](Self::messages_expire), `now` may be an earlier moment, such as the origin.
    ///
    /// # Errors
    /// When the socket is closed for good, or the queue is full and its policy is to reject.
    pub fn send(&mut self, now: Instant, mut message: Message<F>) -> Result<Accepted, SendError<F>> {
        self.advance(now);
        if self.is_ending() {
            return Err(SendError::Closed(message.frame));
        }
        // In a page that is busy or throttled timers come late: what has run out of time takes no room till then.
        if self.timers.get(Timer::Expiry) <= self.now {
            self.drop_expired();
        }
        if let Some(ttl) = self.config.queue.ttl
            && message.expires == Instant::NEVER
        {
            message.expires = self.now + ttl;
        }
        let expires = message.expires;
        let Self { queue, outputs, exchange, config, .. } = self;
        match queue.push(message, &config.queue, |message, reason| exchange.drop(outputs, message, reason)) {
            Ok(()) => {}
            // The bounds are those of what waits.
            Err(message) if self.can_transmit().is_some() => self.queue.put_back(message),
            Err(message) if self.config.queue.overflow == Overflow::Reject => {
                return Err(SendError::Full(message.frame));
            }
            Err(message) => {
                self.drop(message, DropReason::Overflow);
                return Ok(Accepted::Dropped);
            }
        }
        self.watch_expiry(expires);
        Ok(Accepted::Queued)
    }

    /// Whether messages may run out of time: those that are queued, or one for which nothing was asked.
    #[must_use]
    pub fn messages_expire(&self) -> bool {
        self.config.queue.ttl.is_some() || self.timers.get(Timer::Expiry) != Instant::NEVER
    }

    /// Whether the socket is closed for good, or about to be.
    pub(super) const fn is_ending(&self) -> bool {
        match self.phase {
            Phase::Closed => true,
            Phase::Closing => !self.closing.reopen,
            _ => false,
        }
    }

    pub(super) fn drop(&mut self, message: Message<F>, reason: DropReason) {
        self.exchange.drop(&mut self.outputs, message, reason);
    }

    pub(super) fn watch_expiry(&mut self, expires: Instant) {
        self.timers.set_earlier(Timer::Expiry, expires);
    }

    /// The connection that takes a message now, past the queue: it is open, nothing is queued and nothing held back.
    #[must_use]
    pub fn can_transmit(&self) -> Option<Generation> {
        (self.link.flows && self.queue.is_empty() && self.is_told() && self.has_credit()).then_some(self.generation)
    }

    /// Whether a message would not wait, or less than the high-water mark and half of the largest sum of sizes is queued and
    /// one more fits by count: who waits for this before each message never fills the queue with messages of up to that half.
    #[must_use]
    pub fn has_room(&self) -> bool {
        let QueueConfig { max_messages, max_bytes, .. } = self.config.queue;
        let bytes = self.config.high_water_mark.min(max_bytes.div_ceil(2) as u64);
        self.can_transmit().is_some() || (self.queue.len() < max_messages && (self.queue.bytes() as u64) < bytes)
    }

    /// How many bytes the connection takes before it is to be [measured](Self::wants_measure); the message that goes beyond
    /// it is taken too.
    #[must_use]
    pub const fn credit(&self) -> u64 {
        self.config.high_water_mark.saturating_sub(self.link.unsent)
    }

    /// Whether that is anything: the subtraction is more than the fast path has to know.
    const fn has_credit(&self) -> bool {
        self.link.unsent < self.config.high_water_mark
    }

    /// So many messages, of `len` bytes together, were handed over past the queue. An estimate that is too high does no
    /// harm.
    pub const fn transmitted(&mut self, count: u32, len: u64) {
        self.statistics.sent += count as u64;
        self.link.unsent = self.link.unsent.saturating_add(len);
    }

    /// A message that was [handed over](Self::transmitted) was not taken.
    pub const fn untransmitted(&mut self) {
        self.statistics.sent = self.statistics.sent.saturating_sub(1);
    }

    /// The open connection that has used up its credit: the driver may measure it at once and so keep to the fast path.
    #[must_use]
    pub fn wants_measure(&self) -> Option<Generation> {
        (self.link.flows && self.queue.is_empty() && !self.has_credit()).then_some(self.generation)
    }

    /// The connection did not take this message because it is closing: it goes back to the head of the queue, and nothing
    /// more goes to that connection.
    pub fn take_back(&mut self, generation: Generation, message: Message<F>) {
        self.untransmitted();
        if self.phase == Phase::Closed {
            return self.drop(message, DropReason::Closed);
        }
        if let Some(message) = self.come_back(message) {
            self.watch_expiry(message.expires);
            self.queue.put_back(message);
        }
        self.stall(generation);
    }

    /// The connection takes nothing more: the peer has begun to close it. If it never ends, it is abandoned.
    pub fn stall(&mut self, generation: Generation) {
        if generation != self.generation {
            return;
        }
        self.link.flows = false;
        match self.phase {
            Phase::Open => self.timers.set_earlier(Timer::Close, self.now + self.config.close_timeout),
            Phase::Closing => self.closing.flush = false,
            _ => {}
        }
    }

    /// The connection refused this message, and would again: it is dropped alone.
    pub fn refused(&mut self, message: Message<F>) {
        self.untransmitted();
        self.give_up_subscription(&message);
        self.drop(message, DropReason::Refused);
    }

    pub(crate) fn measured(&mut self, unsent: u64) {
        self.link.measuring = false;
        self.link.backlog.measured(unsent);
        self.link.unsent = unsent;
        let flushing = self.awaits.flush && self.queue.is_empty();
        if flushing && unsent == 0 {
            self.awaits.flush = false;
            self.tell(Event::Flushed);
        }
        if self.has_credit() && !(flushing && unsent > 0) {
            self.link.drain_delay_millis = 0;
        } else if self.link.flows {
            let delay = (self.link.drain_delay_millis * 2).clamp(DRAIN_SHORTEST_MILLIS, DRAIN_LONGEST_MILLIS);
            self.link.drain_delay_millis = delay;
            self.set_timer(Timer::Drain, Duration::from_millis(delay));
        }
    }

    /// The peer is to answer what goes out now: behind all that is not sent, and before a close frame what is queued too.
    pub(super) fn expect_answer(&mut self) {
        let ahead = self.link.unsent.saturating_add(self.queue.bytes() as u64);
        self.link.backlog.begin(ahead);
    }

    /// The next message for the connection, or the close frame that follows the last.
    pub(super) fn next_transmission(&mut self) -> Option<Output<F>> {
        let closing = self.phase == Phase::Closing;
        if closing && self.closing.flush && self.closing.shut.is_some() && !self.queue.is_empty() {
            return self.transmit();
        }
        if self.link.backlog.take_wanted() {
            return Some(Output::Measure(self.generation));
        }
        if closing {
            let (code, reason) = self.closing.shut.take()?;
            return Some(Output::Shut { generation: self.generation, code, reason });
        }
        let idle = self.queue.is_empty() && self.is_told();
        let waits = self.awaits.flush || (self.awaits.room && !self.has_credit());
        if !self.link.flows || (idle && !waits) {
            return None;
        }
        if self.has_credit() && !idle {
            return self.transmit_subscription().or_else(|| self.transmit());
        }
        if self.link.measuring || self.timers.get(Timer::Drain) != Instant::NEVER {
            return None;
        }
        self.link.measuring = true;
        Some(Output::Measure(self.generation))
    }

    /// Has [`Event::Room`] told as soon as there is room, see [`has_room`](Self::has_room).
    pub const fn await_room(&mut self) {
        self.awaits.room = true;
    }

    /// Has [`Event::Flushed`] told as soon as nothing is queued and the connection has sent all that it was given.
    pub const fn await_flush(&mut self) {
        self.awaits.flush = true;
    }

    /// What somebody waits for and has come about. Whether an open connection has sent all, only measuring tells.
    pub(super) fn next_awaited(&mut self) -> Option<Output<F>> {
        if self.awaits.room && self.has_room() {
            self.awaits.room = false;
            return Some(Output::Event(Event::Room));
        }
        let unconnected = !matches!(self.phase, Phase::Open | Phase::Closing);
        if self.awaits.flush && unconnected && self.queue.is_empty() {
            self.awaits.flush = false;
            return Some(Output::Event(Event::Flushed));
        }
        None
    }

    fn transmit_subscription(&mut self) -> Option<Output<F>> {
        let message = self.tell_subscription()?;
        Some(self.hand_over(message))
    }

    fn transmit(&mut self) -> Option<Output<F>> {
        let message = self.queue.pop()?;
        // A time to live of 0 means "now or never", and this is now.
        if message.expires < self.now {
            return Some(self.exchange.dropped(message, DropReason::Expired));
        }
        self.follow_up(&message);
        Some(self.hand_over(message))
    }

    fn hand_over(&mut self, message: Message<F>) -> Output<F> {
        self.transmitted(1, message.frame.byte_len() as u64);
        Output::Transmit(self.generation, message)
    }

    pub(super) fn drop_expired(&mut self) {
        let Self { queue, outputs, exchange, .. } = self;
        let next = queue.take_expired(self.now, |message| exchange.drop(outputs, message, DropReason::Expired));
        // To look through all of a queue takes as long as it is: the longer, the more rarely.
        let pause = Duration::from_millis(self.queue.len() as u64 / 64);
        self.timers.set(Timer::Expiry, next.max(self.now + pause));
    }
}
