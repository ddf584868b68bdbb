//! What the domain needs from outside: a store, an answer service, a place to show progress. Traits only.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;

use super::answer::{Answer, Draft, Finish, Image, Source, Usage};
use super::failure::Failure;
use super::history::Turn;
use super::home::Conversation;
use super::outcome::Outcome;
use super::question::{NewQuestion, Person, Question, QuestionText, Quote, Reply};
use crate::clock::Moment;
use crate::ids::{ChangeId, ChannelId, ConversationId, GuildId, MessageId, QuestionId, QuoteId};
use crate::jobs::job::{JobId, Lease, NewJob, Written};
use crate::jobs::ports::JobStore;
use crate::search::fields::Settings;
use crate::search::scope::Scope;
use crate::search::wish::Limits;
pub use crate::store_error::{StoreError, Unreadable};

/// What became of a question that arrived.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every one is the large one, and none is kept"
)]
pub enum Acceptance {
    /// It is recorded, and will be answered or visibly fail, whatever happens to the process.
    Accepted(Question),
    /// It was recorded before: the same event came twice.
    Known,
}

/// A question that has ended, and whose outcome nobody has seen.
#[derive(Clone, Debug)]
pub struct Unshown {
    /// The question.
    pub question: Question,
    /// Its outcome.
    pub outcome: Outcome,
    /// How many messages of the outcome are out already.
    pub parts_shown: u32,
}

/// A question as it is kept, whatever became of it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The question.
    pub question: Question,
    /// How it ended; none while it is open.
    pub outcome: Option<Outcome>,
    /// What the asker made of its text since.
    pub edited: Option<QuestionText>,
    /// Whether its outcome, or the beginning of it, was shown.
    pub shown: bool,
    /// Whether its answer was taken away.
    pub withdrawn: bool,
}

/// What a research took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ran {
    /// How long, from the question to the answer.
    pub took: Duration,
    /// What it cost, in US dollars, when the service said.
    pub usd: Option<f64>,
}

/// A message of an answer, where it can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Which message of the answer, from 0; or [`Posted::ANNOUNCEMENT`].
    pub part: u32,
    /// Where it is.
    pub channel: ChannelId,
    /// Which it is.
    pub message: MessageId,
}

impl Posted {
    /// The part number of what says that the answer is complete: far above those of the answer's own messages.
    pub const ANNOUNCEMENT: u32 = 1_000;
    /// The part number of what shows how far a research is.
    pub const PROGRESS: u32 = 1_001;
}

/// Keeps questions and how they ended. Every write is durable when the call returns; so it is with the other stores.
#[async_trait]
pub trait QuestionStore: Send + Sync {
    /// Records a question, once for each event, in the conversation it belongs to; and in the same step the job that answers it, where it is not
    /// answered at once.
    async fn accept(
        &self,
        question: NewQuestion,
        job: Option<&NewJob>,
    ) -> Result<Acceptance, StoreError>;

    /// Records how a question ended: the answer with its sources and usage, or the failure. A failure never replaces an answer to the
    /// same attempt.
    async fn record(
        &self,
        question: QuestionId,
        outcome: &Outcome,
        at: Moment,
    ) -> Result<(), StoreError>;

    /// Records how a question ended that a job answers, and how far the job is by that, while the lease counts.
    async fn record_under(
        &self,
        lease: &Lease,
        checkpoint: &str,
        question: QuestionId,
        outcome: &Outcome,
        at: Moment,
    ) -> Result<Written, StoreError>;

    /// What the last researched questions took that were answered, newest first, at most `limit`.
    async fn researched(&self, limit: u32) -> Result<Vec<Ran>, StoreError>;

    /// Opens a question once more, at `at`, as its asker has left it; with the job that answers it. Its messages are those that the new outcome is shown in;
    /// with a job it has none from then on. The new
    /// reply, when there is one, takes the place of the old. None when there is no such question, or it is open, or its answer was taken away.
    async fn reopen(
        &self,
        question: QuestionId,
        reply: Option<&Reply>,
        at: Moment,
        job: Option<&NewJob>,
    ) -> Result<Option<Question>, StoreError>;

