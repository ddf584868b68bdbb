//! The forms that the panel opens: one or several fields of text, with what is set in them already, or what somebody had typed before.

use super::words::Words;
use super::{Form, Input, View};
use crate::conversation::panel::{Act, Panel};
use crate::render::link::shortened;
use crate::render::settings::field_name;
use crate::render::settings::names::{country_name, language_name};
use crate::render::settings::values::amount_text;
use crate::search::fields::{Field, Value};
use crate::search::freshness::{Day, Freshness};
use crate::search::persona::{Instruction, Persona};
use crate::search::presets::OwnPreset;

/// The most fields that a form has.
pub const INPUTS_AT_MOST: usize = 4;

/// The most characters above a form.
///
/// See <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal>.
const TITLE_LIMIT: usize = 45;

/// The most characters that a list of domains takes: all that Discord lets a field have.
const LONGEST_LIST: u16 = 4_000;

/// The most characters of a name, a date or a number.
const LONGEST_WORD: u16 = 100;

/// The most characters of a list of languages.
const LONGEST_LANGUAGES: u16 = 400;

/// The form of a control; none where it has none. `typed` is what was typed before and was not valid, in the order of the
/// fields; without it they hold what is in force.
pub fn form(view: &View<'_>, panel: Panel, typed: Option<&[String]>) -> Option<Form> {
    let (words, field) = (view.words(), panel.field?);
    let (name, mut inputs) = match panel.act {
        Act::Allow => (words.allow, vec![domains(words)]),
        Act::Deny => (words.deny, vec![domains(words)]),
        Act::Remove => (words.remove, vec![domains(words)]),
        Act::Keep => {
            let longest = u16::try_from(OwnPreset::LONGEST_NAME).unwrap_or(LONGEST_WORD);
            let input = line("name", words.list_name);
            (words.keep, vec![Input { longest, ..input }])
        }
        Act::Write => ("", written(view, field)?),
        _ => return None,
    };
    for (input, typed) in inputs.iter_mut().zip(typed.unwrap_or_default()) {
        input.value.clone_from(typed);
    }
    for input in &mut inputs {
        input.value = input.value.chars().take(input.longest.into()).collect();
    }
    let title = match name.trim_end_matches(['…', ' ']) {
        "" => field_name(field, view.language).to_owned(),
        name => format!("{}: {name}", field_name(field, view.language)),
    };
    Some(Form {
        title: shortened(&title, TITLE_LIMIT),
        panel,
        inputs,
    })
}

/// The fields in which a value is written.
fn written(view: &View<'_>, field: Field) -> Option<Vec<Input>> {
    let words = view.words();
    let filled = |input: Input, value: String| Input { value, ..input };
    Some(match view.levels.origin(view.operator, field).value {
        Value::Freshness(freshness) => dates(words, &freshness),
        Value::SourceLanguages(languages) => {
            let names = languages.as_slice().iter();
            let names = names.map(|code| language_name(*code, view.language));
            let names: Vec<&str> = names.collect();
            let input = Input {
                longest: LONGEST_LANGUAGES,
                ..line("languages", words.languages)
            };
            vec![filled(input, names.join(", "))]
        }
        Value::AnswerLanguage(always) => {
            let name = always.code().map(|code| language_name(code, view.language));
            let input = line("language", words.one_language);
            vec![filled(input, name.unwrap_or_default().to_owned())]
        }
        Value::Country(country) => {
            let name = country.code().map(|code| country_name(code, view.language));
            let input = line("country", words.country);
            vec![filled(input, name.unwrap_or_default().to_owned())]
        }
        Value::ConfirmAbove(amount) => {
            let typed = amount_text(amount, view.language);
            vec![filled(line("amount", words.amount), typed)]
        }
        Value::Persona(persona) => {
            let text = match &persona {
                Persona::Usual => "",
                Persona::Instruction(instruction) => instruction.as_str(),
            };
            let input = Input {
                longest: u16::try_from(Instruction::LONGEST).unwrap_or(LONGEST_LIST),
                is_long: true,
                ..line("instruction", words.instruction)
            };
            vec![filled(input, text.to_owned())]
        }
        Value::History(history) => vec![
            filled(line("turns", words.turns), history.turns.to_string()),
            filled(line("tokens", words.tokens), history.tokens.to_string()),
        ],
        _ => return None,
    })
}

/// Four days, of which any may stay empty.
fn dates(words: &Words, freshness: &Freshness) -> Vec<Input> {
    let [published, updated] = match freshness {
        Freshness::Dates(dates) => [dates.published(), dates.updated()],
        Freshness::Any | Freshness::Recency(_) => Default::default(),
    };
    let day = |name, label, day: Option<Day>| Input {
        value: day.map(|day| day.to_string()).unwrap_or_default(),
        placeholder: words.day,
        is_required: false,
        ..line(name, label)
    };
    vec![
        day("published-after", words.published_after, published.after),
        day("published-before", words.published_before, published.before),
        day("updated-after", words.updated_after, updated.after),
        day("updated-before", words.updated_before, updated.before),
    ]
}

fn domains(words: &Words) -> Input {
    Input {
        longest: LONGEST_LIST,
        is_long: true,
        placeholder: "docs.rs",
        ..line("domains", words.domains_field)
    }
}

/// A field of one line that has to be filled in.
fn line(name: &'static str, label: &'static str) -> Input {
    Input {
        name,
        label,
        value: String::new(),
        placeholder: "",
        longest: LONGEST_WORD,
        is_long: false,
        is_required: true,
    }
}
