//! What holds for every answer, whatever is in its text: nothing is lost, nothing is too long, nothing is left open, every number leads to its source.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::answer;
use super::bibliography::Bibliography;
use super::body::{Body, Kind};
use super::filling::in_footnotes;
use super::markdown::generator::{Generated, Wildness, texts};
use super::markdown::read;
use super::parts::{Cut, Room, cut};
use super::research;
use super::source_list::SourceList;
use super::words::words;
use super::{DESCRIPTION_LIMIT, MESSAGE_LIMIT, Message};
use crate::conversation::answer::{Answer, Draft, Finish, Image, Source, Usage};
use crate::conversation::failure::Failure;
use crate::conversation::language::Language;
use crate::conversation::outcome::Outcome;
use crate::conversation::question::{Question, QuestionText};
use crate::conversation::rules::{Density, Display, Format};
use crate::ids::PersonId;
use crate::research::estimate::{Cost, Estimate};
use crate::research::ports::Report;
use crate::research::record::Paid;
use crate::search::Filters;

/// How many answers each property is tried on.
const CASES: u32 = 10_000;

/// What all embeds of a message may hold.
const EMBEDS_LIMIT: usize = 6_000;

/// Four of the six that the generated texts cite. The last is the first once more.
fn sources(path: &str) -> Vec<Source> {
    let source = |number: u32, url: String| Source {
        number,
        title: format!("Title {number}"),
        url,
        date: Some("2026-01-02".to_owned()),
        last_updated: None,
        snippet: String::new(),
    };
    vec![
        source(1, format!("https://a.example/one{path}")),
        source(2, format!("https://b.example/two{path}")),
        source(3, "javascript:alert(1)".to_owned()),
        source(4, format!("https://a.example/one{path}")),
    ]
}

/// A text of several generated ones, whose words are all different.
fn long(pieces: &[Generated]) -> String {
    let renamed = pieces
        .iter()
        .enumerate()
        .map(|(place, piece)| piece.text.replace('w', &format!("w{}000", place + 1)));
    renamed.collect::<Vec<_>>().join("\n\n")
}

/// The words of a text.
fn words_of(text: &str) -> Vec<&str> {
    let behind = text.split('w').skip(1);
    let digits = behind.filter_map(|behind| {
        let end = behind.find(|c: char| !c.is_ascii_digit());
        behind.get(..end.unwrap_or(behind.len()))
    });
    digits.filter(|digits| !digits.is_empty()).collect()
}

/// The words of a text, each where it comes first: the markers below a table name its rows once more.
fn distinct_words_of(text: &str) -> Vec<&str> {
    let mut known = HashSet::new();
    let mut words = words_of(text);
    words.retain(|word| known.insert(*word));
    words
}

/// Takes out what stands below tables.
fn without_row_names(body: &mut Body) {
    for block in &mut body.blocks {
        if let Kind::Table(table) = &mut block.kind {
            table.markers = None;
        }
    }
}

/// Whether every block of code that is opened is closed.
fn is_balanced(text: &str) -> bool {
    let fences = text.lines().filter(|line| {
        let line = line.trim_start_matches([' ', '>']);
        line.strip_prefix("```")
            .is_some_and(|rest| !rest.contains('`'))
    });
    fences.count() % 2 == 0
}

