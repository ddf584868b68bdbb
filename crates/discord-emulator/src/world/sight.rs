//! What the bot comes to see, and what it sees no more, when permissions change. Changes no permission.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Event, World, guild::INTENT_GUILDS};
use crate::{clock::Moment, snowflake::Snowflake};

impl World {
    /// The channels of a guild that the bot sees, threads apart.
    pub(super) fn sight(&self, now: Moment, guild: Snowflake) -> BTreeSet<Snowflake> {
        self.channels_of(guild)
            .filter(|channel| !channel.kind.is_thread())
            .filter(|channel| self.sees(now, channel, self.application))
            .map(|channel| channel.id)
            .collect()
    }

    /// Tells the bot of the channels that it sees other than `before`, with the threads in those that are new to it.
    pub(super) fn tell_of_sight(
        &mut self,
        now: Moment,
        guild: Snowflake,
        before: &BTreeSet<Snowflake>,
    ) {
        let after = self.sight(now, guild);
        for lost in before.difference(&after) {
            if let Ok(channel) = self.find_channel(*lost) {
                let payload = self.channel_json(channel);
                let event = Event::of_guild("CHANNEL_DELETE", guild, INTENT_GUILDS, payload);
                self.outbox.push(event);
            }
        }
        let gained: BTreeSet<Snowflake> = after.difference(before).copied().collect();
        for id in &gained {
            self.tell_of_channel(now, "CHANNEL_CREATE", *id);
        }
        if !gained.is_empty() {
            let payload = self.thread_sync(now, guild, &gained);
            let event = Event::of_guild("THREAD_LIST_SYNC", guild, INTENT_GUILDS, payload);
            self.outbox.push(event);
        }
    }

    fn thread_sync(&self, now: Moment, guild: Snowflake, channels: &BTreeSet<Snowflake>) -> Value {
        let is_in = |parent: Option<Snowflake>| parent.is_some_and(|id| channels.contains(&id));
        let threads = || {
            self.channels_of(guild)
                .filter(move |one| is_in(one.parent) && one.is_active())
                .filter(|one| self.sees(now, one, self.application))
        };
        let shown: Vec<Value> = threads().map(|one| self.channel_json(one)).collect();
        let own: Vec<Value> = threads()
            .filter_map(|one| self.thread_member_json(one, self.application, false))
            .collect();
        json!({"guild_id": guild, "channel_ids": channels, "threads": shown, "members": own})
    }
}
