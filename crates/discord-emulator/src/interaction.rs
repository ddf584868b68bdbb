//! One use of a command, followed from outside: its reply, its moments, and waiting for them. Answers nothing.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use crate::{report::Timeline, shared::Shared, snowflake::Snowflake};

/// One use of a command.
#[derive(Clone)]
pub struct Interaction {
    shared: Arc<Shared>,
    id: Snowflake,
}

/// Something has not happened in time.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what} within {within:?}; {stands}")]
pub struct NotYet {
    /// What has not happened.
    pub what: &'static str,
    /// How long was waited.
    pub within: Duration,
    /// How things stand instead.
    pub stands: String,
}

impl Interaction {
    pub(crate) fn new(shared: Arc<Shared>, id: Snowflake) -> Self {
        Self { shared, id }
    }

    /// The interaction's id.
    pub fn id(&self) -> u64 {
        self.id.get()
    }

    /// Its moments so far.
    pub fn timeline(&self) -> Timeline {
        self.shared.act(|state, _| {
            state
                .world
                .interaction(self.id)
                .map(|one| one.timeline())
                .unwrap_or_default()
        })
    }

    /// Waits for the bot's first response.
    ///
    /// # Errors
    ///
    /// There was none `within` that real time.
    pub async fn acknowledged(&self, within: Duration) -> Result<(), NotYet> {
        let look = |state: &crate::shared::State| {
            state.world.interaction(self.id)?.timeline().acknowledged
        };
        match self.shared.wait_for(within, look).await {
            Some(_) => Ok(()),
            None => Err(self.not_yet("the bot has not answered", within)),
        }
    }

    /// Waits until the first response, as the REST API shows it, satisfies `done`; gives it as it was then.
    ///
    /// # Errors
    ///
    /// It did not `within` that real time.
    pub async fn until(
        &self,
        within: Duration,
        done: impl Fn(&Value) -> bool,
    ) -> Result<Value, NotYet> {
        let reply = self
            .shared
            .wait_for(within, |state| {
                state.world.reply_json(self.id).filter(&done)
            })
            .await;
        reply.ok_or_else(|| self.not_yet("the reply has not become what was waited for", within))
    }

    /// The first response as it stands; `None` before there is one, and after it was deleted.
    pub fn reply(&self) -> Option<Value> {
        self.shared.act(|state, _| state.world.reply_json(self.id))
    }

    fn not_yet(&self, what: &'static str, within: Duration) -> NotYet {
        let stands = self.reply().map_or_else(
            || "there is no reply".to_owned(),
            |reply| {
                format!(
                    "the reply reads {} with flags {}",
                    reply["content"], reply["flags"]
                )
            },
        );
        NotYet {
            what,
            within,
            stands,
        }
    }
}
