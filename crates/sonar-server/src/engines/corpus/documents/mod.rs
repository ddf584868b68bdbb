//! From files to documents: finds what the settings name and reads each kind of file. Knows no index and no question.
//!
//! `library` finds and reads everything. Documents come from a `folder` with its `rules` and `history`, from the `handbook`
//! and from the `rust_docs`. `reader` hands a file to the reader of its kind, which puts a `document` together with an
//! `outline`; `extracts` keeps what was read between starts.

pub(super) mod dates;
pub(super) mod language;
pub(super) mod library;

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
pub(super) use document::{Block, Document, Section, with_anchor};
