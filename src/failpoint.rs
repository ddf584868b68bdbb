//! Named points between two steps at which a test may end the process, as if it were killed there. Nothing at all without the feature `failpoints`.
//!
//! `FOOTNOTE_FAIL=name@n` ends it when the point of that name is passed for the n-th time (the first without `@n`); several are separated by commas.

/// Every point. The crash suite ends the process at each of them, and compares this list with what the code passes.
pub const POINTS: &[&str] = &[
    // A plain question, from its event to its recorded outcome.
    "ask.before_accept",
    "ask.after_accept",
    "ask.before_acknowledge",
    "ask.after_acknowledge",
    "ask.before_service",
    "ask.after_event",
    "ask.before_record",
    "ask.after_record",
    // The messages of an outcome.
    "deliver.before_part",
    "deliver.first_part_unnoted",
    "deliver.further_part_unnoted",
    "deliver.after_part",
    "deliver.before_shown",
    "deliver.after_shown",
    // The thread on an answer.
    "thread.before_opening",
    "thread.after_opening",
    "thread.after_first_words",
    // A start, and what an earlier process left.
    "start.store_opened",
    "start.before_interrupt",
    "start.after_interrupt",
    "start.ready",
    "recover.before_looking",
    "recover.after_looking",
    "recover.after_one",
    // An end in good order.
    "stop.before_drain",
    "stop.after_drain",
    // Durable work.
    "jobs.before_reclaim",
    "jobs.after_reclaim",
    "jobs.after_claim",
    "jobs.before_release",
    // A research, from its event to its recorded outcome.
    "research.before_accept",
    "research.after_accept",
    "research.before_acknowledge",
    "research.after_acknowledge",
    "research.progress_unnoted",
    "research.before_submitting",
    "research.after_submitting",
    "research.before_submit_sent",
    "research.after_submit_sent",
    "research.after_id_stored",
    "research.before_look",
    "research.after_look",
    "research.before_answer_stored",
    "research.after_answer_stored",
    "research.before_failure_stored",
    "research.after_failure_stored",
    // What is shown of it in the end, up to the end of its job.
    "research.before_deliver",
    "research.in_place_unnoted",
    "research.after_part_sent",
    "research.after_part_noted",
    "research.after_parts",
    "research.after_home",
    "research.after_leading",
    "research.after_shown",
    "research.after_deliver",
    "research.before_end",
    "research.after_end",
];

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

    /// How often each armed point may yet be passed, until it ends the process.
    static LEFT: LazyLock<Mutex<HashMap<String, u32>>> = LazyLock::new(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "it is no setting: only a test of crashes ever sets it"
        )]
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
