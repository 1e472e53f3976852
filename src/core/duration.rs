//! A stretch of time: the standard one, but in the npm package. Nobody there ever sees it, and one of whole milliseconds,
//! which is all that anybody counts in, takes half a kilobyte less. The core asks nothing of either that the other has not.

/// More milliseconds are none: then those of a moment and of a duration together are a number still.
pub(crate) const FOREVER: u64 = i64::MAX as u64;

#[cfg(not(all(feature = "npm", not(feature = "client"))))]
mod standard {
    pub use std::time::Duration;

    /// Whole milliseconds, `FOREVER` at most.
    ///
    /// Never inlined: it is called in a dozen places and larger than it looks.
    #[inline(never)]
    pub(crate) fn millis(duration: Duration) -> u64 {
        let millis = duration.as_secs().saturating_mul(1000).saturating_add(u64::from(duration.subsec_millis()));
        millis.min(super::FOREVER)
    }
}
#[cfg(not(all(feature = "npm", not(feature = "client"))))]
pub use standard::*;

#[cfg(all(feature = "npm", not(feature = "client")))]
mod whole {
    /// Whole milliseconds. Named and built as the standard one is.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    pub struct Duration(u64);

    impl Duration {
        /// No time at all.
        pub const ZERO: Self = Self(0);

        /// So many milliseconds.
        #[must_use]
        pub const fn from_millis(millis: u64) -> Self {
            Self(millis)
        }

        /// So many seconds.
        #[must_use]
        pub const fn from_secs(seconds: u64) -> Self {
            Self(seconds.saturating_mul(1000))
        }

        /// Whether it is no time at all.
        #[must_use]
        pub const fn is_zero(self) -> bool {
            self.0 == 0
        }

        /// Both, one after the other.
        #[must_use]
        pub const fn saturating_add(self, other: Self) -> Self {
            Self(self.0.saturating_add(other.0))
        }
    }

    /// `FOREVER` at most, as nothing longer is ever made.
    pub(crate) const fn millis(duration: Duration) -> u64 {
        duration.0
    }
}
#[cfg(all(feature = "npm", not(feature = "client")))]
pub use whole::*;
