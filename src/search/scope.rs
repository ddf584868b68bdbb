//! Where settings are set, and in which order they count: the nearest wins.

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, GuildId};

/// How near a setting is to where a question is asked; a later one is nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The operator's file.
    Operator,
    /// The server.
    Server,
    /// A category of channels.
    Category,
    /// A channel; a forum too.
    Channel,
    /// A thread; a post in a forum too.
    Thread,
}

impl Level {
    /// The levels that are set in Discord, from the farthest.
    pub const IN_DISCORD: [Self; 4] = [Self::Server, Self::Category, Self::Channel, Self::Thread];
}

/// Something that has settings of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The server that it is, or is in.
    pub guild: GuildId,
    /// What it is; never [`Level::Operator`].
    pub level: Level,
    /// Its id: that of the server, or of the category, channel or thread.
    pub id: u64,
}

impl Scope {
    /// The server itself.
    pub fn server(guild: GuildId) -> Self {
        Self {
            guild,
            level: Level::Server,
            id: guild.0,
        }
    }

    /// The channel, thread or category; none for a server.
    pub fn channel(&self) -> Option<ChannelId> {
        (self.level > Level::Server).then_some(ChannelId(self.id))
    }
}

/// Where a place is in its server: everything that its settings come from. Two places with one path have one and the same settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Path {
    /// The server.
    pub guild: GuildId,
    /// The category that the channel is in.
    pub category: Option<ChannelId>,
    /// The channel; none for a category or the server itself.
    pub channel: Option<ChannelId>,
    /// The thread, where the place is one.
    pub thread: Option<ChannelId>,
}

impl Path {
    /// The server itself.
    pub fn server(guild: GuildId) -> Self {
        Self {
            guild,
            category: None,
            channel: None,
            thread: None,
        }
    }

    /// Every scope on the way, from the farthest: the server, then what there is of category, channel and thread.
    pub fn scopes(&self) -> impl DoubleEndedIterator<Item = Scope> {
        let guild = self.guild;
        let within = [
            (Level::Category, self.category),
            (Level::Channel, self.channel),
            (Level::Thread, self.thread),
        ];
        let within = within.into_iter().filter_map(move |(level, id)| {
            id.map(|id| Scope {
                guild,
                level,
                id: id.0,
            })
        });
        std::iter::once(Scope::server(guild)).chain(within)
    }

    /// The nearest scope: the place itself.
    pub fn here(&self) -> Scope {
        self.scopes()
            .next_back()
            .unwrap_or(Scope::server(self.guild))
    }

    /// The way to the scope of this level, which is on this way; none where there is none.
    pub fn up_to(&self, level: Level) -> Option<Self> {
        let cut = Self {
            guild: self.guild,
            category: self.category.filter(|_| level >= Level::Category),
            channel: self.channel.filter(|_| level >= Level::Channel),
            thread: self.thread.filter(|_| level >= Level::Thread),
        };
        (cut.here().level == level).then_some(cut)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_scope_is_the_place_itself() {
        let path = Path {
            guild: GuildId(1),
            category: Some(ChannelId(2)),
            channel: Some(ChannelId(3)),
            thread: Some(ChannelId(4)),
        };
        let ids = |path: Path| path.scopes().map(|scope| scope.id).collect::<Vec<_>>();
        assert_eq!(ids(path), [1, 2, 3, 4]);
        assert_eq!(path.here().level, Level::Thread);
        assert_eq!(path.up_to(Level::Channel).map(ids), Some(vec![1, 2, 3]));
        assert_eq!(path.up_to(Level::Server), Some(Path::server(GuildId(1))));
        let uncategorised = Path {
            category: None,
            thread: None,
            ..path
        };
        assert_eq!(ids(uncategorised), [1, 3]);
        assert_eq!(uncategorised.up_to(Level::Category), None);
        assert_eq!(uncategorised.up_to(Level::Thread), None);
    }
}
