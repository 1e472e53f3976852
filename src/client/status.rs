use std::time::Duration;

use crate::core::State;

/// What a page shows of a [`Socket`](super::Socket), at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Where the socket stands.
    pub state: State,
    /// The number of dials since the last stable connection; 0 when there was none since.
    pub attempt: u32,
    /// How long the last recognised answer to a heartbeat took.
    pub latency: Option<Duration>,
    /// How many messages wait to be sent.
    pub queue_len: usize,
    /// The sum of their sizes, in bytes.
    pub queue_bytes: usize,
}
