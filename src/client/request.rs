use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::channel::oneshot;

use super::socket::{SendError, Socket};
use crate::codec::{Codec, Frame};
use crate::core::{DropReason, Instant, Message, Tag, Unanswered};

/// What can be asked for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestOptions {
    /// How long to wait for the answer, the time in the queue included. Default: 10 s.
    pub timeout: Duration,
    /// Whether it may be sent again when the connection that it was sent on is lost. Default: false.
    pub repeat: bool,
    /// How long it may wait in the queue. Default: as the queue has it.
    pub ttl: Option<Duration>,
    /// A newer message with the same key takes its place in the queue.
    pub key: Option<String>,
    /// Higher goes first. Default: 0.
    pub priority: i32,
}

impl Default for RequestOptions {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), repeat: false, ttl: None, key: None, priority: 0 }
    }
}

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// None came in time.
    #[error("no answer came in time")]
    Timeout,
    /// The connection that it was sent on is gone; the server may have acted on it or not.
    #[error("the connection that the request was sent on is gone")]
    Lost,
    /// It had been accepted, and was not sent.
    #[error("the request was not sent: {0:?}")]
    Dropped(DropReason),
    /// It was not accepted.
    #[error(transparent)]
    Send(#[from] SendError),
}

impl From<Unanswered> for RequestError {
    fn from(why: Unanswered) -> Self {
        match why {
            Unanswered::Timeout => Self::Timeout,
            Unanswered::Lost => Self::Lost,
            Unanswered::Dropped(reason) => Self::Dropped(reason),
        }
    }
}

/// The answer to a request; see [`Socket::request`]. Dropping it takes the request back if it is still queued.
#[derive(Debug)]
#[must_use = "dropping it takes the request back"]
pub struct Reply<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    answer: oneshot::Receiver<Result<Incoming, RequestError>>,
    /// As long as an answer is waited for.
    waiting: Option<(Socket<Incoming, Outgoing, C>, Tag)>,
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Socket<Incoming, Outgoing, C> {
    /// Sends a message and waits for the one that answers it: the one that carries its number, see
    /// [`Options::correlate`](super::Options::correlate). It is sent now or queued, not when the future is first polled. The
    /// answer comes to nobody else. What comes too late is a message as any other.
    ///
    /// On a server that renders the page there is nobody to answer, and it fails at once with [`SendError::Refused`].
    ///
    /// ```no_run
    /// use everwire::{Json, Options, RequestError, RequestOptions, Socket};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Call {
    ///     id: Option<u32>,
    ///     text: String,
    /// }
    ///
    /// async fn time(url: &str) -> Result<String, Box<dyn std::error::Error>> {
    ///     let options = Options::default().correlate(|call: &mut Call, id| call.id = Some(id), |call: &Call| call.id);
    ///     let socket = Socket::<Call, Call, Json>::open(url, options)?;
    ///     let question = Call { id: None, text: "what time is it?".into() };
    ///     let repeat = RequestOptions { repeat: true, ..Default::default() };
    ///     match socket.request(question, repeat).await {
    ///         Ok(answer) => Ok(answer.text),
    ///         Err(RequestError::Timeout) => Ok("late, it seems".into()),
    ///         Err(error) => Err(error.into()),
    ///     }
    /// }
    /// ```
    pub fn request(&self, message: Outgoing, options: RequestOptions) -> Reply<Incoming, Outgoing, C> {
        let tag = self.driver.tag();
        let asked = self.encode_numbered(message, tag).and_then(|frame| self.ask(tag, frame, options));
        if let Err(error) = asked {
            return Reply::refused(error);
        }
        let (asker, answer) = oneshot::channel();
        self.hub().ask(tag, asker);
        Reply { answer, waiting: Some((self.clone(), tag)) }
    }

    fn ask(&self, tag: Tag, frame: Frame, options: RequestOptions) -> Result<(), SendError> {
        let RequestOptions { timeout, repeat, ttl, key, priority } = options;
        let expires = ttl.map_or(Instant::NEVER, |ttl| self.driver.now() + ttl);
        let message = Message { frame, expires, key: key.map(String::into_boxed_str), priority, tag: Some(tag) };
        self.driver.request(message, timeout, repeat)?;
        Ok(())
    }

    /// The frame for a message that carries a number.
    pub(super) fn encode_numbered(&self, mut message: Outgoing, tag: Tag) -> Result<Frame, SendError> {
        let correlation = self.driver.face().correlation.as_ref().ok_or(SendError::Uncorrelated)?;
        (correlation.write)(&mut message, tag.number());
        Ok(C::encode_owned(message)?)
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Reply<Incoming, Outgoing, C> {
    /// To a request that nobody took.
    pub(crate) fn refused(error: SendError) -> Self {
        let (asker, answer) = oneshot::channel();
        // It cannot fail: the other end is in our hands.
        let _ = asker.send(Err(error.into()));
        Self { answer, waiting: None }
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Future for Reply<Incoming, Outgoing, C> {
    type Output = Result<Incoming, RequestError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.answer).poll(context));
        self.waiting = None;
        // Only a future that has ended already finds nobody at the other end.
        Poll::Ready(answer.unwrap_or(Err(RequestError::Lost)))
    }
}

impl<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> Drop
    for Reply<Incoming, Outgoing, C>
{
    fn drop(&mut self) {
        if let Some((socket, tag)) = self.waiting.take() {
            drop(socket.hub().take_asker(tag));
            socket.driver.cancel(tag);
        }
    }
}
