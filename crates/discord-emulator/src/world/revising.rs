//! Editing and deleting messages: whose, by whom, and what stays. Writes no new ones.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use super::{
    World,
    channels::{Channel, ChannelKind},
    form::Form,
    message_form::{Carrier, Draft, EDITABLE, LOADING},
    messages::Origin,
    permissions::Permissions,
    refusal::{Problems, Refusal},
    telling::Intents,
    uploads::Sent,
};
use crate::{clock::Moment, snowflake::Snowflake};

// https://docs.discord.com/developers/resources/message#bulk-delete-messages
const FEWEST_AT_ONCE: usize = 2;
const MOST_AT_ONCE: usize = 100;
const OLDEST_AT_ONCE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

impl World {
    /// Changes a message; what the draft leaves out stays as it is.
    ///
    /// # Errors
    ///
    /// Refuses an edit that would leave nothing in the message, and one in a thread that is archived or locked.
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
        let origin = Origin {
            interaction: message.interaction,
            ..Origin::ordinary(channel, message.author)
        };
        self.refuse_closed(now, self.find_channel(channel)?, &origin)?;
        let allowed = draft.allowed.clone();
        let before = message.clone();
        refuse_new_flags(message.flags, &draft)?;
        let mut draft = draft;
        let present = std::mem::take(&mut message.attachments);
        message.attachments = self.attach(now, present, std::mem::take(&mut draft.files))?;
        message.change(draft);
        self.show_own_files(&mut message);
        message.refuse_lost_files()?;
        if message.is_empty() {
            return Err(Refusal::EmptyMessage);
        }
        message.refuse_mixture()?;
        // Filling in a deferred reply is not shown as an edit.
        let changed = before.text() != message.text() || before.embeds != message.embeds;
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

    /// Somebody edits a message through the channel's route.
    ///
    /// # Errors
    ///
    /// Others than its author may only hide its embeds, and that with a permission.
    pub(crate) fn edit(
        &mut self,
        now: Moment,
        actor: Snowflake,
        (channel, id): (Snowflake, Snowflake),
        sent: Sent<'_>,
    ) -> Result<Value, Refusal> {
        let place = self.find_channel(channel)?;
        self.require(now, place, actor, Permissions::VIEW_CHANNEL)?;
        let message = self.visible_message(channel, id)?;
        if message.is_note() {
            return Err(Refusal::SystemMessage);
        }
        if message.author != actor {
            if !changes_only_flags(sent) {
                return Err(Refusal::NotTheAuthor);
            }
            self.require(now, place, actor, Permissions::MANAGE_MESSAGES)?;
        }
        let draft = Draft::read(sent, Carrier::edit_of(message.flags))?;
        self.revise(now, channel, id, draft)?;
        self.visible_message(channel, id)
            .map(|message| self.json_for_bot(message))
    }

    /// Refuses to do anything but write in a thread that is archived, or locked for whoever does it.
    pub(super) fn refuse_closed_to(
        &self,
        now: Moment,
        place: &Channel,
        actor: Snowflake,
    ) -> Result<(), Refusal> {
        self.refuse_closed(now, place, &Origin::ordinary(place.id, actor))
    }

    /// The same for a message of this origin: answers to interactions outlive the bot's stay in a guild.
    fn refuse_closed(&self, now: Moment, place: &Channel, origin: &Origin) -> Result<(), Refusal> {
        self.refuse_locked(now, place, origin)?;
        match &place.thread {
            Some(thread) if thread.is_archived => Err(self.closed_to(place, origin)),
            _ => Ok(()),
        }
    }

    /// Somebody deletes a message through the channel's route: their own, or another's with a permission.
    pub(crate) fn delete(
        &mut self,
        now: Moment,
        actor: Snowflake,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<(), Refusal> {
        let place = self.find_channel(channel)?;
        self.require(now, place, actor, Permissions::VIEW_CHANNEL)?;
        let message = self.visible_message(channel, id)?;
        if message.stays_for_ever() {
            return Err(Refusal::SystemMessage);
        }
        if message.author != actor {
            if place.kind == ChannelKind::Direct {
                return Err(Refusal::NotInDirect);
            }
            self.require(now, place, actor, Permissions::MANAGE_MESSAGES)?;
        }
        self.remove(now, channel, id);
        Ok(())
    }

    /// Takes a message away, whoever wants it.
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
            let payload = json!({"id": id, "channel_id": channel});
            self.tell_in(now, channel, "MESSAGE_DELETE", Intents::MESSAGES, payload);
        }
    }

    /// Several messages are deleted at once; those that are not there are passed over.
    pub(crate) fn delete_many(
        &mut self,
        now: Moment,
        actor: Snowflake,
        channel: Snowflake,
        body: &Value,
    ) -> Result<(), Refusal> {
        let place = self.find_channel(channel)?;
        if place.guild.is_none() {
            return Err(Refusal::NotInDirect);
        }
        self.require(now, place, actor, Permissions::MANAGE_MESSAGES)?;
        let ids = ids_to_delete(body)?;
        if ids.iter().any(|id| now.since(id.moment()) > OLDEST_AT_ONCE) {
            return Err(Refusal::TooOldToBulkDelete);
        }
        let Some(place) = self.channels.get_mut(&channel) else {
            return Err(Refusal::UnknownChannel);
        };
        let visible = |id: &Snowflake| {
            place
                .messages
                .get(id)
                .is_some_and(|one| one.only_for.is_none())
        };
        let gone: Vec<Snowflake> = ids.into_iter().filter(visible).collect();
        for id in &gone {
            place.messages.remove(id);
        }
        if !gone.is_empty() {
            let payload = json!({"ids": gone, "channel_id": channel});
            self.tell_in(
                now,
                channel,
                "MESSAGE_DELETE_BULK",
                Intents::MESSAGES,
                payload,
            );
        }
        self.touch();
        Ok(())
    }
}

/// An edit sends the bits that are set already; of the others it may set two.
fn refuse_new_flags(present: u64, draft: &Draft) -> Result<(), Refusal> {
    let flags = draft.flags.unwrap_or(0);
    if flags & !(present | EDITABLE) == 0 {
        return Ok(());
    }
    let message = format!("The flags {flags} hold one that an edit cannot set.");
    Err(Refusal::field("flags", "BASE_TYPE_CHOICES", message))
}

fn changes_only_flags(sent: Sent<'_>) -> bool {
    let fields = sent.body.as_object();
    sent.files.is_empty() && fields.is_some_and(|fields| fields.keys().all(|name| name == "flags"))
}

fn ids_to_delete(body: &Value) -> Result<BTreeSet<Snowflake>, Refusal> {
    let mut problems = Problems::default();
    let ids = Form::read(body, "", &mut problems)
        .and_then(|form| {
            let ids = form.ids("messages", MOST_AT_ONCE, &mut problems);
            if form.value("messages").is_none() {
                problems.required("messages");
            }
            ids
        })
        .unwrap_or_default();
    let different: BTreeSet<Snowflake> = ids.iter().copied().collect();
    if ids.len() < FEWEST_AT_ONCE {
        problems.bad_length("messages", FEWEST_AT_ONCE, MOST_AT_ONCE);
    } else if different.len() < ids.len() {
        problems.add(
            "messages",
            "SET_TYPE_ALREADY_CONTAINS_VALUE",
            "The set already contains this value",
        );
    }
    problems.unless_any(different)
}
