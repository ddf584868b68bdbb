//! Reads one file into documents, whatever its kind. What cannot be read is a fault with its reason, never a panic, and
//! never more than a file's share of memory.

use std::fs;
use std::io::{self, BufReader, Read};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::folder::{File, extension};
use super::html;
use super::html_tree::Refused;
use super::json_lines;
use super::markdown;
use super::plain_text;

/// The largest document: a file, or a line of JSON.
pub(crate) const MAX_DOCUMENT_BYTES: u64 = 2 * 1024 * 1024;

/// The largest file of JSON lines; it is read line by line.
const MAX_LINES_BYTES: u64 = 512 * 1024 * 1024;

/// The most faults and the most remarks of one file that are named; the rest is counted.
const NAMED: usize = 20;

/// What a file gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Reading {
    pub(crate) documents: Vec<Document>,
    /// What of the file was not taken, and why.
    pub(crate) faults: Vec<Note>,
    /// What documents say about themselves that is of no use.
    pub(crate) remarks: Vec<Note>,
    /// Faults and remarks beyond those that are named.
    pub(crate) unnamed: usize,
    /// Whether there is nothing in the file that a reader would look for, such as a page that only leads elsewhere.
    pub(crate) left_out: bool,
}

/// A sentence about a file, or about a line of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) line: Option<u64>,
    pub(crate) what: String,
}

impl Reading {
    /// A file of which nothing was taken.
    pub(crate) fn nothing(why: &str) -> Self {
        let mut reading = Self::default();
        reading.fault(None, why.to_owned());
        reading
    }

    fn left_out(why: &str) -> Self {
        Self {
            left_out: true,
            ..Self::nothing(why)
        }
    }

    fn of(document: Document, remarks: Vec<String>) -> Self {
        if document.sections.is_empty() {
            return Self::left_out("holds no text");
        }
        let mut reading = Self::default();
        for remark in remarks {
            reading.remark(None, remark);
        }
        reading.documents.push(document);
        reading
    }

    pub(crate) fn fault(&mut self, line: Option<u64>, what: String) {
        note(&mut self.faults, &mut self.unnamed, Note { line, what });
    }

    pub(crate) fn remark(&mut self, line: Option<u64>, what: String) {
        note(&mut self.remarks, &mut self.unnamed, Note { line, what });
    }
}

fn note(notes: &mut Vec<Note>, unnamed: &mut usize, note: Note) {
    if notes.len() < NAMED {
        notes.push(note);
    } else {
        *unnamed += 1;
    }
}

/// Reads a file. `wanted` is asked, with its beginning, whether a page is worth reading at all.
pub(crate) fn read(file: &File, wanted: &dyn Fn(&str) -> bool) -> Reading {
    // The parser of HTML is not ours, and a page that it stumbles over should not end the program.
    let reading = panic::catch_unwind(AssertUnwindSafe(|| read_kind(file, wanted)));
    reading.unwrap_or_else(|_| Reading::nothing("cannot be understood: reading it failed inside"))
}

fn read_kind(file: &File, wanted: &dyn Fn(&str) -> bool) -> Reading {
    let kind = extension(&file.path);
    if matches!(kind.as_str(), "jsonl" | "ndjson") {
        return lines(file).unwrap_or_else(|error| unreadable(&error));
    }
    let text = match text(file) {
        Ok(text) => text,
        Err(why) => return Reading::nothing(&why),
    };
    match kind.as_str() {
        "html" | "htm" => page(&text, wanted),
        "txt" => Reading::of(plain_text::read(&text), Vec::new()),
        _ => {
            let (document, remarks) = markdown::read(&text);
            Reading::of(document, remarks)
        }
    }
}

fn page(text: &str, wanted: &dyn Fn(&str) -> bool) -> Reading {
    if is_signpost(text) {
        return Reading::left_out("only leads elsewhere, or asks not to be indexed");
    }
    if !wanted(text) {
        return Reading::left_out("is in a language that is not asked for");
    }
    match html::read(text) {
        Ok((document, remarks)) => Reading::of(document, remarks),
        Err(Refused(why)) => Reading::nothing(why),
    }
}

fn lines(file: &File) -> io::Result<Reading> {
    if file.size_bytes > MAX_LINES_BYTES {
        return Ok(Reading::nothing("larger than 512 MB"));
    }
    let opened = fs::File::open(&file.path)?.take(MAX_LINES_BYTES);
    let mut reading = json_lines::read(BufReader::new(opened))?;
    if reading.documents.is_empty() && reading.faults.is_empty() {
        reading = Reading::left_out("holds no text");
    }
    Ok(reading)
}

/// The text of a file, or in words why it cannot be had.
fn text(file: &File) -> Result<String, String> {
    if file.size_bytes > MAX_DOCUMENT_BYTES {
        return Err("larger than 2 MB".to_owned());
    }
    let mut bytes = Vec::new();
    let opened = fs::File::open(&file.path);
    let read = opened.and_then(|file| file.take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(cannot(&error)),
        // It grew since it was listed.
        Ok(_) if bytes.len() as u64 > MAX_DOCUMENT_BYTES => Err("larger than 2 MB".to_owned()),
        Ok(_) if bytes.contains(&0) => Err("no text: it holds zero bytes".to_owned()),
        Ok(_) => String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned()),
    }
}

fn unreadable(error: &io::Error) -> Reading {
    Reading::nothing(&cannot(error))
}

fn cannot(error: &io::Error) -> String {
    format!("cannot be read: {error}")
}

/// Whether a page only leads elsewhere, or asks not to be indexed.
fn is_signpost(text: &str) -> bool {
    let head = text.split("<body").next().unwrap_or(text);
    let head = head.to_ascii_lowercase();
    head.contains("http-equiv=\"refresh\"") || head.contains("content=\"noindex")
}

/// Whether `path` is of a kind that is read.
pub(crate) fn is_document(path: &Path) -> bool {
    matches!(
        extension(path).as_str(),
        "md" | "markdown" | "html" | "htm" | "txt" | "jsonl" | "ndjson"
    )
}
