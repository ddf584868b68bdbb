//! An answer, whole or growing, as the messages a channel shows. Decides what is shown, never when or where.

use std::time::Duration;

use super::attached;
use super::bibliography::Bibliography;
use super::controls;
use super::footer::{footer, time, unfinished};
use super::growing;
use super::heading::heading;
use super::link::{escaped, message_link};
use super::markdown::read;
use super::parts::{Cut, Part, Room, cut};
use super::pictures::pictures;
use super::sentences;
use super::source_list::SourceList;
use super::words::{Words, fill, words};
use super::{DESCRIPTION_LIMIT, Embed, MESSAGE_LIMIT, Message};
use crate::conversation::answer::{Draft, Finish};
use crate::conversation::outcome::Outcome;
use crate::conversation::question::Question;
use crate::conversation::rules::{Density, Display, Format};
use crate::ids::{ChannelId, MessageId};

/// A part in the text of a message is cut here: some room below the limit, because Discord counts some characters in its own way.
const PART_LIMIT: usize = 1_900;

/// The same in an embed.
const EMBEDDED_PART_LIMIT: usize = 4_000;

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
    let mut messages = texts(question, outcome, display, None);
    if let Some(last) = messages.pop() {
        messages.push(
            last.with_buttons(controls::below(question, outcome))
                .with_menu(controls::related(question, outcome)),
        );
    }
    messages
}

