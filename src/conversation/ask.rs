//! The use case: a question is recorded, answered and recorded again. Shows nothing itself and formats no text.

use std::sync::Arc;

use futures_util::StreamExt;

use super::answer::Draft;
use super::failure::Failure;
use super::in_flight::InFlight;
use super::outcome::Outcome;
use super::ports::{
    Acceptance, AnswerError, AnswerEvent, AnswerService, Progress, Store, StoreError, Unshown,
};
use super::question::{NewQuestion, Question};
use crate::clock::Clock;
use crate::ids::QuestionId;

/// Where questions are taken and answered.
pub struct Desk {
    store: Arc<dyn Store>,
    service: Arc<dyn AnswerService>,
    clock: Arc<dyn Clock>,
    in_flight: InFlight,
}

impl Desk {
    /// A desk that answers by `service` and remembers in `store`.
    pub fn new(
        store: Arc<dyn Store>,
        service: Arc<dyn AnswerService>,
        clock: Arc<dyn Clock>,
        in_flight: InFlight,
    ) -> Self {
        Self {
            store,
            service,
            clock,
            in_flight,
        }
    }

    /// The questions being answered.
    pub fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// The clock that questions are timed by.
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Records a question. Comes before the acknowledgement: whoever sees "thinking" has an answer coming.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it could not be recorded; then nothing was promised.
    pub async fn accept(&self, question: NewQuestion) -> Result<Acceptance, StoreError> {
        self.store.accept(question).await
    }

    /// Answers an accepted question, showing progress, and records how it ended. Always comes to an end: the service's
    /// own limits bound the wait.
    pub async fn answer(&self, question: &Question, progress: &dyn Progress) -> Outcome {
        let outcome = match self.in_flight.turn().await {
            Some(_turn) => self.collect(question, progress).await,
            None => Outcome::failed(Failure::Interrupted),
        };
        self.record(question.id, &outcome).await;
        outcome
    }

    /// Records an outcome that did not come from [`Desk::answer`]: an interruption, or a fault of ours.
    pub async fn record(&self, question: QuestionId, outcome: &Outcome) {
        if let Err(error) = self.store.record(question, outcome, self.clock.now()).await {
            // The reader still gets the outcome; the store keeps the question as open, and says so after a restart.
            tracing::error!(%question, %error, "an outcome could not be recorded");
        }
    }

    /// Notes that the first `parts` messages of an outcome are out.
    pub async fn parts_shown(&self, question: QuestionId, parts: u32) {
        if let Err(error) = self.store.parts_shown(question, parts).await {
            tracing::error!(%question, %error, "a delivered part could not be recorded");
        }
    }

    /// Notes that a question's outcome can be seen.
    pub async fn shown(&self, question: QuestionId) {
        if let Err(error) = self.store.shown(question, self.clock.now()).await {
            tracing::error!(%question, %error, "a delivery could not be recorded");
        }
    }

    /// Notes that a question's outcome can be shown to nobody.
    pub async fn undeliverable(&self, question: QuestionId) {
        if let Err(error) = self.store.undeliverable(question).await {
            tracing::error!(%question, %error, "an undeliverable outcome could not be recorded");
        }
    }

    /// The newest question there is.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn newest(&self) -> Result<Option<QuestionId>, StoreError> {
        self.store.newest().await
    }

    /// The questions after `after`, up to `newest`, whose outcome nobody has seen.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn unshown(
        &self,
        after: QuestionId,
        newest: QuestionId,
        limit: u32,
    ) -> Result<Vec<Unshown>, StoreError> {
        self.store.unshown(after, newest, limit).await
    }

    async fn collect(&self, question: &Question, progress: &dyn Progress) -> Outcome {
        let mut draft = Draft::default();
        let mut events = self.service.ask(question);
        while let Some(event) = events.next().await {
            match event {
                Ok(AnswerEvent::Sources(sources)) => draft.sources = sources,
                Ok(AnswerEvent::Text(more)) => {
                    draft.text.push_str(&more);
                    progress.grew(&draft);
                }
                Ok(AnswerEvent::Whole(text)) => draft.text = text,
                Ok(AnswerEvent::Finished {
                    model,
                    finish,
                    usage,
                }) => {
                    return Outcome::Answered(draft.finished(model, finish, usage));
                }
                Err(error) => return failed(question.id, draft, error),
            }
        }
        let cause = "the stream ended before the answer did".to_owned();
        failed(
            question.id,
            draft,
            AnswerError {
                failure: Failure::BrokeOff,
                cause,
            },
        )
    }
}

/// The one log line that a failed question gets.
fn failed(question: QuestionId, draft: Draft, error: AnswerError) -> Outcome {
    tracing::warn!(%question, failure = error.failure.name(), cause = %error, "no answer");
    Outcome::Failed {
        failure: error.failure,
        draft,
    }
}
