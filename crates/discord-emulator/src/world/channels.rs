//! Channels of every kind as the API shows them: text, forum, category, thread, direct message. Writes no message.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    Event, World, guild::INTENT_GUILDS, messages::Message, permissions::Overwrite, refusal::Refusal,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// What a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelKind {
    Text,
    Direct,
    Category,
    Announcement,
    AnnouncementThread,
    PublicThread,
    PrivateThread,
    Forum,
}

impl ChannelKind {
    /// The number on the wire.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::Direct => 1,
            Self::Category => 4,
            Self::Announcement => 5,
            Self::AnnouncementThread => 10,
            Self::PublicThread => 11,
            Self::PrivateThread => 12,
            Self::Forum => 15,
        }
    }

    pub(crate) fn is_thread(self) -> bool {
        matches!(
            self,
            Self::AnnouncementThread | Self::PublicThread | Self::PrivateThread
        )
    }
}

/// One channel with its messages, oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: Snowflake,
    pub(crate) kind: ChannelKind,
    /// Direct messages belong to none.
    pub(crate) guild: Option<Snowflake>,
    /// The category of a channel, the channel of a thread.
    pub(crate) parent: Option<Snowflake>,
    pub(crate) name: String,
    pub(super) position: usize,
    pub(crate) topic: Option<String>,
    /// Whether it is for adults alone.
    pub(crate) is_nsfw: bool,
    /// How long people wait between two messages, in seconds.
    pub(crate) slowmode: u32,
    pub(crate) overwrites: Vec<Overwrite>,
    /// The two sides of a direct message.
    pub(crate) recipients: BTreeSet<Snowflake>,
    /// What only threads have.
    pub(crate) thread: Option<Thread>,
    /// What a forum's posts can be marked with.
    pub(crate) tags: Vec<Tag>,
    /// Whether a post of a forum must carry a tag.
    pub(crate) needs_tag: bool,
    pub(crate) messages: BTreeMap<Snowflake, Message>,
}

/// What only threads have.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    pub(crate) owner: Snowflake,
    pub(crate) created: Moment,
    pub(crate) is_archived: bool,
    pub(crate) is_locked: bool,
    /// Whether members of a private thread may add others.
    pub(crate) is_invitable: bool,
    /// When it was archived or brought back, or else was made.
    pub(crate) archive_changed: Moment,
    /// Minutes without a message after which it is archived.
    pub(crate) auto_archive: u64,
    /// The latest message, or coming back from the archive.
    pub(crate) last_active: Moment,
    /// Whoever has joined, and when.
    pub(crate) members: BTreeMap<Snowflake, Moment>,
    pub(crate) applied_tags: Vec<Snowflake>,
    /// Messages ever sent, the one it started from apart.
    pub(crate) sent: u64,
}

/// One tag of a forum.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    /// Whether only whoever manages threads may put it on a post.
    pub(crate) is_moderated: bool,
}

impl Tag {
    pub(crate) fn named(id: Snowflake, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            is_moderated: false,
        }
    }
}

impl Channel {
    pub(crate) fn new(
        id: Snowflake,
        kind: ChannelKind,
        guild: Option<Snowflake>,
        name: &str,
    ) -> Self {
        Self {
            id,
            kind,
            guild,
            parent: None,
            name: name.to_owned(),
            position: 0,
            topic: None,
            is_nsfw: false,
            slowmode: 0,
            overwrites: Vec::new(),
            recipients: BTreeSet::new(),
            thread: None,
            tags: Vec::new(),
            needs_tag: false,
            messages: BTreeMap::new(),
        }
    }

    /// Where it stands among the channels of its guild, from 0.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn has_thread_member(&self, person: Snowflake) -> bool {
        self.thread
            .as_ref()
            .is_some_and(|thread| thread.members.contains_key(&person))
    }

    /// Whoever is in a thread.
    pub(crate) fn thread_members(&self) -> impl Iterator<Item = Snowflake> {
        let members = self
            .thread
            .as_ref()
            .map(|thread| thread.members.keys().copied());
        members.into_iter().flatten()
    }

    /// The messages of a thread that Discord counts: not the one it started from.
    fn counted_messages(&self) -> usize {
        let counts = |message: &&Message| message.counts_in_thread();
        self.messages.values().filter(counts).count()
    }

    /// A thread that is not archived.
    pub(crate) fn is_active(&self) -> bool {
        self.thread
            .as_ref()
            .is_some_and(|thread| !thread.is_archived)
    }
}

impl World {
    /// The channels of one guild, threads included.
    pub(crate) fn channels_of(&self, guild: Snowflake) -> impl Iterator<Item = &Channel> {
        self.channels
            .values()
            .filter(move |channel| channel.guild == Some(guild))
    }

    /// All direct messages.
    pub(crate) fn direct_channels(&self) -> impl Iterator<Item = &Channel> {
        self.channels
            .values()
            .filter(|channel| channel.kind == ChannelKind::Direct)
    }

    pub(crate) fn find_channel(&self, id: Snowflake) -> Result<&Channel, Refusal> {
        self.channels.get(&id).ok_or(Refusal::UnknownChannel)
    }

    /// Finds a text channel of the home guild by name, or adds one.
    pub(crate) fn channel(&mut self, now: Moment, name: &str) -> Snowflake {
        self.place(now, name, ChannelKind::Text)
    }

