//! Every kind of value in English and German, and that nothing which somebody typed does anything in it.

use std::collections::BTreeSet;

use super::*;
use crate::ids::{ChannelId, PersonId, RoleId};
use crate::render::link::Link;
use crate::search::codes::{CountryCode, LanguageCode};
use crate::search::domains::Hosts;
use crate::search::freshness::Dates;
use crate::search::languages::SourceLanguages;
use crate::search::people::{Members, Setters};

fn hosts(number: usize) -> Hosts {
    Hosts::of((1..=number).map(|number| format!("d{number}.example"))).unwrap()
}

fn languages(codes: &[&str]) -> Value {
    let codes = codes.iter().map(|code| LanguageCode::of(code).unwrap());
    Value::SourceLanguages(SourceLanguages::of(codes).unwrap())
}

fn dates(published: [&str; 2], updated: [&str; 2]) -> Value {
    let span = |[after, before]: [&str; 2]| Span {
        after: after.parse().ok(),
        before: before.parse().ok(),
    };
    let dates = Dates::of(span(published), span(updated)).unwrap();
    Value::Freshness(Freshness::Dates(dates))
}

fn persona(text: &str) -> Value {
    Value::Persona(Persona::Instruction(Instruction::parse(text).unwrap()))
}

fn preset(name: &str) -> OwnPreset {
    OwnPreset {
        name: name.to_owned(),
        domains: Domains::Only(hosts(1)),
    }
}

fn admitted(roles: std::ops::Range<u64>, people: std::ops::Range<u64>) -> Value {
    Value::Access(Access::Only(Admitted {
        roles: roles.map(RoleId).collect(),
        people: people.map(PersonId).collect(),
    }))
}

/// Values of every kind.
fn values() -> Vec<Value> {
    let day = "2026-01-01";
    let mut values = vec![
        Value::Domains(Domains::All),
        Value::Domains(Domains::Only(
            Hosts::of(["docs.rs", "rust-lang.org"]).unwrap(),
        )),
        Value::Domains(Domains::Without(hosts(1))),
        Value::Freshness(Freshness::Any),
        dates([day, ""], ["", ""]),
        dates(["", day], ["", ""]),
        dates([day, "2026-02-01"], ["", day]),
        dates(["", ""], [day, ""]),
        dates(["", ""], [day, "2026-02-01"]),
        languages(&[]),
        languages(&["de", "en", "ja"]),
        Value::AnswerLanguage(AnswerLanguage::AsAsked),
        Value::AnswerLanguage(AnswerLanguage::Always(LanguageCode::of("de").unwrap())),
        Value::Country(Country::Anywhere),
        Value::Country(Country::From(CountryCode::of("CH").unwrap())),
        Value::Model(Model::Named("sonar-pro".to_owned())),
        Value::ConfirmAbove(Dollars::default()),
        Value::ConfirmAbove(Dollars::of_cents(250).unwrap()),
        Value::ConfirmAbove(Dollars::of_cents(100_000).unwrap()),
        Value::Images(true),
        Value::Related(false),
        Value::Persona(Persona::Usual),
        persona("Answer *briefly*.\n@everyone see `x` [y](https://z.example) <@1> ~~a~~ |b|"),
        Value::Access(Access::Everyone),
        admitted(0..0, 0..0),
        admitted(1..3, 3..4),
        Value::Members(Members(BTreeSet::from(Wishable::ALL))),
        Value::Members(Members(BTreeSet::new())),
        Value::Setters(Setters::default()),
        Value::Setters(Setters(BTreeSet::from([RoleId(1), RoleId(2)]))),
        Value::Audit(Audit::Off),
        Value::Audit(Audit::Channel(ChannelId(5))),
        Value::Presets(Vec::new()),
        Value::Presets(vec![preset("Our *docs*"), preset("<@1> discord.gg/x")]),
    ];
    let history = |turns, tokens| Value::History(HistoryBudget { turns, tokens });
    values.extend([history(10, 8_000), history(1, 1_234_567), history(0, 8_000)]);
    values.extend(Recency::ALL.map(|recency| Value::Freshness(Freshness::Recency(recency))));
    values.extend(Mode::ALL.map(Value::Mode));
    values.extend(ContextSize::ALL.map(Value::ContextSize));
    values.extend(Depth::ALL.map(|depth| Value::Model(Model::Depth(depth))));
    let threads = [Threads::Always, Threads::FollowedUp, Threads::Never];
    values.extend(threads.map(Value::Threads));
    values
}

