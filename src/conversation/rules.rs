//! How Footnote behaves in a place. Plain values.

pub use crate::settings::conversations::{Group, OnDelete, OnEdit};
pub use crate::settings::display::{Density, Format};

use std::time::Duration;

use super::language::Language;
use crate::ids::PersonId;
use crate::settings::conversations::ConversationSettings;
use crate::settings::display::DisplaySettings;

/// How answers look in a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Display {
    /// How much stands around the text.
    pub density: Density,
    /// What it is written into.
    pub format: Format,
    /// How long an answer may take without being announced once it is whole; none never announces.
    pub announced_after: Option<Duration>,
}

/// The rules of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Who is answered without a mention in a group.
    pub group: Group,
    /// What an edit of a question does.
    pub on_edit: OnEdit,
    /// What the deletion of a question does.
    pub on_delete: OnDelete,
    /// The bots and webhooks that are heard.
    pub bots: Vec<PersonId>,
    /// How long ago a message may have been written that was missed and is caught up on.
    pub catch_up: Duration,
    /// How answers look.
    pub display: Display,
    /// What is spoken where no other language is known.
    pub language: Language,
}

impl Rules {
    /// The rules that the operator set.
    pub fn new(settings: &ConversationSettings, display: &DisplaySettings) -> Self {
        let announced = Duration::from_secs(display.announce_seconds);
        Self {
            group: settings.group,
            on_edit: settings.on_edit,
            on_delete: settings.on_delete,
            bots: settings.bots.iter().copied().map(PersonId).collect(),
            catch_up: Duration::from_secs(settings.catch_up_minutes * 60),
            display: Display {
                density: display.density,
                format: display.format,
                announced_after: (!announced.is_zero()).then_some(announced),
            },
            language: Language::of_locale(&display.language).unwrap_or_default(),
        }
    }
}
