//! The time, as the core wants it: never backwards, and with the time that the machine slept.

use crate::core::Duration;
use std::cell::Cell;

use wasm_bindgen::prelude::*;

use crate::core::{Instant, millis};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;
}

/// `performance.now()` never goes backwards, but stands still on some systems while the machine sleeps. `Date.now()` goes
/// on, but jumps when somebody sets the clock. The larger step of the two is taken each time.
#[derive(Debug)]
pub(crate) struct Clock {
    monotonic: Cell<f64>,
    wall: Cell<f64>,
    elapsed: Cell<f64>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { monotonic: Cell::new(monotonic()), wall: Cell::new(js_sys::Date::now()), elapsed: Cell::new(0.0) }
    }

    pub(crate) fn now(&self) -> Instant {
        let (monotonic, wall) = (monotonic(), js_sys::Date::now());
        let step = (monotonic - self.monotonic.replace(monotonic)).max(wall - self.wall.replace(wall)).max(0.0);
        self.elapsed.set(self.elapsed.get() + step);
        Instant::from_millis(self.elapsed.get() as u64)
    }
}

/// What `setTimeout` takes: it wraps above 2^31 - 1 ms, so a longer sleep ends early and is taken up again.
pub(crate) fn timeout_millis(sleep: Duration) -> u32 {
    const LONGEST: u32 = i32::MAX as u32;
    u32::try_from(millis(sleep)).unwrap_or(LONGEST).min(LONGEST)
}
