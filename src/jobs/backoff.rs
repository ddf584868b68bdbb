//! How long to wait before something is tried once more. Pure: chance is handed in.

use std::time::Duration;

/// Waits that double from the first to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The longest that the first wait can be.
    pub first: Duration,
    /// The longest that any wait can be.
    pub longest: Duration,
}

impl Backoff {
    /// The wait before the try of this number, from 1, with full jitter: anything between nothing and twice the wait before, so that those who
    /// failed together do not come back together. `chance` is from 0 to 1.
    #[must_use]
    pub fn wait(&self, tried: u32, chance: f64) -> Duration {
        let doubled = self
            .first
            .saturating_mul(1 << tried.saturating_sub(1).min(20));
        doubled.min(self.longest).mul_f64(chance.clamp(0.0, 1.0))
    }
}

/// About `span`: up to a tenth more or less, so that what began together does not stay together. `chance` is from 0 to 1.
#[must_use]
pub fn about(span: Duration, chance: f64) -> Duration {
    span.mul_f64(0.9 + 0.2 * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        first: Duration::from_secs(1),
        longest: Duration::from_secs(60),
    };

    #[test]
    fn waits_double_up_to_the_longest() {
        let longest = |tried| BACKOFF.wait(tried, 1.0).as_secs();
        assert_eq!([1, 2, 3, 7, 99].map(longest), [1, 2, 4, 60, 60]);
        assert_eq!(BACKOFF.wait(5, 0.0), Duration::ZERO);
        assert_eq!(BACKOFF.wait(0, 0.5), Duration::from_millis(500));
    }

    #[test]
    fn about_is_a_tenth_to_either_side() {
        let minute = Duration::from_secs(60);
        assert_eq!(about(minute, 0.0), Duration::from_secs(54));
        assert_eq!(about(minute, 1.0), Duration::from_secs(66));
    }
}
