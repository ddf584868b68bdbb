//! How questions are researched: what is asked for, how many at once, and what is usual.

use serde::Deserialize;

/// The `[research]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResearchSettings {
    /// `model`: the model that researches. Empty: nothing is researched.
    pub model: String,
    /// `at_once`: researches that the service works on at the same time, 1 to 10,000.
    pub at_once: u32,
    /// `at_once_per_server`: how many of them may be one server's, 1 to 10,000.
    pub at_once_per_server: u32,
    /// `open_per_server`: researches of one server that may be open, waiting ones too, 1 to 100,000.
    pub open_per_server: u32,
    /// `open_per_person`: how many of them may be one person's, 1 to 10,000.
    pub open_per_person: u32,
    /// `submissions_per_minute`: how many are handed to the service in a minute, 1 to 100,000.
    pub submissions_per_minute: u32,
    /// `looks_per_minute`: how often the service is asked in a minute whether something is done, 1 to 1,000,000.
    pub looks_per_minute: u32,
    /// `usual_seconds`: what a research takes usually, as long as too few ran to tell. 1 to 86,400.
    pub usual_seconds: u64,
    /// `long_seconds`: what nine in ten stay below. `usual_seconds` to 86,400.
    pub long_seconds: u64,
    /// `usual_usd`: what one costs usually, in US dollars, as long as too few ran to tell. 0 to 1,000. Unset: unknown.
    pub usual_usd: Option<f64>,
    /// `high_usd`: what nine in ten stay below.
    pub high_usd: Option<f64>,
    /// `confirm_above_usd`: what one may cost, in US dollars, without its asker having to say so first, unless something else is set in
    /// Discord. 0 to 1,000.
    pub confirm_above_usd: f64,
}
