//! The core's two doors: what can happen to it, and what it wants done.

use super::Duration;
use std::fmt;

use super::{CloseCode, Instant, Message, Reason, Tag, Unanswered};

/// The number of a dial. An input that carries one that is no longer current is dropped: that one rule keeps a socket
/// that has been given up from ever being heard again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation(pub(crate) u32);

/// The state of a socket.
///
/// ```text
/// idle ──open──▶ connecting ──▶ open ──┐
///                  ▲   │               │ lost
///                  │   └─▶ waiting ◀───┘        close(), a fatal code, no attempts left
///                  └────────┘ │ ▲               (from anywhere) ──▶ closing ──▶ closed
///                      offline, frozen: suspended
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Never opened.
    #[default]
    Idle,
    /// A dial is under way.
    Connecting,
    /// Messages flow.
    Open,
    /// Between two attempts.
    Waiting,
    /// Between two attempts, while the browser says that it is offline or the page is frozen. A frozen page dials when
    /// it thaws; the browser's word on being offline is often wrong, so the wait goes on.
    Suspended,
    /// The closing handshake is under way.
    Closing,
    /// Final, until [`Input::Open`] or [`Input::Reconnect`].
    Closed,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The user wants to be connected. Does nothing unless idle, closed or closing.
    Open,
    /// The user wants a new connection, now and with a fresh backoff. The queue is kept.
    Reconnect,
    /// The user is done. The code must be sendable and the reason at most 123 bytes.
    Close {
        /// What the close frame says; none sends an empty one.
        code: Option<CloseCode>,
        /// Why, for the peer to read.
        reason: Reason,
    },
    /// The connection is there.
    Opened(Generation),
    /// A message came. `answer` says that it was recognised as the answer to a heartbeat.
    Received {
        /// On which connection.
        generation: Generation,
        /// Whether the heartbeat's matcher took it.
        answer: bool,
    },
    /// The connection has this many bytes that it has not sent; the answer to [`Output::Measure`].
    Buffered {
        /// Which connection.
        generation: Generation,
        /// The socket's `bufferedAmount`.
        bytes: u64,
    },
    /// The browser reported an error; a close should follow.
    Errored(Generation),
    /// The dial could not even be made.
    Undialable {
        /// Which dial.
        generation: Generation,
        /// Why not.
        cause: Failure,
    },
    /// The connection is gone.
    Ended {
        /// Which connection.
        generation: Generation,
        /// The browser's close code.
        code: CloseCode,
        /// The browser's close reason.
        reason: Reason,
        /// Whether both sides closed in order.
        was_clean: bool,
    },
    /// The user's word on [`Output::Consult`].
    Verdict {
        /// The connection that was asked about.
        generation: Generation,
        /// What to do.
        verdict: Verdict,
    },
    /// The time asked for with [`Output::Wake`] has come, or any other moment: nothing depends on being punctual.
    Tick,
    /// The browser says that it is online.
    Online,
    /// The browser says that it is offline.
    Offline,
    /// The page can be seen again.
    Visible,
    /// The page is frozen, or goes into the back-forward cache.
    Frozen,
    /// The page runs again.
    Thawed,
}

impl Input {
    /// The connection that this comes from, or is about.
    pub(crate) const fn generation(&self) -> Option<Generation> {
        match self {
            Self::Opened(generation)
            | Self::Errored(generation)
            | Self::Received { generation, .. }
            | Self::Buffered { generation, .. }
            | Self::Undialable { generation, .. }
            | Self::Ended { generation, .. }
            | Self::Verdict { generation, .. } => Some(*generation),
            _ => None,
        }
    }
}

/// Something to do now.
#[derive(Debug, PartialEq)]
pub enum Output<F> {
    /// Ask for URL and protocols and dial.
    Dial(Generation),
    /// Hand this message to the connection, before asking for more. If the connection is closing, give it back with
    /// [`Core::take_back`](super::Core::take_back); if it refuses this very message, say so with
    /// [`Core::refused`](super::Core::refused).
    Transmit(Generation, Message<F>),
    /// Hand the heartbeat's message to the connection.
    Ping(Generation),
    /// Say how much the connection has not sent yet, with [`Input::Buffered`].
    Measure(Generation),
    /// Start the closing handshake; [`Input::Ended`] is expected.
    Shut {
        /// Which connection.
        generation: Generation,
        /// The code, if any.
        code: Option<CloseCode>,
        /// The reason.
        reason: Reason,
    },
    /// Detach from this connection at once and let it close by itself.
    Abandon(Generation),
    /// Ask the user whether to try again, and answer with [`Input::Verdict`].
    Consult(Generation, Lost),
    /// Watch the page's life and the network, or stop watching.
    Watch(bool),
    /// Send [`Input::Tick`] at this time; it replaces the time asked for before.
    Wake(Option<Instant>),
    /// Tell the user.
    Event(Event<F>),
}

