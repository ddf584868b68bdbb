//! Takes questions on, or says why not: records them, then hands them over to be answered.

use std::sync::Arc;

use serenity::all::PartialChannel;

use super::answering::Edge;
use super::arrival::Arrival;
use super::call::CallError;
use super::channels::Posting;
use super::first_message::told_nonce;
use crate::conversation::language::Language;
use crate::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, QuestionText, Quote, Task,
};
use crate::ids::{MessageId, PersonId};
use crate::render::sentences::Refusal;
use crate::search::scope::Path;
use crate::search::wish::Wish;

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
    /// The language of the place.
    pub(super) around: Language,
}

impl Edge {
    /// Takes on what an interaction asks; whoever is refused is told so, and nobody else.
    pub(super) async fn take_interaction(self: &Arc<Self>, arrival: &Arrival, asked: Asked<'_>) {
        let (person, event) = (arrival.person.clone(), arrival.reply.interaction.0);
        let origin = Origin::Interaction(arrival.reply.clone());
        let (place, around) = (arrival.place, arrival.around);
        self.note_rights(arrival);
        let taken = match self.path(place, arrival.channel.as_ref()).await {
            Ok(path) => {
                self.take_new(asked, person, place, path, event, origin, around)
                    .await
            }
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = taken {
            self.refuse(arrival, refusal).await;
        }
    }

    /// Takes on what a message asks; the refusal otherwise.
    pub(super) async fn take_message(
        self: &Arc<Self>,
        note: &Note,
        asked: Asked<'_>,
    ) -> Result<(), Refusal> {
        let (person, event) = (note.person.clone(), note.message.0);
        let origin = Origin::Message(note.message);
        let path = self.path(note.place, None).await?;
        self.take_new(asked, person, note.place, path, event, origin, note.around)
            .await
    }

    /// Takes a question on; the refusal otherwise.
    async fn take_new(
        self: &Arc<Self>,
        asked: Asked<'_>,
        asker: Person,
        place: Place,
        path: Option<Path>,
        event: u64,
        origin: Origin,
        language: Language,
    ) -> Result<(), Refusal> {
        let question = NewQuestion {
            text: QuestionText::parse(asked.text).map_err(Refusal::NotAQuestion)?,
            task: asked.task,
            quote: asked.quote,
            asker,
            seen: asked.seen,
            place,
            event,
            origin,
            belongs: asked.belongs,
            wish: Wish::default(),
            language,
            asked_at: self.desk.clock().now(),
        };
        let open = self.open(question.asker.id)?;
        match self.desk.accept(question).await {
            Ok(Some((question, in_line))) => self.take(question, path, in_line, open).await,
            Ok(None) => tracing::debug!(event, "the same question came twice"),
            Err(error) => {
                tracing::error!(event, %error, "a question could not be recorded");
                return Err(Refusal::NotRecorded);
            }
        }
        Ok(())
    }

    /// Where a place is in its server; none where nothing is set, since the bot is not there. `beside` is what an interaction tells of the
    /// channel that it is from.
    pub(super) async fn path(
        &self,
        place: Place,
        beside: Option<&PartialChannel>,
    ) -> Result<Option<Path>, Refusal> {
        let Some(guild) = place.guild.filter(|_| place.present) else {
            return Ok(None);
        };
        let ways = &self.ways;
        let path = ways
            .whereabouts
            .path(&ways.channels, guild, place.channel, beside)
            .await;
        path.map(Some).map_err(|error| {
            tracing::warn!(channel = %place.channel, %error, "where a channel is could not be found out");
            Refusal::NotLookedUp
        })
    }

    /// Counts a question of this person's as open; the refusal when too many are.
    pub(super) fn open(
        &self,
        person: PersonId,
    ) -> Result<crate::conversation::in_flight::OpenQuestion, Refusal> {
        self.desk.in_flight().open(person).map_err(Refusal::Full)
    }

    /// Replies to a message with a sentence, once for each message. Nobody waits for it: those who write next are to be heard.
    pub(super) fn tell(&self, note: &Note, refusal: Refusal) {
        let message = refusal.message(note.around);
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
    pub(super) async fn refuse(&self, arrival: &Arrival, refusal: Refusal) {
        let (reply, message) = (&arrival.reply, refusal.message(arrival.language));
        match self.ways.interactions.refuse(reply, &message).await {
            Ok(()) | Err(CallError::AlreadyAcknowledged) => {}
            Err(error) => {
                tracing::warn!(interaction = %reply.interaction, %error, "a refusal could not be shown")
            }
        }
    }
}
