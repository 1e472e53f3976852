//! All deadlines of one socket in one table, so that one place answers "when do I wake next?".

use super::time::Instant;

/// What can be due. The order is the order in which deadlines of one moment are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// The dial has taken too long: it is abandoned.
    Connect,
    /// A dial reported an error and nothing since: the page forbids it, see [`Core`](super::Core).
    Orphan,
    /// The peer has not answered our close frame: the connection is abandoned.
    Close,
    /// The wait between two attempts is over: dial.
    Retry,
    /// The connection has lasted: the backoff starts from the beginning next time.
    Stable,
    /// Time for a heartbeat.
    Ping,
    /// The heartbeat should have been answered by now.
    Answer,
    /// Look again whether the connection has sent what it was given.
    Drain,
    /// The first queued message runs out of time.
    Expiry,
    /// A request should have been answered by now.
    Request,
}

impl Timer {
    const COUNT: usize = Self::Request as usize + 1;

    /// The one at a place of the table. No array of them: it would be the only memory of the package's wasm that is not
    /// empty at first.
    const fn at(place: usize) -> Self {
        match place {
            0 => Self::Connect,
            1 => Self::Orphan,
            2 => Self::Close,
            3 => Self::Retry,
            4 => Self::Stable,
            5 => Self::Ping,
            6 => Self::Answer,
            7 => Self::Drain,
            8 => Self::Expiry,
            _ => Self::Request,
        }
    }
}

/// When each [`Timer`] is due, if it is set.
#[derive(Debug)]
pub(crate) struct Timers([Instant; Timer::COUNT]);

impl Default for Timers {
    fn default() -> Self {
        Self([Instant::NEVER; Timer::COUNT])
    }
}

impl Timers {
    pub(crate) fn set(&mut self, timer: Timer, at: Instant) {
        self.0[timer as usize] = at;
    }

    /// Sets a deadline, unless there is an earlier one.
    ///
    /// Never inlined: it is called in half a dozen places and larger than it looks.
    #[inline(never)]
    pub(crate) fn set_earlier(&mut self, timer: Timer, at: Instant) {
        self.set(timer, at.min(self.get(timer)));
    }

    pub(crate) fn stop(&mut self, timer: Timer) {
        self.set(timer, Instant::NEVER);
    }

    /// Stops this one, and all that come before it.
    pub(crate) fn stop_up_to(&mut self, last: Timer) {
        self.0[..=last as usize].fill(Instant::NEVER);
    }

    pub(crate) const fn get(&self, timer: Timer) -> Instant {
        self.0[timer as usize]
    }

    /// The earliest deadline of all.
    pub(crate) fn next(&self) -> Instant {
        self.0.iter().copied().fold(Instant::NEVER, Ord::min)
    }

    /// Takes one deadline that is due at `now` off the table, with the moment that it was set for.
    pub(crate) fn take_expired(&mut self, now: Instant) -> Option<(Timer, Instant)> {
        let place = self.0.iter().position(|due| *due <= now)?;
        let due = std::mem::replace(&mut self.0[place], Instant::NEVER);
        Some((Timer::at(place), due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Instant {
        Instant::from_millis(millis)
    }

    #[test]
    fn the_earliest_deadline_is_next() {
        let mut timers = Timers::default();
        assert_eq!(timers.next(), Instant::NEVER);
        timers.set(Timer::Ping, at(30));
        timers.set(Timer::Stable, at(5));
        assert_eq!(timers.next(), at(5));
        timers.stop(Timer::Stable);
        assert_eq!(timers.next(), at(30));
    }

    #[test]
    fn a_deadline_can_be_brought_forward_only() {
        let mut timers = Timers::default();
        timers.set_earlier(Timer::Close, at(20));
        timers.set_earlier(Timer::Close, at(30));
        assert_eq!(timers.get(Timer::Close), at(20));
        timers.set_earlier(Timer::Close, at(10));
        assert_eq!(timers.get(Timer::Close), at(10));
    }

    #[test]
    fn an_expired_deadline_is_handed_out_once_with_its_moment() {
        let mut timers = Timers::default();
        timers.set(Timer::Retry, at(10));
        assert_eq!(timers.take_expired(at(9)), None);
        assert_eq!(timers.take_expired(at(25)), Some((Timer::Retry, at(10))));
        assert_eq!(timers.take_expired(at(25)), None);
    }
}
