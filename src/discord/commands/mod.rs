//! The commands people use, one file each. This list is what Discord is told; a command not in it does not exist.

mod ask;

mod ask_about;

mod check_this;

mod research;

mod settings;

use std::borrow::Cow;
use std::sync::Arc;

use serenity::all::{CreateCommand, InstallationContext, InteractionContext};

use super::answering::Edge;
use crate::conversation::language::Language;
use crate::render::sentences::{CommandTexts, commands};
pub(super) use settings::{Files, Waiting};

/// What a command may fail with: nothing of its own. Whatever goes wrong is told where it happens.
pub(super) type Error = std::convert::Infallible;

/// A text in Discord's locales.
type Localized = Cow<'static, [(Cow<'static, str>, Cow<'static, str>)]>;

/// Every command. Each but `/settings`, which is for servers alone, works in servers, in direct conversations with the bot, and for whoever
/// installed the app for themselves everywhere else.
pub(super) fn all() -> Vec<poise::Command<Arc<Edge>, Error>> {
    let mut commands = vec![
        ask::command(),
        research::command(),
        ask_about::command(),
        check_this::command(),
    ];
    for command in &mut commands {
        command.install_context = Some(vec![InstallationContext::Guild, InstallationContext::User]);
        command.interaction_context = Some(vec![
            InteractionContext::Guild,
            InteractionContext::BotDm,
            InteractionContext::PrivateChannel,
        ]);
    }
    commands.push(settings::command());
    commands
}

/// The commands as Discord is told of them. The framework leaves out what the entries of menus are called in other languages.
pub(super) fn told(commands: &[poise::Command<Arc<Edge>, Error>]) -> Vec<CreateCommand> {
    let slash = |command: &poise::Command<_, _>| command.create_as_slash_command();
    let menu = |command: &poise::Command<_, _>| {
        let told = command.create_as_context_menu_command()?;
        let names = command.name_localizations.iter();
        Some(names.fold(told, |told, (locale, name)| {
            told.name_localized(locale.as_ref(), name.as_ref())
        }))
    };
    commands
        .iter()
        .flat_map(|command| slash(command).into_iter().chain(menu(command)))
        .collect()
}

/// A text of the commands in every locale that Footnote speaks. English is what Discord shows in all others.
fn localized(text: impl Fn(CommandTexts) -> &'static str) -> Localized {
    let others = Language::ALL
        .into_iter()
        .filter(|language| *language != Language::English);
    others
        .flat_map(|language| {
            let text = text(commands(language));
            let in_locale = move |locale: &&'static str| (Cow::from(*locale), Cow::from(text));
            language.locales().iter().map(in_locale)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told_of() -> Vec<Value> {
        let told = serde_json::to_value(told(&all())).unwrap();
        told.as_array().unwrap().clone()
    }

    #[test]
    fn discord_is_told_of_every_command_that_it_works_everywhere() {
        let told = told_of();
        let names: Vec<&str> = told
            .iter()
            .map(|command| command["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "ask",
                "research",
                "Ask about this",
                "Check this",
                "settings"
            ]
        );
        for command in told.iter().take(4) {
            assert_eq!(command["integration_types"], json!([0, 1]));
            assert_eq!(command["contexts"], json!([0, 1, 2]));
        }
    }

    #[test]
    fn discord_is_told_the_commands_in_every_locale_of_the_languages() {
        let told = told_of();
        for texts in [
            &told[0]["description_localizations"],
            &told[0]["options"][0]["name_localizations"],
            &told[0]["options"][0]["description_localizations"],
            &told[1]["description_localizations"],
            &told[1]["options"][3]["name_localizations"],
            &told[2]["name_localizations"],
            &told[3]["name_localizations"],
        ] {
            let mut locales: Vec<&str> = texts
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            locales.sort_unstable();
            assert_eq!(locales, ["de", "es-419", "es-ES", "fr", "ja", "pt-BR"]);
        }
        assert_eq!(told[2]["name_localizations"]["de"], "Dazu fragen");
        assert_eq!(told[0]["name_localizations"], json!({}));
    }
}
