//! The first message of an answer: the reply that Discord holds open, or a message that replies to the question. Writes it and notes where
//! it is; decides nothing on a failure.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::call::{CallError, Written};
use super::channels::{Channels, Posting};
use super::interactions::Interactions;
use crate::conversation::ask::Desk;
use crate::conversation::ports::Posted;
use crate::conversation::question::{Origin, Question};
use crate::render::Message;

/// What everything that is shown goes through.
#[derive(Clone)]
pub(super) struct Ways {
    pub(super) interactions: Interactions,
    pub(super) channels: Arc<Channels>,
    pub(super) desk: Arc<Desk>,
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

    /// Makes it say this; it comes to be with the first call.
    pub(super) async fn show(&self, message: &Message) -> Result<(), CallError> {
        let mut at = self.at.lock().await;
        let written = match &self.question.asked.origin {
            Origin::Interaction(reply) => self.ways.interactions.edit(reply, message).await?,
            Origin::Message(_) | Origin::Past => self.show_in_channel(&mut at, message).await?,
        };
        self.note(&mut at, written).await;
        Ok(())
    }

    /// Shows it in the channel, where the reply cannot be written.
    pub(super) async fn show_beside(&self, message: &Message) -> Result<(), CallError> {
        let mut at = self.at.lock().await;
        let written = self.show_in_channel(&mut at, message).await?;
        self.note(&mut at, written).await;
        Ok(())
    }

    async fn show_in_channel(
        &self,
        at: &mut Option<Posted>,
        message: &Message,
    ) -> Result<Written, CallError> {
        let channels = &self.ways.channels;
        if let Some(posted) = *at {
            match channels.edit(posted.channel, posted.message, message).await {
                // Somebody deleted it meanwhile.
                Err(CallError::Gone { .. }) => {
                    self.ways.desk.unposted(posted.message).await;
                    *at = None;
                }
                edited => return edited,
            }
        }
        let reply_to = match self.question.asked.origin {
            Origin::Message(message) => Some(message),
            Origin::Interaction(_) | Origin::Past => None,
        };
        let nonce = nonce(&self.question, 0);
        let posting = Posting {
            reply_to,
            nonce: &nonce,
        };
        channels
            .post(self.question.asked.place.channel, message, posting)
            .await
    }

    async fn note(&self, at: &mut Option<Posted>, written: Written) {
        let posted = Posted {
            part: 0,
            channel: written.channel(),
            message: written.message(),
        };
        if *at != Some(posted) {
            self.ways.desk.posted(self.question.id, posted).await;
            *at = Some(posted);
        }
    }
}

/// What tells a repeat of a message from another one, at most 25 characters: the event has at most 13 digits to the base 36.
pub(super) fn nonce(question: &Question, part: u32) -> String {
    format!(
        "{}-{}-{part}",
        base_36(question.asked.event),
        question.attempt
    )
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
