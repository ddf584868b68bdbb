//! Perplexity's Agent API, as what the built-in server answers through.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sonar_server::engines::agent::{self, Models, Selector};

/// The `[agent]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentSettings {
    /// `api_key`, `PERPLEXITY_API_KEY`: the key. Unset: the API is not used.
    pub api_key: Option<SecretString>,
    /// `base_url`, `PERPLEXITY_BASE_URL`: where the API is.
    pub base_url: String,
    /// `models`: what answers for each model of the protocol.
    pub models: Models,
    /// `selector`: under which name a level is asked for.
    pub selector: Selector,
    /// `documents`: whether documents that come with a question are passed on.
    pub documents: bool,
    /// `images`: whether images are searched for when they are wanted.
    pub images: bool,
    /// `related_questions`: whether they are asked for with the question itself.
    pub related_questions: bool,
    /// `lenient`: whether a filter without a counterpart is ignored instead of refused.
    pub lenient: bool,
    /// `idle_seconds`: the longest silence within a stream, 1 to 840.
    pub idle_seconds: u64,
}

impl AgentSettings {
    /// The key, if there is one; an empty one is none, as in the environment.
    pub fn key(&self) -> Option<&SecretString> {
        let key = self.api_key.as_ref();
        key.filter(|key| !key.expose_secret().trim().is_empty())
    }

    /// What the bridge is told; nothing without a key.
    pub fn bridge(&self) -> Option<agent::AgentSettings> {
        let key = self.key()?.clone();
        Some(agent::AgentSettings {
            base_url: self.base_url.clone(),
            models: self.models.clone(),
            selector: self.selector,
            documents: self.documents,
            images: self.images,
            related_questions: self.related_questions,
            lenient: self.lenient,
            idle: Duration::from_secs(self.idle_seconds),
            ..agent::AgentSettings::new(key)
        })
    }
}
