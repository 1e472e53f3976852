//! What the Rust API does against a real server, the same in a page and in a worker.

mod connecting;
mod exchange;
mod following;
mod messages;
mod server;
