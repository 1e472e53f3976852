use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use super::inbox::Inbox;
use crate::browser::UrlFault;
use crate::core::{CloseCode, Config, ConfigError, HeartbeatConfig, Lost, QueueConfig, Verdict};

pub(super) type Matcher<Incoming> = Rc<dyn Fn(&Incoming) -> bool>;
pub(super) type Decision = Rc<dyn Fn(&Lost) -> Verdict>;

/// How a socket behaves. [`Options::default`] is right for most. Time is counted in whole milliseconds: less than one is none.
///
/// ```
/// use std::time::Duration;
/// use everwire::{Heartbeat, Options};
///
/// let options = Options::<String>::default()
///     .connect_timeout(Duration::from_secs(3))
///     .heartbeat(Heartbeat::new(|| "ping".to_string()).answer(|message| message == "pong"));
/// ```
pub struct Options<Incoming, Outgoing = Incoming> {
    pub(super) config: Config,
    pub(super) protocols: Vec<String>,
    pub(super) heartbeat: Option<Heartbeat<Incoming, Outgoing>>,
    pub(super) should_retry: Option<Decision>,
    pub(super) max_message_bytes: usize,
    pub(super) correlation: Option<Correlation<Incoming, Outgoing>>,
    pub(super) inbox: Inbox,
}

impl<Incoming, Outgoing> Default for Options<Incoming, Outgoing> {
    fn default() -> Self {
        Self {
            config: Config::default(),
            protocols: Vec::new(),
            heartbeat: None,
            should_retry: None,
            max_message_bytes: 64 << 20,
            correlation: None,
            inbox: Inbox::default(),
        }
    }
}

impl<Incoming, Outgoing> Options<Incoming, Outgoing> {
    /// How long a dial may take, with the time that a provider needs. Default: 10 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.config.connect_timeout = timeout;
        self
    }

    /// How long the server may take to answer a close before the connection is given up; again as long as the connection
    /// works off what it had to send before. Default: 5 s.
    #[must_use]
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.config.close_timeout = timeout;
        self
    }

    /// How long a connection must last before the backoff starts from the beginning. Default: 5 s.
    #[must_use]
    pub fn stable_after(mut self, after: Duration) -> Self {
        self.config.stable_after = after;
        self
    }

    /// The waits between dials: `min + U(0, min(max, base * 2^n))`. Default: 100 ms, 1 s, 30 s.
    #[must_use]
    pub fn backoff(mut self, min: Duration, base: Duration, max: Duration) -> Self {
        self.config.backoff = crate::core::Backoff { min, base, max };
        self
    }

    /// How many dials in a row may fail to give a stable connection. Default: no limit.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.config.max_attempts = Some(attempts);
        self
    }

    /// Whether to dial again after a close with code 1000. Default: true.
    #[must_use]
    pub fn retry_on_normal_close(mut self, retry: bool) -> Self {
        self.config.retry_on_normal_close = retry;
        self
    }

    /// Close codes after which not to dial again, beside 1002, 1003 and 1007 to 1010. Default: none.
    #[must_use]
    pub fn fatal_codes(mut self, codes: impl IntoIterator<Item = CloseCode>) -> Self {
        self.config.fatal_codes = codes.into_iter().collect();
        self
    }

    /// Asks about each lost connection whether to dial again.
    #[must_use]
    pub fn should_retry(mut self, decide: impl Fn(&Lost) -> Verdict + 'static) -> Self {
        self.config.consult = true;
        self.should_retry = Some(Rc::new(decide));
        self
    }

    /// The bounds of the send queue. Default: 100,000 messages, 16 MiB, reject, no time to live. A request that may be
    /// repeated, and comes back when its connection is lost, has been accepted already, and may pass them.
    #[must_use]
    pub fn queue(mut self, queue: QueueConfig) -> Self {
        self.config.queue = queue;
        self
    }

    /// How many bytes the native socket may hold unsent before the queue holds the rest back. Default: 1 MiB.
    #[must_use]
    pub fn high_water_mark(mut self, bytes: u64) -> Self {
        self.config.high_water_mark = bytes;
        self
    }

    /// Asks the server for a sign of life. Default: not at all.
    #[must_use]
    pub fn heartbeat(mut self, heartbeat: Heartbeat<Incoming, Outgoing>) -> Self {
        self.config.heartbeat = Some(HeartbeatConfig { recognised: heartbeat.answer.is_some(), ..heartbeat.config });
        self.heartbeat = Some(heartbeat);
        self
    }

    /// The subprotocols to offer. Default: none.
    #[must_use]
    pub fn protocols<P: Into<String>>(mut self, protocols: impl IntoIterator<Item = P>) -> Self {
        self.protocols = protocols.into_iter().map(Into::into).collect();
        self
    }

    /// A larger message is not delivered but reported. Checked before it is copied. Default: 64 MiB.
    #[must_use]
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.max_message_bytes = bytes;
        self
    }

    /// Where a message carries the number of a request or a subscription: `write` puts it into one that is sent, `read`
    /// finds it in one that came, if it has one. See [`Socket::request`](super::Socket::request). Default: nowhere.
    #[must_use]
    pub fn correlate(
        mut self,
        write: impl Fn(&mut Outgoing, u32) + 'static,
        read: impl Fn(&Incoming) -> Option<u32> + 'static,
    ) -> Self {
        self.correlation = Some(Correlation { write: Rc::new(write), read: Rc::new(read) });
        self
    }

    /// How many messages may wait to be read, and what gives way. Default: the oldest of 100,000.
    #[must_use]
    pub fn inbox(mut self, inbox: Inbox) -> Self {
        self.inbox = inbox;
        self
    }

    #[cfg(feature = "hooks")]
    pub(crate) const fn inbox_policy(&self) -> Inbox {
        self.inbox
    }
}

