//! "Ask about this" in the menu of a message: opens a form for a question about it. Formats no text and answers nothing itself.

use std::sync::Arc;
use std::time::Duration;

use poise::ApplicationContext;
use serenity::all::Message;
use tokio::time::timeout;

use super::{Error, localized};
use crate::conversation::controls::{About, QuestionForm};
use crate::conversation::language::Language;
use crate::discord::answering::Edge;
use crate::discord::arrival::Arrival;
use crate::discord::quoting::{is_private, quote};
use crate::ids::MessageId;
use crate::render::sentences::{Refusal, commands};

/// How long the store may take to keep the message: the form has to be the first response.
const KEEPING: Duration = Duration::from_millis(700);

/// The command as Discord shows it.
pub(super) fn command() -> poise::Command<Arc<Edge>, Error> {
    let mut command = ask_about();
    command.context_menu_name = Some(commands(Language::English).ask_about.into());
    command.name_localizations = localized(|texts| texts.ask_about);
    command
}

#[poise::command(context_menu_command = "Ask about this")]
async fn ask_about(
    ctx: ApplicationContext<'_, Arc<Edge>, Error>,
    message: Message,
) -> Result<(), Error> {
    let edge = ctx.data();
    let arrival = Arrival::of_command(ctx.interaction, &edge.ways.languages);
    let about = timeout(KEEPING, about(edge, &message));
    // Judged first, so that nothing is kept for who may not ask.
    let about = match edge.admit_to_form(&arrival).await {
        Ok(()) => about.await.unwrap_or(Err(Refusal::NotRecorded)),
        Err(refusal) => Err(refusal),
    };
    match about {
        Ok(about) => {
            let present = arrival.place.present;
            let form = QuestionForm { about, present };
            edge.open_form(&arrival, form).await;
        }
        Err(refusal) => edge.refuse(&arrival, refusal).await,
    }
    Ok(())
}

/// What a question about this message is about. About an answer of ours one asks on from there, with what was said before.
async fn about(edge: &Edge, message: &Message) -> Result<About, Refusal> {
    let ours = edge.desk.store().answered_by(MessageId(message.id.get()));
    if let Ok(Some(question)) = ours.await {
        return Ok(About::Answer(question));
    }
    let quote = quote(message);
    if quote.text.trim().is_empty() {
        return Err(Refusal::NoText);
    }
    let held = edge.hold(&quote, is_private(message)).await?;
    Ok(About::Message(held))
}
