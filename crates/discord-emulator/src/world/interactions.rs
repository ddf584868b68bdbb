//! The life of an interaction: three seconds for the first response, fifteen minutes for the rest. Waits for nothing itself.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::{
    Event, World,
    invocation::{Invocation, UseError},
    message_form::{Carrier, Draft, EPHEMERAL, LOADING},
    messages::{Message, Origin},
    refusal::Refusal,
};
use crate::{
    clock::Moment,
    report::{Open, Timeline},
    snowflake::Snowflake,
};

/// How long a bot has for its first response.
const FIRST_RESPONSE: Duration = Duration::from_secs(3);
/// How long the token can be used.
const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);
/// The oldest interactions are forgotten beyond this many.
const MOST_INTERACTIONS: usize = 20_000;
const ATTACHMENT_BYTES: u64 = 10 * 1024 * 1024;

/// Callback types.
const MESSAGE: u64 = 4;
const DEFERRED_MESSAGE: u64 = 5;
const MODAL: u64 = 9;

/// How far an interaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The bot has not answered yet.
    New,
    /// The bot has not answered in time; nothing can be done any more.
    Dead,
    /// The bot is "thinking".
    Deferred,
    /// There is a reply.
    Answered,
}

/// One use of a command.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    pub(crate) id: Snowflake,
    token: String,
    pub(crate) person: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) invocation: Invocation,
    sent: Moment,
    pub(crate) stage: Stage,
    /// The token's life is over.
    pub(crate) expired: bool,
    /// The first response; it may have been deleted since.
    pub(crate) original: Option<Snowflake>,
    followups: Vec<Snowflake>,
    received: Option<Moment>,
    acknowledged: Option<Moment>,
    first_text: Option<Moment>,
    last_change: Option<Moment>,
    edits: u32,
}

impl Interaction {
    pub(crate) fn timeline(&self) -> Timeline {
        let since = |moment: Option<Moment>| moment.map(|moment| moment.since(self.sent));
        Timeline {
            received: since(self.received),
            acknowledged: since(self.acknowledged),
            first_text: since(self.first_text),
            last_change: since(self.last_change),
            edits: self.edits,
        }
    }

    fn only_for(&self, ephemeral: bool) -> Option<Snowflake> {
        ephemeral.then_some(self.person)
    }

    fn acknowledge(&mut self, now: Moment, stage: Stage, original: Snowflake) {
        self.stage = stage;
        self.original = Some(original);
        self.acknowledged = Some(now);
    }

    fn note_change(&mut self, now: Moment, has_text: bool) {
        if has_text {
            self.first_text.get_or_insert(now);
            self.last_change = Some(now);
        }
    }

    fn open(&self, world: &World) -> Open {
        Open {
            interaction: self.id.get(),
            command: self.invocation.name.clone(),
            person: world
                .user(self.person)
                .map_or_else(String::new, |user| user.name.clone()),
        }
    }
}

/// Which message of an interaction a webhook route names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Original,
    Message(Snowflake),
}

impl World {
    /// A person uses a command: the event goes out and the clocks start.
    pub(crate) fn invoke(
        &mut self,
        now: Moment,
        person: Snowflake,
        channel: Snowflake,
        invocation: Invocation,
    ) -> Result<Snowflake, UseError> {
        let place = self
            .find_channel(channel)
            .map_err(|_| UseError::NoSuchChannel)?;
        let guild = place.guild.unwrap_or(self.home);
        let member =
            self.acting_member_json(guild, person, self.permissions_in(now, place, person));
        let (partial_channel, data) = (
            self.partial_channel_json(now, place, person),
            invocation.data.clone(),
        );
        let locale = self
            .user(person)
            .map_or_else(|| "en-US".to_owned(), |user| user.locale.clone());
        let guild_locale = self.partial_guild_json(guild)["locale"].clone();
        let app_permissions = self.permissions_in(now, place, self.application);
        let id = self.ids.next(now);
        let token = format!("emulated.{id}.{:016x}", self.secret_for(id));
        let payload = json!({"id": id, "application_id": self.application, "type": 2, "data": data, "token": token,
            "guild_id": guild, "guild": self.partial_guild_json(guild), "channel_id": channel,
            "channel": partial_channel, "member": member, "version": 1,
            "app_permissions": app_permissions, "locale": locale, "guild_locale": guild_locale,
            "entitlements": [], "authorizing_integration_owners": {"0": guild}, "context": 0,
            "attachment_size_limit": ATTACHMENT_BYTES});
        self.outbox.push(Event {
            kind: "INTERACTION_CREATE",
            payload,
            guild: Some(guild),
            intents: 0,
            without_content: None,
            interaction: Some(id),
        });
        self.deadlines.insert((now.plus(FIRST_RESPONSE), id));
        self.deadlines.insert((now.plus(TOKEN_LIFE), id));
        self.tokens.insert(token.clone(), id);
        self.interactions.insert(
            id,
            new_interaction(id, token, person, channel, invocation, now),
        );
        self.forget_old_interactions();
        self.touch();
        Ok(id)
    }

