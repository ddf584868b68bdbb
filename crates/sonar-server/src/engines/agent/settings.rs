//! What the bridge can be told. Must be plain data.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

/// How the bridge reaches the Agent API, and what it makes of each request.
#[derive(Clone, Debug)]
pub struct AgentSettings {
    /// Where the API is; `/v1/responses` is added to it. Default [`AgentSettings::BASE_URL`].
    pub base_url: String,
    /// The key, sent as `Authorization: Bearer`.
    pub key: SecretString,
    /// What answers for each model of the protocol.
    pub models: Models,
    /// Under which name a level is asked for. Default [`Selector::Preset`].
    pub selector: Selector,
    /// Whether documents that come with a question are passed on. Default true.
    pub documents: bool,
    /// Whether images are searched for when a request wants them; each such search costs. Default false.
    pub images: bool,
    /// Whether related questions are asked for with the question itself, when a request wants them; the API has no field for
    /// them. Default false.
    pub related_questions: bool,
    /// Whether a request is answered as well as can be where a filter has no counterpart, instead of being refused. Default false.
    pub lenient: bool,
    /// How long a connection may take. Default 5 s.
    pub connect: Duration,
    /// How long a stream may be silent, and how long the submission of a job may take. Default 120 s: a research says nothing while
    /// it reads.
    pub idle: Duration,
    /// How long to wait before a job is looked at first, and at most between two looks. Default 2 s and 15 s.
    pub looks: (Duration, Duration),
}

impl AgentSettings {
    /// Where the vendor's API is.
    pub const BASE_URL: &'static str = "https://api.perplexity.ai";

    /// The defaults, with this key.
    #[must_use]
    pub fn new(key: SecretString) -> Self {
        Self {
            base_url: Self::BASE_URL.to_owned(),
            key,
            models: Models::default(),
            selector: Selector::default(),
            documents: true,
            images: false,
            related_questions: false,
            lenient: false,
            connect: Duration::from_secs(5),
            idle: Duration::from_secs(120),
            looks: (Duration::from_secs(2), Duration::from_secs(15)),
        }
    }
}

/// What answers for each model of the protocol: a level or a model of the API.
///
/// The defaults are those of the vendor's overview of October 2026; it has changed them twice that year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Models {
    /// For `sonar`. Default `fast`.
    pub sonar: Target,
    /// For `sonar-pro`. Default `fast`.
    pub sonar_pro: Target,
    /// For `sonar-reasoning`, which the vendor withdrew early. Default `low`.
    pub sonar_reasoning: Target,
    /// For `sonar-reasoning-pro`. Default `low`.
    pub sonar_reasoning_pro: Target,
    /// For `sonar-deep-research`. Default `high`.
    pub sonar_deep_research: Target,
}

impl Default for Models {
    fn default() -> Self {
        let level = |name: &str| Target::Level(name.to_owned());
        Self {
            sonar: level("fast"),
            sonar_pro: level("fast"),
            sonar_reasoning: level("low"),
            sonar_reasoning_pro: level("low"),
            sonar_deep_research: level("high"),
        }
    }
}

impl Models {
    /// What answers for a model. The server has refused the names that are none.
    pub(super) fn target(&self, model: &str) -> &Target {
        match model {
            "sonar-pro" => &self.sonar_pro,
            "sonar-reasoning" => &self.sonar_reasoning,
            "sonar-reasoning-pro" => &self.sonar_reasoning_pro,
            "sonar-deep-research" => &self.sonar_deep_research,
            _ => &self.sonar,
        }
    }
}

/// What is asked of the API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Target {
    /// A level, such as `fast`, `low`, `medium`, `high`, `xhigh`, or a pinned one, such as `fast@2026-10-16.0`.
    Level(String),
    /// A model with its provider, such as `perplexity/sonar`. It searches once.
    Model(String),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = |c: char| c.is_ascii_alphanumeric() || "-_.@/:".contains(c);
        if name.is_empty() || name.len() > 128 || !name.chars().all(known) {
            return Err("it must be a level, such as fast, low, medium or high, or a model with its provider, such as perplexity/sonar".to_owned());
        }
        Ok(match name.contains('/') {
            true => Self::Model(name.to_owned()),
            false => Self::Level(name.to_owned()),
        })
    }
}

impl TryFrom<String> for Target {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(name) | Self::Model(name) => name.fmt(f),
        }
    }
}

/// Under which name a level is asked for: the API renamed the field in autumn 2026, and takes both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Selector {
    /// `preset`, the name seen on the wire.
    #[default]
    Preset,
    /// `effort`, the new name.
    Effort,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_slash_is_a_model_and_any_other_a_level() {
        assert_eq!(
            "fast@2026-10-16.0".parse(),
            Ok(Target::Level("fast@2026-10-16.0".to_owned()))
        );
        assert_eq!(
            "perplexity/sonar".parse(),
            Ok(Target::Model("perplexity/sonar".to_owned()))
        );
        for wrong in ["", "a b", "fast\n"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_not_set_keeps_its_default() {
        let models: Models = serde_json::from_str(r#"{"sonar-pro":"medium"}"#).unwrap();
        let asked = [
            "sonar",
            "sonar-pro",
            "sonar-reasoning-pro",
            "sonar-deep-research",
        ];
        assert_eq!(
            asked.map(|model| models.target(model).to_string()),
            ["fast", "medium", "low", "high"]
        );
    }
}
