//! The models and levels, with what they cost. Must hold facts only.

/// A model and its prices, in USD for a million tokens.
#[derive(Debug, PartialEq)]
pub(super) struct Model {
    pub(super) name: &'static str,
    pub(super) input: f64,
    pub(super) output: f64,
    pub(super) cache_read: f64,
    pub(super) cache_write: Option<f64>,
    /// Tokens it thinks before it writes.
    pub(super) reasoning: u64,
}

/// What `GET /v1/models` lists, and all that a request may name.
pub(super) const MODELS: [Model; 3] = [
    Model {
        name: "perplexity/sonar",
        input: 0.25,
        output: 2.5,
        cache_read: 0.0625,
        cache_write: None,
        reasoning: 0,
    },
    Model {
        name: "openai/gpt-6-luna",
        input: 0.1,
        output: 0.5,
        cache_read: 0.01,
        cache_write: Some(0.125),
        reasoning: 40,
    },
    Model {
        name: "anthropic/claude-haiku-4-5",
        input: 1.0,
        output: 5.0,
        cache_read: 0.1,
        cache_write: Some(1.25),
        reasoning: 0,
    },
];

impl Model {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        MODELS.iter().find(|model| model.name == name)
    }

    /// Who made it: the part of the name before the slash.
    pub(super) fn owner(&self) -> &'static str {
        self.name.split('/').next().unwrap_or_default()
    }
}

/// How much effort goes into an answer; a level brings its model and its tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Fast,
    Low,
    Medium,
    High,
    XHigh,
}

/// Their names today, and those they had before.
const LEVELS: [(&str, Level); 10] = [
    ("fast", Level::Fast),
    ("low", Level::Low),
    ("medium", Level::Medium),
    ("high", Level::High),
    ("xhigh", Level::XHigh),
    ("fast-search", Level::Fast),
    ("pro-search", Level::Low),
    ("deep-research", Level::Medium),
    ("advanced-deep-research", Level::High),
    ("wide-research", Level::XHigh),
];

impl Level {
    /// By its name, which may be pinned to a version: `fast@2026-10-16.0`.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.split('@').next()?;
        LEVELS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, level)| *level)
    }

    pub(super) fn model(self) -> &'static Model {
        let [_, luna, _] = &MODELS;
        luna
    }

    pub(super) fn service_tier(self) -> &'static str {
        if self == Self::Fast {
            "fast"
        } else {
            "default"
        }
    }

    /// How many searches it makes when nothing says otherwise.
    pub(super) fn searches(self) -> usize {
        match self {
            Self::Fast => 1,
            Self::Low => 2,
            Self::Medium => 3,
            Self::High | Self::XHigh => 4,
        }
    }

    /// How many pages it reads when nothing says otherwise.
    pub(super) fn fetches(self) -> usize {
        match self {
            Self::Fast => 0,
            Self::Low => 1,
            Self::Medium | Self::High | Self::XHigh => 3,
        }
    }

    /// Tokens it thinks before it writes.
    pub(super) fn reasoning(self) -> u64 {
        match self {
            Self::Fast => 0,
            Self::Low => 8,
            Self::Medium => 200,
            Self::High | Self::XHigh => 800,
        }
    }
}
