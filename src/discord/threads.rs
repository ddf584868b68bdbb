//! Threads: opens one on an answer, lets the conversation live there, and says there how to go on. Never holds an answer up: where no
//! thread can be opened, the answer stands without one.

use std::time::Duration;

use serenity::all::GuildChannel;
use tokio::time::Instant;

use super::answering::Edge;
use super::call::{CallError, code};
use super::channels::Posting;
use super::courier::again;
use super::first_message::thread_nonce;
use crate::conversation::home::Conversation;
use crate::conversation::ports::{Posted, StoreError};
use crate::conversation::question::{Origin, Question};
use crate::failpoint;
use crate::ids::{ChannelId, GuildId, MessageId};
use crate::render::sentences::{self, Permission};
use crate::render::thread_name::thread_name;
use crate::search::fields::Threads;

/// Why it is not known whether a thread is wanted.
#[derive(Debug, thiserror::Error)]
enum Unknown {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Discord does not tell where the question was asked.
    #[error("where the question was asked could not be found out: {0}")]
    Place(#[from] CallError),
}

/// How long the first words in a thread may be tried.
const WORDS_LIMIT: Duration = Duration::from_secs(10);

impl Edge {
    /// Opens a thread on an answer that is out, where what is set there wants one; the conversation lives there from then on.
    pub(super) async fn go_on_in_thread(&self, question: &Question, answer: Posted) {
        let place = question.asked.place;
        let (Some(guild), true) = (
            place.guild,
            question.asked.is_answered_openly() && answer.channel == place.channel,
        ) else {
            return;
        };
        match self.wants_thread(question).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                return tracing::error!(question = %question.id, %error, "whether a thread is wanted could not be found out");
            }
        }
        failpoint::pass("thread.before_opening");
        let opened = self.open_thread(guild, question, answer).await;
        failpoint::pass("thread.after_opening");
        match opened {
            Ok(thread) => self.settle(question, thread).await,
            Err(error) => self.stay_without_thread(question, &error).await,
        }
    }

    /// Somebody has opened a thread on a message. Where that is an answer's, its conversation lives there from now on.
    pub(super) async fn thread_opened(&self, thread: &GuildChannel) {
        // Threads of our own are settled by who opens them.
        if thread
            .owner_id
            .is_some_and(|owner| owner.get() == self.me.0)
        {
            return;
        }
        let id = thread.id.get();
        let asked = match self.desk.store().answered_by(MessageId(id)).await {
            Ok(Some(question)) => self.desk.store().question(question).await,
            Ok(None) => return,
            Err(error) => Err(error),
        };
        match asked {
            Ok(Some(kept)) => {
                self.settle(&kept.question, ChannelId(id)).await;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::error!(thread = id, %error, "whose answer has a thread could not be read")
            }
        }
    }

    /// Opens a thread on the message that shows how far a research is, where what is set there wants one and `answered` gives it something to
    /// hold. Whether there is one, in which the outcome goes on.
    pub(super) async fn thread_on(
        &self,
        question: &Question,
        progress: Posted,
        answered: bool,
    ) -> bool {
        let place = question.asked.place;
        let Some(guild) = place.guild.filter(|_| progress.channel == place.channel) else {
            return false;
        };
        let store = self.desk.store();
        let own = ChannelId(progress.message.0);
        let conversation = store.conversation(question.conversation).await;
        if let Ok(Some(Conversation {
            home: Some(home), ..
        })) = conversation
        {
            return home == own;
        }
        if !answered || !matches!(self.wants_thread(question).await, Ok(true)) {
            return false;
        }
        match self.open_thread(guild, question, progress).await {
            Ok(_) => true,
            Err(error) => {
                self.stay_without_thread(question, &error).await;
                false
            }
        }
    }

    async fn wants_thread(&self, question: &Question) -> Result<bool, Unknown> {
        let store = self.desk.store();
        let channel = question.asked.place.channel;
        let path = self.path_now(question.asked.place, None).await?;
        let threads = self.desk.places().in_force(path.as_ref()).await?;
        let threads = threads.values.threads;
        if threads == Threads::Never || self.ways.rights.threads.is_refused(channel) {
            return Ok(false);
        }
        let lives_nowhere = |kept: Conversation| kept.home.is_none();
        let conversation = store.conversation(question.conversation).await?;
        if !conversation.is_some_and(lives_nowhere) {
            return Ok(false);
        }
        // Counted last: only where the conversation has no thread yet.
        let followed_up = threads == Threads::FollowedUp;
        if followed_up && store.answers_in(question.conversation).await? <= 1 {
            return Ok(false);
        }
        match self.ways.places.of(&self.ways.channels, channel).await {
            Ok(known) => Ok(known.takes_threads()),
            // A channel that the bot does not see lets it open no thread either.
            Err(error) => {
                self.stay_without_thread(question, &error).await;
                Ok(false)
            }
        }
    }

    async fn open_thread(
        &self,
        guild: GuildId,
        question: &Question,
        answer: Posted,
    ) -> Result<ChannelId, CallError> {
        let name = thread_name(question.asked.text.as_str());
        let once = || {
            let channels = &self.ways.channels;
            channels.open_thread(guild, answer.channel, answer.message, &name)
        };
        let opened = match once().await {
            // Had the first try arrived after all, the second one is told so.
            Err(CallError::Unavailable(_)) => once().await,
            other => other,
        };
        match opened {
            // It has the message's id.
            Err(CallError::Refused {
                code: code::THREAD_EXISTS,
                ..
            }) => Ok(ChannelId(answer.message.0)),
            other => other,
        }
    }

    /// Lets a conversation live in a thread, and says there how to go on, where that is not plain.
    pub(super) async fn settle(&self, question: &Question, thread: ChannelId) {
        let (store, conversation) = (self.desk.store(), question.conversation);
        if let Err(error) = store.settle(conversation, thread).await {
            return tracing::error!(%conversation, %error, "where a conversation lives could not be recorded");
        }
        if self.reads_messages {
            return;
        }
        let told = match store.conversation(conversation).await {
            Ok(kept) => kept.is_none_or(|kept| kept.told || kept.home != Some(thread)),
            Err(error) => {
                return tracing::error!(%conversation, %error, "a conversation could not be read");
            }
        };
        if told {
            return;
        }
        // Said first and noted then: should the process end in between, the nonce keeps the next one from saying it twice.
        let nonce = thread_nonce(thread);
        let message = sentences::how_to_go_on(question.asked.language, self.me);
        let say = || {
            let posting = Posting {
                reply_to: None,
                nonce: &nonce,
            };
            self.ways.channels.post(thread, &message, posting)
        };
        let said = again(Instant::now() + WORDS_LIMIT, say).await;
        failpoint::pass("thread.after_first_words");
        match said {
            Ok(_) => {
                if let Err(error) = store.tell(conversation).await {
                    tracing::error!(%conversation, %error, "that it was said how to go on could not be recorded");
                }
            }
            Err(error) => {
                tracing::warn!(%conversation, %error, "how to go on could not be said")
            }
        }
    }

    /// The answer stands without a thread. Where an administrator could mend that, the asker is told once.
    async fn stay_without_thread(&self, question: &Question, error: &CallError) {
        let channel = question.asked.place.channel;
        tracing::warn!(question = %question.id, %channel, %error, "no thread could be opened; the answer stands without one");
        let CallError::Refused { code, .. } = error else {
            return;
        };
        let missing = match *code {
            code::MISSING_PERMISSIONS => Permission::CreatePublicThreads,
            code::MISSING_ACCESS => Permission::ViewChannel,
            _ => return,
        };
        self.ways.rights.threads.note(channel, false);
        let Origin::Interaction(reply) = &question.asked.origin else {
            return;
        };
        let asker = question.asked.asker.id;
        let language = self.ways.languages.known_of(asker);
        let language = language.unwrap_or(question.asked.language);
        let message = sentences::no_thread(language, missing);
        if let Err(error) = self.ways.interactions.whisper(reply, &message).await {
            tracing::info!(question = %question.id, %error, "the asker could not be told which permission is missing");
        }
    }
}
