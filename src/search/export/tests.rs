//! What is exported can be imported, and what cannot be imported is named, all of it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::ids::{PersonId, RoleId};
use crate::search::codes::LanguageCode;
use crate::search::domains::{Domains, Hosts};
use crate::search::fields::Value;
use crate::search::generator;
use crate::search::languages::SourceLanguages;
use crate::search::people::{Access, Admitted, Setters};
use crate::search::persona::{Instruction, Persona};
use crate::search::presets::OwnPreset;

proptest! {
    #[test]
    fn what_is_exported_is_imported_as_it_was(settings in generator::settings()) {
        let expected = if settings.is_empty() {
            Err(ImportFault::Nothing)
        } else {
            Ok(settings.clone())
        };
        prop_assert_eq!(import(&export(&settings)), expected);
    }

    #[test]
    fn whatever_a_file_holds_it_is_read_or_refused(file in "\\PC*|[\\[\\]{}\":, a-z0-9]*") {
        prop_assert!(import(&file).is_err(), "nothing so short says what it is");
    }
}

#[test]
fn a_file_reads_as_people_write() {
    let mut settings = Settings::default();
    settings.set(Value::Domains(Domains::Only(
        Hosts::of(["docs.rs"]).unwrap(),
    )));
    settings.set(Value::Access(Access::Only(Admitted {
        roles: BTreeSet::from([RoleId(u64::MAX)]),
        people: BTreeSet::new(),
    })));
    assert_eq!(
        export(&settings),
        r#"{
  "footnote_settings": 1,
  "settings": {
    "access": {
      "only": {
        "people": [],
        "roles": [
          "18446744073709551615"
        ]
      }
    },
    "domains": {
      "only": [
        "docs.rs"
      ]
    }
  }
}
"#
    );
}

#[test]
fn what_is_pasted_is_read_as_if_it_were_typed() {
    let file = "\u{feff}{ \"footnote_settings\": 1, \"settings\": { \"domains\": { \"without\": [\"https://Spam.example/x\"] }, \"mode\": null } }";
    let read = import(file).unwrap();
    assert_eq!(read.fields().collect::<Vec<_>>(), [Field::Domains]);
    assert_eq!(read.domains.unwrap().denied(), ["spam.example"]);
}

#[test]
fn a_file_that_is_none_says_why() {
    let not_json = |line, column| ImportFault::NotJson { line, column };
    let version = |version: &str| ImportFault::Version(version.to_owned());
    for (file, fault) in [
        ("", not_json(1, 0)),
        ("{\n  \"footnote_settings\": 1,,\n}", not_json(2, 26)),
        ("[1]", ImportFault::NotSettings),
        ("{}", ImportFault::NotSettings),
        (r#"{"settings":{"images":true}}"#, ImportFault::NotSettings),
        (
            r#"{"footnote_settings":1,"settings":[]}"#,
            ImportFault::NotSettings,
        ),
        (
            r#"{"footnote_settings":2,"settings":{"images":true}}"#,
            version("2"),
        ),
        (
            r#"{"footnote_settings":"1","settings":{"images":true}}"#,
            version("\"1\""),
        ),
        (r#"{"footnote_settings":1}"#, ImportFault::Nothing),
        (
            r#"{"footnote_settings":1,"settings":{"images":null}}"#,
            ImportFault::Nothing,
        ),
    ] {
        assert_eq!(import(file), Err(fault), "{file}");
    }
    let large = format!("{}{}", " ".repeat(LARGEST), "{}");
    assert_eq!(import(&large), Err(ImportFault::TooLarge(LARGEST + 2)));
}

#[test]
fn everything_that_is_wrong_is_named_at_once() {
    let file = r#"{ "footnote_settings": 1, "by": "Alice", "settings": {
        "domains": { "only": ["docs.rs", "-spam.example"] },
        "freshness": { "dates": { "published": { "after": "2026-02-30" } } },
        "access": { "only": { "roles": ["7", 41771983423143937] } },
        "answer_language": { "always": "klingon" },
        "mode": "deep",
        "images": true,
        "colour": "red" } }"#;
    let Err(ImportFault::Fields {
        unknown,
        unreadable,
    }) = import(file)
    else {
        panic!("it has faults")
    };
    assert_eq!(unknown, ["by", "colour"]);
    let told: Vec<String> = unreadable
        .into_iter()
        .map(|fault| format!("{}: {}: {}", fault.field.name(), fault.at, fault.reason))
        .collect();
    assert_eq!(
        told,
        [
            "access: access.only.roles[1]: invalid type: integer `41771983423143937`, expected an id of Discord's as a text of digits, such as \"41771983423143937\"",
            "answer_language: answer_language.always: invalid value: string \"klingon\", expected a language code of ISO 639-1, such as \"de\"",
            "domains: domains.only: `-spam.example` is no domain: take the - off, and put it into search.denied_domains if it is to be left out",
            "freshness: freshness.dates.published.after: a day is written as 2026-11-23, and exists",
            "mode: mode: unknown variant `deep`, expected one of `web`, `academic`, `sec`",
        ]
    );
}

