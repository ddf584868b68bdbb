//! What of an answer no message holds, as a file in ordinary Markdown. Its markers are footnotes, each with its title, address and date.

use super::File;
use super::bibliography::{Bibliography, Entry};
use super::filling::{Filled, Unit, in_footnotes};
use super::link::{escaped, plain};
use super::words::Words;

/// The most bytes of the text. With its footnotes it stays below the 10 MiB that Discord takes everywhere.
///
/// See <https://discord.com/developers/docs/reference#uploading-files>.
const LARGEST_TEXT: usize = 7 * 1024 * 1024;

/// The most bytes of the footnotes.
const LARGEST_NOTES: usize = 1024 * 1024;

/// The most characters of a title, and of a date: the service gives both as texts.
const LONGEST_TITLE: usize = 200;
const LONGEST_DATE: usize = 20;

/// The file of what is left of an answer.
pub(super) fn file(rest: &[Unit<'_>], bibliography: &Bibliography<'_>, words: &Words) -> File {
    let Filled { part, units } = in_footnotes(rest, LARGEST_TEXT);
    let mut text = part.text;
    text.push('\n');
    if units < rest.len() {
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
    File {
        name: format!("{}.md", words.file_name),
        text,
    }
}

/// A footnote: where its number leads.
fn note(entry: &Entry<'_>, words: &Words) -> String {
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
    format!("[^{}]: {}\n", entry.number, pieces.join(", "))
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
