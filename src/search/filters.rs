//! What the search behind one answer was limited to: told to the service, held against what comes back, and kept with the answer.

use serde::{Deserialize, Serialize};
use url::Url;

use super::Recency;
use super::codes::{CountryCode, LanguageCode};
use super::domains;
use super::freshness::{Day, Span, days};
use super::service::{Depth, Mode};

/// What the search behind one answer is limited to. Nothing set limits nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filters {
    /// The only domains that sources may be from, as `example.org`; empty for all.
    pub allowed: Vec<String>,
    /// The domains that no source may be from. Beside `allowed` only where a member named domains of which some part is denied: the service
    /// takes one of the two lists, so it is told the allowed ones, and the answer is held against both.
    pub denied: Vec<String>,
    /// How old sources may be. Never beside `published` or `updated`.
    pub recency: Option<Recency>,
    /// When they were published.
    #[serde(skip_serializing_if = "Span::is_open_ref")]
    pub published: Span,
    /// When they were last changed.
    #[serde(skip_serializing_if = "Span::is_open_ref")]
    pub updated: Span,
    /// The languages that they may be in; empty for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<LanguageCode>,
    /// The language of the answer, where it is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_language: Option<LanguageCode>,
    /// The country that is searched from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// Where is searched.
    pub mode: Mode,
    /// How deep the answer goes, where that is not the usual depth; none where its model was set by name.
    pub depth: Option<Depth>,
    /// How many sources came back that these do not let in, and were left out.
    pub left_out: u32,
    /// Those of their addresses that only their dates keep out, without fragments, at most [`Filters::MOST_OUTSIDE`]: they are linked nowhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<String>,
}

impl Span {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "the form that serde takes"
    )]
    fn is_open_ref(&self) -> bool {
        self.is_open()
    }
}

impl Filters {
    /// The most addresses of sources left out that are kept.
    pub const MOST_OUTSIDE: usize = 100;

    /// Notes which sources, by their addresses, were left out of the newest list, and which were not.
    pub fn leave_out(&mut self, outside: &[&str], kept: &[&str]) {
        self.outside.clear();
        self.left_out = u32::try_from(outside.len()).unwrap_or(u32::MAX);
        let kept: Vec<String> = kept.iter().copied().map(page_of).collect();
        for address in outside {
            let page = page_of(address);
            let is_shown = self.admit_address(address) && !kept.contains(&page);
            if is_shown && self.outside.len() < Self::MOST_OUTSIDE {
                self.outside.push(page);
            }
        }
    }

    /// Whether a source may be shown: by its address, and by when it was published and last changed, as the service tells. What it does not
    /// tell, or not as a date, cannot be held against it. `today` is the day in UTC.
    pub fn admit(
        &self,
        address: &str,
        published: Option<&str>,
        updated: Option<&str>,
        today: Day,
    ) -> bool {
        if !domains::admit(address, &self.allowed, &self.denied) {
            return false;
        }
        let published = published.and_then(Day::told);
        let updated = updated.and_then(Day::told);
        if !published.is_none_or(|day| self.published.holds(day))
            || !updated.is_none_or(|day| self.updated.holds(day))
        {
            return false;
        }
        // A day more: it may be yesterday still where the source is. What was changed lately is fresh too.
        let oldest = self.recency.map(|recency| today.before(days(recency) + 1));
        match (oldest, published.max(updated)) {
            (Some(oldest), Some(newest)) => newest >= oldest,
            _ => true,
        }
    }

    /// Whether an address may be shown and linked.
    pub fn admit_address(&self, address: &str) -> bool {
        domains::admit(address, &self.allowed, &self.denied)
            && (self.outside.is_empty() || !self.outside.contains(&page_of(address)))
    }

    /// Whether an address is in a denied domain.
    pub fn deny_address(&self, address: &str) -> bool {
        domains::is_in(address, &self.denied)
    }

    /// Whether some addresses may not be shown.
    pub fn limit_addresses(&self) -> bool {
        !self.allowed.is_empty() || !self.denied.is_empty() || !self.outside.is_empty()
    }
}

/// The address of the page that an address leads to: without what is behind `#`, in the one form that addresses of it have.
fn page_of(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else {
        return address.to_owned();
    };
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        "2026-11-23".parse().unwrap()
    }

    #[test]
    fn a_source_is_held_against_every_filter() {
        let listed = |hosts: &[&str]| hosts.iter().map(|host| (*host).to_owned()).collect();
        let filters = Filters {
            allowed: listed(&["example.org"]),
            denied: listed(&["spam.example.org"]),
            published: Span {
                after: Some("2026-01-01".parse().unwrap()),
                before: None,
            },
            ..Filters::default()
        };
        let admit = |address, published| filters.admit(address, published, None, today());
        assert!(admit("https://example.org/", Some("2026-01-02")));
        assert!(admit("https://docs.example.org/", None));
        assert!(!admit("https://example.org/", Some("2026-01-01")));
        assert!(!admit("https://spam.example.org/", Some("2026-05-01")));
        assert!(!admit("https://example.com/", Some("2026-05-01")));
    }

    #[test]
    fn an_age_counts_from_the_newest_date_that_is_told() {
        let filters = Filters {
            recency: Some(Recency::Week),
            ..Filters::default()
        };
        let admit =
            |published, updated| filters.admit("https://example.org/", published, updated, today());
        assert!(admit(Some("2026-11-15"), None) && admit(None, Some("2026-11-15T23:00:00Z")));
        assert!(!admit(Some("2026-11-14"), None));
        assert!(admit(Some("2020-01-01"), Some("2026-11-22")));
        assert!(admit(None, None) && admit(Some("last week"), None));
    }

    #[test]
    fn what_was_kept_before_there_were_more_filters_is_read() {
        let kept = r#"{"allowed":["docs.rs"],"denied":[],"recency":"month"}"#;
        let read: Filters = serde_json::from_str(kept).unwrap();
        assert_eq!(read.allowed, ["docs.rs"]);
        assert_eq!((read.recency, read.left_out), (Some(Recency::Month), 0));
    }

    #[test]
    fn a_page_that_was_left_out_for_its_date_is_shown_and_linked_nowhere() {
        let mut filters = Filters::default();
        assert!(!filters.limit_addresses());
        let old = "https://example.org/old#top";
        let both = "https://example.org/both";
        filters.leave_out(&[old, both], &[both]);
        assert!(filters.limit_addresses());
        assert_eq!(filters.left_out, 2);
        for address in [old, "https://example.org/old", "https://EXAMPLE.org/old#x"] {
            assert!(!filters.admit_address(address), "{address}");
        }
        // One that is a source as well is not kept from being linked.
        assert!(filters.admit_address(both) && filters.admit_address("https://example.org/"));
        // The list may be told anew with a date that is let in.
        assert!(filters.admit(old, None, None, today()));
        filters.leave_out(&[], &[old]);
        assert!(!filters.limit_addresses() && filters.left_out == 0);
    }

    #[test]
    fn only_so_many_addresses_are_kept_and_all_are_counted() {
        let many: Vec<String> = (0..200)
            .map(|n| format!("https://example.org/{n}"))
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut filters = Filters::default();
        filters.leave_out(&many, &[]);
        assert_eq!((filters.left_out, filters.outside.len()), (200, 100));
    }
}
