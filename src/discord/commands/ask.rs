//! `/ask`: answers one question with its sources. Formats no text and touches no storage.

use std::sync::Arc;

use poise::ApplicationContext;

use super::{Error, localized};
use crate::conversation::language::Language;
use crate::conversation::question::Task;
use crate::discord::answering::Edge;
use crate::discord::arrival::Arrival;
use crate::discord::taking::Asked;
use crate::render::sentences::commands;

/// The command as Discord shows it.
pub(super) fn command() -> poise::Command<Arc<Edge>, Error> {
    let mut command = ask();
    let texts = commands(Language::English);
    command.description = Some(texts.ask.into());
    command.description_localizations = localized(|texts| texts.ask);
    for parameter in &mut command.parameters {
        parameter.name_localizations = localized(|texts| texts.option);
        parameter.description = Some(texts.question.into());
        parameter.description_localizations = localized(|texts| texts.question);
    }
    command
}

// Discord checks the length before it sends the command; the number is `QuestionText::LONGEST`, and a test compares them.
#[poise::command(slash_command)]
async fn ask(
    ctx: ApplicationContext<'_, Arc<Edge>, Error>,
    #[max_length = 2000] question: String,
) -> Result<(), Error> {
    let arrival = Arrival::of_command(ctx.interaction, &ctx.data().ways.languages);
    let asked = Asked {
        text: &question,
        task: Task::Answer,
        quote: None,
        seen: true,
        belongs: arrival.belongs,
    };
    ctx.data().take_interaction(&arrival, asked).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::question::QuestionText;

    #[test]
    fn discord_is_told_the_length_that_the_domain_allows() {
        let command = serde_json::to_value(command().create_as_slash_command().unwrap()).unwrap();
        assert_eq!(command["options"][0]["max_length"], QuestionText::LONGEST);
        assert_eq!(command["options"][0]["required"], true);
        assert_eq!(command["description"], commands(Language::English).ask);
    }
}
