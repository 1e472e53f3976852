//! The send queue: messages that are accepted and not yet handed to a connection. It is bounded by count and by bytes,
//! keeps the order within a priority, and never drops a message without handing it back.

use std::collections::VecDeque;

use super::{Instant, Overflow, QueueConfig};

/// What the core asks of a frame: how much it weighs. It never looks inside.
pub trait Frame {
    /// Bytes on the wire, without the framing: for text its UTF-8 bytes.
    fn byte_len(&self) -> usize;
}

/// A message that is to be sent, with what the user asked for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message<F> {
    /// What goes on the wire.
    pub frame: F,
    /// From when on it is no longer worth sending.
    pub expires: Option<Instant>,
    /// A newer message with the same key takes the place of a queued one.
    pub key: Option<Box<str>>,
    /// Higher goes first. Default: 0.
    pub priority: i32,
}

impl<F> Message<F> {
    /// A message with nothing asked for.
    pub const fn new(frame: F) -> Self {
        Self { frame, expires: None, key: None, priority: 0 }
    }

    fn is_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|at| at <= now)
    }
}

/// What became of a message that was offered to the queue, and which messages had to give way.
#[derive(Debug, PartialEq)]
pub(crate) enum Pushed<F> {
    /// It took the last place.
    Queued,
    /// It took the place of this one, which had the same key.
    Replaced(F),
    /// It took the last place and these had to go.
    MadeRoom(Vec<F>),
    /// There is no room for it.
    Full(F),
}

#[derive(Debug)]
struct Entry<F> {
    message: Message<F>,
    len: usize,
}

/// Sorted by priority, highest first; within one priority in the order of sending.
#[derive(Debug)]
pub(crate) struct SendQueue<F> {
    entries: VecDeque<Entry<F>>,
    bytes: usize,
    keyed: usize,
    config: QueueConfig,
}

/// A queue that has been larger than this gives its memory back when it runs empty.
const KEPT_CAPACITY: usize = 256;

