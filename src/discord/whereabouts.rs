//! Where in its server a channel or thread is: what its settings come from. Learns it from what the connection brings, and asks Discord for
//! what that did not tell. Memory only; may be lost.

use std::time::Duration;

use dashmap::{DashMap, DashSet};
use serde::Deserialize;
use serenity::all::{ChannelType, Event, Guild, GuildChannel, PartialChannel, UnavailableGuild};
use tokio::time::Instant;

use super::call::CallError;
use super::channels::Channels;
use crate::ids::{ChannelId, GuildId};
use crate::search::scope::{Level, Path};

/// Beyond this many channels, all are forgotten, and asked for again where they are needed.
const KNOWN_AT_MOST: usize = 1_000_000;

/// How long Discord is not asked again for a channel that it told nothing of: some minutes, as an administrator needs to let the bot see it.
const REFUSED_FOR: Duration = Duration::from_secs(5 * 60);

/// Beyond this many, the channels that Discord told nothing of are forgotten.
const REFUSED_AT_MOST: usize = 10_000;

/// A channel, category or thread of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    guild: GuildId,
    kind: ChannelType,
    /// The category that a channel is in, or the channel that a thread is in.
    parent: Option<ChannelId>,
}

impl Known {
    fn of(channel: &GuildChannel) -> Self {
        Self {
            guild: GuildId(channel.guild_id.get()),
            kind: channel.kind,
            parent: channel.parent_id.map(|parent| ChannelId(parent.get())),
        }
    }
}

/// The channels, categories and threads that were told of.
#[derive(Default)]
pub(super) struct Whereabouts {
    known: DashMap<ChannelId, Known>,
    /// The servers that the bot is in. One that it was taken from while it was not connected may stay until the next start.
    servers: DashSet<GuildId>,
    /// Those that Discord told nothing of when it was asked, with what it said and when.
    refused: DashMap<ChannelId, (CallError, Instant)>,
}

/// A channel as Discord tells of it when it is asked.
#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: ChannelType,
    guild_id: Option<serenity::all::GuildId>,
    parent_id: Option<serenity::all::ChannelId>,
}

impl Whereabouts {
    /// Takes note of what the connection brings, in its order.
    pub(super) fn hear(&self, event: &Event) {
        match event {
            Event::GuildCreate(event) => self.server_came(&event.guild),
            // One that is only unavailable still has the bot.
            Event::GuildDelete(event) if !event.guild.unavailable => {
                self.servers.remove(&GuildId(event.guild.id.get()));
            }
            Event::ChannelCreate(event) => self.told(&event.channel),
            Event::ChannelUpdate(event) => self.told(&event.channel),
            Event::ThreadCreate(event) => self.told(&event.thread),
            Event::ThreadUpdate(event) => self.told(&event.thread),
            Event::ThreadListSync(event) => {
                event.threads.iter().for_each(|thread| self.told(thread))
            }
            // Those that are said to be deleted stay: the bot may only no longer see them, and people can still ask there.
            _ => {}
        }
    }

    /// Whether the bot is in a server: then what is set there holds, whatever way somebody asks.
    pub(super) fn has_server(&self, guild: GuildId) -> bool {
        self.servers.contains(&guild)
    }

    /// The servers that the bot is in when it connects: each is told of in full later.
    pub(super) fn session_began(&self, servers: &[UnavailableGuild]) {
        for server in servers {
            self.servers.insert(GuildId(server.id.get()));
        }
    }

    /// A server that the bot is in, with its channels and those threads that are not archived.
    pub(super) fn server_came(&self, guild: &Guild) {
        self.servers.insert(GuildId(guild.id.get()));
        guild
            .channels
            .values()
            .for_each(|channel| self.told(channel));
        guild.threads.iter().for_each(|thread| self.told(thread));
    }

    /// The same where it is not known whether something newer was told.
    pub(super) fn server_came_before(&self, guild: &Guild) {
        self.servers.insert(GuildId(guild.id.get()));
        for channel in guild.channels.values().chain(&guild.threads) {
            self.told_before(channel);
        }
    }

    fn told(&self, channel: &GuildChannel) {
        self.insert(ChannelId(channel.id.get()), Known::of(channel));
    }

    /// What is known may be newer, or from before an outage in which the channel was moved: where it is something else, Discord is asked when
    /// it is needed.
    fn told_before(&self, channel: &GuildChannel) {
        let id = ChannelId(channel.id.get());
        let known = self.known.get(&id).map(|known| *known);
        match known {
            None => self.told(channel),
            Some(known) if known != Known::of(channel) => drop(self.known.remove(&id)),
            Some(_) => {}
        }
    }

    fn insert(&self, channel: ChannelId, known: Known) {
        if self.known.len() >= KNOWN_AT_MOST {
            self.known.clear();
        }
        self.known.insert(channel, known);
        self.refused.remove(&channel);
    }

