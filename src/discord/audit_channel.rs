//! Whether changes of settings may be told in the channel that is chosen for it: only one of the very server, or else a server could have the
//! bot write into another one.

use super::answering::Edge;
use super::call::CallError;
use crate::conversation::administering::{Change, Order};
use crate::ids::{ChannelId, GuildId};
use crate::render::settings::Refused;
use crate::search::change::Step;
use crate::search::fields::{Audit, Value};
use crate::search::scope::Level;

impl Edge {
    /// Refuses to tell changes anywhere but in the server that is changed.
    ///
    /// # Errors
    ///
    /// [`Refused::NotInThisServer`] for a channel of another server or of none, [`Refused::NotSeen`] for one that the bot does not see, and
    /// [`Refused::NotLookedUp`] when it cannot be found out.
    pub(super) async fn audit_stays_in_server(&self, order: &Order) -> Result<(), Refused> {
        // Below the server it cannot be set, nor by others: that is refused for itself.
        if order.path.here().level != Level::Server || !order.manages_server {
            return Ok(());
        }
        for channel in order.steps.iter().filter_map(chosen) {
            match self.is_of_server(order.path.guild, channel).await {
                Ok(true) => {}
                Ok(false) | Err(CallError::Gone { .. }) => return Err(Refused::NotInThisServer),
                Err(CallError::Refused { .. }) => return Err(Refused::NotSeen),
                Err(error) => {
                    tracing::warn!(%channel, %error, "of which server a channel is could not be found out");
                    return Err(Refused::NotLookedUp);
                }
            }
        }
        Ok(())
    }

    /// The channel in which changes are told from this change on, where the bot cannot write in it.
    pub(super) async fn unwritable_audit(&self, change: &Change) -> Option<ChannelId> {
        let Some(Audit::Channel(channel)) = change.after.audit else {
            return None;
        };
        // To be shown as typing takes the same rights as to write, and leaves nothing behind.
        match self.ways.channels.typing(channel).await {
            Err(CallError::Refused { .. } | CallError::Gone { .. }) => Some(channel),
            // Where Discord cannot say, it is logged once it is told.
            Ok(()) | Err(_) => None,
        }
    }

    /// Whether a channel or thread is one of this server.
    ///
    /// # Errors
    ///
    /// [`CallError`] when Discord does not tell.
    pub(super) async fn is_of_server(
        &self,
        guild: GuildId,
        channel: ChannelId,
    ) -> Result<bool, CallError> {
        let ways = &self.ways;
        let path = ways
            .whereabouts
            .path(&ways.channels, guild, channel, None)
            .await?;
        Ok(path.here().channel() == Some(channel))
    }
}

/// The channel in which changes are told once a step is made, where the step says so.
fn chosen(step: &Step) -> Option<ChannelId> {
    let audit = match step {
        Step::Set(Value::Audit(audit)) => Some(*audit),
        Step::Replace(settings) => settings.audit,
        _ => None,
    };
    match audit {
        Some(Audit::Channel(channel)) => Some(channel),
        Some(Audit::Off) | None => None,
    }
}
