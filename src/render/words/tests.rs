//! What must hold of every text in every language. The texts themselves are in the snapshots beside this file, one a language, as a person
//! reads them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{fill, words};
use crate::conversation::language::Language;

/// What stands for the placeholders that are the same in every language, where the texts are shown.
const SAMPLES: [(&str, &str); 27] = [
    ("amount", "0.41"),
    ("asker", "<@1>"),
    ("channel", "<#2>"),
    ("country", "Portugal"),
    ("cost", "$0.50"),
    ("date", "2026-03-04"),
    ("domains", "example.org, example.net"),
    ("from", "3"),
    ("high", "$1.50"),
    ("language", "Latin"),
    ("languages", "Latin, Inuktitut"),
    ("me", "<@4>"),
    ("minutes", "1"),
    ("moment", "<t:6:t>"),
    ("most", "2000"),
    ("n", "3"),
    ("name", "Alice"),
    ("page", "2"),
    ("pages", "3"),
    ("place", "2"),
    ("queries", "tea · history of tea"),
    ("question", "tea?"),
    ("seconds", "93"),
    ("thread", "<#5>"),
    ("time", "93 s"),
    ("to", "10"),
    ("usual", "$0.50"),
];

/// What stands for each placeholder in a language.
fn samples(language: Language) -> Vec<(&'static str, String)> {
    let words = words(language);
    let link = |label: &str| format!("[{label}](<https://discord.com/…>)");
    let of_language = [
        ("ask_about", words.ask_about.to_owned()),
        ("begin", words.begin.to_owned()),
        ("dollars", fill(words.dollars, &[("amount", "0.41")])),
        ("elapsed", words.elapsed_minutes.of(5)),
        ("estimate", words.about_minutes.of(5)),
        ("follow_up", words.follow_up.to_owned()),
        ("link", link(words.the_answer)),
        ("message", link(words.a_message)),
        ("permission", words.send_in_threads.to_owned()),
        ("when", words.in_minutes.of(5)),
    ];
    let fixed = SAMPLES.map(|(name, value)| (name, value.to_owned()));
    fixed.into_iter().chain(of_language).collect()
}

fn filled(text: &str, values: &[(&str, String)]) -> String {
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    fill(text, &values)
}

/// The most characters of what stands for a placeholder, where that is not a short number or name.
const LONGEST: [(&str, usize); 6] = [
    ("name", 32),
    ("question", 200),
    ("message", 120),
    ("link", 120),
    ("queries", 420),
    ("domains", 1_000),
];

/// Texts that are in a language as they are in English, and why.
const ALIKE: [(Language, &str); 12] = [
    // The signs of the units are the same everywhere.
    (Language::German, "seconds"),
    (Language::Spanish, "seconds"),
    (Language::Portuguese, "seconds"),
    (Language::German, "minutes"),
    (Language::Spanish, "minutes"),
    (Language::Portuguese, "minutes"),
    // The words are the same in French.
    (Language::French, "question_option"),
    (Language::French, "sources_button"),
    (Language::French, "sources"),
    (Language::French, "untitled"),
    // A name of a file that every system takes.
    (Language::Japanese, "file_name"),
    (Language::Japanese, "whole_file_name"),
];

