//! The time, as the core wants it: never backwards, and with the time that the machine slept.

use core::cell::Cell;
use core::time::Duration;

use wasm_bindgen::prelude::*;

use super::dom::{clear_timeout, monotonic, set_timeout, wall};
use crate::core::{Instant, millis};

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
        Self { monotonic: Cell::new(monotonic()), wall: Cell::new(wall()), elapsed: Cell::new(0.0) }
    }

    pub(crate) fn now(&self) -> Instant {
        let (monotonic, wall) = (monotonic(), wall());
        let step = (monotonic - self.monotonic.replace(monotonic)).max(wall - self.wall.replace(wall)).max(0.0);
        self.elapsed.set(self.elapsed.get() + step);
        Instant::from_millis(self.elapsed.get() as u64)
    }
}

/// A call after some time, unless it is dropped before.
#[derive(Debug)]
pub(crate) struct Timeout {
    id: JsValue,
    _tick: Closure<dyn Fn(JsValue)>,
}

impl Timeout {
    /// `setTimeout` wraps above 2^31 - 1 ms, so a longer sleep ends early and is taken up again.
    pub(crate) fn new(sleep: Duration, tick: impl Fn() + 'static) -> Self {
        let tick = Closure::<dyn Fn(JsValue)>::new(move |_| tick());
        let millis = i32::try_from(millis(sleep)).unwrap_or(i32::MAX);
        Self { id: set_timeout(tick.as_ref(), millis), _tick: tick }
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}
