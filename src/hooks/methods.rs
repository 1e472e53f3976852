//! What all handles do alike, written once.

/// The methods that act on the live socket. Takes what gives the mount of a handle, or nothing if its component is gone.
macro_rules! handle_methods {
    ($self:ident => $mount:expr) => {
        /// Sends a message now, or queues it until there is a connection.
        ///
        /// # Errors
        /// As [`Socket::send`](crate::Socket::send). [`SendError::Closed`](crate::SendError::Closed) when the component is
        /// gone.
        pub fn send(&$self, message: &Outgoing) -> Result<crate::Accepted, crate::SendError> {
            crate::hooks::handle_of($mount)?.send(message)
        }

        /// Sends a message with a time to live, a key or a priority.
        ///
        /// # Errors
        /// As [`send`](Self::send).
        pub fn send_with(
            &$self,
            message: &Outgoing,
            options: crate::SendOptions,
        ) -> Result<crate::Accepted, crate::SendError> {
            crate::hooks::handle_of($mount)?.send_with(message, options)
        }

        /// Sends a message and waits for the one that answers it: see [`Socket::request`](crate::Socket::request).
        pub fn request(
            &$self,
            message: Outgoing,
            options: crate::RequestOptions,
        ) -> crate::Reply<Incoming, Outgoing, C> {
            match crate::hooks::handle_of($mount) {
                Ok(socket) => socket.request(message, options),
                Err(error) => crate::Reply::refused(error),
            }
        }

        /// Tells the server what to send, now and again on every connection that follows, until the stream is dropped: see
        /// [`Socket::subscribe`](crate::Socket::subscribe). It ends when the socket is closed or connects to another URL.
        ///
        /// # Errors
        /// As [`Socket::subscribe`](crate::Socket::subscribe).
        pub fn subscribe(
            &$self,
            message: Outgoing,
            options: crate::SubscribeOptions<Incoming, Outgoing>,
        ) -> Result<crate::Subscription<Incoming, Outgoing, C>, crate::SendError> {
            crate::hooks::handle_of($mount)?.subscribe(message, options)
        }

        /// Ends the connection, for all components that share it; [`reconnect`](Self::reconnect) begins anew.
        pub fn close(&$self) {
            if let Ok(socket) = crate::hooks::handle_of($mount) {
                socket.close();
            }
        }

        /// Replaces the connection by a new one, now and with a fresh backoff. The queue is kept. Works after
        /// [`close`](Self::close) too.
        pub fn reconnect(&$self) {
            if let Ok(socket) = crate::hooks::handle_of($mount) {
                socket.reconnect();
            }
        }

        /// The socket itself, for everything else: events, statistics, `flushed`, a `Sink`. Nothing when the component is
        /// gone or the socket could not be made. Holding it does not keep the connection.
        #[must_use]
        pub fn socket(&$self) -> Option<crate::Socket<Incoming, Outgoing, C>> {
            crate::hooks::handle_of($mount).ok()
        }
    };
}

pub(crate) use handle_methods;

use std::rc::Rc;

use super::mount::Mount;
use crate::client::{SendError, Socket};
use crate::codec::Codec;

pub(crate) fn handle_of<Incoming, Outgoing, C: Codec<Incoming, Outgoing>>(
    mount: Option<Rc<Mount<Incoming, Outgoing, C>>>,
) -> Result<Socket<Incoming, Outgoing, C>, SendError> {
    mount.ok_or(SendError::Closed)?.live()
}
