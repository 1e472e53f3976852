//! The core, driven through its two doors by a simulated world: no browser, no clock, no sleep.
#![cfg(not(target_family = "wasm"))]

mod awaiting;
mod closing;
mod driver;
mod exchange;
mod harness;
mod heap;
mod ledger;
mod lifecycle;
mod line;
mod liveness;
mod pages;
mod properties;
mod retrying;
mod rules;
mod sending;
mod states;
mod subscriptions;
mod texts;
