//! How long to wait before the next attempt: full jitter, so that the clients of a server that died do not come back as
//! one. See "Exponential Backoff And Jitter" (AWS, 2015) and RFC 6455, section 7.2.3.

use super::Duration;

use super::duration::{FOREVER, millis};

/// The backoff curve: before attempt n+1 wait `min + U(0, min(max, base * 2^n))`, drawn anew every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The floor under every wait. Default: 100 ms.
    pub min: Duration,
    /// The width of the first draw; it doubles with each attempt. Default: 1 s.
    pub base: Duration,
    /// The largest width of a draw. Default: 30 s.
    pub max: Duration,
}

impl Backoff {
    /// Whether the floor is above the largest width.
    pub(crate) fn contradicts_itself(&self) -> bool {
        self.min > self.max
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self { min: Duration::from_millis(100), base: Duration::from_secs(1), max: Duration::from_secs(30) }
    }
}

impl Backoff {
    /// The wait after `attempt` dials in a row without a stable connection. A `floor` that the server or the user asked
    /// for takes the place of `min` where it is larger.
    pub(crate) fn delay(&self, attempt: u32, floor: Duration, rng: &mut Rng) -> Duration {
        let max = millis(self.max);
        let mut width = millis(self.base).min(max);
        // Doubled as often as there are bits, any base is at the cap.
        for _ in 0..attempt.min(u64::BITS) {
            width = (width * 2).min(max);
        }
        let floor = millis(self.min).max(millis(floor));
        Duration::from_millis((floor + rng.up_to(width)).min(FOREVER))
    }
}

/// SplitMix64: a seeded generator in three lines. The core draws nothing that has to be unguessable, and a generator of
/// its own lets a run be replayed from its seed.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator that will draw the same numbers for the same seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A whole number from 0 to `limit`, both included. The bias of the remainder is below 2^-40 for any wait that a
    /// person would configure.
    pub(crate) fn up_to(&mut self, limit: u64) -> u64 {
        self.next() % (limit + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(attempt: u32) -> Vec<u64> {
        let mut rng = Rng::new(7);
        (0..2000).map(|_| millis(Backoff::default().delay(attempt, Duration::ZERO, &mut rng))).collect()
    }

    #[test]
    fn the_width_doubles_up_to_the_cap() {
        for (attempt, width) in [(0, 1_000), (1, 2_000), (4, 16_000), (5, 30_000), (400, 30_000)] {
            let draws = draws(attempt);
            let (low, high) = (draws.iter().min().unwrap(), draws.iter().max().unwrap());
            assert!(*low >= 100 && *high <= 100 + width, "attempt {attempt}: {low}..{high}");
            assert!(high - low > width * 9 / 10, "attempt {attempt}: the draws fill the width");
        }
    }

    #[test]
    fn two_clients_do_not_draw_the_same_curve() {
        let curve = |seed| {
            let mut rng = Rng::new(seed);
            (0..8).map(|attempt| Backoff::default().delay(attempt, Duration::ZERO, &mut rng)).collect::<Vec<_>>()
        };
        assert_ne!(curve(1), curve(2));
        assert_eq!(curve(1), curve(1));
    }

    #[test]
    fn a_floor_that_was_asked_for_is_kept_and_still_jittered() {
        let mut rng = Rng::new(3);
        let floor = Duration::from_millis(2500);
        let draws: Vec<_> = (0..50).map(|_| Backoff::default().delay(0, floor, &mut rng)).collect();
        assert!(draws.iter().all(|delay| *delay >= floor));
        assert!(draws.iter().any(|delay| *delay != draws[0]));
    }

    #[test]
    fn extreme_settings_saturate() {
        let backoff = Backoff { min: Duration::MAX, base: Duration::MAX, max: Duration::MAX };
        let delay = backoff.delay(u32::MAX, Duration::ZERO, &mut Rng::new(0));
        assert_eq!(millis(delay), FOREVER);
    }
}
