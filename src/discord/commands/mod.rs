//! The commands people use, one file each. This list is what Discord is told; a command not in it does not exist.

mod ask;

mod ask_about;

mod check_this;

use std::sync::Arc;

use serenity::all::{InstallationContext, InteractionContext};

use super::answering::Edge;

/// What a command may fail with: nothing of its own. Whatever goes wrong is told where it happens.
pub(super) type Error = std::convert::Infallible;

/// Every command. Each works in servers, in direct conversations with the bot, and for whoever installed the app for themselves
/// everywhere else.
pub(super) fn all() -> Vec<poise::Command<Arc<Edge>, Error>> {
    let mut commands = vec![ask::command(), ask_about::command(), check_this::command()];
    for command in &mut commands {
        command.install_context = Some(vec![InstallationContext::Guild, InstallationContext::User]);
        command.interaction_context = Some(vec![
            InteractionContext::Guild,
            InteractionContext::BotDm,
            InteractionContext::PrivateChannel,
        ]);
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sentences;

    #[test]
    fn discord_is_told_of_every_command_that_it_works_everywhere() {
        let commands = poise::builtins::create_application_commands(&all());
        let told = serde_json::to_value(commands).unwrap();
        let names: Vec<&str> = told
            .as_array()
            .unwrap()
            .iter()
            .map(|command| command["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["ask", sentences::ASK_ABOUT, sentences::CHECK_THIS]);
        for command in told.as_array().unwrap() {
            assert_eq!(command["integration_types"], serde_json::json!([0, 1]));
            assert_eq!(command["contexts"], serde_json::json!([0, 1, 2]));
        }
    }
}
