//! What is offered while an option is typed: from what is in memory, or one look into the store. Never more than Discord shows, never late, and
//! nothing of a place that the person does not see.

use std::sync::Arc;
use std::time::Duration;

use poise::ApplicationContext;
use serenity::all::{CreateAutocompleteResponse, ResolvedValue};
use tokio::time::timeout;

use super::args::Args;
use super::leaf::Kind;
use super::places;
use super::sources::texts;
use super::tree;
use crate::conversation::language::Language;
use crate::discord::answering::Edge;
use crate::discord::arrival::Arrival;
use crate::discord::commands::Error;
use crate::render::settings::names::{countries_like, languages_like};
use crate::render::settings::{choice_text, field_name};
use crate::search::fields::{Complete, Field, Value};
use crate::search::languages::{AnswerLanguage, Country, SourceLanguages};
use crate::search::presets::Preset;
use crate::search::scope::Path;
use crate::search::service::Model;

/// Discord waits three seconds.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most that Discord shows, and the most characters of each and of its value.
///
/// See <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-autocomplete>.
const AT_MOST: usize = 25;
const LONGEST: usize = 100;

/// What values are offered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Completion {
    /// A field.
    Field,
    /// Domains that are listed in the place.
    Listed,
    /// A list of domains: one that comes along, or the server's.
    Preset,
    /// A list of the server's.
    OwnPreset,
    /// Languages of sources.
    Languages,
    /// The language of answers.
    AnswerLanguage,
    /// A country.
    Country,
    /// A model, or a depth.
    Model,
}

/// A name that is shown, and the value that it stands for.
type Offer = (String, String);

/// What is offered for what has been typed so far.
pub(super) async fn complete(
    ctx: ApplicationContext<'_, Arc<Edge>, Error>,
    typed: &str,
) -> CreateAutocompleteResponse {
    let edge = ctx.framework.user_data;
    let arrival = Arrival::of_command(ctx.interaction, &edge.ways.languages);
    let offers = timeout(PATIENCE, offers(edge, &arrival, ctx, typed)).await;
    let fits = |(name, value): &Offer| {
        let fits = |text: &str| (1..=LONGEST).contains(&text.chars().count());
        fits(name) && fits(value)
    };
    let offers = offers.ok().flatten().unwrap_or_default().into_iter();
    let response = CreateAutocompleteResponse::new();
    offers
        .filter(fits)
        .take(AT_MOST)
        .fold(response, |response, (name, value)| {
            response.add_string_choice(name, value)
        })
}

async fn offers(
    edge: &Arc<Edge>,
    arrival: &Arrival,
    ctx: ApplicationContext<'_, Arc<Edge>, Error>,
    typed: &str,
) -> Option<Vec<Offer>> {
    let leaf = tree::leaf(&ctx.command().identifying_name)?;
    let is_focused =
        |value: &ResolvedValue<'_>| matches!(value, ResolvedValue::Autocomplete { .. });
    let focused = ctx.args.iter().find(|option| is_focused(&option.value))?;
    let option = tree::options(leaf).find(|option| option.name == focused.name)?;
    let Kind::Completed(completion) = option.kind else {
        return None;
    };
    let language = arrival.language;
    Some(match completion {
        Completion::Field => {
            let fields = Field::ALL.into_iter();
            let named = fields.map(|field| {
                let name = field_name(field, language);
                (name.to_owned(), field.name().to_owned())
            });
            like(typed, named)
        }
        Completion::Languages => languages(typed, language),
        Completion::AnswerLanguage => {
            let open = Value::AnswerLanguage(AnswerLanguage::AsAsked);
            let named = languages_like(typed, language).into_iter();
            let named = named.map(|(code, name)| (name.to_owned(), code.as_str().to_owned()));
            with_open(typed, &open, language, named)
        }
        Completion::Country => {
            let open = Value::Country(Country::Anywhere);
            let named = countries_like(typed, language).into_iter();
            let named = named.map(|(code, name)| (name.to_owned(), code.as_str().to_owned()));
            with_open(typed, &open, language, named)
        }
        Completion::Model => models(edge, typed, language),
        Completion::Preset | Completion::OwnPreset => {
            let server = Path::server(arrival.place.guild.filter(|_| arrival.place.present)?);
            let in_force = edge.desk.places().in_force(Some(&server)).await.ok()?;
            let own = in_force
                .values
                .presets
                .iter()
                .map(|preset| preset.name.clone());
            let come_along = Preset::ALL
                .into_iter()
                .map(|preset| preset.name().to_owned());
            let come_along = come_along.filter(|_| completion == Completion::Preset);
            like(
                typed,
                own.chain(come_along).map(|name| (name.clone(), name)),
            )
        }
        Completion::Listed => {
            let place = places::named(edge, arrival, &Args::of(ctx.args))
                .await
                .ok()?;
            if !edge.authority(arrival, &place).await.ok()?.may_view {
                return None;
            }
            let in_force = edge.desk.places().in_force(Some(&place)).await.ok()?;
            listed(typed, &in_force.values)
        }
    })
}

