//! What the search behind every answer is limited to. Asks nobody whether a domain exists.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// How old a source may be at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

impl Recency {
    /// Every one, from the freshest.
    pub const ALL: [Self; 5] = [Self::Hour, Self::Day, Self::Week, Self::Month, Self::Year];

    /// Whether this lets older sources in than another.
    pub fn is_older_than(self, other: Self) -> bool {
        self > other
    }
}

/// The `[search]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSettings {
    /// `allowed_domains`: the only domains that sources may be from, with all below them, at most 20; empty for all. Never beside
    /// `denied_domains`.
    pub allowed_domains: Vec<String>,
    /// `denied_domains`: the domains that no source may be from, at most 20.
    pub denied_domains: Vec<String>,
    /// `recency`: how old sources may be.
    pub recency: Option<Recency>,
}

impl SearchSettings {
    /// The most domains of one list. Source: the protocol's guide of 2026.
    pub const MOST_DOMAINS: usize = 20;
}

/// Why an entry is no domain, as the half of a sentence that says how to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotADomain {
    /// Nothing.
    #[error("take the empty entry out")]
    Empty,
    /// It begins with `-`, as domains to leave out do on the wire.
    #[error("take the - off, and put it into search.denied_domains if it is to be left out")]
    Sign,
    /// It has a `*`.
    #[error("leave the * out: a domain stands for all below it too")]
    Star,
    /// An address without a name.
    #[error("name a domain, such as example.org, not the address of a machine")]
    Machine,
    /// A part of a domain.
    #[error("leave out what is behind the domain: the search is limited to whole domains")]
    Path,
    /// Anything else.
    #[error("name a domain, such as example.org")]
    Other,
}

/// The host of a domain, in lower case and ASCII: of whatever people paste, such as the address of its first page. A top-level domain keeps
/// the dot before it: `.gov`.
///
/// # Errors
///
/// [`NotADomain`] says how to mend it.
pub fn domain(entry: &str) -> Result<String, NotADomain> {
    let entry = entry.trim();
    match entry.chars().next() {
        None => return Err(NotADomain::Empty),
        Some('-') => return Err(NotADomain::Sign),
        Some(_) if entry.contains('*') => return Err(NotADomain::Star),
        Some(_) => {}
    }
    if let Some(name) = entry.strip_prefix('.') {
        // A label before it makes a whole host of it, which can be read as one.
        let host = named(&format!("any.{name}"))?;
        let name = host.strip_prefix("any.").ok_or(NotADomain::Other)?;
        return if name.contains('.') {
            Ok(name.to_owned())
        } else {
            Ok(format!(".{name}"))
        };
    }
    named(entry)
}

/// The host of an address, with or without its scheme.
fn named(entry: &str) -> Result<String, NotADomain> {
    let address = if entry.contains("://") {
        Url::parse(entry)
    } else {
        Url::parse(&format!("https://{entry}"))
    };
    let url = address.map_err(|_| NotADomain::Other)?;
    match url.host() {
        Some(Host::Domain(host)) if matches!(url.scheme(), "http" | "https") => {
            let host = host.strip_suffix('.').unwrap_or(host);
            let label = |label: &str| {
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
                let dashed = label.starts_with('-') || label.ends_with('-');
                (1..=63).contains(&label.len()) && label.bytes().all(plain) && !dashed
            };
            let is_one = host.contains('.') && host.len() <= 253 && host.split('.').all(label);
            let is_whole = url.path() == "/" && url.query().is_none();
            match (is_one, is_whole) {
                (true, true) => Ok(host.to_owned()),
                (true, false) => Err(NotADomain::Path),
                (false, _) => Err(NotADomain::Other),
            }
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => Err(NotADomain::Machine),
        _ => Err(NotADomain::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_people_paste_becomes_a_host() {
        for (entry, host) in [
            ("example.org", "example.org"),
            (" Docs.Example.ORG. ", "docs.example.org"),
            ("https://www.example.org/", "www.example.org"),
            ("http://user@example.org:8080", "example.org"),
            ("bücher.example", "xn--bcher-kva.example"),
            (".gov", ".gov"),
            (".example.org", "example.org"),
            ("www.org", "www.org"),
        ] {
            assert_eq!(domain(entry), Ok(host.to_owned()), "{entry}");
        }
    }

    #[test]
    fn what_is_no_domain_says_how_to_mend_it() {
        for (entry, fault) in [
            ("  ", NotADomain::Empty),
            ("-example.org", NotADomain::Sign),
            ("*.example.org", NotADomain::Star),
            ("127.0.0.1", NotADomain::Machine),
            ("http://[::1]/", NotADomain::Machine),
            ("nature.com/articles", NotADomain::Path),
            ("https://www.example.org/?q=1", NotADomain::Path),
            ("localhost", NotADomain::Other),
            ("ftp://example.org", NotADomain::Other),
            ("two words.example", NotADomain::Other),
            ("a..example", NotADomain::Other),
            (".", NotADomain::Other),
        ] {
            assert_eq!(domain(entry), Err(fault), "{entry}");
        }
    }
}
