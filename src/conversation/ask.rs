//! The use case: a question is recorded, answered and recorded again. Shows nothing itself and formats no text.

use std::sync::Arc;

use futures_util::StreamExt;
use tokio::sync::Mutex;

use super::administering::Administration;
use super::answer::Draft;
use super::enforcing::Held;
use super::failure::Failure;
use super::history::Budget;
use super::in_flight::InFlight;
use super::line::{InLine, Lines};
use super::outcome::Outcome;
use super::place_settings::PlaceSettings;
use super::ports::{
    Acceptance, AnswerError, AnswerEvent, AnswerService, Inquiry, Posted, Progress, SettingsStore,
    Store, StoreError, Unshown,
};
use super::question::{NewQuestion, Question, Reply};
use crate::clock::Clock;
use crate::failpoint;
use crate::ids::{MessageId, QuestionId};
use crate::search::freshness::Day;
use crate::search::operator::Operator;
use crate::search::scope::Path;
use crate::search::wish::{Limits, NotGranted, Wish};

/// Where questions are taken and answered.
pub struct Desk {
    store: Arc<dyn Store>,
    service: Arc<dyn AnswerService>,
    clock: Arc<dyn Clock>,
    in_flight: InFlight,
    lines: Lines,
    accepting: Mutex<()>,
    places: Arc<PlaceSettings>,
    administration: Administration,
}

impl Desk {
    /// A desk that answers by `service`, within what `operator` decides and what is set in Discord, and remembers in `store`.
    pub fn new(
        store: Arc<dyn Store>,
        service: Arc<dyn AnswerService>,
        clock: Arc<dyn Clock>,
        in_flight: InFlight,
        operator: Operator,
    ) -> Self {
        let settings: Arc<dyn SettingsStore> = Arc::clone(&store) as _;
        let places = Arc::new(PlaceSettings::new(Arc::clone(&settings), operator));
        Self {
            administration: Administration::new(settings, Arc::clone(&places), Arc::clone(&clock)),
            places,
            store,
            service,
            clock,
            in_flight,
            lines: Lines::default(),
            accepting: Mutex::new(()),
        }
    }

    /// Where everything is kept.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// What is in force where.
    pub fn places(&self) -> &PlaceSettings {
        &self.places
    }

    /// Where settings are changed.
    pub fn administration(&self) -> &Administration {
        &self.administration
    }

    /// The questions being answered.
    pub fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// The clock that questions are timed by.
    pub fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Records a question, and takes its place in the line before its conversation; none when it was recorded before. Comes before the
    /// acknowledgement: whoever sees "thinking" has an answer coming.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it could not be recorded; then nothing was promised.
    pub async fn accept(
        &self,
        question: NewQuestion,
    ) -> Result<Option<(Question, InLine)>, StoreError> {
        // One after another, so that the line is in the order in which questions go on from each other.
        let _one_at_a_time = self.accepting.lock().await;
        failpoint::pass("ask.before_accept");
        let accepted = self.store.accept(question, None).await?;
        failpoint::pass("ask.after_accept");
        Ok(match accepted {
            Acceptance::Accepted(question) => {
                let in_line = self.stand_in_line(&question);
                Some((question, in_line))
            }
            Acceptance::Known => None,
        })
    }

    /// Opens a question once more, and takes its place in the line as [`Desk::accept`] does; see [`QuestionStore::reopen`].
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it could not be recorded; then it stays as it was.
    ///
    /// [`QuestionStore::reopen`]: super::ports::QuestionStore::reopen
    pub async fn reopen(
        &self,
        question: QuestionId,
        reply: Option<&Reply>,
    ) -> Result<Option<(Question, InLine)>, StoreError> {
        let _one_at_a_time = self.accepting.lock().await;
        let reopened = self
            .store
            .reopen(question, reply, self.clock.now(), None)
            .await?;
        Ok(reopened.map(|question| {
            let in_line = self.stand_in_line(&question);
            (question, in_line)
        }))
    }

    /// Takes a place in the line before a question's conversation: the order of the line is that of the answers.
    pub fn stand_in_line(&self, question: &Question) -> InLine {
        self.lines.stand(question.conversation)
    }

    /// Answers an accepted question when its turn comes, within what is then in force in its place, which is `path`; shows progress, and
    /// records how it ended. Always comes to an end: the service's own limits bound the wait of those before it. The turn in the
    /// conversation lasts as long as `in_line`.
    pub async fn answer(
        &self,
        question: &Question,
        path: Option<&Path>,
        in_line: &InLine,
        progress: &dyn Progress,
    ) -> Outcome {
        if in_line.waits {
            progress.waits();
        }
        in_line.turn().await;
        let outcome = match self.in_flight.turn().await {
            Some(_turn) => {
                progress.begins();
                self.collect(question, path, progress).await
            }
            None => Outcome::failed(Failure::Interrupted),
        };
        self.record(question.id, &outcome).await;
        outcome
    }