/// How many numbers in brackets lead nowhere, outside of blocks of code.
fn loose_numbers(text: &str) -> usize {
    let prose: String = text.split("```").step_by(2).collect();
    let numbers = ["[1]", "[2]", "[4]"].iter();
    // In a list it is code with marks around it; the same cell of a table that is drawn is in a fence.
    let loose = numbers.map(|number| {
        let linked = prose.matches(&format!("{number}(<")).count();
        let code = prose.matches(&format!("`{number}`")).count();
        prose.matches(number).count() - linked - code
    });
    loose.sum()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// The numbers whose markers a text shows as links, and what they lead to.
fn shown_numbers(text: &str) -> Vec<(u32, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("](<") {
        let label = text.get(..at).and_then(|before| before.rsplit('[').next());
        let address = text
            .get(at + 3..)
            .and_then(|behind| behind.split(">)").next());
        let number = label.and_then(|label| label.parse().ok());
        found.extend(number.zip(address));
    }
    found
}

fn question(seen: bool, language: Language) -> Question {
    let mut question = answer::tests::question(seen);
    question.asked.text = QuestionText::parse(&"Tea? ".repeat(100)).unwrap();
    question.asked.asker.name = "Alice".repeat(10);
    question.asked.language = language;
    question
}

fn answered(text: String, path: &str) -> Answer {
    let image = |n| Image {
        url: format!("https://a.example/{n}.png"),
        origin: "https://a.example/".to_owned(),
        title: Some("Tea ".repeat(30)),
    };
    Answer {
        text,
        sources: sources(path),
        model: "sonar-".repeat(20),
        finish: Finish::Length,
        usage: Usage {
            cost_usd: Some(0.0123),
            ..Usage::default()
        },
        related: vec!["More?".to_owned()],
        images: (0..5).map(image).collect(),
        filters: Filters {
            allowed: (0..9)
                .map(|n| format!("{n}{}.example", "d".repeat(60)))
                .collect(),
            ..Filters::default()
        },
        took: Duration::from_millis(61_500),
    }
}

/// What any message of an answer keeps to.
fn keeps_to_the_limits(message: &Message) -> Result<(), TestCaseError> {
    prop_assert!(
        length(message.content()) <= MESSAGE_LIMIT,
        "{}",
        message.content()
    );
    prop_assert!(is_balanced(message.content()), "{}", message.content());
    let mut all = 0;
    for embed in message.embeds() {
        prop_assert!(
            length(&embed.description) <= DESCRIPTION_LIMIT,
            "{}",
            embed.description
        );
        prop_assert!(is_balanced(&embed.description), "{}", embed.description);
        let title = embed.picture.as_ref().map_or("", |picture| &picture.title);
        all += length(&embed.description) + length(&embed.footer) + length(title);
    }
    prop_assert!(all <= EMBEDS_LIMIT, "{all}");
    Ok(())
}

/// The text of a message, wherever it stands.
fn text_of(message: &Message) -> String {
    let embeds = message.embeds().iter();
    let texts = embeds.map(|embed| embed.description.as_str());
    let all: Vec<&str> = std::iter::once(message.content()).chain(texts).collect();
    all.join("\n")
}

fn displays() -> impl Strategy<Value = Display> {
    let densities = prop_oneof![Just(Density::Full), Just(Density::Compact)];
    let formats = prop_oneof![Just(Format::Plain), Just(Format::Embed)];
    (densities, formats).prop_map(|(density, format)| Display {
        density,
        format,
        announced_after: None,
    })
}

fn reports() -> impl Strategy<Value = Report> {
    let cost = (0.0..2.0, 0.0..2_000.0).prop_map(|(usd, at_most_usd)| Cost { usd, at_most_usd });
    let costs = proptest::option::of(cost);
    let paid = prop_oneof![
        Just(Paid::Nothing),
        any::<f64>().prop_map(Paid::Exactly),
        Just(Paid::Unsaid),
        Just(Paid::Perhaps),
        Just(Paid::StillRunning),
    ];
    let times = (any::<u64>(), any::<u64>());
    (times, costs, paid).prop_map(|((seconds, at_most_seconds), cost, paid)| Report {
        estimate: Estimate {
            seconds,
            at_most_seconds,
            cost,
        },
        paid,
    })
}

/// How often a text names somebody in the way that pings: in code nobody does.
fn mentions(text: &str) -> usize {
    let mut prose = String::new();
    let mut in_code = false;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Text(text) if !in_code => prose.push_str(&text),
            Event::Code(_) => prose.push('\n'),
            _ => {}
        }
    }
    prose.matches("<@").count()
}

