//! The first response to an interaction: which is allowed when, and what comes of it. Knows no later message.

use serde_json::{Value, json};

use super::{
    World, autocomplete,
    form::Form,
    interactions::{Interaction, Stage},
    invocation::Kind,
    message_form::{Carrier, Draft, EPHEMERAL, LOADING},
    messages::Origin,
    modal_form::Modal,
    refusal::{Problems, Refusal},
    uploads::Sent,
};
use crate::{clock::Moment, snowflake::Snowflake};

/// Callback types.
const MESSAGE: u64 = 4;
const DEFERRED_MESSAGE: u64 = 5;
const DEFERRED_UPDATE: u64 = 6;
const UPDATE: u64 = 7;
const CHOICES: u64 = 8;
const MODAL: u64 = 9;
const LAUNCH_ACTIVITY: u64 = 12;

/// A first response as asked for.
enum Response {
    /// A new message; with the flag LOADING it says "thinking".
    Message(Draft),
    /// The component's message will change later.
    UpdateLater,
    /// The component's message changes now.
    Update(Draft),
    Choices(Vec<Value>),
    Modal(Modal),
}

impl Response {
    /// `flags` are those of the component's message.
    fn read(sent: Sent<'_>, interaction: &Interaction, flags: u64) -> Result<(u64, Self), Refusal> {
        let mut problems = Problems::default();
        let Some(form) = Form::read(sent.body, "", &mut problems) else {
            return Err(Refusal::Form(problems));
        };
        let kind = form.number("type", &mut problems);
        if form.value("type").is_none() {
            problems.required("type");
        }
        problems.unless_any(())?;
        let kind = kind.unwrap_or_default();
        refuse_misfit(kind, interaction)?;
        let empty = json!({});
        let data = form.value("data").unwrap_or(&empty);
        let response = match kind {
            MESSAGE => Self::Message(Draft::read_at(sent.part(data), "data", Carrier::Callback)?),
            DEFERRED_MESSAGE => Self::Message(thinking(data)?),
            DEFERRED_UPDATE => Self::UpdateLater,
            UPDATE => Self::Update(Draft::read_at(
                sent.part(data),
                "data",
                Carrier::edit_of(flags),
            )?),
            CHOICES => {
                let option = autocomplete::focused_type(&interaction.invocation.data);
                Self::Choices(autocomplete::read_choices(data, option)?)
            }
            MODAL => Self::Modal(Modal::read(data)?),
            _ => return Err(Refusal::Lacking(format!("answering with type {kind}"))),
        };
        Ok((kind, response))
    }
}

/// Which callback types fit an interaction.
fn fitting(interaction: &Interaction) -> &'static [u64] {
    match interaction.invocation.kind {
        Kind::Command => &[MESSAGE, DEFERRED_MESSAGE, MODAL, LAUNCH_ACTIVITY],
        Kind::Component => &[
            MESSAGE,
            DEFERRED_MESSAGE,
            DEFERRED_UPDATE,
            UPDATE,
            MODAL,
            LAUNCH_ACTIVITY,
        ],
        Kind::Autocomplete => &[CHOICES],
        // A form that a component has opened can still change the component's message.
        Kind::ModalSubmit if interaction.invocation.message.is_some() => {
            &[MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE]
        }
        Kind::ModalSubmit => &[MESSAGE, DEFERRED_MESSAGE],
    }
}

fn refuse_misfit(kind: u64, interaction: &Interaction) -> Result<(), Refusal> {
    let fitting = fitting(interaction);
    if fitting.contains(&kind) {
        return Ok(());
    }
    let names: Vec<String> = fitting.iter().map(u64::to_string).collect();
    let message = format!("Value must be one of {{{}}}.", names.join(", "));
    Err(Refusal::field("type", "BASE_TYPE_CHOICES", message))
}

/// The empty message behind "thinking"; of the flags only EPHEMERAL may come with it.
fn thinking(data: &Value) -> Result<Draft, Refusal> {
    let mut problems = Problems::default();
    let flags = Form::read(data, "data", &mut problems)
        .and_then(|form| form.number("flags", &mut problems))
        .unwrap_or(0);
    if flags & !EPHEMERAL != 0 {
        let message = "A deferred response accepts only the flag EPHEMERAL.";
        problems.add("data.flags", "BASE_TYPE_CHOICES", message);
    }
    problems.unless_any(Draft {
        flags: Some(flags | LOADING),
        ..Draft::default()
    })
}

