//! `/ask`: answers one question with its sources. Formats no text and touches no storage.

use std::sync::Arc;

use poise::ApplicationContext;
use secrecy::SecretString;
use serenity::all::CommandInteraction;

use super::Error;
use crate::conversation::ports::Acceptance;
use crate::conversation::question::{NewQuestion, Place, QuestionText, Reply};
use crate::discord::answering::Edge;
use crate::ids::{ApplicationId, ChannelId, GuildId, InteractionId, PersonId};
use crate::render::{Message, sentences};

/// The command as Discord shows it.
pub(super) fn command() -> poise::Command<Arc<Edge>, Error> {
    let mut command = ask();
    command.description = Some(sentences::ASK_DESCRIPTION.into());
    for parameter in &mut command.parameters {
        parameter.description = Some(sentences::QUESTION_DESCRIPTION.into());
    }
    command
}

// Discord checks the length before it sends the command; the number is `QuestionText::LONGEST`, and a test compares them.
#[poise::command(slash_command)]
async fn ask(
    ctx: ApplicationContext<'_, Arc<Edge>, Error>,
    #[max_length = 2000] question: String,
) -> Result<(), Error> {
    let edge = ctx.data();
    if let Err(refusal) = take(edge, ctx.interaction, &question).await {
        edge.refuse(&reply(ctx.interaction), &refusal).await;
    }
    Ok(())
}

/// Takes a question on, or says why not.
async fn take(
    edge: &Arc<Edge>,
    interaction: &CommandInteraction,
    text: &str,
) -> Result<(), Message> {
    let text = QuestionText::parse(text).map_err(sentences::not_a_question)?;
    let open = edge
        .desk
        .in_flight()
        .open(PersonId(interaction.user.id.get()))
        .map_err(sentences::full)?;
    match edge.desk.accept(asked(edge, interaction, text)).await {
        Ok(Acceptance::Accepted(question)) => edge.take(question, open).await,
        Ok(Acceptance::Known) => {
            tracing::debug!(interaction = %interaction.id, "the same question came twice")
        }
        Err(error) => {
            tracing::error!(interaction = %interaction.id, %error, "a question could not be recorded");
            return Err(sentences::not_recorded());
        }
    }
    Ok(())
}

fn asked(edge: &Edge, interaction: &CommandInteraction, text: QuestionText) -> NewQuestion {
    NewQuestion {
        text,
        asker: PersonId(interaction.user.id.get()),
        place: Place {
            guild: interaction.guild_id.map(|guild| GuildId(guild.get())),
            channel: ChannelId(interaction.channel_id.get()),
        },
        reply: reply(interaction),
        asked_at: edge.desk.clock().now(),
    }
}

/// The reply that an interaction holds open.
pub(in crate::discord) fn reply(interaction: &CommandInteraction) -> Reply {
    Reply {
        interaction: InteractionId(interaction.id.get()),
        application: ApplicationId(interaction.application_id.get()),
        token: SecretString::from(interaction.token.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discord_is_told_the_length_that_the_domain_allows() {
        let command = serde_json::to_value(command().create_as_slash_command().unwrap()).unwrap();
        assert_eq!(command["options"][0]["max_length"], QuestionText::LONGEST);
        assert_eq!(command["options"][0]["required"], true);
        assert_eq!(command["description"], sentences::ASK_DESCRIPTION);
    }
}