/// Every text of a language by its name; the forms of one that counts by their own.
fn texts(language: Language) -> BTreeMap<String, String> {
    let all = serde_json::to_value(words(language)).unwrap();
    let mut texts = BTreeMap::new();
    for (name, text) in all.as_object().unwrap() {
        match text {
            _ if name == "decimal" => {}
            Value::String(text) => drop(texts.insert(name.clone(), text.clone())),
            Value::Object(forms) => texts.extend(forms.iter().map(|(form, text)| {
                let text = text.as_str().unwrap().to_owned();
                (format!("{name}.{form}"), text)
            })),
            other => panic!("{name} is no text: {other}"),
        }
    }
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

fn length(text: &str) -> usize {
    text.chars().count()
}

#[test]
fn every_text_stands_clean_in_its_line() {
    for (language, name, text) in all_texts() {
        let which = format!("{language:?} {name}: {text}");
        assert!(!text.is_empty(), "{which}");
        assert_eq!(text.trim(), text, "{which}");
        assert!(!text.contains("  "), "{which}");
        assert!(!text.contains(['\'', '"', '\n', '\t']), "{which}");
        assert!(!text.contains("..."), "{which}");
        let bold = text.matches("**").count();
        assert!(bold.is_multiple_of(2), "{which}");
    }
}

#[test]
fn every_text_says_as_much_as_the_english_one() {
    let english = texts(Language::English);
    for (language, name, text) in all_texts() {
        let which = format!("{language:?} {name}: {text}");
        let model = &english[&name];
        match name.split_once('.') {
            // One thing may be told in words: "in a minute".
            Some((_, "one" | "zero")) => {
                assert!(placeholders(&text).is_subset(&["n"].into()), "{which}");
            }
            Some(_) => assert_eq!(placeholders(&text), ["n"].into(), "{which}"),
            None => assert_eq!(placeholders(&text), placeholders(model), "{which}"),
        }
        assert_eq!(text.starts_with("-# "), model.starts_with("-# "), "{which}");
        assert_eq!(text.starts_with("**"), model.starts_with("**"), "{which}");
        let commands = |text: &str| text.matches("`/ask`").count();
        assert_eq!(commands(&text), commands(model), "{which}");
    }
}

#[test]
fn every_text_is_translated() {
    let english = texts(Language::English);
    for (language, name, text) in all_texts() {
        let stem = name.split('.').next().unwrap_or_default();
        let is_alike = ALIKE.contains(&(language, stem));
        let same = text == english[&name];
        if language == Language::English || stem == "source_count" && language == Language::French {
            continue;
        }
        assert_eq!(same, is_alike, "{language:?} {name}: {text}");
    }
}

#[test]
fn what_discord_limits_is_short_enough() {
    for language in Language::ALL {
        let words = words(language);
        let check = |text: &str, most: usize| {
            assert!((1..=most).contains(&length(text)), "{language:?}: {text}");
        };
        let buttons = [
            words.sources_button,
            words.follow_up,
            words.regenerate,
            words.try_again,
            words.delete,
            words.answer_edited,
            words.stop,
            words.previous,
            words.next,
            words.begin,
            words.cancel,
        ];
        // Discord takes 80; five of them stand in a row.
        buttons.into_iter().for_each(|label| check(label, 30));
        let labels: BTreeSet<&str> = buttons.into();
        assert_eq!(labels.len(), buttons.len(), "{language:?}: two are alike");
        [words.ask_about, words.check_this]
            .into_iter()
            .for_each(|name| check(name, 32));
        assert_ne!(words.ask_about, words.check_this);
        [
            words.ask_description,
            words.research_description,
            words.question_description,
        ]
        .into_iter()
        .for_each(|text| check(text, 100));
        // The titles of forms, and the label of their field.
        [words.follow_up, words.ask_about, words.question_description]
            .into_iter()
            .for_each(|text| check(text, 45));
        check(words.related, 150);
        let options = [
            words.question_option,
            words.domains_option,
            words.recency_option,
            words.depth_option,
            words.private_option,
        ];
        options.into_iter().for_each(|name| check(name, 32));
        assert_eq!(BTreeSet::from(options).len(), options.len());
        let descriptions = [
            words.domains_description,
            words.recency_description,
            words.depth_description,
            words.private_description,
        ];
        descriptions.into_iter().for_each(|text| check(text, 100));
        // See https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming
        let in_a_name = |c: char| c.is_alphanumeric() && c.to_lowercase().eq([c]);
        for option in options {
            assert!(option.chars().all(in_a_name), "{option}");
        }
        let in_a_file_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
        for name in [words.file_name, words.whole_file_name] {
            assert!(name.chars().all(in_a_file_name));
            check(name, 60);
        }
        assert_ne!(words.file_name, words.whole_file_name);
    }
}

#[test]
fn the_pieces_of_a_footer_are_short() {
    for language in Language::ALL {
        let words = words(language);
        let pieces = [
            words.source_count.of(999),
            words.removed.of(999),
            words.left_out.of(999),
            words.more.of(999),
            words.uncited.to_owned(),
            fill(words.without, &[("domains", "")]),
            fill(words.sources_in, &[("languages", "")]),
            fill(words.answer_in, &[("language", "")]),
            fill(words.country, &[("country", "")]),
            fill(words.researched_in, &[("time", "")]),
            fill(words.dollars, &[("amount", "999999.99")]),
            fill(words.seconds, &[("seconds", "59")]),
            fill(words.minutes, &[("minutes", "1440"), ("seconds", "59")]),
        ];
        let periods = [
            words.past_hour,
            words.past_day,
            words.past_week,
            words.past_month,
            words.past_year,
        ];
        for piece in pieces.iter().map(String::as_str).chain(periods) {
            assert!(length(piece) <= 40, "{language:?}: {piece}");
            assert!(!piece.contains('·'), "{language:?}: {piece}");
        }
        let page = fill(words.page, &[("page", "65535"), ("pages", "65535")]);
        assert!(length(&page) <= 39, "{language:?}: {page}");
    }
}

#[test]
fn every_sentence_is_a_message_with_the_longest_values() {
    for (language, name, text) in all_texts() {
        let longest: Vec<(&str, String)> = samples(language)
            .into_iter()
            .map(|(placeholder, _)| {
                let known = LONGEST.iter().find(|(name, _)| *name == placeholder);
                (placeholder, "x".repeat(known.map_or(60, |(_, most)| *most)))
            })
            .collect();
        let filled = filled(&text, &longest);
        // As much is left of a message for what stands with it.
        assert!(length(&filled) <= 1_200, "{language:?} {name}");
    }
}

#[test]
fn each_language_counts_by_its_own_rule() {
    let told = |language| {
        let count = words(language).source_count;
        [0, 1, 2].map(|number| count.of(number)).join(", ")
    };
    insta::assert_snapshot!(told(Language::English), @"0 sources, 1 source, 2 sources");
    insta::assert_snapshot!(told(Language::German), @"0 Quellen, 1 Quelle, 2 Quellen");
    insta::assert_snapshot!(told(Language::French), @"0 source, 1 source, 2 sources");
    insta::assert_snapshot!(told(Language::Spanish), @"0 fuentes, 1 fuente, 2 fuentes");
    insta::assert_snapshot!(told(Language::Portuguese), @"0 fonte, 1 fonte, 2 fontes");
    insta::assert_snapshot!(told(Language::Japanese), @"出典0件, 出典1件, 出典2件");
}

#[test]
fn what_is_filled_in_is_not_looked_at_again() {
    assert_eq!(
        fill("{a} and {b}.", &[("a", "{b}"), ("b", "two")]),
        "{b} and two."
    );
}

#[test]
fn every_text_was_read_by_somebody() {
    for language in Language::ALL {
        let lines: Vec<String> = texts(language)
            .iter()
            .map(|(name, text)| {
                // A space that does not break looks like one that does.
                let text = match name.split_once('.') {
                    Some((_, "zero")) => fill(text, &[("n", "0")]),
                    Some((_, "one")) => fill(text, &[("n", "1")]),
                    _ => filled(text, &samples(language)),
                };
                let text = text.replace('\u{a0}', "⍽");
                format!("{name}: {text}")
            })
            .collect();
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{language:?}").to_lowercase(), lines.join("\n"));
        });
    }
}
