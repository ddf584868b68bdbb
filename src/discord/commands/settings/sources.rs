//! The subcommands about where sources come from and how fresh they are: domains, lists of domains, age and dates, language, country, mode.

use serenity::all::{CommandOptionType, CreateCommandOption};

use super::completing::Completion;
use super::leaf::{Deed, Given, Kind, Leaf, Of, Opt, Unfit};
use crate::conversation::language::Language;
use crate::discord::typed;
use crate::render::settings::choice_text;
use crate::render::settings::names::{country_named, language_named};
use crate::search::Recency;
use crate::search::change::{Invalid, Step};
use crate::search::domains::{Domains, Hosts};
use crate::search::fields::Value;
use crate::search::freshness::{Dates, Day, Freshness, Span};
use crate::search::languages::{AnswerLanguage, Country, SourceLanguages};
use crate::search::service::Mode;

/// The subcommands.
pub(super) const LEAVES: &[Leaf] = &[
    Leaf {
        path: "domains allow",
        options: &[Opt::needed("domains", Kind::Plain(text::<2000>))],
        of: Of::Place,
        deed: Deed::Set(|given| Ok(vec![Step::Allow(hosts(given)?)])),
    },
    Leaf {
        path: "domains deny",
        options: &[Opt::needed("domains", Kind::Plain(text::<2000>))],
        of: Of::Place,
        deed: Deed::Set(|given| Ok(vec![Step::Deny(hosts(given)?)])),
    },
    Leaf {
        path: "domains remove",
        options: &[Opt::needed("domains", Kind::Completed(Completion::Listed))],
        of: Of::Place,
        deed: Deed::Set(|given| Ok(vec![Step::Remove(hosts(given)?)])),
    },
    Leaf {
        path: "domains clear",
        options: &[],
        of: Of::Place,
        deed: Deed::Set(|_| Ok(vec![Step::Set(Value::Domains(Domains::All))])),
    },
    Leaf {
        path: "domains preset",
        options: &[Opt::needed("name", Kind::Completed(Completion::Preset))],
        of: Of::Place,
        deed: Deed::Set(|given| Ok(vec![Step::UsePreset(given.args.needed("name").to_owned())])),
    },
    Leaf {
        path: "presets keep",
        options: &[Opt::needed("name", Kind::Plain(text::<100>))],
        of: Of::Place,
        deed: Deed::Keep,
    },
    Leaf {
        path: "presets drop",
        options: &[Opt::needed("name", Kind::Completed(Completion::OwnPreset))],
        of: Of::Server,
        deed: Deed::Set(|given| Ok(vec![Step::DropPreset(given.args.needed("name").to_owned())])),
    },
    Leaf {
        path: "recency",
        options: &[Opt::needed("age", Kind::OneOf(ages))],
        of: Of::Place,
        deed: Deed::Set(|given| {
            let freshness = given.args.one_of("age", &AGES).ok_or(Unfit::Nothing)?;
            let freshness = freshness.map_or(Freshness::Any, Freshness::Recency);
            Ok(vec![Step::Set(Value::Freshness(freshness))])
        }),
    },
    Leaf {
        path: "dates",
        options: &[
            Opt::optional("published_after", Kind::Plain(text::<30>)),
            Opt::optional("published_before", Kind::Plain(text::<30>)),
            Opt::optional("updated_after", Kind::Plain(text::<30>)),
            Opt::optional("updated_before", Kind::Plain(text::<30>)),
        ],
        of: Of::Place,
        deed: Deed::Set(dates),
    },
    Leaf {
        path: "language sources",
        options: &[Opt::needed(
            "languages",
            Kind::Completed(Completion::Languages),
        )],
        of: Of::Place,
        deed: Deed::Set(source_languages),
    },
    Leaf {
        path: "language answers",
        options: &[Opt::needed(
            "language",
            Kind::Completed(Completion::AnswerLanguage),
        )],
        of: Of::Place,
        deed: Deed::Set(answer_language),
    },
    Leaf {
        path: "country",
        options: &[Opt::needed("country", Kind::Completed(Completion::Country))],
        of: Of::Place,
        deed: Deed::Set(country),
    },
    Leaf {
        path: "mode",
        options: &[Opt::needed("mode", Kind::OneOf(modes))],
        of: Of::Place,
        deed: Deed::Set(|given| {
            let mode = given
                .args
                .one_of("mode", &Mode::ALL)
                .ok_or(Unfit::Nothing)?;
            Ok(vec![Step::Set(Value::Mode(mode))])
        }),
    },
];