/// What the user is told.
#[derive(Debug, PartialEq)]
pub enum Event<F> {
    /// The state changed.
    State {
        /// What it is now.
        state: State,
        /// What it was.
        previous: State,
    },
    /// The connection is there.
    Open,
    /// A connection ended, or a dial failed.
    Closed {
        /// How.
        lost: Lost,
        /// Whether another dial follows by itself.
        will_retry: bool,
    },
    /// Something went wrong; a [`Event::Closed`] follows.
    Failed(Failure),
    /// A wait begins, or is cut short.
    Retry {
        /// The number of the dial that follows.
        attempt: u32,
        /// The wait before it.
        delay: Duration,
    },
    /// A message that had been accepted will not be sent.
    Dropped {
        /// What would have been sent.
        frame: F,
        /// Why it is not.
        reason: DropReason,
    },
    /// A request ends without an answer, or a subscription because a connection refused its message.
    Unanswered {
        /// Which.
        tag: Tag,
        /// Why.
        why: Unanswered,
    },
    /// There is room in the send queue again, which [`Core::await_room`](super::Core::await_room) asked for.
    Room,
    /// Nothing is left to be sent, which [`Core::await_flush`](super::Core::await_flush) asked for.
    Flushed,
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The close code as the browser reports it.
    pub code: CloseCode,
    /// The server's reason.
    pub reason: Reason,
    /// Whether both sides closed in order.
    pub was_clean: bool,
    /// The number of the dial that led to it, from 1 since the last stable connection; 0 for a stable one.
    pub attempt: u32,
}

impl Lost {
    /// What a browser says of a connection that ended without a close frame.
    pub(crate) fn abnormal(attempt: u32) -> Self {
        Self { code: CloseCode::ABNORMAL, reason: Reason::default(), was_clean: false, attempt }
    }
}

/// The user's word on a lost connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Do what the close code says.
    Default,
    /// This was the last.
    Stop,
    /// Try again.
    Retry,
    /// Try again, but not before this time has passed.
    RetryAfter(Duration),
}

/// Why an accepted message will not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropReason {
    /// Its time to live was over.
    Expired,
    /// A newer message has its key.
    Replaced,
    /// The queue was full.
    Overflow,
    /// The socket was closed for good.
    Closed,
    /// The connection refused it.
    Refused,
    /// The user took it back.
    Aborted,
}

/// What went wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The browser could not connect, and does not say why.
    ConnectFailed,
    /// The browser reported an error on a connection that was open.
    ConnectionLost,
    /// No connection within the connect timeout.
    ConnectTimeout,
    /// The page may not connect to this URL, such as by its Content-Security-Policy.
    Blocked,
    /// The URL or protocol provider threw, rejected, or returned something that cannot be dialled.
    ProviderFailed,
    /// There is no `WebSocket` here.
    NoWebSocket,
    /// The peer answered no heartbeat in time.
    HeartbeatTimeout,
    /// The page was frozen, and what a connection then says of itself is not to be believed.
    PageFrozen,
    /// The last attempt that was allowed has failed.
    GaveUp,
}

impl Failure {
    /// A stable name, the `code` of the error that JavaScript sees.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ConnectFailed => "connect-failed",
            Self::ConnectionLost => "connection-lost",
            Self::ConnectTimeout => "connect-timeout",
            Self::Blocked => "blocked",
            Self::ProviderFailed => "provider-failed",
            Self::NoWebSocket => "no-websocket",
            Self::HeartbeatTimeout => "heartbeat-timeout",
            Self::PageFrozen => "page-frozen",
            Self::GaveUp => "gave-up",
        }
    }

    /// What happened, in words.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ConnectFailed => "no connection could be made",
            Self::ConnectionLost => "the connection was lost",
            Self::ConnectTimeout => "no connection in time",
            Self::Blocked => "the page may not connect there",
            Self::ProviderFailed => "the provider gave nothing to dial",
            Self::NoWebSocket => "no WebSocket here: pass the option `WebSocket`",
            Self::HeartbeatTimeout => "no answer to a heartbeat in time",
            Self::PageFrozen => "the page was frozen",
            Self::GaveUp => "no attempt is left",
        }
    }

    /// Whether a new attempt would meet the same again.
    pub(crate) const fn is_fatal(self) -> bool {
        matches!(self, Self::Blocked | Self::NoWebSocket | Self::GaveUp)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl std::error::Error for Failure {}
