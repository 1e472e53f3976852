//! The time, as the core wants it: never backwards, and with the time that the machine slept.

use std::cell::Cell;

use wasm_bindgen::prelude::*;

use super::elapsed::Elapsed;
use crate::core::{Duration, Instant, millis};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;
}

/// What has passed since it was made.
#[derive(Debug)]
pub(crate) struct Clock(Cell<Elapsed>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Cell::new(Elapsed::since(monotonic(), js_sys::Date::now())))
    }

    pub(crate) fn now(&self) -> Instant {
        let elapsed = self.0.get().until(monotonic(), js_sys::Date::now());
        self.0.set(elapsed);
        Instant::from_millis(elapsed.millis() as u64)
    }
}

/// What `setTimeout` takes: it wraps above 2^31 - 1 ms, so a longer sleep ends early and is taken up again.
pub(crate) fn timeout_millis(sleep: Duration) -> u32 {
    const LONGEST: u32 = i32::MAX as u32;
    u32::try_from(millis(sleep)).unwrap_or(LONGEST).min(LONGEST)
}
