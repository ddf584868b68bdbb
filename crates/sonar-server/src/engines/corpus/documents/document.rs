//! What every reader makes of a file: a document of sections of blocks. Knows no file format.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// The largest document: a file, or a line of JSON.
pub(crate) const MAX_DOCUMENT_BYTES: u64 = 2 * 1024 * 1024;

/// The longest address of a document or a picture, as browsers and servers take it.
pub(crate) const MAX_ADDRESS_BYTES: usize = 2_000;

/// A file, or a line of one, as the corpus sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) title: String,
    /// What the document is part of: the name of a book.
    pub(crate) part_of: Option<String>,
    /// Address without an anchor.
    pub(crate) url: String,
    /// `YYYY-MM-DD`.
    pub(crate) date: Option<String>,
    /// `YYYY-MM-DD`.
    pub(crate) updated: Option<String>,
    /// `en`; the part after a dash is cut off.
    pub(crate) language: Option<String>,
    pub(crate) tags: Vec<String>,
    /// The picture that stands for the whole document.
    pub(crate) image: Option<Image>,
    /// How much its sections count beside others: 1 for most.
    pub(crate) standing: f32,
    /// Its line, where a file holds a document a line.
    pub(crate) line: Option<u64>,
    pub(crate) sections: Vec<Section>,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            title: String::new(),
            part_of: None,
            url: String::new(),
            date: None,
            updated: None,
            language: None,
            tags: Vec::new(),
            image: None,
            standing: 1.0,
            line: None,
            sections: Vec::new(),
        }
    }
}

impl Document {
    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        let text = |block: &Block| match block {
            Block::Prose(text) | Block::Item(text) | Block::Label(text) => text.len(),
            Block::Code { text, .. } => text.len(),
        };
        let section = |section: &Section| {
            let blocks: usize = section.blocks.iter().map(text).sum();
            let path: usize = section.path.iter().map(String::len).sum();
            let images = section.images.iter();
            let images: usize = images
                .map(|image| image.url.len() + image.title.as_ref().map_or(0, String::len))
                .sum();
            let things = section.blocks.len() + section.images.len() + section.path.len();
            let strings = blocks + path + images + section.anchor.len();
            size_of::<Section>() + strings + things * size_of::<Image>()
        };
        size_of::<Self>() + self.sections.iter().map(section).sum::<usize>()
    }
}

/// The text under one heading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Section {
    /// Without the `#`; empty for the top of the document.
    pub(crate) anchor: String,
    /// The headings that lead here, outermost first, without the document's title.
    pub(crate) path: Vec<String>,
    /// `YYYY-MM-DD`, when a heading carries a date of its own.
    pub(crate) date: Option<String>,
    /// How much it counts beside others of the document: 1 for most.
    pub(crate) standing: f32,
    /// Whether the page only repeats what it inherits from another: never quoted from here.
    pub(crate) inherited: bool,
    pub(crate) blocks: Vec<Block>,
    /// As the document names them until [`images`](super::images) completes them: with any address, and 0 for a size
    /// that is not said.
    pub(crate) images: Vec<Image>,
}

impl Default for Section {
    fn default() -> Self {
        Self {
            anchor: String::new(),
            path: Vec::new(),
            date: None,
            standing: 1.0,
            inherited: false,
            blocks: Vec::new(),
            images: Vec::new(),
        }
    }
}

/// A paragraph, a list item, a table row, a piece of code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Block {
    /// Running text with its white space folded; inline code stands in backticks.
    Prose(String),
    /// A list item or a row of a table, written as prose is.
    Item(String),
    /// A heading too small for a section of its own ("Panics"): searched, never quoted.
    Label(String),
    /// Lines of code as they stand.
    Code { language: String, text: String },
}

impl Block {
    /// The words it is found by, code as well. A question in quotes is an example of one; it is
    /// not what the text is about.
    pub(crate) fn searched(&self) -> Cow<'_, str> {
        match self {
            Self::Prose(text) | Self::Item(text) => without_quoted_questions(text),
            Self::Label(text) | Self::Code { text, .. } => Cow::Borrowed(text),
        }
    }

    /// The words a reader would quote.
    pub(crate) fn quotable(&self) -> Option<&str> {
        match self {
            Self::Prose(text) | Self::Item(text) => Some(text),
            Self::Label(_) | Self::Code { .. } => None,
        }
    }
}

/// A picture in a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Where it is.
    pub url: String,
    /// Its alternative text.
    pub title: Option<String>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

fn without_quoted_questions(text: &str) -> Cow<'_, str> {
    let ends = |part: &str| part.ends_with('?');
    let quotes = ['"', '“', '”'];
    if !text.contains("?\"") && !text.contains("?”") {
        return Cow::Borrowed(text);
    }
    let parts: Vec<&str> = text.split(quotes).collect();
    let kept = parts
        .iter()
        .enumerate()
        .filter(|(at, part)| at % 2 == 0 || !ends(part));
    Cow::Owned(kept.map(|(_, part)| *part).collect::<Vec<_>>().join(" "))
}

/// The address of a section; the top of a document has none of its own.
pub(crate) fn with_anchor(url: &str, anchor: &str) -> String {
    if anchor.is_empty() {
        return url.to_owned();
    }
    // White space and signs that end an address where it is written down.
    let breaks =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '`');
    let mut address = format!("{url}#");
    for c in anchor.chars() {
        match breaks(c) {
            true => address.extend(utf8_percent_encode(
                c.encode_utf8(&mut [0; 4]),
                NON_ALPHANUMERIC,
            )),
            false => address.push(c),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_question_is_not_searched() {
        let block = Block::Prose("Ask \"How hot is tea?\" or say \"tea\".".to_owned());
        assert_eq!(block.searched(), "Ask   or say  tea .");
    }

    #[test]
    fn an_anchor_cannot_end_the_address_it_stands_in() {
        let address = |anchor| with_anchor("https://tea.example/pots", anchor);
        assert_eq!(address(""), "https://tea.example/pots");
        assert_eq!(address("kännchen"), "https://tea.example/pots#kännchen");
        assert_eq!(
            address("\"clay\" pot>"),
            "https://tea.example/pots#%22clay%22%20pot%3E"
        );
    }
}
