//! "Check this" in the menu of a message: has its claims checked, each against sources. Formats no text and touches no storage.

use std::sync::Arc;

use poise::ApplicationContext;
use serenity::all::Message;

use super::{Error, localized};
use crate::conversation::language::Language;
use crate::conversation::question::{QuestionText, Task};
use crate::discord::answering::Edge;
use crate::discord::arrival::Arrival;
use crate::discord::quoting::{is_private, quote};
use crate::discord::taking::Asked;
use crate::render::sentences::{Refusal, commands};
use crate::search::wish::Wish;

/// The command as Discord shows it.
pub(super) fn command() -> poise::Command<Arc<Edge>, Error> {
    let mut command = check_this();
    command.context_menu_name = Some(commands(Language::English).check_this.into());
    command.name_localizations = localized(|texts| texts.check_this);
    command
}

#[poise::command(context_menu_command = "Check this")]
async fn check_this(
    ctx: ApplicationContext<'_, Arc<Edge>, Error>,
    message: Message,
) -> Result<(), Error> {
    let edge = ctx.data();
    let arrival = Arrival::of_command(ctx.interaction, &edge.ways.languages);
    let quote = quote(&message);
    if quote.text.trim().is_empty() {
        edge.refuse(&arrival, Refusal::NoText).await;
        return Ok(());
    }
    // What is judged is the whole message; the text stands for the question where only that is shown or sent.
    let most = usize::from(QuestionText::LONGEST);
    let text: String = quote.text.trim().chars().take(most).collect();
    // What only they see is judged where only they see it.
    let wish = Wish {
        private: is_private(&message),
        ..Wish::default()
    };
    let asked = Asked {
        text: &text,
        task: Task::Check,
        quote: Some(quote),
        seen: false,
        belongs: arrival.belongs,
        wish,
    };
    edge.take_interaction(&arrival, asked).await;
    Ok(())
}