    /// Lets an open question be answered by another reply, which was opened at `at`: as if it had been asked with that.
    async fn replies_by(
        &self,
        question: QuestionId,
        reply: &Reply,
        at: Moment,
    ) -> Result<(), StoreError>;

    /// Notes what the asker made of a question's text.
    async fn edited(&self, question: QuestionId, text: &QuestionText) -> Result<(), StoreError>;

    /// Takes a question and its answer out of every history, and forgets what they said.
    async fn withdraw(&self, question: QuestionId) -> Result<(), StoreError>;

    /// A question, whatever became of it.
    async fn question(&self, question: QuestionId) -> Result<Option<Kept>, StoreError>;

    /// The question that an interaction or a message brought.
    async fn asked_by(&self, event: u64) -> Result<Option<QuestionId>, StoreError>;

    /// What was said before a question, newest first, at most `at_most` turns: along the answers that it goes on from.
    async fn history(&self, question: QuestionId, at_most: u32) -> Result<Vec<Turn>, StoreError>;

    /// The newest question there is.
    async fn newest(&self) -> Result<Option<QuestionId>, StoreError>;
}

/// Keeps where outcomes can be seen, and which nobody has seen yet.
#[async_trait]
pub trait PostStore: Send + Sync {
    /// Notes that a message of the outcome, or of what will be one, can be seen.
    async fn posted(&self, question: QuestionId, posted: Posted) -> Result<(), StoreError>;

    /// The messages of a question's outcome, in order.
    async fn messages(&self, question: QuestionId) -> Result<Vec<Posted>, StoreError>;

    /// Notes that this message is gone.
    async fn unposted(&self, message: MessageId) -> Result<(), StoreError>;

    /// The question whose answer a message is.
    async fn answered_by(&self, message: MessageId) -> Result<Option<QuestionId>, StoreError>;

    /// Notes that the first `parts` messages of the outcome are out, and more are to come.
    async fn parts_shown(&self, question: QuestionId, parts: u32) -> Result<(), StoreError>;

    /// Notes that the outcome can be seen.
    async fn shown(&self, question: QuestionId, at: Moment) -> Result<(), StoreError>;

    /// Notes that the outcome can be shown to nobody: it is kept, and not tried again.
    async fn undeliverable(&self, question: QuestionId) -> Result<(), StoreError>;

    /// Records of every question up to `newest` that has no outcome that it was interrupted: the process that answered it is gone.
    async fn interrupt(&self, newest: QuestionId, at: Moment) -> Result<(), StoreError>;

    /// Questions that were taken away and of whose answer some messages are still there, at most `limit`.
    async fn left_behind(&self, limit: u32) -> Result<Vec<QuestionId>, StoreError>;

    /// The questions after `after`, up to `newest`, that have ended, whose outcome nobody has seen and somebody may yet see; oldest first, at
    /// most `limit`. One that cannot be read is left out and logged.
    async fn unshown(
        &self,
        after: QuestionId,
        newest: QuestionId,
        limit: u32,
    ) -> Result<Vec<Unshown>, StoreError>;
}

/// Keeps conversations.
#[async_trait]
pub trait ConversationStore: Send + Sync {
    /// A conversation.
    async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError>;

    /// The conversation that lives in this channel, also where it is a thread on one of its answers and nobody has noted so yet.
    async fn living_in(&self, channel: ChannelId) -> Result<Option<Conversation>, StoreError>;

    /// Lets a conversation live in this channel from now on, if it lives nowhere yet and no other lives there.
    async fn settle(&self, conversation: ConversationId, home: ChannelId)
    -> Result<(), StoreError>;

    /// How many questions of a conversation have an answer.
    async fn answers_in(&self, conversation: ConversationId) -> Result<u64, StoreError>;

    /// Notes that somebody else than the starter has written where the conversation lives.
    async fn others_joined(&self, conversation: ConversationId) -> Result<(), StoreError>;

    /// Notes that it was told where the conversation lives how to go on. True the first time.
    async fn tell(&self, conversation: ConversationId) -> Result<bool, StoreError>;
}

