//! The tree of `/settings` as the framework and Discord know it, made from the list of its subcommands.

use std::sync::Arc;

use poise::CommandParameterChoice;
use serenity::all::{CommandOptionType, InstallationContext, InteractionContext};

use super::leaf::{Kind, Leaf, Of, Opt};
use super::{answers, completing, general, people, places, run, sources};
use crate::conversation::language::Language;
use crate::discord::answering::Edge;
use crate::discord::commands::{Error, Localized};
use crate::render::settings::command_texts;

type Command = poise::Command<Arc<Edge>, Error>;
type Parameter = poise::CommandParameter<Arc<Edge>, Error>;

/// Every subcommand, in the order in which Discord shows them.
pub(super) fn leaves() -> impl Iterator<Item = &'static Leaf> {
    [
        general::LEAVES,
        sources::LEAVES,
        answers::LEAVES,
        people::LEAVES,
    ]
    .into_iter()
    .flatten()
}

/// The subcommand of this path.
pub(super) fn leaf(path: &str) -> Option<&'static Leaf> {
    leaves().find(|leaf| leaf.path == path)
}

/// The options of a subcommand, with those that name the place.
pub(super) fn options(leaf: &'static Leaf) -> impl Iterator<Item = &'static Opt> {
    let places: &[Opt] = match leaf.of {
        Of::Place => &places::OPTIONS,
        Of::Server | Of::Managers(_) => &[],
    };
    leaf.options.iter().chain(places)
}

/// `/settings` with all its subcommands. Discord shows it to everybody, unless a server decides otherwise: a role that the server chose may be
/// anybody's. Who may do what is judged whenever one is used.
pub(in crate::discord::commands) fn command() -> Command {
    let mut top = named("settings", "settings");
    top.subcommand_required = true;
    top.install_context = Some(vec![InstallationContext::Guild]);
    top.interaction_context = Some(vec![InteractionContext::Guild]);
    for leaf in leaves() {
        let mut command = match leaf.path.split_once(' ') {
            None => named(leaf.path, leaf.path),
            Some((_, name)) => named(name, leaf.path),
        };
        command.parameters = options(leaf)
            .map(|option| parameter(leaf, option))
            .collect();
        let Some((group, _)) = leaf.path.split_once(' ') else {
            top.subcommands.push(command);
            continue;
        };
        match top.subcommands.iter_mut().find(|sub| sub.name == group) {
            Some(of_group) => of_group.subcommands.push(command),
            None => {
                let mut of_group = named(group, group);
                of_group.subcommand_required = true;
                of_group.subcommands.push(command);
                top.subcommands.push(of_group);
            }
        }
    }
    top
}

/// A command, a group or a subcommand. Its path is what it is known by when it is used.
fn named(name: &'static str, path: &'static str) -> Command {
    Command {
        name: name.into(),
        qualified_name: name.into(),
        identifying_name: path.into(),
        source_code_name: name.into(),
        description: Some(command_texts::command(path, Language::English).into()),
        description_localizations: localized(|language| {
            command_texts::command(path, language).to_owned()
        }),
        slash_action: Some(|ctx| Box::pin(run(ctx))),
        ..Command::default()
    }
}

fn parameter(leaf: &'static Leaf, option: &'static Opt) -> Parameter {
    let said = |language| command_texts::option(leaf.path, option.name, language).to_owned();
    let text: fn(_) -> _ =
        |option: serenity::all::CreateCommandOption| option.kind(CommandOptionType::String);
    let whole: fn(_) -> _ =
        |option: serenity::all::CreateCommandOption| option.kind(CommandOptionType::Integer);
    Parameter {
        name: option.name.into(),
        name_localizations: Localized::default(),
        description: Some(said(Language::English).into()),
        description_localizations: localized(said),
        required: option.required,
        channel_types: None,
        choices: match option.kind {
            Kind::OneOf(texts) => choices(texts).into(),
            Kind::Plain(_) | Kind::Completed(_) => Vec::new().into(),
        },
        type_setter: Some(match option.kind {
            Kind::Plain(setter) => setter,
            Kind::Completed(_) => text,
            Kind::OneOf(_) => whole,
        }),
        autocomplete_callback: matches!(option.kind, Kind::Completed(_))
            .then_some(|ctx, typed| Box::pin(completing::complete(ctx, typed))),
        __non_exhaustive: (),
    }
}

/// What can be chosen, as it is called in every language.
fn choices(texts: fn(Language) -> Vec<String>) -> Vec<CommandParameterChoice> {
    let called = texts(Language::English).into_iter().enumerate();
    let choice = |(place, name): (usize, String)| CommandParameterChoice {
        localizations: localized(|language| {
            let called = texts(language).into_iter().nth(place);
            called.unwrap_or_else(|| name.clone())
        }),
        name: name.into(),
        __non_exhaustive: (),
    };
    called.map(choice).collect()
}

/// A text in every locale that Footnote speaks beside English, which Discord shows in all others.
fn localized(text: impl Fn(Language) -> String) -> Localized {
    let others = Language::ALL.into_iter();
    let others = others.filter(|language| *language != Language::English);
    others
        .flat_map(|language| {
            let text = text(language);
            let locales = language.locales().iter();
            locales.map(move |locale| ((*locale).into(), text.clone().into()))
        })
        .collect()
}

#[cfg(test)]
mod tests;
