//! The one place of this crate that reads the wall clock. Must not be used to measure how long something takes.

use std::time::SystemTime;

use time::OffsetDateTime;

/// Now, in UTC.
pub(crate) fn now() -> OffsetDateTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock; what depends on it takes the time as an argument"
    )]
    SystemTime::now().into()
}
