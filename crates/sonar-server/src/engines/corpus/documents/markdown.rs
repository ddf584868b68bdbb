//! Reads a Markdown document block by block. Opens no file.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use rustc_hash::FxHashMap;

use super::dates;
use super::document::{Document, Image};
use super::front_matter;
use super::outline::{CELL_GAP, Outline, clipped, fold};

/// Reads a document with its front matter; beside it, what the front matter says that is of no use. Address and defaults
/// are the caller's to fill in where the front matter leaves them empty.
pub(crate) fn read(text: &str) -> (Document, Vec<String>) {
    let (matter, body) = front_matter::split(text);
    let mut remarks = matter.remarks;
    let mut document = Document {
        title: clipped(matter.title.as_deref().unwrap_or_default()),
        url: matter.url.unwrap_or_default(),
        date: dates::said("date", matter.date.as_deref(), &mut remarks),
        updated: dates::said("updated", matter.updated.as_deref(), &mut remarks),
        language: matter.language.map(|tag| tag.to_lowercase()),
        tags: matter.tags,
        image: matter.image.map(|url| Image {
            title: None,
            width: 0,
            height: 0,
            url,
        }),
        ..Document::default()
    };
    if document.title.is_empty() {
        document.title = clipped(&first_heading(body).unwrap_or_default());
    }
    let mut walk = Walk::new(Outline::new(&document.title));
    for event in parser(body) {
        walk.event(event);
    }
    document.sections = walk.finish();
    (document, remarks)
}

fn parser(body: &str) -> Parser<'_> {
    let extensions = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    Parser::new_ext(body, extensions)
}