    /// Records an outcome that did not come from [`Desk::answer`]: an interruption, or a fault of ours.
    pub async fn record(&self, question: QuestionId, outcome: &Outcome) {
        failpoint::pass("ask.before_record");
        let recorded = self.store.record(question, outcome, self.clock.now()).await;
        failpoint::pass("ask.after_record");
        if let Err(error) = recorded {
            // The reader still gets the outcome; the store keeps the question as open, and says so after a restart.
            tracing::error!(%question, %error, "an outcome could not be recorded");
        }
    }

    /// Notes that a message of an outcome is out.
    pub async fn posted(&self, question: QuestionId, posted: Posted) {
        if let Err(error) = self.store.posted(question, posted).await {
            tracing::error!(%question, %error, "where an answer is could not be recorded");
        }
    }

    /// Notes that a message of an outcome is gone.
    pub async fn unposted(&self, message: MessageId) {
        if let Err(error) = self.store.unposted(message).await {
            tracing::error!(%message, %error, "that a message is gone could not be recorded");
        }
    }

    /// The messages of an outcome that are out, in order; none when they cannot be read.
    pub async fn messages(&self, question: QuestionId) -> Vec<Posted> {
        self.store.messages(question).await.unwrap_or_else(|error| {
            tracing::error!(%question, %error, "where an answer is could not be read");
            Vec::new()
        })
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

    /// What a question in this place is answered within, if it were asked right now with this wish.
    ///
    /// # Errors
    ///
    /// [`NotWithin`] when the wish is not granted there, or what is in force cannot be read.
    pub async fn limits(&self, path: Option<&Path>, wish: &Wish) -> Result<Limits, NotWithin> {
        let in_force = self.places.in_force(path).await?;
        let today = Day::of(self.clock.now());
        Ok(wish.within(&in_force.values, self.places.operator(), today)?)
    }

    /// What the service is asked for a question within what is in force in its place right now.
    ///
    /// # Errors
    ///
    /// As [`Desk::limits`]; and when what was said before cannot be read.
    pub async fn inquiry(
        &self,
        question: &Question,
        path: Option<&Path>,
    ) -> Result<Inquiry, NotWithin> {
        let limits = self.limits(path, &question.asked.wish).await?;
        Ok(self.inquiry_within(question, limits).await?)
    }

    /// The question with as much of what was said before as fits.
    async fn inquiry_within(
        &self,
        question: &Question,
        limits: Limits,
    ) -> Result<Inquiry, StoreError> {
        let budget = Budget {
            turns: limits.history.turns,
            tokens: usize::try_from(limits.history.tokens).unwrap_or(usize::MAX),
        };
        let turns = self.store.history(question.id, budget.turns).await?;
        Ok(Inquiry {
            question: question.clone(),
            history: budget.fit(turns),
            limits,
        })
    }

    async fn collect(
        &self,
        question: &Question,
        path: Option<&Path>,
        progress: &dyn Progress,
    ) -> Outcome {
        let limits = match self.limits(path, &question.asked.wish).await {
            Ok(limits) => limits,
            Err(NotWithin::NotGranted(_)) => return Outcome::failed(Failure::NotGranted),
            Err(NotWithin::Store(error)) => {
                tracing::error!(question = %question.id, %error, "what is set there could not be read");
                return Outcome::failed(Failure::Internal);
            }
        };
        let mut held = Held::new(limits.filters.clone(), Day::of(self.clock.now()));
        let mut draft = Draft {
            filters: limits.filters.clone(),
            ..Draft::default()
        };
        // Whatever becomes of it, it is known within what it was to be answered.
        progress.grew(&draft);
        let inquiry = match self.inquiry_within(question, limits).await {
            Ok(inquiry) => inquiry,
            Err(error) => {
                tracing::error!(question = %question.id, %error, "what was said before could not be read");
                return Outcome::failed(Failure::Internal);
            }
        };
        failpoint::pass("ask.before_service");
        let mut events = self.service.ask(&inquiry);
        while let Some(event) = events.next().await {
            failpoint::pass("ask.after_event");
            match event {
                Ok(AnswerEvent::Sources(sources)) => {
                    draft.sources = held.kept(sources);
                    draft.filters.clone_from(held.filters());
                }
                Ok(AnswerEvent::Text(more)) => {
                    draft.text.push_str(&more);
                    progress.grew(&draft);
                }
                Ok(AnswerEvent::Whole(text)) => draft.text = text,
                Ok(AnswerEvent::Searching(queries)) => progress.searches(&queries),
                Ok(AnswerEvent::Finished(mut end)) => {
                    held.keep_pictures(&mut end.images);
                    let took = self.clock.now().since(question.opened_at);
                    return Outcome::Answered(draft.finished(end, took));
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

/// Why a question is not answered where it was asked.
#[derive(Debug)]
pub enum NotWithin {
    /// What its asker wishes for is not granted there.
    NotGranted(NotGranted),
    /// What is in force there cannot be read.
    Store(StoreError),
}

impl From<NotGranted> for NotWithin {
    fn from(reason: NotGranted) -> Self {
        Self::NotGranted(reason)
    }
}

impl From<StoreError> for NotWithin {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
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
