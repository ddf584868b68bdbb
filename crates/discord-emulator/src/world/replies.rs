//! What comes after the first response, by the interaction's token: follow-ups, and reading, editing and deleting its messages.

use serde_json::Value;

use super::{
    World,
    interactions::{Interaction, Stage},
    invocation::Kind,
    message_form::{Carrier, Draft, EDITABLE},
    messages::Message,
    refusal::Refusal,
    uploads::Sent,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Follow-ups of an interaction where only its person has installed the application.
const MOST_FOR_USER: usize = 5;

/// Which message of an interaction a webhook route names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Original,
    Message(Snowflake),
}

impl World {
    /// `POST /webhooks/{application}/{token}`: a follow-up, or the text of a reply that is still "thinking".
    pub(crate) fn follow_up(
        &mut self,
        now: Moment,
        token: &str,
        sent: Sent<'_>,
    ) -> Result<Value, Refusal> {
        let interaction = self.usable(token)?.clone();
        let draft = Draft::read(sent, Carrier::Followup)?;
        if self.is_thinking(&interaction) {
            return self.change(now, &interaction, Named::Original, draft);
        }
        if interaction.owners.is_only_user() && interaction.followups.len() >= MOST_FOR_USER {
            return Err(Refusal::TooManyFollowups);
        }
        let message = self.post(now, self.origin(&interaction, &draft), draft)?;
        if let Some(interaction) = self.interactions.get_mut(&interaction.id) {
            interaction.followups.push(message);
        }
        let made = self
            .message(interaction.channel, message)
            .ok_or(Refusal::UnknownMessage)?;
        Ok(self.message_json(made))
    }

    pub(crate) fn read_reply(&self, token: &str, named: Named) -> Result<Value, Refusal> {
        self.read_named(self.usable(token)?, named)
    }

    pub(crate) fn edit_reply(
        &mut self,
        now: Moment,
        token: &str,
        named: Named,
        sent: Sent<'_>,
    ) -> Result<Value, Refusal> {
        let interaction = self.usable(token)?.clone();
        let carrier = Carrier::edit_of(self.named(&interaction, named)?.flags);
        self.change(now, &interaction, named, Draft::read(sent, carrier)?)
    }

    pub(crate) fn delete_reply(
        &mut self,
        now: Moment,
        token: &str,
        named: Named,
    ) -> Result<(), Refusal> {
        let interaction = self.usable(token)?.clone();
        let id = self.named(&interaction, named)?.id;
        self.remove(now, interaction.channel, id);
        if let Some(interaction) = self
            .interactions
            .get_mut(&interaction.id)
            .filter(|one| one.original == Some(id))
        {
            interaction.stage = Stage::Answered;
            interaction.last_change = Some(now);
        }
        Ok(())
    }

    /// Keeps the interaction's moments after its reply was edited.
    pub(crate) fn note_revision(&mut self, now: Moment, message: &Message) {
        if let Some(interaction) = message.interaction {
            self.note_edit_of(now, interaction, message);
        }
    }

    /// The first response as it stands.
    pub(crate) fn reply_json(&self, id: Snowflake) -> Option<Value> {
        let interaction = self.interactions.get(&id)?;
        let message = self.message(interaction.channel, interaction.original?)?;
        Some(self.message_json(message))
    }

    /// The follow-ups that are still there, oldest first.
    pub(crate) fn follow_ups_json(&self, id: Snowflake) -> Vec<Value> {
        let Some(interaction) = self.interactions.get(&id) else {
            return Vec::new();
        };
        let followups = interaction.followups.iter();
        let there = followups.filter_map(|id| self.message(interaction.channel, *id));
        there.map(|message| self.message_json(message)).collect()
    }

    fn note_edit_of(&mut self, now: Moment, interaction: Snowflake, message: &Message) {
        let interaction = self.interactions.get_mut(&interaction);
        if let Some(interaction) = interaction.filter(|one| one.original == Some(message.id)) {
            interaction.stage = Stage::Answered;
            interaction.edits += 1;
            interaction.note_change(now, message.has_text());
        }
    }

    /// The interaction of a token that webhook routes still accept.
    fn usable(&self, token: &str) -> Result<&Interaction, Refusal> {
        let interaction = self
            .tokens
            .get(token)
            .and_then(|id| self.interactions.get(id));
        let interaction = interaction.ok_or(Refusal::InvalidToken)?;
        match interaction.stage {
            _ if interaction.expired => Err(Refusal::InvalidToken),
            Stage::New | Stage::Dead => Err(Refusal::UnknownWebhook),
            // What is typed is completed, and nothing comes after that.
            _ if interaction.invocation.kind == Kind::Autocomplete => Err(Refusal::UnknownWebhook),
            Stage::Deferred | Stage::DeferredUpdate | Stage::Answered => Ok(interaction),
        }
    }

    fn named(&self, interaction: &Interaction, named: Named) -> Result<&Message, Refusal> {
        let id = match named {
            Named::Original => interaction.original,
            Named::Message(id) => {
                let own = interaction.original == Some(id) || interaction.followups.contains(&id);
                own.then_some(id)
            }
        };
        id.and_then(|id| self.message(interaction.channel, id))
            .ok_or(Refusal::UnknownMessage)
    }

    fn read_named(&self, interaction: &Interaction, named: Named) -> Result<Value, Refusal> {
        self.named(interaction, named)
            .map(|message| self.message_json(message))
    }

    fn change(
        &mut self,
        now: Moment,
        interaction: &Interaction,
        named: Named,
        mut draft: Draft,
    ) -> Result<Value, Refusal> {
        // Who sees the reply was settled when it was sent or deferred; such flags are passed over.
        draft.flags = draft.flags.map(|flags| flags & EDITABLE);
        let id = self.named(interaction, named)?.id;
        self.revise(now, interaction.channel, id, draft)?;
        let message = self.message(interaction.channel, id).cloned();
        let message = message.ok_or(Refusal::UnknownMessage)?;
        // The message of a component belongs to an earlier interaction, or to none.
        if message.interaction != Some(interaction.id) {
            self.note_edit_of(now, interaction.id, &message);
        }
        Ok(self.message_json(&message))
    }
}
