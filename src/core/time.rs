//! The core's own clock value. It reads no clock: whoever drives the core says what time it is, so tests write plain
//! numbers and wasm never meets `std::time::Instant`, which panics there.

use std::ops::{Add, Sub};
use std::time::Duration;

/// A moment, in whole milliseconds since an origin that the driver picks. It never goes backwards and counts the time
/// that the machine slept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
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

/// A duration in whole milliseconds, saturating: `Duration::MAX` stands for "never".
///
/// Never inlined: it is called in a dozen places and larger than it looks.
#[inline(never)]
pub(crate) fn millis(duration: Duration) -> u64 {
    duration.as_secs().saturating_mul(1000).saturating_add(u64::from(duration.subsec_millis()))
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
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
