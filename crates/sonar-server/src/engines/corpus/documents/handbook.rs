//! The project's own handbook, which is part of the program. Reads no file at run time.

use super::document::Document;
use super::markdown;

include!(concat!(env!("OUT_DIR"), "/handbook_pages.rs"));

/// The handbook's pages, in the order of their file names.
pub(crate) fn documents() -> Vec<Document> {
    let read = |(name, text): &(&str, &str)| {
        let (mut document, _) = markdown::read(text);
        if document.url.is_empty() {
            document.url = format!("local:/handbook/{name}");
        }
        if document.title.is_empty() {
            (*name).clone_into(&mut document.title);
        }
        document
    };
    PAGES.iter().map(read).collect()
}

/// What the pages are, for telling whether they changed.
pub(crate) fn fingerprint() -> String {
    format!("{PAGES:?}")
}
