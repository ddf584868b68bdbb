//! The forms in which people write a question about an answer, or about somebody's message: opens them, and takes what comes back.

use std::time::Duration;

use serenity::all::{ActionRowComponent, ModalInteraction};

use super::answering::Edge;
use super::arrival::Arrival;
use super::call::{CallError, QUESTION_FIELD};
use super::taking::Asked;
use crate::conversation::controls::{About, QuestionForm};
use crate::conversation::ports::HeldQuote;
use crate::conversation::question::{Belongs, Quote, Task};
use crate::ids::QuoteId;
use crate::render::sentences::{self, Refusal};
use crate::search::wish::Wish;

/// How long the message that a form is about is kept while the form is open.
const HELD: Duration = Duration::from_secs(24 * 60 * 60);

impl Edge {
    /// Opens a form for the person whose reply this is. It has to be the first response.
    pub(super) async fn open_form(&self, arrival: &Arrival, purpose: QuestionForm) {
        let form = sentences::question_form(arrival.language, purpose);
        let reply = &arrival.reply;
        match self.ways.interactions.open(reply, &form).await {
            Ok(()) | Err(CallError::AlreadyAcknowledged) => {}
            Err(error) => {
                tracing::warn!(interaction = %reply.interaction, %error, "a form could not be opened")
            }
        }
    }

    /// Keeps a message while somebody writes their question about it; the refusal when the store does not take it. `private` says that others
    /// do not see it.
    pub(super) async fn hold(&self, quote: &Quote, private: bool) -> Result<QuoteId, Refusal> {
        let store = self.desk.store();
        let now = self.desk.clock().now();
        let held = store.hold(quote, private, now).await.map_err(|error| {
            tracing::error!(%error, "a message could not be kept for a question about it");
            Refusal::NotRecorded
        })?;
        Ok(held)
    }

    /// Forgets the messages that were kept for too long.
    pub(super) async fn drop_held(&self) {
        let before = self.desk.clock().now().before(HELD);
        if let Err(error) = self.desk.store().drop_held(before).await {
            tracing::error!(%error, "messages kept for too long could not be dropped");
        }
    }

    /// Takes on the question that somebody wrote in a form.
    pub(super) async fn sent(self: &std::sync::Arc<Self>, interaction: &ModalInteraction) {
        let name = &interaction.data.custom_id;
        let Some(form) = QuestionForm::named(name) else {
            let arrival = Arrival::of_modal(interaction, true, &self.ways.languages);
            tracing::warn!("a form of an unknown kind came back");
            return self.refuse(&arrival, Refusal::NotUnderstood).await;
        };
        let arrival = Arrival::of_modal(interaction, form.present, &self.ways.languages);
        match self.about(form.about, &arrival).await {
            Ok((belongs, held)) => {
                // What others do not see is answered where they see nothing of it.
                let wish = Wish {
                    private: held.as_ref().is_some_and(|held| held.private),
                    ..Wish::default()
                };
                let asked = Asked {
                    text: &written(interaction),
                    task: Task::Answer,
                    quote: held.map(|held| held.quote),
                    seen: false,
                    belongs,
                    wish,
                };
                self.take_interaction(&arrival, asked).await;
            }
            Err(refusal) => self.refuse(&arrival, refusal).await,
        }
    }

    /// Where a question from a form belongs, and the message that it is about.
    async fn about(
        &self,
        about: About,
        arrival: &Arrival,
    ) -> Result<(Belongs, Option<HeldQuote>), Refusal> {
        match about {
            About::Answer(question) => {
                self.found(question, arrival).await?;
                Ok((Belongs::After(question), None))
            }
            About::Message(id) => {
                let held = self.desk.store().held(id).await.map_err(|error| {
                    tracing::error!(%error, "a message that was kept could not be read");
                    Refusal::NotRecorded
                })?;
                // Whoever sends another number than that of their form gets nothing from another channel.
                let held = held.filter(|held| held.quote.channel == arrival.place.channel);
                let held = held.ok_or(Refusal::FormExpired)?;
                Ok((arrival.belongs, Some(held)))
            }
        }
    }
}

/// What was written in the form's field.
fn written(interaction: &ModalInteraction) -> String {
    let mut fields = interaction
        .data
        .components
        .iter()
        .flat_map(|row| &row.components);
    let written = fields.find_map(|field| match field {
        ActionRowComponent::InputText(input) if input.custom_id == QUESTION_FIELD => {
            input.value.clone()
        }
        _ => None,
    });
    written.unwrap_or_default()
}
