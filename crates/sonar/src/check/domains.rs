//! Entries of a domain filter: what is one, and how it is written on the wire. Must not match any source.

use url::{Host, Url};

use super::{at_most, clipped};
use crate::Invalid;

/// Longest entry, in characters.
const LONGEST: usize = 253;

/// Refuses a list that is too long, that holds something else than domains, or that both allows and denies.
pub(super) fn check(field: &str, entries: &[String], limit: usize) -> Result<(), Invalid> {
    at_most(field, entries.len(), limit)?;
    for (place, entry) in entries.iter().enumerate() {
        if plain(entry).is_none() {
            return Err(Invalid::new(
                format!("{field}.{place}"),
                format!(
                    "must be a domain such as `a.example`, `.gov` or `a.example/path`, not `{}`",
                    clipped(entry)
                ),
            ));
        }
    }
    let denies = |entry: &String| entry.trim_start().starts_with('-');
    if entries.iter().any(denies) && !entries.iter().all(denies) {
        return Err(Invalid::new(
            field,
            "must be all allowed or all denied (`-`) entries, not both",
        ));
    }
    Ok(())
}

/// The entry as it is sent, without scheme and last slash: services want domains, and people paste addresses. `None` when it is
/// no domain.
pub(crate) fn plain(entry: &str) -> Option<String> {
    let entry = entry.trim();
    let (sign, rest) = match entry.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", entry),
    };
    let domain = match rest.strip_prefix('.') {
        Some(top_level) => format!(".{}", labels(&top_level.to_ascii_lowercase(), 1)?),
        None => host_and_path(rest)?,
    };
    (domain.len() <= LONGEST).then(|| format!("{sign}{domain}"))
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
    let path = url.path().trim_end_matches('/');
    Some(format!("{}{path}", labels(host, 2)?))
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
    use super::plain;

    #[test]
    fn every_way_to_write_a_domain_is_sent_in_one() {
        for (entry, sent) in [
            ("rust-lang.org", "rust-lang.org"),
            ("Doc.Rust-Lang.org", "doc.rust-lang.org"),
            ("-b.example", "-b.example"),
            ("https://www.a.example/", "www.a.example"),
            ("-https://a.example", "-a.example"),
            (" http://a.example ", "a.example"),
            ("nature.com/articles/", "nature.com/articles"),
            (".gov", ".gov"),
            ("-.co.uk", "-.co.uk"),
            ("münchen.example", "xn--mnchen-3ya.example"),
        ] {
            assert_eq!(plain(entry).as_deref(), Some(sent), "{entry:?}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused() {
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
            "-- a.example",
            "a.example.",
        ] {
            assert_eq!(plain(entry), None, "{entry:?}");
        }
        assert_eq!(plain(&format!("a.example/{}", "a".repeat(250))), None);
    }
}
