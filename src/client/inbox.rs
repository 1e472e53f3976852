//! What has come and has not been read yet. It is bounded: a server that sends faster than the application reads must not
//! fill the memory.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// How many messages may wait to be read, and what gives way when more come. That is told by one
/// [`Event::Overrun`](super::Event::Overrun) each time that the reader falls behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inbox {
    /// The oldest make room for the new ones.
    DropOldest(usize),
    /// The new ones are dropped.
    DropNewest(usize),
    /// The new ones are dropped, and the stream ends behind those that wait.
    End(usize),
}

impl Default for Inbox {
    /// The oldest of 100,000.
    fn default() -> Self {
        Self::DropOldest(100_000)
    }
}

#[derive(Debug)]
pub(crate) struct Buffer<T> {
    waiting: RefCell<VecDeque<T>>,
    inbox: Inbox,
    behind: Cell<bool>,
    ended: Cell<bool>,
}

impl<T> Buffer<T> {
    pub(crate) const fn new(inbox: Inbox) -> Self {
        Self { waiting: RefCell::new(VecDeque::new()), inbox, behind: Cell::new(false), ended: Cell::new(false) }
    }

    /// Says whether the reader has just fallen behind.
    pub(crate) fn push(&self, item: T) -> bool {
        if self.ended.get() {
            return false;
        }
        let (Inbox::DropOldest(capacity) | Inbox::DropNewest(capacity) | Inbox::End(capacity)) = self.inbox;
        let mut waiting = self.waiting.borrow_mut();
        let full = waiting.len() >= capacity;
        let surplus = match self.inbox {
            Inbox::DropOldest(1..) => {
                let oldest = if full { waiting.pop_front() } else { None };
                waiting.push_back(item);
                oldest
            }
            _ if full => Some(item),
            _ => {
                waiting.push_back(item);
                None
            }
        };
        // Dropped only when no borrow is held: a message may be of the application's own type.
        drop(waiting);
        drop(surplus);
        if full && matches!(self.inbox, Inbox::End(_)) {
            self.end();
        }
        full && !self.behind.replace(true)
    }

    pub(crate) fn pop(&self) -> Option<T> {
        let item = self.waiting.borrow_mut().pop_front();
        self.behind.set(self.behind.get() && item.is_some());
        item
    }

    /// Nothing more is taken in.
    pub(crate) fn end(&self) {
        self.ended.set(true);
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended.get()
    }

    pub(super) fn begin_anew(&self) {
        self.ended.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(buffer: &Buffer<u32>) -> Vec<u32> {
        std::iter::from_fn(|| buffer.pop()).collect()
    }

    #[test]
    fn the_oldest_make_room_and_it_is_told_once_for_each_time() {
        let buffer = Buffer::new(Inbox::DropOldest(2));
        assert_eq!([1, 2, 3, 4].map(|number| buffer.push(number)), [false, false, true, false]);
        assert_eq!(read(&buffer), [3, 4]);
        assert_eq!([5, 6, 7].map(|number| buffer.push(number)), [false, false, true]);
    }

    #[test]
    fn the_new_ones_are_dropped() {
        let buffer = Buffer::new(Inbox::DropNewest(2));
        assert_eq!([1, 2, 3].map(|number| buffer.push(number)), [false, false, true]);
        assert_eq!(read(&buffer), [1, 2]);
        assert!(!buffer.is_ended());
    }

    #[test]
    fn the_end_comes_behind_what_waits_and_can_be_begun_anew() {
        let buffer = Buffer::new(Inbox::End(1));
        assert_eq!([1, 2, 3].map(|number| buffer.push(number)), [false, true, false]);
        assert!(buffer.is_ended());
        assert_eq!(read(&buffer), [1]);
        buffer.begin_anew();
        buffer.push(4);
        assert_eq!(read(&buffer), [4]);
    }

    #[test]
    fn an_inbox_for_nothing_keeps_nothing() {
        for inbox in [Inbox::DropOldest(0), Inbox::DropNewest(0), Inbox::End(0)] {
            let buffer = Buffer::new(inbox);
            assert!(buffer.push(1));
            assert_eq!(buffer.pop(), None);
        }
    }
}
