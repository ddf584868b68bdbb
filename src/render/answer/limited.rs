//! Answers of a search that was limited: nothing leads to what it was not to find, wherever the text names it.

use std::time::Duration;

use super::tests::{question, source};
use super::*;
use crate::conversation::answer::{Answer, Source, Usage};
use crate::conversation::failure::Failure;
use crate::conversation::rules::Format;
use crate::search::Filters;

fn filters() -> Filters {
    Filters {
        allowed: vec!["docs.example".to_owned()],
        denied: vec!["old.docs.example".to_owned()],
        left_out: 1,
        ..Filters::default()
    }
}

fn sources() -> Vec<Source> {
    vec![source(2, "Docs", "https://docs.example/tea")]
}

fn answered(text: String, filters: Filters) -> Outcome {
    Outcome::Answered(Answer {
        text,
        sources: sources(),
        model: "model".to_owned(),
        finish: Finish::Complete,
        usage: Usage::default(),
        related: Vec::new(),
        images: Vec::new(),
        filters,
        took: Duration::ZERO,
    })
}

/// Names pages in every way in which a text can.
const TEXT: &str = "Tea[1] is green.[2] See https://evil.example/a or <https://evil.example/b>, \
[here](https://evil.example/c), [evil.example](https://evil.example/d), ![cup](https://evil.example/e.png), \
<a href=\"https://evil.example/f\">there</a>, [old](https://old.docs.example/g), https://old.docs.example/h, \
[new](https://docs.example/i), https://new.docs.example/j, [k][l] and `https://evil.example/k`.\n\n\
| A | B |\n|---|---|\n| https://evil.example/m | [n](https://evil.example/n) |\n\n[l]: https://evil.example/l\n";

/// The addresses that a text links.
fn linked(text: &str) -> Vec<&str> {
    let addresses = text.split("<http").skip(1);
    addresses
        .filter_map(|address| address.split_once('>'))
        .map(|(address, _)| address)
        .collect()
}

fn texts(messages: &[Message]) -> String {
    let texts = messages.iter().flat_map(|message| {
        let embeds = message.embeds().iter();
        let embeds = embeds.map(|embed| embed.description.as_str());
        let file = message.file().map(|file| file.text.as_str());
        [message.content()].into_iter().chain(embeds).chain(file)
    });
    texts.collect::<Vec<_>>().join("\n")
}

const OURS: [&str; 2] = ["s://docs.example/", "s://new.docs.example/"];

fn leads_nowhere_else(text: &str) {
    for address in linked(text) {
        assert!(OURS.iter().any(|ours| address.starts_with(ours)), "{text}");
    }
}

#[test]
fn a_text_links_only_what_was_to_be_found() {
    let outcome_ = answered(TEXT.to_owned(), filters());
    let shown = outcome(&question(true), &outcome_, Display::default());
    insta::assert_snapshot!(texts(&shown), @r"
    Tea is green. [2](<https://docs.example/tea>) See (an address that is not shown) or (an address that is not shown), here (evil.example), (an address that is not shown), cup (evil.example), there (evil.example), old (old.docs.example), (an address that is not shown), [new](<https://docs.example/i>), <https://new.docs.example/j>, k (evil.example) and `https://evil.example/k`.

    **A**:
    - **(an address that is not shown)** · B: n (evil.example)

    **Sources**
    `2` [Docs](<https://docs.example/tea>) · docs.example
    -# 1 source · model · docs.example · without old.docs.example · 1 number without a source removed · 1 source outside the filters left out
    ");
    leads_nowhere_else(&texts(&shown));
}

#[test]
fn where_nothing_is_limited_a_text_links_as_before() {
    let outcome_ = answered(TEXT.to_owned(), Filters::default());
    let shown = outcome(&question(true), &outcome_, Display::default());
    for address in ["a", "b", "m"] {
        let link = format!("<https://evil.example/{address}>");
        assert!(texts(&shown).contains(&link), "{}", texts(&shown));
    }
}

#[test]
fn the_same_holds_in_embeds_in_files_and_while_it_is_written() {
    let long = TEXT.repeat(80);
    for format in [Format::Plain, Format::Embed] {
        let display = Display {
            format,
            ..Display::default()
        };
        let shown = outcome(&question(true), &answered(long.clone(), filters()), display);
        assert!(shown.last().unwrap().file().is_some());
        assert!(linked(&texts(&shown)).len() > 40);
        leads_nowhere_else(&texts(&shown));
        let draft = Draft {
            text: long.clone(),
            sources: sources(),
            filters: filters(),
        };
        let growing = growing(&question(true), &draft, display).unwrap();
        assert!(!linked(&texts(std::slice::from_ref(&growing))).is_empty());
        leads_nowhere_else(&texts(&[growing]));
    }
}

#[test]
fn an_answer_that_was_stopped_says_its_limits_too() {
    let stopped = |text: &str| Outcome::Failed {
        failure: Failure::Stopped,
        draft: Draft {
            text: text.to_owned(),
            sources: sources(),
            filters: filters(),
        },
    };
    let shown = |outcome_: &Outcome| {
        let shown = outcome(&question(true), outcome_, Display::default());
        texts(&shown)
    };
    insta::assert_snapshot!(shown(&stopped("Tea[1] is green.[2] See https://evil.example/a now. So")), @r"
    Tea is green. [2](<https://docs.example/tea>) See (an address that is not shown) now.

    **Sources**
    `2` [Docs](<https://docs.example/tea>) · docs.example
    -# Stopped before it was complete.
    -# docs.example · without old.docs.example · 1 number without a source removed · 1 source outside the filters left out
    ");
    insta::assert_snapshot!(shown(&stopped("Tea")), @"-# Stopped before it was complete.");
}
