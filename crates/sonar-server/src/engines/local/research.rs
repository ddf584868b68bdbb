//! What deep research keeps of its searches: one part for the question, one for each heading that brings something new.
//! Must be pure.

use sonar::ReasoningEffort;

use super::both::Searched;
use crate::engines::corpus::search::found::Chapter;
use crate::engines::corpus::write::WebPart;
use crate::engines::corpus::{Excerpt, Found, Level};

/// The most sources of a researched answer.
pub(super) const SOURCES: usize = 24;

/// The most sources of one chapter.
const SOURCES_A_CHAPTER: usize = 2;

/// How many headings an effort is worth: 2, 4, 6 or 10.
pub(super) fn sub_questions(effort: Option<&ReasoningEffort>) -> usize {
    match effort {
        Some(ReasoningEffort::Minimal) => 2,
        Some(ReasoningEffort::Low) => 4,
        Some(ReasoningEffort::High) => 10,
        _ => 6,
    }
}

/// Everything an answer is made of. A plain answer has no chapters.
#[derive(Clone, Debug)]
pub(super) struct Findings {
    /// What the question itself found.
    pub(super) found: Found,
    /// What its sub-questions found.
    pub(super) chapters: Vec<Chapter>,
    /// How many searches were made.
    pub(super) searches: u64,
    /// Whether there are no documents that could have been searched.
    pub(super) no_documents: bool,
    /// What the web had to do with it.
    pub(super) web: WebPart,
}

impl Findings {
    pub(super) fn new(found: Found) -> Self {
        Self {
            found,
            chapters: Vec::new(),
            searches: 1,
            no_documents: false,
            web: WebPart::None,
        }
    }

    /// What the search for the question itself found.
    pub(super) fn of(searched: &Searched) -> Self {
        let mut findings = Self::new(searched.found.clone());
        findings.searches = searched.searches();
        findings.no_documents = searched.no_documents;
        findings.web = findings.quoted_of(searched);
        findings
    }

    /// Takes in what a search for `heading` found, as [`Findings::add`] does.
    pub(super) fn add_searched(&mut self, heading: String, searched: &Searched, most: usize) {
        self.add(heading, searched.found.clone(), most);
        self.searches += searched.searches();
        self.web = self.web.max(self.quoted_of(searched));
    }

    fn quoted_of(&self, searched: &Searched) -> WebPart {
        searched.web_part(self.excerpts().map(|quoted| quoted.url.as_str()))
    }

    /// What is there when nothing was searched for.
    pub(super) fn none() -> Self {
        let found = Found {
            level: Level::Nothing,
            coverage: 0.0,
            excerpts: Vec::new(),
            nearest: Vec::new(),
            ranked: Vec::new(),
        };
        Self {
            searches: 0,
            ..Self::new(found)
        }
    }

    /// The sources in the order of their numbers.
    pub(super) fn excerpts(&self) -> impl Iterator<Item = &Excerpt> {
        let chapters = self.chapters.iter().flat_map(|chapter| &chapter.excerpts);
        self.found.excerpts.iter().chain(chapters)
    }

    /// Takes in what a search for `heading` found: sections that are not quoted yet, while there are fewer than `most`
    /// sources in all. What only comes near to the heading is left out.
    pub(super) fn add(&mut self, heading: String, found: Found, most: usize) {
        if found.level != Level::Answer {
            return;
        }
        let room = most.saturating_sub(self.excerpts().count());
        let excerpts: Vec<Excerpt> = found
            .excerpts
            .into_iter()
            .filter(|new| self.excerpts().all(|old| old.url != new.url))
            .take(room.min(SOURCES_A_CHAPTER))
            .collect();
        if !excerpts.is_empty() {
            self.chapters.push(Chapter { heading, excerpts });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(level: Level, urls: &[&str]) -> Found {
        let excerpt = |url: &&str| Excerpt {
            title: String::new(),
            section: None,
            url: (*url).to_owned(),
            date: None,
            last_updated: None,
            language: None,
            text: String::new(),
            code: None,
            passage: String::new(),
            images: Vec::new(),
        };
        Found {
            level,
            coverage: 1.0,
            excerpts: urls.iter().map(excerpt).collect(),
            nearest: Vec::new(),
            ranked: Vec::new(),
        }
    }

    #[test]
    fn a_chapter_brings_only_what_is_new_and_fits() {
        let mut findings = Findings::new(found(Level::Answer, &["a"]));
        findings.add("Old".to_owned(), found(Level::Answer, &["a"]), 5);
        findings.add("Near".to_owned(), found(Level::ClosestMatches, &["b"]), 5);
        findings.add(
            "New".to_owned(),
            found(Level::Answer, &["b", "a", "c", "d"]),
            5,
        );
        findings.add("Full".to_owned(), found(Level::Answer, &["e"]), 3);
        let urls: Vec<&str> = findings
            .excerpts()
            .map(|excerpt| excerpt.url.as_str())
            .collect();
        assert_eq!(urls, ["a", "b", "c"]);
        assert_eq!(findings.chapters.len(), 1);
    }

    #[test]
    fn more_effort_asks_more() {
        let counts = [
            Some(ReasoningEffort::Minimal),
            Some(ReasoningEffort::Low),
            None,
            Some(ReasoningEffort::Medium),
            Some(ReasoningEffort::High),
        ]
        .map(|effort| sub_questions(effort.as_ref()));
        assert_eq!(counts, [2, 4, 6, 6, 10]);
    }
}
