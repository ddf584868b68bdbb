//! What somebody filled in, by the names of the options. Trusts nothing of its form.

use serenity::all::{Attachment, PartialChannel, ResolvedOption, ResolvedValue, Unresolved};

use crate::ids::{ChannelId, PersonId, RoleId};
use crate::search::people::Admitted;

/// What somebody filled in.
pub(super) struct Args<'a>(&'a [ResolvedOption<'a>]);

impl<'a> Args<'a> {
    pub(super) fn of(options: &'a [ResolvedOption<'a>]) -> Self {
        Self(options)
    }

    fn get(&self, name: &str) -> Option<&ResolvedValue<'a>> {
        let option = self.0.iter().find(|option| option.name == name);
        option.map(|option| &option.value)
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(ResolvedValue::String(text)) => Some(text),
            _ => None,
        }
    }

    /// A text that has to be there; empty where it is not, which is no valid value of anything.
    pub(super) fn needed(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// A whole number from 0.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        match self.get(name) {
            Some(ResolvedValue::Integer(number)) => u32::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The one of several that was chosen.
    pub(super) fn one_of<T: Copy>(&self, name: &str, all: &[T]) -> Option<T> {
        let place = usize::try_from(self.number(name)?).ok()?;
        all.get(place).copied()
    }

    /// Yes or no.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(ResolvedValue::Boolean(is)) => Some(*is),
            _ => None,
        }
    }

    /// A channel, category or thread, with what Discord tells of it.
    pub(super) fn channel(&self, name: &str) -> Option<(ChannelId, Option<&'a PartialChannel>)> {
        match self.get(name) {
            Some(ResolvedValue::Channel(channel)) => {
                Some((ChannelId(channel.id.get()), Some(channel)))
            }
            Some(ResolvedValue::Unresolved(Unresolved::Channel(channel))) => {
                Some((ChannelId(channel.get()), None))
            }
            _ => None,
        }
    }

    /// A role.
    pub(super) fn role(&self, name: &str) -> Option<RoleId> {
        match self.get(name) {
            Some(ResolvedValue::Role(role)) => Some(RoleId(role.id.get())),
            Some(ResolvedValue::Unresolved(Unresolved::RoleId(role))) => Some(RoleId(role.get())),
            _ => None,
        }
    }

    /// The roles and people in these options; none where it cannot be told which one of them is.
    pub(super) fn admitted(&self, names: &[&str]) -> Option<Admitted> {
        let mut admitted = Admitted::default();
        for value in names.iter().filter_map(|name| self.get(name)) {
            match value {
                ResolvedValue::Role(role) => {
                    admitted.roles.insert(RoleId(role.id.get()));
                }
                ResolvedValue::User(user, _) => {
                    admitted.people.insert(PersonId(user.id.get()));
                }
                _ => return None,
            }
        }
        Some(admitted)
    }

    /// A file.
    pub(super) fn file(&self, name: &str) -> Option<&'a Attachment> {
        match self.get(name) {
            Some(ResolvedValue::Attachment(file)) => Some(file),
            _ => None,
        }
    }
}
