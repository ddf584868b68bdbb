//! Runs a research from its turn to its end. Every step first does, then stores what came of it, and a later process goes on from there.

mod awaiting;

mod submitting;

mod telling;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;

use self::awaiting::Submitted;
use self::telling::Ending;
use super::desk::ResearchDesk;
use super::ports::Showing;
use super::rate::Rate;
use super::record::{Paid, Record, Stage};
use crate::conversation::ask::Desk;
use crate::conversation::failure::Failure;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{Kept, ResearchService, StoreError};
use crate::conversation::question::Question;
use crate::failpoint;
use crate::jobs::job::{Kind, Turns, Written};
use crate::jobs::workers::{Held, Next, Work};

/// The longest wait of a busy service that is taken at its word.
const LONGEST_NAMED: Duration = Duration::from_secs(10 * 60);

/// As long as the service keeps what it has researched.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The wait before an outcome is shown once more that Discord did not take.
const LATER: Duration = Duration::from_secs(60);

/// Runs researches.
pub struct Researching {
    desk: Arc<Desk>,
    research: Arc<ResearchDesk>,
    service: Arc<dyn ResearchService>,
    showing: Arc<dyn Showing>,
    submissions: Rate,
    /// How many researches the service is asked about.
    looked_at: AtomicUsize,
    /// Told when others moved up in their lines.
    moved_up: Arc<Notify>,
}

/// What comes after a step.
#[expect(clippy::large_enum_variant, reason = "none is kept")]
enum Step {
    /// The next one, from this stage.
    On(Record),
    /// Nothing for now.
    Rest(Next),
}

impl Researching {
    /// Runs the researches of `research` by `service`, and shows them in `showing`. `moved_up` is told when others moved up in their lines.
    pub fn new(
        desk: Arc<Desk>,
        research: Arc<ResearchDesk>,
        service: Arc<dyn ResearchService>,
        showing: Arc<dyn Showing>,
        moved_up: Arc<Notify>,
    ) -> Self {
        let submissions = Rate::per_minute(research.settings().submissions_per_minute);
        Self {
            desk,
            research,
            service,
            showing,
            submissions,
            looked_at: AtomicUsize::new(0),
            moved_up,
        }
    }
}

#[async_trait]
impl Work for Researching {
    fn kind(&self) -> Kind {
        Kind::Research
    }

    fn turns(&self) -> Option<Turns> {
        let settings = self.research.settings();
        Some(Turns {
            at_once: settings.at_once,
            of_one_lane: settings.at_once_per_server,
        })
    }

    async fn carry_on(&self, held: &Held) -> Result<Next, StoreError> {
        let (kept, mut record) = match self.taken_up(held).await? {
            ControlFlow::Continue(taken_up) => taken_up,
            ControlFlow::Break(next) => return Ok(next),
        };
        let mut resumed = true;
        loop {
            if held.is_stopped() {
                return Ok(Next::Dropped);
            }
            record = match self.step(held, &kept, record, resumed).await? {
                Step::On(record) => record,
                Step::Rest(next) => return Ok(next),
            };
            resumed = false;
        }
    }

    async fn abandon(&self, held: &Held) -> Result<Next, StoreError> {
        let (kept, record) = match self.taken_up(held).await? {
            ControlFlow::Continue(taken_up) => taken_up,
            ControlFlow::Break(next) => return Ok(next),
        };
        match record.stage {
            // It was shown before.
            Stage::Settling { .. } | Stage::Over { .. } => {
                return self.end(held, &record, paid_so_far(&record)).await;
            }
            Stage::Told { paid, .. } => {
                return self.give_up_telling(held, &kept, &record, paid).await;
            }
            _ => {}
        }
        let paid = paid_so_far(&record);
        match self
            .fail(held, &kept.question, &record, Failure::Internal, paid, None)
            .await?
        {
            Step::On(record) => match self.step(held, &kept, record, false).await? {
                Step::On(_) => Ok(Next::After(LATER)),
                Step::Rest(next) => Ok(next),
            },
            Step::Rest(next) => Ok(next),
        }
    }

    fn moved_up(&self) {
        self.moved_up.notify_one();
    }
}

impl Researching {
    /// The question of a job with how far it is; or, where there is nothing left to be done with them, what is to be done with the job.
    async fn taken_up(&self, held: &Held) -> Result<ControlFlow<Next, (Kept, Record)>, StoreError> {
        let Some(question) = held.job.question else {
            return self.leave(held).await.map(ControlFlow::Break);
        };
        let kept = match self.desk.store().question(question).await {
            // Trying again does not mend it.
            Err(error) if error.is_unreadable() => {
                tracing::error!(%question, job = %held.job.id, %error, "the question of a research cannot be read; it is given up");
                let next = self.give_up_unread(held, question).await;
                return next.map(ControlFlow::Break);
            }
            read => read?,
        };
        let Some(kept) = kept else {
            return self.leave(held).await.map(ControlFlow::Break);
        };
        if kept.withdrawn {
            tracing::info!(%question, job = %held.job.id, "a research was withdrawn with its question");
            return self.leave(held).await.map(ControlFlow::Break);
        }
        let Some(record) = Record::read(&held.job.checkpoint) else {
            tracing::error!(%question, job = %held.job.id, "how far a research is cannot be read; it is given up");
            self.desk
                .record(question, &Outcome::failed(Failure::Internal))
                .await;
            return self.leave(held).await.map(ControlFlow::Break);
        };
        Ok(ControlFlow::Continue((kept, record)))
    }

