//! What of the index stays in memory: what is known of every document, section and passage without its
//! text. Ranks nothing.

use serde::{Deserialize, Serialize};

use super::vocabulary::Vocabulary;
use crate::engines::corpus::documents::Image;
use crate::engines::corpus::report::Report;

/// A document without its text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DocumentEntry {
    pub(crate) title: String,
    pub(crate) part_of: Option<String>,
    pub(crate) url: String,
    pub(crate) date: Option<String>,
    pub(crate) updated: Option<String>,
    pub(crate) language: String,
}

/// Where a section is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SectionEntry {
    pub(crate) document: u32,
    /// The section's own date, when it has one.
    pub(crate) date: Option<String>,
    /// Its own and its document's together.
    pub(crate) standing: f32,
    /// Whether its heading is a question.
    pub(crate) asks: bool,
    pub(super) offset: u64,
}

impl SectionEntry {
    /// A section of a document, for tests of what looks at its date.
    #[cfg(test)]
    pub(crate) fn at(document: u32) -> Self {
        Self {
            document,
            date: None,
            standing: 1.0,
            asks: false,
            offset: 0,
        }
    }
}

/// The words around a section's text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SectionText {
    pub(crate) anchor: String,
    pub(crate) path: Vec<String>,
    /// Titles of the documents that hold an exact copy.
    pub(crate) copied_to: Vec<String>,
    /// Its pictures, then that of its document.
    pub(crate) images: Vec<Image>,
}

/// Where a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PassageEntry {
    pub(crate) section: u32,
    /// How many tokens it has.
    pub(crate) length: u16,
    pub(super) offset: u64,
}

/// Everything that is kept in memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) documents: Vec<DocumentEntry>,
    pub(crate) sections: Vec<SectionEntry>,
    pub(crate) passages: Vec<PassageEntry>,
    pub(crate) average_length: f32,
    pub(super) vocabulary: Vocabulary,
    /// Where in the store the records of sections end and those of passages begin.
    pub(super) sections_end: u64,
    /// Where those of passages end and the postings begin.
    pub(super) passages_end: u64,
}

impl Head {
    /// Tells what the index holds.
    pub(crate) fn tell(&self, report: &mut Report) {
        report.documents = self.documents.len();
        report.sections = self.sections.len();
        report.passages = self.passages.len();
        let dated = self.documents.iter().filter(|entry| entry.date.is_some());
        report.dated = dated.count();
        report.count_hosts(self.documents.iter().map(|entry| entry.url.as_str()));
    }
}
