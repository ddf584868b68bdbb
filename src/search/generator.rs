//! Settings of every kind, for the properties of what reads, saves and sends them. A field without values here does not compile.

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::Recency;
use super::change::Step;
use super::codes::{CountryCode, LanguageCode};
use super::domains::{Domains, Hosts};
use super::fields::{Audit, Complete, Field, Settings, Threads, Value};
use super::freshness::{Dates, Day, Freshness, Span};
use super::languages::{AnswerLanguage, Country, SourceLanguages};
use super::operator::Operator;
use super::people::{Access, Admitted, Members, Setters, Wishable};
use super::persona::{Instruction, Persona};
use super::presets::OwnPreset;
use super::service::{ContextSize, Depth, Dollars, HistoryBudget, Mode, Model};
use super::wish::Wish;
use crate::ids::{ChannelId, PersonId, RoleId};

/// Domains beside and below each other.
const DOMAINS: [&str; 10] = [
    "example.org",
    "docs.example.org",
    "spam.example.org",
    "more.spam.example.org",
    "notexample.org",
    "example.org.example",
    ".gov",
    "nasa.gov",
    ".org",
    "bücher.example",
];

/// What the operator decides where settings are generated: models for two of the depths, two to choose by name, and a service of somebody
/// else's, which is taken to do everything.
pub(crate) fn operator() -> Operator {
    operator_with(None)
}

/// The same with a model for each depth.
pub(crate) fn deep_operator() -> Operator {
    operator_with(Some("sonar-deep".to_owned()))
}

fn operator_with(thorough_model: Option<String>) -> Operator {
    let mut settings = crate::settings::Settings::defaults().unwrap();
    settings.answers.base_url = Some("https://answers.example".parse().unwrap());
    settings.answers.quick_model = Some("sonar-small".to_owned());
    settings.answers.thorough_model = thorough_model;
    settings.answers.offered_models = vec!["sonar-pro".to_owned(), "sonar-max".to_owned()];
    Operator::of(&settings)
}

/// What an operator decides by deciding nothing: the built-in server answers.
pub(crate) fn built_in_operator() -> Operator {
    Operator::of(&crate::settings::Settings::defaults().unwrap())
}

/// The day that is today where settings are generated.
pub(crate) fn today() -> Day {
    "2026-11-23".parse().unwrap()
}

/// Any value of a field.
pub(crate) fn value(field: Field) -> BoxedStrategy<Value> {
    match field {
        Field::Domains => domains().prop_map(Value::Domains).boxed(),
        Field::Freshness => freshness().prop_map(Value::Freshness).boxed(),
        Field::SourceLanguages => vec(language(), 0..=10)
            .prop_map(|languages| Value::SourceLanguages(SourceLanguages::of(languages).unwrap()))
            .boxed(),
        Field::AnswerLanguage => option::of(language())
            .prop_map(|code| code.map_or(AnswerLanguage::AsAsked, AnswerLanguage::Always))
            .prop_map(Value::AnswerLanguage)
            .boxed(),
        Field::Country => option::of(select(CountryCode::all().collect::<Vec<_>>()))
            .prop_map(|code| Value::Country(code.map_or(Country::Anywhere, Country::From)))
            .boxed(),
        Field::Mode => select(&Mode::ALL).prop_map(Value::Mode).boxed(),
        Field::ContextSize => select(&ContextSize::ALL)
            .prop_map(Value::ContextSize)
            .boxed(),
        Field::Model => model().prop_map(Value::Model).boxed(),
        Field::ConfirmAbove => (0..=Dollars::MOST * 100)
            .prop_map(|cents| Value::ConfirmAbove(Dollars::of_cents(cents).unwrap()))
            .boxed(),
        Field::Images => any::<bool>().prop_map(Value::Images).boxed(),
        Field::Related => any::<bool>().prop_map(Value::Related).boxed(),
        Field::Persona => option::of("[\\PC\n\u{7}]{1,40}")
            .prop_map(|text| text.and_then(|text| Instruction::parse(&text).ok()))
            .prop_map(|text| Value::Persona(text.map_or(Persona::Usual, Persona::Instruction)))
            .boxed(),
        Field::History => (0..100u32, 0..1_000_000u32)
            .prop_map(|(turns, tokens)| Value::History(HistoryBudget { turns, tokens }))
            .boxed(),
        Field::Threads => select(&[Threads::Always, Threads::FollowedUp, Threads::Never])
            .prop_map(Value::Threads)
            .boxed(),
        Field::Access => option::of(admitted())
            .prop_map(|admitted| Value::Access(admitted.map_or(Access::Everyone, Access::Only)))
            .boxed(),
        Field::Members => btree_set(select(&Wishable::ALL), 0..=Wishable::ALL.len())
            .prop_map(|wishable| Value::Members(Members(wishable)))
            .boxed(),
        Field::Setters => roles()
            .prop_map(|roles| Value::Setters(Setters(roles)))
            .boxed(),
        Field::Audit => option::of(id())
            .prop_map(|id| Value::Audit(id.map_or(Audit::Off, |id| Audit::Channel(ChannelId(id)))))
            .boxed(),
        Field::Presets => vec(preset(), 0..4).prop_map(Value::Presets).boxed(),
    }
}

/// Any settings: each field set or not.
pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let each = Field::ALL.map(|field| option::of(value(field)).boxed());
    each.to_vec().prop_map(|values| {
        let mut settings = Settings::default();
        for value in values.into_iter().flatten() {
            settings.set(value);
        }
        settings
    })
}