    async fn step(
        &self,
        held: &Held,
        kept: &Kept,
        record: Record,
        resumed: bool,
    ) -> Result<Step, StoreError> {
        let question = &kept.question;
        match record.stage.clone() {
            Stage::Unconfirmed => {
                let failure = if held.is_cancelled() {
                    Failure::Cancelled
                } else {
                    Failure::Unconfirmed
                };
                self.fail(held, question, &record, failure, Paid::Nothing, None)
                    .await
            }
            Stage::InLine => self.begin(held, question, record).await,
            Stage::Submitting { since } => {
                self.submit(held, question, record, since, resumed).await
            }
            Stage::Submitted {
                service_id,
                at,
                asked_for,
            } => {
                let _counted = Counted::of(&self.looked_at);
                let taken = Submitted {
                    service_id: &service_id,
                    at,
                    asked_for,
                };
                self.await_answer(held, question, record, taken, resumed)
                    .await
            }
            Stage::Told { paid, works_on, at } => {
                let ending = Ending { paid, works_on, at };
                self.tell(held, question, record, ending, resumed).await
            }
            Stage::Settling { service_id, at } => {
                let _counted = Counted::of(&self.looked_at);
                self.settle(held, question, record, &service_id, at, resumed)
                    .await
            }
            Stage::Over { paid } => Ok(Step::Rest(self.end(held, &record, paid).await?)),
        }
    }

    async fn fail(
        &self,
        held: &Held,
        question: &Question,
        record: &Record,
        failure: Failure,
        paid: Paid,
        works_on: Option<String>,
    ) -> Result<Step, StoreError> {
        let outcome = Outcome::failed(failure);
        failpoint::pass("research.before_failure_stored");
        let step = self
            .store(held, question, record, &outcome, paid, works_on)
            .await;
        failpoint::pass("research.after_failure_stored");
        step
    }

    /// Stores how it ended, and with it that it is to be shown.
    async fn store(
        &self,
        held: &Held,
        question: &Question,
        record: &Record,
        outcome: &Outcome,
        paid: Paid,
        works_on: Option<String>,
    ) -> Result<Step, StoreError> {
        let at = self.research.workers().now().await?;
        let told = record.at(Stage::Told { paid, works_on, at });
        let recorded_at = self.desk.clock().now();
        let written = self
            .desk
            .store()
            .record_under(&held.lease, &told.text(), question.id, outcome, recorded_at)
            .await?;
        held.note(written);
        Ok(match written {
            Written::Done => Step::On(told),
            Written::Lost => Step::Rest(Next::Dropped),
        })
    }

    /// Whether no later job is about the same question.
    async fn is_newest(&self, held: &Held, question: &Question) -> Result<bool, StoreError> {
        let newest = self.desk.store().job_of(question.id).await?;
        Ok(newest.is_some_and(|newest| newest.id == held.job.id))
    }

    /// Notes how far it has come, and goes on from there.
    async fn go_on(&self, held: &Held, record: Record) -> Result<Step, StoreError> {
        Ok(match held.advance(&record.text()).await? {
            Written::Done => Step::On(record),
            Written::Lost => Step::Rest(Next::Dropped),
        })
    }

    /// Ends a job that nothing can be told about any more.
    async fn leave(&self, held: &Held) -> Result<Next, StoreError> {
        match Record::read(&held.job.checkpoint) {
            Some(record) => self.end(held, &record, paid_so_far(&record)).await,
            None => self.end_as(held, &held.job.checkpoint).await,
        }
    }

    /// Ends the job, with what was paid.
    async fn end(&self, held: &Held, record: &Record, paid: Paid) -> Result<Next, StoreError> {
        self.end_as(held, &record.at(Stage::Over { paid }).text())
            .await
    }

    async fn end_as(&self, held: &Held, checkpoint: &str) -> Result<Next, StoreError> {
        let at = self.research.workers().now().await?;
        failpoint::pass("research.before_end");
        let next = held.end(checkpoint, at).await;
        failpoint::pass("research.after_end");
        next
    }
}

/// What was paid by a stage, as far as the stage tells.
fn paid_so_far(record: &Record) -> Paid {
    match &record.stage {
        Stage::Unconfirmed | Stage::InLine if record.submitted_again == 0 => Paid::Nothing,
        Stage::Unconfirmed | Stage::InLine | Stage::Submitting { .. } => Paid::Perhaps,
        Stage::Submitted { .. } | Stage::Settling { .. } => Paid::Unsaid,
        Stage::Told { paid, .. } | Stage::Over { paid } => *paid,
    }
}

/// One research that the service is asked about, as long as this lives.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn of(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
