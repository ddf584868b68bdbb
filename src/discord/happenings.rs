//! What happens to messages: written, edited, deleted. Takes each on in the order of its channel; the shutdown waits for it.

use std::sync::Arc;

use serenity::all::{Message, MessageUpdateEvent};

use super::answering::Edge;
use super::listening::Hearing;
use super::order::Step;
use crate::ids::{ChannelId, MessageId};

/// Something that happened to a message.
pub(super) enum Happening {
    /// It was written, and is heard now.
    Written(Box<Message>, Hearing),
    /// It was edited, or something was added to it.
    Edited(Box<MessageUpdateEvent>),
    /// It was deleted.
    Deleted(MessageId),
}

impl Happening {
    fn message(&self) -> MessageId {
        match self {
            Self::Written(message, _) => MessageId(message.id.get()),
            Self::Edited(event) => MessageId(event.id.get()),
            Self::Deleted(message) => *message,
        }
    }

    fn step(&self) -> Step {
        match self {
            Self::Written(..) => Step::Written,
            Self::Edited(_) => Step::Edited,
            Self::Deleted(_) => Step::Deleted,
        }
    }
}

impl Edge {
    /// Takes on what happened in a channel.
    pub(super) async fn happens(self: &Arc<Self>, channel: ChannelId, happening: Happening) {
        let (message, step) = (happening.message(), happening.step());
        let turn = self.order.turn(channel, message, step, happening);
        self.tasks
            .track_future(async {
                let Some((next, _turn)) = turn.await else {
                    return;
                };
                match next {
                    Happening::Written(message, hearing) => {
                        self.hear(&message, hearing).await;
                        self.heard_until.heard(MessageId(message.id.get()));
                    }
                    Happening::Edited(event) => self.edited(&event).await,
                    Happening::Deleted(message) => self.deleted(message).await,
                }
            })
            .await;
    }
}
