//! What must hold of every text in every language. As people read them, they are in the snapshots of the values and the refusals.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::words;
use crate::conversation::language::Language;
use crate::render::settings::{field_help, field_name, level_name};
use crate::search::fields::Field;
use crate::search::scope::Level;

/// Texts that are in a language as they are in English, and why.
const ALIKE: [(Language, &str); 19] = [
    // The words are the same.
    (Language::German, "fields.domains.name"),
    (Language::German, "thread"),
    (Language::Spanish, "roles"),
    (Language::French, "tokens"),
    (Language::Spanish, "tokens"),
    (Language::Portuguese, "tokens"),
    // The signs between and around things are.
    (Language::German, "between"),
    (Language::French, "between"),
    (Language::Spanish, "between"),
    (Language::Portuguese, "between"),
    (Language::German, "lists_called"),
    (Language::Spanish, "lists_called"),
    (Language::Portuguese, "lists_called"),
    (Language::German, "list_of"),
    (Language::French, "list_of"),
    (Language::Spanish, "list_of"),
    (Language::Portuguese, "list_of"),
    (Language::Portuguese, "quoted"),
    (Language::Japanese, "thousands"),
];

/// Every text of a language by its name; those of a group, and the forms of one that counts, by `group.name`.
fn texts(language: Language) -> BTreeMap<String, String> {
    fn collect(prefix: &str, value: &Value, texts: &mut BTreeMap<String, String>) {
        match value {
            Value::String(text) => drop(texts.insert(prefix.to_owned(), text.clone())),
            Value::Object(group) => {
                for (name, value) in group {
                    let name = if prefix.is_empty() {
                        name.clone()
                    } else {
                        format!("{prefix}.{name}")
                    };
                    collect(&name, value, texts);
                }
            }
            other => panic!("{prefix} is no text: {other}"),
        }
    }
    let mut texts = BTreeMap::new();
    collect(
        "",
        &serde_json::to_value(words(language)).unwrap(),
        &mut texts,
    );
    texts
}

fn all_texts() -> impl Iterator<Item = (Language, String, String)> {
    Language::ALL.into_iter().flat_map(|language| {
        let texts = texts(language).into_iter();
        texts.map(move |(name, text)| (language, name, text))
    })
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .map(|after| after.split_once('}').expect("a brace is open").0)
        .collect()
}

/// The name of a text without the form of one that counts.
fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, "zero" | "one" | "other")) => stem,
        _ => name,
    }
}

#[test]
fn every_text_stands_clean_in_its_line() {
    for (language, name, text) in all_texts() {
        if name == "between" || name == "thousands" {
            continue;
        }
        let which = format!("{language:?} {name}: {text}");
        assert!(!text.is_empty(), "{which}");
        assert_eq!(text.trim(), text, "{which}");
        assert!(!text.contains("  "), "{which}");
        assert!(!text.contains(['\'', '"', '\n', '\t']), "{which}");
        assert!(!text.contains("..."), "{which}");
        assert!(text.matches("**").count().is_multiple_of(2), "{which}");
        assert!(text.matches('`').count().is_multiple_of(2), "{which}");
        let is_sentence = name.starts_with("faults.") || name.ends_with(".help");
        assert_eq!(text.ends_with(['.', '。']), is_sentence, "{which}");
    }
}

#[test]
fn every_text_says_as_much_as_the_english_one() {
    let english = texts(Language::English);
    for (language, name, text) in all_texts() {
        let which = format!("{language:?} {name}: {text}");
        let model = &english[&name];
        assert_eq!(placeholders(&text), placeholders(model), "{which}");
        let code = |text: &str| {
            let code = text.split('`').skip(1).step_by(2);
            code.map(str::to_owned).collect::<BTreeSet<_>>()
        };
        assert_eq!(code(&text), code(model), "{which}");
    }
}

#[test]
fn every_text_is_translated() {
    let english = texts(Language::English);
    let mut alike = BTreeSet::new();
    for (language, name, text) in all_texts() {
        if language != Language::English && text == english[&name] {
            alike.insert((language, stem(&name).to_owned()));
        }
    }
    let known = ALIKE.map(|(language, name)| (language, name.to_owned()));
    assert_eq!(alike, known.into());
}

#[test]
fn names_are_short_enough_for_menus_and_forms_and_differ() {
    for language in Language::ALL {
        let check = |text: &str, most: usize| {
            let length = text.chars().count();
            assert!((1..=most).contains(&length), "{language:?}: {text}");
        };
        let names = Field::ALL.map(|field| field_name(field, language));
        names.into_iter().for_each(|name| check(name, 45));
        assert_eq!(BTreeSet::from(names).len(), names.len(), "{language:?}");
        let helps = Field::ALL.map(|field| field_help(field, language));
        helps.into_iter().for_each(|help| check(help, 100));
        assert_eq!(BTreeSet::from(helps).len(), helps.len(), "{language:?}");
        let levels = Level::IN_DISCORD.into_iter().chain([Level::Operator]);
        let levels: BTreeSet<&str> = levels.map(|level| level_name(level, language)).collect();
        levels.iter().for_each(|name| check(name, 45));
        assert_eq!(levels.len(), 5, "{language:?}");
    }
}
