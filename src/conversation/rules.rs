//! How Footnote behaves in a place. Plain values.

pub use crate::settings::conversations::{Group, OnDelete, OnEdit, Threads};

use std::time::Duration;

use crate::ids::PersonId;
use crate::settings::conversations::ConversationSettings;

/// The rules of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// When a thread is opened.
    pub threads: Threads,
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
}

impl From<&ConversationSettings> for Rules {
    fn from(settings: &ConversationSettings) -> Self {
        Self {
            threads: settings.threads,
            group: settings.group,
            on_edit: settings.on_edit,
            on_delete: settings.on_delete,
            bots: settings.bots.iter().copied().map(PersonId).collect(),
            catch_up: Duration::from_secs(settings.catch_up_minutes * 60),
        }
    }
}
