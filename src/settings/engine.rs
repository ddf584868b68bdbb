//! What the built-in server answers from.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

/// The `[engine]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineSettings {
    /// `answers_with`: documents, or the Agent API.
    pub answers_with: AnswersWith,
    /// `corpus`: folders of documents.
    pub corpus: Vec<PathBuf>,
    /// `bundled`: also Footnote's handbook, and the Rust documentation where it is installed.
    pub bundled: bool,
    /// `index_dir`: where the index of the documents is kept. Unset: `index` in the data directory.
    pub index_dir: Option<PathBuf>,
    /// `language`: the language of the questions, a two-letter code.
    pub language: String,
    /// `reload_seconds`: how often to look whether documents changed; 0 never looks.
    pub reload_seconds: u64,
}

/// What the built-in server answers with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswersWith {
    /// The Agent API where it has a key, else documents.
    #[default]
    Auto,
    /// Documents, and what the operator adds to them.
    Documents,
    /// The Agent API.
    Agent,
}

impl EngineSettings {
    /// The most seconds between two looks at the documents: a day.
    pub const SELDOMEST_RELOAD_SECONDS: u64 = 86_400;

    /// Whether there are documents to search.
    pub fn has_documents(&self) -> bool {
        self.bundled || !self.corpus.is_empty()
    }

    /// How long to wait between two looks at the documents; `None` never looks.
    pub fn reload_every(&self) -> Option<Duration> {
        (self.reload_seconds > 0).then(|| Duration::from_secs(self.reload_seconds))
    }
}
