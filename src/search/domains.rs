//! From which domains sources may be. A domain stands for all below it; whether it exists is not asked.

use serde::{Deserialize, Serialize};
use url::Url;

pub use crate::settings::search::NotADomain;
use crate::settings::search::{SearchSettings, domain};

/// Where sources may be from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Domains {
    /// Anywhere.
    #[default]
    All,
    /// From these domains alone.
    Only(Hosts),
    /// From anywhere but these domains.
    Without(Hosts),
}

/// Domains as the protocol takes them: in lower case and ASCII, each once, 1 to [`SearchSettings::MOST_DOMAINS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Hosts(Vec<String>);

/// Why a list of domains is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHosts {
    /// It is empty.
    #[error("name at least one domain")]
    Empty,
    /// It has more than [`SearchSettings::MOST_DOMAINS`]: so many, where those behind the first too many are counted as they stand.
    #[error("name at most {most} domains instead of {0}", most = SearchSettings::MOST_DOMAINS)]
    TooMany(usize),
    /// This entry is no domain.
    #[error("`{entry}` is no domain: {fault}")]
    NotADomain {
        /// As it was written.
        entry: String,
        /// What is wrong with it.
        fault: NotADomain,
    },
}

impl Hosts {
    /// Takes what people write: names, or addresses of which the host is meant.
    ///
    /// # Errors
    ///
    /// [`NoHosts`] for an empty or too long list, or for the first entry that is no domain.
    pub fn of<T: AsRef<str>>(entries: impl IntoIterator<Item = T>) -> Result<Self, NoHosts> {
        let mut hosts = Vec::new();
        let mut entries = entries.into_iter();
        while let Some(entry) = entries.next() {
            let entry = entry.as_ref();
            let host = host_of(entry).map_err(|fault| NoHosts::NotADomain {
                entry: entry.to_owned(),
                fault,
            })?;
            if hosts.contains(&host) {
                continue;
            }
            // A file may name thousands: none is looked at beyond what there may be.
            if hosts.len() == SearchSettings::MOST_DOMAINS {
                return Err(NoHosts::TooMany(hosts.len() + 1 + entries.count()));
            }
            hosts.push(host);
        }
        if hosts.is_empty() {
            Err(NoHosts::Empty)
        } else {
            Ok(Self(hosts))
        }
    }

    /// The domains, in the order in which they were named.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl TryFrom<Vec<String>> for Hosts {
    type Error = NoHosts;

    fn try_from(entries: Vec<String>) -> Result<Self, NoHosts> {
        Self::of(entries)
    }
}

impl From<Hosts> for Vec<String> {
    fn from(hosts: Hosts) -> Self {
        hosts.0
    }
}

impl Domains {
    /// Whether a source with this address may be shown. What has no host is in no domain: it passes only where none has to be named.
    pub fn admit(&self, address: &str) -> bool {
        admit(address, self.allowed(), self.denied())
    }

    /// The only domains that are searched; empty where all may be.
    pub fn allowed(&self) -> &[String] {
        match self {
            Self::Only(hosts) => hosts.as_slice(),
            Self::All | Self::Without(_) => &[],
        }
    }

    /// The domains that are left out.
    pub fn denied(&self) -> &[String] {
        match self {
            Self::Without(hosts) => hosts.as_slice(),
            Self::All | Self::Only(_) => &[],
        }
    }
}

/// Whether an address is in one of the allowed domains, all where there are none, and in no denied one. Only a page on the web is in an allowed
/// one; a denied one is denied by whatever scheme.
pub(super) fn admit(address: &str, allowed: &[String], denied: &[String]) -> bool {
    (allowed.is_empty() || is_page(address) && is_in(address, allowed)) && !is_in(address, denied)
}

/// Whether the host of an address is one of these domains, or below one.
pub(super) fn is_in(address: &str, domains: &[String]) -> bool {
    // Most searches are limited to no domains.
    if domains.is_empty() {
        return false;
    }
    let url = Url::parse(address).ok();
    let host = url.as_ref().and_then(Url::host_str);
    let host = host.map(|host| host.trim_end_matches('.').to_ascii_lowercase());
    host.is_some_and(|host| domains.iter().any(|domain| is_within(&host, domain)))
}

