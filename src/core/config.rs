//! What can be set, with its defaults. The faces offer these under their own names; the rules are checked here, once.

use super::duration::millis;
use super::{Backoff, CloseCode, Duration};

/// How a socket behaves. [`Config::default`] is right for most.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// How long a dial may take, with the time that a URL provider needs. Default: 10 s.
    pub connect_timeout: Duration,
    /// How long the peer may take to answer a close frame before the connection is abandoned; again as long as the connection
    /// works off what it had to send before. Default: 5 s.
    pub close_timeout: Duration,
    /// How long a connection must last before the backoff starts from the beginning. Default: 5 s.
    pub stable_after: Duration,
    /// The waits between attempts.
    pub backoff: Backoff,
    /// How many dials in a row may fail to give a stable connection. Default: no limit.
    pub max_attempts: Option<u32>,
    /// Whether a close with code 1000 leads to another attempt: idle limits and proxies use it. Default: true.
    pub retry_on_normal_close: bool,
    /// Close codes after which no attempt is made, beside 1002, 1003 and 1007 to 1010. Default: none.
    pub fatal_codes: Vec<CloseCode>,
    /// The bounds of the send queue.
    pub queue: QueueConfig,
    /// How many bytes the connection may hold unsent before the queue holds the rest back. Default: 1 MiB.
    pub high_water_mark: u64,
    /// Whether and how the peer is asked for a sign of life. Default: not at all, since a browser cannot send WebSocket
    /// pings and a message must be one that the server understands.
    pub heartbeat: Option<HeartbeatConfig>,
    /// How the browser holds dials back. Default: as Chromium does.
    pub throttle: Throttle,
    /// Whether the user is asked about each lost connection, see [`Output::Consult`](super::Output::Consult).
    pub consult: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
            stable_after: Duration::from_secs(5),
            backoff: Backoff::default(),
            max_attempts: None,
            retry_on_normal_close: true,
            fatal_codes: Vec::new(),
            queue: QueueConfig::default(),
            high_water_mark: 1 << 20,
            heartbeat: None,
            throttle: Throttle::Chromium,
            consult: false,
        }
    }
}

/// How a browser holds back dials after many that failed. No event tells of it, so a dial that may be held gets that much
/// more than the connect timeout: that it is late is not the server's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    /// Up to 5 s after about 14 failures.
    Chromium,
    /// 200 to 400 ms × 1.5ⁿ, up to a minute. A handshake without an answer Firefox gives up itself, after 20 s.
    Firefox,
}

impl Throttle {
    pub(crate) const fn hold(self, attempt: u32) -> Duration {
        Duration::from_secs(match self {
            Self::Chromium if attempt > 10 => 5,
            Self::Firefox if attempt > 5 => 60,
            _ => 0,
        })
    }
}

/// The bounds of the send queue. Those of what is sent: a request that may be repeated, and comes back when its connection is
/// lost, has been accepted already, and may pass both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueConfig {
    /// The largest number of waiting messages. Default: 100,000.
    pub max_messages: usize,
    /// The largest sum of their sizes, in bytes as they go on the wire. Default: 16 MiB.
    pub max_bytes: usize,
    /// What gives way when a bound would be passed. Default: [`Overflow::Reject`].
    pub overflow: Overflow,
    /// How long a message may wait, where it does not say so itself. Default: for ever.
    pub ttl: Option<Duration>,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self { max_messages: 100_000, max_bytes: 16 << 20, overflow: Overflow::Reject, ttl: None }
    }
}

/// What gives way when the send queue is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// The new message is refused, and the caller is told.
    #[default]
    Reject,
    /// The oldest messages of the lowest priority are dropped, and reported; the new message, if those that outrank it
    /// leave no room.
    DropOldest,
    /// The new message is dropped, and reported.
    DropNewest,
}

/// How the peer is asked for a sign of life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeartbeatConfig {
    /// The time from one heartbeat to the next. Default: 30 s.
    pub interval: Duration,
    /// How long the peer may stay silent after a heartbeat before the connection is abandoned; again as long as the connection
    /// works off what it had to send before. Default: 10 s.
    pub timeout: Duration,
    /// Whether answers are recognised. If not, any message after a heartbeat is taken for its answer, and there is no
    /// latency.
    pub recognised: bool,
}

impl Default for HeartbeatConfig {
    fn default() -> Self {
        Self { interval: Duration::from_secs(30), timeout: Duration::from_secs(10), recognised: false }
    }
}

/// An option that cannot be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{option}: takes {takes}")]
pub struct ConfigError {
    /// The option, as a path: `backoff.max`.
    pub option: &'static str,
    /// What it takes.
    pub takes: &'static str,
}

/// What the types cannot check, in the order of [`Config::validate`]. JavaScript has all but one of these among its kinds.
const RULES: [ConfigError; 9] = [
    ConfigError { option: "connectTimeout", takes: POSITIVE },
    ConfigError { option: "closeTimeout", takes: POSITIVE },
    ConfigError { option: "backoff.max", takes: "at least backoff.min" },
    ConfigError { option: "backoff.base", takes: POSITIVE },
    ConfigError { option: "backoff.max", takes: POSITIVE },
    ConfigError { option: "maxAttempts", takes: "at least 1" },
    ConfigError { option: "highWaterMark", takes: "at least 1 byte" },
    ConfigError { option: "heartbeat.interval", takes: POSITIVE },
    ConfigError { option: "heartbeat.timeout", takes: POSITIVE },
];
const POSITIVE: &str = "at least 1 ms";

impl Config {
    /// Checks what the types cannot. Time is counted in whole milliseconds: less than one is none.
    ///
    /// # Errors
    /// The first option that cannot be met.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let broken: [bool; RULES.len()] = [
            millis(self.connect_timeout) == 0,
            millis(self.close_timeout) == 0,
            self.backoff.contradicts_itself(),
            millis(self.backoff.base) == 0,
            millis(self.backoff.max) == 0,
            self.max_attempts == Some(0),
            self.high_water_mark == 0,
            self.heartbeat.is_some_and(|heartbeat| millis(heartbeat.interval) == 0),
            self.heartbeat.is_some_and(|heartbeat| millis(heartbeat.timeout) == 0),
        ];
        broken.iter().position(|broken| *broken).map_or(Ok(()), |rule| Err(RULES[rule]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_is_broken_names_the_option_and_what_it_takes() {
        assert_eq!(Config::default().validate(), Ok(()));
        let config =
            Config { backoff: Backoff { min: Duration::from_secs(60), ..Backoff::default() }, ..Config::default() };
        assert_eq!(config.validate().unwrap_err().to_string(), "backoff.max: takes at least backoff.min");
        let config = Config { max_attempts: Some(0), ..Config::default() };
        assert_eq!(config.validate().unwrap_err().option, "maxAttempts");
    }

    #[cfg(feature = "client")]
    #[test]
    fn less_than_a_millisecond_is_no_time() {
        let config = |connect_timeout| Config { connect_timeout, ..Config::default() };
        let refused = config(Duration::from_micros(999)).validate().unwrap_err();
        assert_eq!(refused.to_string(), "connectTimeout: takes at least 1 ms");
        assert_eq!(config(Duration::from_millis(1)).validate(), Ok(()));
    }
}
