//! Which chat endpoint writes, and how long it may take: plain data.

use std::time::Duration;

use secrecy::SecretString;

/// An OpenAI-compatible chat endpoint, such as those of Ollama, llama.cpp and vLLM.
#[derive(Clone, Debug)]
pub struct WriterSettings {
    /// The base of its addresses: `http://127.0.0.1:11434/v1`.
    pub url: String,
    /// The model, by the name that the endpoint knows.
    pub model: String,
    /// The key for it; local endpoints need none.
    pub key: Option<SecretString>,
    /// How long to wait for the first sign of life of an answer, waiting for a turn included. Default 60 s.
    pub first_token: Duration,
    /// How long a whole answer may take. Default 240 s.
    pub total: Duration,
    /// How many answers it writes at once; further ones wait. At least 1. Default 4.
    pub at_once: usize,
}

impl WriterSettings {
    /// The endpoint at `url`, with the usual patience.
    pub fn new(url: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            model: model.into(),
            key: None,
            first_token: Duration::from_secs(60),
            total: Duration::from_secs(240),
            at_once: 4,
        }
    }
}