    /// Lets every deadline that has passed take effect.
    pub(crate) fn settle(&mut self, now: Moment) {
        self.archive_the_silent(now);
        while let Some((due, id)) = self
            .deadlines
            .first()
            .copied()
            .filter(|(due, _)| *due <= now)
        {
            self.deadlines.remove(&(due, id));
            let Some(interaction) = self.interactions.get_mut(&id) else {
                continue;
            };
            if interaction.stage == Stage::New {
                interaction.stage = Stage::Dead;
            }
            interaction.expired |= due.since(interaction.sent) >= TOKEN_LIFE;
            self.touch();
        }
    }

    /// When [`World::settle`] has something to do next.
    pub(crate) fn next_deadline(&self) -> Option<Moment> {
        let first = |queue: &BTreeSet<(Moment, Snowflake)>| queue.first().map(|(due, _)| *due);
        let dues = [first(&self.deadlines), first(&self.archivals)];
        dues.into_iter().flatten().min()
    }

    pub(crate) fn interaction(&self, id: Snowflake) -> Option<&Interaction> {
        self.interactions.get(&id)
    }

    /// The interactions of one person in one channel that failed without leaving a message.
    pub(crate) fn failed_uses(&self, channel: Snowflake) -> impl Iterator<Item = &Interaction> {
        let here = self
            .interactions
            .values()
            .filter(move |interaction| interaction.channel == channel);
        here.filter(|interaction| interaction.stage == Stage::Dead)
    }

    /// The event goes to the bot's socket now.
    pub(crate) fn delivered(&mut self, now: Moment, id: Snowflake) {
        if let Some(interaction) = self.interactions.get_mut(&id) {
            interaction.received.get_or_insert(now);
            self.touch();
        }
    }

    /// `POST /interactions/{id}/{token}/callback`: the first response.
    pub(crate) fn respond(
        &mut self,
        now: Moment,
        id: Snowflake,
        token: &str,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let interaction = self
            .interactions
            .get(&id)
            .filter(|interaction| interaction.token == token);
        let interaction = interaction.ok_or(Refusal::UnknownInteraction)?.clone();
        match interaction.stage {
            Stage::Dead => return Err(Refusal::UnknownInteraction),
            Stage::Deferred | Stage::Answered => return Err(Refusal::AlreadyAcknowledged),
            Stage::New => {}
        }
        let empty = json!({});
        let data = body
            .get("data")
            .filter(|data| !data.is_null())
            .unwrap_or(&empty);
        let (kind, draft) = match body.get("type").and_then(Value::as_u64) {
            Some(MESSAGE) => (MESSAGE, Draft::read(data, Carrier::Callback)?),
            Some(DEFERRED_MESSAGE) => (DEFERRED_MESSAGE, deferred(data)?),
            Some(MODAL) => return Err(Refusal::Lacking("answering with a modal".to_owned())),
            Some(_) => {
                return Err(Refusal::field(
                    "type",
                    "BASE_TYPE_CHOICES",
                    "Value must be one of {4, 5, 9}.",
                ));
            }
            None => {
                return Err(Refusal::field(
                    "type",
                    "BASE_TYPE_REQUIRED",
                    "This field is required",
                ));
            }
        };
        let ephemeral = draft.flags.unwrap_or(0) & EPHEMERAL != 0;
        let message = self.post(
            now,
            origin(self.application, &interaction, ephemeral),
            draft,
        )?;
        let stage = if kind == MESSAGE {
            Stage::Answered
        } else {
            Stage::Deferred
        };
        if let Some(interaction) = self.interactions.get_mut(&id) {
            interaction.acknowledge(now, stage, message);
            interaction.note_change(now, stage == Stage::Answered);
        }
        Ok(self.callback_json(&interaction, kind, message, ephemeral))
    }

