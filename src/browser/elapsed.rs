//! The arithmetic of the clock.

/// More than this, in ms, is no rounding.
const SLEEP: f64 = 1_000.0;

/// How much time has passed by two clocks of the browser's. `performance.now()` never goes backwards, but stands still on
/// some systems while the machine sleeps. `Date.now()` goes on, but jumps when somebody sets the clock. So its step is taken
/// where it is longer by more than a second: less is rounding, and would add up with each look at the clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Elapsed {
    monotonic: f64,
    wall: f64,
    millis: f64,
}

impl Elapsed {
    /// None yet, when the clocks show this.
    pub(super) const fn since(monotonic: f64, wall: f64) -> Self {
        Self { monotonic, wall, millis: 0.0 }
    }

    /// What has passed when they show this.
    pub(super) fn until(self, monotonic: f64, wall: f64) -> Self {
        let (step, by_wall) = (monotonic - self.monotonic, wall - self.wall);
        let step = if by_wall - step > SLEEP { by_wall } else { step.max(0.0) };
        Self { monotonic, wall, millis: self.millis + step }
    }

    pub(super) const fn millis(self) -> f64 {
        self.millis
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALL: f64 = 1_700_000_000_000.0;

    fn after(steps: &[(f64, f64)]) -> f64 {
        let (mut monotonic, mut wall) = (5.0, WALL);
        let mut elapsed = Elapsed::since(monotonic, wall);
        for (step, by_wall) in steps {
            (monotonic, wall) = (monotonic + step, wall + by_wall);
            elapsed = elapsed.until(monotonic, wall);
        }
        elapsed.millis()
    }

    #[test]
    fn the_clock_runs_no_faster_the_more_often_it_is_read() {
        for often in [1.0, 3.0, 7.0, 100.0] {
            let mut elapsed = Elapsed::since(0.0, WALL);
            for reading in 1..=1_000 {
                let now = f64::from(reading) / often;
                elapsed = elapsed.until(now, (WALL + now).floor());
            }
            assert!((elapsed.millis() - 1_000.0 / often).abs() < 0.001, "{} ms", elapsed.millis());
        }
    }

    #[test]
    fn the_time_that_the_machine_slept_counts() {
        assert_eq!(after(&[(100.0, 100.0), (2.0, 60_000.0), (100.0, 100.0)]), 60_200.0);
        assert_eq!(after(&[(60_000.0, 60_000.0)]), 60_000.0, "once, where both clocks go on");
    }

    #[test]
    fn the_clock_of_the_wall_can_be_set_back_without_harm_and_a_little_forward() {
        assert_eq!(after(&[(100.0, -3_600_000.0), (100.0, 100.0)]), 200.0);
        assert_eq!(after(&[(100.0, 1_100.0), (100.0, 100.0)]), 200.0);
    }

    #[test]
    fn it_never_goes_backwards() {
        assert_eq!(after(&[(100.0, 100.0), (-1.0, -1.0), (0.0, 0.0)]), 100.0);
    }
}
