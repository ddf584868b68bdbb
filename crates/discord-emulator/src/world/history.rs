//! Reading what was written: pages of history, and what one person sees. Changes nothing.

use serde_json::Value;

use super::{World, messages::Message, refusal::Refusal};
use crate::snowflake::Snowflake;

/// Which messages of a channel a page of history holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Newest,
    Before(Snowflake),
    After(Snowflake),
    Around(Snowflake),
}

impl World {
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
}