/// Values with as much in them as there can be.
fn longest() -> Vec<Value> {
    let name = |number: u32| preset(&format!("{}{number:02}", "*".repeat(38)));
    let host = |number: u32| format!("{}.d{number}.example", "x".repeat(60));
    vec![
        Value::Domains(Domains::Only(Hosts::of((0..20).map(host)).unwrap())),
        Value::Domains(Domains::Without(hosts(20))),
        dates(["2026-01-01", "2026-02-01"], ["2026-01-01", "2026-02-01"]),
        languages(&["de", "en", "ja", "fr", "es", "pt", "it", "nl", "pl", "cu"]),
        persona(&"*".repeat(500)),
        persona(&"word ".repeat(100)),
        admitted(u64::MAX - 20..u64::MAX, u64::MAX - 5..u64::MAX),
        Value::Presets((0..20).map(name).collect()),
        Value::Model(Model::Named("m".repeat(300))),
    ]
}

fn snapshot(language: Language) -> String {
    let lines = values().into_iter().map(|value| {
        let (text, choice) = (value_text(&value, language), choice_text(&value, language));
        let field = value.field().name();
        let shown = |text: &str| text.replace('\u{a0}', "⍽").replace('\u{200b}', "␣");
        if text == choice {
            format!("{field}: {}", shown(&text))
        } else {
            format!("{field}: {} (plain: {})", shown(&text), shown(&choice))
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_value_was_read_by_somebody() {
    for language in [Language::English, Language::German] {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            let name = format!("values_{}", format!("{language:?}").to_lowercase());
            insta::assert_snapshot!(name, snapshot(language));
        });
    }
}

#[test]
fn a_value_is_one_line_that_is_as_short_as_it_has_to_be() {
    for language in Language::ALL {
        for value in values().into_iter().chain(longest()) {
            let whole = value_text(&value, language);
            assert!(!whole.is_empty() && !whole.contains('\n'), "{whole}");
            for at_most in [40, 100, 300, 1_024] {
                let short = value_short(&value, language, at_most);
                let length = short.chars().count();
                assert!(
                    (1..=at_most).contains(&length),
                    "{length} of {at_most}: {short}"
                );
                let fits = whole.chars().count() <= at_most;
                assert_eq!(short == whole, fits, "{short}");
            }
            let choice = choice_text(&value, language);
            let length = choice.chars().count();
            assert!((1..=LONGEST_LABEL).contains(&length), "{choice}");
            assert!(!choice.contains(['<', '`']), "{choice}");
        }
    }
}

#[test]
fn a_list_is_cut_between_entries_and_says_how_many_are_missing() {
    let short = |value: &Value, at_most| value_short(value, Language::English, at_most);
    let twenty = Value::Domains(Domains::Only(hosts(20)));
    insta::assert_snapshot!(short(&twenty, 60), @"only `d1.example`, `d2.example`, `d3.example` and 17 more");
    insta::assert_snapshot!(short(&longest()[0], 60), @"only 20 entries");
    insta::assert_snapshot!(short(&admitted(1..10, 10..20), 40), @"only <@&1>, <@&2>, <@&3> and 16 more");
    insta::assert_snapshot!(
        value_short(&twenty, Language::Japanese, 40),
        @"`d1.example`、`d2.example`ほか18件のみ"
    );
}

#[test]
fn lists_of_domains_are_told_with_their_domains_and_named_alone_where_there_is_no_room() {
    let lists = Value::Presets(vec![
        preset("ours"),
        OwnPreset {
            name: "theirs".to_owned(),
            domains: Domains::Without(hosts(2)),
        },
    ]);
    insta::assert_snapshot!(
        value_text(&lists, Language::English),
        @"2 lists: ours (only `d1.example`), theirs (all but `d1.example`, `d2.example`)"
    );
    insta::assert_snapshot!(value_short(&lists, Language::English, 60), @"2 lists: ours, theirs");
    insta::assert_snapshot!(
        value_short(&longest()[7], Language::English, 140),
        @r"20 lists: \*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*\*00 and 19 more"
    );
}

#[test]
fn an_instruction_is_cut_where_it_is_too_long_for_its_place() {
    let short = value_short(&persona(&"*_a_* ".repeat(80)), Language::English, 40);
    assert!(
        short.starts_with("“\\*") && short.ends_with("…”"),
        "{short}"
    );
}

#[test]
fn nothing_that_was_typed_ends_code_or_links() {
    assert_eq!(code("a`b```c", 60), "`a'b'''c`");
    assert_eq!(code("\u{202e}\n", 60), "`?`");
    assert_eq!(code(&"é".repeat(300), 60).chars().count(), 62);
    let typed = "[x](https://evil.example) https://evil.example";
    let text = value_text(&persona(typed), Language::English);
    assert!(!text.contains("](") && !text.contains("https://"), "{text}");
    assert!(Link::to("https://evil.example").is_some());
}
