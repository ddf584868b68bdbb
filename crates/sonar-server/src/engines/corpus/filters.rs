//! Which documents a question may be answered from. Pure; ranks nothing.

use time::Date;

/// Limits on the documents. Every one that is set must be met.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Hosts and paths that are allowed or denied.
    pub domains: Vec<DomainRule>,
    /// Only documents published after this day.
    pub published_after: Option<Date>,
    /// Only documents published before this day.
    pub published_before: Option<Date>,
    /// Only documents changed after this day.
    pub updated_after: Option<Date>,
    /// Only documents changed before this day.
    pub updated_before: Option<Date>,
    /// Only documents in one of these languages (`en`); empty allows all that the question's
    /// language allows.
    pub languages: Vec<String>,
}

/// One entry of a domain filter.
///
/// The pattern is a host (`rust-lang.org`, its subdomains included), a top-level domain (`.org`)
/// or a host with a path (`doc.rust-lang.org/std`, on segment boundaries).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainRule {
    /// Only documents that some `Allow` matches.
    Allow(String),
    /// No document that this matches.
    Deny(String),
}
