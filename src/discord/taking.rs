//! Takes questions on, or says why not: judges them by what is set where they are asked, records them, then hands them over to be answered.

use std::sync::Arc;
use std::time::Duration;

use serenity::all::PartialChannel;
use tokio::time::{Instant, timeout};

use super::answering::Edge;
use super::arrival::Arrival;
use super::call::CallError;
use super::channels::Posting;
use super::courier::again;
use super::first_message::told_nonce;
use crate::conversation::ask::NotWithin;
use crate::conversation::language::Language;
use crate::conversation::ports::StoreError;
use crate::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, QuestionText, Quote, Task,
};
use crate::ids::{GuildId, MessageId, PersonId, RoleId};
use crate::render::sentences::Refusal;
use crate::search::scope::Path;
use crate::search::service::Depth;
use crate::search::wish::{Limits, NotGranted, Wish};

/// How long a first response may wait for what it depends on: Discord waits three seconds for it, of which two tries to respond take most.
pub(super) const LOOK: Duration = Duration::from_millis(700);

/// How long it may be tried to learn where a message is: none is lost because Discord is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// What somebody asks, before it is known whether it is a question.
pub(super) struct Asked<'a> {
    /// What they wrote.
    pub(super) text: &'a str,
    /// What is to be done about it.
    pub(super) task: Task,
    /// The message that it is about.
    pub(super) quote: Option<Quote>,
    /// Whether others see by themselves what is asked.
    pub(super) seen: bool,
    /// Which conversation it belongs to.
    pub(super) belongs: Belongs,
    /// What they wish for this question alone.
    pub(super) wish: Wish,
}

/// A message that asks: which it is, who wrote it, and where.
pub(super) struct Note {
    pub(super) message: MessageId,
    pub(super) person: Person,
    /// Their roles in the server, where the message tells them.
    pub(super) roles: Option<Vec<RoleId>>,
    pub(super) place: Place,
    /// The language of the place.
    pub(super) around: Language,
}

/// Who asks, where and how.
struct Asking<'a> {
    person: Person,
    /// Their roles in the server, where something told them.
    roles: Option<&'a [RoleId]>,
    place: Place,
    /// Where the place is in its server.
    path: Option<Path>,
    event: u64,
    origin: Origin,
    /// The language of the place.
    around: Language,
    /// Their own language, for what they alone read.
    own: Language,
}

