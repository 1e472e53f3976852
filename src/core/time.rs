//! The core's own clock value. It reads no clock: whoever drives the core says what time it is, so tests write plain
//! numbers and wasm never meets `std::time::Instant`, which panics there.

use std::fmt;
use std::ops::{Add, Sub};

use super::duration::{Duration, millis};

/// A moment, in whole milliseconds since an origin that the driver picks. It never goes backwards and counts the time
/// that the machine slept.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// Later than all others. It is what an `Option` would have as `None`, and needs neither its room nor its branches:
    /// the earlier of two moments is the smaller one, whether there is another or not.
    pub const NEVER: Self = Self(u64::MAX);

    /// The moment `millis` milliseconds after the origin.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the origin.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instant").field(&self.as_millis()).finish()
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    /// No moment that a clock shows and no duration takes more than half of the room, see `FOREVER`.
    fn add(self, duration: Duration) -> Self {
        Self(self.0 + millis(duration))
    }
}

impl Sub for Instant {
    type Output = Duration;

    /// The time between two moments; zero when `earlier` is the later one.
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