#[test]
fn what_is_repeated_of_a_file_is_short() {
    let long = "é".repeat(5_000);
    let file = format!(
        r#"{{"footnote_settings":1,"settings":{{"{long}":1,"mode":"{long}","country":{{"from":"{long}"}}}}}}"#
    );
    let Err(ImportFault::Fields {
        unknown,
        unreadable,
    }) = import(&file)
    else {
        panic!("it has faults")
    };
    assert_eq!(unknown, [format!("{}…", "é".repeat(59))]);
    assert_eq!(unreadable.len(), 2);
    for fault in unreadable {
        assert!(fault.at.chars().count() <= REPEATED, "{}", fault.at);
        assert!(
            fault.reason.chars().count() <= LONGEST_REASON && fault.reason.ends_with('…'),
            "{}",
            fault.reason
        );
    }
    let file = format!(r#"{{"footnote_settings":"{long}"}}"#);
    let Err(ImportFault::Version(version)) = import(&file) else {
        panic!("it has a version that is none")
    };
    assert_eq!(version.chars().count(), REPEATED);
}

/// Twenty domains of 253 characters, the longest there are.
fn longest(first: char) -> Domains {
    let label = "a".repeat(60);
    let domain = |n: usize| {
        let begin = format!("{first}{n:02}{}", "b".repeat(59));
        format!("{begin}.{label}.{label}.{}.example", "c".repeat(60))
    };
    let all: Vec<String> = (0..20).map(domain).collect();
    assert!(all.iter().all(|domain| domain.len() == 253));
    Domains::Only(Hosts::of(all).unwrap())
}

#[test]
fn the_largest_settings_fit_into_a_file() {
    // Most escapes and most bytes: an emoji in names, a sign that JSON writes as two in texts.
    let preset = |n: u8| OwnPreset {
        name: "🙂".repeat(39) + char::from(b'a' + n).to_string().as_str(),
        domains: longest(char::from(b'a' + n)),
    };
    let ids = || 0..25u64;
    let settings = Settings {
        domains: Some(longest('z')),
        source_languages: Some(SourceLanguages::of(LanguageCode::all().take(10)).unwrap()),
        persona: Some(Persona::Instruction(
            Instruction::parse(&format!("a{}a", "🙂".repeat(498))).unwrap(),
        )),
        access: Some(Access::Only(Admitted {
            roles: BTreeSet::new(),
            people: ids().map(|n| PersonId(u64::MAX - n)).collect(),
        })),
        setters: Some(Setters(ids().map(|n| RoleId(u64::MAX - n)).collect())),
        presets: Some((0..20).map(preset).collect()),
        ..Settings::default()
    };
    let file = export(&settings);
    // The other fields are some words.
    assert!(file.len() + 2_000 < LARGEST, "{}", file.len());
    assert_eq!(import(&file), Ok(settings));
}
