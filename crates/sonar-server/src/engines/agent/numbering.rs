//! Gives the sources of a run their numbers. A number that was once told keeps its source; the same address has one number.

use std::collections::HashMap;

use sonar::{Image, SearchResult, SourceKind};

use super::wire::{Found, Picture};
use crate::markers::{Mark, Places};

/// The sources of a run, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// All addresses with their places, from 1.
    places: HashMap<String, usize>,
    /// The places of the ids that markers use.
    ids: HashMap<u64, usize>,
    /// Pages that were read; they have no ids.
    read: Vec<usize>,
    /// What was not told yet.
    new: Vec<SearchResult>,
}

impl Numbering {
    /// Takes in what a search found.
    pub(super) fn found(&mut self, results: &[Found]) {
        for result in results {
            let Some(place) = self.place_of(result) else {
                continue;
            };
            if let Some(id) = result.id {
                self.ids.entry(id).or_insert(place);
            }
        }
    }

    /// Takes in pages that were read; those that a search had found have their numbers already.
    pub(super) fn read(&mut self, contents: &[Found]) {
        for content in contents {
            if let Some(place) = self.place_of(content)
                && !self.read.contains(&place)
            {
                self.read.push(place);
            }
        }
    }

    /// The sources that were not told yet.
    pub(super) fn untold(&mut self) -> Vec<SearchResult> {
        std::mem::take(&mut self.new)
    }

    fn place_of(&mut self, found: &Found) -> Option<usize> {
        let url = found.url.as_deref().filter(|url| is_web(url))?;
        if let Some(place) = self.places.get(url) {
            return Some(*place);
        }
        let place = self.places.len() + 1;
        self.places.insert(url.to_owned(), place);
        self.new.push(source(found));
        Some(place)
    }
}

impl Places for Numbering {
    fn lists_in_json(&self) -> bool {
        true
    }

    fn place(&self, mark: Mark<'_>) -> Option<usize> {
        match mark {
            // A page that was read without a search is called 0; with several of them nobody knows which is meant.
            Mark::Number { kind, number: 0 } if !kind.is_empty() => match self.read.as_slice() {
                [place] => Some(*place),
                _ => None,
            },
            Mark::Number {
                kind: "" | "web",
                number,
            } => self.ids.get(&number).copied(),
            Mark::Number { .. } => None,
            Mark::Link { address } => self.places.get(address).copied(),
        }
    }
}

/// Whether an address can be a source: nobody should be led anywhere else.
fn is_web(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// A source in the protocol's words.
pub(super) fn source(found: &Found) -> SearchResult {
    SearchResult {
        title: found.title.clone().unwrap_or_default(),
        url: found.url.clone().unwrap_or_default(),
        date: found.date.clone(),
        last_updated: found.last_updated.clone(),
        snippet: found.snippet.clone(),
        source: Some(SourceKind::Web),
        ..SearchResult::default()
    }
}

/// An image in the protocol's words; none for what has no address.
pub(super) fn image(picture: Picture) -> Option<Image> {
    Some(Image {
        image_url: picture.image_url.filter(|url| is_web(url))?,
        origin_url: picture.origin_url.unwrap_or_default(),
        width: picture.width.unwrap_or_default(),
        height: picture.height.unwrap_or_default(),
        title: Some(picture.title.unwrap_or_default()),
        ..Image::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(id: u64, url: &str) -> Found {
        Found {
            id: Some(id),
            url: Some(url.to_owned()),
            ..Found::default()
        }
    }

    fn number(kind: &str, number: u64) -> Mark<'_> {
        Mark::Number { kind, number }
    }

    #[test]
    fn places_follow_the_order_of_what_came_and_ids_may_begin_anywhere() {
        let mut numbering = Numbering::default();
        numbering.found(&[
            found(11, "https://a.example/"),
            found(12, "https://b.example/"),
        ]);
        numbering.found(&[
            found(86, "https://c.example/"),
            found(31, "https://a.example/"),
        ]);
        let places = [11, 12, 86, 31, 1].map(|id| numbering.place(number("web", id)));
        assert_eq!(places, [Some(1), Some(2), Some(3), Some(1), None]);
        assert_eq!(numbering.place(number("", 86)), Some(3));
        assert_eq!(numbering.place(number("image", 86)), None);
        assert_eq!(numbering.untold().len(), 3);
        numbering.found(&[found(87, "https://d.example/")]);
        assert_eq!(numbering.untold()[0].url, "https://d.example/");
    }

    #[test]
    fn a_page_that_was_read_is_the_source_zero_while_there_is_one() {
        let mut numbering = Numbering::default();
        let page = |url: &str| Found {
            url: Some(url.to_owned()),
            ..Found::default()
        };
        numbering.found(&[found(4, "https://a.example/")]);
        numbering.read(&[page("https://b.example/")]);
        assert_eq!(numbering.place(number("web", 0)), Some(2));
        assert_eq!(numbering.place(number("", 0)), None);
        numbering.read(&[page("https://a.example/")]);
        assert_eq!(numbering.place(number("web", 0)), None);
    }

    #[test]
    fn what_leads_nowhere_is_no_source() {
        let mut numbering = Numbering::default();
        numbering.found(&[
            found(1, "javascript:alert(1)"),
            found(2, ""),
            Found::default(),
        ]);
        assert_eq!(numbering.untold(), []);
        assert_eq!(numbering.place(number("", 1)), None);
    }
}