/// Those whose name or value holds what is typed, in whatever case: first those that begin with it.
fn like(typed: &str, all: impl Iterator<Item = Offer>) -> Vec<Offer> {
    let typed = typed.trim().to_lowercase();
    let holds = |(name, value): &Offer| {
        name.to_lowercase().contains(&typed) || value.to_lowercase().contains(&typed)
    };
    let mut found: Vec<Offer> = all.filter(holds).collect();
    found.sort_by_key(|(name, value)| {
        !(name.to_lowercase().starts_with(&typed) || value.to_lowercase().starts_with(&typed))
    });
    found
}

/// These behind the value that limits nothing, where that can be meant.
fn with_open(
    typed: &str,
    open: &Value,
    language: Language,
    others: impl Iterator<Item = Offer>,
) -> Vec<Offer> {
    let text = choice_text(open, language);
    let open = like(typed, std::iter::once((text.clone(), text)));
    open.into_iter().chain(others).collect()
}

/// What was typed before the last of several, and that.
fn last_of(typed: &str) -> (&str, &str) {
    let end = typed.rfind([',', ';', '、']);
    let end = end.map_or(0, |at| {
        at + typed
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .map_or(1, char::len_utf8)
    });
    (
        typed
            .get(..end)
            .unwrap_or_default()
            .trim_end_matches([',', ';', '、', ' ']),
        typed.get(end..).unwrap_or_default(),
    )
}

/// What stands before it, and one more.
fn joined(before: &str, one: &str) -> String {
    if before.is_empty() {
        one.to_owned()
    } else {
        format!("{before}, {one}")
    }
}

fn languages(typed: &str, language: Language) -> Vec<Offer> {
    let (before, last) = last_of(typed);
    let named = languages_like(last, language).into_iter();
    let named = named.map(|(code, name)| (joined(before, name), joined(before, code.as_str())));
    if before.is_empty() {
        let open = Value::SourceLanguages(SourceLanguages::default());
        return with_open(typed, &open, language, named);
    }
    named.collect()
}

fn models(edge: &Edge, typed: &str, language: Language) -> Vec<Offer> {
    let operator = edge.desk.places().operator();
    let depths = operator.depths().map(|depth| {
        let depth = [Value::Model(Model::Depth(depth))];
        let called = |language| texts(&depth, language).concat();
        (called(language), called(Language::English))
    });
    let offered = operator
        .offered()
        .map(|name| (name.to_owned(), name.to_owned()));
    like(typed, depths.chain(offered))
}

fn listed(typed: &str, values: &Complete) -> Vec<Offer> {
    let (before, last) = last_of(typed);
    let listed = [values.domains.allowed(), values.domains.denied()].concat();
    let hosts = like(last, listed.into_iter().map(|host| (host.clone(), host)));
    let whole = |(host, _): Offer| {
        let all = joined(before, &host);
        (all.clone(), all)
    };
    hosts.into_iter().map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_what_is_typed_comes_first() {
        let all = ["Our docs", "documentation", "news"];
        let offers = || {
            all.into_iter()
                .map(|name| (name.to_owned(), name.to_owned()))
        };
        let names = |typed| {
            let found = like(typed, offers()).into_iter();
            found.map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names("DOC"), ["documentation", "Our docs"]);
        assert_eq!(names(""), all);
        assert!(names("sport").is_empty());
    }

    #[test]
    fn of_several_languages_the_last_is_offered() {
        assert_eq!(last_of("de, fr"), ("de", " fr"));
        assert_eq!(last_of("独、fr"), ("独", "fr"));
        assert_eq!(last_of("de"), ("", "de"));
        let offers = languages("de, fren", Language::English);
        assert_eq!(
            offers.first(),
            Some(&("de, French".to_owned(), "de, fr".to_owned()))
        );
    }
}
