//! The emulator's time: real, but a test may move it forward. Never goes back.

use std::time::{Duration, Instant, SystemTime};

use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};
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

/// Real time plus whatever tests have added to it.
pub(crate) struct Clock {
    started: Instant,
    started_at: Duration,
    ahead: watch::Sender<Duration>,
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
        Self {
            started: Instant::now(),
            started_at,
            ahead: watch::Sender::new(Duration::ZERO),
        }
    }

    pub(crate) fn now(&self) -> Moment {
        let ahead = *self.ahead.borrow();
        Moment(self.started_at + self.started.elapsed()).plus(ahead)
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.ahead
            .send_modify(|ahead| *ahead = ahead.saturating_add(by));
    }

    /// Waits until `moment` has come, by itself or by [`Clock::advance`].
    pub(crate) async fn wait_until(&self, moment: Moment) {
        let mut moved = self.ahead.subscribe();
        loop {
            let left = moment.since(self.now());
            if left.is_zero() {
                return;
            }
            // The sender lives in `self`, so `changed` cannot fail here; either way the loop looks again.
            let _ = tokio::time::timeout(left, moved.changed()).await;
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
    }

    #[tokio::test]
    async fn advancing_ends_a_wait() {
        let clock = Clock::start();
        let hour = Duration::from_secs(3600);
        let moment = clock.now().plus(hour);
        tokio::join!(clock.wait_until(moment), async { clock.advance(hour) });
        assert!(clock.now() >= moment);
    }
}