/// A quoted message that is kept while somebody writes their question about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldQuote {
    /// The message.
    pub quote: Quote,
    /// Whether others do not see it: then they do not see what is answered about it either.
    pub private: bool,
}

/// Keeps what is needed to hear everything once: quoted messages while a question about them is written, and up to when all was heard.
#[async_trait]
pub trait HeardStore: Send + Sync {
    /// Keeps a quoted message while somebody writes their question about it. `private` says that others do not see it.
    async fn hold(&self, quote: &Quote, private: bool, at: Moment) -> Result<QuoteId, StoreError>;

    /// A quoted message that is kept.
    async fn held(&self, id: QuoteId) -> Result<Option<HeldQuote>, StoreError>;

    /// Forgets the quoted messages that were kept before this moment.
    async fn drop_held(&self, before: Moment) -> Result<(), StoreError>;

    /// Notes that everything said up to this moment was heard.
    async fn heard_until(&self, at: Moment) -> Result<(), StoreError>;

    /// Up to when everything was heard, when that was ever noted.
    async fn last_heard(&self) -> Result<Option<Moment>, StoreError>;

    /// The direct conversations in which something was asked since this moment, those with the newest questions first, at most `limit`.
    async fn direct_since(&self, since: Moment, limit: u32) -> Result<Vec<ChannelId>, StoreError>;
}

/// What is set in a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSettings {
    /// The scope.
    pub scope: Scope,
    /// What is set.
    pub settings: Settings,
    /// The change that made it so; [`ChangeId::NONE`] where nothing was ever set.
    pub revision: ChangeId,
}

/// A change of settings that is to be made.
#[derive(Clone, Debug)]
pub struct NewChange {
    /// Whose settings.
    pub scope: Scope,
    /// Who makes it.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// The change that it is made on: made only if there is none after that.
    pub on: ChangeId,
    /// What is set afterwards, all of it.
    pub after: Settings,
    /// The channels in which it is to be told, each once.
    pub told_in: Vec<ChannelId>,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is made, and in the log, under this id.
    Done(ChangeId),
    /// Somebody else made one before: nothing is changed.
    Overtaken,
}

/// A change of settings that was made. One that cannot be read any more changed no field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsChange {
    /// Its id; later changes have higher ones.
    pub id: ChangeId,
    /// Whose settings.
    pub scope: Scope,
    /// Who made it.
    pub by: Person,
    /// When.
    pub at: Moment,
    /// The fields that it changed, as they were.
    pub before: Settings,
    /// The same fields as they became.
    pub after: Settings,
}

/// A change that is still to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The change.
    pub change: SettingsChange,
    /// Where.
    pub channel: ChannelId,
}

/// Keeps what is set in Discord, and every change of it. What is kept and cannot be read is an error, never taken for nothing.
#[async_trait]
pub trait SettingsStore: Send + Sync {
    /// What is set in those of these scopes, by their ids, in which something is or was set.
    async fn settings_of(
        &self,
        guild: GuildId,
        ids: &[u64],
    ) -> Result<Vec<KeptSettings>, StoreError>;

    /// Makes a change, unless somebody else was faster. What it is to be told with is kept in the same step.
    async fn save_settings(&self, change: &NewChange) -> Result<Saved, StoreError>;

    /// The changes in a server, or in one scope of it by its id, newest first, at most `limit`, before `before` where it is given.
    async fn changes(
        &self,
        guild: GuildId,
        id: Option<u64>,
        before: Option<ChangeId>,
        limit: u32,
    ) -> Result<Vec<SettingsChange>, StoreError>;

    /// The newest change there is, and the servers of all changes after `after`, whichever process made them.
    async fn changed_since(&self, after: ChangeId) -> Result<(ChangeId, Vec<GuildId>), StoreError>;

    /// Changes that are still to be told, oldest first, at most `limit`; none in the channels `without`.
    async fn untold(&self, limit: u32, without: &[ChannelId]) -> Result<Vec<Untold>, StoreError>;

    /// Notes that a change was told in a channel, or cannot be.
    async fn told(&self, change: ChangeId, channel: ChannelId) -> Result<(), StoreError>;

