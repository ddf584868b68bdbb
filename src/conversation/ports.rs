//! What the domain needs from outside: a store, an answer service, a place to show progress. Traits only.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use super::answer::{Answer, Draft, Finish, Source, Usage};
use super::failure::Failure;
use super::outcome::Outcome;
use super::question::{NewQuestion, Question};
use crate::clock::Moment;
use crate::ids::{InteractionId, QuestionId};

/// Trouble in the store. Says what failed; "not there" is never an error.
#[derive(Debug, thiserror::Error)]
#[error("the store failed: {0}")]
pub struct StoreError(#[source] pub Box<dyn Error + Send + Sync>);

/// What became of a question that arrived.
#[derive(Clone, Debug)]
pub enum Acceptance {
    /// It is recorded, and will be answered or visibly fail, whatever happens to the process.
    Accepted(Question),
    /// It was recorded before: the same event came twice.
    Known,
}

/// A recorded question that nobody has seen an answer to.
#[derive(Clone, Debug)]
pub struct Unshown {
    /// The question.
    pub question: Question,
    /// Its outcome, when it got that far.
    pub outcome: Option<Outcome>,
    /// How many messages of the outcome are out already.
    pub parts_shown: u32,
}

/// Keeps questions, answers, sources and usage. Every write is durable when the call returns.
#[async_trait]
pub trait Store: Send + Sync {
    /// Records a question, once for each interaction.
    async fn accept(&self, question: NewQuestion) -> Result<Acceptance, StoreError>;

    /// Records how a question ended: the answer with its sources and usage, or the failure. A failure never replaces an answer.
    async fn record(
        &self,
        question: QuestionId,
        outcome: &Outcome,
        at: Moment,
    ) -> Result<(), StoreError>;

    /// Notes that the first `parts` messages of the outcome are out, and more are to come.
    async fn parts_shown(&self, question: QuestionId, parts: u32) -> Result<(), StoreError>;

    /// Notes that the outcome can be seen.
    async fn shown(&self, question: QuestionId, at: Moment) -> Result<(), StoreError>;

    /// Notes that the outcome can be shown to nobody: it is kept, and not tried again.
    async fn undeliverable(&self, question: QuestionId) -> Result<(), StoreError>;

    /// The newest question there is.
    async fn newest(&self) -> Result<Option<QuestionId>, StoreError>;

    /// The questions after `after`, up to `newest`, whose outcome nobody has seen and somebody may yet see; oldest first, at
    /// most `limit`. One that cannot be read is left out and logged.
    async fn unshown(
        &self,
        after: QuestionId,
        newest: QuestionId,
        limit: u32,
    ) -> Result<Vec<Unshown>, StoreError>;

    /// How the question of an interaction ended; none while it is open, or when there is none.
    async fn outcome(&self, interaction: InteractionId) -> Result<Option<Outcome>, StoreError>;

    /// Finishes what is being written and closes.
    async fn close(&self);
}

/// What an answer service sends, in order: text and sources as they come, then `Finished` once.
#[derive(Clone, Debug, PartialEq)]
pub enum AnswerEvent {
    /// All sources known so far, replacing those sent before.
    Sources(Vec<Source>),
    /// More text.
    Text(String),
    /// The whole text once more, as the end gives it: what counts, should a piece have been lost.
    Whole(String),
    /// The end, with what only the end knows.
    Finished {
        /// The model that answered.
        model: String,
        /// Why the text ends.
        finish: Finish,
        /// What it took.
        usage: Usage,
    },
}

/// Why the service gave no answer: the decision, and the cause for the operator's log.
#[derive(Debug)]
pub struct AnswerError {
    /// What can be done about it.
    pub failure: Failure,
    /// What happened, in a sentence without secrets and without the question's text.
    pub cause: String,
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

/// Answers questions.
pub trait AnswerService: Send + Sync {
    /// Asks, and streams what comes. Dropping the stream gives the question up. A stream that ends without `Finished`
    /// broke off.
    fn ask(&self, question: &Question) -> BoxStream<'static, Result<AnswerEvent, AnswerError>>;
}

/// Where a growing answer is shown. Never waits: only the newest draft counts.
pub trait Progress: Send + Sync {
    /// The answer has come this far.
    fn grew(&self, draft: &Draft);
}

/// What an answer holds once it is whole.
impl Draft {
    /// The draft with what only the end knows.
    pub fn finished(self, model: String, finish: Finish, usage: Usage) -> Answer {
        let Self { text, sources } = self;
        Answer {
            text,
            sources,
            model,
            finish,
            usage,
        }
    }
}
