//! What indexing found, for the operator's eyes. Counts only; reads nothing.

use serde::{Deserialize, Serialize};

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

/// A file that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The file.
    pub path: String,
    /// Why, in words: `not UTF-8`, `larger than 2 MB`.
    pub why: String,
}
