//! The runs that can be looked at later, and how far each of them is. Must hold a bounded number.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::response::{Begun, Stage};
use super::run::End;

/// How many runs are kept; the oldest go first.
const KEPT: usize = 5000;

/// How a background run gets on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// By how often it was looked at: so many looks find it queued, and so many more in progress.
    Looks {
        /// Looks that find it queued.
        queued: u32,
        /// Looks after those that find it in progress.
        running: u32,
    },
    /// By time since it was submitted.
    Time {
        /// How long it is queued.
        queued: Duration,
        /// How long after that it is in progress.
        running: Duration,
    },
}

impl Default for Progress {
    fn default() -> Self {
        Self::Looks {
            queued: 1,
            running: 1,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Runs {
    kept: HashMap<String, Kept>,
    oldest_first: VecDeque<String>,
}

#[derive(Debug)]
struct Kept {
    begun: Begun,
    since: Instant,
    looks: u32,
    cancelled: bool,
    /// When it was first seen to have ended, in seconds since 1970.
    ended: Option<i64>,
}

impl Runs {
    pub(super) fn keep(&mut self, begun: Begun) {
        if self.oldest_first.len() >= KEPT
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.kept.remove(&oldest);
        }
        self.oldest_first.push_back(begun.id.clone());
        let kept = Kept {
            since: Instant::now(),
            looks: 0,
            cancelled: false,
            ended: None,
            begun,
        };
        self.kept.insert(kept.begun.id.clone(), kept);
    }

    pub(super) fn begun(&self, id: &str) -> Option<&Begun> {
        self.kept.get(id).map(|kept| &kept.begun)
    }

    /// What a look at a run finds, which counts as a look.
    pub(super) fn look(&mut self, id: &str, progress: Progress, now: i64) -> Option<Value> {
        let kept = self.kept.get_mut(id)?;
        let stage = kept.stage(progress);
        kept.looks = kept.looks.saturating_add(1);
        let at = if kept.has_ended(stage) {
            *kept.ended.get_or_insert(now)
        } else {
            now
        };
        Some(kept.begun.body(stage, at))
    }

    /// Cancels a run; false when it has ended, or there is none.
    pub(super) fn cancel(&mut self, id: &str, progress: Progress) -> bool {
        let Some(kept) = self.kept.get_mut(id) else {
            return false;
        };
        let open = !kept.has_ended(kept.stage(progress));
        kept.cancelled |= open;
        open
    }

    pub(super) fn forget_all(&mut self) {
        *self = Self::default();
    }
}

impl Kept {
    fn stage(&self, progress: Progress) -> Stage {
        if self.cancelled {
            return Stage::Cancelled;
        }
        if !self.begun.ask.flag("background") {
            return Stage::Ended;
        }
        let (is_queued, is_running) = match progress {
            Progress::Looks { queued, running } => (
                self.looks < queued,
                self.looks < queued.saturating_add(running),
            ),
            Progress::Time { queued, running } => {
                let gone = self.since.elapsed();
                (gone < queued, gone < queued.saturating_add(running))
            }
        };
        match (is_queued, is_running) {
            (true, _) => Stage::Queued,
            (false, true) => Stage::InProgress,
            (false, false) => Stage::Ended,
        }
    }

    fn has_ended(&self, stage: Stage) -> bool {
        stage == Stage::Cancelled || stage == Stage::Ended && self.begun.run.end != End::Nothing
    }
}
