//! Has the stored outcome of a research shown.

use super::{KEPT, LATER, Researching, Step, paid_so_far};
use crate::clock::Moment;
use crate::conversation::failure::Failure;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::{Kept, StoreError};
use crate::conversation::question::Question;
use crate::failpoint;
use crate::ids::QuestionId;
use crate::jobs::workers::{Held, MOST_ATTEMPTS, Next};
use crate::research::ports::{Report, Shown};
use crate::research::record::{Paid, Record, Stage};

/// As often it is tried to say that an outcome cannot be shown.
const LAST_TRIES: u32 = 3;

/// How a research ended, as its record says.
pub(super) struct Ending {
    pub(super) paid: Paid,
    pub(super) works_on: Option<String>,
    pub(super) at: Moment,
}

impl Researching {
    /// Shows the stored outcome, as often as it takes until it can be seen.
    pub(super) async fn tell(
        &self,
        held: &Held,
        question: &Question,
        record: Record,
        ending: Ending,
        resumed: bool,
    ) -> Result<Step, StoreError> {
        let Ending { paid, works_on, at } = ending;
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
        let shown = self
            .showing
            .deliver(question, &outcome, &report, resumed)
            .await;
        failpoint::pass("research.after_deliver");
        let now = self.research.workers().now().await?;
        match shown {
            // What still costs at the service keeps its turn.
            Shown::Later if now.since(at) <= KEPT => Ok(Step::Rest(if works_on.is_some() {
                Next::After(LATER)
            } else {
                Next::TurnOverAfter(LATER)
            })),
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

    /// Says that there is an outcome that cannot be shown, once; what cannot even say that ends unseen.
    pub(super) async fn give_up_telling(
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
            if !may_be_told
                || self.showing.deliver(question, &failed, &report, true).await != Shown::Done
            {
                self.desk.undeliverable(question.id).await;
            }
        }
        self.end(held, record, paid).await
    }

    /// Gives a research up whose question cannot be read: says so, as often as it takes, and ends the question with its job.
    pub(super) async fn give_up_unread(
        &self,
        held: &Held,
        question: QuestionId,
    ) -> Result<Next, StoreError> {
        let record = Record::read(&held.job.checkpoint);
        let (is_shown, is_stored) = match record.as_ref().map(|record| &record.stage) {
            Some(Stage::Settling { .. } | Stage::Over { .. }) => (true, true),
            Some(Stage::Told { .. }) => (false, true),
            _ => (false, false),
        };
        if is_shown {
            return self.leave(held).await;
        }
        let report = record.map(|record| Report {
            estimate: record.estimate,
            paid: paid_so_far(&record),
        });
        let shown = self.showing.give_up_unread(question, report.as_ref()).await;
        let now = self.research.workers().now().await?;
        if shown == Shown::Later && now.since(held.job.created_at) <= KEPT {
            return Ok(Next::TurnOverAfter(LATER));
        }
        // An outcome stays as it is: another version may be able to read it. What has none would be taken for interrupted by the next start.
        if !is_stored {
            let failed = Outcome::failed(Failure::Internal);
            self.desk.record(question, &failed).await;
        }
        self.desk.undeliverable(question).await;
        self.leave(held).await
    }
}
