//! The first message of an answer: the reply that Discord holds open, or a message that replies to the question. Writes it and notes where
//! it is; decides nothing on a failure.

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::Mutex;

use super::call::{CallError, Written, code, id, optional_id};
use super::channels::{Channels, Posting};
use super::interactions::Interactions;
use super::languages::Languages;
use super::places::Places;
use super::rights::Rights;
use super::whereabouts::Whereabouts;
use crate::conversation::ask::Desk;
use crate::conversation::ports::Posted;
use crate::conversation::question::{Origin, Question};
use crate::failpoint;
use crate::ids::{ChannelId, MessageId, PersonId};
use crate::render::Message;

/// What everything that is shown goes through.
#[derive(Clone)]
pub(super) struct Ways {
    pub(super) interactions: Interactions,
    pub(super) channels: Arc<Channels>,
    pub(super) places: Arc<Places>,
    pub(super) whereabouts: Arc<Whereabouts>,
    pub(super) languages: Arc<Languages>,
    pub(super) rights: Arc<Rights>,
    pub(super) desk: Arc<Desk>,
}

/// As many messages behind a question are looked at, at most 100.
const LOOKED_AT: u32 = 50;

/// A message in a channel, newest first, as far as it matters whether it is an answer of the bot's.
#[derive(Deserialize)]
struct Found {
    #[serde(deserialize_with = "id")]
    id: u64,
    author: Author,
    message_reference: Option<Reference>,
}

#[derive(Deserialize)]
struct Author {
    #[serde(deserialize_with = "id")]
    id: u64,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default, deserialize_with = "optional_id")]
    message_id: Option<u64>,
}

/// The first message of a question's answer.
pub(super) struct FirstMessage {
    ways: Ways,
    question: Question,
    /// Where it is, as far as is known.
    at: Mutex<Option<Posted>>,
}

impl FirstMessage {
    /// The first message of this question's answer, wherever it is by now.
    pub(super) async fn of(ways: Ways, question: Question) -> Self {
        let messages = ways.desk.messages(question.id).await;
        let at = messages.into_iter().find(|posted| posted.part == 0);
        Self {
            ways,
            question,
            at: Mutex::new(at),
        }
    }

    /// The question that it answers.
    pub(super) fn question(&self) -> &Question {
        &self.question
    }

    /// Where it is, once it is out.
    pub(super) async fn place(&self) -> Option<Posted> {
        *self.at.lock().await
    }

    /// Looks for it in the channel, where an earlier process may have posted it and not have come to note it. Discord knows its nonce for
    /// some minutes only.
    pub(super) async fn look_for_it(&self, me: PersonId) {
        let mut at = self.at.lock().await;
        if at.is_some() {
            return;
        }
        if let Some(message) = self.reply_there(me).await {
            let posted = Posted {
                part: 0,
                channel: self.question.asked.place.channel,
                message,
            };
            self.ways.desk.posted(self.question.id, posted).await;
            *at = Some(posted);
        }
    }

    /// The bot's own reply to the message that asked, as it stands in the channel.
    pub(super) async fn reply_there(&self, me: PersonId) -> Option<MessageId> {
        let asked = &self.question.asked;
        let Origin::Message(question) = &asked.origin else {
            return None;
        };
        let channel = asked.place.channel;
        let behind = format!("/messages?after={question}&limit={LOOKED_AT}");
        let found: Vec<Found> = match self.ways.channels.get(channel, &behind).await {
            Ok(found) => found,
            Err(error) => {
                tracing::info!(question = %self.question.id, %error, "whether an answer is there already could not be read");
                return None;
            }
        };
        let is_it = |found: &Found| {
            let replied = found.message_reference.as_ref();
            found.author.id == me.0
                && replied.and_then(|replied| replied.message_id) == Some(question.0)
        };
        // The oldest of them: the later ones are what was said about it.
        let oldest = found.iter().rev().find(|found| is_it(found));
        oldest.map(|found| MessageId(found.id))
    }

    /// Shows that it is being written, where there is nothing else to see of it yet. Whether that makes sense any further.
    pub(super) async fn type_on(&self) -> bool {
        if !matches!(self.question.asked.origin, Origin::Message(_)) || self.place().await.is_some()
        {
            return false;
        }
        let channel = self.question.asked.place.channel;
        match self.ways.channels.typing(channel).await {
            Ok(()) | Err(CallError::Unavailable(_) | CallError::RateLimited { .. }) => true,
            Err(_) => false,
        }
    }

    /// Makes it say this; it comes to be with the first call.
    pub(super) async fn show(&self, message: &Message) -> Result<(), CallError> {
        let mut at = self.at.lock().await;
        let asked = &self.question.asked;
        // What an earlier attempt or process left is where the next one is shown; the reply that is that very message may be over.
        let openly = asked.is_answered_openly();
        let stands = openly && at.is_some();
        let again = self.question.attempt > 0;
        let by_reply = match &asked.origin {
            Origin::Interaction(reply) => match self.ways.interactions.edit(reply, message).await {
                Err(CallError::Gone { code, .. })
                    if stands && (again || code != code::UNKNOWN_MESSAGE) =>
                {
                    None
                }
                written => Some(written?),
            },
            // What is for one person alone is never written where others see it.
            Origin::Message(_) | Origin::Past if !openly => return Err(CallError::NO_REPLY),
            Origin::Message(_) | Origin::Past => None,
        };
        let written = match by_reply {
            Some(written) => written,
            None => {
                let channel = at.map_or(asked.place.channel, |posted| posted.channel);
                self.write(*at, channel, message).await?
            }
        };
        self.note(&mut at, written).await;
        Ok(())
    }

