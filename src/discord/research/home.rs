//! Where the outcome of a research is shown: decided once. What a former try or process wrote is looked for wherever it can be; nothing is written
//! here but the note of what was found.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serenity::all::ChannelType;
use tokio::time::Instant;

use super::delivering::PATIENCE;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::Posted;
use crate::conversation::question::{Origin, Question};
use crate::discord::answering::{Edge, Form};
use crate::discord::call::{CallError, id};
use crate::discord::courier::{Courier, again};
use crate::discord::first_message::FirstMessage;
use crate::ids::{ChannelId, MessageId};
use crate::render::research;
use crate::research::ports::Report;

/// Every form that an outcome may have been written in.
const FORMS: [Form; 3] = [Form::AsSet, Form::WithoutPictures, Form::Plain];

/// Where an outcome goes.
#[derive(Clone, Copy)]
pub(super) enum Home {
    /// It takes the place of the progress: nothing else can be written.
    InPlace,
    /// New messages in this channel or thread.
    Anew {
        /// Which.
        channel: ChannelId,
        /// Whether it is the thread on the progress, in which the conversation goes on.
        is_own: bool,
    },
}

/// A message near what showed the progress, as far as it matters whether a thread is open on it.
#[derive(Deserialize)]
struct Near {
    #[serde(deserialize_with = "id")]
    id: u64,
    thread: Option<IgnoredAny>,
}

/// A message that is older than every one of the outcome.
pub(super) fn before_all(question: &Question, progress: Option<Posted>) -> MessageId {
    match (progress, &question.asked.origin) {
        (Some(progress), _) => progress.message,
        (None, Origin::Interaction(reply)) if question.attempt > 0 => {
            MessageId(reply.interaction.0)
        }
        (None, _) => MessageId(question.asked.event),
    }
}

impl Edge {
    /// Where the outcome of a research goes. An error where that cannot be told for now: another place than that of an earlier try would double it.
    pub(super) async fn home_of(
        &self,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        progress: Option<Posted>,
        after: Option<MessageId>,
    ) -> Result<Home, CallError> {
        let asked = &question.asked;
        if !asked.is_answered_openly() {
            return Ok(Home::InPlace);
        }
        let own = progress.map(|progress| ChannelId(progress.message.0));
        if let Some((channel, _)) = self.first_of(question).await {
            let is_own = own == Some(channel);
            return Ok(Home::Anew { channel, is_own });
        }
        let there = Home::Anew {
            channel: progress.map_or(asked.place.channel, |progress| progress.channel),
            is_own: false,
        };
        let (Some(progress), Some(own)) = (progress, own) else {
            return Ok(there);
        };
        let in_thread = Home::Anew {
            channel: own,
            is_own: true,
        };
        let began_in = |channel| self.began_in(channel, question, outcome, report, after);
        let deadline = Instant::now() + PATIENCE;
        // An earlier try may not have come by its thread, and have written here.
        if again(deadline, || began_in(progress.channel)).await? {
            return Ok(there);
        }
        let answered = matches!(outcome, Outcome::Answered(_));
        if self.thread_on(question, progress, answered).await {
            return Ok(in_thread);
        }
        // Or it had its thread, which cannot be had now.
        let is_open = || self.has_thread(progress);
        let may_have_been = answered && asked.place.guild.is_some();
        if may_have_been
            && again(deadline, is_open).await?
            && again(deadline, || began_in(own)).await?
        {
            return Ok(in_thread);
        }
        Ok(there)
    }

    /// Whether a thread is open on what showed the progress, as far as that can be seen.
    async fn has_thread(&self, progress: Posted) -> Result<bool, CallError> {
        let Posted {
            channel, message, ..
        } = progress;
        let around = format!("/messages?around={message}&limit=3");
        let near: Result<Vec<Near>, _> = self.ways.channels.get(channel, &around).await;
        match near {
            Ok(near) => Ok(near
                .iter()
                .any(|near| near.id == message.0 && near.thread.is_some())),
            Err(error @ (CallError::RateLimited { .. } | CallError::Unavailable(_))) => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Whether the first message of the outcome is in this channel, unnoted until now.
    async fn began_in(
        &self,
        channel: ChannelId,
        question: &Question,
        outcome: &Outcome,
        report: &Report,
        after: Option<MessageId>,
    ) -> Result<bool, CallError> {
        if after.is_none() {
            return Ok(false);
        }
        let first = FirstMessage::of(self.ways.clone(), question.clone()).await;
        let courier = Courier::anew(&self.ways, &first, channel, self.me, after).await;
        for form in FORMS {
            let (display, showable) = self.in_form(question, outcome, form);
            let messages = research::outcome(question, &showable, report, display);
            if let Some(message) = messages.first()
                && courier.takes_up(message).await?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The first message of an outcome, where it is out.
    pub(super) async fn first_of(&self, question: &Question) -> Option<(ChannelId, MessageId)> {
        let messages = self.desk.messages(question.id).await;
        let first = messages.into_iter().find(|posted| posted.part == 0);
        first.map(|first| (first.channel, first.message))
    }

    /// Whether those who see where a question was asked may see this channel too, as far as is known: a direct conversation is its asker's alone.
    pub(super) async fn is_for_all(&self, question: &Question, channel: ChannelId) -> bool {
        if question.asked.place.guild.is_none() || channel == question.asked.place.channel {
            return true;
        }
        let known = self.ways.places.of(&self.ways.channels, channel).await;
        !known.is_ok_and(|known| known.kind == ChannelType::Private)
    }
}
