//! What all requests share: settings, what was asked, what is kept. Must not speak HTTP.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::AgentSettings;
use super::answer;
use super::ask::Ask;
use super::headers::Allowance;
use super::record::Record;
use super::refusal::Refusal;
use super::run::Run;
use super::runs::{Progress, Runs};
use crate::{Script, clock};

/// What headers say of the limit where none is in force: what a new account was seen to have.
const USUAL_LIMIT: u32 = 50;

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) settings: AgentSettings,
    pub(super) script: Script,
    record: Mutex<Record>,
    runs: Mutex<Runs>,
    next: Mutex<VecDeque<Run>>,
    progress: Mutex<Progress>,
    second: Mutex<Second>,
    open: Arc<AtomicUsize>,
}

/// How many requests came in which second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    at: i64,
    used: u32,
}

/// Counts as open until it is dropped.
#[derive(Debug)]
pub(super) struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Inner {
    pub(super) fn new(settings: AgentSettings) -> Self {
        Self {
            progress: Mutex::new(settings.background),
            settings,
            script: Script::default(),
            record: Mutex::default(),
            runs: Mutex::default(),
            next: Mutex::default(),
            second: Mutex::default(),
            open: Arc::default(),
        }
    }

    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        locked(&self.record)
    }

    pub(super) fn runs(&self) -> MutexGuard<'_, Runs> {
        locked(&self.runs)
    }

    pub(super) fn plan(&self, run: Run) {
        locked(&self.next).push_back(run);
    }

    pub(super) fn progress(&self) -> Progress {
        *locked(&self.progress)
    }

    pub(super) fn set_progress(&self, progress: Progress) {
        *locked(&self.progress) = progress;
    }

    /// The run that a test wrote for this request, or one made for it.
    pub(super) fn next_run(&self, ask: &Ask) -> Run {
        let planned = locked(&self.next).pop_front();
        let today = clock::now().date();
        planned.unwrap_or_else(|| answer::run(ask, &self.settings, today))
    }

    pub(super) fn open(&self) -> Open {
        self.open.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(&self.open))
    }

    pub(super) fn open_replies(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Lets in who has a good key and requests left.
    pub(super) fn admit(&self, key: Option<&str>) -> Result<(), Refusal> {
        let settings = &self.settings;
        let among = |keys: &[String]| key.is_some_and(|key| keys.iter().any(|known| known == key));
        if among(&settings.blocked_keys) {
            return Err(Refusal::forbidden());
        }
        if among(&settings.keys_without_credit) {
            return Err(Refusal::out_of_credit());
        }
        if !among(&settings.keys) {
            return Err(Refusal::invalid_key());
        }
        let now = unix_seconds();
        let mut second = locked(&self.second);
        if second.at != now {
            *second = Second { at: now, used: 0 };
        }
        second.used = second.used.saturating_add(1);
        match settings.requests_a_second {
            Some(limit) if second.used > limit => Err(Refusal::rate_limited()),
            _ => Ok(()),
        }
    }

    /// What headers say of the requests that are left.
    pub(super) fn allowance(&self) -> Allowance {
        let second = *locked(&self.second);
        match self.settings.requests_a_second {
            Some(limit) => Allowance {
                limit,
                used: second.used,
                reset: second.at + 1,
            },
            None => Allowance {
                limit: USUAL_LIMIT,
                used: 1,
                reset: unix_seconds() + 1,
            },
        }
    }
}

/// Seconds since 1970.
pub(super) fn unix_seconds() -> i64 {
    clock::now().unix_timestamp()
}

/// A test that panicked while it held the lock is no reason to fail the others.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
