//! The sources of an answer as they are shown: each address once, under the first number that bears it.

use std::collections::HashMap;

use super::link::{Link, label};
use crate::conversation::answer::Source;
use crate::search::Filters;

/// A source as it is shown.
#[derive(Clone, Debug)]
pub(super) struct Entry<'a> {
    /// The number that it is shown under.
    pub(super) number: u32,
    /// Where it leads; none when that is not an address that a reader should follow.
    pub(super) link: Option<Link>,
    /// Its title as the label of a link; may be empty.
    pub(super) title: String,
    /// Whether its title reads as the address of another one.
    pub(super) poses: bool,
    /// What the service said of it.
    pub(super) source: &'a Source,
}

/// All sources of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Bibliography<'a> {
    entries: Vec<Entry<'a>>,
    /// Which entry a number leads to.
    places: HashMap<u32, usize>,
    /// Which entry an address is of.
    addresses: HashMap<String, usize>,
    /// What the search was limited to, where that is some addresses.
    filters: Option<&'a Filters>,
}

impl<'a> Bibliography<'a> {
    /// The sources that the service named. The same address twice is one source, and a number is the first one's that bears it: no list may
    /// name another than the one that its markers lead to.
    pub(super) fn of(sources: &'a [Source]) -> Self {
        let mut bibliography = Self::default();
        for source in sources {
            if bibliography.places.contains_key(&source.number) {
                continue;
            }
            let link = Link::to(&source.url);
            let address = link.as_ref().map_or(source.url.as_str(), Link::address);
            let next = bibliography.entries.len();
            // Sources without any address have nothing in common.
            let place = match address.trim() {
                "" => next,
                address => *bibliography
                    .addresses
                    .entry(address.to_owned())
                    .or_insert(next),
            };
            bibliography.places.insert(source.number, place);
            if place == next {
                let title = label(&source.title);
                bibliography.entries.push(Entry {
                    number: source.number,
                    poses: link.as_ref().is_some_and(|link| poses(&title, link)),
                    link,
                    title,
                    source,
                });
            }
        }
        bibliography
    }

    /// The same where only addresses that these filters let in may be linked, also by the text itself.
    pub(super) fn within(self, filters: &'a Filters) -> Self {
        Self {
            filters: Some(filters).filter(|filters| filters.limit_addresses()),
            ..self
        }
    }

    /// Whether a text may link this.
    pub(super) fn admits(&self, link: &Link) -> bool {
        self.filters
            .is_none_or(|filters| filters.admit_address(link.address()))
    }

    /// The source that a marker of this number leads to.
    pub(super) fn entry(&self, number: u32) -> Option<&Entry<'a>> {
        self.places
            .get(&number)
            .and_then(|place| self.entries.get(*place))
    }

    /// The source with exactly this address.
    pub(super) fn at(&self, link: &Link) -> Option<&Entry<'a>> {
        self.addresses
            .get(link.address())
            .and_then(|place| self.entries.get(*place))
    }

    /// Every source once, in the order of their numbers.
    pub(super) fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }
}

/// What names of files and of libraries end with, and no host does.
const NO_HOSTS: [&str; 14] = [
    "cpp", "css", "htm", "html", "js", "json", "jsx", "pdf", "php", "ts", "txt", "xml", "yaml",
    "yml",
];

/// Whether a word of a title is a host that neither belongs to the one that a link leads to nor is above it.
pub(super) fn poses(title: &str, link: &Link) -> bool {
    let own = link.host().trim_start_matches("www.");
    let within = |host: &str, other: &str| {
        host.strip_suffix(other)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    let mut words = title.split(|c: char| c.is_whitespace() || "()/,;:|".contains(c));
    words.any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !word.contains(['.', '．', '。', '․', '｡']) {
            return false;
        }
        let named = Link::to(&format!("https://{word}/"));
        let host = named.as_ref().map(Link::host).unwrap_or_default();
        let host = host.trim_start_matches("www.");
        let ending = host
            .rsplit_once('.')
            .map_or("", |(_, ending)| ending.trim_start_matches("xn--"));
        // `U.S.` and `3.14` name nobody.
        let is_host = ending.len() > 1
            && ending.starts_with(|c: char| c.is_ascii_alphabetic())
            && !NO_HOSTS.contains(&ending);
        is_host && !within(own, host) && !within(host, own)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(number: u32, url: &str) -> Source {
        Source {
            number,
            title: format!("Title {number}"),
            url: url.to_owned(),
            date: None,
            last_updated: None,
            snippet: String::new(),
        }
    }

    #[test]
    fn the_same_address_twice_is_one_source() {
        let sources = [
            source(1, "https://a.example"),
            source(2, "https://b.example/"),
            source(3, "https://A.example/"),
            source(4, ""),
            source(5, ""),
        ];
        let bibliography = Bibliography::of(&sources);
        let leads: Vec<_> = (1..=6)
            .map(|number| bibliography.entry(number).map(|entry| entry.number))
            .collect();
        assert_eq!(leads, [Some(1), Some(2), Some(1), Some(4), Some(5), None]);
        assert_eq!(bibliography.entries().len(), 4);
    }

    #[test]
    fn a_title_that_names_another_host_poses() {
        let link = Link::to("https://www.evil.example/").unwrap();
        for title in [
            "paypal.com",
            "Log in: (www.PayPal.com)",
            "paypal。com",
            "notevil.example",
        ] {
            assert!(poses(title, &link), "{title}");
        }
        for title in [
            "evil.example",
            "Evil.example: about",
            "my.evil.example",
            "U.S. prices of 3.14 p.m.",
            "Node.js and report.pdf",
            "Tea. And.",
        ] {
            assert!(!poses(title, &link), "{title}");
        }
        let part = Link::to("https://de.wikipedia.org/").unwrap();
        assert!(!poses("Tee – wikipedia.org", &part));
    }

    #[test]
    fn only_what_the_filters_let_in_may_be_linked() {
        let filters = Filters {
            allowed: vec!["docs.example".to_owned()],
            denied: vec!["old.docs.example".to_owned()],
            ..Filters::default()
        };
        let limited = Bibliography::of(&[]).within(&filters);
        let open = Filters::default();
        let open = Bibliography::of(&[]).within(&open);
        for (address, admitted) in [
            ("https://docs.example/x", true),
            ("https://new.docs.example/", true),
            ("https://old.docs.example/", false),
            ("https://docs.example.evil.example/", false),
        ] {
            let link = Link::to(address).unwrap();
            assert_eq!(limited.admits(&link), admitted, "{address}");
            assert!(open.admits(&link));
        }
    }

    #[test]
    fn of_two_sources_with_one_number_the_first_bears_it() {
        let sources = [
            source(1, "https://a.example/"),
            source(1, "https://b.example/"),
        ];
        let bibliography = Bibliography::of(&sources);
        let hosts: Vec<_> = bibliography
            .entries()
            .iter()
            .filter_map(|entry| entry.link.as_ref().map(Link::host))
            .collect();
        assert_eq!(hosts, ["a.example"]);
    }
}
