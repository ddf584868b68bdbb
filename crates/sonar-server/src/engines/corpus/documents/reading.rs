//! What reading one file gave: its documents, and what there is to say about it. Reads nothing.

use serde::{Deserialize, Serialize};

use super::document::Document;
use crate::engines::corpus::report::Report;

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

    /// A file in which there is nothing that a reader would look for.
    pub(crate) fn left_out(why: &str) -> Self {
        Self {
            left_out: true,
            ..Self::nothing(why)
        }
    }

    /// One document, with what of it is of no use.
    pub(crate) fn of(document: Document, remarks: Vec<String>) -> Self {
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

    /// Tells what of the file at `path` was not taken, and what it says that is of no use.
    pub(crate) fn tell(&self, path: &str, report: &mut Report) {
        for Note { line, what } in &self.faults {
            report.skip(path, *line, what.clone());
        }
        for Note { line, what } in &self.remarks {
            report.remark(path, *line, what.clone());
        }
        report.unnamed += self.unnamed;
    }

    /// Something that was not taken.
    pub(crate) fn fault(&mut self, line: Option<u64>, what: String) {
        note(&mut self.faults, &mut self.unnamed, Note { line, what });
    }

    /// Something that is of no use.
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
