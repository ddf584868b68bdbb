//! An answer, whole or growing, as the messages a channel shows. Decides what is shown, never when or where.

mod sheet;

use std::time::Duration;

use self::sheet::Sheet;
use super::attached;
use super::bibliography::Bibliography;
use super::controls;
use super::costs;
use super::footer::{Researched, footer, time, unfinished};
use super::growing;
use super::link::{escaped, message_link};
use super::markdown::read;
use super::parts::{Cut, Room, cut};
use super::pictures::pictures;
use super::sentences;
use super::words::{fill, words};
use super::{Button, MESSAGE_LIMIT, Message};
use crate::conversation::answer::{Draft, Finish};
use crate::conversation::outcome::Outcome;
use crate::conversation::question::Question;
use crate::conversation::rules::Display;
use crate::ids::{ChannelId, MessageId, PersonId};
use crate::research::ports::Report;

/// The most messages one answer may take in a channel.
const PARTS_AT_MOST: usize = 5;

/// The most characters of one thing that is being searched for.
const LONGEST_QUERY: usize = 80;

/// The most things that are shown as being searched for.
const QUERIES_AT_MOST: usize = 5;

/// The most characters of a name.
const LONGEST_NAME: usize = 32;

/// As much of a growing answer as is read, in characters: its first part comes from there, whatever the service thinks aloud before it.
const GROWING: usize = 100_000;

/// A question's end, as the messages to show in order; what readers can do with it is below the last. Never empty.
pub fn outcome(question: &Question, outcome: &Outcome, display: Display) -> Vec<Message> {
    let messages = texts(question, outcome, display, &Beside::default());
    let buttons = controls::below(question, outcome);
    with_controls(messages, question, outcome, buttons)
}

/// The same once the question was edited: the last message says so, and offers to answer the question as it reads now.
pub fn edited(question: &Question, outcome: &Outcome, display: Display) -> Vec<Message> {
    let note = words(question.asked.language).edited_since;
    let beside = Beside {
        note: Some(note),
        ..Beside::default()
    };
    let messages = texts(question, outcome, display, &beside);
    let buttons = controls::below_edited(question, outcome);
    with_controls(messages, question, outcome, buttons)
}

/// The messages of an outcome, with what readers can do with it below the last.
pub(super) fn with_controls(
    mut messages: Vec<Message>,
    question: &Question,
    outcome: &Outcome,
    buttons: Vec<Button>,
) -> Vec<Message> {
    if let Some(last) = messages.pop() {
        messages.push(
            last.with_buttons(buttons)
                .with_menu(controls::related(question, outcome)),
        );
    }
    messages
}

/// The text of an outcome as far as it is shown, and its sources as they are shown.
pub(super) fn shown(outcome: &Outcome) -> (&str, Bibliography<'_>) {
    let (text, sources, filters) = match outcome {
        Outcome::Answered(answer) => (answer.text.as_str(), &answer.sources, &answer.filters),
        Outcome::Failed { draft, .. } => {
            (growing::whole(&draft.text), &draft.sources, &draft.filters)
        }
    };
    (text, Bibliography::of(sources).within(filters))
}

/// What is told beside an outcome.
#[derive(Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    /// Said at its end where there is room for it; changes nothing else.
    pub(super) note: Option<&'a str>,
    /// What its research took. With it the whole of an answer that takes several messages is in the file, not the rest of it alone.
    pub(super) research: Option<&'a Report>,
    /// Who is pinged.
    pub(super) pings: Option<PersonId>,
}

/// The messages of an outcome, without what readers can do with it.
pub(super) fn texts(
    question: &Question,
    outcome: &Outcome,
    display: Display,
    beside: &Beside<'_>,
) -> Vec<Message> {
    let language = question.asked.language;
    let words = words(language);
    let (text, bibliography) = shown(outcome);
    let body = read(text, &bibliography, words);
    let is_empty = body.blocks.is_empty();
    let paid = beside
        .research
        .map_or_else(Vec::new, |report| costs::paid(report, words));
    let mut endings = Vec::new();
    let footer = match outcome {
        Outcome::Answered(answer) => {
            if is_empty {
                endings.push(words.empty_answer.to_owned());
            } else if answer.finish == Finish::Length {
                endings.push(words.cut_at_length.to_owned());
            }
            let price = beside
                .research
                .and_then(|report| costs::price(report, words));
            if price.is_none() {
                endings.extend(paid.iter().map(|sentence| format!("-# {sentence}")));
            }
            let cited = (!is_empty).then(|| body.cites().len());
            let took = beside.research.map(|_| Researched { price });
            footer(answer, cited, body.removed, display.density, language, took)
        }
        Outcome::Failed { failure, draft } => {
            let why = sentences::failure(language, failure);
            let sentences: Vec<String> = std::iter::once(why).chain(paid).collect();
            endings.push(sentences.join("\n"));
            if is_empty {
                String::new()
            } else {
                unfinished(&draft.filters, body.removed, language)
            }
        }
    };
    let sheet = Sheet::of(question, display, beside.pings, &bibliography, words);
    let attached = match beside.research {
        Some(_) => words.whole_attached,
        None => words.rest_attached,
    };
    let mut end = String::new();
    sheet.end(&endings, &footer, &mut end);
    // The line that it is parted from the text by is counted in as well.
    let (below, says_attached) = (end.chars().count() + 2, attached.chars().count() + 1);
    let room = Room {
        tail: below + beside.research.map_or(0, |_| says_attached),
        unfinished: says_attached,
        parts: parts_at_most(question, beside),
        ..sheet.room()
    };
    let Cut { mut parts, rest } = cut(&body, &room);
    let file = match beside.research {
        Some(_) if parts.len() > 1 || !rest.is_empty() => {
            Some(attached::whole(question, &body, &bibliography, words))
        }
        None if !rest.is_empty() => Some(attached::file(&rest, &bibliography, words)),
        _ => None,
    };
    let last = parts.pop().unwrap_or_default();
    let mut messages: Vec<Message> = Vec::new();
    for part in &parts {
        messages.push(sheet.message(messages.is_empty(), sheet.listed(part), ""));
    }
    let mut text = sheet.listed(&last);
    if file.is_some() {
        endings.insert(0, attached.to_owned());
    }
    let mut noted = text.clone();
    let note = beside.note.map(str::to_owned);
    let with_note: Vec<String> = endings.iter().cloned().chain(note).collect();
    sheet.end(&with_note, &footer, &mut noted);
    sheet.end(&endings, &footer, &mut text);
    let text = if sheet.holds(messages.is_empty(), &noted) {
        noted
    } else {
        text
    };
    let mut message = sheet.message(messages.is_empty(), text, &footer);
    message.file = file.map(Box::new);
    if let Outcome::Answered(answer) = outcome {
        message.embeds.extend(pictures(&answer.images));
    }
    messages.push(message);
    messages
}

