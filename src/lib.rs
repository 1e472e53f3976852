//! everwire
pub mod core;
