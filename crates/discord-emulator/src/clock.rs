//! The emulator's time: real at first, but it can be moved forward, frozen and scaled. Never goes back.

use std::time::{Duration, Instant, SystemTime};

use time::{
    OffsetDateTime,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};
use tokio::sync::watch;

/// A point in the emulator's time, as the duration since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Duration);

impl Moment {
    pub(crate) const fn since_epoch(duration: Duration) -> Self {
        Self(duration)
    }

    pub(crate) fn as_duration(self) -> Duration {
        self.0
    }

    pub(crate) fn as_millis(self) -> u64 {
        u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX)
    }

    /// The time that has passed since `earlier`; zero when it lies ahead.
    pub(crate) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    pub(crate) fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by))
    }

    /// Reads a moment in ISO 8601; `None` for what is none, or lies before 1970.
    pub(crate) fn read_iso(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let nanos = u64::try_from(moment.unix_timestamp_nanos()).ok()?;
        Some(Self(Duration::from_nanos(nanos)))
    }

    /// As Discord writes it: `2026-01-01T00:00:00.000000+00:00`.
    pub(crate) fn to_iso(self) -> String {
        const FORM: &[BorrowedFormatItem<'_>] = format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]+00:00"
        );
        i128::try_from(self.0.as_nanos())
            .ok()
            .and_then(|nanos| OffsetDateTime::from_unix_timestamp_nanos(nanos).ok())
            .and_then(|moment| moment.format(FORM).ok())
            .unwrap_or_else(|| "9999-12-31T23:59:59.000000+00:00".to_owned())
    }
}

/// How fast the emulator's time runs: so many seconds for one real second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed(f64);

impl Speed {
    /// Time stands still, and moves only by [`Emulator::advance`](crate::Emulator::advance).
    pub const FROZEN: Self = Self(0.0);
    /// One second a second.
    pub const REAL: Self = Self(1.0);
    /// The fastest: an hour in less than four seconds.
    pub const MOST: f64 = 1_000.0;

    /// So many times as fast as real time, from 0 (frozen) to [`Speed::MOST`]; `None` beyond that.
    pub fn times(factor: f64) -> Option<Self> {
        (0.0..=Self::MOST).contains(&factor).then_some(Self(factor))
    }

    /// Seconds for one real second.
    pub fn factor(self) -> f64 {
        self.0
    }
}

/// The emulator's time: where it stood when it was last set, and how fast it has run since.
pub(crate) struct Clock(watch::Sender<Course>);

#[derive(Clone, Copy)]
struct Course {
    set: Instant,
    at: Moment,
    speed: Speed,
}

impl Course {
    fn now(&self) -> Moment {
        let real = self.set.elapsed();
        let passed = if self.speed == Speed::REAL {
            real
        } else {
            real.mul_f64(self.speed.0)
        };
        self.at.plus(passed)
    }

    /// The real time until `moment`; `None` when it never comes by itself.
    fn until(&self, moment: Moment) -> Option<Duration> {
        let left = moment.since(self.now());
        if left.is_zero() || self.speed == Speed::REAL {
            return Some(left);
        }
        Duration::try_from_secs_f64(left.as_secs_f64() / self.speed.0).ok()
    }
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    pub(crate) fn start() -> Self {
        let started_at = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Self(watch::Sender::new(Course {
            set: Instant::now(),
            at: Moment(started_at),
            speed: Speed::REAL,
        }))
    }

    pub(crate) fn now(&self) -> Moment {
        self.0.borrow().now()
    }

    pub(crate) fn speed(&self) -> Speed {
        self.0.borrow().speed
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.send_modify(|course| course.at = course.at.plus(by));
    }

    pub(crate) fn run_at(&self, speed: Speed) {
        self.0.send_modify(|course| {
            course.at = course.now();
            course.set = Instant::now();
            course.speed = speed;
        });
    }

    /// Waits until `moment` has come, by itself or by [`Clock::advance`].
    pub(crate) async fn wait_until(&self, moment: Moment) {
        let mut moved = self.0.subscribe();
        loop {
            let left = self.0.borrow().until(moment);
            match left {
                Some(Duration::ZERO) => return,
                // The sender lives in `self`, so `changed` cannot fail here; either way the loop looks again.
                Some(left) => drop(tokio::time::timeout(left, moved.changed()).await),
                None => drop(moved.changed().await),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_discord_writes_it() {
        let moment = Moment::since_epoch(Duration::new(1_767_225_600, 5_000));
        assert_eq!(moment.to_iso(), "2026-01-01T00:00:00.000005+00:00");
        assert_eq!(Moment::read_iso(&moment.to_iso()), Some(moment));
        assert_eq!(Moment::read_iso("yesterday"), None);
    }

    #[tokio::test]
    async fn advancing_ends_a_wait() {
        let clock = Clock::start();
        let hour = Duration::from_secs(3600);
        let moment = clock.now().plus(hour);
        tokio::join!(clock.wait_until(moment), async { clock.advance(hour) });
        assert!(clock.now() >= moment);
    }

    #[tokio::test]
    async fn a_frozen_clock_moves_only_when_it_is_advanced() {
        let clock = Clock::start();
        clock.run_at(Speed::FROZEN);
        let then = clock.now();
        let second = Duration::from_secs(1);
        assert_eq!(clock.now(), then);
        clock.advance(second);
        assert_eq!(clock.now(), then.plus(second));
        tokio::join!(clock.wait_until(then.plus(2 * second)), async {
            clock.advance(second);
        });
        assert_eq!(clock.now(), then.plus(2 * second));
    }

    #[tokio::test]
    async fn a_fast_clock_brings_a_deadline_sooner() {
        let clock = Clock::start();
        let moment = clock.now().plus(Duration::from_secs(10));
        clock.run_at(Speed::times(1_000.0).unwrap());
        clock.wait_until(moment).await;
        assert!(clock.now() >= moment);
        assert_eq!(clock.speed().factor().to_bits(), 1_000f64.to_bits());
    }

    #[test]
    fn only_a_sensible_speed_is_one() {
        for factor in [-1.0, 1_000.1, f64::NAN, f64::INFINITY] {
            assert_eq!(Speed::times(factor), None, "{factor}");
        }
        assert_eq!(Speed::times(0.0), Some(Speed::FROZEN));
        assert!(Speed::times(1_000.0).is_some());
    }
}
