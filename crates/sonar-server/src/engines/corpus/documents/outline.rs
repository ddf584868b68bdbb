//! How readers build a document: headings and blocks as they come, put into sections. Knows no file format.

use super::dates;
use super::document::{Block, Image, Section};

/// Most sections of a document.
const MOST_SECTIONS: usize = 20_000;

/// Headings that name no subject; their text belongs to the section they stand in.
const SUBJECTLESS: &[&str] = &[
    "description",
    "details",
    "errors",
    "example",
    "examples",
    "explanation",
    "implementation notes",
    "name",
    "note",
    "notes",
    "panics",
    "platform-specific behavior",
    "safety",
    "see also",
    "synopsis",
    "usage",
];

/// The longest anchor; an address with a longer one helps nobody.
const MAX_ANCHOR_BYTES: usize = 300;

/// The most pictures of a section: an answer shows no more.
const MAX_IMAGES: usize = 30;

/// Collects headings and blocks in reading order into sections.
#[derive(Debug)]
pub(crate) struct Outline {
    title: String,
    headings: Vec<(u8, String)>,
    sections: Vec<Section>,
}

impl Outline {
    /// Begins with the text before the first heading. A heading that says the same as `title`
    /// opens no section of its own.
    pub(crate) fn new(title: &str) -> Self {
        Self {
            title: clipped(title),
            headings: Vec::new(),
            sections: vec![Section::default()],
        }
    }

    /// A heading of level 1 to 6.
    pub(crate) fn heading(&mut self, level: u8, text: &str, anchor: &str) {
        let text = clipped(text);
        if text.is_empty() {
            return;
        }
        if self.headings.is_empty() && self.repeats_title(&text) {
            return self.open(anchor);
        }
        let subjectless = SUBJECTLESS.contains(&text.to_lowercase().as_str());
        if subjectless && level > 1 {
            return self.label(&text);
        }
        self.headings.retain(|(above, _)| *above < level);
        self.headings.push((level, text));
        self.open(anchor);
    }

    /// Titles often carry the name of the site after the page's own.
    fn repeats_title(&self, heading: &str) -> bool {
        let title = plain(&self.title).to_lowercase();
        let rest = title
            .strip_prefix(&plain(heading).to_lowercase())
            .map(str::to_owned);
        rest.is_some_and(|rest| {
            rest.is_empty()
                || [" - ", " | ", " – ", " — "]
                    .iter()
                    .any(|dash| rest.starts_with(dash))
        })
    }

    /// A section under a heading of its own, beside the others; the text before any when the heading is empty.
    pub(crate) fn section(&mut self, heading: &str, anchor: &str) {
        self.headings.clear();
        let heading = clipped(heading);
        if !heading.is_empty() {
            self.headings.push((2, heading));
        }
        self.open(anchor);
    }

    /// Something with a name and an anchor of its own, such as a method.
    pub(crate) fn entry(&mut self, path: Vec<String>, anchor: &str, inherited: bool) {
        self.sections.push(Section {
            anchor: usable(anchor),
            path,
            inherited,
            ..Section::default()
        });
    }

    /// Lowers the standing of the current section.
    pub(crate) fn weaken(&mut self, factor: f32) {
        if let Some(section) = self.sections.last_mut() {
            section.standing *= factor;
        }
    }

    /// A small heading inside the current section.
    pub(crate) fn label(&mut self, text: &str) {
        self.push(Block::Label(fold(text)));
    }

    /// A paragraph.
    pub(crate) fn prose(&mut self, text: &str) {
        self.push(Block::Prose(fold(text)));
    }

    /// A list item or a table row.
    pub(crate) fn item(&mut self, text: &str) {
        self.push(Block::Item(fold(text)));
    }

    /// A block of code.
    pub(crate) fn code(&mut self, language: &str, text: &str) {
        let text = text.trim_matches('\n').trim_end().to_owned();
        if !text.is_empty() {
            self.push(Block::Code {
                language: language.to_owned(),
                text,
            });
        }
    }

    /// A picture of the current section.
    pub(crate) fn image(&mut self, image: Image) {
        if let Some(section) = self.sections.last_mut()
            && section.images.len() < MAX_IMAGES
        {
            section.images.push(image);
        }
    }

