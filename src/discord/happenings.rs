//! What happens to messages: written, edited, deleted. Takes each on in the order of its channel; the shutdown waits for it.

use std::sync::Arc;

use dashmap::DashMap;
use futures_util::Stream;
use serenity::all::{Context, Event, EventHandler, Message, MessageUpdateEvent, Ready, ShardId};
use serenity::async_trait;
use serenity::collector::collect;

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
            Self::Edited(event) => Step::Edited(event.edited_timestamp),
            Self::Deleted(_) => Step::Deleted,
        }
    }
}

/// Watches the connections themselves, where events come in their order, and announces what the tasks will bring.
pub(super) struct Announces {
    edge: Arc<Edge>,
    /// What is dropped from here watches no longer.
    watching: DashMap<ShardId, Box<dyn Stream<Item = ()> + Send + Sync>>,
}

impl Announces {
    pub(super) fn new(edge: Arc<Edge>) -> Self {
        Self {
            edge,
            watching: DashMap::new(),
        }
    }
}

#[async_trait]
impl EventHandler for Announces {
    async fn ready(&self, ctx: Context, ready: Ready) {
        self.edge.ways.whereabouts.session_began(&ready.guilds);
        let edge = Arc::clone(&self.edge);
        let watching = collect(&ctx.shard, move |event| {
            edge.announce(event);
            None
        });
        self.watching.insert(ctx.shard_id, Box::new(watching));
    }
}

impl Edge {
    fn announce(self: &Arc<Self>, event: &Event) {
        self.ways.whereabouts.hear(event);
        let announce =
            |channel: serenity::all::ChannelId, message: serenity::all::MessageId, step| {
                let (channel, message) = (ChannelId(channel.get()), MessageId(message.get()));
                self.order.announce(channel, message, step);
            };
        match event {
            Event::MessageCreate(event) => {
                announce(event.message.channel_id, event.message.id, Step::Written);
            }
            Event::MessageUpdate(event) => {
                let step = Step::Edited(event.edited_timestamp);
                announce(event.channel_id, event.id, step);
            }
            Event::MessageDelete(event) => {
                announce(event.channel_id, event.message_id, Step::Deleted);
            }
            // Learned here, so that what is said behind it is answered in the new language.
            Event::GuildCreate(event) => self.ways.languages.server_came(&event.guild),
            Event::GuildUpdate(event) => self.ways.languages.server_updated(&event.guild),
            Event::ChannelDelete(event) => {
                self.forget_settings_of(event.channel.guild_id, event.channel.id);
            }
            Event::ThreadDelete(event) => {
                self.forget_settings_of(event.thread.guild_id, event.thread.id);
            }
            // The messages of one are brought one after another: what was announced of the later would wait for the earlier.
            _ => {}
        }
    }

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
