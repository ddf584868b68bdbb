//! What the stand-in was asked, and what that cost. Must not decide anything.

use std::collections::VecDeque;

use serde_json::Value;

use super::usage::Amount;

/// How many requests are remembered; the oldest go first. Counts go on.
const REMEMBERED: usize = 2000;

/// A request as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// Its query, as it was written.
    pub query: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body; null when there is none, and a string when it is no JSON.
    pub body: Value,
}

impl Asked {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// How often the stand-in was asked for what. Requests that met a trouble of kind `Instead`, or were refused, count only as
/// refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Runs begun that answer in one reply.
    pub plain: u64,
    /// Runs begun that answer in a stream.
    pub streamed: u64,
    /// Runs begun in the background.
    pub background: u64,
    /// Looks at runs.
    pub looks: u64,
    /// Runs cancelled.
    pub cancelled: u64,
    /// Lists of models.
    pub models: u64,
    /// Requests that were refused.
    pub refused: u64,
}

impl Calls {
    /// How many runs were begun: what is paid for.
    #[must_use]
    pub fn runs(self) -> u64 {
        self.plain + self.streamed + self.background
    }

    /// All of them.
    #[must_use]
    pub fn all(self) -> u64 {
        self.runs() + self.looks + self.cancelled + self.models + self.refused
    }
}

#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) calls: Calls,
    pub(super) money: Amount,
    pub(super) asked: VecDeque<Asked>,
}

impl Record {
    pub(super) fn remember(&mut self, asked: Asked) {
        if self.asked.len() >= REMEMBERED {
            self.asked.pop_front();
        }
        self.asked.push_back(asked);
    }
}
