//! The send queue: messages that are accepted and not yet handed to a connection. It is bounded by count and by bytes,
//! keeps the order within a priority, and never drops a message without handing it back.

use std::collections::VecDeque;

use super::{DropReason, Instant, Key, Overflow, QueueConfig, Tag};

/// What the core asks of a frame: how much it weighs, and another of the same for what may be sent twice. It never looks
/// inside.
pub trait Frame: Clone {
    /// Bytes on the wire, without the framing: for text its UTF-8 bytes.
    fn byte_len(&self) -> usize;
}

/// A message that is to be sent, with what the user asked for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message<F> {
    /// What goes on the wire.
    pub frame: F,
    /// From when on it is no longer worth sending. Default: [`Instant::NEVER`], or as the options say.
    pub expires: Instant,
    /// A newer message with the same key takes the place of a queued one.
    pub key: Option<Key>,
    /// Higher goes first. Default: 0.
    pub priority: i32,
    /// What it is followed by, if it is. Default: not at all.
    pub tag: Option<Tag>,
}

impl<F> Message<F> {
    /// A message with nothing asked for.
    pub const fn new(frame: F) -> Self {
        Self { frame, expires: Instant::NEVER, key: None, priority: 0, tag: None }
    }
}

/// Sorted by priority, highest first; within one priority in the order of sending.
#[derive(Debug)]
pub(crate) struct SendQueue<F> {
    entries: VecDeque<Message<F>>,
    bytes: usize,
    keyed: usize,
}

/// What has been larger than this gives its memory back when it runs empty.
const KEPT_CAPACITY: usize = 256;

