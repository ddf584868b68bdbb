//! What kind of channel something is in: asks Discord once for each and remembers it for a while. Memory only; may be lost.

use dashmap::DashMap;
use serde::Deserialize;
use serenity::all::ChannelType;

use super::arrival::is_home;
use super::call::CallError;
use super::channels::Channels;
use crate::ids::{ChannelId, PersonId};

/// Everything is forgotten beyond this many channels, and asked for again where it is needed.
const KNOWN_AT_MOST: usize = 10_000;

/// What never changes of a channel, or not in a way that matters.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Known {
    /// Its kind.
    #[serde(rename = "type")]
    pub(super) kind: ChannelType,
    /// Who opened it, where it is a thread or a post.
    owner_id: Option<serenity::all::UserId>,
    /// How many were in it when it was asked for, where it is a thread or a post; Discord counts up to 50.
    member_count: Option<u32>,
    /// The channel that it is in, where it is a thread or a post.
    parent_id: Option<serenity::all::ChannelId>,
}

impl Known {
    /// Whether it is one conversation's alone: a thread, a post, a direct conversation.
    pub(super) fn is_home(self) -> bool {
        is_home(self.kind)
    }

    /// Whether a thread can be opened on a message in it.
    pub(super) fn takes_threads(self) -> bool {
        matches!(self.kind, ChannelType::Text | ChannelType::News)
    }

    /// Whether only those who were let in see it.
    pub(super) fn is_private(self) -> bool {
        matches!(self.kind, ChannelType::PrivateThread | ChannelType::Private)
    }

    /// The channel that a thread or post is in.
    pub(super) fn parent(self) -> Option<ChannelId> {
        self.parent_id.map(|parent| ChannelId(parent.get()))
    }

    /// Whether nobody but this person and the bot has been in it: they opened it, and it has no third member.
    pub(super) fn is_only_of(self, person: PersonId) -> bool {
        self.owner_id.is_some_and(|owner| owner.get() == person.0)
            && self.member_count.is_none_or(|members| members <= 2)
    }
}

/// The channels that were asked for.
#[derive(Default)]
pub(super) struct Places {
    known: DashMap<ChannelId, Known>,
}

impl Places {
    /// What kind of channel this is.
    pub(super) async fn of(
        &self,
        channels: &Channels,
        channel: ChannelId,
    ) -> Result<Known, CallError> {
        if let Some(known) = self.known.get(&channel).map(|known| *known) {
            return Ok(known);
        }
        let known: Known = channels.get(channel, "").await?;
        if self.known.len() >= KNOWN_AT_MOST {
            self.known.clear();
        }
        self.known.insert(channel, known);
        Ok(known)
    }
}
