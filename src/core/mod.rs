//! Every decision of a socket, as a value with two doors: [`Core::handle`] is told what happened, [`Core::poll`] says what
//! to do. It reads no clock, opens no socket, holds no timer, draws no randomness of its own and never calls out. So a
//! month of flapping can be driven on the host in microseconds and replayed from a seed.
//!
//! It must not know: wasm, JavaScript, the browser, and what is in a frame.

mod backlog;
mod backoff;
mod close_code;
mod config;
mod duration;
mod event;
mod exchange;
mod heartbeat;
mod lifecycle;
mod machine;

#[cfg(feature = "client")]
mod protocols;
mod queue;
mod retry;
mod sending;
mod statistics;
mod text;
mod time;
mod timers;

pub use backoff::{Backoff, Rng};
pub use close_code::CloseCode;
pub use config::{Config, ConfigError, HeartbeatConfig, Overflow, QueueConfig, Throttle};
pub use duration::Duration;
#[cfg(target_family = "wasm")]
pub(crate) use duration::millis;
pub use event::{DropReason, Event, Failure, Generation, Input, Lost, Output, State, Verdict};
pub use exchange::{Tag, Unanswered};
pub use machine::Core;
#[cfg(feature = "client")]
pub(crate) use protocols::are_protocols;
pub use queue::{Frame, Message};
pub use sending::{Accepted, SendError};
pub use statistics::Statistics;
pub use text::{Key, Reason};
pub use time::Instant;