impl<F: Frame> SendQueue<F> {
    pub(crate) const fn new() -> Self {
        Self { entries: VecDeque::new(), bytes: 0, keyed: 0 }
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

    /// Takes a message in, or hands it back where there is no room for it. `displaced` gets those that give way to it.
    pub(crate) fn push(
        &mut self,
        message: Message<F>,
        config: &QueueConfig,
        mut displaced: impl FnMut(Message<F>, DropReason),
    ) -> Result<(), Message<F>> {
        let older = self.position_of_key(&message);
        let fits = self.has_room(config, &message, older);
        if !fits && (config.overflow != Overflow::DropOldest || !self.can_make_room(config, &message)) {
            return Err(message);
        }
        let mut place = None;
        if let Some(at) = older {
            let replaced = self.remove(at);
            // A value which changes often still gets its turn: it keeps its place, unless its priority is another.
            place = Some(at).filter(|_| fits && replaced.priority == message.priority);
            displaced(replaced, DropReason::Replaced);
        }
        while !self.has_room(config, &message, None) {
            let Some(victim) = self.oldest_of_lowest_priority() else { break };
            displaced(self.remove(victim), DropReason::Overflow);
        }
        // As the last of its priority.
        let last = || self.first_at_most(i64::from(message.priority) - 1);
        self.insert_at(place.unwrap_or_else(last), message);
        Ok(())
    }

    /// Takes the message whose turn it is.
    pub(crate) fn pop(&mut self) -> Option<Message<F>> {
        (!self.is_empty()).then(|| self.remove(0))
    }

    /// Takes the message that is followed by a tag.
    pub(crate) fn take_tagged(&mut self, tag: Tag) -> Option<Message<F>> {
        let at = self.position(|message| message.tag == Some(tag))?;
        Some(self.remove(at))
    }

    /// Puts a message back that was taken and could not be handed over: it goes first among its priority. It may pass a
    /// bound by this one message.
    pub(crate) fn put_back(&mut self, message: Message<F>) {
        let at = self.first_at_most(message.priority.into());
        self.insert_at(at, message);
    }

    /// Gives every message whose time is up to `expired`, and answers when the next runs out of it. One pass, so that a long
    /// queue which expires as a whole takes no longer.
    pub(crate) fn take_expired(&mut self, now: Instant, mut expired: impl FnMut(Message<F>)) -> Instant {
        let mut next = Instant::NEVER;
        for _ in 0..self.len() {
            let Some(message) = self.pop() else { break };
            if message.expires <= now {
                expired(message);
            } else {
                next = next.min(message.expires);
                self.insert_at(self.len(), message);
            }
        }
        next
    }

    /// Whether the bounds allow this message, in the place of the `older` one if there is one.
    fn has_room(&self, config: &QueueConfig, message: &Message<F>, older: Option<usize>) -> bool {
        let (freed_count, freed_bytes) = older.map_or((0, 0), |at| (1, self.entries[at].frame.byte_len()));
        self.entries.len() - freed_count < config.max_messages
            && (self.bytes - freed_bytes).saturating_add(message.frame.byte_len()) <= config.max_bytes
    }

    /// Whether the new message would fit, once every message that does not outrank it were gone.
    fn can_make_room(&self, config: &QueueConfig, message: &Message<F>) -> bool {
        let outranked = self.first_at_most(message.priority.into());
        let kept: usize = (0..outranked).map(|at| self.entries[at].frame.byte_len()).sum();
        outranked < config.max_messages && kept.saturating_add(message.frame.byte_len()) <= config.max_bytes
    }

    fn oldest_of_lowest_priority(&self) -> Option<usize> {
        let lowest = self.entries.back()?.priority;
        Some(self.first_at_most(lowest.into()))
    }

    /// The place of the first message whose priority is not higher than `priority`. By index, as below.
    fn first_at_most(&self, priority: i64) -> usize {
        let (mut from, mut to) = (0, self.len());
        // Most messages go behind the last.
        let mut middle = to.saturating_sub(1);
        while from < to {
            if i64::from(self.entries[middle].priority) > priority {
                from = middle + 1;
            } else {
                to = middle;
            }
            middle = usize::midpoint(from, to);
        }
        from
    }

    pub(crate) fn position_of_key(&self, message: &Message<F>) -> Option<usize> {
        if self.keyed == 0 {
            return None;
        }
        let key = message.key.as_ref()?;
        self.position(|queued| queued.key.as_ref() == Some(key))
    }

    /// By index, as a deque's iterators are large: they go over two slices.
    fn position(&self, is_it: impl Fn(&Message<F>) -> bool) -> Option<usize> {
        (0..self.len()).find(|&at| self.entries.get(at).is_some_and(&is_it))
    }

    /// From the nearer end, message by message: most go to an end, and what the deque itself has for the others is large.
    fn insert_at(&mut self, at: usize, message: Message<F>) {
        self.count(&message);
        let last = self.entries.len();
        if at < last / 2 {
            self.entries.push_front(message);
            (0..at).for_each(|at| self.entries.swap(at, at + 1));
        } else {
            self.entries.push_back(message);
            (at..last).rev().for_each(|at| self.entries.swap(at, at + 1));
        }
    }

    /// Towards the nearer end, as [`insert_at`](Self::insert_at).
    fn remove(&mut self, at: usize) -> Message<F> {
        let last = self.entries.len() - 1;
        let message = if at <= last / 2 {
            (0..at).rev().for_each(|at| self.entries.swap(at, at + 1));
            self.entries.pop_front()
        } else {
            (at..last).for_each(|at| self.entries.swap(at, at + 1));
            self.entries.pop_back()
        }
        .expect("a message is at this place");
        self.uncount(&message);
        self.give_memory_back();
        message
    }

    fn count(&mut self, message: &Message<F>) {
        self.bytes += message.frame.byte_len();
        self.keyed += usize::from(message.key.is_some());
    }

    fn uncount(&mut self, message: &Message<F>) {
        self.bytes -= message.frame.byte_len();
        self.keyed -= usize::from(message.key.is_some());
    }

    fn give_memory_back(&mut self) {
        if self.entries.is_empty() && self.entries.capacity() > KEPT_CAPACITY {
            self.entries = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::{Deref, DerefMut};

    use super::*;

    impl Frame for &str {
        fn byte_len(&self) -> usize {
            self.len()
        }
    }

    /// A queue with its bounds.
    struct Bounded {
        queue: SendQueue<&'static str>,
        config: QueueConfig,
    }

    impl Deref for Bounded {
        type Target = SendQueue<&'static str>;
        fn deref(&self) -> &Self::Target {
            &self.queue
        }
    }

    impl DerefMut for Bounded {
        fn deref_mut(&mut self) -> &mut Self::Target {
            &mut self.queue
        }
    }

    fn queue(max_messages: usize, max_bytes: usize, overflow: Overflow) -> Bounded {
        Bounded { queue: SendQueue::new(), config: QueueConfig { max_messages, max_bytes, overflow, ttl: None } }
    }

    fn with_priority(frame: &'static str, priority: i32) -> Message<&'static str> {
        Message { priority, ..Message::new(frame) }
    }

    fn with_key(frame: &'static str, key: &str) -> Message<&'static str> {
        Message { key: Some(key.into()), ..Message::new(frame) }
    }

    fn push(
        Bounded { queue, config }: &mut Bounded,
        message: Message<&'static str>,
    ) -> Result<Vec<(&'static str, DropReason)>, &'static str> {
        let mut displaced = Vec::new();
        let pushed = queue.push(message, config, |message, reason| displaced.push((message.frame, reason)));
        pushed.map(|()| displaced).map_err(|message| message.frame)
    }

    fn expired(queue: &mut SendQueue<&'static str>, millis: u64) -> Vec<&'static str> {
        let mut expired = Vec::new();
        queue.take_expired(Instant::from_millis(millis), |message| expired.push(message.frame));
        expired
    }

    fn drained(queue: &mut SendQueue<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.pop().map(|message| message.frame)).collect()
    }

    #[test]
    fn order_is_kept_within_a_priority_and_higher_goes_first() {
        let mut queue = queue(9, 99, Overflow::Reject);
        for (frame, priority) in [("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -1)] {
            assert_eq!(push(&mut queue, with_priority(frame, priority)), Ok(vec![]));
        }
        assert_eq!(queue.bytes(), 5);
        assert_eq!(drained(&mut queue), ["b", "d", "a", "c", "e"]);
        assert_eq!((queue.len(), queue.bytes()), (0, 0));
    }

    #[test]
    fn both_bounds_reject_and_hand_the_message_back() {
        let mut queue = queue(2, 4, Overflow::Reject);
        assert_eq!(push(&mut queue, Message::new("abc")), Ok(vec![]));
        assert_eq!(push(&mut queue, Message::new("de")), Err("de"));
        assert_eq!(push(&mut queue, Message::new("d")), Ok(vec![]));
        assert_eq!(push(&mut queue, Message::new("")), Err(""));
        assert_eq!(drained(&mut queue), ["abc", "d"]);
    }

    #[test]
    fn the_oldest_of_the_lowest_priority_makes_room() {
        let mut queue = queue(9, 4, Overflow::DropOldest);
        for (frame, priority) in [("h", 1), ("a", 0), ("b", 0), ("c", 0)] {
            push(&mut queue, with_priority(frame, priority)).unwrap();
        }
        assert_eq!(
            push(&mut queue, Message::new("de")),
            Ok(vec![("a", DropReason::Overflow), ("b", DropReason::Overflow)])
        );
        assert_eq!(drained(&mut queue), ["h", "c", "de"]);
    }

    #[test]
    fn a_message_that_cannot_fit_drops_nothing_else() {
        let mut queue = queue(9, 4, Overflow::DropOldest);
        push(&mut queue, with_priority("hhh", 1)).unwrap();
        push(&mut queue, Message::new("a")).unwrap();
        assert_eq!(push(&mut queue, Message::new("bc")), Err("bc"));
        assert_eq!(push(&mut queue, Message::new("toolong")), Err("toolong"));
        assert_eq!(drained(&mut queue), ["hhh", "a"]);
    }

    #[test]
    fn a_newer_message_with_the_same_key_takes_the_place_of_the_older() {
        let mut queue = queue(3, 9, Overflow::Reject);
        push(&mut queue, with_key("x1", "x")).unwrap();
        push(&mut queue, Message::new("a")).unwrap();
        push(&mut queue, with_key("y1", "y")).unwrap();
        assert_eq!(push(&mut queue, with_key("x22", "x")), Ok(vec![("x1", DropReason::Replaced)]));
        assert_eq!(queue.bytes(), 6);
        assert_eq!(drained(&mut queue), ["x22", "a", "y1"]);
    }

    #[test]
    fn a_replacement_of_another_priority_moves() {
        let mut queue = queue(3, 9, Overflow::Reject);
        push(&mut queue, Message::new("a")).unwrap();
        push(&mut queue, with_key("x1", "x")).unwrap();
        let urgent = Message { priority: 1, ..with_key("x2", "x") };
        assert_eq!(push(&mut queue, urgent), Ok(vec![("x1", DropReason::Replaced)]));
        assert_eq!(drained(&mut queue), ["x2", "a"]);
    }

    #[test]
    fn a_replacement_that_does_not_fit_makes_room_where_the_oldest_give_way() {
        let mut queue = queue(9, 4, Overflow::DropOldest);
        for message in [Message::new("a"), with_key("x1", "x"), Message::new("b")] {
            push(&mut queue, message).unwrap();
        }
        assert_eq!(
            push(&mut queue, with_key("x22", "x")),
            Ok(vec![("x1", DropReason::Replaced), ("a", DropReason::Overflow)])
        );
        assert_eq!(queue.bytes(), 4);
        assert_eq!(drained(&mut queue), ["b", "x22"]);
    }

    #[test]
    fn the_highest_priority_of_all_gives_way_to_its_own_kind() {
        let mut queue = queue(1, 9, Overflow::DropOldest);
        push(&mut queue, with_priority("a", i32::MAX)).unwrap();
        assert_eq!(push(&mut queue, with_priority("b", i32::MAX)), Ok(vec![("a", DropReason::Overflow)]));
        assert_eq!(drained(&mut queue), ["b"]);
    }

    #[test]
    fn what_is_put_back_goes_first_among_its_priority() {
        let mut queue = queue(3, 9, Overflow::Reject);
        push(&mut queue, Message::new("a")).unwrap();
        push(&mut queue, Message::new("b")).unwrap();
        let taken = queue.pop().unwrap();
        push(&mut queue, with_priority("h", 1)).unwrap();
        queue.put_back(taken);
        assert_eq!(drained(&mut queue), ["h", "a", "b"]);
    }

    #[test]
    fn messages_run_out_of_time_one_by_one() {
        let mut queue = queue(9, 99, Overflow::Reject);
        let until = |frame, at| Message { expires: Instant::from_millis(at), ..Message::new(frame) };
        push(&mut queue, until("a", 50)).unwrap();
        push(&mut queue, Message::new("b")).unwrap();
        push(&mut queue, until("c", 20)).unwrap();
        let next = queue.take_expired(Instant::from_millis(19), |message| panic!("{message:?}"));
        assert_eq!(next, Instant::from_millis(20));
        assert_eq!(expired(&mut queue, 20), ["c"]);
        assert_eq!(expired(&mut queue, 20), [""; 0]);
        assert_eq!(drained(&mut queue), ["a", "b"]);
    }

    #[test]
    fn an_emptied_queue_gives_its_memory_back() {
        let mut queue = queue(100_000, 1 << 20, Overflow::Reject);
        for _ in 0..100_000 {
            push(&mut queue, Message::new("0123456789")).unwrap();
        }
        assert_eq!(drained(&mut queue).len(), 100_000);
        assert_eq!(queue.entries.capacity(), 0);
    }
}
