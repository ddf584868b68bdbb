//! Writing, editing, deleting and reading messages, and who would be pinged by it. Checks no limit; drafts come checked.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use super::{
    Event, World,
    mentions::{Allowed, Mentions},
    message_form::{Carrier, Draft, EPHEMERAL, LOADING, SUPPRESS_EMBEDS},
    permissions::Permissions,
    refusal::Refusal,
};
use crate::{
    clock::Moment,
    report::{Ping, Whom},
    snowflake::Snowflake,
};

/// How long the same nonce gives the same message. The real service says "the past few minutes".
const NONCE_WINDOW: Duration = Duration::from_secs(5 * 60);
/// A channel forgets its oldest messages beyond this many.
const MOST_MESSAGES: usize = 5_000;

const INTENT_GUILD_MESSAGES: u64 = 1 << 9;
const INTENT_GUILD_TYPING: u64 = 1 << 11;
const INTENT_DIRECT_MESSAGES: u64 = 1 << 12;
const INTENT_DIRECT_TYPING: u64 = 1 << 14;

/// An ordinary message, a reply, and the reply to a command.
const DEFAULT: u8 = 0;
const REPLY: u8 = 19;
const CHAT_INPUT_COMMAND: u8 = 20;

/// One message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) author: Snowflake,
    kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    components: Vec<Value>,
    pub(crate) flags: u64,
    sent: Moment,
    pub(crate) edited: Option<Moment>,
    /// Whom it pings, or would.
    mentions: Mentions,
    nonce: Option<Value>,
    tts: bool,
    replies_to: Option<Snowflake>,
    /// The interaction it answers.
    pub(crate) interaction: Option<Snowflake>,
    /// An ephemeral message is seen by this person alone.
    pub(crate) only_for: Option<Snowflake>,
}

impl Message {
    pub(crate) fn is_loading(&self) -> bool {
        self.flags & LOADING != 0
    }

    pub(crate) fn has_text(&self) -> bool {
        !self.content.is_empty() || !self.shown_embeds().is_empty()
    }

    pub(crate) fn shown_embeds(&self) -> &[Value] {
        if self.flags & SUPPRESS_EMBEDS != 0 {
            &[]
        } else {
            &self.embeds
        }
    }

    pub(crate) fn is_seen_by(&self, person: Snowflake) -> bool {
        self.only_for.is_none_or(|only| only == person)
    }

    fn is_empty(&self) -> bool {
        self.content.is_empty() && self.embeds.is_empty() && self.components.is_empty()
    }

    fn change(&mut self, draft: Draft) {
        if let Some(content) = draft.content {
            self.content = content;
        }
        if let Some(embeds) = draft.embeds {
            self.embeds = embeds;
        }
        if let Some(components) = draft.components {
            self.components = components;
        }
        if let Some(flags) = draft.flags {
            self.flags = self.flags & !SUPPRESS_EMBEDS | flags & SUPPRESS_EMBEDS;
        }
    }
}

/// Where a new message goes and from whom it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) channel: Snowflake,
    pub(crate) author: Snowflake,
    pub(crate) interaction: Option<Snowflake>,
    pub(crate) only_for: Option<Snowflake>,
}

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
    pub(crate) const TYPING: Self = Self {
        guild: INTENT_GUILD_TYPING,
        direct: INTENT_DIRECT_TYPING,
    };
}

/// Which messages of a channel a page of history holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Newest,
    Before(Snowflake),
    After(Snowflake),
    Around(Snowflake),
}

impl World {
    /// The bot posts to a channel. A repeated enforced nonce gives the earlier message again.
    pub(crate) fn bot_posts(
        &mut self,
        now: Moment,
        channel: Snowflake,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let place = self.find_channel(channel)?;
        let writing = if place.kind.is_thread() {
            Permissions::SEND_MESSAGES_IN_THREADS
        } else {
            Permissions::SEND_MESSAGES
        };
        self.require(now, place, self.application, writing)?;
        let draft = Draft::read(body, Carrier::ChannelPost)?;
        if let Some(earlier) = self.same_nonce(now, channel, &draft) {
            return Ok(self.message_json(earlier));
        }
        let origin = Origin {
            channel,
            author: self.application,
            interaction: None,
            only_for: None,
        };
        let id = self.post(now, origin, draft)?;
        self.visible_message(channel, id)
            .map(|message| self.message_json(message))
    }

