//! What the bot hears and reads of messages: by which intents, and without what it may not read. Keeps nothing.

use serde_json::{Value, json};

use super::{Event, World, guild::INTENT_GUILDS, messages::Message};
use crate::{clock::Moment, snowflake::Snowflake};

const INTENT_GUILD_MESSAGES: u64 = 1 << 9;
const INTENT_GUILD_TYPING: u64 = 1 << 11;
const INTENT_DIRECT_MESSAGES: u64 = 1 << 12;
const INTENT_DIRECT_TYPING: u64 = 1 << 14;
const INTENT_GUILD_REACTIONS: u64 = 1 << 10;
const INTENT_DIRECT_REACTIONS: u64 = 1 << 13;

/// Which intents an event needs: in a guild, and in direct messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Intents {
    guild: u64,
    direct: u64,
}

impl Intents {
    pub(crate) const MESSAGES: Self = Self {
        guild: INTENT_GUILD_MESSAGES,
        direct: INTENT_DIRECT_MESSAGES,
    };
    pub(crate) const REACTIONS: Self = Self {
        guild: INTENT_GUILD_REACTIONS,
        direct: INTENT_DIRECT_REACTIONS,
    };
    pub(crate) const PINS: Self = Self {
        guild: INTENT_GUILDS,
        direct: INTENT_DIRECT_MESSAGES,
    };
    pub(crate) const TYPING: Self = Self {
        guild: INTENT_GUILD_TYPING,
        direct: INTENT_DIRECT_TYPING,
    };
}

impl World {
    /// What the bot reads through the channel's routes: others' content only with the portal's switch.
    pub(crate) fn json_for_bot(&self, message: &Message) -> Value {
        let json = self.message_json(message);
        if self.reads_content() {
            json
        } else {
            self.stripped(message, json)
        }
    }

    /// A message that the bot may read because somebody uses it; what it replies to is still hidden.
    pub(crate) fn used_json(&self, message: &Message) -> Value {
        let mut json = self.message_json(message);
        if !self.reads_content() && self.hidden_reference(message).is_some() {
            json["referenced_message"] = without_content(json["referenced_message"].take());
        }
        json
    }

    /// The message, and the one it replies to, each without its content unless the bot may always read it.
    fn stripped(&self, message: &Message, json: Value) -> Value {
        let mut json = if self.is_open_to_bot(message) {
            json
        } else {
            without_content(json)
        };
        if self.hidden_reference(message).is_some() {
            json["referenced_message"] = without_content(json["referenced_message"].take());
        }
        json
    }

    /// The message it shows that the bot may not read without more ado.
    fn hidden_reference(&self, message: &Message) -> Option<&Message> {
        self.referenced(message)
            .filter(|referenced| !self.is_open_to_bot(referenced))
    }

    /// Tells the gateway of a message; nobody is told of an ephemeral one.
    pub(super) fn tell(&mut self, now: Moment, kind: &'static str, message: &Message) {
        let mut payload = self.message_json(message);
        if message.only_for.is_some() {
            return self.tell_of_ephemeral(kind, message, payload);
        }
        if let Some(guild) = self.guild_of(message.channel) {
            let member = self.member_json(guild, message.author);
            if member.is_object() {
                payload["member"] = member;
            }
            payload["guild_id"] = json!(guild);
        }
        let hides = !self.is_open_to_bot(message) || self.hidden_reference(message).is_some();
        let stripped = hides.then(|| self.stripped(message, payload.clone()));
        let told = self.tell_in(now, message.channel, kind, Intents::MESSAGES, payload);
        if let Some(told) = told {
            told.without_content = stripped;
        }
    }

    /// The bot is told of its own ephemeral messages alone, and without where they stand in a guild.
    fn tell_of_ephemeral(&mut self, kind: &'static str, message: &Message, payload: Value) {
        if message.author == self.application {
            self.outbox.push(Event {
                kind,
                payload,
                guild: self.guild_of(message.channel),
                intents: Intents::MESSAGES.guild | Intents::MESSAGES.direct,
                without_content: None,
                interaction: None,
            });
        }
    }

    /// Tells the bot of something in a channel, if it sees it; which intents that needs depends on where it is.
    pub(crate) fn tell_in(
        &mut self,
        now: Moment,
        channel: Snowflake,
        kind: &'static str,
        intents: Intents,
        mut payload: Value,
    ) -> Option<&mut Event> {
        let channel = self
            .channels
            .get(&channel)
            .filter(|channel| self.sees(now, channel, self.application))?;
        if let Some(guild) = channel.guild {
            payload["guild_id"] = json!(guild);
        }
        self.outbox.push(Event {
            kind,
            payload,
            guild: channel.guild,
            intents: if channel.guild.is_some() {
                intents.guild
            } else {
                intents.direct
            },
            without_content: None,
            interaction: None,
        });
        self.outbox.last_mut()
    }

    /// The bot always reads its own messages, those that mention it, and what it is sent directly.
    fn is_open_to_bot(&self, message: &Message) -> bool {
        message.author == self.application
            || message.mentions.users.contains(&self.application)
            || self.guild_of(message.channel).is_none()
    }
}

fn without_content(mut message: Value) -> Value {
    message["content"] = json!("");
    for name in ["embeds", "attachments", "components"] {
        message[name] = json!([]);
    }
    message
}
