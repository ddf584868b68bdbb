//! A form that the bot has opened for a person, as the person sees it. Sends nothing.

use serde_json::Value;

use crate::{snowflake::Snowflake, world::modals::OpenModal};

/// A form in front of a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Modal {
    opened_by: Snowflake,
    /// What stands above it.
    pub title: String,
    /// The bot's name for it.
    pub custom_id: String,
    /// Its components as the bot has sent them.
    pub components: Vec<Value>,
    /// It was sent, and the bot did not answer in time; it can be sent again.
    pub has_failed: bool,
}

impl Modal {
    pub(crate) fn new(open: &OpenModal) -> Self {
        Self {
            opened_by: open.opened_by,
            title: open.modal.title.clone(),
            custom_id: open.modal.custom_id.clone(),
            components: open.modal.components.clone(),
            has_failed: open.has_failed,
        }
    }

    pub(crate) fn opened_by(&self) -> Snowflake {
        self.opened_by
    }
}
