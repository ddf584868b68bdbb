//! Reading what was written: pages of history, and what one person sees. Changes nothing.

use serde_json::{Value, json};

use super::{
    World, channels::ChannelKind, messages::Message, permissions::Permissions, refusal::Refusal,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Which messages of a channel a page of history holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Newest,
    Before(Snowflake),
    After(Snowflake),
    Around(Snowflake),
}

impl World {
    /// One page of history, newest first. It is empty for a bot that may not read what was written before.
    pub(crate) fn history(
        &self,
        now: Moment,
        channel: Snowflake,
        page: Page,
        limit: usize,
    ) -> Result<Value, Refusal> {
        let channel = self.find_channel(channel)?;
        let bot = self.application;
        self.require(now, channel, bot, Permissions::VIEW_CHANNEL)?;
        if matches!(channel.kind, ChannelKind::Forum | ChannelKind::Category) {
            return Err(Refusal::NotATextChannel);
        }
        let granted = self.permissions_in(now, channel, bot);
        if !granted.contains(Permissions::READ_MESSAGE_HISTORY) {
            return Ok(json!([]));
        }
        let visible: Vec<&Message> = channel
            .messages
            .values()
            .filter(|message| message.only_for.is_none())
            .collect();
        let (from, to) = bounds(&visible, page, limit);
        let shown = visible.iter().skip(from).take(to - from).rev();
        Ok(shown.map(|message| self.json_for_bot(message)).collect())
    }

    /// One message as the bot reads it.
    pub(crate) fn read_message(
        &self,
        now: Moment,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<Value, Refusal> {
        let place = self.find_channel(channel)?;
        let needed = Permissions::READ_MESSAGE_HISTORY;
        self.require(now, place, self.application, needed)?;
        self.visible_message(channel, id)
            .map(|message| self.json_for_bot(message))
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
}

/// Which of the messages, oldest first, make up a page.
fn bounds(visible: &[&Message], page: Page, limit: usize) -> (usize, usize) {
    let before = |id| visible.partition_point(|message| message.id < id);
    match page {
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
    }
}
