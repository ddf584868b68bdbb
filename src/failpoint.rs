//! Named points between two steps at which a test may end the process, as if it were killed there. Nothing at all without the feature `failpoints`.
//!
//! `FOOTNOTE_FAIL=name@n` ends it when the point of that name is passed for the n-th time (the first without `@n`); several are separated by commas.

/// Passes the point of this name.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub fn pass(_name: &'static str) {}

/// Passes the point of this name.
#[cfg(feature = "failpoints")]
pub fn pass(name: &'static str) {
    armed::pass(name);
}

#[cfg(feature = "failpoints")]
mod armed {
    use std::collections::HashMap;
    use std::sync::{LazyLock, Mutex, PoisonError};

    /// How often each point may yet be passed before the one that ends the process.
    static LEFT: LazyLock<Mutex<HashMap<String, u32>>> = LazyLock::new(|| {
        let armed = std::env::var("FOOTNOTE_FAIL").unwrap_or_default();
        let armed = armed.split(',').filter(|point| !point.is_empty());
        let point = |point: &str| match point.split_once('@') {
            Some((name, nth)) => (name.to_owned(), nth.parse().unwrap_or(1)),
            None => (point.to_owned(), 1),
        };
        Mutex::new(armed.map(point).collect())
    });

    pub(super) fn pass(name: &'static str) {
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = left.get_mut(name) else {
            return;
        };
        *left = left.saturating_sub(1);
        if *left == 0 {
            // No destructor runs and nothing is flushed, as with a signal that cannot be caught.
            std::process::abort();
        }
    }
}