/// A value for every field.
pub(crate) fn complete() -> impl Strategy<Value = Complete> {
    let each = Field::ALL.map(value);
    each.to_vec().prop_map(|values| {
        let mut complete = operator().defaults;
        let mut settings = Settings::default();
        for value in values {
            settings.set(value);
        }
        complete.take(&settings);
        complete
    })
}

/// Any wish.
pub(crate) fn wish() -> impl Strategy<Value = Wish> {
    let parts = (
        option::of(hosts()),
        option::of(select(&Recency::ALL)),
        option::of(select(&Depth::ALL)),
        any::<bool>(),
    );
    parts.prop_map(|(domains, recency, depth, private)| Wish {
        domains,
        recency,
        depth,
        private,
    })
}

/// Any step.
pub(crate) fn step() -> impl Strategy<Value = Step> {
    let name = select(&["ours", "Ours ", "news", "theirs", ""]).prop_map(str::to_owned);
    let kept = (name.clone(), domains());
    prop_oneof![
        6 => select(&Field::ALL).prop_flat_map(value).prop_map(Step::Set),
        1 => select(&Field::ALL).prop_map(Step::Inherit),
        3 => hosts().prop_map(Step::Allow),
        3 => hosts().prop_map(Step::Deny),
        3 => hosts().prop_map(Step::Remove),
        2 => name.clone().prop_map(Step::UsePreset),
        2 => admitted().prop_map(Step::Admit),
        2 => admitted().prop_map(Step::Expel),
        1 => id().prop_map(|id| Step::AddSetter(RoleId(id))),
        1 => id().prop_map(|id| Step::RemoveSetter(RoleId(id))),
        2 => kept.prop_map(|(name, domains)| Step::KeepPreset { name, domains }),
        1 => name.prop_map(Step::DropPreset),
        1 => settings().prop_map(|settings| Step::Replace(Box::new(settings))),
        1 => Just(Step::Reset),
    ]
}

/// Any list of domains, mostly of some that lie beside and below each other.
pub(crate) fn hosts() -> impl Strategy<Value = Hosts> {
    let domain = prop_oneof![
        9 => select(&DOMAINS).prop_map(str::to_owned),
        1 => "[a-z]{1,9}(\\.[a-z0-9_]{1,63}){0,3}\\.[a-z]{2,9}",
    ];
    vec(domain, 1..=4).prop_map(|entries| Hosts::of(entries).unwrap())
}

/// Any place that sources may be from.
pub(crate) fn domains() -> impl Strategy<Value = Domains> {
    prop_oneof![
        Just(Domains::All),
        hosts().prop_map(Domains::Only),
        hosts().prop_map(Domains::Without),
    ]
}

/// The address of a page, on one of the domains of [`hosts`], below one or beside all.
pub(crate) fn address() -> impl Strategy<Value = String> {
    let host = select(&DOMAINS).prop_map(|domain| match domain.strip_prefix('.') {
        Some(top) => format!("any.{top}"),
        None => domain.to_owned(),
    });
    let below = select(&["", "www.", "a.b.", "not"]);
    let scheme = select(&["https", "HTTP", "ftp", "file"]);
    let whole = (scheme, below, host, any::<bool>()).prop_map(|(scheme, below, host, dot)| {
        let dot = if dot { "." } else { "" };
        format!("{scheme}://{below}{host}{dot}/page")
    });
    prop_oneof![
        20 => whole,
        1 => Just("handbook/settings.md".to_owned()),
        1 => Just("mailto:somebody@example.org".to_owned()),
    ]
}

/// A day around those that matter: today, and those of [`freshness`].
pub(crate) fn day() -> impl Strategy<Value = Day> {
    (0..800u16).prop_map(|days| today().before(days))
}

fn freshness() -> impl Strategy<Value = Freshness> {
    let span = || (option::of(day()), option::of(day()));
    let dates = (span(), span()).prop_map(|(published, updated)| {
        let span = |(after, before): (Option<Day>, Option<Day>)| Span { after, before };
        // Where they leave no day, any is right.
        let dates = Dates::of(span(published), span(updated));
        dates.map_or(Freshness::Any, Freshness::Dates)
    });
    prop_oneof![
        1 => Just(Freshness::Any),
        3 => select(&Recency::ALL).prop_map(Freshness::Recency),
        6 => dates,
    ]
}

fn language() -> impl Strategy<Value = LanguageCode> {
    select(LanguageCode::all().collect::<Vec<_>>())
}

fn model() -> impl Strategy<Value = Model> {
    let named = select(&["sonar-pro", "sonar-max", "no-longer-offered"]);
    prop_oneof![
        select(&Depth::ALL).prop_map(Model::Depth),
        named.prop_map(|name| Model::Named(name.to_owned())),
    ]
}

/// An id, also with the highest bit.
fn id() -> impl Strategy<Value = u64> {
    prop_oneof![1..9u64, Just(u64::MAX)]
}

fn roles() -> impl Strategy<Value = BTreeSet<RoleId>> {
    btree_set(id().prop_map(RoleId), 0..4)
}

fn admitted() -> impl Strategy<Value = Admitted> {
    let people = btree_set(id().prop_map(PersonId), 0..4);
    (roles(), people).prop_map(|(roles, people)| Admitted { roles, people })
}

fn preset() -> impl Strategy<Value = OwnPreset> {
    ("\\PC{1,9}", domains()).prop_map(|(name, domains)| OwnPreset { name, domains })
}