    /// Forgets what is set in a scope that is gone, by its id. It is a change like any other, so that every process that remembers what was set
    /// learns of it; there is none where nothing is set.
    async fn forget_settings(
        &self,
        guild: GuildId,
        id: u64,
        by: &Person,
        at: Moment,
    ) -> Result<(), StoreError>;
}

/// Keeps everything.
#[async_trait]
pub trait Store:
    QuestionStore + PostStore + ConversationStore + HeardStore + SettingsStore + JobStore
{
    /// Finishes what is being written and closes.
    async fn close(&self);
}

/// What an answer service sends, in order: text and sources as they come, then `Finished` once.
#[derive(Clone, Debug, PartialEq)]
pub enum AnswerEvent {
    /// All sources known so far, replacing those sent before.
    Sources(Vec<Source>),
    /// What is searched for right now, as the service tells it; may be empty.
    Searching(Vec<String>),
    /// More text.
    Text(String),
    /// The whole text once more, as the end gives it: what counts, should a piece have been lost.
    Whole(String),
    /// The end, with what only the end knows.
    Finished(End),
}

/// What only the end of an answer tells.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// The model that answered.
    pub model: String,
    /// Why the text ends.
    pub finish: Finish,
    /// What it took.
    pub usage: Usage,
    /// Questions that one could ask next.
    pub related: Vec<String>,
    /// Pictures that were found.
    pub images: Vec<Image>,
}

/// A question as it is put to the service: with what was said before.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// The question.
    pub question: Question,
    /// What was said before, oldest first, as much of it as fits.
    pub history: Vec<Turn>,
    /// What it is to be answered within.
    pub limits: Limits,
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
    fn ask(&self, inquiry: &Inquiry) -> BoxStream<'static, Result<AnswerEvent, AnswerError>>;
}

/// Why a research was not taken on by the service: the decision, the cause for the operator's log, and whether it may have been after all.
#[derive(Debug)]
pub struct SubmitError {
    /// What can be done about it.
    pub failure: Failure,
    /// What happened, in a sentence without secrets and without the question's text.
    pub cause: String,
    /// Whether the service may have taken it on, so that it is to be submitted once more, under the same key.
    pub may_be_taken: bool,
}

/// What the service says of a research.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "none is kept")]
pub enum Looked {
    /// It is not done yet; whether it was begun.
    Running {
        /// Whether the service works on it.
        begun: bool,
    },
    /// It is done: the text with all its sources, and what only the end tells.
    Answered(Draft, End),
    /// It is called done, and there is no answer that can be read; a later look may bring it.
    Unanswered,
    /// The service gave it up.
    Failed {
        /// What happened, for the operator's log.
        cause: String,
    },
    /// The service does not know it, or no more.
    Unknown,
}

/// Researches questions: takes minutes, and is asked again and again whether it is done.
#[async_trait]
pub trait ResearchService: Send + Sync {
    /// Hands a question over; the service's own name for it. Submitted again under the same key it is the same research, and paid for once, where
    /// the service honours keys.
    async fn submit(&self, inquiry: &Inquiry, key: JobId) -> Result<String, SubmitError>;

    /// What has become of it. An error says nothing about it: it is to be looked at again.
    async fn look(&self, id: &str) -> Result<Looked, AnswerError>;
}

/// Where a growing answer is shown. Never waits: only the newest draft counts.
pub trait Progress: Send + Sync {
    /// The question waits for its turn in the conversation.
    fn waits(&self);

    /// Its turn has come.
    fn begins(&self);

    /// This is being searched for; nothing of the answer is there yet.
    fn searches(&self, queries: &[String]);

    /// The answer has come this far.
    fn grew(&self, draft: &Draft);
}

impl Draft {
    /// The whole answer: the draft with what only its end tells.
    pub fn finished(self, end: End, took: Duration) -> Answer {
        let Self {
            text,
            sources,
            filters,
        } = self;
        let End {
            model,
            finish,
            usage,
            related,
            images,
        } = end;
        Answer {
            text,
            sources,
            model,
            finish,
            usage,
            related,
            images,
            filters,
            took,
        }
    }
}
