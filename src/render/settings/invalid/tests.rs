//! Every refusal in English and German, and that none is longer than a message whatever was typed.

use super::*;
use crate::ids::RoleId;
use crate::search::Recency;
use crate::search::freshness::Day;
use crate::search::languages::TooManyLanguages;
use crate::search::people::Wishable;
use crate::search::service::{Depth, HistoryBudget};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Every way in which a change is not valid, with this typed by somebody.
fn every_invalid(typed: &str) -> Vec<Invalid> {
    let text = || typed.to_owned();
    let many = || vec![text(); 20];
    let faults = [
        NotADomain::Empty,
        NotADomain::Sign,
        NotADomain::Star,
        NotADomain::Machine,
        NotADomain::Path,
        NotADomain::Other,
    ];
    let faults = faults.map(|fault| NoHosts::NotADomain {
        entry: text(),
        fault,
    });
    let hosts = [NoHosts::Empty, NoHosts::TooMany(21)]
        .into_iter()
        .chain(faults);
    let mut every: Vec<Invalid> = hosts.map(Invalid::Hosts).collect();
    every.extend([
        Invalid::DeniesAlready(many()),
        Invalid::AllowsAlready(vec![text()]),
        Invalid::NotListed(vec![text(), text()]),
        Invalid::LastAllowed(text()),
        Invalid::LastAllowed(many().join(", ")),
        Invalid::NoPreset(text()),
        Invalid::PresetName(text()),
        Invalid::PresetTaken(text()),
        Invalid::TooManyPresets,
        Invalid::NothingToKeep,
        Invalid::NotADay(text()),
        Invalid::Dates(NoDates::Empty),
        Invalid::Dates(NoDates::Order {
            after: day("2026-01-01"),
            before: day("2026-01-02"),
        }),
        Invalid::Future(day("2026-12-24")),
        Invalid::NoLanguage(text()),
        Invalid::TooManyLanguages(TooManyLanguages(11)),
        Invalid::NoCountry(text()),
        Invalid::NoModel(Model::Depth(Depth::Thorough)),
        Invalid::NoModel(Model::Named(text())),
        Invalid::NoAmount(text()),
        Invalid::Instruction(NoInstruction::Blank),
        Invalid::Instruction(NoInstruction::TooLong(501)),
        Invalid::History(HistoryBudget {
            turns: 10,
            tokens: 8_000,
        }),
        Invalid::TooManyAdmitted(26),
        Invalid::NobodyAdmitted,
        Invalid::NotAdmitted,
        Invalid::EveryoneSets,
        Invalid::TooManySetters,
        Invalid::NoSetter(RoleId(7)),
        Invalid::OfServer(Field::Presets),
        Invalid::NotServed(Field::Mode),
    ]);
    every
}

/// Every way in which a wish is not granted, with this typed by somebody.
fn every_not_granted(typed: &str) -> Vec<NotGranted> {
    let mut every: Vec<NotGranted> = Wishable::ALL.map(NotGranted::Closed).into();
    every.extend([
        NotGranted::NotAllowed {
            domain: typed.to_owned(),
            allowed: vec![typed.to_owned(); 20],
        },
        NotGranted::Denied(typed.to_owned()),
        NotGranted::Older(Recency::Week),
        NotGranted::NoDay,
        NotGranted::Deeper(Depth::Quick),
        NotGranted::NamedModel,
        NotGranted::NoModel(Depth::Thorough),
        NotGranted::NotServed(Field::SourceLanguages),
    ]);
    every
}

fn every_refused() -> Vec<Refused> {
    let mut every: Vec<Refused> = Level::IN_DISCORD.map(Refused::NoAuthority).into();
    every.extend([
        Refused::OfManagers(Field::Setters),
        Refused::Overtaken,
        Refused::NoServer,
        Refused::NotInThisServer,
        Refused::NotSeen,
        Refused::Moved,
        Refused::NotLookedUp,
        Refused::NotRecorded,
        Refused::NotUnderstood,
        Refused::Unreadable,
        Refused::Unseen,
        Refused::Invalid(Invalid::NothingToKeep),
    ]);
    every
}

/// Everything that is said where this was typed.
fn said(typed: &str, language: Language) -> Vec<String> {
    let invalids = every_invalid(typed).into_iter();
    let invalids = invalids.map(|reason| invalid(&reason, language));
    let wishes = every_not_granted(typed).into_iter();
    let wishes = wishes.map(|reason| not_granted(&reason, language));
    let refused = every_refused().into_iter();
    let refused = refused.map(|reason| reason.message(language).content().to_owned());
    invalids.chain(wishes).chain(refused).collect()
}

#[test]
fn every_refusal_was_read_by_somebody() {
    for language in [Language::English, Language::German] {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            let name = format!("refusals_{}", format!("{language:?}").to_lowercase());
            let shown = said("spam.example", language).join("\n");
            insta::assert_snapshot!(name, shown.replace('\u{a0}', "⍽"));
        });
    }
}

#[test]
fn whatever_was_typed_a_refusal_is_short_and_shows_it_as_code() {
    let long = "word`*_~|[](https://evil.example)<@1>@everyone ".repeat(40);
    for typed in [
        long.as_str(),
        "```\n```",
        "discord.gg/x",
        "",
        "\u{202e}",
        "@everyone",
    ] {
        for language in Language::ALL {
            for text in said(typed, language) {
                let length = text.chars().count();
                assert!((1..=1_000).contains(&length), "{length}: {text}");
                assert!(
                    !text.contains('\n') && !text.contains("discord.gg"),
                    "{text}"
                );
                assert!(
                    !text.contains("``") && !text.contains("@everyone"),
                    "{text}"
                );
                // Every second piece is code, and what was typed is in no other.
                for piece in text.split('`').step_by(2) {
                    assert!(!piece.contains("evil") && !piece.contains("word"), "{text}");
                }
            }
        }
    }
}

#[test]
fn what_the_store_or_others_prevent_is_told_as_what_it_is() {
    let refused = |reason: NotChanged| Refused::from(reason);
    assert_eq!(
        refused(NotChanged::Invalid(Invalid::TooManyPresets)),
        Refused::Invalid(Invalid::TooManyPresets)
    );
    assert_eq!(refused(NotChanged::Overtaken), Refused::Overtaken);
    assert_eq!(
        refused(NotChanged::OfManagers(Field::Audit)),
        Refused::OfManagers(Field::Audit)
    );
}
