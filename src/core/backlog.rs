//! What the connection has not sent when the peer is to answer. The question goes out behind it, so on a slow line the answer
//! may be late for no fault of the peer's: it gets more time, as long as the backlog gets less.

/// More than this, in bytes, holds up what is sent after it.
const MUCH: u64 = 64 << 10;

#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// What was found when the connection was measured last.
    unsent: u64,
    /// It got less since the peer was given time.
    shrinks: bool,
    /// The connection is to be measured.
    wanted: bool,
}

impl Backlog {
    /// The peer is asked something, behind so many bytes at the most.
    pub(super) const fn begin(&mut self, ahead: u64) {
        *self = Self { unsent: 0, shrinks: true, wanted: ahead >= MUCH };
    }

    pub(super) const fn measured(&mut self, unsent: u64) {
        self.shrinks |= unsent < self.unsent;
        self.unsent = unsent;
    }

    /// Whether the peer, which has not answered in time, gets as much again: once if there was much, and again if that got
    /// less.
    pub(super) const fn excuses(&mut self) -> bool {
        self.wanted = self.shrinks && self.unsent >= MUCH;
        self.shrinks = false;
        self.wanted
    }

    /// Whether to measure the connection now.
    pub(super) const fn take_wanted(&mut self) -> bool {
        std::mem::replace(&mut self.wanted, false)
    }
}