    /// `POST /webhooks/{application}/{token}`: a follow-up, or the text of a reply that is still "thinking".
    pub(crate) fn follow_up(
        &mut self,
        now: Moment,
        token: &str,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let interaction = self.usable(token)?.clone();
        let draft = Draft::read(body, Carrier::Followup)?;
        if interaction.stage == Stage::Deferred {
            return self.change(now, &interaction, Named::Original, draft);
        }
        let ephemeral = draft.flags.unwrap_or(0) & EPHEMERAL != 0;
        let message = self.post(
            now,
            origin(self.application, &interaction, ephemeral),
            draft,
        )?;
        if let Some(interaction) = self.interactions.get_mut(&interaction.id) {
            interaction.followups.push(message);
        }
        let made = self
            .message(interaction.channel, message)
            .ok_or(Refusal::UnknownMessage)?;
        Ok(self.message_json(made))
    }

    pub(crate) fn read_reply(&self, token: &str, named: Named) -> Result<Value, Refusal> {
        self.read_named(self.usable(token)?, named)
    }

    pub(crate) fn edit_reply(
        &mut self,
        now: Moment,
        token: &str,
        named: Named,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let interaction = self.usable(token)?.clone();
        self.change(now, &interaction, named, Draft::read(body, Carrier::Edit)?)
    }

    pub(crate) fn delete_reply(
        &mut self,
        now: Moment,
        token: &str,
        named: Named,
    ) -> Result<(), Refusal> {
        let interaction = self.usable(token)?.clone();
        let id = self.named(&interaction, named)?.id;
        self.remove(now, interaction.channel, id);
        if let Some(interaction) = self
            .interactions
            .get_mut(&interaction.id)
            .filter(|one| one.original == Some(id))
        {
            interaction.stage = Stage::Answered;
            interaction.last_change = Some(now);
        }
        Ok(())
    }

    /// Keeps the interaction's moments after its reply was edited.
    pub(crate) fn note_revision(&mut self, now: Moment, message: &Message) {
        let interaction = message
            .interaction
            .and_then(|id| self.interactions.get_mut(&id));
        if let Some(interaction) =
            interaction.filter(|interaction| interaction.original == Some(message.id))
        {
            interaction.stage = Stage::Answered;
            interaction.edits += 1;
            interaction.note_change(now, message.has_text());
        }
    }

    /// Replies that still say "thinking".
    pub(crate) fn left_thinking(&self) -> Vec<Open> {
        let deferred = self
            .interactions
            .values()
            .filter(|interaction| interaction.stage == Stage::Deferred);
        deferred.map(|interaction| interaction.open(self)).collect()
    }

    /// Interactions without a first response, whether or not there still is time.
    pub(crate) fn unanswered(&self) -> Vec<Open> {
        let silent = self
            .interactions
            .values()
            .filter(|one| matches!(one.stage, Stage::New | Stage::Dead));
        silent.map(|interaction| interaction.open(self)).collect()
    }

    /// The first response as it stands.
    pub(crate) fn reply_json(&self, id: Snowflake) -> Option<Value> {
        let interaction = self.interactions.get(&id)?;
        let message = self.message(interaction.channel, interaction.original?)?;
        Some(self.message_json(message))
    }

    /// What a message that answers an interaction says about it.
    pub(crate) fn interaction_metadata(&self, id: Snowflake, message: Snowflake) -> Value {
        let Some(interaction) = self.interactions.get(&id) else {
            return Value::Null;
        };
        let mut json = json!({"id": id, "type": 2, "user": self.user_json(interaction.person),
            "authorizing_integration_owners": {"0": self.guild_of(interaction.channel)}, "name": interaction.invocation.name});
        if let Some(original) = interaction.original.filter(|original| *original != message) {
            json["original_response_message_id"] = json!(original);
        }
        json
    }

