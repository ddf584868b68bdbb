//! One use of a command, a component or a form, followed from outside: what the bot makes of it, and when. Answers nothing.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use crate::{
    message::Message,
    modal::Modal,
    report::Timeline,
    shared::{Shared, State},
    snowflake::Snowflake,
};

/// One use of a command, a component or a form.
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

/// What the bot offers for an option that is being typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What the person reads.
    pub name: String,
    /// What the option becomes: a text or a number.
    pub value: Value,
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
        let look = |state: &State| state.world.interaction(self.id)?.timeline().acknowledged;
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

    /// The message of the first response; `None` before there is one, and after it was deleted. For a component it may be
    /// the component's own message.
    pub fn message(&self) -> Option<Message> {
        let place = self.shared.act(|state, _| {
            let interaction = state.world.interaction(self.id)?;
            let original = interaction.original?;
            let message = state.world.message(interaction.channel, original)?;
            Some((message.channel, message.id))
        });
        let (channel, id) = place?;
        Some(Message::new(Arc::clone(&self.shared), channel, id))
    }

    /// The messages that came after the first response, as the REST API shows them, oldest first.
    pub fn follow_ups(&self) -> Vec<Value> {
        self.shared
            .act(|state, _| state.world.follow_ups_json(self.id))
    }

    /// Waits until the bot has opened a form for the person.
    ///
    /// # Errors
    ///
    /// It did not `within` that real time, or the person has another form in front of them by then.
    pub async fn modal(&self, within: Duration) -> Result<Modal, NotYet> {
        let look = |state: &State| {
            let person = state.world.interaction(self.id)?.person;
            let open = state.world.open_modal(person)?;
            (open.opened_by == self.id).then(|| Modal::new(open))
        };
        let modal = self.shared.wait_for(within, look).await;
        modal.ok_or_else(|| self.not_yet("the bot has not opened a form", within))
    }

    /// Waits for the choices that the bot offers for what was typed.
    ///
    /// # Errors
    ///
    /// There were none `within` that real time: the person reads that the options failed to load.
    pub async fn offered(&self, within: Duration) -> Result<Vec<Choice>, NotYet> {
        let look = |state: &State| state.world.interaction(self.id)?.choices.clone();
        let choices = self.shared.wait_for(within, look).await;
        let choices =
            choices.ok_or_else(|| self.not_yet("the options have failed to load", within))?;
        let choice = |choice: Value| Choice {
            name: choice["name"].as_str().unwrap_or_default().to_owned(),
            value: choice["value"].clone(),
        };
        Ok(choices.into_iter().map(choice).collect())
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