impl World {
    /// `POST /interactions/{id}/{token}/callback`: the first response.
    pub(crate) fn respond(
        &mut self,
        now: Moment,
        id: Snowflake,
        token: &str,
        sent: Sent<'_>,
    ) -> Result<Value, Refusal> {
        let interaction = self
            .interaction(id)
            .filter(|interaction| interaction.token == token);
        let interaction = interaction.ok_or(Refusal::UnknownInteraction)?.clone();
        match interaction.stage {
            Stage::New => {}
            Stage::Dead => return Err(Refusal::UnknownInteraction),
            Stage::Deferred | Stage::DeferredUpdate | Stage::Answered => {
                return Err(Refusal::AlreadyAcknowledged);
            }
        }
        let source = interaction
            .invocation
            .message
            .and_then(|id| self.message(interaction.channel, id));
        let flags = source.map_or(0, |message| message.flags);
        let (kind, response) = Response::read(sent, &interaction, flags)?;
        self.take_effect(now, &interaction, response)?;
        self.settle_modal(interaction.person, id, true);
        self.touch();
        Ok(self.callback_json(id, kind))
    }

    fn take_effect(
        &mut self,
        now: Moment,
        interaction: &Interaction,
        response: Response,
    ) -> Result<(), Refusal> {
        let source = interaction.invocation.message;
        let (stage, original) = match response {
            Response::Message(draft) => {
                let is_thinking = draft.flags.unwrap_or(0) & LOADING != 0;
                let message = self.post(now, self.origin(interaction, &draft), draft)?;
                let stage = if is_thinking {
                    Stage::Deferred
                } else {
                    Stage::Answered
                };
                (stage, Some(message))
            }
            Response::UpdateLater => (Stage::DeferredUpdate, source),
            Response::Update(draft) => {
                let message = source.ok_or(Refusal::UnknownMessage)?;
                self.revise(now, interaction.channel, message, draft)?;
                (Stage::Answered, source)
            }
            Response::Choices(choices) => {
                if let Some(interaction) = self.interactions.get_mut(&interaction.id) {
                    interaction.choices = Some(choices);
                }
                (Stage::Answered, None)
            }
            Response::Modal(modal) => {
                self.show_modal(interaction.person, interaction.id, modal);
                if let Some(interaction) = self.interactions.get_mut(&interaction.id) {
                    interaction.has_opened_form = true;
                }
                (Stage::Answered, None)
            }
        };
        if let Some(interaction) = self.interactions.get_mut(&interaction.id) {
            interaction.acknowledge(now, stage, original);
            interaction.note_change(now, stage == Stage::Answered && original.is_some());
        }
        Ok(())
    }

    /// Where a message that answers an interaction goes, and who sees it.
    pub(super) fn origin(&self, interaction: &Interaction, draft: &Draft) -> Origin {
        let is_asked = draft.flags.unwrap_or(0) & EPHEMERAL != 0;
        let is_ephemeral = is_asked || self.is_kept_private(interaction);
        Origin {
            channel: interaction.channel,
            author: self.application,
            interaction: Some(interaction.id),
            only_for: is_ephemeral.then_some(interaction.person),
        }
    }

    fn callback_json(&self, id: Snowflake, kind: u64) -> Value {
        let Some(interaction) = self.interactions.get(&id) else {
            return Value::Null;
        };
        let mut json =
            json!({"interaction": {"id": id, "type": interaction.invocation.kind.number()}});
        let message = interaction
            .original
            .and_then(|original| self.message(interaction.channel, original));
        if let Some(message) = message {
            json["interaction"]["response_message_id"] = json!(message.id);
            json["interaction"]["response_message_loading"] = json!(message.is_loading());
            json["interaction"]["response_message_ephemeral"] =
                json!(message.flags & EPHEMERAL != 0);
            // What is deferred has made nothing yet that could be shown.
            if matches!(kind, MESSAGE | UPDATE) {
                json["resource"] = json!({"type": kind, "message": self.message_json(message)});
            }
        }
        json
    }
}
