//! Tells every change of settings in the channel that the server chose for that, until it was told or can never be. What is still to be told is
//! kept in the store, so that none is lost with the process.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::answering::Edge;
use super::call::CallError;
use super::channels::Posting;
use super::courier::again;
use crate::clock::Moment;
use crate::conversation::ports::Untold;
use crate::ids::{ChangeId, ChannelId};
use crate::render::settings::changed;

/// How often it is looked for what is still to be told, besides after every change.
const LOOK: Duration = Duration::from_secs(60);

/// How many are told in one go.
const AT_A_TIME: u32 = 1_000;

/// How long it is tried to tell one, before it is tried again at the next look.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a channel that the bot may not write in is tried again. After that a change is given up for it.
const WORTH_TELLING: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a channel that refused a change is left alone, whatever changes meanwhile: Discord counts what it refuses.
const LEFT_ALONE: Duration = Duration::from_secs(5 * 60);

/// The channels in which changes are told.
#[derive(Default)]
pub(super) struct Audit {
    /// Somebody changed something.
    changed: Notify,
    /// The channels that refused a change, and were logged, each with when that was last. May be lost.
    refused: dashmap::DashMap<ChannelId, Moment>,
}

impl Audit {
    /// Has what was changed told soon.
    pub(super) fn nudge(&self) {
        self.changed.notify_one();
    }

    /// The channels that refused a change a short while ago.
    fn left_alone(&self, now: Moment) -> Vec<ChannelId> {
        let refused = self.refused.iter();
        let lately = refused.filter(|refused| now.since(*refused.value()) < LEFT_ALONE);
        lately.map(|refused| *refused.key()).collect()
    }
}

impl Edge {
    /// Tells changes for ever.
    pub(super) async fn tell_changes(&self) -> Infallible {
        loop {
            self.tell_untold().await;
            // Whether it was a change or the time: it is looked for either way.
            let _changed_or_not = timeout(LOOK, self.audit.changed.notified()).await;
        }
    }

    /// Tells what is still to be told, the oldest first. A channel that does not take one is left alone until the next look.
    async fn tell_untold(&self) {
        let store = self.desk.store();
        let alone = self.audit.left_alone(self.desk.clock().now());
        let untold = match store.untold(AT_A_TIME, &alone).await {
            Ok(untold) => untold,
            Err(error) => {
                return tracing::error!(%error, "what is still to be told of changed settings could not be read");
            }
        };
        let mut later = BTreeSet::new();
        for untold in untold {
            if later.contains(&untold.channel) {
                continue;
            }
            let is_done = match self.announce_change(&untold).await {
                Ok(()) => {
                    self.audit.refused.remove(&untold.channel);
                    true
                }
                Err(error) => self.is_given_up(&untold, &error),
            };
            if !is_done {
                later.insert(untold.channel);
                continue;
            }
            if let Err(error) = store.told(untold.change.id, untold.channel).await {
                // It would be told again and again.
                later.insert(untold.channel);
                tracing::error!(change = %untold.change.id, %error, "that a change was told could not be recorded");
            }
        }
    }

    async fn announce_change(&self, untold: &Untold) -> Result<(), CallError> {
        let (change, channel) = (&untold.change, untold.channel);
        let guild = change.scope.guild;
        // What is kept does no harm, however it came there.
        if !self.is_of_server(guild, channel).await? {
            tracing::warn!(%channel, %guild, change = %change.id, "a change of settings is not told in a channel of another server");
            return Ok(());
        }
        let language = self
            .ways
            .languages
            .around(Some(change.scope.guild), change.by.id);
        let deadline = Instant::now() + PATIENCE;
        for (part, message) in changed::announced(change, language).iter().enumerate() {
            let nonce = nonce(change.id, channel, part);
            let posting = || Posting {
                reply_to: None,
                nonce: &nonce,
            };
            again(deadline, || {
                self.ways.channels.post(channel, message, posting())
            })
            .await?;
        }
        Ok(())
    }

    /// Whether a change is not to be told in this channel any more. What is refused is logged once for each channel.
    fn is_given_up(&self, untold: &Untold, error: &CallError) -> bool {
        let (change, channel) = (&untold.change, untold.channel);
        match error {
            CallError::Gone { .. } => {
                tracing::warn!(%channel, change = %change.id, "the channel in which changes of settings are told is gone");
                true
            }
            CallError::Refused { .. } => {
                let now = self.desk.clock().now();
                if self.audit.refused.insert(channel, now).is_none() {
                    tracing::warn!(%channel, guild = %change.scope.guild, %error, "changes of settings cannot be told: let the bot see the channel and write in it");
                }
                now.since(change.at) > WORTH_TELLING
            }
            _ => {
                tracing::info!(%channel, change = %change.id, %error, "a change of settings is told later");
                false
            }
        }
    }
}

/// What tells a repeat of a part of a change in a channel. Discord compares it over all channels, so that the channel is in it; both ids as they
/// are would be too long.
fn nonce(change: ChangeId, channel: ChannelId, part: usize) -> String {
    let mut hasher = DefaultHasher::new();
    (change, channel, part).hash(&mut hasher);
    format!("audit-{:x}", hasher.finish())
}
