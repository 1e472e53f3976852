//! Texts that pass through the core: keys, which it compares, and reasons of closes, of which it reads what a server can ask
//! for with one.

#[cfg(not(all(feature = "npm", not(feature = "client"))))]
mod standard {
    use super::super::Duration;

    /// What a message replaces an older one by.
    pub type Key = Box<str>;
    /// The reason in a close frame.
    pub type Reason = String;

    /// How long the server asks to wait before the next dial: `retry-after=2500` asks for 2.5 s.
    pub(crate) fn retry_after(reason: &Reason) -> Duration {
        let asked = reason.strip_prefix("retry-after=").and_then(|millis| millis.parse().ok());
        Duration::from_millis(asked.unwrap_or(0))
    }
}
#[cfg(not(all(feature = "npm", not(feature = "client"))))]
pub use standard::*;

/// The npm package keeps texts in JavaScript, and the core has their numbers.
#[cfg(all(feature = "npm", not(feature = "client")))]
mod numbered {
    use std::num::NonZeroU32;

    use super::super::Duration;

    /// What a message replaces an older one by.
    pub type Key = NonZeroU32;

    /// The reason in a close frame; 0 is none.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Reason {
        pub(crate) number: u32,
        /// In milliseconds. Nobody waits for so many.
        pub(crate) retry_after: u32,
    }

    pub(crate) const fn retry_after(reason: &Reason) -> Duration {
        Duration::from_millis(reason.retry_after as u64)
    }
}
#[cfg(all(feature = "npm", not(feature = "client")))]
pub use numbered::*;

#[cfg(test)]
mod tests {
    use super::super::Duration;
    use super::retry_after;

    #[test]
    fn a_reason_can_ask_for_a_delay() {
        assert_eq!(retry_after(&"retry-after=2500".into()), Duration::from_millis(2500));
        for nonsense in ["", "retry-after=", "retry-after=-1", "retry-after=1e9", "retry-after=99999999999999999999999"]
        {
            assert_eq!(retry_after(&nonsense.into()), Duration::ZERO, "{nonsense}");
        }
    }
}
