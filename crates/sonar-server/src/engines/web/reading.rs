//! Makes documents of what was found on the web, so that they are searched as documents are. Must be pure, and leave out what
//! breaks a filter.

use super::searxng::Hit;
use crate::engines::corpus::Filters;
use crate::engines::corpus::documents::language::same_language;
use crate::engines::corpus::documents::{Block, Document, Section};

/// Something that was found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Read {
    pub(crate) document: Document,
    /// Whether it is the page itself; else it is what the search engine shows of it.
    pub(crate) is_page: bool,
}

/// The documents of hits, in their order and each address once. A hit comes with its page, where that was fetched and holds
/// text; else what the search engine shows of it is all there is to quote. `usual` is the language of those that
/// name none, and of the question: what is in another one is left out, unless other languages are asked for.
pub(super) fn documents<'a>(
    hits: impl Iterator<Item = (&'a Hit, Option<&'a Document>)>,
    filters: &Filters,
    usual: &str,
) -> Vec<Read> {
    let mut all: Vec<Read> = Vec::new();
    for (hit, page) in hits {
        let Some(document) = document(hit, page, filters, usual) else {
            continue;
        };
        if all.iter().all(|other| other.document.url != document.url) {
            let is_page = page.is_some();
            all.push(Read { document, is_page });
        }
    }
    all
}

fn document(
    hit: &Hit,
    page: Option<&Document>,
    filters: &Filters,
    usual: &str,
) -> Option<Document> {
    let mut document = page.cloned().or_else(|| snippet(hit))?;
    if document.title.is_empty() {
        document.title.clone_from(&hit.title);
    }
    document.date = document.date.or_else(|| hit.published.clone());
    // SearXNG was asked for the usual language, but what it found need not keep to it: a filter is not passed by what does not
    // say its language.
    let language = match (document.language.take(), filters.languages.is_empty()) {
        (None, true) => usual.to_owned(),
        (own, _) => own.unwrap_or_default(),
    };
    let is_understood = match filters.languages.is_empty() {
        true => same_language(&language, usual),
        false => filters.allow_language(&language),
    };
    document.language = Some(language);
    // A page may have been found elsewhere than where the hit led.
    let passes = is_understood && filters.allow_address(&document.url);
    passes.then_some(document)
}

/// What the search engine shows of a page, as a document.
fn snippet(hit: &Hit) -> Option<Document> {
    let text = Block::Prose(hit.snippet.clone());
    (!hit.snippet.is_empty()).then(|| Document {
        title: hit.title.clone(),
        url: hit.address.as_str().to_owned(),
        sections: vec![Section {
            blocks: vec![text],
            ..Section::default()
        }],
        ..Document::default()
    })
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::engines::corpus::Domain;

    fn hit(address: &str) -> Hit {
        Hit {
            title: "Tea".to_owned(),
            address: Url::parse(address).unwrap(),
            snippet: "Green tea.".to_owned(),
            published: Some("2026-03-01".to_owned()),
        }
    }

    fn page(url: &str) -> Document {
        Document {
            url: url.to_owned(),
            date: Some("2025-01-01".to_owned()),
            language: Some("en-GB".to_owned()),
            sections: vec![Section::default()],
            ..Document::default()
        }
    }

    #[test]
    fn a_page_goes_before_its_snippet_and_its_date_before_the_engines() {
        let hits = [hit("https://a.example/"), hit("https://b.example/")];
        let of_a = page("https://a.example/moved");
        let found = documents(
            [(&hits[0], Some(&of_a)), (&hits[1], None)].into_iter(),
            &Filters::default(),
            "en",
        );
        let told: Vec<_> = found
            .iter()
            .map(|found| {
                let found = &found.document;
                (
                    found.url.as_str(),
                    found.title.as_str(),
                    found.date.as_deref(),
                    found.language.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (
                    "https://a.example/moved",
                    "Tea",
                    Some("2025-01-01"),
                    Some("en-GB")
                ),
                ("https://b.example/", "Tea", Some("2026-03-01"), Some("en")),
            ]
        );
    }

    #[test]
    fn each_address_comes_once_and_an_empty_snippet_not_at_all() {
        let hits = [
            hit("https://a.example/"),
            hit("https://b.example/"),
            hit("https://c.example/"),
        ];
        let same = page("https://a.example/");
        let empty = Hit {
            snippet: String::new(),
            ..hit("https://d.example/")
        };
        let found = documents(
            [
                (&hits[0], None),
                (&hits[1], Some(&same)),
                (&hits[2], None),
                (&empty, None),
            ]
            .into_iter(),
            &Filters::default(),
            "en",
        );
        let urls: Vec<&str> = found
            .iter()
            .map(|found| found.document.url.as_str())
            .collect();
        assert_eq!(urls, ["https://a.example/", "https://c.example/"]);
    }

    #[test]
    fn a_page_in_another_language_than_the_question_is_left_out() {
        let german = Document {
            language: Some("de".to_owned()),
            ..page("https://a.example/")
        };
        let hit = hit("https://a.example/");
        let of = |usual| {
            documents(
                [(&hit, Some(&german))].into_iter(),
                &Filters::default(),
                usual,
            )
        };
        assert!(of("en").is_empty());
        assert_eq!(of("de").len(), 1);
    }

    #[test]
    fn a_redirect_leads_around_no_filter() {
        let filters = Filters {
            domains: vec![Domain::read("a.example").unwrap()],
            ..Filters::default()
        };
        let (hit, page) = (hit("https://a.example/"), page("https://b.example/"));
        assert!(documents([(&hit, Some(&page))].into_iter(), &filters, "en").is_empty());
        assert_eq!(
            documents([(&hit, None)].into_iter(), &filters, "en").len(),
            1
        );
    }

    #[test]
    fn a_language_that_is_not_said_passes_no_filter() {
        let filters = Filters {
            languages: vec!["en".to_owned()],
            ..Filters::default()
        };
        let hit = hit("https://a.example/");
        assert!(documents([(&hit, None)].into_iter(), &filters, "en").is_empty());
        let in_english = Document {
            language: Some("en".to_owned()),
            ..page("https://a.example/")
        };
        assert_eq!(
            documents([(&hit, Some(&in_english))].into_iter(), &filters, "en").len(),
            1
        );
    }
}