    /// The channel of the interaction with this token.
    pub(crate) fn channel_of_token(&self, token: &str) -> Option<Snowflake> {
        self.tokens
            .get(token)
            .and_then(|id| self.interactions.get(id))
            .map(|interaction| interaction.channel)
    }

    /// The interaction of a token that webhook routes still accept.
    fn usable(&self, token: &str) -> Result<&Interaction, Refusal> {
        let interaction = self
            .tokens
            .get(token)
            .and_then(|id| self.interactions.get(id));
        let interaction = interaction.ok_or(Refusal::InvalidToken)?;
        match interaction.stage {
            _ if interaction.expired => Err(Refusal::InvalidToken),
            Stage::New | Stage::Dead => Err(Refusal::UnknownWebhook),
            Stage::Deferred | Stage::Answered => Ok(interaction),
        }
    }

    fn named(&self, interaction: &Interaction, named: Named) -> Result<&Message, Refusal> {
        let id = match named {
            Named::Original => interaction.original,
            Named::Message(id) => {
                let own = interaction.original == Some(id) || interaction.followups.contains(&id);
                own.then_some(id)
            }
        };
        id.and_then(|id| self.message(interaction.channel, id))
            .ok_or(Refusal::UnknownMessage)
    }

    fn read_named(&self, interaction: &Interaction, named: Named) -> Result<Value, Refusal> {
        self.named(interaction, named)
            .map(|message| self.message_json(message))
    }

    fn change(
        &mut self,
        now: Moment,
        interaction: &Interaction,
        named: Named,
        draft: Draft,
    ) -> Result<Value, Refusal> {
        let id = self.named(interaction, named)?.id;
        self.revise(now, interaction.channel, id, draft)?;
        self.read_named(interaction, Named::Message(id))
    }

    fn callback_json(
        &self,
        interaction: &Interaction,
        kind: u64,
        message: Snowflake,
        ephemeral: bool,
    ) -> Value {
        let mut json = json!({"interaction": {"id": interaction.id, "type": 2, "response_message_id": message,
            "response_message_loading": kind == DEFERRED_MESSAGE, "response_message_ephemeral": ephemeral}});
        // A deferral has made nothing yet that could be shown.
        if let Some(message) = self
            .message(interaction.channel, message)
            .filter(|_| kind != DEFERRED_MESSAGE)
        {
            json["resource"] = json!({"type": kind, "message": self.message_json(message)});
        }
        json
    }

    fn forget_old_interactions(&mut self) {
        while self.interactions.len() > MOST_INTERACTIONS {
            if let Some((_, old)) = self.interactions.pop_first() {
                self.tokens.remove(&old.token);
            }
        }
    }
}

fn new_interaction(
    id: Snowflake,
    token: String,
    person: Snowflake,
    channel: Snowflake,
    invocation: Invocation,
    sent: Moment,
) -> Interaction {
    Interaction {
        id,
        token,
        person,
        channel,
        invocation,
        sent,
        stage: Stage::New,
        expired: false,
        original: None,
        followups: Vec::new(),
        received: None,
        acknowledged: None,
        first_text: None,
        last_change: None,
        edits: 0,
    }
}

fn origin(bot: Snowflake, interaction: &Interaction, ephemeral: bool) -> Origin {
    Origin {
        channel: interaction.channel,
        author: bot,
        interaction: Some(interaction.id),
        only_for: interaction.only_for(ephemeral),
    }
}

/// The empty message behind "thinking"; of the flags only EPHEMERAL may come with it.
fn deferred(data: &Value) -> Result<Draft, Refusal> {
    let flags = data.get("flags").and_then(Value::as_u64).unwrap_or(0);
    if flags & !EPHEMERAL != 0 {
        let message = "A deferred response accepts only the flag EPHEMERAL.";
        return Err(Refusal::field("data.flags", "BASE_TYPE_CHOICES", message));
    }
    Ok(Draft {
        flags: Some(flags | LOADING),
        ..Draft::default()
    })
}