    /// The threads and posts in a channel, as far as they are known.
    pub(super) fn threads_in(&self, channel: ChannelId) -> Vec<ChannelId> {
        let known = self.known.iter();
        let threads = known
            .filter(|known| known.parent == Some(channel) && level(known.kind) == Level::Thread);
        threads.map(|known| *known.key()).collect()
    }

    /// The way to a channel, category or thread of a server; to the server itself where the channel is of another one. `beside` is what an
    /// interaction tells of the channel that it is from.
    ///
    /// # Errors
    ///
    /// [`CallError`] when Discord does not tell where it is.
    pub(super) async fn path(
        &self,
        channels: &Channels,
        guild: GuildId,
        channel: ChannelId,
        beside: Option<&PartialChannel>,
    ) -> Result<Path, CallError> {
        let place = self.of(channels, guild, channel, beside).await?;
        let server = Path::server(guild);
        if place.guild != guild {
            return Ok(server);
        }
        Ok(match level(place.kind) {
            Level::Category => Path {
                category: Some(channel),
                ..server
            },
            Level::Thread => {
                let category = match place.parent {
                    Some(parent) => self.of(channels, guild, parent, None).await?.parent,
                    None => None,
                };
                Path {
                    guild,
                    category,
                    channel: place.parent,
                    thread: Some(channel),
                }
            }
            _ => Path {
                guild,
                category: place.parent,
                channel: Some(channel),
                thread: None,
            },
        })
    }

    async fn of(
        &self,
        channels: &Channels,
        guild: GuildId,
        channel: ChannelId,
        beside: Option<&PartialChannel>,
    ) -> Result<Known, CallError> {
        let beside = beside.filter(|beside| beside.id.get() == channel.0);
        let beside = beside.map(|beside| Known {
            guild,
            kind: beside.kind,
            parent: beside.parent_id.map(|parent| ChannelId(parent.get())),
        });
        // Discord need not tell of a channel's category beside an interaction; where it does, or tells of a thread's channel, that is all there
        // is to know, and newer than anything else: of a channel that the bot does not see it may not tell that it was moved.
        if let Some(told) = beside.filter(|beside| beside.parent.is_some()) {
            self.insert(channel, told);
            return Ok(told);
        }
        if let Some(known) = self.known.get(&channel).map(|known| *known) {
            return Ok(known);
        }
        match self.ask(channels, channel).await {
            Ok(told) => {
                self.insert(channel, told);
                Ok(told)
            }
            // The bot does not see the channel. What the interaction tells of it has to do, and is not remembered: another may tell more.
            Err(error @ CallError::Refused { .. }) => beside.ok_or(error),
            Err(error) => Err(error),
        }
    }

    /// What Discord tells of a channel. Where it refuses, it is not asked again for some minutes.
    async fn ask(&self, channels: &Channels, channel: ChannelId) -> Result<Known, CallError> {
        if let Some(refused) = self.refused.get(&channel)
            && refused.1.elapsed() < REFUSED_FOR
        {
            return Err(refused.0.clone());
        }
        let told = channels.get::<Told>(channel, "").await;
        if let Err(error @ (CallError::Refused { .. } | CallError::Gone { .. })) = &told {
            if self.refused.len() >= REFUSED_AT_MOST {
                self.refused.clear();
            }
            self.refused
                .insert(channel, (error.clone(), Instant::now()));
        }
        let told = told?;
        Ok(Known {
            // A direct conversation is in none, and no server has this id.
            guild: GuildId(told.guild_id.map_or(0, serenity::all::GuildId::get)),
            kind: told.kind,
            parent: told.parent_id.map(|parent| ChannelId(parent.get())),
        })
    }
}

/// At which level settings of such a channel stand.
fn level(kind: ChannelType) -> Level {
    match kind {
        ChannelType::Category => Level::Category,
        ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread => {
            Level::Thread
        }
        _ => Level::Channel,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A channel in a category.
    fn channel(parent: u64) -> GuildChannel {
        let channel = json!({
            "id": "3", "guild_id": "1", "type": 0, "name": "tea", "position": 0,
            "permission_overwrites": [], "parent_id": parent.to_string(),
        });
        serde_json::from_value(channel).unwrap()
    }

    #[test]
    fn of_two_things_that_were_told_in_no_order_neither_counts() {
        let whereabouts = Whereabouts::default();
        let parent = || {
            let known = whereabouts.known.get(&ChannelId(3));
            known.and_then(|known| known.parent)
        };
        whereabouts.told_before(&channel(7));
        whereabouts.told_before(&channel(7));
        assert_eq!(parent(), Some(ChannelId(7)));
        // It was moved while the bot was not connected, or is since its server was told of.
        whereabouts.told_before(&channel(8));
        assert_eq!(parent(), None);
        // What comes in order counts.
        whereabouts.told(&channel(7));
        whereabouts.told(&channel(8));
        assert_eq!(parent(), Some(ChannelId(8)));
    }
}
