use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures::Stream;

use super::hub::Subscribed;
use super::inbox::{Buffer, Inbox};
use super::options::Matcher;
use super::socket::{SendError, Socket};
use crate::codec::{Codec, Frame};

/// What can be asked for a subscription.
pub struct SubscribeOptions<Incoming, Outgoing = Incoming> {
    unsubscribe: Option<Outgoing>,
    matches: Option<Matcher<Incoming>>,
    inbox: Inbox,
}

impl<Incoming, Outgoing> Default for SubscribeOptions<Incoming, Outgoing> {
    fn default() -> Self {
        Self { unsubscribe: None, matches: None, inbox: Inbox::default() }
    }
}

impl<Incoming, Outgoing> SubscribeOptions<Incoming, Outgoing> {
    /// What tells the server that it is over. Default: nothing.
    #[must_use]
    pub fn unsubscribe(mut self, message: Outgoing) -> Self {
        self.unsubscribe = Some(message);
        self
    }

    /// Picks the messages of the subscription, which is then sent as it is, without a number. A message goes to the first
    /// subscription that picks it and nowhere else. Default: those that carry its number, see
    /// [`Options::correlate`](super::Options::correlate).
    #[must_use]
    pub fn matching(mut self, matches: impl Fn(&Incoming) -> bool + 'static) -> Self {
        self.matches = Some(Rc::new(matches));
        self
    }

    /// How many of its messages may wait to be read. Default: as [`Inbox::default`].
    #[must_use]
    pub fn inbox(mut self, inbox: Inbox) -> Self {
        self.inbox = inbox;
        self
    }
}

impl<Incoming, Outgoing> fmt::Debug for SubscribeOptions<Incoming, Outgoing> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubscribeOptions").field("inbox", &self.inbox).finish_non_exhaustive()
    }
}

/// The messages of one subscription, until it is dropped, the socket is closed for good, or the browser's socket throws at
/// the message that tells the server of it, which [`Event::Dropped`](super::Event::Dropped) reports; see
/// [`Socket::subscribe`].
#[must_use = "dropping it ends the subscription"]
pub struct Subscription<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> {
    socket: Socket<Incoming, Outgoing, C>,
    subscribed: Rc<Subscribed<Incoming>>,
    farewell: Option<Frame>,
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Socket<Incoming, Outgoing, C> {
    /// Tells the server what to send, now and again on every connection that follows, before anything that is queued. The
    /// stream gives the messages that belong to it, which come to nobody else. Dropping it ends the subscription.
    ///
    /// # Errors
    /// As [`send`](Self::send), but the queue is passed. [`SendError::Uncorrelated`] if nothing tells which messages belong
    /// to it.
    ///
    /// ```no_run
    /// use everwire::{SendError, Socket, SubscribeOptions, Text};
    /// use futures::StreamExt;
    ///
    /// async fn watch(socket: &Socket<String, String, Text>) -> Result<(), SendError> {
    ///     let options = SubscribeOptions::default()
    ///         .matching(|message: &String| message.starts_with("price "))
    ///         .unsubscribe("no more prices".to_string());
    ///     let mut prices = socket.subscribe("prices".into(), options)?;
    ///     while let Some(price) = prices.next().await {
    ///         println!("{price}");
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn subscribe(
        &self,
        message: Outgoing,
        options: SubscribeOptions<Incoming, Outgoing>,
    ) -> Result<Subscription<Incoming, Outgoing, C>, SendError> {
        let SubscribeOptions { unsubscribe, matches, inbox } = options;
        let tag = self.driver.tag();
        let encode = |message| match &matches {
            Some(_) => Ok(C::encode_owned(message)?),
            None => self.encode_numbered(message, tag),
        };
        let (frame, farewell) = (encode(message)?, unsubscribe.map(encode).transpose()?);
        // If the socket was just closed and opened again, the end of older subscriptions is not to be taken for this one's.
        self.driver.deliver();
        self.driver.subscribe(tag, frame)?;
        let subscribed = Rc::new(Subscribed { tag, matches, messages: Buffer::new(inbox) });
        self.hub().subscribe(&subscribed);
        Ok(Subscription { socket: self.clone(), subscribed, farewell })
    }
}

impl<Incoming, Outgoing, C: Codec<Incoming, Outgoing>> Stream for Subscription<Incoming, Outgoing, C> {
    type Item = Incoming;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Incoming>> {
        self.socket.next(context, &self.subscribed.messages)
    }
}

impl<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> Drop
    for Subscription<Incoming, Outgoing, C>
{
    fn drop(&mut self) {
        let tag = self.subscribed.tag;
        self.socket.hub().unsubscribe(tag);
        self.socket.driver.unsubscribe(tag, self.farewell.take());
    }
}

impl<Incoming: 'static, Outgoing: 'static, C: Codec<Incoming, Outgoing> + 'static> fmt::Debug
    for Subscription<Incoming, Outgoing, C>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("tag", &self.subscribed.tag).finish_non_exhaustive()
    }
}
