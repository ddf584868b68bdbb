//! Entries of a domain filter: reading them, and telling which addresses they cover. Must not know what is filtered.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use sonar::DomainEntry;
use url::{Host, Url};

/// What would end a term of a search.
const BREAKS_A_TERM: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'(').add(b')');

/// One entry of a domain filter: a host with all below it, a top-level domain, or a host with the beginning of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Whether it leaves sources out instead of letting them in.
    pub(crate) denies: bool,
    /// A name in lower case and ASCII, without `www.` and without dots around it.
    host: String,
    /// The segments a path must begin with, decoded.
    path: Vec<Vec<u8>>,
}

impl Domain {
    /// Reads an entry, or gives `None` when it is no domain. `www.` is taken off: the protocol's own guide shows such entries.
    #[must_use]
    pub fn read(entry: &str) -> Option<Self> {
        let entry = DomainEntry::read(entry)?;
        let bare = entry.host.strip_prefix("www.");
        let host = bare.filter(|host| host.contains('.'));
        Some(Self {
            denies: entry.denies,
            host: host.unwrap_or(&entry.host).to_owned(),
            path: segments(&entry.path),
        })
    }

    /// What asks a search engine for this domain: `site:example.com/docs`.
    pub(crate) fn site_term(&self) -> String {
        let mut term = format!("site:{}", self.host);
        for segment in &self.path {
            term.push('/');
            term.extend(percent_encode(segment, BREAKS_A_TERM));
        }
        term
    }

    /// Whether an address lies in this domain.
    fn covers(&self, address: &Address<'_>) -> bool {
        let rest = address.host.strip_suffix(&self.host);
        let below = rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        below && (self.path.is_empty() || segments(&address.path).starts_with(&self.path))
    }
}

/// Whether a list of entries lets an address in: none of them denies it, and where some allow, one allows it. What has no
/// host with a name is in no domain.
pub(crate) fn let_in(domains: &[Domain], address: &str) -> bool {
    if domains.is_empty() {
        return true;
    }
    let address = Address::read(address);
    let covered = |denies: bool| {
        let mut entries = domains.iter().filter(|domain| domain.denies == denies);
        let covers = |address| entries.any(|domain| domain.covers(address));
        address.as_ref().is_some_and(covers)
    };
    let allows = domains.iter().any(|domain| !domain.denies);
    !covered(true) && (!allows || covered(false))
}

/// Where a source is, as far as a filter asks: scheme and port make no difference.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Address<'a> {
    /// In lower case and ASCII, without a dot at its end.
    host: Cow<'a, str>,
    path: Cow<'a, str>,
}

impl<'a> Address<'a> {
    /// Reads a web address; one that has no host with a name is in no domain and gives `None`.
    fn read(address: &'a str) -> Option<Self> {
        Self::as_it_stands(address).or_else(|| Self::normalised(address))
    }

    /// Most addresses are written in their normal form, and a filter reads those of all documents.
    fn as_it_stands(address: &'a str) -> Option<Self> {
        let rest = address.strip_prefix("https://")?;
        let (host, path) = rest.split_at(rest.find('/')?);
        let plain = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'-');
        let named = host.bytes().all(plain) && !host.is_empty() && !host.ends_with('.');
        let graphic = path.bytes().all(|byte| byte.is_ascii_graphic());
        let straight = graphic && !path.contains(['?', '#', '\\']) && !path.contains("/.");
        (named && straight).then_some(Self {
            host: Cow::Borrowed(host),
            path: Cow::Borrowed(path),
        })
    }

    fn normalised(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        let Some(Host::Domain(host)) = url.host() else {
            return None;
        };
        Some(Self {
            host: Cow::Owned(host.trim_end_matches('.').to_owned()),
            path: Cow::Owned(url.path().to_owned()),
        })
    }
}

/// The segments of a path, decoded; empty ones say nothing.
fn segments(path: &str) -> Vec<Vec<u8>> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    segments
        .map(|segment| percent_encoding::percent_decode_str(segment).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(entry: &str, address: &str, expected: bool) {
        let domain = Domain::read(entry).unwrap();
        let covered = Address::read(address).is_some_and(|address| domain.covers(&address));
        assert_eq!(covered, expected, "{entry} {address}");
    }

    #[test]
    fn a_host_covers_itself_and_all_below_it() {
        check("rust-lang.org", "https://rust-lang.org/", true);
        check("rust-lang.org", "http://doc.rust-lang.org:8080/std", true);
        check("Doc.Rust-Lang.org", "https://doc.rust-lang.org./std", true);
        check("rust-lang.org.", "https://RUST-LANG.org", true);
        check("https://www.a.example/", "https://a.example/x", true);
        check("www.example", "https://www.example/", true);
        check("www.example", "https://a.example/", false);
        check("lang.org", "https://rust-lang.org/", false);
        check("doc.rust-lang.org", "https://rust-lang.org/", false);
        check("a.example", "local:/docs/a.example", false);
    }

    #[test]
    fn a_top_level_domain_covers_all_below_it() {
        check(".gov", "https://a.b.gov/", true);
        check("-.co.uk", "https://a.co.uk/", true);
        check(".uk", "https://a.co.uk/", true);
        check(".рф", "https://пример.рф/", true);
        check(".gov", "https://gov.example/", false);
    }

    #[test]
    fn a_path_covers_whole_segments() {
        check("a.example/x/y/", "https://a.example/x/y", true);
        check("a.example/x", "https://b.a.example/x/y.html#z", true);
        check("a.example/x y", "https://a.example/x%20y/z", true);
        check("a.example/%7Ex", "https://a.example/~x", true);
        check("a.example/x", "https://a.example/xy", false);
        check("a.example/x", "https://a.example/X", false);
        check("a.example/x/y", "https://a.example/x", false);
    }

    #[test]
    fn a_name_in_another_script_is_read_in_both_spellings() {
        check("münchen.example", "https://xn--mnchen-3ya.example/", true);
        check("xn--mnchen-3ya.example", "https://München.example/", true);
    }

    proptest! {
        /// Reading an address as it stands is a short cut, not another reading.
        #[test]
        fn an_address_is_read_as_it_would_be_parsed(
            address in "https?://[a-z0-9.@:-]{0,8}(a\\.example)?(/[a-z%2.~ \\\\é-]{0,4}){0,3}[?#]?",
        ) {
            let straight = Address::as_it_stands(&address);
            if let (Some(straight), Some(parsed)) = (straight, Address::normalised(&address)) {
                prop_assert_eq!(&straight.host, &parsed.host);
                prop_assert_eq!(segments(&straight.path), segments(&parsed.path));
            }
        }
    }
}
