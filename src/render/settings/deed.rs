//! Buttons that are about settings and their changes: which there are, and the names under which Discord hands them back.

use crate::ids::ChangeId;
use crate::search::scope::{Level, Scope};

/// A button that is about settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// What it says, at most 80 characters.
    pub label: &'static str,
    /// The name under which Discord hands it back, at most 100 characters.
    pub name: String,
}

/// What such a button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Makes the change that waits under this number.
    Apply(u64),
    /// Forgets it.
    Cancel(u64),
    /// Shows the changes at a place that came before this one; the newest where there is none.
    Changes {
        /// Its level.
        level: Level,
        /// Its id.
        id: u64,
        /// The change.
        before: Option<ChangeId>,
    },
}

/// Each level with the letter that stands for it.
const LEVELS: [(Level, &str); 4] = [
    (Level::Server, "s"),
    (Level::Category, "g"),
    (Level::Channel, "c"),
    (Level::Thread, "t"),
];

impl Does {
    /// The changes at this place.
    pub fn changes(place: &Scope, before: Option<ChangeId>) -> Self {
        Self::Changes {
            level: place.level,
            id: place.id,
            before,
        }
    }

    /// The button that does it.
    pub fn labelled(self, label: &'static str) -> Deed {
        let name = self.name();
        Deed { label, name }
    }

    /// The name under which Discord hands it back.
    pub fn name(self) -> String {
        match self {
            Self::Apply(waiting) => format!("change:apply:{waiting}"),
            Self::Cancel(waiting) => format!("change:cancel:{waiting}"),
            Self::Changes { level, id, before } => {
                let letter = LEVELS.iter().find(|(known, _)| *known == level);
                let letter = letter.map_or("s", |(_, letter)| letter);
                let before = before.unwrap_or(ChangeId::NONE);
                format!("changes:{letter}:{id}:{before}")
            }
        }
    }

    /// What [`Does::name`] names.
    pub fn named(name: &str) -> Option<Self> {
        let mut parts = name.split(':');
        let does = match (parts.next()?, parts.next()?, parts.next()?) {
            ("change", "apply", waiting) => Self::Apply(waiting.parse().ok()?),
            ("change", "cancel", waiting) => Self::Cancel(waiting.parse().ok()?),
            ("changes", letter, id) => {
                let (level, _) = LEVELS.into_iter().find(|(_, known)| *known == letter)?;
                let before = ChangeId(parts.next()?.parse().ok()?);
                Self::Changes {
                    level,
                    id: id.parse().ok()?,
                    before: (before != ChangeId::NONE).then_some(before),
                }
            }
            _ => return None,
        };
        parts.next().is_none().then_some(does)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_does_is_read_from_its_name() {
        let mut all = vec![Does::Apply(u64::MAX), Does::Cancel(0)];
        for level in Level::IN_DISCORD {
            for before in [None, Some(ChangeId(i64::MAX))] {
                let id = u64::MAX;
                all.push(Does::Changes { level, id, before });
            }
        }
        for does in all {
            assert!(does.name().len() <= 100);
            assert_eq!(Does::named(&does.name()), Some(does));
        }
        for other in [
            "",
            "change:apply",
            "change:apply:x",
            "changes:x:1:2",
            "changes:s:1:2:3",
            "again:7",
        ] {
            assert_eq!(Does::named(other), None, "{other}");
        }
    }
}