    /// A person writes to a channel.
    ///
    /// # Errors
    ///
    /// As for a bot: an empty or too long text is refused.
    pub(crate) fn person_posts(
        &mut self,
        now: Moment,
        channel: Snowflake,
        author: Snowflake,
        text: &str,
    ) -> Result<Snowflake, Refusal> {
        let draft = Draft::read(&json!({"content": text}), Carrier::ChannelPost)?;
        self.post(
            now,
            Origin {
                channel,
                author,
                interaction: None,
                only_for: None,
            },
            draft,
        )
    }

    /// Writes a message, notes whom it pings, tells the gateway.
    pub(crate) fn post(
        &mut self,
        now: Moment,
        origin: Origin,
        draft: Draft,
    ) -> Result<Snowflake, Refusal> {
        self.find_channel(origin.channel)?;
        let replies_to = self.replied_message(origin.channel, &draft)?;
        let id = self.ids.next(now);
        let kind = match (origin.interaction, replies_to) {
            (Some(_), _) => CHAT_INPUT_COMMAND,
            (None, Some(_)) => REPLY,
            (None, None) => DEFAULT,
        };
        let ephemeral = if origin.only_for.is_some() {
            EPHEMERAL
        } else {
            0
        };
        let mut message = Message {
            id,
            channel: origin.channel,
            author: origin.author,
            kind,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            flags: draft.flags.unwrap_or(0) & !EPHEMERAL | ephemeral,
            sent: now,
            edited: None,
            mentions: Mentions::default(),
            nonce: draft.nonce.clone(),
            tts: draft.tts,
            replies_to,
            interaction: origin.interaction,
            only_for: origin.only_for,
        };
        let allowed = draft.allowed.clone();
        message.change(Draft {
            flags: None,
            ..draft
        });
        self.settle_mentions(now, &mut message, allowed);
        self.tell(now, "MESSAGE_CREATE", &message);
        self.keep(message);
        Ok(id)
    }

    /// Changes a message; what the draft leaves out stays as it is.
    ///
    /// # Errors
    ///
    /// Refuses an edit that would leave nothing in the message.
    pub(crate) fn revise(
        &mut self,
        now: Moment,
        channel: Snowflake,
        id: Snowflake,
        draft: Draft,
    ) -> Result<(), Refusal> {
        let mut message = self
            .message(channel, id)
            .cloned()
            .ok_or(Refusal::UnknownMessage)?;
        let allowed = draft.allowed.clone();
        let (content, embeds) = (message.content.clone(), message.embeds.clone());
        message.change(draft);
        if message.is_empty() {
            return Err(Refusal::EmptyMessage);
        }
        // Filling in a deferred reply is not shown as an edit.
        let changed = content != message.content || embeds != message.embeds;
        if changed && !message.is_loading() {
            message.edited = Some(now);
        }
        message.flags &= !LOADING;
        self.settle_mentions(now, &mut message, allowed);
        self.tell(now, "MESSAGE_UPDATE", &message);
        self.note_revision(now, &message);
        self.keep(message);
        Ok(())
    }

    /// The bot edits one of its messages through the channel's route.
    pub(crate) fn bot_edits(
        &mut self,
        now: Moment,
        channel: Snowflake,
        id: Snowflake,
        body: &Value,
    ) -> Result<Value, Refusal> {
        if self.visible_message(channel, id)?.author != self.application {
            return Err(Refusal::NotTheAuthor);
        }
        let draft = Draft::read(body, Carrier::Edit)?;
        self.revise(now, channel, id, draft)?;
        self.visible_message(channel, id)
            .map(|message| self.message_json(message))
    }

