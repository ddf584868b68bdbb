//! The life of an interaction: three seconds for the first response, fifteen minutes for the rest. Waits for nothing itself.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::{
    Event, World,
    installs::Owners,
    invocation::{Invocation, Kind},
    messages::DEFAULT,
    permissions::Permissions,
    use_error::UseError,
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
/// What an application is said to be able to do in a direct message with its bot.
const DIRECT_PERMISSIONS: Permissions = Permissions::ATTACH_FILES
    .and(Permissions::EMBED_LINKS)
    .and(Permissions::MENTION_EVERYONE);

/// Types of messages that answer commands.
const CHAT_INPUT_COMMAND: u8 = 20;
const CONTEXT_MENU_COMMAND: u8 = 23;

/// How far an interaction has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The bot has not answered yet.
    New,
    /// The bot has not answered in time; nothing can be done any more.
    Dead,
    /// The bot is "thinking".
    Deferred,
    /// The bot answers a component without anything to see as yet; its message is the reply.
    DeferredUpdate,
    /// There is a reply, a form or a list of choices.
    Answered,
}

/// One use of a command, a component or a form, or one typed letter that the bot is to complete.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    pub(crate) id: Snowflake,
    pub(super) token: String,
    pub(crate) person: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) invocation: Invocation,
    /// On whose behalf the application acts.
    pub(super) owners: Owners,
    pub(super) sent: Moment,
    pub(crate) stage: Stage,
    /// The token's life is over.
    pub(crate) expired: bool,
    /// The first response; it may have been deleted since.
    pub(crate) original: Option<Snowflake>,
    pub(super) followups: Vec<Snowflake>,
    /// What the bot offers for an option that is being typed.
    pub(crate) choices: Option<Vec<Value>>,
    /// Whether the bot has answered with a form.
    pub(crate) has_opened_form: bool,
    received: Option<Moment>,
    acknowledged: Option<Moment>,
    first_text: Option<Moment>,
    pub(super) last_change: Option<Moment>,
    pub(super) edits: u32,
}

impl Interaction {
    fn new(
        id: Snowflake,
        token: String,
        person: Snowflake,
        channel: Snowflake,
        invocation: Invocation,
        sent: Moment,
    ) -> Self {
        Self {
            id,
            token,
            person,
            channel,
            invocation,
            owners: Owners::default(),
            sent,
            stage: Stage::New,
            expired: false,
            original: None,
            followups: Vec::new(),
            choices: None,
            has_opened_form: false,
            received: None,
            acknowledged: None,
            first_text: None,
            last_change: None,
            edits: 0,
        }
    }

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

    pub(super) fn acknowledge(&mut self, now: Moment, stage: Stage, original: Option<Snowflake>) {
        self.stage = stage;
        self.original = original;
        self.acknowledged = Some(now);
    }

    pub(super) fn note_change(&mut self, now: Moment, has_text: bool) {
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

impl World {
    /// A person uses something of the bot's: the event goes out and the clocks start.
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
        let owners = self.owners_of(place, person, &invocation);
        let id = self.ids.next(now);
        let token = format!("emulated.{id}.{:016x}", self.secret_for(id));
        let interaction = Interaction {
            owners,
            ..Interaction::new(id, token, person, channel, invocation, now)
        };
        self.outbox.push(Event {
            kind: "INTERACTION_CREATE",
            payload: self.interaction_json(now, &interaction),
            guild: self.guild_of(channel),
            intents: 0,
            without_content: None,
            interaction: Some(id),
        });
        self.deadlines.insert((now.plus(FIRST_RESPONSE), id));
        self.deadlines.insert((now.plus(TOKEN_LIFE), id));
        self.tokens.insert(interaction.token.clone(), id);
        if interaction.invocation.kind == Kind::ModalSubmit {
            self.note_modal_sent(person, id);
        }
        self.interactions.insert(id, interaction);
        self.forget_old_interactions();
        self.touch();
        Ok(id)
    }

    /// The interaction as the bot is told of it.
    fn interaction_json(&self, now: Moment, interaction: &Interaction) -> Value {
        let (invocation, person) = (&interaction.invocation, interaction.person);
        let locale = self
            .user(person)
            .map_or("en-US", |user| user.locale.as_str());
        let mut json = json!({"id": interaction.id, "application_id": self.application,
            "type": invocation.kind.number(), "data": invocation.data, "token": interaction.token,
            "channel_id": interaction.channel, "version": 1, "locale": locale, "entitlements": [],
            "attachment_size_limit": ATTACHMENT_BYTES});
        let Ok(place) = self.find_channel(interaction.channel) else {
            return json;
        };
        json["authorizing_integration_owners"] = interaction.owners.json();
        json["context"] = json!(self.context_of(place).number());
        json["channel"] = self.partial_channel_json(now, place, person);
        if let Some(guild) = place.guild {
            let granted = self.permissions_in(now, place, person);
            json["guild_id"] = json!(guild);
            json["guild"] = self.partial_guild_json(guild);
            json["guild_locale"] = json["guild"]["locale"].clone();
            json["member"] = self.acting_member_json(guild, person, granted);
            // Where the bot itself is not, the application can do no more than its user.
            let own = match self.member(guild, self.application) {
                Some(_) => self.permissions_in(now, place, self.application),
                None => granted.only(DIRECT_PERMISSIONS),
            };
            json["app_permissions"] = json!(own);
        } else {
            json["user"] = self.user_json(person);
            json["app_permissions"] = json!(DIRECT_PERMISSIONS);
        }
        let message = invocation
            .message
            .and_then(|id| self.message(interaction.channel, id));
        if let Some(message) = message {
            json["message"] = self.used_json(message);
        }
        json
    }

    /// Lets every deadline that has passed take effect.
    pub(crate) fn settle(&mut self, now: Moment) {
        self.archive_the_silent(now);
        self.forget_typists(now);
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
            interaction.expired |= due.since(interaction.sent) >= TOKEN_LIFE;
            if interaction.stage == Stage::New {
                interaction.stage = Stage::Dead;
                let person = interaction.person;
                self.settle_modal(person, id, false);
            }
            self.touch();
        }
    }

