//! What the options of a `Socket` mean. Their kinds have been checked, see `npm/check.ts`.

use std::time::Duration;

use wasm_bindgen::prelude::*;

use super::wire::{fatal_code, has, number, unmet};
use crate::core::{CloseCode, Config, HeartbeatConfig, Overflow};

/// # Errors
/// What to throw for an option that cannot be met.
pub(super) fn read(options: &JsValue) -> Result<Config, JsValue> {
    let given = |path| Some(number(options, path)).filter(|number| !number.is_nan());
    let flag = |path, target: &mut bool| *target = given(path).map_or(*target, |flag| flag != 0.0);
    let time = |path, target: &mut Duration| *target = given(path).map_or(*target, millis);
    let size = |path, target: &mut usize| *target = given(path).map_or(*target, |size| size as usize);

    let mut config = Config::default();
    time("connectTimeout", &mut config.connect_timeout);
    time("closeTimeout", &mut config.close_timeout);
    time("stableAfter", &mut config.stable_after);
    time("backoff.min", &mut config.backoff.min);
    time("backoff.base", &mut config.backoff.base);
    time("backoff.max", &mut config.backoff.max);
    config.max_attempts = given("maxAttempts").filter(|attempts| attempts.is_finite()).map(|attempts| attempts as u32);
    flag("retryOnNormalClose", &mut config.retry_on_normal_close);
    let fatal_codes = (0..).map(|at| fatal_code(options, at)).take_while(|code| !code.is_nan());
    config.fatal_codes = fatal_codes.map(|code| CloseCode::from(code as u16)).collect();
    config.consult = has(options, "shouldRetry");
    size("queue.maxMessages", &mut config.queue.max_messages);
    size("queue.maxBytes", &mut config.queue.max_bytes);
    config.queue.overflow = match given("queue.overflow") {
        Some(1.0) => Overflow::DropOldest,
        Some(2.0) => Overflow::DropNewest,
        _ => Overflow::Reject,
    };
    config.queue.ttl = given("queue.ttl").filter(|ttl| ttl.is_finite()).map(millis);
    config.high_water_mark = given("highWaterMark").map_or(config.high_water_mark, |bytes| bytes as u64);
    if has(options, "heartbeat") {
        let mut heartbeat =
            HeartbeatConfig { recognised: has(options, "heartbeat.answer"), ..HeartbeatConfig::default() };
        time("heartbeat.interval", &mut heartbeat.interval);
        time("heartbeat.timeout", &mut heartbeat.timeout);
        config.heartbeat = Some(heartbeat);
    }
    config.validate().map_err(|error| unmet(options, error.option, error.takes))?;
    Ok(config)
}

/// A number of milliseconds, rounded up to whole ones; Infinity is for ever.
pub(super) fn millis(millis: f64) -> Duration {
    let whole = millis as u64;
    Duration::from_millis(whole.saturating_add(u64::from((whole as f64) < millis)))
}
