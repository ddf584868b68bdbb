//! The protocol's rules for a request, looked at before anything is sent. Must be pure, and name the field that breaks one.
//!
//! The rules are those of the protocol's own pages of 2025 and 2026 and of what its service was seen to refuse. Where the pages
//! disagree, the wider range holds; what no page limits is not limited here.

mod content;
mod dates;
mod domains;
mod format;
mod order;
mod sampling;
mod search;
mod tools;

pub use search::names_a_language;

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::{ChatRequest, Message};

/// A request that breaks a rule of the protocol and is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {why}")]
pub struct Invalid {
    /// The field, dotted; places in lists are counted from 0: `messages.2.role`.
    pub field: String,
    /// What is wrong with it and what would be right. Never holds the text of a message.
    pub why: String,
}

impl Invalid {
    pub(crate) fn new(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            why: why.into(),
        }
    }
}

/// How many entries a domain filter may have. The protocol raised it twice; a service of an earlier year refuses longer lists.
/// In settings it is written as the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
pub enum DomainLimit {
    /// As the first pages had it, until early 2025.
    Three,
    /// As of 2025.
    Ten,
    /// As of 2026.
    #[default]
    Twenty,
}

impl DomainLimit {
    /// The number of entries.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::Three => 3,
            Self::Ten => 10,
            Self::Twenty => 20,
        }
    }
}

impl TryFrom<u64> for DomainLimit {
    type Error = &'static str;

    fn try_from(count: u64) -> Result<Self, Self::Error> {
        match count {
            3 => Ok(Self::Three),
            10 => Ok(Self::Ten),
            20 => Ok(Self::Twenty),
            _ => Err("it must be 3, 10 or 20"),
        }
    }
}

impl ChatRequest {
    /// Whether the request keeps the protocol's rules: ranges, values, dates, domains, and the order of messages. The client
    /// does this before it sends anything. Fields it would not send ([`Self::extra`]) are not looked at.
    ///
    /// ```
    /// use sonar::{ChatRequest, DomainLimit, Message};
    ///
    /// let mut request = ChatRequest::new("sonar", vec![Message::user("What is new?")]);
    /// request.search_after_date_filter = Some("2026-03-01".into());
    /// let invalid = request.check(DomainLimit::default()).unwrap_err();
    /// assert_eq!(invalid.to_string(), "`search_after_date_filter` must be a day written MM/DD/YYYY, not 2026-03-01");
    /// ```
    ///
    /// # Errors
    ///
    /// [`Invalid`] for the first rule that is broken.
    pub fn check(&self, limit: DomainLimit) -> Result<(), Invalid> {
        if self.model.trim().is_empty() {
            return Err(Invalid::new("model", "must name a model, such as `sonar`"));
        }
        sampling::check(self)?;
        format::check(self)?;
        search::check(self, limit)?;
        tools::check(self)?;
        messages(&self.messages)
    }
}

/// Whether the messages alone keep the rules.
pub(crate) fn messages(messages: &[Message]) -> Result<(), Invalid> {
    content::check(messages)?;
    order::check(messages)
}

fn within<T: PartialOrd + Display>(
    field: &str,
    value: Option<T>,
    range: &RangeInclusive<T>,
) -> Result<(), Invalid> {
    match value {
        // A number that is none is in no range.
        Some(value) if !range.contains(&value) => Err(Invalid::new(
            field,
            format!("must be {} to {}, not {value}", range.start(), range.end()),
        )),
        _ => Ok(()),
    }
}

/// The protocol refuses unknown words, the empty one too.
fn known(field: &str, word: Option<&str>, words: &[&str]) -> Result<(), Invalid> {
    match word {
        Some(word) if !words.contains(&word) => Err(Invalid::new(
            field,
            format!(
                "must be one of {}, not `{}`",
                words.join(", "),
                clipped(word)
            ),
        )),
        _ => Ok(()),
    }
}

fn at_most(field: &str, count: usize, limit: usize) -> Result<(), Invalid> {
    if count > limit {
        return Err(Invalid::new(
            field,
            format!("may have at most {limit} entries, not {count}"),
        ));
    }
    Ok(())
}

/// At most 80 characters of a setting, for an error that repeats it.
fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests;
