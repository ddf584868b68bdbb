//! Which documents a question may be answered from. Pure; ranks nothing.

use time::Date;

use super::document::parse_day;
use super::index::{DocumentEntry, SectionEntry};

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

impl Filters {
    /// Whether a section may be quoted. A section's own date goes before its document's.
    pub(crate) fn allow(&self, document: &DocumentEntry, section: &SectionEntry) -> bool {
        let published = section.date.as_ref().or(document.date.as_ref());
        let updated = document.updated.as_ref().or(published);
        self.allow_address(&document.url)
            && self.allow_language(&document.language)
            && within(published, self.published_after, self.published_before)
            && within(updated, self.updated_after, self.updated_before)
    }

    fn allow_address(&self, url: &str) -> bool {
        let mut allowed = None;
        for rule in &self.domains {
            match rule {
                DomainRule::Deny(pattern) if matches(pattern, url) => return false,
                DomainRule::Deny(_) => {}
                DomainRule::Allow(pattern) => {
                    allowed = Some(allowed == Some(true) || matches(pattern, url));
                }
            }
        }
        allowed.unwrap_or(true)
    }

    fn allow_language(&self, language: &str) -> bool {
        self.languages.is_empty()
            || self
                .languages
                .iter()
                .any(|allowed| same_language(allowed, language))
    }
}

/// `en` and `en-GB` are the same language here.
pub(crate) fn same_language(one: &str, other: &str) -> bool {
    primary(one) == primary(other)
}

/// `en` of `en-GB`.
pub(crate) fn primary(tag: &str) -> String {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    primary.to_lowercase()
}

/// A document without a date is outside every range.
fn within(date: Option<&String>, after: Option<Date>, before: Option<Date>) -> bool {
    if after.is_none() && before.is_none() {
        return true;
    }
    let Some(date) = date.and_then(|date| parse_day(date)) else {
        return false;
    };
    after.is_none_or(|after| date > after) && before.is_none_or(|before| date < before)
}

fn matches(pattern: &str, url: &str) -> bool {
    let pattern = pattern
        .trim()
        .trim_start_matches("https://")
        .trim_start_matches("http://");
    let (host, path) = pattern.split_once('/').unwrap_or((pattern, ""));
    let host = host
        .trim_start_matches("*.")
        .trim_start_matches('.')
        .to_lowercase();
    let Ok(url) = url::Url::parse(url) else {
        return false;
    };
    let Some(own) = url.host_str().filter(|_| !host.is_empty()) else {
        return false;
    };
    let below = own
        .strip_suffix(host.as_str())
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let path = path.trim_end_matches('/');
    let inside = url.path().trim_start_matches('/');
    let within = inside
        .strip_prefix(path)
        .is_some_and(|rest| path.is_empty() || rest.is_empty() || rest.starts_with('/'));
    below && within
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(url: &str, date: Option<&str>) -> (DocumentEntry, SectionEntry) {
        let document = DocumentEntry {
            title: String::new(),
            part_of: None,
            url: url.to_owned(),
            date: date.map(str::to_owned),
            updated: None,
            language: "en".to_owned(),
        };
        (document, SectionEntry::at(0))
    }

    fn check(rules: &[DomainRule], url: &str, expected: bool) {
        let filters = Filters {
            domains: rules.to_vec(),
            ..Filters::default()
        };
        let (document, section) = entry(url, None);
        assert_eq!(
            filters.allow(&document, &section),
            expected,
            "{rules:?} {url}"
        );
    }

    fn allow(pattern: &str) -> DomainRule {
        DomainRule::Allow(pattern.to_owned())
    }

    fn deny(pattern: &str) -> DomainRule {
        DomainRule::Deny(pattern.to_owned())
    }

    #[test]
    fn hosts_subdomains_endings_and_paths() {
        let std = "https://doc.rust-lang.org/1.95.0/std/vec/index.html";
        check(&[allow("rust-lang.org")], std, true);
        check(&[allow("lang.org")], std, false);
        check(&[allow(".org")], std, true);
        check(&[allow(".com"), allow("DOC.rust-lang.org")], std, true);
        check(&[allow("doc.rust-lang.org/1.95.0/std")], std, true);
        check(&[allow("doc.rust-lang.org/1.95.0/st")], std, false);
        check(&[deny("rust-lang.org")], std, false);
        check(
            &[allow("rust-lang.org"), deny("doc.rust-lang.org")],
            std,
            false,
        );
        check(&[deny("example.com")], std, true);
        check(&[allow("rust-lang.org")], "local:/docs/a.md", false);
        check(&[deny("rust-lang.org")], "local:/docs/a.md", true);
    }

    #[test]
    fn a_date_filter_leaves_out_what_has_no_date() {
        let filters = Filters {
            published_after: parse_day("2024-01-01"),
            ..Filters::default()
        };
        let check = |date, expected| {
            let (document, section) = entry("https://a.example/", date);
            assert_eq!(filters.allow(&document, &section), expected, "{date:?}");
        };
        check(None, false);
        check(Some("2024-01-01"), false);
        check(Some("2024-01-02"), true);
    }

    #[test]
    fn languages_match_by_their_first_part() {
        let filters = Filters {
            languages: vec!["EN-us".to_owned()],
            ..Filters::default()
        };
        let (mut document, section) = entry("https://a.example/", None);
        assert!(filters.allow(&document, &section));
        document.language = "de".to_owned();
        assert!(!filters.allow(&document, &section));
    }
}
