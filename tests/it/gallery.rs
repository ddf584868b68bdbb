//! The gallery: what becomes of answers as services write them. Each as a reviewed snapshot, each asked for real, the long ones counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::passages::{Passage, passages};
use footnote_bot::conversation::question::Question;
use footnote_bot::render::Message;
use footnote_bot::render::answer;
use serde_json::Value;

use crate::harness::messages::until;
use crate::harness::service::Script;
use crate::harness::{Asker, TestBot};

#[path = "../gallery/answers.rs"]
mod answers;

use answers::{Piece, escaped, folder, pieces};

/// What is sent for an answer of the gallery.
fn sent(piece: &Piece) -> Vec<Message> {
    rendered(piece, &piece.question(), &piece.outcome())
}

fn rendered(piece: &Piece, question: &Question, outcome: &Outcome) -> Vec<Message> {
    if piece.beside.edited {
        answer::edited(question, outcome, piece.display())
    } else {
        answer::outcome(question, outcome, piece.display())
    }
}

/// Messages as one reads them in a file: everything that is sent, and an escape for what nobody would see.
fn readable(messages: &[Message]) -> String {
    let mut out = String::new();
    for (place, message) in messages.iter().enumerate() {
        let length = message.content().chars().count();
        writeln!(
            out,
            "━━━━━ message {} of {}, {length} characters",
            place + 1,
            messages.len()
        )
        .unwrap();
        if length > 0 {
            writeln!(out, "{}", message.content()).unwrap();
        }
        for embed in message.embeds() {
            let length = embed.description.chars().count();
            writeln!(out, "┌──── embed, {length} characters").unwrap();
            if length > 0 {
                writeln!(out, "{}", embed.description).unwrap();
            }
            if let Some(picture) = &embed.picture {
                let origin = picture.origin.as_deref().unwrap_or("nowhere");
                let (title, address) = (&picture.title, &picture.address);
                writeln!(out, "├ picture: {title}\n├ at: {address}\n├ from: {origin}").unwrap();
            }
            if !embed.footer.is_empty() {
                writeln!(out, "├ footer: {}", embed.footer).unwrap();
            }
            writeln!(out, "└────").unwrap();
        }
        if let Some(file) = message.file() {
            let length = file.text.chars().count();
            writeln!(out, "┌──── file {}, {length} characters", file.name).unwrap();
            writeln!(out, "{}\n└────", file.text).unwrap();
        }
        let buttons: Vec<&str> = message.buttons().iter().map(|one| one.label).collect();
        if !buttons.is_empty() {
            writeln!(out, "[ {} ]", buttons.join(" ] [ ")).unwrap();
        }
        if let Some(menu) = message.menu() {
            writeln!(out, "▾ {}", menu.placeholder).unwrap();
            for option in &menu.options {
                writeln!(out, "  ▸ {option}").unwrap();
            }
        }
    }
    escaped(&out)
}

#[test]
fn every_answer_is_sent_as_it_was_reviewed() {
    let pieces = pieces();
    assert!(pieces.len() >= 44, "the gallery has lost answers");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder().join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for piece in pieces {
            insta::assert_snapshot!(piece.name.clone(), readable(&sent(&piece)));
        }
    });
}

#[test]
fn no_snapshot_is_left_of_an_answer_that_is_gone() {
    let names: Vec<String> = pieces().into_iter().map(|piece| piece.name).collect();
    for file in std::fs::read_dir(folder().join("snapshots")).unwrap() {
        let name = file.unwrap().file_name().to_string_lossy().into_owned();
        let known = name
            .strip_suffix(".snap")
            .is_some_and(|name| names.iter().any(|known| known == name));
        assert!(known, "tests/gallery/snapshots/{name} has no answer");
    }
}

/// What of a long answer reaches its readers, in the messages and in the file behind them.
#[derive(Debug, Default, PartialEq)]
struct Delivered {
    lost: usize,
    doubled: usize,
    clickable: usize,
    bare: usize,
    broken_fences: usize,
}

