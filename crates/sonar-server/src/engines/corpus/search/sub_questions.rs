//! What to ask further when a question is researched: the headings of the pages that answer it. Asks nothing itself.

use rustc_hash::FxHashSet;

use super::filters::Filters;
use super::found::{Found, Place, Query};
use crate::engines::corpus::Corpus;
use crate::engines::corpus::documents::with_anchor;

/// How many of the pages that answer best are looked into.
const PAGES: usize = 3;

/// A heading that is asked for as a question of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SubQuestion {
    /// The heading.
    pub(crate) heading: String,
    /// Title of the page it stands on.
    pub(crate) title: String,
}

impl SubQuestion {
    /// The heading as a question, with the page's title for what it is about: "Capacity" by itself can be anybody's.
    pub(crate) fn query(&self, language: Option<&str>) -> Query {
        Query {
            text: format!("{} {}", self.title, self.heading),
            before: None,
            language: language.map(str::to_owned),
        }
    }
}

impl Corpus {
    /// At most `most` headings of the best pages: first those of sections that came near to the question, best first,
    /// then the others in turns, as they stand on their pages. Quoted sections, and those that `filters` leave out, raise
    /// no question.
    pub(crate) fn sub_questions(
        &self,
        found: &Found,
        filters: &Filters,
        most: usize,
    ) -> Vec<SubQuestion> {
        let pages = best_pages(&found.ranked);
        let near = found
            .ranked
            .iter()
            .filter(|place| pages.contains(&place.document));
        let columns: Vec<Vec<Place>> = pages
            .iter()
            .map(|page| self.places(*page, filters))
            .collect();
        let quoted: FxHashSet<&str> = found.excerpts.iter().map(|e| e.url.as_str()).collect();
        let mut asked = FxHashSet::default();
        near.chain(in_turns(&columns))
            .filter(|place| !quoted.contains(place.url.as_str()))
            .filter_map(sub_question)
            .filter(|question| asked.insert(question.heading.to_lowercase()))
            .take(most)
            .collect()
    }

    /// The sections of a document that may be quoted, in order.
    fn places(&self, document: u32, filters: &Filters) -> Vec<Place> {
        let head = &self.index.head;
        let place = |number: u32| {
            let section = head.sections.get(number as usize)?;
            let entry = head.documents.get(document as usize)?;
            if !filters.allow(entry, section) {
                return None;
            }
            let text = self.index.section_text(number);
            Some(Place {
                title: entry.title.clone(),
                url: with_anchor(&entry.url, &text.anchor),
                heading: text.path.last().cloned(),
                document,
            })
        };
        self.index.sections_of(document).filter_map(place).collect()
    }
}

/// The documents of the best sections, each once.
fn best_pages(ranked: &[Place]) -> Vec<u32> {
    let mut pages = Vec::new();
    for place in ranked {
        if pages.len() < PAGES && !pages.contains(&place.document) {
            pages.push(place.document);
        }
    }
    pages
}

/// The first of each column, then the second of each, and so on.
fn in_turns(columns: &[Vec<Place>]) -> impl Iterator<Item = &Place> {
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    (0..rows).flat_map(move |row| columns.iter().filter_map(move |column| column.get(row)))
}

fn sub_question(place: &Place) -> Option<SubQuestion> {
    Some(SubQuestion {
        heading: place.heading.clone()?,
        title: place.title.clone(),
    })
}
