//! From files to documents: finds what the settings name and reads each kind of file. Knows no index and no question.
//!
//! `library` finds and reads everything. Documents come from a `folder` with its `rules` and `history`, from the `handbook`
//! and from the `rust_docs`. `reader` hands a file to the reader of its kind, which puts a `document` together with an
//! `outline`, and `web_page` a page that was fetched; `extracts` keeps what was read between starts.

pub(crate) mod dates;
pub(crate) mod language;
pub(super) mod library;
pub(crate) mod web_page;

mod document;
mod extracts;
mod folder;
mod front_matter;
mod handbook;
mod history;
mod html;
mod images;
mod json_lines;
mod listing;
mod markdown;
mod outline;
mod plain_text;
mod reader;
mod reading;
mod rules;
mod rust_docs;

pub use document::Image;
pub(crate) use document::{Block, Document, MAX_ADDRESS_BYTES, Section, with_anchor};
pub(crate) use outline::{clipped, fold};
