//! Pinned messages: pinning, unpinning, and the list of them. Changes no message's text.

use serde_json::{Value, json};

use super::{
    World,
    channels::{Channel, ChannelKind},
    messages::{Message, Note, Reference},
    permissions::Permissions,
    refusal::Refusal,
    telling::Intents,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Pins of one channel.
const MOST: usize = 250;

impl World {
    /// Somebody pins a message, which Discord notes in the channel.
    pub(crate) fn pin(
        &mut self,
        now: Moment,
        actor: Snowflake,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<(), Refusal> {
        let place = self.require_pinning(now, actor, channel)?;
        let message = self.visible_message(channel, id)?;
        if message.is_note() {
            return Err(Refusal::SystemMessage);
        }
        if message.pinned.is_some() {
            return Ok(());
        }
        if place.pins().count() >= MOST {
            return Err(Refusal::TooManyPins);
        }
        self.set_pin(now, channel, id, Some(now));
        let reference = Reference {
            channel,
            message: Some(id),
        };
        self.note(now, channel, actor, Note::Pinned, "", reference);
        Ok(())
    }

    /// Somebody takes a message off the list.
    pub(crate) fn unpin(
        &mut self,
        now: Moment,
        actor: Snowflake,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<(), Refusal> {
        self.require_pinning(now, actor, channel)?;
        if self.visible_message(channel, id)?.pinned.is_some() {
            self.set_pin(now, channel, id, None);
        }
        Ok(())
    }

    /// The pinned messages before a moment, the latest pinned first, and whether there are more.
    pub(crate) fn pins(
        &self,
        now: Moment,
        channel: Snowflake,
        before: Option<Moment>,
        limit: usize,
    ) -> Result<(Vec<&Message>, bool), Refusal> {
        let place = self.find_channel(channel)?;
        self.require(now, place, self.application, Permissions::VIEW_CHANNEL)?;
        let granted = self.permissions_in(now, place, self.application);
        if !granted.contains(Permissions::READ_MESSAGE_HISTORY) {
            return Ok((Vec::new(), false));
        }
        let mut pins: Vec<&Message> = place
            .pins()
            .filter(|one| before.is_none_or(|before| one.pinned < Some(before)))
            .collect();
        pins.sort_by_key(|one| std::cmp::Reverse((one.pinned, one.id)));
        let has_more = pins.len() > limit;
        pins.truncate(limit);
        Ok((pins, has_more))
    }

    /// One pin as the list shows it.
    pub(crate) fn pin_json(&self, message: &Message) -> Value {
        json!({"pinned_at": message.pinned.map(Moment::to_iso), "message": self.json_for_bot(message)})
    }

    fn require_pinning(
        &self,
        now: Moment,
        actor: Snowflake,
        channel: Snowflake,
    ) -> Result<&Channel, Refusal> {
        let place = self.find_channel(channel)?;
        if matches!(place.kind, ChannelKind::Forum | ChannelKind::Category) {
            return Err(Refusal::WrongChannelKind);
        }
        self.require(now, place, actor, Permissions::PIN_MESSAGES)?;
        self.refuse_closed_to(now, place, actor)?;
        Ok(place)
    }

    fn set_pin(&mut self, now: Moment, channel: Snowflake, id: Snowflake, pinned: Option<Moment>) {
        let place = self.channels.get_mut(&channel);
        let Some(message) = place.and_then(|place| place.messages.get_mut(&id)) else {
            return;
        };
        message.pinned = pinned;
        let message = message.clone();
        self.tell(now, "MESSAGE_UPDATE", &message);
        let last = self.channels.get(&channel).and_then(Channel::last_pin);
        let payload =
            json!({"channel_id": channel, "last_pin_timestamp": last.map(Moment::to_iso)});
        self.tell_in(now, channel, "CHANNEL_PINS_UPDATE", Intents::PINS, payload);
        self.touch();
    }
}

impl Channel {
    fn pins(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().filter(|one| one.pinned.is_some())
    }

    /// When the latest pin was set.
    pub(super) fn last_pin(&self) -> Option<Moment> {
        self.pins().filter_map(|one| one.pinned).max()
    }
}
