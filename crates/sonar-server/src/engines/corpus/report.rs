//! What indexing found, for the operator's eyes. Counts only; reads nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::index::Head;

/// What a corpus holds and how it came about.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Files that were read.
    pub files: usize,
    /// Documents among them that are searched.
    pub documents: usize,
    /// Sections, without those that are exact copies of another.
    pub sections: usize,
    /// Passages, the unit that is ranked.
    pub passages: usize,
    /// Documents that carry a publication date.
    pub dated: usize,
    /// Documents without a public address.
    pub without_address: usize,
    /// Documents of each host, most first.
    pub domains: Vec<(String, usize)>,
    /// Files that were not taken, and why.
    pub skipped: Vec<Skipped>,
    /// Things an operator should know: a folder without `base_url`, no Rust documentation found.
    pub notes: Vec<String>,
    /// Whether the kept index was loaded; `false` when it was built.
    pub from_disk: bool,
    /// Seconds that opening took.
    pub seconds: f32,
}

impl Report {
    /// Takes in what the index holds.
    pub(crate) fn count(&mut self, head: &Head) {
        self.documents = head.documents.len();
        self.sections = head.sections.len();
        self.passages = head.passages.len();
        self.dated = head
            .documents
            .iter()
            .filter(|document| document.date.is_some())
            .count();
        let mut hosts: BTreeMap<String, usize> = BTreeMap::new();
        for document in &head.documents {
            match url::Url::parse(&document.url)
                .ok()
                .and_then(|url| url.host_str().map(str::to_owned))
            {
                Some(host) => *hosts.entry(host).or_default() += 1,
                None => self.without_address += 1,
            }
        }
        self.domains = hosts.into_iter().collect();
        self.domains
            .sort_by_key(|(_, documents)| std::cmp::Reverse(*documents));
    }
}

/// A file that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The file.
    pub path: String,
    /// Why, in words: `not UTF-8`, `larger than 2 MB`.
    pub why: String,
}
