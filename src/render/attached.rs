//! What of an answer no message holds, or the whole of one, as a file in ordinary Markdown. Its markers are footnotes, each with its title, address and date.

use super::File;
use super::bibliography::{Bibliography, Entry};
use super::body::Body;
use super::filling::{Filled, Unit, in_footnotes, units};
use super::link::{escaped, plain};
use super::words::Words;
use crate::conversation::question::Question;

/// The most bytes of the text. With its footnotes it stays below the 10 MiB that Discord takes everywhere.
///
/// See <https://discord.com/developers/docs/reference#uploading-files>.
const LARGEST_TEXT: usize = 7 * 1024 * 1024;

/// The most bytes of the footnotes.
const LARGEST_NOTES: usize = 1024 * 1024;

/// The most characters of a title, and of a date: the service gives both as texts.
const LONGEST_TITLE: usize = 200;
const LONGEST_DATE: usize = 20;

/// The most characters of a question above its answer.
const LONGEST_HEADING: usize = 200;

/// The file of what is left of an answer.
pub(super) fn file(rest: &[Unit<'_>], bibliography: &Bibliography<'_>, words: &Words) -> File {
    let Written { text, .. } = written(rest, bibliography, words);
    File {
        name: format!("{}.md", words.file_name),
        text,
    }
}

/// The file of a whole answer, below its question, with every source: also those that it does not cite.
pub(super) fn whole(
    question: &Question,
    body: &Body,
    bibliography: &Bibliography<'_>,
    words: &Words,
) -> File {
    let units = units(body, usize::MAX, usize::MAX, None);
    let Written { text, cites, room } = written(&units, bibliography, words);
    let heading = escaped(question.asked.text.as_str(), LONGEST_HEADING);
    let mut text = format!("# {heading}\n\n{text}");
    let others = bibliography
        .entries()
        .iter()
        .filter(|entry| !cites.contains(&entry.number));
    let mut left = String::new();
    for entry in others {
        let line = format!("- {}\n", where_it_leads(entry, words));
        if left.len() + line.len() > room {
            break;
        }
        left.push_str(&line);
    }
    if !left.is_empty() {
        text.push_str(&format!("\n{}\n\n{left}", words.also_found));
    }
    File {
        name: format!("{}.md", words.whole_file_name),
        text,
    }
}

/// A text with its footnotes.
struct Written {
    text: String,
    /// The numbers of the sources that have one.
    cites: Vec<u32>,
    /// How many bytes are left for other sources.
    room: usize,
}

fn written(units: &[Unit<'_>], bibliography: &Bibliography<'_>, words: &Words) -> Written {
    let Filled {
        part,
        units: written,
    } = in_footnotes(units, LARGEST_TEXT);
    let mut text = part.text;
    text.push('\n');
    if written < units.len() {
        text.push_str(&format!("\n{}\n", words.file_cut));
    }
    let mut notes = String::new();
    let cited = part
        .cites
        .iter()
        .filter_map(|number| bibliography.entry(*number));
    for note in cited.map(|entry| note(entry, words)) {
        if notes.len() + note.len() > LARGEST_NOTES {
            break;
        }
        notes.push_str(&note);
    }
    if !notes.is_empty() {
        text.push('\n');
        text.push_str(&notes);
    }
    Written {
        text,
        cites: part.cites,
        room: LARGEST_NOTES.saturating_sub(notes.len()),
    }
}

/// A footnote: where its number leads.
fn note(entry: &Entry<'_>, words: &Words) -> String {
    format!("[^{}]: {}\n", entry.number, where_it_leads(entry, words))
}

/// A source in a line.
fn where_it_leads(entry: &Entry<'_>, words: &Words) -> String {
    let source = entry.source;
    let title = match source.title.trim() {
        "" => String::new(),
        title => escaped(title, LONGEST_TITLE),
    };
    let address = entry
        .link
        .as_ref()
        .map(|link| format!("<{}>", link.address()));
    let date = source.date.as_deref().or(source.last_updated.as_deref());
    let date = plain(date.unwrap_or_default(), LONGEST_DATE);
    let mut pieces = vec![title, address.unwrap_or_default(), date];
    pieces.retain(|piece| !piece.is_empty());
    if pieces.is_empty() {
        pieces.push(words.nameless_source.to_owned());
    }
    pieces.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::{filling, markdown, words::words};
    use super::*;
    use crate::conversation::answer::Source;
    use crate::conversation::language::Language;

    #[test]
    fn a_line_that_begins_with_a_marker_defines_no_footnote() {
        let sources = [Source {
            number: 1,
            title: "Tea".to_owned(),
            url: "https://a.example/".to_owned(),
            date: None,
            last_updated: None,
            snippet: String::new(),
        }];
        let bibliography = Bibliography::of(&sources);
        let words = words(Language::English);
        let body = markdown::read(
            "[1]: The first.\n\n- [1]: It [1]: shows.",
            &bibliography,
            words,
        );
        let units = filling::units(&body, 2_000, 100, None);
        assert_eq!(
            file(&units, &bibliography, words).text,
            "[^1]\\: The first.\n\n- [^1]\\: It [^1]: shows.\n\n[^1]: Tea, <https://a.example/>\n"
        );
    }
}
