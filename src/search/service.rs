//! What of the answer service is used: where it looks, how much it reads, and which model answers.

use serde::{Deserialize, Serialize};

/// Where is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// On the web.
    #[default]
    Web,
    /// Among scholarly texts.
    Academic,
    /// Among filings at the US Securities and Exchange Commission.
    Sec,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Web, Self::Academic, Self::Sec];
}

/// How much of what is found is read for an answer. More costs more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContextSize {
    /// As much as the service does by itself.
    #[default]
    Usual,
    /// Little.
    Low,
    /// More.
    Medium,
    /// Much.
    High,
}

impl ContextSize {
    /// Every size.
    pub const ALL: [Self; 4] = [Self::Usual, Self::Low, Self::Medium, Self::High];
}

/// How much effort is put into an answer. Each depth stands for a model that the operator names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Depth {
    /// A quick answer.
    Quick,
    /// The usual.
    #[default]
    Standard,
    /// A thorough answer.
    Thorough,
    /// Research: minutes of it, as a job of its own.
    Research,
}

/// An amount of US dollars, in whole cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dollars(u32);

impl Dollars {
    /// The most that can be set, in US dollars.
    pub const MOST: u32 = 1_000;

    /// So many cents; none above [`Dollars::MOST`] dollars.
    pub fn of_cents(cents: u32) -> Option<Self> {
        (cents <= Self::MOST * 100).then_some(Self(cents))
    }

    /// The cents.
    pub fn cents(self) -> u32 {
        self.0
    }

    /// In US dollars.
    pub fn usd(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl Depth {
    /// Every depth, from the least.
    pub const ALL: [Self; 4] = [Self::Quick, Self::Standard, Self::Thorough, Self::Research];
}

/// Which model answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// The one that the operator names for this depth.
    Depth(Depth),
    /// One of those that the operator offers, by its name.
    Named(String),
}

impl Default for Model {
    fn default() -> Self {
        Self::Depth(Depth::Standard)
    }
}

impl Model {
    /// The depth; none for a model that is named.
    pub fn depth(&self) -> Option<Depth> {
        match self {
            Self::Depth(depth) => Some(*depth),
            Self::Named(_) => None,
        }
    }
}

/// How much of what was said before is sent along with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryBudget {
    /// So many questions with their answers at most; 0 sends nothing.
    pub turns: u32,
    /// So many tokens of the service's models at most.
    pub tokens: u32,
}
