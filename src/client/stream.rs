//! A socket as futures see it: streams of what comes, and a sink with backpressure for what goes.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use futures::{Sink, Stream};

use super::event::Event;
use super::face::ClientFace;
use super::inbox::{Buffer, Inbox};
use super::socket::{SendError, Socket};
use super::status::Status;
use crate::browser::Driver;
use crate::codec::Codec;
use crate::core::{Message, State};

/// The messages of a [`Socket`], until it is closed for good; see [`Socket::messages`].
#[derive(Debug, Clone)]
pub struct Messages<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    pub(super) socket: Socket<Incoming, Outgoing, C>,
}

/// What happens to a [`Socket`], until it is closed for good; see [`Socket::events`].
#[derive(Debug)]
pub struct Events<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    pub(super) buffer: Rc<Buffer<Event>>,
    pub(super) socket: Socket<Incoming, Outgoing, C>,
}

/// The messages of a [`Socket`], each of them for every such stream, until it is closed for good; see
/// [`Socket::broadcast`].
#[derive(Debug)]
pub struct Broadcast<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    pub(super) buffer: Rc<Buffer<Rc<Incoming>>>,
    pub(super) socket: Socket<Incoming, Outgoing, C>,
}

/// What is to be shown of a [`Socket`], now and after each change. It does not end; see [`Socket::watch`].
#[derive(Debug)]
pub struct Watch<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    pub(super) shown: Option<Status>,
    pub(super) socket: Socket<Incoming, Outgoing, C>,
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Socket<Incoming, Outgoing, C> {
    /// The messages that come, in order, until the socket is closed for good; without the answers to requests and the
    /// messages of subscriptions. All streams of one socket share one inbox: each message goes to one of them. Where a full
    /// inbox has [ended](super::Inbox::End) them, this begins anew.
    #[must_use]
    pub fn messages(&self) -> Messages<Incoming, Outgoing, C> {
        self.hub().messages.begin_anew();
        Messages { socket: self.clone() }
    }

    /// The messages that come from now on, in order, until the socket is closed for good; without the answers to requests
    /// and the messages of subscriptions. Each such stream gets every message and has an inbox of its own, see
    /// [`Options::inbox`](super::Options::inbox). While there is one, [`messages`](Self::messages) gets nothing.
    ///
    /// ```no_run
    /// use everwire::{OpenError, Options, Socket, Text};
    /// use futures::{StreamExt, join};
    ///
    /// async fn twice(url: &str) -> Result<(), OpenError> {
    ///     let socket = Socket::<String, String, Text>::open(url, Options::default())?;
    ///     let shown = socket.broadcast().for_each(async |message| println!("{message}"));
    ///     let counted = socket.broadcast().count();
    ///     let ((), count) = join!(shown, counted);
    ///     println!("{count} messages");
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn broadcast(&self) -> Broadcast<Incoming, Outgoing, C> {
        self.broadcast_into(self.hub().inbox)
    }

    pub(crate) fn broadcast_into(&self, inbox: Inbox) -> Broadcast<Incoming, Outgoing, C> {
        Broadcast { buffer: self.hub().overhear(inbox), socket: self.clone() }
    }

    /// What happens from now on. Each stream gets every event.
    #[must_use]
    pub fn events(&self) -> Events<Incoming, Outgoing, C> {
        Events { buffer: self.hub().listen(), socket: self.clone() }
    }

    /// What is to be shown of the socket, now and after each change: the latest only, however much has changed since the
    /// stream was last asked.
    #[must_use]
    pub fn watch(&self) -> Watch<Incoming, Outgoing, C> {
        Watch { shown: None, socket: self.clone() }
    }

    /// What was read, else the end if nothing more can come, else a wait.
    pub(super) fn next<T>(&self, context: &Context<'_>, buffer: &Buffer<T>) -> Poll<Option<T>> {
        if let Some(item) = buffer.pop() {
            return Poll::Ready(Some(item));
        }
        // What is told at the end is told after the state has changed.
        let closed = self.state() == State::Closed && !self.driver.has_news();
        if closed || buffer.is_ended() {
            return Poll::Ready(None);
        }
        self.wait(context);
        Poll::Pending
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Stream for Messages<Incoming, Outgoing, C> {
    type Item = Incoming;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Incoming>> {
        self.socket.next(context, &self.socket.hub().messages)
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Stream for Events<Incoming, Outgoing, C> {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        self.socket.next(context, &self.buffer)
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Stream for Broadcast<Incoming, Outgoing, C> {
    type Item = Rc<Incoming>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Rc<Incoming>>> {
        self.socket.next(context, &self.buffer)
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Stream for Watch<Incoming, Outgoing, C> {
    type Item = Status;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Status>> {
        let status = self.socket.status();
        if self.shown.replace(status) == Some(status) {
            self.socket.wait(context);
            return Poll::Pending;
        }
        Poll::Ready(Some(status))
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Stream for Socket<Incoming, Outgoing, C> {
    type Item = Incoming;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Incoming>> {
        self.next(context, &self.hub().messages)
    }
}

/// Ready while less than the high-water mark, and than half of what the queue may hold in bytes, is queued: a producer that
/// waits for it never fills the queue with messages of up to that half. Flushed when the connection has taken everything;
/// [`Socket::flushed`] waits until it has also sent it. Closed when it is flushed and the connection has ended for good, or
/// another handle has the socket connect again before it has.
impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Sink<Outgoing> for Socket<Incoming, Outgoing, C> {
    type Error = SendError;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.wait_for(context, |driver| driver.has_room(), |driver| driver.await_room())
    }

    fn start_send(self: Pin<&mut Self>, message: Outgoing) -> Result<(), SendError> {
        // Who gave up closing, and sends again, may close again.
        self.handle.closes.set(false);
        self.driver.send(Message::new(C::encode_owned(message)?))?;
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        self.wait_for(context, |driver| driver.queue_len() == 0, |driver| driver.await_flush())
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), SendError>> {
        let begins = !self.handle.closes.get() && self.state() != State::Closed;
        if begins {
            ready!(self.as_mut().poll_flush(context))?;
            self.close();
        }
        let closes = self.state() == State::Closing;
        self.handle.closes.set(closes);
        if closes {
            self.wait(context);
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Socket<Incoming, Outgoing, C> {
    pub(super) fn poll_flushed(&self, context: &Context<'_>) -> Poll<Result<(), SendError>> {
        self.wait_for(context, |driver| driver.is_flushed(), |driver| driver.await_flush())
    }

    /// `wait` has the core tell when to look again.
    fn wait_for(
        &self,
        context: &Context<'_>,
        ready: impl Fn(&Driver<ClientFace<Incoming, Outgoing, C>>) -> bool,
        wait: impl Fn(&Driver<ClientFace<Incoming, Outgoing, C>>),
    ) -> Poll<Result<(), SendError>> {
        if self.state() == State::Closed {
            return Poll::Ready(Err(SendError::Closed));
        }
        if ready(&self.driver) {
            return Poll::Ready(Ok(()));
        }
        self.wait(context);
        wait(&self.driver);
        Poll::Pending
    }
}
