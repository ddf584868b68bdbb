//! Holds what a service sends against what it was asked for.
//!
//! A source that the filters do not let in is left out, with its marker and its pictures, whatever the service makes of filters; and so is what
//! nobody wanted beside the text.

use serde::{Deserialize, Serialize};

use super::answer::{Draft, Image, Source};
use super::ports::End;
use crate::search::Filters;
use crate::search::domains::is_page;
use crate::search::freshness::Day;
use crate::search::wish::Limits;

/// What a service was asked for, as it is remembered for an answer that comes later.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AskedFor {
    /// Where sources may come from.
    pub filters: Filters,
    /// Whether pictures were.
    pub images: bool,
    /// Whether related questions were.
    pub related: bool,
}

impl AskedFor {
    /// What is asked for within these limits.
    pub fn within(limits: &Limits) -> Self {
        Self {
            filters: limits.filters.clone(),
            images: limits.images,
            related: limits.related,
        }
    }
}

/// What one answer is held against.
#[derive(Debug)]
pub(super) struct Held {
    filters: Filters,
    today: Day,
}

impl Held {
    /// `today` is the day in UTC.
    pub(super) fn new(filters: Filters, today: Day) -> Self {
        Self { filters, today }
    }

    /// The sources that the filters let in. Each keeps its number, so that the markers of the others lead nowhere.
    pub(super) fn kept(&mut self, sources: Vec<Source>) -> Vec<Source> {
        let (kept, outside): (Vec<Source>, Vec<Source>) = sources.into_iter().partition(|source| {
            let (published, updated) = (source.date.as_deref(), source.last_updated.as_deref());
            self.filters
                .admit(&source.url, published, updated, self.today)
        });
        self.filters
            .leave_out(&addresses(&outside), &addresses(&kept));
        kept
    }

    /// The filters, with what the newest list made them leave out.
    pub(super) fn filters(&self) -> &Filters {
        &self.filters
    }

    /// Leaves out the pictures of pages that the filters do not let in, and those that are kept in a denied domain. That a picture is kept
    /// outside of the allowed domains is no matter: many pages have theirs elsewhere.
    pub(super) fn keep_pictures(&self, images: &mut Vec<Image>) {
        images.retain(|image| {
            // What is no page says nothing of where the picture is from.
            let page = if is_page(&image.origin) {
                &image.origin
            } else {
                &image.url
            };
            self.filters.admit_address(page) && !self.filters.deny_address(&image.url)
        });
    }
}

/// A whole answer that came at once, as far as it was asked for and the filters let it in. `today` is the day in UTC.
pub fn within(asked_for: AskedFor, today: Day, draft: Draft, mut end: End) -> (Draft, End) {
    let mut held = Held::new(asked_for.filters, today);
    let sources = held.kept(draft.sources);
    held.keep_pictures(&mut end.images);
    if !asked_for.images {
        end.images.clear();
    }
    if !asked_for.related {
        end.related.clear();
    }
    let draft = Draft {
        text: draft.text,
        sources,
        filters: held.filters,
    };
    (draft, end)
}

fn addresses(sources: &[Source]) -> Vec<&str> {
    sources.iter().map(|source| source.url.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(number: u32, url: &str, date: Option<&str>) -> Source {
        Source {
            number,
            title: String::new(),
            url: url.to_owned(),
            date: date.map(str::to_owned),
            last_updated: None,
            snippet: String::new(),
        }
    }

    fn image(url: &str, origin: &str) -> Image {
        Image {
            url: url.to_owned(),
            origin: origin.to_owned(),
            title: None,
        }
    }

    fn held() -> Held {
        let filters = Filters {
            denied: vec!["spam.example".to_owned()],
            recency: Some(crate::search::Recency::Month),
            ..Filters::default()
        };
        Held::new(filters, "2026-11-23".parse().unwrap())
    }

    #[test]
    fn what_is_outside_is_left_out_and_the_others_keep_their_numbers() {
        let mut held = held();
        let kept = held.kept(vec![
            source(1, "https://spam.example/", None),
            source(2, "https://example.org/", Some("2026-11-01")),
            source(3, "https://example.org/old", Some("2020-01-01")),
        ]);
        assert_eq!(
            kept.iter().map(|source| source.number).collect::<Vec<_>>(),
            [2]
        );
        assert_eq!(held.filters().left_out, 2);
        // The list is told anew: it is the newest that counts.
        held.kept(vec![source(1, "https://example.org/", None)]);
        assert_eq!(held.filters().left_out, 0);
    }

    #[test]
    fn pictures_go_with_the_pages_that_they_are_from() {
        let mut held = held();
        held.kept(vec![source(
            1,
            "https://example.org/old",
            Some("2020-01-01"),
        )]);
        let mut images = vec![
            image("https://cdn.example/1.png", "https://example.org/old"),
            image("https://cdn.example/2.png", "https://spam.example/page"),
            image("https://spam.example/3.png", ""),
            image("https://cdn.example/4.png", "https://example.org/new"),
            // Whatever the page: the picture itself would be shown from there.
            image("https://spam.example/5.png", "https://example.org/new"),
            image("https://spam.example/6.png", "about:blank"),
            image("https://spam.example/7.png", "spam.example/page"),
        ];
        held.keep_pictures(&mut images);
        assert_eq!(
            images,
            [image(
                "https://cdn.example/4.png",
                "https://example.org/new"
            )]
        );
    }

    #[test]
    fn a_picture_of_an_allowed_page_may_be_kept_elsewhere_and_one_of_no_page_may_not() {
        let filters = Filters {
            allowed: vec!["example.org".to_owned()],
            ..Filters::default()
        };
        let held = Held::new(filters, "2026-11-23".parse().unwrap());
        let kept = image("https://cdn.example/1.png", "https://example.org/page");
        let mut images = vec![
            kept.clone(),
            image("https://cdn.example/2.png", "example.org/page"),
            image("https://cdn.example/3.png", "https://elsewhere.example/"),
        ];
        held.keep_pictures(&mut images);
        assert_eq!(images, [kept]);
    }
}