fn delivered(piece: &Piece) -> Delivered {
    let messages = sent(piece);
    let mut texts: Vec<String> = Vec::new();
    let mut files: Vec<&str> = Vec::new();
    for message in &messages {
        texts.push(message.content().to_owned());
        texts.extend(message.embeds().iter().map(|one| one.description.clone()));
        files.extend(message.file().map(|file| file.text.as_str()));
    }
    let everything = format!("{}\n{}", texts.join("\n"), files.join("\n"));
    let mut found = Delivered::default();
    for fact in facts(&piece.text) {
        match everything.matches(fact).count() {
            0 => found.lost += 1,
            1 => {}
            _ => found.doubled += 1,
        }
    }
    let urls: Vec<String> = piece.sources().into_iter().map(|one| one.url).collect();
    for text in &texts {
        let (clickable, bare) = markers(text, |number, rest| {
            let url = number.checked_sub(1).and_then(|place| urls.get(place));
            url.is_some_and(|url| rest.starts_with(&format!("(<{url}>)")))
        });
        found.clickable += clickable;
        found.bare += bare;
    }
    for file in &files {
        let (footnotes, bare) = markers(&file.replace("[^", "["), |_, rest| !rest.starts_with('('));
        // Each that is defined below counts once there, and leads nowhere by itself.
        let defined = file.lines().filter(|line| line.starts_with("[^")).count();
        found.clickable += footnotes - defined;
        found.bare += bare;
    }
    let all = texts.iter().map(String::as_str).chain(files);
    found.broken_fences = all.filter(|text| !fences(text).is_multiple_of(2)).count();
    found
}

/// The numbers of all facts that a text states.
fn facts(text: &str) -> impl Iterator<Item = &str> {
    let places = text.match_indices("FACT-").map(|(at, _)| at);
    places.filter_map(|at| text.get(at..at + "FACT-00:".len()))
}

/// How many `[n]` outside code are followed as they should be, and how many are not.
fn markers(text: &str, leads: impl Fn(usize, &str) -> bool) -> (usize, usize) {
    let (mut good, mut bad) = (0, 0);
    for passage in passages(text) {
        let Passage::Prose(prose) = passage else {
            continue;
        };
        for (at, _) in prose.match_indices('[') {
            let inner = prose.get(at + 1..).unwrap_or_default();
            let Some((number, rest)) = inner.split_once(']') else {
                continue;
            };
            match number.parse() {
                Ok(number) if leads(number, rest) => good += 1,
                Ok(_) => bad += 1,
                Err(_) => {}
            }
        }
    }
    (good, bad)
}

fn fences(text: &str) -> usize {
    let starts = |line: &&str| line.trim_start_matches([' ', '>']).starts_with("```");
    text.lines().filter(starts).count()
}

#[test]
fn the_long_answers_lose_nothing_double_nothing_and_link_everything() {
    let mut seen = 0;
    for piece in pieces() {
        let wanted = match facts(&piece.text).count() {
            0 => continue,
            33 => 100,
            _ => 300,
        };
        seen += 1;
        let expected = Delivered {
            clickable: wanted,
            ..Delivered::default()
        };
        assert_eq!(delivered(&piece), expected, "{}", piece.name);
    }
    assert_eq!(seen, 4, "plain and in embeds, long and longer");
}