/// The same once the question was edited: the last message says so, and offers to answer the question as it reads now.
pub fn edited(question: &Question, outcome: &Outcome, display: Display) -> Vec<Message> {
    let since = words(question.asked.language).edited_since;
    let mut messages = texts(question, outcome, display, Some(since));
    if let Some(last) = messages.pop() {
        messages.push(
            last.with_buttons(controls::below_edited(question, outcome))
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

/// The messages of an outcome. `note` is said at its end where there is room for it, and changes nothing else.
fn texts(
    question: &Question,
    outcome: &Outcome,
    display: Display,
    note: Option<&str>,
) -> Vec<Message> {
    let language = question.asked.language;
    let words = words(language);
    let (text, bibliography) = shown(outcome);
    let body = read(text, &bibliography, words);
    let is_empty = body.blocks.is_empty();
    let mut endings = Vec::new();
    let footer = match outcome {
        Outcome::Answered(answer) => {
            if is_empty {
                endings.push(words.empty_answer.to_owned());
            } else if answer.finish == Finish::Length {
                endings.push(words.cut_at_length.to_owned());
            }
            let cited = (!is_empty).then(|| body.cites().len());
            footer(answer, cited, body.removed, display.density, language)
        }
        Outcome::Failed { failure, draft } => {
            endings.push(sentences::failure(language, failure));
            if is_empty {
                String::new()
            } else {
                unfinished(&draft.filters, body.removed, language)
            }
        }
    };
    let sheet = Sheet::of(question, display, &bibliography, words);
    let mut end = String::new();
    sheet.end(&endings, &footer, &mut end);
    let room = Room {
        // The line that it is parted from the text by is counted in as well.
        tail: end.chars().count() + 2,
        unfinished: words.rest_attached.chars().count() + 1,
        parts: PARTS_AT_MOST,
        ..sheet.room()
    };
    let Cut { mut parts, rest } = cut(&body, &room);
    let last = parts.pop().unwrap_or_default();
    let mut messages: Vec<Message> = Vec::new();
    for part in &parts {
        messages.push(sheet.message(messages.is_empty(), sheet.listed(part), ""));
    }
    let mut text = sheet.listed(&last);
    if !rest.is_empty() {
        endings.insert(0, words.rest_attached.to_owned());
    }
    let mut noted = text.clone();
    let with_note: Vec<String> = endings
        .iter()
        .cloned()
        .chain(note.map(str::to_owned))
        .collect();
    sheet.end(&with_note, &footer, &mut noted);
    sheet.end(&endings, &footer, &mut text);
    let text = if sheet.holds(messages.is_empty(), &noted) {
        noted
    } else {
        text
    };
    let mut message = sheet.message(messages.is_empty(), text, &footer);
    message.file =
        (!rest.is_empty()).then(|| Box::new(attached::file(&rest, &bibliography, words)));
    if let Outcome::Answered(answer) = outcome {
        message.embeds.extend(pictures(&answer.images));
    }
    messages.push(message);
    messages
}

/// What the parts of an answer are written on.
struct Sheet {
    format: Format,
    /// What stands above the first part, where it is not to be seen what it answers.
    heading: Option<String>,
    list: Option<SourceList>,
}

impl Sheet {
    fn of(
        question: &Question,
        display: Display,
        bibliography: &Bibliography<'_>,
        words: &'static Words,
    ) -> Self {
        let format = display.format;
        let list = || SourceList::of(bibliography, words, limit(format) / 3);
        Self {
            format,
            heading: heading(&question.asked),
            list: (display.density == Density::Full).then(list),
        }
    }

    /// The room of one part, with nothing at its end.
    fn room(&self) -> Room<'_> {
        let heading = self
            .heading
            .as_ref()
            .filter(|_| self.format == Format::Plain);
        Room {
            limit: limit(self.format),
            head: heading.map_or(0, |heading| heading.chars().count() + 1),
            tail: 0,
            unfinished: 0,
            columns: columns(self.format),
            parts: 1,
            list: self.list.as_ref(),
        }
    }

    fn listed(&self, part: &Part) -> String {
        let mut text = part.text.clone();
        if let Some(list) = &self.list {
            list.write(&part.cites, &mut text);
        }
        text
    }

    /// Writes what stands below the last part: each ending, and the footer where it is a line of text.
    fn end(&self, endings: &[String], footer: &str, out: &mut String) {
        for ending in endings {
            end(ending, out);
        }
        if self.format == Format::Plain && !footer.is_empty() {
            end(&format!("-# {footer}"), out);
        }
    }

    /// Whether a message can hold this text, even with a line above that says why it is elsewhere.
    fn holds(&self, is_first: bool, text: &str) -> bool {
        let limit = MESSAGE_LIMIT - sentences::LONGEST_LEAD;
        match (self.format, &self.heading) {
            (Format::Embed, _) => text.chars().count() <= DESCRIPTION_LIMIT,
            (Format::Plain, Some(heading)) if is_first => {
                heading.chars().count() + 1 + text.chars().count() <= limit
            }
            (Format::Plain, _) => text.chars().count() <= limit,
        }
    }

    fn message(&self, is_first: bool, text: String, footer: &str) -> Message {
        let heading = self.heading.as_deref().filter(|_| is_first);
        match (self.format, heading) {
            (Format::Plain, None) => Message::new(text),
            (Format::Plain, Some(heading)) => Message::new(format!("{heading}\n{text}")),
            (Format::Embed, heading) => {
                let embed = Embed {
                    description: text,
                    footer: footer.to_owned(),
                    picture: None,
                };
                Message::new(heading.unwrap_or_default().to_owned()).with_embeds(vec![embed])
            }
        }
    }
}

/// The widest code block that a phone of 390 pixels shows without breaking its lines, in columns: an embed has a frame around it. Measured in
/// the local Discord, by `tests/gallery/pictures.mjs`.
fn columns(format: Format) -> usize {
    match format {
        Format::Plain => 35,
        Format::Embed => 31,
    }
}

fn limit(format: Format) -> usize {
    match format {
        Format::Plain => PART_LIMIT,
        Format::Embed => EMBEDDED_PART_LIMIT,
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
    for text in [&mut message.content].into_iter().chain(texts) {
        if text.contains(words.rest_attached) {
            *text = text.replace(words.rest_attached, words.rest_not_attached);
            said = true;
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
    let sheet = Sheet::of(question, display, &bibliography, words);
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
