//! Writing new messages: who may write where, replies, nonces, and what a thread makes of it. Checks no limit; drafts come checked.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    World,
    channels::{Channel, ChannelKind},
    mentions::Mentions,
    message_form::{Carrier, Draft, EPHEMERAL},
    messages::{DEFAULT, Message, Note, Origin, REPLY, Reference},
    permissions::Permissions,
    refusal::Refusal,
    uploads::Sent,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// How long the same nonce gives the same message. The real service says "the past few minutes".
const NONCE_WINDOW: Duration = Duration::from_secs(5 * 60);

impl World {
    /// The bot posts to a channel. A repeated enforced nonce gives the earlier message again.
    pub(crate) fn bot_posts(
        &mut self,
        now: Moment,
        channel: Snowflake,
        sent: Sent<'_>,
    ) -> Result<Value, Refusal> {
        let place = self.find_channel(channel)?;
        self.require_writing(now, place, self.application)?;
        let draft = Draft::read(sent, Carrier::ChannelPost)?;
        if let Some(earlier) = self.same_nonce(now, &draft) {
            return Ok(self.json_for_bot(earlier));
        }
        let id = self.write(now, channel, self.application, draft)?;
        self.visible_message(channel, id)
            .map(|message| self.json_for_bot(message))
    }

    /// A person writes to a channel.
    ///
    /// # Errors
    ///
    /// As for a bot, and of slow mode, which bots do not know.
    pub(crate) fn person_posts(
        &mut self,
        now: Moment,
        channel: Snowflake,
        author: Snowflake,
        sent: Sent<'_>,
    ) -> Result<Snowflake, Refusal> {
        let place = self.find_channel(channel)?;
        self.require_writing(now, place, author)?;
        self.require_patience(now, place, author)?;
        let draft = Draft::read(sent, Carrier::ChannelPost)?;
        self.write(now, channel, author, draft)
    }

    /// A webhook writes; it asks nobody for permission.
    pub(crate) fn webhook_posts(
        &mut self,
        now: Moment,
        channel: Snowflake,
        webhook: Snowflake,
        sent: Sent<'_>,
    ) -> Result<Snowflake, Refusal> {
        let place = self.find_channel(channel)?;
        if !matches!(place.kind, ChannelKind::Text | ChannelKind::Announcement)
            && !place.kind.is_thread()
        {
            return Err(Refusal::WrongChannelKind);
        }
        let draft = Draft::read(sent, Carrier::Followup)?;
        self.post(now, Origin::ordinary(channel, webhook), draft)
    }

    /// Writes an ordinary message of somebody who may write here, if they may also write what is in it.
    fn write(
        &mut self,
        now: Moment,
        channel: Snowflake,
        author: Snowflake,
        draft: Draft,
    ) -> Result<Snowflake, Refusal> {
        self.require_contents(now, self.find_channel(channel)?, author, &draft)?;
        self.post(now, Origin::ordinary(channel, author), draft)
    }

    /// Refuses whoever may not write in a channel at all.
    pub(super) fn require_writing(
        &self,
        now: Moment,
        place: &Channel,
        author: Snowflake,
    ) -> Result<(), Refusal> {
        let writing = if place.kind.is_thread() {
            Permissions::SEND_MESSAGES_IN_THREADS
        } else {
            Permissions::SEND_MESSAGES
        };
        self.require(now, place, author, writing)?;
        match place.kind {
            ChannelKind::Forum => Err(Refusal::NotInForum),
            ChannelKind::Category => Err(Refusal::NotATextChannel),
            ChannelKind::Direct => self.refuse_unwanted(place, author),
            _ => Ok(()),
        }
    }

    /// Refuses what needs a permission of its own: embeds, files, being read out, replying.
    pub(super) fn require_contents(
        &self,
        now: Moment,
        place: &Channel,
        author: Snowflake,
        draft: &Draft,
    ) -> Result<(), Refusal> {
        let granted = self.permissions_in(now, place, author);
        if draft.replies_to.is_some() && !granted.contains(Permissions::READ_MESSAGE_HISTORY) {
            return Err(Refusal::NoHistoryToReply);
        }
        let embeds = draft
            .embeds
            .as_ref()
            .is_some_and(|embeds| !embeds.is_empty());
        let needed = [
            (embeds, Permissions::EMBED_LINKS),
            (draft.files.adds(), Permissions::ATTACH_FILES),
            (
                draft.tts && place.guild.is_some(),
                Permissions::SEND_TTS_MESSAGES,
            ),
        ];
        let lacks =
            |(used, permission): &(bool, Permissions)| *used && !granted.contains(*permission);
        if needed.iter().any(lacks) {
            Err(Refusal::MissingPermissions)
        } else {
            Ok(())
        }
    }

