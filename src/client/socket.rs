use std::fmt;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

#[cfg(feature = "hooks")]
use super::event::Event;
use super::face::ClientFace;
use super::hub::{Handle, Hub};
use super::options::{OpenError, Options, SendOptions};
use super::source::{Place, Source};
use super::status::Status;
use crate::browser::{Driver, Rejected, resolve_url};
use crate::codec::{Codec, CodecError, Frame};
use crate::core::{Accepted, CloseCode, Instant, Message, SendError as Unsent, State, Statistics, are_protocols};

/// A WebSocket that stays connected: it dials again with backoff, queues what is sent meanwhile, and reports what it could
/// not deliver. It outlives every connection.
///
/// It is a handle: clones are the same socket. When the last one and the last stream of its messages are dropped, it
/// is [closed](Self::close) and nothing is left behind.
pub struct Socket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    pub(super) driver: Rc<Driver<ClientFace<Incoming, Outgoing, C>>>,
    pub(super) handle: Rc<Handle>,
}

impl<Incoming, Outgoing, C> Socket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    /// Connects to a URL (ws:, wss:, http: or https:, relative to the page), or to where a provider says: see [`Source`].
    ///
    /// # Errors
    /// When the URL or an option cannot be used.
    pub fn open(source: impl Into<Source>, options: Options<Incoming, Outgoing>) -> Result<Self, OpenError> {
        let socket = Self::prepare(source.into(), options)?;
        socket.dial();
        Ok(socket)
    }

    pub(crate) fn dial(&self) {
        self.driver.open();
    }

    /// A socket that takes messages and does not dial yet.
    pub(crate) fn prepare(source: Source, options: Options<Incoming, Outgoing>) -> Result<Self, OpenError> {
        if let Place::Fixed(endpoint) = &source.0 {
            resolve_url(&endpoint.url).map_err(|fault| OpenError::Url(fault.sentence()))?;
        }
        options.config.validate()?;
        if !are_protocols(&options.protocols) {
            return Err(OpenError::Protocols);
        }
        let config = options.config.clone();
        Ok(Self { driver: Driver::new(config, ClientFace::new(source, options)), handle: Rc::default() })
    }

    /// Sends a message now, or queues it until there is a connection.
    ///
    /// # Errors
    /// When it cannot be encoded, the queue is full, the socket is closed, or the browser's socket throws at it.
    pub fn send(&self, message: &Outgoing) -> Result<Accepted, SendError> {
        Ok(self.driver.send(Message::new(C::encode(message)?))?)
    }

    /// Sends a message with a time to live, a key or a priority.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_with(&self, message: &Outgoing, options: SendOptions) -> Result<Accepted, SendError> {
        let frame = C::encode(message)?;
        Ok(self.driver.send(Message {
            frame,
            expires: options.ttl.map_or(Instant::NEVER, |ttl| self.driver.now() + ttl),
            key: options.key.map(String::into_boxed_str),
            priority: options.priority,
            tag: None,
        })?)
    }

    #[cfg(feature = "hooks")]
    pub(crate) fn tell(&self, event: &Event) {
        self.hub().tell(event);
    }

    pub(super) fn hub(&self) -> &Hub<Incoming> {
        &self.driver.face().hub
    }

    /// Has the task woken at the next turn of events.
    pub(super) fn wait(&self, context: &Context<'_>) {
        self.hub().wait(&self.handle, context.waker());
    }

    /// Waits until the socket is open.
    ///
    /// # Errors
    /// When it is closed for good before.
    pub async fn opened(&self) -> Result<(), SendError> {
        poll_fn(|context| match self.state() {
            State::Open => Poll::Ready(Ok(())),
            State::Closed => Poll::Ready(Err(SendError::Closed)),
            _ => {
                self.wait(context);
                Poll::Pending
            }
        })
        .await
    }

    /// Waits until everything has been sent: nothing is queued, and the connection holds nothing back. Not that the server
    /// has it: a WebSocket does not tell.
    ///
    /// # Errors
    /// When the socket is closed for good before.
    pub async fn flushed(&self) -> Result<(), SendError> {
        poll_fn(|context| self.poll_flushed(context)).await
    }

    /// Ends it: no more dials. What is queued goes out first if there is a connection, and is reported by
    /// [`Event::Dropped`](super::Event::Dropped) if there is none.
    pub fn close(&self) {
        self.driver.close(None, String::new());
    }

    /// [`close`](Self::close) with a code and a reason for the server.
    ///
    /// # Errors
    /// When the code is not 1000 or 3000 to 4999, or the reason is longer than 123 bytes.
    pub fn close_with(&self, code: CloseCode, reason: &str) -> Result<(), CloseError> {
        if !code.is_sendable() {
            return Err(CloseError::Code(code));
        }
        if reason.len() > 123 {
            return Err(CloseError::Reason(reason.len()));
        }
        self.driver.close(Some(code), reason.into());
        Ok(())
    }

    /// Replaces the connection by a new one, now and with a fresh backoff. The queue is kept. Works after a close too.
    pub fn reconnect(&self) {
        self.driver.reconnect();
    }

    /// Where the socket stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.driver.state()
    }

    /// The number of dials since the last stable connection; 0 when there was none since.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.driver.attempt()
    }

    /// How long the last recognised answer to a heartbeat took.
    #[must_use]
    pub fn latency(&self) -> Option<Duration> {
        self.driver.latency_millis().map(|millis| Duration::from_millis(millis as u64))
    }

    /// How many messages wait to be sent.
    #[must_use]
    pub fn queue_len(&self) -> usize {
        self.driver.queue_len()
    }

    /// The sum of their sizes, in bytes.
    #[must_use]
    pub fn queue_bytes(&self) -> usize {
        self.driver.queue_bytes()
    }

    /// All that a page shows of it, at once; [`watch`](Self::watch) tells of each change.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            state: self.state(),
            attempt: self.attempt(),
            latency: self.latency(),
            queue_len: self.queue_len(),
            queue_bytes: self.queue_bytes(),
        }
    }

    /// What the socket has done since it was made.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.driver.statistics()
    }

    /// The absolute URL of the last dial, or nothing before the first.
    #[must_use]
    pub fn url(&self) -> String {
        self.driver.url()
    }

    /// The subprotocol that the server picked, or nothing.
    #[must_use]
    pub fn protocol(&self) -> String {
        self.driver.protocol()
    }
}

