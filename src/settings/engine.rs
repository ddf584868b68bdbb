//! What the built-in server answers from.

use std::path::PathBuf;

use serde::Deserialize;

/// The `[engine]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineSettings {
    /// `corpus`: folders of documents.
    pub corpus: Vec<PathBuf>,
    /// `bundled`: also Footnote's handbook, and the Rust documentation where it is installed.
    pub bundled: bool,
    /// `index_dir`: where the index of the documents is kept. Unset: `index` in the data directory.
    pub index_dir: Option<PathBuf>,
    /// `language`: the language of the questions, a two-letter code.
    pub language: String,
}
