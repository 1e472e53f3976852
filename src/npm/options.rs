//! What the options of a `Socket` mean. Their kinds have been checked, see `npm/check.ts`.

use super::{close_code, millis};
use crate::core::{Config, Overflow};

/// Sets an option, by its place among those of `npm/check.ts`, see `readOptions` there. What is not here, JavaScript keeps.
pub(super) fn set(config: &mut Config, option: u32, number: f64) {
    let finite = Some(number).filter(|number| number.is_finite());
    match option {
        0 => config.connect_timeout = millis(number),
        1 => config.close_timeout = millis(number),
        2 => config.stable_after = millis(number),
        3 => config.max_attempts = finite.map(|attempts| attempts as u32),
        4 => config.retry_on_normal_close = number != 0.0,
        5 => config.consult = true,
        6 => config.fatal_codes.push(close_code(number)),
        7 => config.high_water_mark = number as u64,
        72 => config.backoff.min = millis(number),
        73 => config.backoff.base = millis(number),
        74 => config.backoff.max = millis(number),
        76 => config.queue.max_messages = number as usize,
        77 => config.queue.max_bytes = number as usize,
        78 => config.queue.overflow = overflow(number),
        79 => config.queue.ttl = finite.map(millis),
        80 => _ = config.heartbeat.get_or_insert_default(),
        81 => config.heartbeat.get_or_insert_default().recognised = true,
        82 => config.heartbeat.get_or_insert_default().interval = millis(number),
        83 => config.heartbeat.get_or_insert_default().timeout = millis(number),
        _ => {}
    }
}

fn overflow(number: f64) -> Overflow {
    match number {
        0.0 => Overflow::Reject,
        1.0 => Overflow::DropOldest,
        _ => Overflow::DropNewest,
    }
}