impl<Incoming, Outgoing> Clone for Options<Incoming, Outgoing> {
    fn clone(&self) -> Self {
        Self {
            config: self.config.clone(),
            protocols: self.protocols.clone(),
            heartbeat: self.heartbeat.clone(),
            should_retry: self.should_retry.clone(),
            max_message_bytes: self.max_message_bytes,
            correlation: self.correlation.clone(),
            inbox: self.inbox,
        }
    }
}

/// Functions are the same if one is a clone of the other, as they are in clones of options.
impl<Incoming, Outgoing> PartialEq for Options<Incoming, Outgoing> {
    fn eq(&self, other: &Self) -> bool {
        self.config == other.config
            && self.protocols == other.protocols
            && self.heartbeat == other.heartbeat
            && are_clones(self.should_retry.as_ref(), other.should_retry.as_ref())
            && self.max_message_bytes == other.max_message_bytes
            && self.correlation == other.correlation
            && self.inbox == other.inbox
    }
}

pub(super) fn is_clone<T: ?Sized>(one: &Rc<T>, other: &Rc<T>) -> bool {
    std::ptr::addr_eq(Rc::as_ptr(one), Rc::as_ptr(other))
}

fn are_clones<T: ?Sized>(one: Option<&Rc<T>>, other: Option<&Rc<T>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => is_clone(one, other),
        (None, None) => true,
        _ => false,
    }
}

impl<Incoming, Outgoing> fmt::Debug for Options<Incoming, Outgoing> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("config", &self.config).finish_non_exhaustive()
    }
}

type Writer<Outgoing> = Rc<dyn Fn(&mut Outgoing, u32)>;
type Reader<Incoming> = Rc<dyn Fn(&Incoming) -> Option<u32>>;

pub(super) struct Correlation<Incoming, Outgoing> {
    pub(super) write: Writer<Outgoing>,
    pub(super) read: Reader<Incoming>,
}

impl<Incoming, Outgoing> Clone for Correlation<Incoming, Outgoing> {
    fn clone(&self) -> Self {
        Self { write: Rc::clone(&self.write), read: Rc::clone(&self.read) }
    }
}

impl<Incoming, Outgoing> PartialEq for Correlation<Incoming, Outgoing> {
    fn eq(&self, other: &Self) -> bool {
        is_clone(&self.write, &other.write) && is_clone(&self.read, &other.read)
    }
}

/// How the server is asked for a sign of life.
pub struct Heartbeat<Incoming, Outgoing = Incoming> {
    pub(super) message: Rc<dyn Fn() -> Outgoing>,
    pub(super) answer: Option<Matcher<Incoming>>,
    pub(super) config: HeartbeatConfig,
}

impl<Incoming, Outgoing> Heartbeat<Incoming, Outgoing> {
    /// Sends what `message` makes, every 30 s, and gives the server 10 s to answer.
    #[must_use]
    pub fn new(message: impl Fn() -> Outgoing + 'static) -> Self {
        Self { message: Rc::new(message), answer: None, config: HeartbeatConfig::default() }
    }

    /// How an answer is recognised. Answers are not delivered, and give the latency. Any other message counts as a sign of
    /// life too, and is delivered.
    #[must_use]
    pub fn answer(mut self, is_answer: impl Fn(&Incoming) -> bool + 'static) -> Self {
        self.answer = Some(Rc::new(is_answer));
        self
    }

    /// The time from one heartbeat to the next. Default: 30 s.
    #[must_use]
    pub fn interval(mut self, interval: Duration) -> Self {
        self.config.interval = interval;
        self
    }

    /// How long the server may stay silent after a heartbeat; again as long as the connection works off what it had to send
    /// before. Default: 10 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.config.timeout = timeout;
        self
    }
}

impl<Incoming, Outgoing> Clone for Heartbeat<Incoming, Outgoing> {
    fn clone(&self) -> Self {
        Self { message: Rc::clone(&self.message), answer: self.answer.clone(), config: self.config }
    }
}

/// Functions are the same if one is a clone of the other.
impl<Incoming, Outgoing> PartialEq for Heartbeat<Incoming, Outgoing> {
    fn eq(&self, other: &Self) -> bool {
        is_clone(&self.message, &other.message)
            && are_clones(self.answer.as_ref(), other.answer.as_ref())
            && self.config == other.config
    }
}

impl<Incoming, Outgoing> fmt::Debug for Heartbeat<Incoming, Outgoing> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heartbeat").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Where to connect: what a provider answers before each dial.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// ws:, wss:, http: or https:, relative to the page.
    pub url: String,
    /// The subprotocols to offer; none takes those of the options.
    pub protocols: Vec<String>,
}

impl<T: Into<String>> From<T> for Endpoint {
    fn from(url: T) -> Self {
        Self { url: url.into(), protocols: Vec::new() }
    }
}

impl fmt::Debug for Endpoint {
    /// Without the URL and the protocols: they may carry a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").finish_non_exhaustive()
    }
}

/// What can be asked for one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendOptions {
    /// How long it may wait in the queue. Default: as the queue has it.
    pub ttl: Option<Duration>,
    /// A newer message with the same key takes the place of a queued one.
    pub key: Option<String>,
    /// Higher goes first. Default: 0.
    pub priority: i32,
}

/// Why a socket could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL cannot be dialled. It is not named: it may carry a token.
    #[error("url: takes {takes}, got {0}", takes = UrlFault::TAKES)]
    Url(&'static str),
    /// A subprotocol is no token of RFC 9110, or stands twice.
    #[error("protocols: takes distinct tokens")]
    Protocols,
    /// An option cannot be met.
    #[error(transparent)]
    Option(#[from] ConfigError),
}
