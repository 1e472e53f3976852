#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(target_family = "wasm")]
mod browser;
pub mod core;
#[cfg(all(target_family = "wasm", feature = "npm"))]
mod npm;