impl Edge {
    /// Takes on what an interaction asks; whoever is refused is told so, and nobody else.
    pub(super) async fn take_interaction(self: &Arc<Self>, arrival: &Arrival, asked: Asked<'_>) {
        self.note_rights(arrival);
        let path = timeout(LOOK, self.path(arrival.place, arrival.channel.as_ref())).await;
        let taken = match path.unwrap_or(Err(Refusal::NotFoundOut)) {
            Ok(path) => {
                let asking = Asking {
                    person: arrival.person.clone(),
                    roles: Some(&arrival.roles),
                    place: arrival.place,
                    path,
                    event: arrival.reply.interaction.0,
                    origin: Origin::Interaction(arrival.reply.clone()),
                    around: arrival.around,
                    own: arrival.language,
                };
                self.take_new(asked, asking).await
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
        let asking = Asking {
            person: note.person.clone(),
            roles: note.roles.as_deref(),
            place: note.place,
            path: self.path_patiently(note.place, None).await?,
            event: note.message.0,
            origin: Origin::Message(note.message),
            around: note.around,
            own: note.around,
        };
        self.take_new(asked, asking).await
    }

    /// Takes a question on; the refusal otherwise.
    async fn take_new(
        self: &Arc<Self>,
        asked: Asked<'_>,
        asking: Asking<'_>,
    ) -> Result<(), Refusal> {
        let text = QuestionText::parse(asked.text).map_err(Refusal::NotAQuestion)?;
        let path = asking.path;
        self.admit(path.as_ref(), asking.person.id, asking.roles)
            .await?;
        let (wish, belongs) = self.continued(asked.wish, asked.belongs, &asking).await?;
        let limits = self.grant(path.as_ref(), &wish).await?;
        let event = asking.event;
        let question = NewQuestion {
            text,
            task: asked.task,
            quote: asked.quote,
            asker: asking.person,
            seen: asked.seen,
            place: asking.place,
            event,
            origin: asking.origin,
            belongs,
            language: if wish.private {
                asking.own
            } else {
                asking.around
            },
            wish,
            asked_at: self.desk.clock().now(),
        };
        if limits.is_research() {
            return self.take_research(question, path.as_ref(), &limits).await;
        }
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

    /// What a question is answered within in a place, if what somebody wishes for it is granted there; the refusal otherwise.
    pub(super) async fn grant(&self, path: Option<&Path>, wish: &Wish) -> Result<Limits, Refusal> {
        match self.desk.limits(path, wish).await {
            Ok(limits) => Ok(limits),
            Err(NotWithin::NotGranted(NotGranted::NoModel(Depth::Research))) => {
                Err(Refusal::NoResearch)
            }
            Err(NotWithin::NotGranted(reason)) => Err(Refusal::NotGranted(reason)),
            Err(NotWithin::Store(error)) => Err(not_looked_up(&error)),
        }
    }

    /// What is wished for a question that may go on from another, and the conversation it belongs to. What is asked on from a private answer
    /// is private too, and only its asker can ask so. A private question never is of a conversation that others have.
    async fn continued(
        &self,
        mut wish: Wish,
        belongs: Belongs,
        asking: &Asking<'_>,
    ) -> Result<(Wish, Belongs), Refusal> {
        if let Belongs::After(before) = belongs {
            let kept = self.desk.store().question(before).await;
            let kept = kept.map_err(|error| not_looked_up(&error))?;
            let before = kept.map(|kept| kept.question.asked);
            if before.as_ref().is_some_and(|before| before.wish.private) {
                let is_theirs = before.is_some_and(|before| before.asker.id == asking.person.id);
                if !is_theirs || !matches!(asking.origin, Origin::Interaction(_)) {
                    return Err(Refusal::Gone);
                }
                wish.private = true;
                return Ok((wish, belongs));
            }
        }
        let belongs = if wish.private { Belongs::New } else { belongs };
        Ok((wish, belongs))
    }

    /// Where a place is in its server; none where nothing is set, since the bot is not in that server. Whether it counts as present for what is
    /// shown does not matter: an answer may be from before it came, and a form is told by its sender where it was opened. `beside` is what an interaction tells of the
    /// channel that it is from.
    pub(super) async fn path(
        &self,
        place: Place,
        beside: Option<&PartialChannel>,
    ) -> Result<Option<Path>, Refusal> {
        let path = self.path_now(place, beside).await;
        path.map_err(|error| where_is_unknown(place, &error))
    }

    /// The same where nobody waits for a first response: Discord is asked again while that may help.
    pub(super) async fn path_patiently(
        &self,
        place: Place,
        beside: Option<&PartialChannel>,
    ) -> Result<Option<Path>, Refusal> {
        let find = || self.path_now(place, beside);
        let path = again(Instant::now() + PATIENCE, find).await;
        path.map_err(|error| where_is_unknown(place, &error))
    }

    /// The same, with the error that Discord answers.
    pub(super) async fn path_now(
        &self,
        place: Place,
        beside: Option<&PartialChannel>,
    ) -> Result<Option<Path>, CallError> {
        let ways = &self.ways;
        let is_in = |guild: &GuildId| place.present || ways.whereabouts.has_server(*guild);
        let Some(guild) = place.guild.filter(is_in) else {
            return Ok(None);
        };
        let path = ways
            .whereabouts
            .path(&ways.channels, guild, place.channel, beside);
        path.await.map(Some)
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

fn not_looked_up(error: &StoreError) -> Refusal {
    tracing::error!(%error, "what a question depends on could not be read");
    Refusal::NotLookedUp
}

fn where_is_unknown(place: Place, error: &CallError) -> Refusal {
    tracing::warn!(channel = %place.channel, %error, "where a channel is could not be found out");
    match error {
        CallError::Refused { .. } | CallError::Gone { .. } => Refusal::Unplaced,
        _ => Refusal::NotFoundOut,
    }
}