    /// Shows it as a message in this channel; where it was shown elsewhere before, it is taken away there.
    pub(super) async fn show_in(
        &self,
        channel: ChannelId,
        message: &Message,
    ) -> Result<(), CallError> {
        let mut at = self.at.lock().await;
        let written = self.write(*at, channel, message).await?;
        self.note(&mut at, written).await;
        Ok(())
    }

    async fn write(
        &self,
        at: Option<Posted>,
        channel: ChannelId,
        message: &Message,
    ) -> Result<Written, CallError> {
        let reply_to = match self.question.asked.origin {
            Origin::Message(question) if channel == self.question.asked.place.channel => {
                Some(question)
            }
            _ => None,
        };
        let writing = Writing {
            question: &self.question,
            part: 0,
            reply_to,
        };
        writing
            .write(&self.ways.channels, at, channel, message)
            .await
    }

    async fn note(&self, at: &mut Option<Posted>, written: Written) {
        let posted = Posted {
            part: 0,
            channel: written.channel(),
            message: written.message(),
        };
        if *at != Some(posted) {
            failpoint::pass("deliver.first_part_unnoted");
            self.ways.desk.posted(self.question.id, posted).await;
            *at = Some(posted);
        }
    }
}

/// One message of an answer in a channel, whether it is there already or not.
pub(super) struct Writing<'a> {
    /// What is answered.
    pub(super) question: &'a Question,
    /// Which message of the answer, from 0.
    pub(super) part: u32,
    /// The message that it replies to.
    pub(super) reply_to: Option<MessageId>,
}

impl Writing<'_> {
    /// Edits the message if it is in this channel, else posts it.
    pub(super) async fn write(
        &self,
        channels: &Channels,
        at: Option<Posted>,
        channel: ChannelId,
        message: &Message,
    ) -> Result<Written, CallError> {
        let Some(there) = at else {
            return self.post(channels, None, channel, message).await;
        };
        let mut gone = false;
        if there.channel == channel {
            match channels.edit(channel, there.message, message).await {
                Err(CallError::Gone { .. }) => gone = true,
                // A new message brings the thread back.
                Err(CallError::Refused {
                    code: code::THREAD_ARCHIVED,
                    ..
                }) => {}
                edited => return edited,
            }
        }
        let written = self.post(channels, Some(there), channel, message).await?;
        // Nothing half written stays behind, unless it is out of reach.
        if !gone && let Err(error) = channels.delete(there.channel, there.message).await {
            tracing::info!(question = %self.question.id, %error, "a message that was replaced could not be deleted");
        }
        Ok(written)
    }

    async fn post(
        &self,
        channels: &Channels,
        instead_of: Option<Posted>,
        channel: ChannelId,
        message: &Message,
    ) -> Result<Written, CallError> {
        let nonce = self.nonce(instead_of, channel);
        let posting = |reply_to| Posting {
            reply_to,
            nonce: &nonce,
        };
        let posted = channels.post(channel, message, posting(self.reply_to));
        match posted.await {
            // The answer is worth more than the arrow to its question.
            Err(CallError::Refused {
                code: code::NO_HISTORY_TO_REPLY,
                ..
            }) => channels.post(channel, message, posting(None)).await,
            posted => posted,
        }
    }

    /// What tells a repeat of this message from another one, at most 25 characters: an id has at most 13 digits to the base 36. Discord
    /// knows a nonce in all channels, so a message that stands in for another, or elsewhere, has one of its own.
    fn nonce(&self, instead_of: Option<Posted>, channel: ChannelId) -> String {
        let Self { question, part, .. } = self;
        let (id, kind) = match instead_of {
            Some(posted) => (posted.message.0, "r"),
            None if channel == question.asked.place.channel => (question.asked.event, ""),
            None => (question.asked.event, "e"),
        };
        format!("{}-{}-{part}{kind}", base_36(id), question.attempt)
    }
}

/// What tells a repeat of the first words in a thread from other messages.
pub(super) fn thread_nonce(thread: ChannelId) -> String {
    format!("{}-t", base_36(thread.0))
}

/// What tells a repeat of what is said about a message, when it is no question, from another message.
pub(super) fn told_nonce(message: MessageId) -> String {
    format!("{}-told", base_36(message.0))
}

fn base_36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_short() {
        assert_eq!(base_36(0), "0");
        assert_eq!(base_36(35), "z");
        assert_eq!(base_36(36), "10");
        assert_eq!(base_36(u64::MAX).len(), 13);
    }
}
