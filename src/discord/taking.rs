//! Takes questions on, or says why not: records them, then hands them over to be answered.

use std::sync::Arc;

use super::answering::Edge;
use super::arrival::Arrival;
use super::call::CallError;
use super::channels::Posting;
use super::first_message::told_nonce;
use crate::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, QuestionText, Quote, Reply, Task,
};
use crate::ids::{MessageId, PersonId};
use crate::render::{Message, sentences};

/// What somebody asks, before it is known whether it is a question.
pub(super) struct Asked<'a> {
    /// What they wrote.
    pub(super) text: &'a str,
    /// What is to be done about it.
    pub(super) task: Task,
    /// The message it is about.
    pub(super) quote: Option<Quote>,
    /// Whether others see by themselves what is asked.
    pub(super) seen: bool,
    /// Which conversation it belongs to.
    pub(super) belongs: Belongs,
}

/// A message that asks: which it is, who wrote it, and where.
pub(super) struct Note {
    pub(super) message: MessageId,
    pub(super) person: Person,
    pub(super) place: Place,
}

impl Edge {
    /// Takes on what an interaction asks; whoever is refused is told so, and nobody else.
    pub(super) async fn take_interaction(self: &Arc<Self>, arrival: Arrival, asked: Asked<'_>) {
        let reply = arrival.reply.clone();
        if let Err(refusal) = self.try_interaction(arrival, asked).await {
            self.refuse(&reply, &refusal).await;
        }
    }

    async fn try_interaction(
        self: &Arc<Self>,
        arrival: Arrival,
        asked: Asked<'_>,
    ) -> Result<(), Message> {
        let text = QuestionText::parse(asked.text).map_err(sentences::not_a_question)?;
        let question = NewQuestion {
            text,
            task: asked.task,
            quote: asked.quote,
            asker: arrival.person,
            seen: asked.seen,
            place: arrival.place,
            event: arrival.reply.interaction.0,
            origin: Origin::Interaction(arrival.reply),
            belongs: asked.belongs,
            asked_at: self.desk.clock().now(),
        };
        self.take_new(question).await
    }

    /// Takes on what a message asks; the refusal otherwise.
    pub(super) async fn take_message(
        self: &Arc<Self>,
        note: &Note,
        asked: Asked<'_>,
    ) -> Result<(), Message> {
        let text = QuestionText::parse(asked.text).map_err(sentences::not_a_question)?;
        let question = NewQuestion {
            text,
            task: asked.task,
            quote: asked.quote,
            asker: note.person.clone(),
            seen: asked.seen,
            place: note.place,
            event: note.message.0,
            origin: Origin::Message(note.message),
            belongs: asked.belongs,
            asked_at: self.desk.clock().now(),
        };
        self.take_new(question).await
    }

    /// Takes a question on; the refusal otherwise.
    pub(super) async fn take_new(self: &Arc<Self>, question: NewQuestion) -> Result<(), Message> {
        let open = self.open(question.asker.id)?;
        let event = question.event;
        match self.desk.accept(question).await {
            Ok(Some((question, in_line))) => self.take(question, in_line, open).await,
            Ok(None) => tracing::debug!(event, "the same question came twice"),
            Err(error) => {
                tracing::error!(event, %error, "a question could not be recorded");
                return Err(sentences::not_recorded());
            }
        }
        Ok(())
    }

    /// Counts a question of this person's as open; the refusal when too many are.
    pub(super) fn open(
        &self,
        person: PersonId,
    ) -> Result<crate::conversation::in_flight::OpenQuestion, Message> {
        self.desk.in_flight().open(person).map_err(sentences::full)
    }

    /// Replies to a message with a sentence, once for each message. Nobody waits for it: those who write next are to be heard.
    pub(super) fn tell(&self, note: &Note, message: Message) {
        let (ways, channel, replied) = (self.ways.clone(), note.place.channel, note.message);
        self.tasks.spawn(async move {
            let nonce = told_nonce(replied);
            let posting = Posting {
                reply_to: Some(replied),
                nonce: &nonce,
            };
            if let Err(error) = ways.channels.post(channel, &message, posting).await {
                tracing::warn!(message = %replied, %error, "a refusal could not be shown");
            }
        });
    }

    /// Tells the asker, and only the asker, why what they did leads to nothing.
    pub(super) async fn refuse(&self, reply: &Reply, message: &Message) {
        match self.ways.interactions.refuse(reply, message).await {
            Ok(()) | Err(CallError::AlreadyAcknowledged) => {}
            Err(error) => {
                tracing::warn!(interaction = %reply.interaction, %error, "a refusal could not be shown")
            }
        }
    }
}