    /// The sections that say something.
    pub(crate) fn finish(self) -> Vec<Section> {
        let mut sections = self.sections;
        sections.retain(|section| {
            section
                .blocks
                .iter()
                .any(|block| block.quotable().is_some())
        });
        sections
    }

    fn open(&mut self, anchor: &str) {
        // Each carries the headings above it; what comes behind so many belongs to the last.
        if self.sections.len() >= MOST_SECTIONS {
            return;
        }
        let path: Vec<String> = self.headings.iter().map(|(_, text)| text.clone()).collect();
        let date = path.iter().rev().find_map(|heading| date_in(heading));
        self.sections.push(Section {
            anchor: usable(anchor),
            path,
            date,
            ..Section::default()
        });
    }

    fn push(&mut self, block: Block) {
        let empty = match &block {
            Block::Prose(text) | Block::Item(text) | Block::Label(text) => text.is_empty(),
            Block::Code { text, .. } => text.is_empty(),
        };
        if let (false, Some(section)) = (empty, self.sections.last_mut()) {
            section.blocks.push(block);
        }
    }
}

fn usable(anchor: &str) -> String {
    let fits = anchor.len() <= MAX_ANCHOR_BYTES;
    if fits {
        anchor.to_owned()
    } else {
        String::new()
    }
}

/// White space folded to single spaces; table cells keep their em space between them.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() && c != CELL_GAP) {
        if word.is_empty() {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// The most characters of a title or a heading. They are searched with every passage below them.
const MAX_HEADING_CHARACTERS: usize = 300;

/// A title or heading on one line, cut where nobody reads on.
pub(crate) fn clipped(text: &str) -> String {
    let folded = fold(text);
    match folded.char_indices().nth(MAX_HEADING_CHARACTERS) {
        None => folded,
        Some((end, _)) => format!("{}…", folded.get(..end).unwrap_or_default().trim_end()),
    }
}

/// Stands between the cells of a table row: white space, yet visible.
pub(crate) const CELL_GAP: char = '\u{2003}';

/// Text without the backticks of inline code.
pub(crate) fn plain(text: &str) -> String {
    text.replace('`', "")
}

/// A date at the end of a heading, as in `Version 1.75.0 (2023-12-28)`.
fn date_in(heading: &str) -> Option<String> {
    let (_, inside) = heading.strip_suffix(')')?.rsplit_once('(')?;
    dates::day(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_carries_its_date_to_the_sections_below() {
        let mut outline = Outline::new("Release notes");
        outline.heading(1, "Version 1.75.0 (2023-12-28)", "v");
        outline.heading(2, "Language", "language");
        outline.prose("Async functions in traits.");
        let sections = outline.finish();
        assert_eq!(sections.len(), 1);
        assert_eq!(
            sections[0].path,
            ["Version 1.75.0 (2023-12-28)", "Language"]
        );
        assert_eq!(sections[0].date.as_deref(), Some("2023-12-28"));
    }

    #[test]
    fn a_heading_that_repeats_the_title_opens_no_section() {
        let mut outline = Outline::new("Making Tea - The Tea Book");
        outline.heading(2, "Making `tea`", "making-tea");
        outline.prose("Boil.");
        outline.heading(3, "Waiting", "waiting");
        outline.prose("Wait.");
        let sections = outline.finish();
        assert!(sections[0].path.is_empty());
        assert_eq!(sections[0].anchor, "making-tea");
        assert_eq!(sections[1].path, ["Waiting"]);
    }

    #[test]
    fn a_heading_without_a_subject_stays_in_its_section() {
        let mut outline = Outline::new("Vec");
        outline.heading(2, "Growing", "growing");
        outline.prose("It grows.");
        outline.heading(3, "Panics", "panics");
        outline.prose("When memory runs out.");
        let sections = outline.finish();
        assert_eq!(sections.len(), 1);
        assert_eq!(sections[0].blocks.len(), 3);
    }

    #[test]
    fn a_heading_that_never_ends_is_cut() {
        let mut outline = Outline::new("Tea");
        outline.heading(2, &"é ".repeat(10_000), "");
        outline.prose("Boil.");
        let sections = outline.finish();
        assert_eq!(sections[0].path[0].chars().count(), MAX_HEADING_CHARACTERS);
    }
}
