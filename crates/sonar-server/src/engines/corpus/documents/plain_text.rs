//! Reads a plain text document: its first line is the title. Opens no file.

use super::document::Document;
use super::outline::{Outline, fold};

/// A first line of more characters is a paragraph.
const LONGEST_TITLE: usize = 200;

/// Paragraphs are divided by empty lines.
pub(crate) fn read(text: &str) -> Document {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let is_title = first.chars().nth(LONGEST_TITLE).is_none();
    let title = if is_title { fold(first) } else { String::new() };
    // A single line is all there is to quote.
    let body = if is_title && !rest.trim().is_empty() {
        rest
    } else {
        text
    };
    let mut outline = Outline::new(&title);
    paragraphs(body, &mut outline);
    Document {
        title,
        sections: outline.finish(),
        ..Document::default()
    }
}

/// Paragraphs divided by empty lines.
pub(crate) fn paragraphs(text: &str, outline: &mut Outline) {
    let mut paragraph = String::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            outline.prose(&std::mem::take(&mut paragraph));
        } else {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    outline.prose(&paragraph);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_title() {
        let document = read("Tea\n\nBoil\nwater.\n\nWait.\n");
        assert_eq!(document.title, "Tea");
        assert_eq!(document.sections[0].blocks.len(), 2);
        assert_eq!(
            document.sections[0].blocks[0].quotable(),
            Some("Boil water.")
        );
    }

    #[test]
    fn a_single_line_and_a_long_one_are_text() {
        let single = read("\u{feff}Buy tea.");
        assert_eq!(single.title, "Buy tea.");
        assert_eq!(single.sections[0].blocks[0].quotable(), Some("Buy tea."));
        let long = read(&format!("{}\n\nMore.", "word ".repeat(100)));
        assert_eq!(long.title, "");
        assert_eq!(long.sections[0].blocks.len(), 2);
        assert_eq!(read(" \n").sections.len(), 0);
    }
}
