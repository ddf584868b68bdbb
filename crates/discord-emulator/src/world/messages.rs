//! Messages as they are kept, as the API shows them, and as the gateway tells of them. Decides on none.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    World,
    attachments::Attachment,
    components,
    mentions::Mentions,
    message_form::{Draft, HAS_THREAD, IS_COMPONENTS_V2, LOADING, SUPPRESS_EMBEDS},
    reactions::Reaction,
    refusal::Refusal,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// A channel forgets its oldest messages beyond this many.
const MOST_MESSAGES: usize = 5_000;

/// An ordinary message, and a reply.
pub(super) const DEFAULT: u8 = 0;
pub(super) const REPLY: u8 = 19;

/// What Discord itself notes in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// In the channel: a thread was started that belongs to no message.
    ThreadCreated,
    /// In the thread: the message it was started from.
    ThreadStarter,
    /// Somebody pinned a message.
    Pinned,
}

impl Note {
    /// The message's type on the wire.
    pub(super) fn kind(self) -> u8 {
        match self {
            Self::ThreadCreated => 18,
            Self::ThreadStarter => 21,
            Self::Pinned => 6,
        }
    }
}

/// What a message points to: another message, or a channel as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) channel: Snowflake,
    pub(crate) message: Option<Snowflake>,
}

/// One message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) author: Snowflake,
    pub(super) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) reactions: Vec<Reaction>,
    /// Since when it is pinned.
    pub(super) pinned: Option<Moment>,
    pub(crate) flags: u64,
    pub(super) sent: Moment,
    pub(crate) edited: Option<Moment>,
    /// Whom it pings, or would.
    pub(super) mentions: Mentions,
    pub(super) nonce: Option<Value>,
    pub(super) tts: bool,
    pub(super) reference: Option<Reference>,
    /// The interaction it answers.
    pub(crate) interaction: Option<Snowflake>,
    /// An ephemeral message is seen by this person alone.
    pub(crate) only_for: Option<Snowflake>,
}

impl Message {
    /// A message in which nothing stands yet.
    pub(super) fn blank(id: Snowflake, origin: Origin, kind: u8, sent: Moment) -> Self {
        Self {
            id,
            channel: origin.channel,
            author: origin.author,
            kind,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            reactions: Vec::new(),
            pinned: None,
            flags: 0,
            sent,
            edited: None,
            mentions: Mentions::default(),
            nonce: None,
            tts: false,
            reference: None,
            interaction: origin.interaction,
            only_for: origin.only_for,
        }
    }

    pub(crate) fn is_loading(&self) -> bool {
        self.flags & LOADING != 0
    }

    pub(crate) fn has_text(&self) -> bool {
        !self.text().is_empty() || !self.shown_embeds().is_empty()
    }

    /// Its content; of a message of the second generation what its text displays say.
    pub(crate) fn text(&self) -> String {
        if self.flags & IS_COMPONENTS_V2 == 0 {
            return self.content.clone();
        }
        let texts: Vec<&str> = components::texts(&self.components).collect();
        texts.join("\n")
    }

    /// Refuses components that show a file which the message does not have.
    pub(super) fn refuse_lost_files(&self) -> Result<(), Refusal> {
        let mut addresses = components::addresses(&self.components);
        match addresses.find(|address| address.starts_with("attachment://")) {
            None => Ok(()),
            Some(lost) => Err(Refusal::field(
                "components",
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                format!("The attachment {lost} was not found"),
            )),
        }
    }

