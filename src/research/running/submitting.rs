//! Hands a research to the service, once its turn has come.

use std::time::Duration;

use super::{LONGEST_NAMED, Researching, Step, paid_so_far};
use crate::clock::Moment;
use crate::conversation::ask::NotWithin;
use crate::conversation::enforcing::AskedFor;
use crate::conversation::failure::Failure;
use crate::conversation::ports::{StoreError, SubmitError};
use crate::conversation::question::Question;
use crate::failpoint;
use crate::jobs::backoff::Backoff;
use crate::jobs::job::Written;
use crate::jobs::workers::{Held, Next, Waited, chance, later};
use crate::research::ports::Standing;
use crate::research::record::{Paid, Record, Stage};

/// As long as it is tried to hand a question to a service that may have taken it or cannot be reached.
const SUBMISSION: Duration = Duration::from_secs(10 * 60);

/// As long as it is tried to hand a question to a service that is busy.
const BUSY: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait that a busy service asks for when it names none.
const UNNAMED_WAIT: Duration = Duration::from_secs(30);

/// The waits between two tries to hand a question over.
const AGAIN: Backoff = Backoff {
    first: Duration::from_secs(2),
    longest: Duration::from_secs(60),
};

impl Researching {
    /// Its turn has come.
    pub(super) async fn begin(
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
    pub(super) async fn submit(
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
            let asked_for = AskedFor::within(&inquiry.limits);
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
                                asked_for,
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
    pub(super) async fn stand_back(
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
}
