//! The driver: turns the core's outputs into calls on the browser's `WebSocket` and timers, and browser events into the
//! core's inputs. It decides nothing.
//!
//! It works in a window, in every kind of worker, and in Node where a `WebSocket` constructor is given.

mod clock;
mod connection;
mod data;
mod driver;
mod elapsed;
mod face;
mod global;
mod text;
mod url;
mod watch;

pub(crate) use connection::{Handed, Outgoing};
pub(crate) use data::{Data, TooLarge};
pub(crate) use driver::{Driver, Rejected};
pub(crate) use face::Inbound;
pub(crate) use face::{Delivery, Face, Resolver, Target};
pub(crate) use text::js_string;
pub(crate) use url::{UrlFault, resolve as resolve_url};