/// The ages that can be chosen; none for any.
const AGES: [Option<Recency>; 6] = [
    None,
    Some(Recency::Hour),
    Some(Recency::Day),
    Some(Recency::Week),
    Some(Recency::Month),
    Some(Recency::Year),
];

fn ages(language: Language) -> Vec<String> {
    let values = AGES.map(|age| Value::Freshness(age.map_or(Freshness::Any, Freshness::Recency)));
    texts(&values, language)
}

fn modes(language: Language) -> Vec<String> {
    texts(&Mode::ALL.map(Value::Mode), language)
}

/// What values are called that can be chosen.
pub(super) fn texts(values: &[Value], language: Language) -> Vec<String> {
    let each = values.iter();
    each.map(|value| choice_text(value, language)).collect()
}

/// A text of at most so many characters.
pub(super) fn text<const MOST: u16>(option: CreateCommandOption) -> CreateCommandOption {
    option.kind(CommandOptionType::String).max_length(MOST)
}

fn hosts(given: &Given<'_>) -> Result<Hosts, Invalid> {
    typed::hosts(given.args.needed("domains"))
}

fn dates(given: &Given<'_>) -> Result<Vec<Step>, Unfit> {
    let day = |name: &str| {
        let typed = given.args.text(name);
        let day = typed.map(|typed| {
            let day = typed.parse::<Day>();
            day.map_err(|_| Invalid::NotADay(typed.to_owned()))
        });
        day.transpose()
    };
    let published = Span {
        after: day("published_after")?,
        before: day("published_before")?,
    };
    let updated = Span {
        after: day("updated_after")?,
        before: day("updated_before")?,
    };
    let dates = Dates::of(published, updated).map_err(Invalid::Dates)?;
    Ok(vec![Step::Set(Value::Freshness(Freshness::Dates(dates)))])
}

/// Whether somebody typed the name of a value that limits nothing.
pub(super) fn is_named(typed: &str, open: &Value, language: Language) -> bool {
    let typed = typed.trim().to_lowercase();
    [language, Language::English]
        .into_iter()
        .any(|language| choice_text(open, language).to_lowercase() == typed)
}

fn source_languages(given: &Given<'_>) -> Result<Vec<Step>, Unfit> {
    let typed = given.args.needed("languages");
    let open = Value::SourceLanguages(SourceLanguages::default());
    if is_named(typed, &open, given.language) {
        return Ok(vec![Step::Set(open)]);
    }
    let languages = typed::source_languages(typed, given.language)?;
    Ok(vec![Step::Set(Value::SourceLanguages(languages))])
}

fn answer_language(given: &Given<'_>) -> Result<Vec<Step>, Unfit> {
    let typed = given.args.needed("language");
    let open = Value::AnswerLanguage(AnswerLanguage::AsAsked);
    if is_named(typed, &open, given.language) {
        return Ok(vec![Step::Set(open)]);
    }
    let code = language_named(typed, given.language);
    let code = code.ok_or_else(|| Invalid::NoLanguage(typed.to_owned()))?;
    let always = AnswerLanguage::Always(code);
    Ok(vec![Step::Set(Value::AnswerLanguage(always))])
}

fn country(given: &Given<'_>) -> Result<Vec<Step>, Unfit> {
    let typed = given.args.needed("country");
    let open = Value::Country(Country::Anywhere);
    if is_named(typed, &open, given.language) {
        return Ok(vec![Step::Set(open)]);
    }
    let code = country_named(typed, given.language);
    let code = code.ok_or_else(|| Invalid::NoCountry(typed.to_owned()))?;
    Ok(vec![Step::Set(Value::Country(Country::From(code)))])
}
