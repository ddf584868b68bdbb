//! What limits the search behind an answer. Plain values; nothing here asks anybody.

pub mod codes;

pub use crate::settings::search::Recency;

use serde::{Deserialize, Serialize};

use crate::settings::search::{SearchSettings, domain};

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

impl Filters {
    /// What the operator set. Entries that are no domain are left out; `footnote run` does not start with any.
    pub fn of(settings: &SearchSettings) -> Self {
        Self {
            allowed: hosts(&settings.allowed_domains),
            denied: hosts(&settings.denied_domains),
            recency: settings.recency,
        }
    }
}

/// Each host once, in the order in which they were set.
fn hosts(entries: &[String]) -> Vec<String> {
    let mut hosts = Vec::new();
    for host in entries.iter().filter_map(|entry| domain(entry).ok()) {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operators_filters_are_hosts_each_once() {
        let set = |entries: &[&str]| entries.iter().map(|entry| (*entry).to_owned()).collect();
        let filters = Filters::of(&SearchSettings {
            allowed_domains: set(&["https://docs.rs/tokio", "Docs.rs", "bücher.example"]),
            denied_domains: set(&[]),
            recency: Some(Recency::Month),
        });
        assert_eq!(filters.allowed, ["docs.rs", "xn--bcher-kva.example"]);
        assert_eq!(
            (filters.denied.len(), filters.recency),
            (0, Some(Recency::Month))
        );
    }
}
