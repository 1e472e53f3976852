//! The Rust API: a [`Socket`] that is a handle, a `Stream` of messages and a `Sink` for them.

mod event;
mod face;
mod hub;
mod inbox;
mod options;
mod request;
mod socket;
mod source;
mod status;
mod stream;
mod subscription;

pub use event::{Event, Undecodable};
#[cfg(feature = "hooks")]
pub(crate) use inbox::Buffer;
pub use inbox::Inbox;
pub use options::{Endpoint, Heartbeat, OpenError, Options, SendOptions};
pub use request::{Reply, RequestError, RequestOptions};
pub use socket::{CloseError, SendError, Socket};
pub use source::Source;
#[cfg(feature = "hooks")]
pub(crate) use source::Surroundings;
pub use status::Status;
pub use stream::{Broadcast, Events, Messages, Watch};
pub use subscription::{SubscribeOptions, Subscription};
