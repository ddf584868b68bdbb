//! A document as the index holds it, for showing it where it has no public address. Reads no file and ranks nothing.

use super::Corpus;
use super::documents::Block;
use crate::engines::{LOCAL, Page, PageBlock, PageSection};

impl Corpus {
    /// The document at `path`, where that is how the corpus names it for want of a public address.
    pub(crate) fn page(&self, path: &str) -> Option<Page> {
        let named = |url: &str| url.strip_prefix(LOCAL).is_some_and(|named| named == path);
        let documents = &self.index.head.documents;
        let number = documents.iter().position(|entry| named(&entry.url))?;
        let entry = documents.get(number)?;
        let sections = self.index.sections_of(u32::try_from(number).ok()?);
        Some(Page {
            title: entry.title.clone(),
            language: entry.language.clone(),
            sections: sections.map(|section| self.page_section(section)).collect(),
        })
    }

    fn page_section(&self, section: u32) -> PageSection {
        let mut text = self.index.section_text(section);
        let passages = self.index.passages_of(section);
        let blocks = passages.flat_map(|passage| self.index.passage(passage));
        PageSection {
            anchor: text.anchor,
            heading: text.path.pop(),
            blocks: blocks.map(page_block).collect(),
        }
    }
}

fn page_block(block: Block) -> PageBlock {
    match block {
        Block::Prose(text) | Block::Label(text) => PageBlock::Prose(text),
        Block::Item(text) => PageBlock::Item(text),
        Block::Code { text, .. } => PageBlock::Code(text),
    }
}
