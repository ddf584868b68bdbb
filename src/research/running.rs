//! Runs a research from its turn to its end. Every step first does, then stores what came of it, and a later process goes on from there.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;

use super::desk::ResearchDesk;
use super::pace::{LONGEST, until_next_look};
use super::ports::{Report, Showing, Shown, Standing};
use super::rate::Rate;
use super::record::{Paid, Record, Stage};
use crate::clock::Moment;
use crate::conversation::answer::{Answer, Draft};
use crate::conversation::ask::{Desk, NotWithin};
use crate::conversation::enforcing;
use crate::conversation::failure::Failure;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{End, Kept, Looked, ResearchService, StoreError, SubmitError};
use crate::conversation::question::Question;
use crate::failpoint;
use crate::jobs::backoff::Backoff;
use crate::jobs::job::{Kind, Turns, Written};
use crate::jobs::workers::{Held, MOST_ATTEMPTS, Next, Waited, Work, chance, later};
use crate::search::Filters;
use crate::search::freshness::Day;

/// As long as it is tried to hand a question to a service that may have taken it or cannot be reached.
const SUBMISSION: Duration = Duration::from_secs(10 * 60);

/// As long as it is tried to hand a question to a service that is busy.
const BUSY: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait that a busy service asks for when it names none.
const UNNAMED_WAIT: Duration = Duration::from_secs(30);

/// The longest wait of a busy service that is taken at its word.
const LONGEST_NAMED: Duration = Duration::from_secs(10 * 60);

/// As long as the service keeps what it has researched.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// As long as a service is believed to come to its senses that calls a research done without an answer, or does not know it.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// The waits between two tries to hand a question over.
const AGAIN: Backoff = Backoff {
    first: Duration::from_secs(2),
    longest: Duration::from_secs(60),
};

