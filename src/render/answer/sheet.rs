//! What the parts of an answer are written on: what stands above the first and below the last, and how much room there is between.

use super::super::bibliography::Bibliography;
use super::super::detour;
use super::super::heading::heading;
use super::super::parts::{Part, Room};
use super::super::source_list::SourceList;
use super::super::words::Words;
use super::super::{DESCRIPTION_LIMIT, Embed, MESSAGE_LIMIT, Message, mention};
use super::end;
use crate::conversation::question::Question;
use crate::conversation::rules::{Density, Display, Format};
use crate::ids::PersonId;

/// A part in the text of a message is cut here: some room below the limit, because Discord counts some characters in its own way.
const PART_LIMIT: usize = 1_900;

/// The same in an embed.
const EMBEDDED_PART_LIMIT: usize = 4_000;

pub(super) struct Sheet {
    format: Format,
    /// Who is pinged by the first part.
    pings: Option<PersonId>,
    /// What stands above the first part: who is pinged, and what it answers, where that is not to be seen.
    heading: Option<String>,
    list: Option<SourceList>,
}

impl Sheet {
    pub(super) fn of(
        question: &Question,
        display: Display,
        pings: Option<PersonId>,
        bibliography: &Bibliography<'_>,
        words: &'static Words,
    ) -> Self {
        let format = display.format;
        let list = || SourceList::of(bibliography, words, limit(format) / 3);
        let lines = [pings.map(mention), heading(&question.asked)];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        Self {
            format,
            pings,
            heading: (!lines.is_empty()).then(|| lines.join("\n")),
            list: (display.density == Density::Full).then(list),
        }
    }

    /// The room of one part, with nothing at its end.
    pub(super) fn room(&self) -> Room<'_> {
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

    pub(super) fn listed(&self, part: &Part) -> String {
        let mut text = part.text.clone();
        if let Some(list) = &self.list {
            list.write(&part.cites, &mut text);
        }
        text
    }

    /// Writes what stands below the last part: each ending, and the footer where it is a line of text.
    pub(super) fn end(&self, endings: &[String], footer: &str, out: &mut String) {
        for ending in endings {
            end(ending, out);
        }
        if self.format == Format::Plain && !footer.is_empty() {
            end(&format!("-# {footer}"), out);
        }
    }

    /// Whether a message can hold this text, even with a line above that says why it is elsewhere.
    pub(super) fn holds(&self, is_first: bool, text: &str) -> bool {
        let limit = MESSAGE_LIMIT - detour::LONGEST_LEAD;
        match (self.format, &self.heading) {
            (Format::Embed, _) => text.chars().count() <= DESCRIPTION_LIMIT,
            (Format::Plain, Some(heading)) if is_first => {
                heading.chars().count() + 1 + text.chars().count() <= limit
            }
            (Format::Plain, _) => text.chars().count() <= limit,
        }
    }

    pub(super) fn message(&self, is_first: bool, text: String, footer: &str) -> Message {
        let heading = self.heading.as_deref().filter(|_| is_first);
        let message = match (self.format, heading) {
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
        };
        message.with_pings(self.pings.filter(|_| is_first))
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
