//! Reads a file of JSON lines: one document a line. A line that cannot be used is named by its number; it never costs the
//! others. Opens no file.

use std::io::{self, BufRead, Read};

use serde::Deserialize;

use super::dates;
use super::document::{Document, MAX_DOCUMENT_BYTES};
use super::markdown::slug;
use super::outline::{Outline, clipped};
use super::plain_text::paragraphs;
use super::reading::Reading;

/// A line, as it may be written. Other keys are nobody's mistake.
#[derive(Debug, Deserialize)]
struct Line {
    url: Option<String>,
    title: Option<String>,
    date: Option<String>,
    updated: Option<String>,
    lang: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    text: Option<String>,
    sections: Option<Vec<LineSection>>,
}

#[derive(Debug, Deserialize)]
struct LineSection {
    heading: Option<String>,
    anchor: Option<String>,
    text: String,
}

/// Reads lines until the end of the file.
///
/// # Errors
///
/// When the file cannot be read further; what was read before is lost with it.
pub(crate) fn read(mut file: impl BufRead) -> io::Result<Reading> {
    let mut reading = Reading::default();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let most = MAX_DOCUMENT_BYTES + 1;
        if file.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() as u64 == most && !line.ends_with(b"\n") {
            file.skip_until(b'\n')?;
            reading.fault(Some(number), "larger than 2 MB".to_owned());
            continue;
        }
        match document(&line) {
            Ok(None) => {}
            Ok(Some((mut document, remarks))) => {
                document.line = Some(number);
                for remark in remarks {
                    reading.remark(Some(number), remark);
                }
                reading.documents.push(document);
            }
            Err(why) => reading.fault(Some(number), why),
        }
    }
    Ok(reading)
}

/// The document of a line and what of it is of no use; nothing for a blank line.
fn document(line: &[u8]) -> Result<Option<(Document, Vec<String>)>, String> {
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    let line = str::from_utf8(line).map_err(|_| "not UTF-8".to_owned())?;
    if line.trim().is_empty() {
        return Ok(None);
    }
    if !line.trim_start().starts_with('{') {
        return Err("no document in JSON: it must be an object, `{ \"text\": … }`".to_owned());
    }
    let line: Line = serde_json::from_str(line).map_err(|error| fault(&error))?;
    let title = clipped(line.title.as_deref().unwrap_or_default());
    let mut outline = Outline::new(&title);
    paragraphs(line.text.as_deref().unwrap_or_default(), &mut outline);
    for section in line.sections.iter().flatten() {
        let heading = section.heading.as_deref().unwrap_or_default();
        let anchor = match &section.anchor {
            Some(anchor) => anchor.trim_start_matches('#').to_owned(),
            // A page of ours bears the anchors that we give it; of others, nothing is known.
            None if line.url.is_none() => slug(heading),
            None => String::new(),
        };
        outline.section(heading, &anchor);
        paragraphs(&section.text, &mut outline);
    }
    let sections = outline.finish();
    if sections.is_empty() {
        return Err("holds no text: put it into `text` or `sections`".to_owned());
    }
    let mut remarks = Vec::new();
    let mut day =
        |key: &str, date: &Option<String>| dates::said(key, date.as_deref(), &mut remarks);
    Ok(Some((
        Document {
            title,
            url: line.url.unwrap_or_default(),
            date: day("date", &line.date),
            updated: day("updated", &line.updated),
            language: line.lang.map(|tag| tag.to_lowercase()),
            tags: line.tags,
            sections,
            ..Document::default()
        },
        remarks,
    )))
}

/// What is wrong with a line, without the line and column inside of it that the parser counts.
fn fault(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    format!("no document in JSON: {message}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reading(text: &str) -> Reading {
        read(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_line_is_a_document() {
        let read = reading(
            r##"{"url": "https://tea.example/a", "title": "Tea", "date": "2024-03-01", "updated": "2024-04-01T10:00:00Z", "lang": "EN", "text": "One.\n\nTwo.", "other": 1}

{"sections": [{"text": "Top."}, {"heading": "How hot?", "text": "Hot."}, {"heading": "How long?", "anchor": "#long", "text": "Long."}]}
"##,
        );
        assert!(read.faults.is_empty() && read.remarks.is_empty());
        let [first, second] = &read.documents[..] else {
            panic!("{read:?}");
        };
        assert_eq!((first.line, second.line), (Some(1), Some(3)));
        assert_eq!(first.date.as_deref(), Some("2024-03-01"));
        assert_eq!(first.updated.as_deref(), Some("2024-04-01"));
        assert_eq!(first.language.as_deref(), Some("en"));
        assert_eq!(first.sections[0].blocks.len(), 2);
        let seen: Vec<_> = second
            .sections
            .iter()
            .map(|section| (section.path.join(" "), section.anchor.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                (String::new(), ""),
                ("How hot?".to_owned(), "how-hot"),
                ("How long?".to_owned(), "long"),
            ]
        );
    }

    #[test]
    fn an_anchor_on_somebody_elses_page_is_never_made_up() {
        let read = reading(
            r#"{"url": "https://tea.example/a", "sections": [{"heading": "How hot?", "text": "Hot."}]}"#,
        );
        assert_eq!(read.documents[0].sections[0].anchor, "");
    }

    #[test]
    fn a_bad_line_is_named_and_costs_no_other() {
        let text = [
            "{\"text\": \"Good.\"}",
            "{\"text\": ",
            "{\"text\": 3}",
            "[]",
            "{\"title\": \"Empty\"}",
            "{\"date\": \"soon\", \"text\": \"Dated.\"}",
        ];
        let read = reading(&text.join("\n"));
        assert_eq!(read.documents.len(), 2);
        let faults: Vec<_> = read
            .faults
            .iter()
            .map(|fault| format!("{} {}", fault.line.unwrap(), fault.what))
            .collect();
        insta::assert_snapshot!(faults.join("\n"), @r#"
        2 no document in JSON: EOF while parsing a value
        3 no document in JSON: invalid type: integer `3`, expected a string
        4 no document in JSON: it must be an object, `{ "text": … }`
        5 holds no text: put it into `text` or `sections`
        "#);
        assert_eq!(read.remarks[0].line, Some(6));
        assert_eq!(
            read.remarks[0].what,
            "`date` is no day written YYYY-MM-DD: `soon`"
        );
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let long = format!(
            "{{\"text\": \"{}\"}}",
            "a".repeat(MAX_DOCUMENT_BYTES as usize)
        );
        let read = reading(&format!("{long}\n{{\"text\": \"Good.\"}}\n{long}"));
        assert_eq!(read.documents.len(), 1);
        assert_eq!(read.documents[0].line, Some(2));
        let lines: Vec<_> = read.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [Some(1), Some(3)]);
    }

    #[test]
    fn endless_nesting_is_a_bad_line() {
        let deep = format!("{{\"x\": {}", "[".repeat(100_000));
        assert_eq!(reading(&deep).faults.len(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_the_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let good = b"\n{\"text\": \"Good.\"}\n";
            let read = read(&[&bytes[..], good].concat()[..]).unwrap();
            prop_assert!(read.documents.iter().any(|document| document.sections[0].blocks.len() == 1));
        }
    }
}
