//! An entry of a domain filter: what is one, and how it is written on the wire. Must not match any source.

use std::fmt;

use url::{Host, Url};

/// Longest entry as it is sent, in characters, the `-` not counted. Source: the guide of 2026.
const LONGEST: usize = 253;

/// An entry of a domain filter: a host with all below it, a top-level domain, or a host with the beginning of a path.
///
/// It is read from whatever people paste, and written as services want it: without scheme, last dot and last slash.
///
/// ```
/// use sonar::DomainEntry;
///
/// let entry = DomainEntry::read("-https://Docs.A.example/guide/").unwrap();
/// assert_eq!(entry.to_string(), "-docs.a.example/guide");
/// assert_eq!(DomainEntry::read("localhost"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainEntry {
    /// Whether it leaves sources out (`-`) instead of letting them in.
    pub denies: bool,
    /// Whether it is a top-level domain, which is written with a dot before it: `.gov`.
    pub top_level: bool,
    /// The host in lower case and ASCII, or the top-level domain without its dot.
    pub host: String,
    /// The beginning of a path, percent-encoded, from its `/` on; empty for all of the host.
    pub path: String,
}

impl DomainEntry {
    /// Reads an entry, or gives `None` when it is no domain.
    #[must_use]
    pub fn read(entry: &str) -> Option<Self> {
        let entry = entry.trim();
        let (denies, rest) = match entry.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, entry),
        };
        let top_level = rest.starts_with('.');
        let (host, path) = match rest.strip_prefix('.') {
            Some(name) => (top_level_domain(name)?, String::new()),
            None => host_and_path(rest)?,
        };
        let length = usize::from(top_level) + host.len() + path.len();
        (length <= LONGEST).then_some(Self {
            denies,
            top_level,
            host,
            path,
        })
    }
}

impl fmt::Display for DomainEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.denies { "-" } else { "" };
        let dot = if self.top_level { "." } else { "" };
        write!(f, "{sign}{dot}{}{}", self.host, self.path)
    }
}

fn top_level_domain(text: &str) -> Option<String> {
    // A label before it makes a whole host of it, which can be read as one.
    let Ok(Host::Domain(host)) = Host::parse(&format!("any.{text}")) else {
        return None;
    };
    labels(host.strip_prefix("any.")?, 1)
}

fn host_and_path(text: &str) -> Option<(String, String)> {
    let bare = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let url = Url::parse(&format!("https://{}", bare.unwrap_or(text))).ok()?;
    let Some(Host::Domain(host)) = url.host() else {
        return None;
    };
    let beside = url.port().is_some() || url.query().is_some() || url.fragment().is_some();
    if beside || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let path = url.path().trim_end_matches('/').to_owned();
    Some((labels(host, 2)?, path))
}

/// The name without the dot at its end, when it has enough labels and each looks like one.
fn labels(name: &str, least: usize) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let good = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        // A dash in front would read as a denial.
        let dashed = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && label.bytes().all(plain) && !dashed
    };
    let enough = name.split('.').count() >= least;
    (enough && name.split('.').all(good)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::DomainEntry;
    use proptest::prelude::*;

    fn sent(entry: &str) -> Option<String> {
        DomainEntry::read(entry).map(|entry| entry.to_string())
    }

    #[test]
    fn every_way_to_write_a_domain_is_sent_in_one() {
        for (entry, expected) in [
            ("rust-lang.org", "rust-lang.org"),
            ("Doc.Rust-Lang.org", "doc.rust-lang.org"),
            ("rust-lang.org.", "rust-lang.org"),
            ("-b.example", "-b.example"),
            ("https://www.a.example/", "www.a.example"),
            ("-https://a.example", "-a.example"),
            (" http://a.example ", "a.example"),
            ("nature.com/articles/", "nature.com/articles"),
            (".gov", ".gov"),
            ("-.CO.uk", "-.co.uk"),
            (".рф", ".xn--p1ai"),
            ("münchen.example", "xn--mnchen-3ya.example"),
        ] {
            assert_eq!(sent(entry).as_deref(), Some(expected), "{entry:?}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for entry in [
            "",
            "-",
            ".",
            "..gov",
            ".1",
            ".gov/x",
            "cz",
            "localhost",
            "a b.example",
            "127.0.0.1",
            "[::1]",
            "a.example:80",
            "a..example",
            "u@a.example",
            "a.example?q",
            "a.example#x",
            "ftp://a.example",
            "-- a.example",
            "--a.example",
            "https://-a.example",
            "*.a.example",
            "a-.example",
            "a.example..",
        ] {
            assert_eq!(sent(entry), None, "{entry:?}");
        }
        assert_eq!(sent(&format!("a.example/{}", "a".repeat(250))), None);
        assert_eq!(sent(&format!("{}.example", "a".repeat(64))), None);
    }

    proptest! {
        #[test]
        fn what_is_sent_is_read_as_the_same(entry in "-?(https?://)?[.a-zA-Z0-9äф%-]{0,12}(\\.[a-z]{1,3}\\.?)?(/[a-z%ä .]{0,4}){0,2}") {
            if let Some(read) = DomainEntry::read(&entry) {
                prop_assert_eq!(DomainEntry::read(&read.to_string()), Some(read));
            }
        }
    }
}
