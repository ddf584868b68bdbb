//! From files to documents: finds what the settings name and reads each kind of file. Knows no index and no question.
//!
//! `library` finds and reads everything; a place of documents is a `folder` with its `rules` and `history`, the `handbook`
//! or the `rust_docs`; `reader` hands a file to the reader of its kind; every reader makes a `document`.

pub(super) mod dates;
pub(super) mod language;
pub(super) mod library;
pub(super) mod reader;

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
mod plain_text;
mod rules;
mod rust_docs;

pub use document::Image;
pub(super) use document::{Block, Document, Section};
