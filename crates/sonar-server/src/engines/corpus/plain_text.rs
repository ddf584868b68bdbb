//! Reads a plain text document: its first line is the title. Opens no file.

use super::document::{Document, Outline};

/// Paragraphs are divided by empty lines.
pub(crate) fn read(text: &str) -> Document {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    let (title, body) = text.split_once('\n').unwrap_or((text, ""));
    let mut outline = Outline::new(title);
    let mut paragraph = String::new();
    for line in body.lines() {
        if line.trim().is_empty() {
            outline.prose(&std::mem::take(&mut paragraph));
        } else {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    outline.prose(&paragraph);
    Document {
        title: title.trim().to_owned(),
        standing: 1.0,
        sections: outline.finish(),
        ..Document::default()
    }
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
}
