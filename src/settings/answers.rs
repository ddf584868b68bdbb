//! Where answers come from, and how long to wait for them.

use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

/// The `[answers]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerSettings {
    /// `base_url`, `SONAR_BASE_URL`: the Sonar endpoint to ask. Unset: the built-in server.
    pub base_url: Option<String>,
    /// `api_key`, `SONAR_API_KEY`: the key for that endpoint.
    pub api_key: Option<SecretString>,
    /// `model`, `SONAR_MODEL`: the model asked for.
    pub model: String,
    /// `quick_model`: the model of the depth "quick", cheaper than the usual one. Unset: there is no such depth.
    pub quick_model: Option<String>,
    /// `thorough_model`: the model of the depth "thorough". Unset: there is no such depth.
    pub thorough_model: Option<String>,
    /// `offered_models`: the models that can be set in Discord by their names, at most 20 of at most 60 characters each.
    pub offered_models: Vec<String>,
    /// `related_questions`: whether the service is asked for questions that one could ask next.
    pub related_questions: bool,
    /// `at_once`: questions put to the service at the same time, 1 to 1,000.
    pub at_once: usize,
    /// `open_at_most`: accepted questions open in all, 1 to 100,000.
    pub open_at_most: usize,
    /// `open_per_person`: accepted questions open of one person, 1 to 1,000.
    pub open_per_person: usize,
    /// `connect_seconds`: 1 to 840.
    pub connect_seconds: u64,
    /// `first_byte_seconds`: 1 to 840.
    pub first_byte_seconds: u64,
    /// `idle_seconds`: the longest silence within an answer, 1 to 840.
    pub idle_seconds: u64,
    /// `total_seconds`: the whole answer, 1 to 840.
    pub total_seconds: u64,
}

impl AnswerSettings {
    /// The longest wait that a setting may ask for. Discord lets an answer be edited for 15 minutes; the last minute is
    /// kept for delivering it.
    pub const LONGEST_WAIT: Duration = Duration::from_secs(14 * 60);

    /// The most models that can be offered: as many as fit into a menu of Discord's beside the depths.
    pub const MOST_OFFERED: usize = 20;

    /// The most characters of the name of a model that is offered.
    pub const LONGEST_MODEL: usize = 60;

    /// The four waits with the names of their keys.
    pub fn waits(&self) -> [(&'static str, u64); 4] {
        [
            ("answers.connect_seconds", self.connect_seconds),
            ("answers.first_byte_seconds", self.first_byte_seconds),
            ("answers.idle_seconds", self.idle_seconds),
            ("answers.total_seconds", self.total_seconds),
        ]
    }
}
