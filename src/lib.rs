#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "npm"), forbid(unsafe_code))]

#[cfg_attr(not(target_family = "wasm"), path = "browser/absent.rs")]
#[cfg(feature = "client")]
mod browser;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
mod codec;
pub mod core;
#[cfg(feature = "dioxus")]
pub mod dioxus;
#[cfg(feature = "dioxus-08")]
pub mod dioxus_08;
#[cfg(feature = "export")]
#[doc(hidden)]
pub mod export;
#[cfg(feature = "hooks")]
mod hooks;
#[cfg(feature = "leptos")]
pub mod leptos;
#[cfg(feature = "leptos-09")]
pub mod leptos_09;
#[cfg(all(target_family = "wasm", feature = "npm", not(feature = "client")))]
mod npm;
#[cfg(feature = "yew")]
pub mod yew;

#[cfg(feature = "client")]
pub use client::{
    Broadcast, CloseError, Endpoint, Event, Events, Heartbeat, Inbox, Messages, OpenError, Options, Reply,
    RequestError, RequestOptions, SendError, SendOptions, Socket, Source, Status, SubscribeOptions, Subscription,
    Undecodable, Watch,
};
#[cfg(feature = "cbor")]
pub use codec::Cbor;
#[cfg(feature = "codee")]
pub use codec::Codee;
#[cfg(feature = "json")]
pub use codec::Json;
#[cfg(feature = "msgpack")]
pub use codec::MsgPack;
#[cfg(feature = "postcard")]
pub use codec::Postcard;
#[cfg(feature = "client")]
pub use codec::{Binary, Codec, CodecError, Frame, Text};
pub use core::{
    Accepted, Backoff, CloseCode, DropReason, Failure, Lost, Overflow, QueueConfig, State, Statistics, Verdict,
};

/// The examples of the page on codecs, as tests.
#[cfg(all(doctest, feature = "msgpack"))]
#[doc = include_str!("../docs/codecs.md")]
struct PageOnCodecs;
