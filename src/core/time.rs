//! The core's own clock value. It reads no clock: whoever drives the core says what time it is, so tests write plain
//! numbers and wasm never meets `std::time::Instant`, which panics there.

use std::fmt;
use std::num::NonZeroU64;
use std::ops::{Add, Sub};

use super::duration::{Duration, millis};

/// A moment, in whole milliseconds since an origin that the driver picks. It never goes backwards and counts the time
/// that the machine slept.
///
/// It is kept as one more than that: so a moment that may not be set takes no more room than one that is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(NonZeroU64);

impl Instant {
    /// The moment `millis` milliseconds after the origin.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(millis))
    }

    /// Milliseconds since the origin.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0.get() - 1
    }
}

impl Default for Instant {
    fn default() -> Self {
        Self::from_millis(0)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instant").field(&self.as_millis()).finish()
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }
}

impl Sub for Instant {
    type Output = Duration;

    /// The time between two moments; zero when `earlier` is the later one.
    fn sub(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.get().saturating_sub(earlier.0.get()))
    }
}
