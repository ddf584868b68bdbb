//! The bot's time: the machine's, but that a test can let time pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use footnote_bot::clock::{Clock, Moment, SystemClock};

/// The machine's clock, as far ahead as a test has moved it.
#[derive(Clone, Default)]
pub(crate) struct MovedClock {
    ahead_ms: Arc<AtomicI64>,
}

impl MovedClock {
    /// Lets so much time pass at once.
    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap();
        self.ahead_ms.fetch_add(by, Ordering::Relaxed);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Moment {
        Moment(SystemClock.now().0 + self.ahead_ms.load(Ordering::Relaxed))
    }
}