/// Whether an address is that of a page on the web.
pub fn is_page(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether a host is a domain or below it. A top-level domain is written with its dot.
pub(super) fn is_within(host: &str, domain: &str) -> bool {
    if domain.starts_with('.') {
        return host.ends_with(domain);
    }
    host.strip_suffix(domain)
        .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The host that an entry names. Of an address it is the host without `www.`, and of a pattern such as `*.example.org` what is behind the star.
///
/// # Errors
///
/// [`NotADomain`] when nothing of it is one.
pub fn host_of(entry: &str) -> Result<String, NotADomain> {
    let entry = entry.trim();
    let entry = entry.strip_prefix("*.").unwrap_or(entry);
    // What is behind the host is cut off, not refused: people paste the address of a page.
    let begin = entry.find("://").map_or(0, |scheme| scheme + 3);
    let end = entry
        .get(begin..)
        .and_then(|rest| rest.find(['/', '?', '#']))
        .map_or(entry.len(), |end| begin + end);
    let host = domain(entry.get(..end).unwrap_or(entry))?;
    if begin == 0 && end == entry.len() {
        return Ok(host);
    }
    // Who pastes the address of a page means its site, of which `www.` is one part; who types that means it.
    let site = host.strip_prefix("www.").filter(|site| site.contains('.'));
    Ok(site.map(str::to_owned).unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(entries: &[&str]) -> Domains {
        Domains::Only(Hosts::of(entries).unwrap())
    }

    #[test]
    fn addresses_are_reduced_to_hosts_each_once() {
        let hosts = Hosts::of([
            "https://docs.rs/tokio/latest?x=1#top",
            "Docs.rs",
            "*.Bücher.example",
            "http://nature.com?q",
            ".gov",
        ]);
        assert_eq!(
            hosts.unwrap().as_slice(),
            ["docs.rs", "xn--bcher-kva.example", "nature.com", ".gov"]
        );
    }

    #[test]
    fn a_pasted_address_means_the_site_and_a_typed_name_what_it_says() {
        for (entry, host) in [
            ("https://www.pinterest.com/pin/1", "pinterest.com"),
            ("www.nature.com/articles/x", "nature.com"),
            ("http://WWW.nature.com", "nature.com"),
            ("www.nature.com", "www.nature.com"),
            ("https://www.com/", "www.com"),
            ("https://wwwx.example.org/", "wwwx.example.org"),
        ] {
            assert_eq!(host_of(entry).as_deref(), Ok(host), "{entry}");
        }
    }

    #[test]
    fn nothing_is_looked_at_beyond_what_there_may_be() {
        let twenty: Vec<String> = (0..20).map(|n| format!("d{n}.example")).collect();
        let more = ["another.example", "no domain", "-", "another.example"];
        let many = || twenty.iter().map(String::as_str).chain(more);
        assert_eq!(Hosts::of(many()), Err(NoHosts::TooMany(24)));
        // What is there already does not count.
        let twice = twenty.iter().chain(&twenty);
        assert!(Hosts::of(twice).is_ok());
    }

    #[test]
    fn what_is_no_list_of_domains_says_why() {
        assert_eq!(Hosts::of::<&str>([]), Err(NoHosts::Empty));
        let many: Vec<String> = (0..21).map(|n| format!("d{n}.example")).collect();
        assert_eq!(Hosts::of(&many), Err(NoHosts::TooMany(21)));
        assert!(Hosts::of(many.get(..20).unwrap()).is_ok());
        for (entry, fault) in [
            ("", NotADomain::Empty),
            ("-docs.rs", NotADomain::Sign),
            ("do*cs.rs", NotADomain::Star),
            ("10.0.0.1", NotADomain::Machine),
            ("rust", NotADomain::Other),
            ("ftp://docs.rs", NotADomain::Other),
        ] {
            let entry = entry.to_owned();
            assert_eq!(
                Hosts::of([&entry]),
                Err(NoHosts::NotADomain { entry, fault })
            );
        }
    }

    #[test]
    fn a_domain_stands_for_all_below_it_and_nothing_beside_it() {
        let domains = only(&["rust-lang.org", ".gov"]);
        for inside in [
            "https://rust-lang.org/",
            "https://doc.rust-lang.org/std",
            "https://WWW.Rust-Lang.org./",
            "http://nasa.gov",
        ] {
            assert!(domains.admit(inside), "{inside}");
        }
        for outside in [
            "https://trust-lang.org/",
            "https://rust-lang.org.evil.example/",
            "https://evil.example/rust-lang.org",
            "https://gov.example/",
            "https://rust-lang.org@evil.example/",
            "javascript://rust-lang.org/%0aalert(1)",
            "handbook.md",
            "",
        ] {
            assert!(!domains.admit(outside), "{outside}");
        }
    }

    #[test]
    fn what_is_denied_is_left_out_and_nothing_else() {
        let domains = Domains::Without(Hosts::of(["spam.example"]).unwrap());
        assert!(!domains.admit("https://more.spam.example/"));
        assert!(!domains.admit("ftp://SPAM.example/") && !domains.admit("other://SPAM.example/"));
        assert!(domains.admit("https://notspam.example/") && domains.admit("handbook.md"));
        assert!(Domains::All.admit("https://spam.example/"));
    }

    #[test]
    fn domains_are_written_as_people_read_them() {
        let written = |domains: &Domains| serde_json::to_string(domains).unwrap();
        assert_eq!(written(&Domains::All), r#""all""#);
        assert_eq!(written(&only(&["docs.rs"])), r#"{"only":["docs.rs"]}"#);
        let read: Domains =
            serde_json::from_str(r#"{"without":["https://Spam.example/x"]}"#).unwrap();
        assert_eq!(read.denied(), ["spam.example"]);
        assert!(serde_json::from_str::<Domains>(r#"{"only":[]}"#).is_err());
    }
}
