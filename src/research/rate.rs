//! How many of something may be begun in a minute, counted by the monotonic clock. May be lost.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A rate that nothing is begun above: as many at once as a tenth of a minute allows, then one after another.
pub struct Rate {
    /// The time between two.
    apart: Duration,
    /// How far ahead of that may be run.
    burst: Duration,
    /// When the next one would be due if none ran ahead.
    next: Mutex<Instant>,
}

impl Rate {
    /// So many in a minute.
    #[must_use]
    pub fn per_minute(many: u32) -> Self {
        let apart = Duration::from_secs(60) / many.max(1);
        Self {
            apart,
            burst: apart * (many / 10),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Begins one.
    ///
    /// # Errors
    ///
    /// How long to wait before it is tried again.
    pub fn take(&self) -> Result<(), Duration> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let due = (*next).max(now);
        let ahead = due - now;
        if ahead > self.burst {
            return Err(ahead - self.burst);
        }
        *next = due + self.apart;
        Ok(())
    }

    /// Begins none for so long.
    pub fn hold(&self, wait: Duration) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now() + wait + self.burst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_more_are_begun_than_the_minute_allows() {
        let rate = Rate::per_minute(60);
        let started = Instant::now();
        let mut begun = 0;
        while started.elapsed() < Duration::from_secs(60) {
            match rate.take() {
                Ok(()) => begun += 1,
                Err(wait) => tokio::time::advance(wait).await,
            }
        }
        // One a second, and the few that ran ahead.
        assert!((60..=67).contains(&begun), "{begun}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_service_holds_all_of_them() {
        let rate = Rate::per_minute(600);
        rate.take().unwrap();
        rate.hold(Duration::from_secs(9));
        let wait = rate.take().unwrap_err();
        assert_eq!(wait.as_secs(), 9);
        tokio::time::advance(wait).await;
        rate.take().unwrap();
    }
}