    /// Slow mode: people wait between two messages.
    fn require_patience(
        &self,
        now: Moment,
        place: &Channel,
        author: Snowflake,
    ) -> Result<(), Refusal> {
        let pause = Duration::from_secs(u64::from(place.slowmode));
        let may_hurry = self
            .permissions_in(now, place, author)
            .contains(Permissions::BYPASS_SLOWMODE);
        if pause.is_zero() || may_hurry {
            return Ok(());
        }
        let own = place
            .messages
            .values()
            .rev()
            .find(|message| message.author == author);
        let left = own.map_or(Duration::ZERO, |own| {
            pause.saturating_sub(now.since(own.sent))
        });
        if left.is_zero() {
            Ok(())
        } else {
            Err(Refusal::SlowMode(left))
        }
    }

    /// Refuses to write in a thread that is locked, to whoever may not manage threads. Archived ones come back.
    pub(super) fn refuse_locked(
        &self,
        now: Moment,
        place: &Channel,
        origin: &Origin,
    ) -> Result<(), Refusal> {
        let Some(thread) = place.thread.as_ref().filter(|thread| thread.is_locked) else {
            return Ok(());
        };
        let granted = self.permissions_in(now, place, origin.author);
        if granted.contains(Permissions::MANAGE_THREADS) {
            return Ok(());
        }
        Err(match origin.interaction {
            None if !thread.is_archived => Refusal::ThreadLocked,
            _ => self.closed_to(place, origin),
        })
    }

    /// What an archived thread says to whoever changes something in it.
    pub(super) fn closed_to(&self, place: &Channel, origin: &Origin) -> Refusal {
        let is_member = place
            .guild
            .is_some_and(|guild| self.member(guild, origin.author).is_some());
        if origin.interaction.is_some() && !is_member {
            Refusal::MissingAccess
        } else {
            Refusal::ThreadArchived
        }
    }

    /// Writes a message, notes whom it pings, tells the gateway.
    pub(crate) fn post(
        &mut self,
        now: Moment,
        origin: Origin,
        draft: Draft,
    ) -> Result<Snowflake, Refusal> {
        let id = self.ids.next(now);
        self.post_as(now, id, origin, draft)
    }

    /// As [`World::post`], under an id that is known already.
    pub(super) fn post_as(
        &mut self,
        now: Moment,
        id: Snowflake,
        origin: Origin,
        draft: Draft,
    ) -> Result<Snowflake, Refusal> {
        let place = self.find_channel(origin.channel)?;
        self.refuse_locked(now, place, &origin)?;
        let reference = self.replied_message(origin.channel, &draft)?;
        let kind = match (origin.interaction, reference) {
            (Some(interaction), _) => self.kind_of_reply(interaction),
            (None, Some(_)) => REPLY,
            (None, None) => DEFAULT,
        };
        let ephemeral = if origin.only_for.is_some() {
            EPHEMERAL
        } else {
            0
        };
        let mut message = Message {
            flags: draft.flags.unwrap_or(0) & !EPHEMERAL | ephemeral,
            nonce: draft.nonce.clone(),
            tts: draft.tts,
            reference,
            ..Message::blank(id, origin, kind, now)
        };
        let allowed = draft.allowed.clone();
        let mut draft = Draft {
            flags: None,
            ..draft
        };
        message.attachments = self.attach(now, Vec::new(), std::mem::take(&mut draft.files))?;
        message.change(draft);
        self.show_own_files(&mut message);
        message.refuse_lost_files()?;
        self.settle_mentions(now, &mut message, allowed);
        Ok(self.publish(now, message))
    }

    /// Discord notes something in a channel.
    pub(super) fn note(
        &mut self,
        now: Moment,
        channel: Snowflake,
        author: Snowflake,
        note: Note,
        text: &str,
        reference: Reference,
    ) {
        let origin = Origin::ordinary(channel, author);
        let message = Message {
            content: text.to_owned(),
            reference: Some(reference),
            ..Message::blank(self.ids.next(now), origin, note.kind(), now)
        };
        self.publish(now, message);
    }

