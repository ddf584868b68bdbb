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
        let ids: Vec<Snowflake> = visible.iter().map(|message| message.id).collect();
        let (from, to) = bounds(&ids, page, limit);
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
        now: Moment,
        channel: Snowflake,
        person: Snowflake,
    ) -> impl Iterator<Item = &Message> {
        let messages = self
            .channels
            .get(&channel)
            .filter(|channel| self.sees(now, channel, person))
            .map(|channel| channel.messages.values());
        messages
            .into_iter()
            .flatten()
            .filter(move |message| message.is_seen_by(person))
    }
}

/// Which of the messages, of which these are the ids with the oldest first, make up a page: from, and to before.
fn bounds(ids: &[Snowflake], page: Page, limit: usize) -> (usize, usize) {
    let before = |id| ids.partition_point(|one| *one < id);
    match page {
        Page::Newest => (ids.len().saturating_sub(limit), ids.len()),
        Page::Before(id) => (before(id).saturating_sub(limit), before(id)),
        Page::After(id) => {
            let first = ids.partition_point(|one| *one <= id);
            (first, (first + limit).min(ids.len()))
        }
        Page::Around(id) => {
            let first = before(id).saturating_sub(limit / 2);
            (first, (first + limit).min(ids.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn history(ids: &BTreeSet<u64>) -> Vec<Snowflake> {
        ids.iter().copied().map(Snowflake::from).collect()
    }

    proptest! {
        #[test]
        fn pages_backwards_hold_every_message_once(ids in prop::collection::btree_set(1u64..500, 0..60), limit in 1usize..12) {
            let all = history(&ids);
            let mut read: Vec<Snowflake> = Vec::new();
            let mut page = Page::Newest;
            loop {
                let (from, to) = bounds(&all, page, limit);
                if from == to {
                    break;
                }
                prop_assert!(to - from <= limit);
                read.extend(all[from..to].iter().rev().copied());
                page = Page::Before(all[from]);
            }
            read.reverse();
            prop_assert_eq!(read, all);
        }

        #[test]
        fn pages_forwards_hold_every_message_once(ids in prop::collection::btree_set(1u64..500, 0..60), limit in 1usize..12) {
            let all = history(&ids);
            let mut read: Vec<Snowflake> = Vec::new();
            let mut last = Snowflake::from(0);
            loop {
                let (from, to) = bounds(&all, Page::After(last), limit);
                if from == to {
                    break;
                }
                read.extend(&all[from..to]);
                last = all[to - 1];
            }
            prop_assert_eq!(read, all);
        }

        #[test]
        fn a_page_around_a_message_holds_it(ids in prop::collection::btree_set(1u64..500, 1..60), limit in 1usize..12, which: prop::sample::Index) {
            let all = history(&ids);
            let middle = all[which.index(all.len())];
            let (from, to) = bounds(&all, Page::Around(middle), limit);
            prop_assert!(to - from <= limit && all[from..to].contains(&middle));
        }
    }
}
