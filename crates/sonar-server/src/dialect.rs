//! Where the protocol changed over the years: which of its ways the server speaks. Must be plain data.

use serde::Deserialize;
use sonar::DomainLimit;

/// The ways of the protocol that differ from year to year. The default is that of 2026; a client that was written for
/// another year, or that must cope with both, can be tried against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dialect {
    /// Whether `data: [DONE]` ends a stream. Default true; it was not sent until early 2025.
    pub done_sentinel: bool,
    /// How many domains a filter may list. Default 20.
    pub domain_limit: DomainLimit,
    /// Which sentences refuse messages out of order. Default the new ones.
    pub order_wording: OrderWording,
    /// Whether a domain filter may both allow and deny, as in 2025. Default false.
    pub mixed_domains: bool,
    /// Whether recency may stand beside publication dates; then both must be met. Default false.
    pub recency_with_dates: bool,
    /// Whether only the last piece of a full stream names the sources. Default false.
    pub citations_only_last: bool,
    /// Whether the usage holds the cost, as since July 2025. Default true.
    pub cost: bool,
    /// Whether a whole reply holds an empty `delta` beside its `message`. Default true.
    pub delta: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            done_sentinel: true,
            domain_limit: DomainLimit::Twenty,
            order_wording: OrderWording::New,
            mixed_domains: false,
            recency_with_dates: false,
            citations_only_last: false,
            cost: true,
            delta: true,
        }
    }
}

/// Which sentences refuse messages that are out of order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderWording {
    /// Since September 2025: they name the role `tool` too.
    #[default]
    New,
    /// From 2024 to the middle of 2025.
    Old,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_and_every_trouble_is_in_the_readme() {
        let readme = include_str!("../README.md");
        let shown = format!("{:#?}", Dialect::default());
        let switches: Vec<&str> = shown
            .lines()
            .filter_map(|line| line.trim().split_once(':'))
            .map(|(name, _)| name)
            .collect();
        assert!(switches.len() >= 8, "{shown}");
        let troubles = crate::Pretend::ALL.map(|(_, name)| name);
        for name in switches.iter().chain(&troubles) {
            assert!(readme.contains(&format!("| `{name}` |")), "{name}");
        }
    }
}
