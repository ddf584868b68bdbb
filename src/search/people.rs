//! Whom settings name: who may ask, and what members may set for one question.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{GuildId, PersonId, RoleId};

/// Who may ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Everyone who can use the bot there.
    #[default]
    Everyone,
    /// These alone.
    Only(Admitted),
}

/// Roles and people, each once and together at most [`Admitted::MOST`]. Nobody may ask where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admitted {
    /// Whoever has one of these roles.
    pub roles: BTreeSet<RoleId>,
    /// These people.
    pub people: BTreeSet<PersonId>,
}

impl Admitted {
    /// The most roles and people together: as many as one menu of Discord's takes.
    ///
    /// See <https://discord.com/developers/docs/components/reference#mentionable-select>.
    pub const MOST: usize = 25;

    /// How many roles and people these are.
    pub fn count(&self) -> usize {
        self.roles.len() + self.people.len()
    }
}

impl Access {
    /// Whether this person may ask, who has these roles in this server. Everyone has the role that bears the server's id, though Discord
    /// does not name it among theirs.
    pub fn admits(&self, guild: GuildId, person: PersonId, roles: &[RoleId]) -> bool {
        match self {
            Self::Everyone => true,
            Self::Only(admitted) => {
                admitted.people.contains(&person)
                    || admitted.roles.contains(&RoleId(guild.0))
                    || roles.iter().any(|role| admitted.roles.contains(role))
            }
        }
    }

    /// Whether somebody's roles decide whether they may ask.
    pub fn asks_for_roles(&self) -> bool {
        matches!(self, Self::Only(admitted) if !admitted.roles.is_empty())
    }
}

/// Something that members may set for one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wishable {
    /// From which domains, among those that are allowed.
    Domains,
    /// How fresh, no less than is set.
    Recency,
    /// How deep, no more than is set.
    Depth,
    /// How deep, also more than is set: up to the deepest that the operator names a model for.
    Deeper,
    /// That the question is researched, for minutes and for more money. Whoever may go deeper may also have this.
    Research,
    /// That only they see the answer.
    Private,
}

impl Wishable {
    /// Everything.
    pub const ALL: [Self; 6] = [
        Self::Domains,
        Self::Recency,
        Self::Depth,
        Self::Deeper,
        Self::Research,
        Self::Private,
    ];
}

/// What members may set for one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Members(pub BTreeSet<Wishable>);

impl Default for Members {
    /// Everything that only narrows, and research: it is asked for by a command of its own, and confirmed where it costs much.
    fn default() -> Self {
        let open = Wishable::ALL
            .into_iter()
            .filter(|wishable| *wishable != Wishable::Deeper);
        Self(open.collect())
    }
}

impl Members {
    /// Whether they may set this.
    pub fn may(&self, wishable: Wishable) -> bool {
        self.0.contains(&wishable)
    }
}

/// The roles whose holders may change settings in the whole server, at most [`Admitted::MOST`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Setters(pub BTreeSet<RoleId>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_are_named_may_ask() {
        let guild = GuildId(1);
        let admitted = Admitted {
            roles: BTreeSet::from([RoleId(10), RoleId(11)]),
            people: BTreeSet::from([PersonId(20)]),
        };
        let only = Access::Only(admitted);
        assert!(only.admits(guild, PersonId(20), &[]));
        assert!(only.admits(guild, PersonId(21), &[RoleId(9), RoleId(11)]));
        assert!(!only.admits(guild, PersonId(21), &[RoleId(9)]));
        assert!(!only.admits(guild, PersonId(10), &[]));
        assert!(Access::Everyone.admits(guild, PersonId(21), &[]));
        assert!(!Access::Only(Admitted::default()).admits(guild, PersonId(20), &[RoleId(10)]));
    }

    #[test]
    fn everyone_has_the_role_of_the_server() {
        let everyone = Admitted {
            roles: BTreeSet::from([RoleId(1)]),
            people: BTreeSet::new(),
        };
        assert!(Access::Only(everyone).admits(GuildId(1), PersonId(20), &[]));
    }

    #[test]
    fn by_itself_a_member_can_only_narrow_and_have_something_researched() {
        let members = Members::default();
        assert!(!members.may(Wishable::Deeper) && members.may(Wishable::Depth));
        assert_eq!(
            serde_json::to_string(&members).unwrap(),
            r#"["domains","recency","depth","research","private"]"#
        );
    }
}
