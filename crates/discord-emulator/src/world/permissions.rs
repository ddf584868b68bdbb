//! What who may do where: Discord's permission bits and the order in which roles and overwrites are added up. Changes nothing.

use std::{fmt, ops::BitOr};

use serde::{Serialize, Serializer};

use super::{
    World,
    channels::{Channel, ChannelKind},
    people::Member,
    refusal::Refusal,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// A set of permissions. In JSON it is a number in a string, as Discord writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);
    /// Every permission there is.
    pub const ALL: Self = Self((1 << 53) - 1);
    /// Bypasses every check.
    pub const ADMINISTRATOR: Self = Self(1 << 3);
    /// Change channels; in a channel, its settings.
    pub const MANAGE_CHANNELS: Self = Self(1 << 4);
    /// Change the guild.
    pub const MANAGE_GUILD: Self = Self(1 << 5);
    /// React with an emoji that is not there yet.
    pub const ADD_REACTIONS: Self = Self(1 << 6);
    /// See a channel at all.
    pub const VIEW_CHANNEL: Self = Self(1 << 10);
    /// Write messages; in threads [`Permissions::SEND_MESSAGES_IN_THREADS`] counts instead.
    pub const SEND_MESSAGES: Self = Self(1 << 11);
    /// Have a message read out.
    pub const SEND_TTS_MESSAGES: Self = Self(1 << 12);
    /// Delete other people's messages, and take part of them away.
    pub const MANAGE_MESSAGES: Self = Self(1 << 13);
    /// Links are unfurled, and a bot's embeds are shown.
    pub const EMBED_LINKS: Self = Self(1 << 14);
    /// Attach files.
    pub const ATTACH_FILES: Self = Self(1 << 15);
    /// Read what was written before, and reply to it.
    pub const READ_MESSAGE_HISTORY: Self = Self(1 << 16);
    /// Ping everyone, and roles that cannot be mentioned by all.
    pub const MENTION_EVERYONE: Self = Self(1 << 17);
    /// Change roles.
    pub const MANAGE_ROLES: Self = Self(1 << 28);
    /// Use commands of applications.
    pub const USE_APPLICATION_COMMANDS: Self = Self(1 << 31);
    /// Archive, lock, rename and delete threads.
    pub const MANAGE_THREADS: Self = Self(1 << 34);
    /// Start public threads.
    pub const CREATE_PUBLIC_THREADS: Self = Self(1 << 35);
    /// Start private threads.
    pub const CREATE_PRIVATE_THREADS: Self = Self(1 << 36);
    /// Write in threads.
    pub const SEND_MESSAGES_IN_THREADS: Self = Self(1 << 38);
    /// Keep others from seeing anything of the guild for a time.
    pub const MODERATE_MEMBERS: Self = Self(1 << 40);
    /// See the answers of applications that somebody has installed for themselves; without it they are ephemeral.
    pub const USE_EXTERNAL_APPS: Self = Self(1 << 50);
    /// Pin messages.
    pub const PIN_MESSAGES: Self = Self(1 << 51);
    /// Write without waiting for the channel's slow mode.
    pub const BYPASS_SLOWMODE: Self = Self(1 << 52);

    /// What @everyone may do in a new guild.
    pub const USUAL: Self = Self(2_248_473_465_835_073);
    /// What the invitation of the bot asks for: view, send, embed, attach, read the history, react, open public threads
    /// and write in threads.
    pub const INVITED: Self = Self(309_237_763_136);

    /// Permissions by their bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether all of `others` are among these.
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// These and `others`.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Those of `others` that are among these.
    #[must_use]
    pub const fn only(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// These without `others`.
    #[must_use]
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, others: Self) -> Self {
        self.and(others)
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a channel changes for one role or one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Overwrite {
    /// The role's or the member's id; @everyone has the guild's.
    pub(crate) id: Snowflake,
    /// 0 role, 1 member.
    #[serde(rename = "type")]
    pub(crate) kind: u8,
    pub(crate) allow: Permissions,
    pub(crate) deny: Permissions,
}

impl Overwrite {
    pub(crate) const ROLE: u8 = 0;
    pub(crate) const MEMBER: u8 = 1;
}

/// What a member may do in a channel with these overwrites, given what the roles allow together.
///
/// @everyone's overwrite comes first, then those of all roles at once, then the member's own; each denies, then allows.
pub(crate) fn overwritten(
    base: Permissions,
    overwrites: &[Overwrite],
    everyone: Snowflake,
    person: Snowflake,
    member: &Member,
) -> Permissions {
    let with = |permissions: Permissions, fits: &dyn Fn(&Overwrite) -> bool| {
        let fitting = || overwrites.iter().filter(|one| fits(one));
        let denied = fitting().fold(Permissions::NONE, |all, one| all | one.deny);
        let allowed = fitting().fold(Permissions::NONE, |all, one| all | one.allow);
        permissions.without(denied) | allowed
    };
    let is_role = |one: &Overwrite| one.kind == Overwrite::ROLE;
    let after_everyone = with(base, &|one| is_role(one) && one.id == everyone);
    let after_roles = with(after_everyone, &|one| {
        is_role(one) && one.id != everyone && member.roles.contains(&one.id)
    });
    with(after_roles, &|one| !is_role(one) && one.id == person)
}

/// What follows from a permission that is lacking: nothing without seeing, no extras without writing.
fn implied(permissions: Permissions, is_thread: bool) -> Permissions {
    let writing = if is_thread {
        Permissions::SEND_MESSAGES_IN_THREADS
    } else {
        Permissions::SEND_MESSAGES
    };
    let extras = Permissions::MENTION_EVERYONE
        | Permissions::SEND_TTS_MESSAGES
        | Permissions::EMBED_LINKS
        | Permissions::ATTACH_FILES;
    if !permissions.contains(Permissions::VIEW_CHANNEL) {
        Permissions::NONE
    } else if !permissions.contains(writing) {
        permissions.without(extras)
    } else {
        permissions
    }
}

impl World {
    /// What somebody may do in a guild, channels apart; nothing when they are not in it.
    pub(crate) fn guild_permissions(
        &self,
        now: Moment,
        guild: Snowflake,
        person: Snowflake,
    ) -> Permissions {
        let Some((guild, member)) = self
            .guilds
            .get(&guild)
            .and_then(|guild| Some((guild, guild.members.get(&person)?)))
        else {
            return Permissions::NONE;
        };
        if guild.owner == person {
            return Permissions::ALL;
        }
        let roles = guild
            .roles
            .values()
            .filter(|role| role.id == guild.id || member.roles.contains(&role.id));
        let base = roles.fold(Permissions::NONE, |all, role| all | role.permissions);
        if base.contains(Permissions::ADMINISTRATOR) {
            Permissions::ALL
        } else if member.is_timed_out(now) {
            let kept = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
            Permissions::from_bits(base.bits() & kept.bits())
        } else {
            base
        }
    }

    /// What somebody may do in a channel; threads follow the channel they are in.
    pub(crate) fn permissions_in(
        &self,
        now: Moment,
        channel: &Channel,
        person: Snowflake,
    ) -> Permissions {
        let Some(guild) = channel.guild else {
            return direct_permissions(channel, person);
        };
        let base = self.guild_permissions(now, guild, person);
        if base == Permissions::ALL {
            return base;
        }
        let Some(member) = self.member(guild, person) else {
            return Permissions::NONE;
        };
        let ruling = match channel.kind {
            kind if kind.is_thread() => channel.parent.and_then(|id| self.channels.get(&id)),
            _ => Some(channel),
        };
        let overwrites = ruling.map_or(&[][..], |ruling| &ruling.overwrites);
        let mut permissions = overwritten(base, overwrites, guild, person, member);
        if member.is_timed_out(now) {
            permissions = Permissions::from_bits(permissions.bits() & base.bits());
        }
        if channel.kind == ChannelKind::PrivateThread
            && !permissions.contains(Permissions::MANAGE_THREADS)
            && !channel.has_thread_member(person)
        {
            return Permissions::NONE;
        }
        implied(permissions, channel.kind.is_thread())
    }

    /// Whether somebody sees a channel.
    pub(crate) fn sees(&self, now: Moment, channel: &Channel, person: Snowflake) -> bool {
        self.permissions_in(now, channel, person)
            .contains(Permissions::VIEW_CHANNEL)
    }

    /// Refuses whoever lacks one of these permissions: "missing access" to a channel that they do not see, "missing
    /// permissions" otherwise.
    pub(crate) fn require(
        &self,
        now: Moment,
        channel: &Channel,
        person: Snowflake,
        needed: Permissions,
    ) -> Result<(), Refusal> {
        let granted = self.permissions_in(now, channel, person);
        if !granted.contains(Permissions::VIEW_CHANNEL) {
            Err(Refusal::MissingAccess)
        } else if !granted.contains(needed) {
            Err(Refusal::MissingPermissions)
        } else {
            Ok(())
        }
    }
}

/// In a direct message both sides may do what two people can do.
fn direct_permissions(channel: &Channel, person: Snowflake) -> Permissions {
    if channel.recipients.contains(&person) {
        Permissions::VIEW_CHANNEL
            | Permissions::SEND_MESSAGES
            | Permissions::EMBED_LINKS
            | Permissions::ATTACH_FILES
            | Permissions::READ_MESSAGE_HISTORY
            | Permissions::ADD_REACTIONS
            | Permissions::PIN_MESSAGES
            | Permissions::USE_APPLICATION_COMMANDS
            | Permissions::USE_EXTERNAL_APPS
    } else {
        Permissions::NONE
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVERYONE: u64 = 1;
    const PERSON: u64 = 9;

    fn overwrite(kind: u8, id: u64, allow: u64, deny: u64) -> Overwrite {
        Overwrite {
            id: Snowflake::from(id),
            kind,
            allow: Permissions(allow),
            deny: Permissions(deny),
        }
    }

    fn resolved(base: u64, overwrites: &[Overwrite], roles: &[u64]) -> u64 {
        let member = Member {
            roles: roles.iter().copied().map(Snowflake::from).collect(),
            ..Member::default()
        };
        overwritten(
            Permissions(base),
            overwrites,
            Snowflake::from(EVERYONE),
            Snowflake::from(PERSON),
            &member,
        )
        .bits()
    }

    #[test]
    fn the_member_wins_over_roles_and_roles_over_everyone() {
        let everyone = overwrite(0, EVERYONE, 0, 1);
        let role = overwrite(0, 2, 1, 0);
        let other_role = overwrite(0, 3, 0, 1);
        let member = overwrite(1, PERSON, 0, 1);
        assert_eq!(resolved(1, &[everyone], &[2]), 0);
        assert_eq!(resolved(1, &[everyone, role], &[2]), 1);
        assert_eq!(resolved(1, &[everyone, role, other_role], &[2, 3]), 1);
        assert_eq!(resolved(1, &[everyone, role, other_role], &[3]), 0);
        assert_eq!(resolved(1, &[everyone, role, member], &[2]), 0);
    }

    #[test]
    fn without_seeing_there_is_nothing_and_without_writing_there_are_no_extras() {
        assert_eq!(
            implied(Permissions::SEND_MESSAGES, false),
            Permissions::NONE
        );
        let reading = Permissions::VIEW_CHANNEL | Permissions::EMBED_LINKS;
        assert_eq!(implied(reading, false), Permissions::VIEW_CHANNEL);
        let in_threads = reading | Permissions::SEND_MESSAGES_IN_THREADS;
        assert_eq!(implied(in_threads, true), in_threads);
    }

    proptest! {
        #[test]
        fn no_overwrite_of_others_counts(base: u64, allow: u64, deny: u64, id in 10u64..) {
            prop_assert_eq!(resolved(base, &[overwrite(0, id, allow, deny), overwrite(1, id, allow, deny)], &[2]), base);
        }
    }
}
