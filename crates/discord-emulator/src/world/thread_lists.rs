//! Lists of threads: the active ones of a guild, the archived ones of a channel. Changes none.

use super::{
    World,
    channels::{Channel, ChannelKind, Thread},
    permissions::Permissions,
    refusal::Refusal,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Which archived threads of a channel are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Archived {
    Public,
    /// All private ones, for whoever manages threads.
    Private,
    /// The private ones that the bot is in.
    JoinedPrivate,
}

impl World {
    /// A thread that the bot sees.
    pub(crate) fn thread_for_bot(&self, now: Moment, id: Snowflake) -> Result<&Channel, Refusal> {
        let thread = self.find_thread(id)?;
        self.require(now, thread, self.application, Permissions::VIEW_CHANNEL)?;
        Ok(thread)
    }

    /// The active threads of a guild that the bot sees, newest first.
    pub(crate) fn active_threads(&self, now: Moment, guild: Snowflake) -> Vec<Snowflake> {
        let active = self.channels_of(guild).filter(|one| one.is_active());
        let seen = active.filter(|one| self.sees(now, one, self.application));
        let mut ids: Vec<Snowflake> = seen.map(|one| one.id).collect();
        ids.reverse();
        ids
    }

    /// A page of archived threads of a channel and whether there are more. The latest archived come first; of the joined
    /// ones those with the highest ids.
    ///
    /// `before` is a moment in nanoseconds, of the joined ones an id.
    pub(crate) fn archived_threads(
        &self,
        now: Moment,
        channel: Snowflake,
        which: Archived,
        before: Option<u128>,
        limit: usize,
    ) -> Result<(Vec<Snowflake>, bool), Refusal> {
        let parent = self.find_channel(channel)?;
        if !matches!(
            parent.kind,
            ChannelKind::Text | ChannelKind::Announcement | ChannelKind::Forum
        ) {
            return Err(Refusal::WrongChannelKind);
        }
        let managing = if which == Archived::Private {
            Permissions::MANAGE_THREADS
        } else {
            Permissions::NONE
        };
        let needed = Permissions::READ_MESSAGE_HISTORY | managing;
        self.require(now, parent, self.application, needed)?;
        let threads = self
            .channels
            .values()
            .filter(|one| one.parent == Some(channel) && self.is_listed(one, which));
        let keyed = threads.filter_map(|one| Some((key(one, one.thread.as_ref()?, which), one.id)));
        let mut found: Vec<(u128, Snowflake)> = keyed
            .filter(|(key, _)| before.is_none_or(|before| *key < before))
            .collect();
        found.sort_unstable_by(|one, other| other.cmp(one));
        let has_more = found.len() > limit;
        Ok((
            found.into_iter().take(limit).map(|(_, id)| id).collect(),
            has_more,
        ))
    }

    fn is_listed(&self, thread: &Channel, which: Archived) -> bool {
        let is_private = thread.kind == ChannelKind::PrivateThread;
        let fits = match which {
            Archived::Public => thread.kind.is_thread() && !is_private,
            Archived::Private => is_private,
            Archived::JoinedPrivate => is_private && thread.has_thread_member(self.application),
        };
        fits && !thread.is_active()
    }
}

/// What a list is ordered by: the moment of archiving in nanoseconds, or the id.
fn key(channel: &Channel, thread: &Thread, which: Archived) -> u128 {
    match which {
        Archived::JoinedPrivate => u128::from(channel.id.get()),
        Archived::Public | Archived::Private => thread.archive_changed.as_duration().as_nanos(),
    }
}
