//! How Footnote behaves in a place. Plain values.

pub use crate::settings::conversations::{Group, OnDelete, OnEdit, Threads};

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
}

impl From<&ConversationSettings> for Rules {
    fn from(settings: &ConversationSettings) -> Self {
        Self {
            threads: settings.threads,
            group: settings.group,
            on_edit: settings.on_edit,
            on_delete: settings.on_delete,
        }
    }
}
