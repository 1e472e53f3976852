//! The Rust API: a [`Socket`] that is a handle, a `Stream` of messages and a `Sink` for them.

mod event;
mod face;
mod inbox;
mod options;
mod socket;
mod stream;

pub use event::{Event, Undecodable};
pub use options::{Endpoint, Heartbeat, OpenError, Options, SendOptions};
pub use socket::{CloseError, SendError, Socket};
pub use stream::{Events, Messages};