impl<Incoming, Outgoing, C> Clone for Socket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    fn clone(&self) -> Self {
        Self { driver: Rc::clone(&self.driver), handle: Rc::default() }
    }
}

impl<Incoming, Outgoing, C> fmt::Debug for Socket<Incoming, Outgoing, C>
where
    Incoming: 'static,
    Outgoing: 'static,
    C: Codec<Incoming, Outgoing> + 'static,
{
    /// Without the URL: it may carry a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("state", &self.state()).finish_non_exhaustive()
    }
}

/// Why a message was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The socket is closed, or about to be.
    #[error("the socket is closed")]
    Closed,
    /// The send queue is full.
    #[error("the send queue is full")]
    Full,
    /// Nothing says where a message carries a number, which it needs for its answer to be known.
    #[error("the options say nowhere to put the number that the answer is known by: see `Options::correlate`")]
    Uncorrelated,
    /// The codec has no form for it.
    #[error("the message could not be encoded: {0}")]
    Encode(#[from] CodecError),
    /// The browser's socket threw.
    #[error("the connection refused the message: {0}")]
    Refused(String),
}

impl From<Rejected<Frame>> for SendError {
    fn from(rejected: Rejected<Frame>) -> Self {
        match rejected {
            Rejected::Send(Unsent::Closed(_)) => Self::Closed,
            Rejected::Send(Unsent::Full(_)) => Self::Full,
            Rejected::Refused(thrown) => Self::Refused(format!("{thrown:?}")),
        }
    }
}

/// Why a close frame cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// A code that a page may not send.
    #[error("close code: takes 1000, or 3000 to 4999, got {0}")]
    Code(CloseCode),
    /// A reason that does not fit into a close frame.
    #[error("close reason: takes at most 123 bytes, got {0}")]
    Reason(usize),
}