fn languages() -> impl Strategy<Value = Language> {
    (0..Language::ALL.len()).prop_map(|place| Language::ALL[place])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn parts_are_within_their_room_and_hold_every_word_once_and_in_order(
        pieces in proptest::collection::vec(texts(Wildness::Wild), 1..4),
        limit in 1_000usize..2_500,
        around in 0usize..200,
        most in 1usize..6,
        listed in any::<bool>(),
    ) {
        let sources = sources("");
        let bibliography = Bibliography::of(&sources);
        let words = words(Language::English);
        let mut body = read(&long(&pieces), &bibliography, words);
        without_row_names(&mut body);
        let list = SourceList::of(&bibliography, words, limit / 3);
        let room = Room { limit, head: around, tail: around, unfinished: 10, columns: 35, parts: most, list: listed.then_some(&list) };
        let Cut { parts, rest } = cut(&body, &room);
        prop_assert!(parts.len() <= most);
        let mut all = String::new();
        for (place, part) in parts.iter().enumerate() {
            let mut text = part.text.clone();
            if listed {
                list.write(&part.cites, &mut text);
            }
            let head = if place == 0 { around } else { 0 };
            let tail = if place + 1 == parts.len() { around } else { 0 };
            prop_assert!(length(&text) + head + tail <= limit, "{}", text);
            prop_assert!(is_balanced(&part.text), "{}", part.text);
            let shown: HashSet<u32> = shown_numbers(&part.text).into_iter().map(|(number, _)| number).collect();
            prop_assert!(shown.iter().all(|number| part.cites.contains(number)), "{}", part.text);
            let last = part.text.lines().next_back().unwrap_or_default();
            let is_end = place + 1 == parts.len() && rest.is_empty();
            prop_assert!(is_end || !last.starts_with('#') || length(last) > 100, "{}", part.text);
            all.push_str(&part.text);
            all.push('\n');
        }
        all.push_str(&in_footnotes(&rest, usize::MAX).part.text);
        let expected = body.markdown();
        prop_assert_eq!(words_of(&all), words_of(&expected), "{}", all);
    }

    #[test]
    fn every_answer_is_shown_whole_within_the_limits(
        pieces in proptest::collection::vec(texts(Wildness::Wild), 1..3),
        display in displays(),
        language in languages(),
        seen in any::<bool>(),
        long_address in any::<bool>(),
        failed in any::<bool>(),
    ) {
        let path = if long_address { "x".repeat(480) } else { String::new() };
        let text = long(&pieces);
        let sources = sources(&path);
        let body = read(&text, &Bibliography::of(&sources), words(language));
        let answered = answered(text.clone(), &path);
        let outcome = if failed {
            Outcome::Failed { failure: Failure::BrokeOff, draft: Draft { text: format!("{text}\n\n"), sources, filters: crate::search::Filters::default() } }
        } else {
            Outcome::Answered(answered)
        };
        let asked = question(seen, language);
        let messages = answer::outcome(&asked, &outcome, display);
        prop_assert!((1..=5).contains(&messages.len()), "{}", messages.len());
        for message in &messages {
            keeps_to_the_limits(message)?;
        }
        if seen {
            let edited = answer::edited(&asked, &outcome, display);
            prop_assert_eq!(edited.len(), messages.len());
            // Only the last one is another.
            edited.last().map_or(Ok(()), keeps_to_the_limits)?;
        }
        let mut all = String::new();
        for message in &messages {
            let text = text_of(message);
            for (number, address) in shown_numbers(&text) {
                let right = match number { 1 => "https://a.example/one", 2 => "https://b.example/two", _ => "none" };
                prop_assert_eq!(address, format!("{right}{path}"), "{}", number);
                let listed = text.contains(&format!("`{number}` "));
                prop_assert!(listed || display.density == Density::Compact, "{}", text);
            }
            all.push_str(&text);
            all.push('\n');
        }
        let file = messages.last().and_then(Message::file);
        all.push_str(file.map_or("", |file| &file.text));
        if !failed {
            let expected = body.markdown();
            prop_assert_eq!(distinct_words_of(&all), distinct_words_of(&expected), "{}", all);
        }
    }

    #[test]
    fn what_was_researched_is_shown_like_any_answer_pings_its_asker_alone_and_is_in_one_file(
        pieces in proptest::collection::vec(texts(Wildness::Wild), 1..4),
        display in displays(),
        language in languages(),
        seen in any::<bool>(),
        report in reports(),
    ) {
        let text = format!("{}\n\n<@1> @everyone @here", long(&pieces));
        let sources = sources("");
        let body = read(&text, &Bibliography::of(&sources), words(language));
        let outcome = Outcome::Answered(answered(text, ""));
        let asked = question(seen, language);
        let messages = research::outcome(&asked, &outcome, &report, display);
        prop_assert!((1..=5).contains(&messages.len()), "{}", messages.len());
        let mut all = String::new();
        for (place, message) in messages.iter().enumerate() {
            keeps_to_the_limits(message)?;
            let is_first = place == 0;
            prop_assert_eq!(message.pinged(), is_first.then_some(PersonId(1)));
            prop_assert_eq!(message.content().starts_with("<@1>"), is_first);
            let text = text_of(message);
            prop_assert_eq!(mentions(&text), usize::from(is_first), "{}", text);
            for (number, address) in shown_numbers(&text) {
                let right = match number { 1 => "https://a.example/one", 2 => "https://b.example/two", _ => "none" };
                prop_assert_eq!(address, right, "{}", number);
            }
            all.push_str(&text);
            all.push('\n');
        }
        let expected = body.markdown();
        let (shown_words, words_) = (distinct_words_of(&all), distinct_words_of(&expected));
        prop_assert!(words_.starts_with(&shown_words), "{}", all);
        let (last, others) = messages.split_last().ok_or_else(|| TestCaseError::fail("nothing"))?;
        prop_assert!(others.iter().all(|message| message.file().is_none()));
        // Where one message holds all of it, there is no file; else it is all in the file, with every source.
        match last.file() {
            None => {
                prop_assert_eq!(messages.len(), 1);
                prop_assert_eq!(shown_words, words_, "{}", all);
            }
            Some(file) => {
                prop_assert!(messages.len() > 1);
                prop_assert_eq!(distinct_words_of(&file.text), words_, "{}", file.text);
                for number in 1..=3 {
                    let named = file.text.contains(&format!("Title {number}"));
                    prop_assert!(named, "{}", file.text);
                }
            }
        }
        let edited = research::edited(&asked, &outcome, &report, display);
        prop_assert_eq!(edited.len(), messages.len());
        edited.last().map_or(Ok(()), keeps_to_the_limits)?;
    }

    #[test]
    fn a_growing_answer_shows_the_beginning_of_what_it_becomes(
        generated in texts(Wildness::Tame),
        display in displays(),
        end in any::<prop::sample::Index>(),
    ) {
        let Generated { text, .. } = generated;
        let asked = question(true, Language::English);
        let characters: Vec<char> = text.chars().collect();
        let so_far: String = characters.iter().take(end.index(characters.len() + 1)).collect();
        let draft = Draft { text: so_far.clone(), sources: sources(""), filters: crate::search::Filters::default() };
        let Some(growing) = answer::growing(&asked, &draft, display) else {
            return Ok(());
        };
        keeps_to_the_limits(&growing)?;
        let shown = text_of(&growing);
        let messages = answer::outcome(&asked, &Outcome::Answered(answered(text, "")), display);
        let whole: Vec<String> = messages.iter().map(text_of).collect();
        let whole = whole.join("\n");
        // What is no marker in the whole text is none before.
        prop_assert!(loose_numbers(&shown) <= loose_numbers(&whole), "{}", shown);
        let (shown_words, words) = (distinct_words_of(&shown), distinct_words_of(&whole));
        prop_assert!(words.starts_with(&shown_words), "{}\n=====\n{}\n=====\n{}", so_far, shown, whole);
    }

    #[test]
    fn any_text_at_all_is_rendered(text in "\\PC{0,150}", display in displays()) {
        let asked = question(true, Language::English);
        for message in answer::outcome(&asked, &Outcome::Answered(answered(text, "")), display) {
            keeps_to_the_limits(&message)?;
        }
    }
}
