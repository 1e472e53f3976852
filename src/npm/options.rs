//! What the options of a `Socket` mean. Their kinds have been checked, see `npm/check.ts`.

use super::{close_code, millis};
use crate::core::{Config, HeartbeatConfig, Overflow, Throttle};

/// Sets an option, by its place in `numbersOf` of `npm/options.ts`.
pub(super) fn set(config: &mut Config, option: u32, number: f64) {
    let finite = Some(number).filter(|number| number.is_finite());
    match option {
        0 => config.connect_timeout = millis(number),
        1 => config.close_timeout = millis(number),
        2 => config.stable_after = millis(number),
        3 => config.backoff.min = millis(number),
        4 => config.backoff.base = millis(number),
        5 => config.backoff.max = millis(number),
        6 => config.max_attempts = finite.map(|attempts| attempts as u32),
        7 => config.retry_on_normal_close = number != 0.0,
        8 => config.consult = true,
        9 => config.queue.max_messages = number as usize,
        10 => config.queue.max_bytes = number as usize,
        11 => {
            config.queue.overflow = match number {
                0.0 => Overflow::Reject,
                1.0 => Overflow::DropOldest,
                _ => Overflow::DropNewest,
            };
        }
        12 => config.queue.ttl = finite.map(millis),
        13 => config.high_water_mark = number as u64,
        14 => config.heartbeat = Some(HeartbeatConfig { recognised: number != 0.0, ..HeartbeatConfig::default() }),
        15 => config.heartbeat.get_or_insert_default().interval = millis(number),
        16 => config.heartbeat.get_or_insert_default().timeout = millis(number),
        17 => config.throttle = Throttle::Firefox,
        _ => config.fatal_codes.push(close_code(number)),
    }
}
