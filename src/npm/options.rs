//! What the options of a `Socket` mean. Their kinds have been checked, see `npm/check.ts`.

use crate::core::Duration;

use wasm_bindgen::prelude::*;

use super::wire::{User, number};
use crate::core::{CloseCode, Config, HeartbeatConfig, Overflow};

/// Reads what `numbersOf` in `npm/wire.ts` has made of the options, in its order.
///
/// # Errors
/// What to throw for an option that cannot be met.
pub(super) fn read(numbers: &JsValue, user: &User) -> Result<Config, JsValue> {
    let mut at = 0;
    let mut next = || {
        at += 1;
        number(numbers, at - 1)
    };

    let mut config = Config::default();
    let mut heartbeat = HeartbeatConfig::default();
    for time in &mut [
        &mut config.connect_timeout,
        &mut config.close_timeout,
        &mut config.stable_after,
        &mut config.backoff.min,
        &mut config.backoff.base,
        &mut config.backoff.max,
        &mut heartbeat.interval,
        &mut heartbeat.timeout,
    ] {
        **time = given(next()).map_or(**time, millis);
    }
    config.queue.ttl = Some(next()).filter(|ttl| ttl.is_finite()).map(millis);
    config.max_attempts = Some(next()).filter(|attempts| attempts.is_finite()).map(|attempts| attempts as u32);
    for size in &mut [&mut config.queue.max_messages, &mut config.queue.max_bytes] {
        **size = given(next()).map_or(**size, |size| size as usize);
    }
    config.high_water_mark = given(next()).map_or(config.high_water_mark, |bytes| bytes as u64);
    config.queue.overflow = match next() {
        1.0 => Overflow::DropOldest,
        2.0 => Overflow::DropNewest,
        _ => Overflow::Reject,
    };
    config.retry_on_normal_close = next() != 0.0;
    config.consult = next() == 1.0;
    heartbeat.recognised = next() == 1.0;
    config.heartbeat = (next() == 1.0).then_some(heartbeat);
    while let Some(code) = given(next()) {
        config.fatal_codes.push(CloseCode::from(code as u16));
    }
    config.validate().map_err(|error| user.unmet(error.option, error.takes))?;
    Ok(config)
}

pub(super) fn given(number: f64) -> Option<f64> {
    Some(number).filter(|number| !number.is_nan())
}

/// A number of milliseconds, rounded up to whole ones; Infinity is for ever.
pub(super) fn millis(millis: f64) -> Duration {
    let whole = millis as u64;
    Duration::from_millis(whole.saturating_add(u64::from((whole as f64) < millis)))
}