    /// Tells the gateway of a new message and keeps it; a thread wakes up by it.
    pub(super) fn publish(&mut self, now: Moment, message: Message) -> Snowflake {
        if message.only_for.is_none() && !message.is_note() {
            self.wake_thread(now, message.channel, message.author);
            self.bring_in_mentioned(now, &message);
        }
        if let Some(thread) = self
            .channels
            .get_mut(&message.channel)
            .and_then(|channel| channel.thread.as_mut())
        {
            thread.sent += u64::from(message.counts_in_thread());
        }
        self.tell(now, "MESSAGE_CREATE", &message);
        let id = message.id;
        self.has_typed(message.channel, message.author);
        self.keep(message);
        id
    }

    /// Whoever is mentioned in a thread that they may see is in it from now on.
    fn bring_in_mentioned(&mut self, now: Moment, message: &Message) {
        let thread = self
            .channels
            .get(&message.channel)
            .filter(|one| one.kind.is_thread());
        let parent = thread.and_then(|thread| self.channels.get(&thread.parent?));
        let Some(parent) = parent else {
            return;
        };
        let Mentions { users, .. } = &message.mentions;
        let seeing: Vec<Snowflake> = users
            .iter()
            .copied()
            .filter(|user| self.sees(now, parent, *user))
            .collect();
        for user in seeing {
            self.bring_into_thread(now, message.channel, user);
        }
    }

    /// The bot's message with this nonce, wherever it stands: a nonce is its author's, not the channel's.
    fn same_nonce(&self, now: Moment, draft: &Draft) -> Option<&Message> {
        let nonce = draft.nonce.as_ref().filter(|_| draft.enforce_nonce)?;
        let fresh = self.channels.values().flat_map(|channel| {
            let newest_first = channel.messages.values().rev();
            newest_first.take_while(|message| now.since(message.sent) < NONCE_WINDOW)
        });
        fresh
            .filter(|message| message.author == self.application)
            .find(|message| message.nonce.as_ref() == Some(nonce))
    }

    fn replied_message(
        &self,
        channel: Snowflake,
        draft: &Draft,
    ) -> Result<Option<Reference>, Refusal> {
        let Some(reply) = draft.replies_to else {
            return Ok(None);
        };
        match self.visible_message(channel, reply.message) {
            Ok(message) if message.is_note() => Err(Refusal::field(
                "message_reference",
                "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE",
                "Cannot reply to a system message",
            )),
            Ok(message) => Ok(Some(Reference {
                channel,
                message: Some(message.id),
            })),
            Err(_) if reply.must_exist => Err(Refusal::field(
                "message_reference",
                "REPLIES_UNKNOWN_MESSAGE",
                "Unknown message",
            )),
            Err(_) => Ok(None),
        }
    }
}

/// What a person's client sends for a text, as a reply or not.
pub(crate) fn typed(text: &str, replies_to: Option<Snowflake>) -> Value {
    let mut body = json!({"content": text});
    if let Some(replied) = replies_to {
        body["message_reference"] = json!({"message_id": replied});
    }
    body
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const START: Duration = Duration::from_secs(1_800_000_000);

    proptest! {
        /// The model: a nonce gives the message of its latest new post for five minutes.
        #[test]
        fn an_enforced_nonce_gives_one_message_within_its_window(
            posts in prop::collection::vec((0u8..4, 0u64..200, any::<bool>()), 1..40)
        ) {
            let mut world = World::new();
            let channel = world.channel(Moment::since_epoch(START), "general");
            let mut elapsed = 0;
            let mut latest: BTreeMap<u8, (u64, Value)> = BTreeMap::new();
            for (nonce, pause, enforced) in posts {
                elapsed += pause;
                let now = Moment::since_epoch(START + Duration::from_secs(elapsed));
                let body = json!({"content": "x", "nonce": nonce, "enforce_nonce": enforced});
                let posted = world.bot_posts(now, channel, Sent::from(&body)).unwrap()["id"].clone();
                let earlier = latest.get(&nonce).filter(|(at, _)| enforced && elapsed - at < 300);
                match earlier {
                    Some((_, id)) => prop_assert_eq!(&posted, id),
                    None => {
                        prop_assert!(latest.values().all(|(_, id)| *id != posted));
                        latest.insert(nonce, (elapsed, posted));
                    }
                }
            }
        }
    }
}
