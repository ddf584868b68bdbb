//! Channels, categories and threads that are deleted: what was set in them is forgotten, and what is researched for them cancelled. Not where the bot only no longer sees them, which
//! Discord tells in the same way.

use std::sync::Arc;
use std::time::Duration;

use serde::de::IgnoredAny;
use tokio::time::Instant;

use super::answering::Edge;
use super::call::{CallError, code};
use super::courier::again;
use crate::conversation::question::Person;
use crate::ids::{ChannelId, GuildId};

/// How long it may be tried to find out whether a place is gone. What is set in one that is does no harm.
const PATIENCE: Duration = Duration::from_secs(60);

impl Edge {
    /// Forgets what is set in a channel, category or thread that is said to be deleted, if it is; and has nothing more researched for it.
    pub(super) fn forget_settings_of(
        self: &Arc<Self>,
        guild: serenity::all::GuildId,
        channel: serenity::all::ChannelId,
    ) {
        let (guild, channel) = (GuildId(guild.get()), ChannelId(channel.get()));
        let edge = Arc::clone(self);
        self.tasks.spawn(async move {
            let forgotten = async {
                edge.forget_settings_if_gone(guild, channel).await;
                edge.cancel_if_gone(channel).await;
                // Discord tells nothing of the threads of a channel that is deleted.
                for thread in edge.ways.whereabouts.threads_in(channel) {
                    edge.forget_settings_if_gone(guild, thread).await;
                    edge.cancel_if_gone(thread).await;
                }
            };
            // The shutdown does not wait for it.
            let _given_up = edge.give_up.run_until_cancelled(forgotten).await;
        });
    }

    async fn forget_settings_if_gone(&self, guild: GuildId, channel: ChannelId) {
        let store = self.desk.store();
        match store.settings_of(guild, &[channel.0]).await {
            Ok(kept) if kept.iter().all(|kept| kept.settings.is_empty()) => return,
            Ok(_) => {}
            // What cannot be read goes too.
            Err(error) => {
                tracing::warn!(%channel, %error, "what is set in a deleted channel could not be read");
            }
        }
        let channels = &self.ways.channels;
        let look = || channels.get::<IgnoredAny>(channel, "");
        let looked = again(Instant::now() + PATIENCE, look).await;
        // Nothing less than that: a proxy answers 404 as well, and 401 says something of the token.
        let unknown = CallError::Gone {
            status: 404,
            code: code::UNKNOWN_CHANNEL,
        };
        if looked.err() != Some(unknown) {
            return tracing::debug!(%channel, "the bot no longer sees a channel; what is set there stays");
        }
        let me = Person {
            id: self.me,
            name: "Footnote".to_owned(),
        };
        let now = self.desk.clock().now();
        match store.forget_settings(guild, channel.0, &me, now).await {
            Ok(()) => {
                self.desk.places().forget(guild);
                self.audit.nudge();
            }
            Err(error) => {
                tracing::error!(%channel, %error, "what was set in a deleted channel could not be forgotten");
            }
        }
    }
}