fn first_heading(body: &str) -> Option<String> {
    let mut heading: Option<String> = None;
    for event in parser(body) {
        match (event, &mut heading) {
            (Event::Start(Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::End(TagEnd::Heading(_)), Some(_)) => return heading,
            (Event::Text(text) | Event::Code(text), Some(heading)) => heading.push_str(&text),
            _ => {}
        }
    }
    None
}

struct Walk {
    outline: Outline,
    text: String,
    /// How many lists are open.
    lists: usize,
    heading: Option<(u8, Option<String>)>,
    code: Option<String>,
    /// Whether the text at hand belongs to raw HTML.
    muted: bool,
    /// The picture at hand, with the text that stands for it.
    picture: Option<(String, String)>,
    anchors: FxHashMap<String, usize>,
}

impl Walk {
    fn new(outline: Outline) -> Self {
        Self {
            outline,
            text: String::new(),
            lists: 0,
            heading: None,
            code: None,
            muted: false,
            picture: None,
            anchors: FxHashMap::default(),
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) if self.picture.is_some() => {
                if let Some((_, alternative)) = &mut self.picture {
                    alternative.push_str(&text);
                }
            }
            Event::Text(text) if !self.muted => self.text.push_str(&text),
            Event::Code(code) if !self.muted => {
                for piece in ["`", code.trim(), "`"] {
                    self.text.push_str(piece);
                }
            }
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, id, .. } => {
                self.flush();
                self.heading = Some((level as u8, id.map(|id| id.into_string())));
            }
            Tag::CodeBlock(kind) => {
                self.flush();
                self.code = Some(match kind {
                    CodeBlockKind::Fenced(info) => language(&info),
                    CodeBlockKind::Indented => String::new(),
                });
            }
            Tag::List(_) => {
                self.flush();
                self.lists += 1;
            }
            Tag::Image { dest_url, .. } => {
                self.picture = Some((dest_url.into_string(), String::new()))
            }
            Tag::HtmlBlock => self.muted = true,
            Tag::Paragraph | Tag::Item | Tag::BlockQuote(_) | Tag::TableHead | Tag::TableRow => {
                self.flush();
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::CodeBlock => {
                let text = std::mem::take(&mut self.text);
                self.outline
                    .code(&self.code.take().unwrap_or_default(), &text);
            }
            TagEnd::List(_) => {
                self.flush();
                self.lists = self.lists.saturating_sub(1);
            }
            TagEnd::TableCell => self.text.push(CELL_GAP),
            TagEnd::TableHead | TagEnd::TableRow => {
                let row = std::mem::take(&mut self.text);
                self.outline.item(row.trim_end_matches(CELL_GAP));
            }
            TagEnd::Image => self.end_picture(),
            TagEnd::HtmlBlock => self.muted = false,
            TagEnd::Paragraph | TagEnd::Item | TagEnd::BlockQuote(_) => self.flush(),
            _ => {}
        }
    }

    fn end_heading(&mut self) {
        let text = std::mem::take(&mut self.text);
        if let Some((level, id)) = self.heading.take() {
            let anchor = id.unwrap_or_else(|| self.anchor(&text));
            self.outline.heading(level, &text, &anchor);
        }
    }

    fn end_picture(&mut self) {
        if let Some((url, alternative)) = self.picture.take() {
            self.outline.image(Image {
                url,
                title: Some(fold(&alternative)).filter(|text| !text.is_empty()),
                width: 0,
                height: 0,
            });
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        match self.lists {
            0 => self.outline.prose(&text),
            _ => self.outline.item(&text),
        }
    }

    /// The anchor that code hosts and site generators give a heading; the second of a kind gets
    /// `-1`.
    fn anchor(&mut self, heading: &str) -> String {
        let slug = slug(heading);
        let seen = self.anchors.entry(slug.clone()).or_default();
        *seen += 1;
        match *seen {
            1 => slug,
            count => format!("{slug}-{}", count - 1),
        }
    }

    fn finish(mut self) -> Vec<super::document::Section> {
        self.flush();
        self.outline.finish()
    }
}

/// `how-hot` from the heading `How hot?`.
pub(crate) fn slug(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    let kept: String = kept.collect();
    kept.trim().to_lowercase().replace(' ', "-")
}

/// `rust` from the info string `rust,no_run`.
fn language(info: &str) -> String {
    let first = info.split([',', ' ', '{']).next();
    first.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::document::Block;
    use super::*;

    #[test]
    fn a_document_becomes_sections_of_blocks() {
        let (document, _) = read(
            "---\ntitle: Tea\nurl: https://tea.example/\nlang: EN\n---\nTop *text* with `code`.\n\n## How hot?\n\n- Hot\n  - Very\n\n```sh,x\nboil\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n## How hot?\n\nStill.\n",
        );
        assert_eq!(document.language.as_deref(), Some("en"));
        let anchors: Vec<_> = document
            .sections
            .iter()
            .map(|s| s.anchor.as_str())
            .collect();
        assert_eq!(anchors, ["", "how-hot", "how-hot-1"]);
        assert_eq!(
            document.sections[0].blocks,
            [Block::Prose("Top text with `code`.".to_owned())]
        );
        let item = |text: &str| Block::Item(text.to_owned());
        assert_eq!(
            document.sections[1].blocks,
            [
                item("Hot"),
                item("Very"),
                Block::Code {
                    language: "sh".to_owned(),
                    text: "boil".to_owned()
                },
                item("a\u{2003}b"),
                item("1\u{2003}2"),
            ]
        );
    }

    #[test]
    fn pictures_are_kept_apart_from_the_text() {
        let (document, _) =
            read("---\nimage: lead.png\n---\n# Pots\n\nOld ![A `clay` pot](a.png) pots.\n");
        let section = &document.sections[0];
        assert_eq!(section.blocks, [Block::Prose("Old pots.".to_owned())]);
        assert_eq!(section.images[0].url, "a.png");
        assert_eq!(section.images[0].title.as_deref(), Some("A clay pot"));
        assert_eq!(document.image.unwrap().url, "lead.png");
    }

    #[test]
    fn without_front_matter_the_first_heading_is_the_title() {
        let (document, _) = read("# Making `tea`\n\nBoil.");
        assert_eq!(document.title, "Making tea");
        assert_eq!(document.sections.len(), 1);
        assert_eq!(document.sections[0].anchor, "making-tea");
        assert!(document.sections[0].path.is_empty());
    }
}