    /// Refuses what an edit has left beside components of the second generation.
    pub(super) fn refuse_mixture(&self) -> Result<(), Refusal> {
        let is_mixed = !self.content.is_empty() || !self.embeds.is_empty();
        if self.flags & IS_COMPONENTS_V2 != 0 && is_mixed {
            return Err(Refusal::field(
                "flags",
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                "Content and embeds must be emptied when IS_COMPONENTS_V2 is set",
            ));
        }
        Ok(())
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

    /// The message of the same channel that this one replies to.
    pub(crate) fn replies_to(&self) -> Option<Snowflake> {
        self.reference
            .filter(|_| self.kind == REPLY)
            .and_then(|reference| reference.message)
    }

    /// Which of Discord's own notes it is.
    pub(super) fn note(&self) -> Option<Note> {
        let notes = [Note::ThreadCreated, Note::ThreadStarter, Note::Pinned];
        notes.into_iter().find(|note| note.kind() == self.kind)
    }

    /// Whether it is one of Discord's own notes, which nobody edits.
    pub(super) fn is_note(&self) -> bool {
        self.note().is_some()
    }

    /// Whether it is shown with the message that it refers to.
    fn shows_reference(&self) -> bool {
        self.kind == REPLY || self.note() == Some(Note::ThreadStarter)
    }

    /// A thread's first line, that names the message it was started from, cannot be deleted.
    pub(super) fn stays_for_ever(&self) -> bool {
        self.kind == Note::ThreadStarter.kind()
    }

    /// A thread counts what was written in it: neither what it was started from nor the first message of a post.
    pub(super) fn counts_in_thread(&self) -> bool {
        self.kind != Note::ThreadStarter.kind() && self.id != self.channel
    }

    pub(super) fn is_empty(&self) -> bool {
        self.content.is_empty()
            && self.embeds.is_empty()
            && self.components.is_empty()
            && self.attachments.is_empty()
    }

    pub(super) fn change(&mut self, draft: Draft) {
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
            self.flags =
                self.flags & !SUPPRESS_EMBEDS | flags & (SUPPRESS_EMBEDS | IS_COMPONENTS_V2);
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

impl Origin {
    /// A message that everybody in a channel sees and that answers no interaction.
    pub(crate) fn ordinary(channel: Snowflake, author: Snowflake) -> Self {
        Self {
            channel,
            author,
            interaction: None,
            only_for: None,
        }
    }
}

impl World {
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

    /// The message that this one shows: what it replies to, what its thread started from.
    pub(super) fn referenced(&self, message: &Message) -> Option<&Message> {
        let reference = message.reference.filter(|_| message.shows_reference())?;
        self.message(reference.channel, reference.message?)
    }

    /// The message as the API shows it, with the one that it replies to.
    pub(crate) fn message_json(&self, message: &Message) -> Value {
        let mut json = self.lone_message_json(message);
        if let Some(reference) = message.reference {
            json["message_reference"] = json!({"type": 0, "channel_id": reference.channel});
            // A note about a new thread points to the thread, not to a message in it.
            if let Some(id) = reference.message {
                json["message_reference"]["message_id"] = json!(id);
            }
            if let Some(guild) = self.guild_of(message.channel) {
                json["message_reference"]["guild_id"] = json!(guild);
            }
            if message.shows_reference() {
                json["referenced_message"] = self
                    .referenced(message)
                    .map_or(Value::Null, |referenced| self.lone_message_json(referenced));
            }
        }
        json
    }

    /// The message without the one that it replies to: Discord shows that of the outermost alone.
    fn lone_message_json(&self, message: &Message) -> Value {
        let mentions: Vec<Value> = message
            .mentions
            .users
            .iter()
            .map(|id| self.user_json(*id))
            .collect();
        let attachments: Vec<Value> = message
            .attachments
            .iter()
            .map(|file| self.attachment_json(message.channel, file))
            .collect();
        let mut json = json!({"id": message.id, "channel_id": message.channel, "author": self.user_json(message.author),
            "content": message.content, "timestamp": message.sent.to_iso(),
            "edited_timestamp": message.edited.map(Moment::to_iso), "tts": message.tts,
            "mention_everyone": message.mentions.everyone, "mentions": mentions,
            "mention_roles": message.mentions.roles, "attachments": attachments, "embeds": message.shown_embeds(),
            "pinned": message.pinned.is_some(), "type": message.kind, "flags": message.flags, "components": message.components});
        if !message.reactions.is_empty() {
            json["reactions"] = self.reactions_json(message);
        }
        if let Some(nonce) = &message.nonce {
            json["nonce"] = nonce.clone();
        }
        if let Some(thread) = self
            .channels
            .get(&message.id)
            .filter(|_| message.flags & HAS_THREAD != 0)
        {
            json["thread"] = self.channel_json(thread);
        }
        if self
            .user(message.author)
            .is_some_and(|author| author.is_webhook)
        {
            json["webhook_id"] = json!(message.author);
        }
        if let Some(interaction) = message.interaction {
            json["application_id"] = json!(self.application);
            json["webhook_id"] = json!(self.application);
            json["interaction_metadata"] = self.interaction_metadata(interaction, message.id);
        }
        json
    }

    pub(super) fn keep(&mut self, message: Message) {
        if let Some(channel) = self.channels.get_mut(&message.channel) {
            channel.messages.insert(message.id, message);
            forget_oldest(&mut channel.messages);
        }
        self.touch();
    }

    pub(crate) fn guild_of(&self, channel: Snowflake) -> Option<Snowflake> {
        self.channels.get(&channel)?.guild
    }
}

fn forget_oldest(messages: &mut BTreeMap<Snowflake, Message>) {
    while messages.len() > MOST_MESSAGES {
        messages.pop_first();
    }
}