    /// When [`World::settle`] has something to do next.
    pub(crate) fn next_deadline(&self) -> Option<Moment> {
        let first = |queue: &BTreeSet<(Moment, Snowflake)>| queue.first().map(|(due, _)| *due);
        let dues = [
            first(&self.deadlines),
            first(&self.archivals),
            self.typing_ends(),
        ];
        dues.into_iter().flatten().min()
    }

    /// Every interaction that is remembered, oldest first.
    pub(crate) fn interactions(&self) -> impl Iterator<Item = &Interaction> {
        self.interactions.values()
    }

    pub(crate) fn interaction(&self, id: Snowflake) -> Option<&Interaction> {
        self.interactions.get(&id)
    }

    /// The interactions in one channel that failed without leaving a message. Of options that could not be completed and
    /// of forms only whoever typed there is told.
    pub(crate) fn failed_uses(&self, channel: Snowflake) -> impl Iterator<Item = &Interaction> {
        let here = self
            .interactions
            .values()
            .filter(move |interaction| interaction.channel == channel);
        here.filter(|interaction| {
            let kind = interaction.invocation.kind;
            interaction.stage == Stage::Dead && matches!(kind, Kind::Command | Kind::Component)
        })
    }

    /// Every interaction that is remembered, newest first.
    pub(crate) fn latest_interactions(&self) -> impl Iterator<Item = &Interaction> {
        self.interactions.values().rev()
    }

    /// The presses and choices in one channel, newest last.
    pub(crate) fn presses(&self, channel: Snowflake) -> impl Iterator<Item = &Interaction> {
        let here = self
            .interactions
            .values()
            .filter(move |interaction| interaction.channel == channel);
        here.filter(|interaction| interaction.invocation.kind == Kind::Component)
    }

    /// The event goes to the bot's socket now.
    pub(crate) fn delivered(&mut self, now: Moment, id: Snowflake) {
        if let Some(interaction) = self.interactions.get_mut(&id) {
            interaction.received.get_or_insert(now);
            self.touch();
        }
    }

    /// Whether there is a reply that still says "thinking": one that was deleted says nothing.
    pub(super) fn is_thinking(&self, interaction: &Interaction) -> bool {
        let original = interaction
            .original
            .and_then(|id| self.message(interaction.channel, id));
        interaction.stage == Stage::Deferred && original.is_some()
    }

    /// Replies that still say "thinking".
    pub(crate) fn left_thinking(&self) -> Vec<Open> {
        let deferred = self
            .interactions
            .values()
            .filter(|interaction| self.is_thinking(interaction));
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

    /// The kind of message that answers an interaction.
    pub(super) fn kind_of_reply(&self, id: Snowflake) -> u8 {
        let Some(interaction) = self.interactions.get(&id) else {
            return DEFAULT;
        };
        match interaction.invocation.kind {
            Kind::Command if interaction.invocation.is_from_menu() => CONTEXT_MENU_COMMAND,
            Kind::Command => CHAT_INPUT_COMMAND,
            _ => DEFAULT,
        }
    }

    /// What a message that answers an interaction says about it.
    pub(crate) fn interaction_metadata(&self, id: Snowflake, message: Snowflake) -> Value {
        let Some(interaction) = self.interactions.get(&id) else {
            return Value::Null;
        };
        let invocation = &interaction.invocation;
        let mut json = json!({"id": id, "type": invocation.kind.number(), "user": self.user_json(interaction.person),
            "authorizing_integration_owners": interaction.owners.json()});
        match invocation.kind {
            Kind::Command | Kind::Autocomplete => {
                json["name"] = json!(invocation.name);
                json["command_type"] = invocation.data["type"].clone();
            }
            Kind::Component => json["interacted_message_id"] = json!(invocation.message),
            Kind::ModalSubmit => {
                let opened_by = invocation.opened_by.map(|opener| {
                    let mut opener = self.interaction_metadata(opener, message);
                    if let Some(fields) = opener.as_object_mut() {
                        fields.remove("original_response_message_id");
                    }
                    opener
                });
                json["triggering_interaction_metadata"] = json!(opened_by);
            }
        }
        if invocation.is_from_menu() {
            let target = &invocation.data["target_id"];
            if invocation.data["type"] == 3 {
                json["target_message_id"] = target.clone();
            } else if let Some(target) = target.as_str().and_then(|id| id.parse().ok()) {
                json["target_user"] = self.user_json(target);
            }
        }
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

    fn forget_old_interactions(&mut self) {
        while self.interactions.len() > MOST_INTERACTIONS {
            if let Some((_, old)) = self.interactions.pop_first() {
                self.tokens.remove(&old.token);
            }
        }
    }
}