    /// Finds a channel of the home guild by kind and name, or adds one.
    pub(crate) fn place(&mut self, now: Moment, name: &str, kind: ChannelKind) -> Snowflake {
        let known = self
            .channels_of(self.home)
            .find(|channel| channel.kind == kind && channel.name == name);
        if let Some(channel) = known {
            return channel.id;
        }
        let id = self.ids.next(now);
        self.add_channel(now, Channel::new(id, kind, Some(self.home), name));
        id
    }

    /// Adds a channel of a guild behind the others, and tells the bot if it sees it.
    pub(crate) fn add_channel(&mut self, now: Moment, mut channel: Channel) {
        let id = channel.id;
        if let Some(guild) = channel.guild {
            channel.position = self
                .channels_of(guild)
                .filter(|one| !one.kind.is_thread())
                .count();
        }
        self.channels.insert(id, channel);
        self.tell_of_channel(now, "CHANNEL_CREATE", id);
        self.touch();
    }

    /// Tells the bot of a channel or thread of a guild that it sees.
    pub(crate) fn tell_of_channel(
        &mut self,
        now: Moment,
        kind: &'static str,
        id: Snowflake,
    ) -> Option<&mut Event> {
        let channel = self.channels.get(&id)?;
        let guild = channel
            .guild
            .filter(|_| self.sees(now, channel, self.application))?;
        let payload = self.channel_json(channel);
        self.outbox
            .push(Event::of_guild(kind, guild, INTENT_GUILDS, payload));
        self.outbox.last_mut()
    }

    /// The channel as the API shows it.
    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        let last = channel.messages.keys().next_back();
        if channel.kind == ChannelKind::Direct {
            let others: Vec<Value> = channel
                .recipients
                .iter()
                .filter(|id| **id != self.application)
                .map(|id| self.user_json(*id))
                .collect();
            return json!({"id": channel.id, "type": 1, "last_message_id": last, "flags": 0, "recipients": others,
                "last_pin_timestamp": channel.last_pin().map(Moment::to_iso)});
        }
        let mut json = json!({"id": channel.id, "type": channel.kind.number(), "name": channel.name,
            "guild_id": channel.guild, "parent_id": channel.parent, "flags": u8::from(channel.needs_tag) << 4,
            "rate_limit_per_user": channel.slowmode, "last_message_id": last,
            "last_pin_timestamp": channel.last_pin().map(Moment::to_iso)});
        let more = match &channel.thread {
            Some(thread) => thread_json(channel, thread, self.application),
            None => {
                json!({"position": channel.position, "topic": channel.topic, "nsfw": channel.is_nsfw,
                "permission_overwrites": channel.overwrites})
            }
        };
        extend(&mut json, more);
        if channel.kind == ChannelKind::Forum {
            let tags: Vec<Value> = channel.tags.iter().map(tag_json).collect();
            extend(
                &mut json,
                json!({"available_tags": tags, "default_reaction_emoji": null,
                "default_sort_order": null, "default_forum_layout": 0, "template": ""}),
            );
        }
        json
    }

    /// The channel as an interaction of somebody carries it, with what they may do in it.
    pub(crate) fn partial_channel_json(
        &self,
        now: Moment,
        channel: &Channel,
        person: Snowflake,
    ) -> Value {
        let mut json = json!({"id": channel.id, "type": channel.kind.number(),
            "permissions": self.permissions_in(now, channel, person)});
        if channel.guild.is_some() {
            extend(
                &mut json,
                json!({"name": channel.name, "guild_id": channel.guild, "parent_id": channel.parent}),
            );
        }
        if let Some(thread) = &channel.thread {
            json["thread_metadata"] = metadata(channel.kind, thread);
        }
        json
    }
}

fn thread_json(channel: &Channel, thread: &Thread, bot: Snowflake) -> Value {
    let mut json = json!({"owner_id": thread.owner, "message_count": channel.counted_messages(),
        "total_message_sent": thread.sent, "member_count": thread.shown_members(),
        "thread_metadata": metadata(channel.kind, thread)});
    if !thread.applied_tags.is_empty() {
        json["applied_tags"] = json!(thread.applied_tags);
    }
    if let Some(joined) = thread.members.get(&bot) {
        json["member"] = json!({"id": channel.id, "user_id": bot, "join_timestamp": joined.to_iso(), "flags": 0});
    }
    json
}

fn metadata(kind: ChannelKind, thread: &Thread) -> Value {
    let mut json = json!({"archived": thread.is_archived, "locked": thread.is_locked,
        "archive_timestamp": thread.archive_changed.to_iso(), "auto_archive_duration": thread.auto_archive,
        "create_timestamp": thread.created.to_iso()});
    if kind == ChannelKind::PrivateThread {
        json["invitable"] = json!(thread.is_invitable);
    }
    json
}

fn tag_json(tag: &Tag) -> Value {
    json!({"id": tag.id, "name": tag.name, "moderated": tag.is_moderated, "emoji_id": null, "emoji_name": null})
}

fn extend(json: &mut Value, more: Value) {
    if let (Some(json), Value::Object(more)) = (json.as_object_mut(), more) {
        json.extend(more);
    }
}
