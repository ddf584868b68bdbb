//! Hears messages: gathers what is known about one, and takes on what is a question. Decides nothing: that is `conversation::heard`.

use std::sync::Arc;

use serenity::all::Message;

use super::answering::Edge;

impl Edge {
    /// Hears a message that somebody wrote.
    pub(super) async fn hear(self: &Arc<Self>, _message: &Message) {}
}
