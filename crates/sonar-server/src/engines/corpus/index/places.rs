//! Which documents come from where: a question that says "in Python" wants those at `docs.python.org`. Ranks nothing.

use rustc_hash::FxHashMap;

use super::head::DocumentEntry;
use super::tokens::Tokeniser;

/// Parts of host names that name no subject.
const COMMON: &[&str] = &[
    "api",
    "app",
    "com",
    "dev",
    "doc",
    "docs",
    "documentation",
    "edu",
    "github",
    "gitlab",
    "handbook",
    "help",
    "io",
    "lang",
    "local",
    "localhost",
    "manual",
    "net",
    "org",
    "pages",
    "readthedocs",
    "sourceforge",
    "wiki",
    "www",
];

/// The hosts of documents and the words in their names.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// Stems of the words in each host's name.
    hosts: Vec<Vec<String>>,
    /// The host of each document; `None` for one without a public address.
    of_document: Vec<Option<u16>>,
}

impl Places {
    pub(crate) fn of(documents: &[DocumentEntry]) -> Self {
        let tokeniser = Tokeniser::new("en");
        let mut places = Self::default();
        let mut known: FxHashMap<&str, u16> = FxHashMap::default();
        for document in documents {
            let host = host(&document.url);
            let number = match known.get(host) {
                _ if host.is_empty() => None,
                Some(number) => Some(*number),
                None => u16::try_from(places.hosts.len()).ok().inspect(|number| {
                    known.insert(host, *number);
                    places.hosts.push(names(host, &tokeniser));
                }),
            };
            places.of_document.push(number);
        }
        places
    }

    pub(crate) fn is_one(&self, stem: &str) -> bool {
        self.hosts.iter().flatten().any(|name| name == stem)
    }

    /// Documents without a public address are nowhere else: their place is not known.
    pub(crate) fn is_elsewhere(&self, document: u32, places: &[String]) -> bool {
        let host = self.of_document.get(document as usize).copied().flatten();
        let names = host.and_then(|host| self.hosts.get(usize::from(host)));
        names.is_some_and(|names| {
            !places.is_empty() && !names.iter().any(|name| places.contains(name))
        })
    }
}

/// `python` of `docs.python.org`, the part that everybody has aside.
fn names(host: &str, tokeniser: &Tokeniser) -> Vec<String> {
    let words = host.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| word.len() > 1 && !COMMON.contains(word))
        .map(|word| tokeniser.stem(word))
        .collect()
}

/// `doc.rust-lang.org` from an address; empty where it has none.
pub(crate) fn host(url: &str) -> &str {
    let after = url.split_once("://").map_or("", |(_, after)| after);
    after.split(['/', ':', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_by_its_host() {
        let document = |url: &str| DocumentEntry {
            url: url.to_owned(),
            ..DocumentEntry::default()
        };
        let places = Places::of(&[
            document("https://doc.rust-lang.org/std/index.html"),
            document("https://docs.python.org/3/"),
            document("local:/notes/python.md"),
        ]);
        let asked = ["python".to_owned()];
        assert!(places.is_one("python") && places.is_one("rust"));
        assert!(!places.is_one("doc") && !places.is_one("lang") && !places.is_one("note"));
        let elsewhere: Vec<bool> = (0..3)
            .map(|document| places.is_elsewhere(document, &asked))
            .collect();
        assert_eq!(elsewhere, [true, false, false]);
        assert!(!places.is_elsewhere(0, &[]));
    }
}
