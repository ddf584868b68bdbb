//! Reads a page that came from the web. Believes nothing that it says of where it is, and opens no file.

use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use url::Url;

use super::document::{Block, Document};
use super::language::is_tag;
use super::{html, images, plain_text};

/// How long reading a page may take: somebody waits, and others want to be read too.
const LONGEST: Duration = Duration::from_secs(2);

/// Sections of a page that are kept. Each carries the headings above it.
const MOST_SECTIONS: usize = 2_000;
/// Longest heading above a section, in bytes; a longer one says nothing of where it stands.
const LONGEST_HEADING: usize = 400;
/// Longest word of a block, in bytes: text is quoted by the word, and what is longer is no word.
const LONGEST_WORD: usize = 2_000;
/// Longest block of code, in bytes, for code is quoted whole.
const LONGEST_CODE: usize = 16 * 1024;

/// Whether a block can be quoted without becoming longer than an answer should be.
fn is_quotable(block: &Block) -> bool {
    match block {
        Block::Prose(text) | Block::Item(text) | Block::Label(text) => text
            .split_whitespace()
            .all(|word| word.len() <= LONGEST_WORD),
        Block::Code { text, .. } => text.len() <= LONGEST_CODE,
    }
}

/// The page at `address` as a document; `None` when it holds no text to quote, or is written so that reading it would not end.
pub(crate) fn read(text: &str, is_html: bool, address: &Url) -> Option<Document> {
    if text.contains('\0') {
        return None;
    }
    let mut document = match is_html {
        // The parser of HTML is not ours, and a page that it stumbles over should not end an answer.
        true => {
            panic::catch_unwind(AssertUnwindSafe(|| html::read_within(text, LONGEST)))
                .ok()?
                .ok()?
                .0
        }
        false => plain_text::read(text),
    };
    // What a page calls its canonical address can be anybody's.
    address.as_str().clone_into(&mut document.url);
    document.language.take_if(|tag| !is_tag(tag));
    images::complete(&mut document, None);
    document.sections.truncate(MOST_SECTIONS);
    for section in &mut document.sections {
        section.blocks.retain(is_quotable);
        section
            .path
            .retain(|heading| heading.len() <= LONGEST_HEADING);
    }
    document
        .sections
        .retain(|section| !section.blocks.is_empty());
    (!document.sections.is_empty()).then_some(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str, is_html: bool) -> Option<Document> {
        let address = Url::parse("https://tea.example/green/").unwrap();
        read(text, is_html, &address)
    }

    #[test]
    fn a_page_is_where_it_was_found() {
        let html = "<html lang=de-AT><head><title>Tee</title><link rel=canonical href='https://bank.example/'>\
            <meta name=date content=2026-03-01></head><body><nav>Start</nav><main><h1>Tee</h1><p>Heiß.\
            <img src='../a.png' width=2 height=1><img src=b.png></main></body></html>";
        let document = page(html, true).unwrap();
        assert_eq!(document.url, "https://tea.example/green/");
        assert_eq!(document.language.as_deref(), Some("de"));
        assert_eq!(document.date.as_deref(), Some("2026-03-01"));
        let images = &document.sections[0].images;
        assert_eq!(images.len(), 1, "{images:?}");
        assert_eq!(images[0].url, "https://tea.example/a.png");
    }

    #[test]
    fn what_holds_no_text_is_no_document() {
        assert_eq!(page("<body><script>tea()</script></body>", true), None);
        assert_eq!(page("", false), None);
        assert_eq!(page("Tea\n\n\0", false), None);
        assert_eq!(page(&"<div>".repeat(100_000), true), None);
        assert!(page("Tea\n\nHot.", false).is_some());
        let long = format!("Tea\n\nGreen tea is hot {}.", "x".repeat(10_000));
        assert_eq!(
            page(&long, false),
            None,
            "a word without an end would be quoted whole"
        );
    }
}
