//! Lists of domains under a name: those that come with the program, and those that a server keeps.

use serde::{Deserialize, Serialize};

use super::domains::{Domains, Hosts};

/// A list of domains that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// Documentation of programming languages, libraries and systems.
    Documentation,
    /// Journals, preprints and universities.
    Academic,
    /// News agencies, broadcasters and newspapers.
    News,
    /// Governments and international organisations.
    Official,
}

impl Preset {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::Documentation,
        Self::Academic,
        Self::News,
        Self::Official,
    ];

    /// The name by which people and files call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Academic => "academic",
            Self::News => "news",
            Self::Official => "official",
        }
    }

    /// The only domains that it lets in.
    pub fn domains(self) -> Domains {
        let hosts = match self {
            Self::Documentation => DOCUMENTATION,
            Self::Academic => ACADEMIC,
            Self::News => NEWS,
            Self::Official => OFFICIAL,
        };
        Hosts::of(hosts).map_or(Domains::All, Domains::Only)
    }
}

const DOCUMENTATION: [&str; 20] = [
    "docs.rs",
    "doc.rust-lang.org",
    "developer.mozilla.org",
    "docs.python.org",
    "readthedocs.io",
    "nodejs.org",
    "typescriptlang.org",
    "react.dev",
    "go.dev",
    "docs.oracle.com",
    "learn.microsoft.com",
    "cppreference.com",
    "developer.apple.com",
    "developer.android.com",
    "kubernetes.io",
    "docs.docker.com",
    "docs.github.com",
    "git-scm.com",
    "postgresql.org",
    "man7.org",
];

const ACADEMIC: [&str; 20] = [
    ".edu",
    "ac.uk",
    "arxiv.org",
    "ncbi.nlm.nih.gov",
    "nature.com",
    "science.org",
    "sciencedirect.com",
    "springer.com",
    "wiley.com",
    "jstor.org",
    "semanticscholar.org",
    "acm.org",
    "ieee.org",
    "plos.org",
    "biorxiv.org",
    "medrxiv.org",
    "cell.com",
    "thelancet.com",
    "bmj.com",
    "ssrn.com",
];

const NEWS: [&str; 20] = [
    "reuters.com",
    "apnews.com",
    "afp.com",
    "bbc.com",
    "bbc.co.uk",
    "npr.org",
    "theguardian.com",
    "nytimes.com",
    "washingtonpost.com",
    "wsj.com",
    "ft.com",
    "economist.com",
    "bloomberg.com",
    "aljazeera.com",
    "dw.com",
    "france24.com",
    "lemonde.fr",
    "elpais.com",
    "spiegel.de",
    "nhk.or.jp",
];

const OFFICIAL: [&str; 20] = [
    ".gov",
    ".mil",
    ".int",
    "gov.uk",
    "europa.eu",
    "bund.de",
    "gv.at",
    "admin.ch",
    "gouv.fr",
    "gob.es",
    "gov.pt",
    "gov.br",
    "gob.mx",
    "go.jp",
    "gc.ca",
    "gov.au",
    "govt.nz",
    "gov.in",
    "un.org",
    "oecd.org",
];

/// A list of domains that a server keeps under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnPreset {
    /// Its name: 1 to [`OwnPreset::LONGEST_NAME`] characters.
    pub name: String,
    /// What it lets in; never everything.
    pub domains: Domains,
}

impl OwnPreset {
    /// The most characters of a name.
    pub const LONGEST_NAME: usize = 40;

    /// The most that a server keeps.
    pub const MOST: usize = 20;

    /// Whether it is called this, in whatever case.
    pub fn is_called(&self, name: &str) -> bool {
        same_name(&self.name, name)
    }
}

/// Whether two names are one, in whatever case.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// The domains of the preset of this name: of the server's own, or of those that come along.
pub fn named(name: &str, own: &[OwnPreset]) -> Option<Domains> {
    let kept = own.iter().find(|preset| preset.is_called(name));
    let built_in = || {
        let mut all = Preset::ALL.into_iter();
        all.find(|preset| same_name(preset.name(), name))
    };
    kept.map(|preset| preset.domains.clone())
        .or_else(|| built_in().map(Preset::domains))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_a_valid_list_of_different_domains() {
        for (preset, listed) in
            Preset::ALL
                .into_iter()
                .zip([DOCUMENTATION, ACADEMIC, NEWS, OFFICIAL])
        {
            assert_eq!(preset.domains().allowed(), listed, "{}", preset.name());
        }
    }

    #[test]
    fn presets_are_found_by_name() {
        let own = [OwnPreset {
            name: "Our docs".to_owned(),
            domains: Domains::Only(Hosts::of(["docs.example"]).unwrap()),
        }];
        assert_eq!(named(" our DOCS", &own), Some(own[0].domains.clone()));
        assert_eq!(named("News", &own), Some(Preset::News.domains()));
        assert_eq!(named("gossip", &own), None);
    }
}