    /// The bot deletes one of its messages through the channel's route.
    pub(crate) fn bot_deletes(
        &mut self,
        now: Moment,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<(), Refusal> {
        if self.visible_message(channel, id)?.author != self.application {
            return Err(Refusal::MissingPermissions);
        }
        self.remove(now, channel, id);
        Ok(())
    }

    pub(crate) fn remove(&mut self, now: Moment, channel: Snowflake, id: Snowflake) {
        let Some(message) = self
            .channels
            .get_mut(&channel)
            .and_then(|channel| channel.messages.remove(&id))
        else {
            return;
        };
        self.touch();
        if message.only_for.is_none() {
            self.tell_in(
                now,
                channel,
                "MESSAGE_DELETE",
                Intents::MESSAGES,
                json!({"id": id, "channel_id": channel}),
            );
        }
    }

    /// A message that is not ephemeral: those are unknown to the channel's routes.
    pub(crate) fn visible_message(
        &self,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<&Message, Refusal> {
        let message = self.find_channel(channel)?.messages.get(&id);
        message
            .filter(|message| message.only_for.is_none())
            .ok_or(Refusal::UnknownMessage)
    }

    pub(crate) fn message(&self, channel: Snowflake, id: Snowflake) -> Option<&Message> {
        self.channels.get(&channel)?.messages.get(&id)
    }

    /// What the bot reads through the channel's routes: others' content only with the portal's switch.
    pub(crate) fn json_for_bot(&self, message: &Message) -> Value {
        let json = self.message_json(message);
        if self.reads_content() || self.is_open_to_bot(message) {
            json
        } else {
            without_content(json)
        }
    }

    /// One page of history, newest first.
    pub(crate) fn history(
        &self,
        channel: Snowflake,
        page: Page,
        limit: usize,
    ) -> Result<Value, Refusal> {
        let channel = self.find_channel(channel)?;
        let visible: Vec<&Message> = channel
            .messages
            .values()
            .filter(|message| message.only_for.is_none())
            .collect();
        let before = |id| visible.partition_point(|message| message.id < id);
        let (from, to) = match page {
            Page::Newest => (visible.len().saturating_sub(limit), visible.len()),
            Page::Before(id) => (before(id).saturating_sub(limit), before(id)),
            Page::After(id) => {
                let first = visible.partition_point(|message| message.id <= id);
                (first, (first + limit).min(visible.len()))
            }
            Page::Around(id) => {
                let first = before(id).saturating_sub(limit / 2);
                (first, (first + limit).min(visible.len()))
            }
        };
        let shown = visible.iter().skip(from).take(to - from).rev();
        Ok(shown.map(|message| self.json_for_bot(message)).collect())
    }

    /// What one person sees in a channel, oldest first.
    pub(crate) fn seen_by(
        &self,
        channel: Snowflake,
        person: Snowflake,
    ) -> impl Iterator<Item = &Message> {
        let messages = self
            .channels
            .get(&channel)
            .map(|channel| channel.messages.values());
        messages
            .into_iter()
            .flatten()
            .filter(move |message| message.is_seen_by(person))
    }

    /// Somebody types.
    pub(crate) fn bot_types(&mut self, now: Moment, channel: Snowflake) -> Result<(), Refusal> {
        self.find_channel(channel)?;
        self.tell_in(
            now,
            channel,
            "TYPING_START",
            Intents::TYPING,
            json!({"channel_id": channel, "user_id": self.application, "timestamp": now.as_duration().as_secs()}),
        );
        Ok(())
    }

    /// The message as the API shows it.
    pub(crate) fn message_json(&self, message: &Message) -> Value {
        let mentions: Vec<Value> = message
            .mentions
            .users
            .iter()
            .map(|id| self.user_json(*id))
            .collect();
        let mut json = json!({"id": message.id, "channel_id": message.channel, "author": self.user_json(message.author),
            "content": message.content, "timestamp": message.sent.to_iso(),
            "edited_timestamp": message.edited.map(Moment::to_iso), "tts": message.tts,
            "mention_everyone": message.mentions.everyone, "mentions": mentions,
            "mention_roles": message.mentions.roles, "attachments": [], "embeds": message.shown_embeds(),
            "pinned": false, "type": message.kind, "flags": message.flags, "components": message.components});
        if let Some(nonce) = &message.nonce {
            json["nonce"] = nonce.clone();
        }
        if let Some(replied) = message.replies_to {
            json["message_reference"] =
                json!({"type": 0, "message_id": replied, "channel_id": message.channel});
            if let Some(guild) = self.guild_of(message.channel) {
                json["message_reference"]["guild_id"] = json!(guild);
            }
            json["referenced_message"] = self
                .message(message.channel, replied)
                .map_or(Value::Null, |replied| self.message_json(replied));
        }
        if let Some(interaction) = message.interaction {
            json["application_id"] = json!(self.application);
            json["webhook_id"] = json!(self.application);
            json["interaction_metadata"] = self.interaction_metadata(interaction, message.id);
        }
        json
    }

    fn keep(&mut self, message: Message) {
        if let Some(channel) = self.channels.get_mut(&message.channel) {
            channel.messages.insert(message.id, message);
            forget_oldest(&mut channel.messages);
        }
        self.touch();
    }

    fn same_nonce(&self, now: Moment, channel: Snowflake, draft: &Draft) -> Option<&Message> {
        let nonce = draft.nonce.as_ref().filter(|_| draft.enforce_nonce)?;
        let newest_first = self.channels.get(&channel)?.messages.values().rev();
        newest_first
            .take_while(|message| now.since(message.sent) < NONCE_WINDOW)
            .find(|message| {
                message.author == self.application && message.nonce.as_ref() == Some(nonce)
            })
    }

    fn replied_message(
        &self,
        channel: Snowflake,
        draft: &Draft,
    ) -> Result<Option<Snowflake>, Refusal> {
        let Some(reply) = draft.replies_to else {
            return Ok(None);
        };
        match self.visible_message(channel, reply.message) {
            Ok(message) => Ok(Some(message.id)),
            Err(_) if reply.must_exist => Err(Refusal::field(
                "message_reference",
                "REPLIES_UNKNOWN_MESSAGE",
                "Unknown message",
            )),
            Err(_) => Ok(None),
        }
    }

    /// Works out the mentions anew, as every write does, and notes what the bot's would ping.
    fn settle_mentions(&mut self, now: Moment, message: &mut Message, allowed: Option<Allowed>) {
        let default = if message.interaction.is_some() {
            Allowed::only_users()
        } else {
            Allowed::everything()
        };
        let allowed = allowed.unwrap_or(default);
        let mut mentions = Mentions::read(&message.content).limited_to(&allowed);
        mentions.users.retain(|id| self.people.contains_key(id));
        let pings_all = self.channels.get(&message.channel).is_some_and(|channel| {
            self.permissions_in(now, channel, message.author)
                .contains(Permissions::MENTION_EVERYONE)
        });
        mentions.everyone &= pings_all;
        let guild = self
            .guild_of(message.channel)
            .and_then(|id| self.guilds.get(&id));
        mentions.roles.retain(|id| {
            let role = guild.and_then(|guild| guild.roles.get(id));
            role.is_some_and(|role| role.is_mentionable || pings_all)
        });
        if allowed.replied_user {
            let replied = message
                .replies_to
                .and_then(|id| self.message(message.channel, id));
            mentions.users.extend(replied.map(|replied| replied.author));
        }
        if message.author == self.application {
            self.note_pings(message.id, &mentions);
        }
        message.mentions = mentions;
    }

    fn note_pings(&mut self, message: Snowflake, mentions: &Mentions) {
        let everyone = mentions.everyone.then_some(Whom::Everyone);
        let people = mentions.users.iter().map(|id| Whom::Person(id.get()));
        let roles = mentions.roles.iter().map(|id| Whom::Role(id.get()));
        for whom in everyone.into_iter().chain(people).chain(roles) {
            self.note_ping(Ping {
                message: message.get(),
                whom,
            });
        }
    }

    /// Tells the gateway of a message; nobody is told of an ephemeral one.
    fn tell(&mut self, now: Moment, kind: &'static str, message: &Message) {
        if message.only_for.is_some() {
            return;
        }
        let mut payload = self.message_json(message);
        if let Some(guild) = self.guild_of(message.channel) {
            let member = self.member_json(guild, message.author);
            if member.is_object() {
                payload["member"] = member;
            }
        }
        let open = self.is_open_to_bot(message);
        let told = self.tell_in(now, message.channel, kind, Intents::MESSAGES, payload);
        if let Some(told) = told.filter(|_| !open) {
            told.without_content = Some(without_content(told.payload.clone()));
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

    pub(crate) fn guild_of(&self, channel: Snowflake) -> Option<Snowflake> {
        self.channels.get(&channel)?.guild
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

fn forget_oldest(messages: &mut BTreeMap<Snowflake, Message>) {
    while messages.len() > MOST_MESSAGES {
        messages.pop_first();
    }
}
