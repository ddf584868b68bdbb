//! The language model that writes the built-in server's answers from documents.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use sonar_server::engines::writer;

/// The `[writer]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriterSettings {
    /// `url`, `FOOTNOTE_WRITER_URL`: an OpenAI-compatible chat endpoint. Unset: answers are excerpts.
    pub url: Option<String>,
    /// `model`, `FOOTNOTE_WRITER_MODEL`: the model there.
    pub model: Option<String>,
    /// `api_key`, `FOOTNOTE_WRITER_KEY`: the key for it.
    pub api_key: Option<SecretString>,
    /// `first_token_seconds`: how long to wait for the first word, 1 to 280.
    pub first_token_seconds: u64,
    /// `total_seconds`: how long a whole answer may take, 1 to 280.
    pub total_seconds: u64,
    /// `at_once`: how many answers are written at once, 1 to 1,000.
    pub at_once: usize,
}

impl WriterSettings {
    /// The longest wait that a setting may ask for: the server gives an answer 300 seconds, and excerpts must still find time.
    pub const LONGEST_WAIT_SECONDS: u64 = 280;

    /// What the engine is told; nothing without an endpoint and a model.
    pub fn endpoint(&self) -> Option<writer::WriterSettings> {
        let (url, model) = (self.url.clone()?, self.model.clone()?);
        Some(writer::WriterSettings {
            key: self.api_key.clone(),
            first_token: Duration::from_secs(self.first_token_seconds),
            total: Duration::from_secs(self.total_seconds),
            at_once: self.at_once,
            ..writer::WriterSettings::new(url, model)
        })
    }
}
