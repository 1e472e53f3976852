/// What a socket has done since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// Connections that opened.
    pub connections: u64,
    /// Messages that were handed to a connection. Heartbeats are not counted.
    pub sent: u64,
    /// Messages that came, answers to heartbeats included.
    pub received: u64,
    /// Messages among them that could not be delivered: too large, not to be decoded, or not valid.
    pub undeliverable: u64,
    /// Messages that had been accepted and were not sent.
    pub dropped: u64,
}