impl<F: Frame> SendQueue<F> {
    pub(crate) const fn new(config: QueueConfig) -> Self {
        Self { entries: VecDeque::new(), bytes: 0, keyed: 0, config }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn push(&mut self, message: Message<F>) -> Pushed<F> {
        let entry = Entry { len: message.frame.byte_len(), message };
        if let Some(at) = self.position_of_key(&entry.message) {
            return self.replace(at, entry);
        }
        let mut made_room = Vec::new();
        if !self.has_room(entry.len) {
            match self.config.overflow {
                Overflow::DropOldest if self.can_make_room(&entry) => {
                    while !self.has_room(entry.len) {
                        let Some(victim) = self.oldest_of_lowest_priority() else { break };
                        made_room.extend(self.remove(victim).map(|message| message.frame));
                    }
                }
                _ => return Pushed::Full(entry.message.frame),
            }
        }
        self.insert(entry);
        if made_room.is_empty() { Pushed::Queued } else { Pushed::MadeRoom(made_room) }
    }

    /// Takes the message whose turn it is.
    pub(crate) fn pop(&mut self) -> Option<Message<F>> {
        self.remove(0)
    }

    /// Puts a message back that was taken and could not be handed over. It may pass a bound by this one message.
    pub(crate) fn put_back(&mut self, message: Message<F>) {
        let entry = Entry { len: message.frame.byte_len(), message };
        self.count(&entry);
        self.entries.push_front(entry);
    }

    /// Takes one message whose time is up.
    pub(crate) fn take_expired(&mut self, now: Instant) -> Option<F> {
        let at = self.entries.iter().position(|entry| entry.message.is_expired(now))?;
        self.remove(at).map(|message| message.frame)
    }

    /// When the next message runs out of time.
    pub(crate) fn next_expiry(&self) -> Option<Instant> {
        self.entries.iter().filter_map(|entry| entry.message.expires).min()
    }

    fn has_room(&self, len: usize) -> bool {
        self.entries.len() < self.config.max_messages && self.bytes.saturating_add(len) <= self.config.max_bytes
    }

    /// Whether the new message would fit, once every message that does not outrank it were gone.
    fn can_make_room(&self, entry: &Entry<F>) -> bool {
        let outranked = self.position_below(entry.message.priority.saturating_add(1));
        let kept: usize = self.entries.range(..outranked).map(|kept| kept.len).sum();
        outranked < self.config.max_messages && kept.saturating_add(entry.len) <= self.config.max_bytes
    }

    fn oldest_of_lowest_priority(&self) -> Option<usize> {
        let lowest = self.entries.back()?.message.priority;
        Some(self.position_below(lowest.saturating_add(1)))
    }

    /// The place of the first message whose priority is lower than `priority`.
    fn position_below(&self, priority: i32) -> usize {
        self.entries.partition_point(|entry| entry.message.priority >= priority)
    }

    fn position_of_key(&self, message: &Message<F>) -> Option<usize> {
        if self.keyed == 0 {
            return None;
        }
        let key = message.key.as_deref()?;
        self.entries.iter().position(|entry| entry.message.key.as_deref() == Some(key))
    }

    /// The newer message keeps the older one's place, so that a value which changes often still gets its turn.
    fn replace(&mut self, at: usize, entry: Entry<F>) -> Pushed<F> {
        let old = &self.entries[at];
        let fits = (self.bytes - old.len).saturating_add(entry.len) <= self.config.max_bytes;
        if !fits {
            return Pushed::Full(entry.message.frame);
        }
        if old.message.priority == entry.message.priority {
            self.bytes = self.bytes - old.len + entry.len;
            let old = std::mem::replace(&mut self.entries[at], entry);
            return Pushed::Replaced(old.message.frame);
        }
        let old = self.remove(at);
        self.insert(entry);
        old.map_or(Pushed::Queued, |message| Pushed::Replaced(message.frame))
    }

    fn insert(&mut self, entry: Entry<F>) {
        self.count(&entry);
        let at = self.position_below(entry.message.priority);
        self.entries.insert(at, entry);
    }

    fn count(&mut self, entry: &Entry<F>) {
        self.bytes += entry.len;
        self.keyed += usize::from(entry.message.key.is_some());
    }

    fn remove(&mut self, at: usize) -> Option<Message<F>> {
        let entry = self.entries.remove(at)?;
        self.bytes -= entry.len;
        self.keyed -= usize::from(entry.message.key.is_some());
        if self.entries.is_empty() && self.entries.capacity() > KEPT_CAPACITY {
            self.entries = VecDeque::new();
        }
        Some(entry.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Frame for &str {
        fn byte_len(&self) -> usize {
            self.len()
        }
    }

    fn queue(max_messages: usize, max_bytes: usize, overflow: Overflow) -> SendQueue<&'static str> {
        SendQueue::new(QueueConfig { max_messages, max_bytes, overflow, ttl: None })
    }

    fn with_priority(frame: &'static str, priority: i32) -> Message<&'static str> {
        Message { priority, ..Message::new(frame) }
    }

    fn with_key(frame: &'static str, key: &str) -> Message<&'static str> {
        Message { key: Some(key.into()), ..Message::new(frame) }
    }

    fn drained(queue: &mut SendQueue<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.pop().map(|message| message.frame)).collect()
    }

    #[test]
    fn order_is_kept_within_a_priority_and_higher_goes_first() {
        let mut queue = queue(9, 99, Overflow::Reject);
        for (frame, priority) in [("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -1)] {
            assert_eq!(queue.push(with_priority(frame, priority)), Pushed::Queued);
        }
        assert_eq!(queue.bytes(), 5);
        assert_eq!(drained(&mut queue), ["b", "d", "a", "c", "e"]);
        assert_eq!((queue.len(), queue.bytes()), (0, 0));
    }

    #[test]
    fn both_bounds_reject_and_hand_the_message_back() {
        let mut queue = queue(2, 4, Overflow::Reject);
        assert_eq!(queue.push(Message::new("abc")), Pushed::Queued);
        assert_eq!(queue.push(Message::new("de")), Pushed::Full("de"));
        assert_eq!(queue.push(Message::new("d")), Pushed::Queued);
        assert_eq!(queue.push(Message::new("")), Pushed::Full(""));
        assert_eq!(drained(&mut queue), ["abc", "d"]);
    }

    #[test]
    fn the_oldest_of_the_lowest_priority_makes_room() {
        let mut queue = queue(9, 4, Overflow::DropOldest);
        for (frame, priority) in [("h", 1), ("a", 0), ("b", 0), ("c", 0)] {
            queue.push(with_priority(frame, priority));
        }
        assert_eq!(queue.push(Message::new("de")), Pushed::MadeRoom(vec!["a", "b"]));
        assert_eq!(drained(&mut queue), ["h", "c", "de"]);
    }

    #[test]
    fn a_message_that_cannot_fit_drops_nothing_else() {
        let mut queue = queue(9, 4, Overflow::DropOldest);
        queue.push(with_priority("hhh", 1));
        queue.push(Message::new("a"));
        assert_eq!(queue.push(Message::new("bc")), Pushed::Full("bc"));
        assert_eq!(queue.push(Message::new("toolong")), Pushed::Full("toolong"));
        assert_eq!(drained(&mut queue), ["hhh", "a"]);
    }

    #[test]
    fn a_newer_message_with_the_same_key_takes_the_place_of_the_older() {
        let mut queue = queue(3, 9, Overflow::Reject);
        queue.push(with_key("x1", "x"));
        queue.push(Message::new("a"));
        queue.push(with_key("y1", "y"));
        assert_eq!(queue.push(with_key("x22", "x")), Pushed::Replaced("x1"));
        assert_eq!(queue.bytes(), 6);
        assert_eq!(drained(&mut queue), ["x22", "a", "y1"]);
    }

    #[test]
    fn a_replacement_of_another_priority_moves() {
        let mut queue = queue(3, 9, Overflow::Reject);
        queue.push(Message::new("a"));
        queue.push(with_key("x1", "x"));
        let urgent = Message { priority: 1, ..with_key("x2", "x") };
        assert_eq!(queue.push(urgent), Pushed::Replaced("x1"));
        assert_eq!(drained(&mut queue), ["x2", "a"]);
    }

    #[test]
    fn what_is_put_back_goes_first() {
        let mut queue = queue(2, 9, Overflow::Reject);
        queue.push(Message::new("a"));
        queue.push(Message::new("b"));
        let taken = queue.pop().unwrap();
        queue.put_back(taken);
        assert_eq!(drained(&mut queue), ["a", "b"]);
    }

    #[test]
    fn messages_run_out_of_time_one_by_one() {
        let mut queue = queue(9, 99, Overflow::Reject);
        let until = |frame, at| Message { expires: Some(Instant::from_millis(at)), ..Message::new(frame) };
        queue.push(until("a", 50));
        queue.push(Message::new("b"));
        queue.push(until("c", 20));
        assert_eq!(queue.next_expiry(), Some(Instant::from_millis(20)));
        assert_eq!(queue.take_expired(Instant::from_millis(19)), None);
        assert_eq!(queue.take_expired(Instant::from_millis(20)), Some("c"));
        assert_eq!(queue.take_expired(Instant::from_millis(20)), None);
        assert_eq!(drained(&mut queue), ["a", "b"]);
    }

    #[test]
    fn an_emptied_queue_gives_its_memory_back() {
        let mut queue = queue(100_000, 1 << 20, Overflow::Reject);
        for _ in 0..100_000 {
            queue.push(Message::new("0123456789"));
        }
        assert_eq!(drained(&mut queue).len(), 100_000);
        assert_eq!(queue.entries.capacity(), 0);
    }
}
