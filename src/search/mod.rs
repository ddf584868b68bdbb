//! What limits the search behind an answer. Plain values; nothing here asks anybody.

use serde::{Deserialize, Serialize};

/// How old a source may be at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recency {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// What the search behind one answer is limited to. Nothing set limits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filters {
    /// The only domains that sources may be from, as `example.org`; empty for all. Never beside `denied`.
    pub allowed: Vec<String>,
    /// The domains that no source may be from.
    pub denied: Vec<String>,
    /// How old sources may be.
    pub recency: Option<Recency>,
}
