//! Asks the service again and again whether a research is done; also one that was cancelled, for what it cost.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{KEPT, LONGEST_NAMED, Researching, Step};
use crate::clock::Moment;
use crate::conversation::answer::{Answer, Draft};
use crate::conversation::enforcing::{self, AskedFor};
use crate::conversation::failure::Failure;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{End, Looked, StoreError};
use crate::conversation::question::Question;
use crate::failpoint;
use crate::jobs::job::Written;
use crate::jobs::workers::{Held, Next, Waited, chance};
use crate::research::pace::{LONGEST, SHORTEST, until_next_look};
use crate::research::ports::{Report, Standing};
use crate::research::record::{Paid, Record, Stage};
use crate::search::freshness::Day;

/// As long as a service is believed to come to its senses that calls a research done without an answer, or does not know it.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// What a former process looked at is looked at within this time, where there is room for it.
const LOOK_SOON: Duration = Duration::from_millis(500);

/// A research that the service took on.
pub(super) struct Submitted<'a> {
    pub(super) service_id: &'a str,
    pub(super) at: Moment,
    pub(super) asked_for: AskedFor,
}

impl Researching {
    /// Asks the service again and again whether it is done.
    pub(super) async fn await_answer(
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
            asked_for,
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
                    .saturating_sub(SHORTEST)
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
                        .answered(held, question, &record, asked_for, (draft, end), age)
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
    pub(super) async fn answered(
        &self,
        held: &Held,
        question: &Question,
        record: &Record,
        asked_for: AskedFor,
        (draft, end): (Draft, End),
        took: Duration,
    ) -> Result<Step, StoreError> {
        let now = self.desk.clock().now();
        let (draft, end) = enforcing::within(asked_for, Day::of(now), draft, end);
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

    /// Waits for the end of what was cancelled and is paid for all the same, to tell what it cost.
    pub(super) async fn settle(
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

    pub(super) fn until_next_look(&self, age: Duration) -> Duration {
        let looked_at = self.looked_at.load(Ordering::Relaxed);
        let per_minute = self.research.settings().looks_per_minute;
        until_next_look(age, looked_at, per_minute, chance())
    }
}
