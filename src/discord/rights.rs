//! What the bot may do in which channel, as far as Discord told lately. Memory only; may be lost. Asks nobody.

use std::time::Duration;

use dashmap::DashMap;
use tokio::time::Instant;

use crate::ids::ChannelId;

/// How long a channel that refused something is not asked for it again: some minutes, as an administrator needs to change it.
const REFUSED_FOR: Duration = Duration::from_secs(5 * 60);

/// Beyond this many, the channels that refused are forgotten.
const REFUSED_AT_MOST: usize = 10_000;

/// What an answer may need besides being written.
#[derive(Default)]
pub(super) struct Rights {
    /// Opening threads.
    pub(super) threads: Right,
    /// Showing embeds.
    pub(super) embeds: Right,
    /// Attaching files.
    pub(super) files: Right,
}

/// One right, and until when the channels that refused it are not asked again.
#[derive(Default)]
pub(super) struct Right {
    refused_until: DashMap<ChannelId, Instant>,
}

impl Right {
    /// Whether this was refused lately.
    pub(super) fn is_refused(&self, channel: ChannelId) -> bool {
        let until = self.refused_until.get(&channel).map(|until| *until);
        until.is_some_and(|until| until > Instant::now())
    }

    /// Takes note of whether the bot has it in a channel.
    pub(super) fn note(&self, channel: ChannelId, is_given: bool) {
        if is_given {
            self.refused_until.remove(&channel);
            return;
        }
        if self.refused_until.len() >= REFUSED_AT_MOST {
            self.refused_until.clear();
        }
        let until = Instant::now() + REFUSED_FOR;
        self.refused_until.insert(channel, until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_channel_that_refused_is_asked_again_after_some_minutes() {
        let right = Right::default();
        right.note(ChannelId(1), false);
        assert!(right.is_refused(ChannelId(1)) && !right.is_refused(ChannelId(2)));
        tokio::time::advance(REFUSED_FOR).await;
        assert!(!right.is_refused(ChannelId(1)));
        right.note(ChannelId(1), false);
        right.note(ChannelId(1), true);
        assert!(!right.is_refused(ChannelId(1)));
    }
}