/// As often it is tried to say that an outcome cannot be shown.
const LAST_TRIES: u32 = 3;

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
        let Some((kept, mut record)) = self.taken_up(held).await? else {
            return self.leave(held).await;
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
        let Some((kept, record)) = self.taken_up(held).await? else {
            return self.leave(held).await;
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
    /// Says that there is an outcome that cannot be shown, once; what cannot even say that ends unseen.
    async fn give_up_telling(
        &self,
        held: &Held,
        kept: &Kept,
        record: &Record,
        paid: Paid,
    ) -> Result<Next, StoreError> {
        let question = &kept.question;
        if self.is_newest(held, question).await? {
            let report = Report {
                estimate: record.estimate,
                paid,
            };
            let failed = Outcome::failed(Failure::Internal);
            let may_be_told = held.job.attempts <= MOST_ATTEMPTS + LAST_TRIES;
            if !may_be_told || self.showing.deliver(question, &failed, &report).await != Shown::Done
            {
                self.desk.undeliverable(question.id).await;
            }
        }
        self.end(held, record, paid).await
    }

    /// The question of a job with how far it is; none where there is nothing left that could be told.
    async fn taken_up(&self, held: &Held) -> Result<Option<(Kept, Record)>, StoreError> {
        let Some(question) = held.job.question else {
            return Ok(None);
        };
        let Some(kept) = self.desk.store().question(question).await? else {
            return Ok(None);
        };
        if kept.withdrawn {
            tracing::info!(%question, job = %held.job.id, "a research was withdrawn with its question");
            return Ok(None);
        }
        let Some(record) = Record::read(&held.job.checkpoint) else {
            tracing::error!(%question, job = %held.job.id, "how far a research is cannot be read; it is given up");
            self.desk
                .record(question, &Outcome::failed(Failure::Internal))
                .await;
            return Ok(None);
        };
        Ok(Some((kept, record)))
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
                filters,
            } => {
                let _counted = Counted::of(&self.looked_at);
                let taken = Submitted {
                    service_id: &service_id,
                    at,
                    filters,
                };
                self.await_answer(held, question, record, taken, resumed)
                    .await
            }
            Stage::Told { paid, works_on, at } => {
                self.tell(held, question, record, paid, works_on, at).await
            }
            Stage::Settling { service_id, at } => {
                let _counted = Counted::of(&self.looked_at);
                self.settle(held, question, record, &service_id, at, resumed)
                    .await
            }
            Stage::Over { paid } => Ok(Step::Rest(self.end(held, &record, paid).await?)),
        }
    }

    /// Its turn has come.
    async fn begin(
        &self,
        held: &Held,
        question: &Question,
        record: Record,
    ) -> Result<Step, StoreError> {
        let there = held.is_cancelled()
            || self
                .showing
                .stands(question, &record.estimate, Standing::Submitting)
                .await;
        while there && !held.is_cancelled() {
            let Err(wait) = self.submissions.take() else {
                break;
            };
            if held.wait(wait).await == Waited::Stopped {
                return Ok(Step::Rest(Next::Dropped));
            }
        }
        if !there || held.is_cancelled() {
            let paid = paid_so_far(&record);
            return self
                .fail(held, question, &record, Failure::Cancelled, paid, None)
                .await;
        }
        let since = self.research.workers().now().await?;
        failpoint::pass("research.before_submitting");
        let step = self
            .go_on(held, record.at(Stage::Submitting { since }))
            .await;
        failpoint::pass("research.after_submitting");
        step
    }

    /// Hands the question to the service. That it is being done was stored before; whoever finds that so does it once more, under the same key.
    async fn submit(
        &self,
        held: &Held,
        question: &Question,
        mut record: Record,
        since: Moment,
        resumed: bool,
    ) -> Result<Step, StoreError> {
        // A former process may have handed it over, or an earlier try of this one. How long that one was away says nothing about the service.
        let since = if resumed {
            self.research.workers().now().await?
        } else {
            since
        };
        let mut again = resumed;
        let mut tried = 0;
        loop {
            let paid = if again || record.submitted_again > 0 {
                Paid::Perhaps
            } else {
                Paid::Nothing
            };
            if held.is_cancelled() {
                return self
                    .fail(held, question, &record, Failure::Cancelled, paid, None)
                    .await;
            }
            if again {
                record.submitted_again += 1;
                tracing::warn!(job = %held.job.id, question = %question.id, "a research is submitted once more under its key, since it is not known whether the service took it on");
                // It has come no further: what ends the process each time it is submitted is given up in the end.
                if held.remember(&record.text()).await? == Written::Lost {
                    return Ok(Step::Rest(Next::Dropped));
                }
            }
            let inquiry = match self.desk.inquiry(question, record.path.as_ref()).await {
                Ok(inquiry) => inquiry,
                Err(NotWithin::NotGranted(_)) => {
                    return self
                        .fail(held, question, &record, Failure::NotGranted, paid, None)
                        .await;
                }
                Err(NotWithin::Store(error)) if error.is_unreadable() => {
                    tracing::error!(question = %question.id, %error, "what is set there could not be read");
                    return self
                        .fail(held, question, &record, Failure::Internal, paid, None)
                        .await;
                }
                Err(NotWithin::Store(error)) => return Err(error),
            };
            // What is set there may be another depth by now.
            if !inquiry.limits.is_research() {
                return self
                    .fail(held, question, &record, Failure::NotGranted, paid, None)
                    .await;
            }
            let filters = inquiry.limits.filters.clone();
            failpoint::pass("research.before_submit_sent");
            let submitted = self.service.submit(&inquiry, held.job.id).await;
            failpoint::pass("research.after_submit_sent");
            let error = match submitted {
                Ok(service_id) => {
                    let at = self.research.workers().now().await?;
                    let step = self
                        .go_on(
                            held,
                            record.at(Stage::Submitted {
                                service_id,
                                at,
                                filters,
                            }),
                        )
                        .await;
                    failpoint::pass("research.after_id_stored");
                    return step;
                }
                Err(error) => error,
            };
            let now = self.research.workers().now().await?;
            tracing::warn!(job = %held.job.id, question = %question.id, failure = error.failure.name(), cause = %error.cause, may_be_taken = error.may_be_taken, "a research was not taken on");
            if let Failure::RateLimited { retry_after } = error.failure {
                let busy_since = *record.busy_since.get_or_insert(now);
                if now.since(busy_since) > BUSY {
                    return self
                        .fail(held, question, &record, error.failure, paid, None)
                        .await;
                }
                return self
                    .stand_back(held, question, record, retry_after, now)
                    .await;
            }
            let SubmitError {
                failure,
                may_be_taken,
                ..
            } = error;
            // It may be starting anew itself.
            let is_away =
                !may_be_taken && matches!(failure, Failure::Unavailable | Failure::TimedOut);
            if !may_be_taken && !is_away {
                return self
                    .fail(held, question, &record, failure, paid, None)
                    .await;
            }
            if now.since(since) > SUBMISSION {
                let paid = if may_be_taken { Paid::Perhaps } else { paid };
                return self
                    .fail(held, question, &record, failure, paid, None)
                    .await;
            }
            tried += 1;
            again = may_be_taken;
            if held.wait(AGAIN.wait(tried, chance())).await == Waited::Stopped {
                return Ok(Step::Rest(Next::Dropped));
            }
        }
    }

    /// The service is busy: all wait as long as it says.
    async fn stand_back(
        &self,
        held: &Held,
        question: &Question,
        record: Record,
        retry_after: Option<Duration>,
        now: Moment,
    ) -> Result<Step, StoreError> {
        let wait = retry_after.unwrap_or(UNNAMED_WAIT).min(LONGEST_NAMED);
        self.submissions.hold(wait);
        let until = later(now, wait);
        self.showing
            .stands(question, &record.estimate, Standing::Busy(until))
            .await;
        // It was surely not taken on this time; what an earlier try may have led to is still counted.
        let step = self.go_on(held, record.at(Stage::InLine)).await?;
        Ok(match step {
            Step::On(_) => {
                // A cancellation is heard in the meantime.
                match held.wait(wait).await {
                    Waited::Stopped => Step::Rest(Next::Dropped),
                    Waited::Over | Waited::Cancelled => step,
                }
            }
            Step::Rest(_) => step,
        })
    }

    /// Asks the service again and again whether it is done.
    async fn await_answer(
        &self,
        held: &Held,
        question: &Question,
        record: Record,
        taken: Submitted<'_>,
        resumed: bool,
    ) -> Result<Step, StoreError> {
        let Submitted {
            service_id,
            at,
            filters,
        } = taken;
        let mut senseless: Option<Duration> = None;
        let mut first = true;
        let mut was_looked_at = false;
        let (mut failing, mut was_begun) = (false, false);
        loop {
            let age = self.research.workers().now().await?.since(at);
            // One that a former process looked at is looked at soon, but not all of them at once.
            let wait = if first && resumed {
                self.until_next_look(Duration::ZERO)
                    .saturating_sub(super::pace::SHORTEST)
                    + LOOK_SOON.mul_f64(chance())
            } else {
                self.until_next_look(age)
            };
            first = false;
            if held.is_cancelled() {
                return self
                    .fail(
                        held,
                        question,
                        &record,
                        Failure::Cancelled,
                        Paid::StillRunning,
                        Some(service_id.to_owned()),
                    )
                    .await;
            }
            match held.wait(wait).await {
                Waited::Stopped => return Ok(Step::Rest(Next::Dropped)),
                Waited::Cancelled => continue,
                Waited::Over => {}
            }
            failpoint::pass("research.before_look");
            let looked = self.service.look(service_id).await;
            failpoint::pass("research.after_look");
            let age = self.research.workers().now().await?.since(at);
            match looked {
                Ok(Looked::Answered(draft, end)) => {
                    return self
                        .answered(held, question, &record, &filters, (draft, end), age)
                        .await;
                }
                Ok(Looked::Running { .. }) if age > KEPT => {
                    tracing::error!(job = %held.job.id, question = %question.id, %service_id, "the service still works on a research that it no longer keeps");
                    return self
                        .fail(held, question, &record, Failure::Lost, Paid::Unsaid, None)
                        .await;
                }
                Ok(Looked::Running { begun }) => {
                    senseless = None;
                    (failing, was_begun) = (false, begun);
                    // To look did not end the process: that it was killed often in these minutes is nothing of the job's.
                    if held.job.attempts > 1
                        && !was_looked_at
                        && held.advance(&record.text()).await? == Written::Lost
                    {
                        return Ok(Step::Rest(Next::Dropped));
                    }
                    was_looked_at = true;
                    let standing = Standing::Running {
                        since: at,
                        seconds: age.as_secs(),
                        begun,
                    };
                    let there = self
                        .showing
                        .stands(question, &record.estimate, standing)
                        .await;
                    if !there {
                        tracing::info!(job = %held.job.id, question = %question.id, "the place of a research is gone");
                        return self
                            .fail(
                                held,
                                question,
                                &record,
                                Failure::Cancelled,
                                Paid::StillRunning,
                                Some(service_id.to_owned()),
                            )
                            .await;
                    }
                }
                Ok(Looked::Failed { cause }) => {
                    tracing::warn!(job = %held.job.id, question = %question.id, %service_id, %cause, "the service gave a research up");
                    return self
                        .fail(
                            held,
                            question,
                            &record,
                            Failure::GivenUp,
                            Paid::Unsaid,
                            None,
                        )
                        .await;
                }
                Ok(looked @ (Looked::Unanswered | Looked::Unknown)) => {
                    let since = *senseless.get_or_insert(age);
                    if age.saturating_sub(since) > PATIENCE || age > KEPT {
                        let failure = if looked == Looked::Unknown {
                            Failure::Lost
                        } else {
                            Failure::Unreadable
                        };
                        tracing::error!(job = %held.job.id, question = %question.id, %service_id, failure = failure.name(), "the service has no answer to a research that it took on");
                        return self
                            .fail(held, question, &record, failure, Paid::Unsaid, None)
                            .await;
                    }
                }
                // It says nothing about the research, which is being paid for.
                Err(error) if age <= KEPT => {
                    if !failing {
                        tracing::warn!(job = %held.job.id, question = %question.id, failure = error.failure.name(), cause = %error, "a research could not be looked at; it is tried again");
                    }
                    failing = true;
                    let standing = Standing::Running {
                        since: at,
                        seconds: age.as_secs(),
                        begun: was_begun,
                    };
                    self.showing
                        .stands(question, &record.estimate, standing)
                        .await;
                    if let Failure::RateLimited {
                        retry_after: Some(wait),
                    } = error.failure
                        && held.wait(wait.min(LONGEST_NAMED)).await == Waited::Stopped
                    {
                        return Ok(Step::Rest(Next::Dropped));
                    }
                }
                Err(error) => {
                    tracing::error!(job = %held.job.id, question = %question.id, %service_id, cause = %error, "a research could not be looked at for as long as the service keeps it");
                    return self
                        .fail(held, question, &record, Failure::Lost, Paid::Unsaid, None)
                        .await;
                }
            }
        }
    }

    /// The answer is there: it is stored before it is shown.
    async fn answered(
        &self,
        held: &Held,
        question: &Question,
        record: &Record,
        filters: &Filters,
        (draft, end): (Draft, End),
        took: Duration,
    ) -> Result<Step, StoreError> {
        let now = self.desk.clock().now();
        let (draft, end) = enforcing::within(filters.clone(), Day::of(now), draft, end);
        let paid = self.research.paid(end.usage.cost_usd);
        // The time that the service had it: how long it stood in line says nothing about the next one.
        let answer: Answer = draft.finished(end, took);
        failpoint::pass("research.before_answer_stored");
        let step = self
            .store(
                held,
                question,
                record,
                &Outcome::Answered(answer),
                paid,
                None,
            )
            .await;
        failpoint::pass("research.after_answer_stored");
        step
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

    /// Shows the stored outcome, as often as it takes until it can be seen.
    async fn tell(
        &self,
        held: &Held,
        question: &Question,
        record: Record,
        paid: Paid,
        works_on: Option<String>,
        at: Moment,
    ) -> Result<Step, StoreError> {
        let kept = self.desk.store().question(question.id).await?;
        let is_newest = self.is_newest(held, question).await?;
        let outcome = kept
            .filter(|_| is_newest)
            .filter(|kept| !kept.withdrawn)
            .and_then(|kept| kept.outcome);
        let Some(outcome) = outcome else {
            return Ok(Step::Rest(self.end(held, &record, paid).await?));
        };
        let report = Report {
            estimate: record.estimate,
            paid,
        };
        failpoint::pass("research.before_deliver");
        let shown = self.showing.deliver(question, &outcome, &report).await;
        failpoint::pass("research.after_deliver");
        let now = self.research.workers().now().await?;
        match shown {
            Shown::Later if now.since(at) <= KEPT => Ok(Step::Rest(Next::After(LATER))),
            Shown::Later => {
                self.desk.undeliverable(question.id).await;
                Ok(Step::Rest(self.end(held, &record, paid).await?))
            }
            Shown::Done | Shown::Nobody => match works_on {
                Some(service_id) => {
                    self.go_on(held, record.at(Stage::Settling { service_id, at }))
                        .await
                }
                None => Ok(Step::Rest(self.end(held, &record, paid).await?)),
            },
        }
    }

    /// Waits for the end of what was cancelled and is paid for all the same, to tell what it cost.
    async fn settle(
        &self,
        held: &Held,
        question: &Question,
        record: Record,
        service_id: &str,
        at: Moment,
        resumed: bool,
    ) -> Result<Step, StoreError> {
        // Nobody waits for it; but while nobody was there to look, it may have ended.
        let mut wait = if resumed {
            LOOK_SOON.mul_f64(chance())
        } else {
            self.until_next_look(LONGEST * 8)
        };
        let paid = loop {
            if held.wait(wait).await == Waited::Stopped {
                return Ok(Step::Rest(Next::Dropped));
            }
            wait = self.until_next_look(LONGEST * 8);
            let looked = self.service.look(service_id).await;
            let age = self.research.workers().now().await?.since(at);
            match looked {
                Ok(Looked::Answered(_, end)) => {
                    break self.research.paid(end.usage.cost_usd);
                }
                Ok(Looked::Failed { .. } | Looked::Unknown | Looked::Unanswered) => {
                    break Paid::Unsaid;
                }
                Ok(Looked::Running { .. }) | Err(_) if age > KEPT => break Paid::Unsaid,
                Ok(Looked::Running { .. }) | Err(_) => {}
            }
        };
        let over = record.at(Stage::Over { paid });
        // Once it was tried again, it is another's outcome that stands there.
        if !self.is_newest(held, question).await? {
            return self.go_on(held, over).await;
        }
        if let Some(outcome) = self
            .desk
            .store()
            .question(question.id)
            .await?
            .filter(|kept| !kept.withdrawn)
            .and_then(|kept| kept.outcome)
        {
            let report = Report {
                estimate: record.estimate,
                paid,
            };
            self.showing.settle(question, &outcome, &report).await;
        }
        self.go_on(held, over).await
    }

    /// Whether no later job is about the same question.
    async fn is_newest(&self, held: &Held, question: &Question) -> Result<bool, StoreError> {
        let newest = self.desk.store().job_of(question.id).await?;
        Ok(newest.is_some_and(|newest| newest.id == held.job.id))
    }

    fn until_next_look(&self, age: Duration) -> Duration {
        let looked_at = self.looked_at.load(Ordering::Relaxed);
        let per_minute = self.research.settings().looks_per_minute;
        until_next_look(age, looked_at, per_minute, chance())
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

/// A research that the service took on.
struct Submitted<'a> {
    service_id: &'a str,
    at: Moment,
    filters: Filters,
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

/// What a former process looked at is looked at within this time, where there is room for it.
const LOOK_SOON: Duration = Duration::from_millis(500);
