//! What research needs from the edge: somewhere to be shown. Traits only.

use async_trait::async_trait;

use super::estimate::Estimate;
use super::record::Paid;
use crate::clock::Moment;
use crate::conversation::outcome::Outcome;
use crate::conversation::question::Question;
use crate::ids::QuestionId;

/// Where a research stands, as its reader is to see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// Its asker has to say first that it may cost so much.
    Unconfirmed,
    /// It waits for its turn, at this place in its line, from 1.
    InLine(u32),
    /// It is being handed to the service.
    Submitting,
    /// The service is busy; it is tried again at this moment.
    Busy(Moment),
    /// The service has it since this moment, and may not have begun.
    Running {
        /// Since when.
        since: Moment,
        /// How long it has had it, in seconds.
        seconds: u64,
        /// Whether it works on it.
        begun: bool,
    },
}

/// What is told with an outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// What it was thought to take.
    pub estimate: Estimate,
    /// What was paid.
    pub paid: Paid,
}

/// What came of showing an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It can be seen.
    Done,
    /// Nobody can be shown it.
    Nobody,
    /// Discord did not take it for now.
    Later,
}

/// Shows researches.
#[async_trait]
pub trait Showing: Send + Sync {
    /// Shows where a research stands. What is not taken is not tried again: the next one says more. Whether the place is still there.
    async fn stands(&self, question: &Question, estimate: &Estimate, standing: Standing) -> bool;

    /// Shows the outcome, once, however often it is called: also by a later process. `may_be_there` unless this is surely the first time.
    async fn deliver(
        &self,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        may_be_there: bool,
    ) -> Shown;

    /// Says in the place of its progress that a research is given up whose question cannot be read, unless something of its outcome is out. Where
    /// nothing but the reply to a command could be written, and where no progress was noted, nobody can be shown it.
    async fn give_up_unread(&self, question: QuestionId, report: Option<&Report>) -> Shown;

    /// Shows in what was delivered what was paid in the end. Not tried again.
    async fn settle(&self, question: &Question, outcome: &Outcome, report: &Report);
}