/// The most messages that an outcome may take. The one of a research that nobody but its asker is to see is one alone: further ones would be
/// follow-ups, which Discord takes twice where its reply to the first was lost. The whole is in its file.
fn parts_at_most(question: &Question, beside: &Beside<'_>) -> usize {
    match beside.research {
        Some(_) if !question.asked.is_answered_openly() => 1,
        _ => PARTS_AT_MOST,
    }
}

/// Ends a text with a line: right below it where it is a small one, else apart.
fn end(line: &str, out: &mut String) {
    if !out.is_empty() {
        out.push_str(if line.starts_with("-# ") {
            "\n"
        } else {
            "\n\n"
        });
    }
    out.push_str(line);
}

/// A question that waits for those before it in its conversation.
pub fn waiting(question: &Question) -> Message {
    stage(question, words(question.asked.language).waiting.to_owned())
}

/// An answer that is being written anew, or whose turn has come, before its first text.
pub fn begun(question: &Question) -> Message {
    stage(question, words(question.asked.language).writing.to_owned())
}

/// An answer for which this is being searched; nothing where the service does not tell.
pub fn searching(question: &Question, queries: &[String]) -> Message {
    let words = words(question.asked.language);
    let queries: Vec<String> = queries
        .iter()
        .filter(|query| !query.trim().is_empty())
        .map(|query| escaped(query, LONGEST_QUERY))
        .take(QUERIES_AT_MOST)
        .collect();
    let text = if queries.is_empty() {
        words.searching.to_owned()
    } else {
        fill(words.searching_for, &[("queries", &queries.join(" · "))])
    };
    stage(question, text)
}

fn stage(question: &Question, text: String) -> Message {
    Message::new(text).with_buttons(controls::while_written(question))
}

/// Says in a message of its own that the answer in `message` is complete: the channel then shows as unread, which an edited message does not
/// bring about.
pub fn announcement(
    question: &Question,
    channel: ChannelId,
    message: MessageId,
    took: Duration,
) -> Message {
    let asked = &question.asked;
    let words = words(asked.language);
    let link = message_link(asked.place.guild, channel, message);
    let link = link.map_or_else(
        || words.the_answer.to_owned(),
        |link| link.markdown(words.the_answer),
    );
    let name = escaped(&asked.asker.name, LONGEST_NAME);
    let time = time(took, words);
    let text = fill(
        words.announced,
        &[("name", &name), ("link", &link), ("time", &time)],
    );
    Message::new(text)
}

/// A message whose file Discord does not take, without it; the message says so.
pub fn without_file(question: &Question, message: &Message) -> Message {
    let words = words(question.asked.language);
    let mut message = message.clone();
    if message.file.take().is_none() {
        return message;
    }
    let embeds = message.embeds.iter_mut();
    let texts = embeds.map(|embed| &mut embed.description);
    let mut said = false;
    let whole = (words.whole_attached, words.whole_not_attached);
    for text in [&mut message.content].into_iter().chain(texts) {
        for (attached, not_attached) in [whole, (words.rest_attached, words.rest_not_attached)] {
            if text.contains(attached) {
                *text = text.replace(attached, not_attached);
                said = true;
            }
        }
    }
    if !said {
        let room = message.content.chars().count() + 1 + words.rest_not_attached.chars().count();
        if !message.content.is_empty() && room <= MESSAGE_LIMIT {
            message.content.push('\n');
        }
        if room <= MESSAGE_LIMIT {
            message.content.push_str(words.rest_not_attached);
        }
    }
    message
}

/// A growing answer as one message: the first part of what may be shown of it. None before the first sentence.
pub fn growing(question: &Question, draft: &Draft, display: Display) -> Option<Message> {
    let words = words(question.asked.language);
    let bibliography = Bibliography::of(&draft.sources).within(&draft.filters);
    let text = growing::whole(beginning(&draft.text, GROWING));
    let body = read(text, &bibliography, words);
    let sheet = Sheet::of(question, display, None, &bibliography, words);
    // The list of sources is not shown yet, but has its room, so that the text stays where it is once the list comes.
    let first = cut(&body, &sheet.room()).parts.into_iter().next()?;
    let mut text = first.text;
    end(words.writing, &mut text);
    Some(
        sheet
            .message(true, text, "")
            .with_buttons(controls::while_written(question)),
    )
}

/// The first characters of a text.
fn beginning(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters);
    let end = end.map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod limited;

#[cfg(test)]
pub(super) mod tests;