/// Asks for all these answers, one after the other, and compares what the channel shows with what was to be sent.
async fn asked_for_real(pieces: &[Piece]) {
    let [first, ..] = pieces else { return };
    let display = first.display();
    let language = first.language();
    let bot = TestBot::spawn_with(|settings| {
        settings.display.density = display.density;
        settings.display.format = display.format;
        settings.display.images = true;
        settings.display.announce_seconds = 0;
        settings.display.language = language.code().to_owned();
        settings.answers.related_questions = true;
    })
    .await;
    let alice = bot.person("alice");
    for piece in pieces {
        bot.service.next(Script::Events(piece.events()));
        let before = alice.sees().len();
        let event = if piece.beside.edited {
            edited(&bot, &alice, piece).await
        } else {
            alice
                .asks(&bot, &piece.beside.question)
                .await
                .interaction
                .id()
        };
        let store = bot.store();
        let id = store.asked_by(event).await.unwrap().unwrap();
        let kept = store.question(id).await.unwrap().unwrap();
        let outcome = kept.outcome.unwrap();
        // What a model thinks before it answers is not kept, nor is the white space before it.
        let (text, sources) = told(&piece.outcome());
        let kept_of = text.split_once("</think>").map_or(&*text, |(_, text)| text);
        let wanted = (kept_of.trim_start().to_owned(), sources);
        assert_eq!(told(&outcome), wanted, "{}", piece.name);
        let wanted = rendered(piece, &kept.question, &outcome);
        let sees = alice.sees();
        let shown: Vec<&Value> = sees
            .iter()
            .skip(before)
            .filter(|message| message["author"]["bot"] == true)
            .collect();
        let shown: String = shown.iter().map(|message| as_shown(message)).collect();
        let wanted: String = wanted.iter().map(as_wanted).collect();
        assert_eq!(shown, wanted, "{}", piece.name);
    }
}

/// Has the question asked by a message, edits it, and waits until the answer says so.
async fn edited(bot: &TestBot, alice: &Asker, piece: &Piece) -> u64 {
    let question = alice.mentions_bot(&piece.beside.question);
    let answer = bot.answer_to(&question).await;
    let before = answer.reads();
    alice.edits(&question, &format!("{} Another question?", bot.mention()));
    until(&answer, |message| message["content"] != before.as_str()).await;
    question.id()
}

/// The text and the sources of an outcome.
fn told(outcome: &Outcome) -> (String, Vec<String>) {
    let (text, sources) = match outcome {
        Outcome::Answered(answer) => (&answer.text, &answer.sources),
        Outcome::Failed { draft, .. } => (&draft.text, &draft.sources),
    };
    let sources = sources.iter().map(|one| format!("{one:?}")).collect();
    (text.clone(), sources)
}

/// A message as the channel shows it, in one text to compare.
fn as_shown(message: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut out = format!("\n=====\n{}", text(&message["content"]));
    for embed in message["embeds"].as_array().into_iter().flatten() {
        let (description, footer) = (&embed["description"], &embed["footer"]["text"]);
        let (title, image) = (&embed["title"], &embed["image"]["url"]);
        for part in [description, footer, title, image] {
            write!(out, "\n-----\n{}", text(part)).unwrap();
        }
    }
    for file in message["attachments"].as_array().into_iter().flatten() {
        write!(out, "\nfile {} {}", text(&file["filename"]), file["size"]).unwrap();
    }
    out
}

/// A message as it was to be sent, in the same form.
fn as_wanted(message: &Message) -> String {
    let mut out = format!("\n=====\n{}", message.content());
    for embed in message.embeds() {
        let picture = embed.picture.as_ref();
        let title = picture.map_or("", |picture| picture.title.as_str());
        let image = picture.map_or("", |picture| picture.address.as_str());
        for part in [&embed.description, &embed.footer, title, image] {
            write!(out, "\n-----\n{part}").unwrap();
        }
    }
    if let Some(file) = message.file() {
        write!(out, "\nfile {} {}", file.name, file.text.len()).unwrap();
    }
    out
}

#[tokio::test]
async fn every_answer_is_shown_in_the_channel_as_it_was_to_be_sent() {
    let mut groups: BTreeMap<(bool, bool, String), Vec<Piece>> = BTreeMap::new();
    for piece in pieces() {
        let beside = &piece.beside;
        let group = (beside.compact, beside.embed, beside.language.clone());
        groups.entry(group).or_default().push(piece);
    }
    for pieces in groups.values() {
        asked_for_real(pieces).await;
    }
}
