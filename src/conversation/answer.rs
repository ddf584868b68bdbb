//! What came back: text with its sources, usage and cost. Plain values; nothing here is made safe for showing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::question::QuestionText;
use crate::search::Filters;

/// The longest address that a reader is sent to, or shown a picture from, in characters as it is sent.
pub const LONGEST_ADDRESS: usize = 512;

/// One search result, with the number that markers in the text refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its number, from 1, as `[n]` in the text names it.
    pub number: u32,
    /// Its title, as the service gave it.
    pub title: String,
    /// Its address, as the service gave it.
    pub url: String,
    /// When it was published, YYYY-MM-DD, when the service said.
    pub date: Option<String>,
    /// When it was last changed, YYYY-MM-DD, when the service said.
    pub last_updated: Option<String>,
    /// A piece of its text.
    pub snippet: String,
}

/// A picture that the service found beside its sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The address of the picture itself, as the service gave it.
    pub url: String,
    /// The page that it is from, as the service gave it.
    pub origin: String,
    /// What it is called there, when the service said.
    pub title: Option<String>,
}

/// Why the text ends where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It is complete.
    Complete,
    /// The service cut it at its length limit.
    Length,
    /// A reason this version does not know.
    Other(String),
}

/// What the service counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// Tokens of the question with its context.
    pub prompt_tokens: u64,
    /// Tokens of the answer.
    pub completion_tokens: u64,
    /// What it cost in all, in US dollars, when the service said.
    pub cost_usd: Option<f64>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The text, with markers `[n]`.
    pub text: String,
    /// Every source the service named, in the order of their numbers.
    pub sources: Vec<Source>,
    /// The model that the service says answered.
    pub model: String,
    /// Why the text ends.
    pub finish: Finish,
    /// What it took.
    pub usage: Usage,
    /// Questions that one could ask next, as the service gave them.
    pub related: Vec<String>,
    /// Pictures, as the service gave them; empty unless they were asked for.
    pub images: Vec<Image>,
    /// What the search was limited to.
    pub filters: Filters,
    /// How long it took from the question to the end of the answer.
    pub took: Duration,
}

impl Answer {
    /// The most questions that are offered to be asked next.
    pub const OFFERED: usize = 5;

    /// The questions to offer as the next ones: those that can be asked, in their order.
    pub fn offered(&self) -> Vec<QuestionText> {
        let related = self.related.iter();
        let questions = related.filter_map(|text| QuestionText::parse(text).ok());
        questions.take(Self::OFFERED).collect()
    }
}

/// An answer as far as it has come: what is shown while it grows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The text so far.
    pub text: String,
    /// The sources known so far.
    pub sources: Vec<Source>,
    /// What the search is limited to.
    pub filters: Filters,
}
