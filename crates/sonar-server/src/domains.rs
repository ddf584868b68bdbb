//! Entries of a domain filter: reading and judging them. Must not look at sources: matching is the engine's work.

use url::{Host, Url};

/// Longest entry, in characters.
const LONGEST: usize = 253;

/// One entry of a domain filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Domain {
    /// Whether it leaves sources out instead of letting them in.
    pub(crate) denies: bool,
    /// A host, a host with a path, or a top-level domain with its leading dot; lower case, no scheme, no `www.`.
    pub(crate) pattern: String,
}

impl Domain {
    /// The entry, or `None` when it is no domain. A scheme and `www.` are taken off: the protocol's own guide shows both.
    pub(crate) fn read(entry: &str) -> Option<Self> {
        let entry = entry.trim();
        let (denies, rest) = match entry.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, entry),
        };
        if rest.chars().count() > LONGEST {
            return None;
        }
        let pattern = match rest.strip_prefix('.') {
            Some(top_level) => format!(".{}", labels(&top_level.to_ascii_lowercase(), 1)?),
            None => host_and_path(rest)?,
        };
        Some(Self { denies, pattern })
    }
}

fn host_and_path(text: &str) -> Option<String> {
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
    let host = labels(host.strip_prefix("www.").unwrap_or(host), 2)?;
    Some(format!("{host}{}", url.path().trim_end_matches('/')))
}

/// The name, when it has enough labels and each looks like one.
fn labels(name: &str, least: usize) -> Option<&str> {
    let good = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(plain)
    };
    (name.split('.').count() >= least && name.split('.').all(good)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::Domain;

    fn check(entry: &str, expected: Option<&str>) {
        let read = Domain::read(entry)
            .map(|domain| format!("{}{}", if domain.denies { "-" } else { "" }, domain.pattern));
        assert_eq!(read.as_deref(), expected, "{entry:?}");
    }

    #[test]
    fn every_way_to_write_a_domain_is_read() {
        check("rust-lang.org", Some("rust-lang.org"));
        check("Doc.Rust-Lang.org", Some("doc.rust-lang.org"));
        check("-b.example", Some("-b.example"));
        check("https://www.a.example/", Some("a.example"));
        check("nature.com/articles/", Some("nature.com/articles"));
        check(".gov", Some(".gov"));
        check("-.co.uk", Some("-.co.uk"));
        check("münchen.example", Some("xn--mnchen-3ya.example"));
    }

    #[test]
    fn what_is_no_domain_is_none() {
        for entry in [
            "",
            "-",
            ".",
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
            "--a .example",
        ] {
            check(entry, None);
        }
        check(&format!("{}.example", "a".repeat(250)), None);
    }
}
