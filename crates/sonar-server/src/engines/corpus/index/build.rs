//! Builds the index of documents: cuts them into passages and notes where every token stands. Searches nothing.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::head::{DocumentEntry, Head, PassageEntry, SectionEntry, SectionText};
use super::passages::{self, Passage};
use super::postings::Postings;
use super::tokens::{Kind, Tokeniser};
use super::vocabulary::Vocabulary;
use crate::engines::corpus::documents::language::primary;
use crate::engines::corpus::documents::{Block, Document};

/// The most passages of an index.
pub(crate) const MAX_PASSAGES: usize = 200_000;

/// Where in a passage, or around it, a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Text,
    Code,
    Heading,
    Title,
    CopiedTo,
}

impl Place {
    /// How often a token counts that stands here, in halves.
    fn halves(self) -> u8 {
        match self {
            Self::Heading => 3,
            Self::Text | Self::Title => 2,
            Self::Code | Self::CopiedTo => 1,
        }
    }

    /// Whether words without a subject are searched here: headings such as "if let" are made of
    /// them.
    fn keeps_stop_words(self) -> bool {
        matches!(self, Self::Heading | Self::Title)
    }
}

/// An index that was built but not kept yet: what stays in memory, and the bytes of the store.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
    /// Documents that came when there were [`MAX_PASSAGES`] passages already.
    pub(crate) left_out: usize,
}

/// Builds the index of documents.
pub(crate) fn build(documents: Vec<Document>) -> Built {
    build_within(documents, MAX_PASSAGES)
}

fn build_within(mut documents: Vec<Document>, most: usize) -> Built {
    let copied_to = passages::drop_copies(&mut documents);
    let mut builder = Builder::default();
    for (number, document) in documents.iter().enumerate() {
        if builder.passages.len() >= most {
            builder.left_out = documents.len() - number;
            break;
        }
        builder.document(number, document, &copied_to);
    }
    builder.finish()
}

#[derive(Default)]
struct Builder {
    tokenisers: FxHashMap<String, Tokeniser>,
    documents: Vec<DocumentEntry>,
    sections: Vec<SectionEntry>,
    passages: Vec<PassageEntry>,
    section_records: Vec<u8>,
    passage_records: Vec<u8>,
    numbers: FxHashMap<String, u32>,
    postings: Vec<Postings>,
    left_out: usize,
}

impl Builder {
    fn document(
        &mut self,
        number: usize,
        document: &Document,
        copied_to: &FxHashMap<(usize, usize), Vec<String>>,
    ) {
        let language = document.language.clone().unwrap_or_default();
        self.documents.push(DocumentEntry {
            title: document.title.clone(),
            part_of: document.part_of.clone(),
            url: document.url.clone(),
            date: document.date.clone(),
            updated: document.updated.clone(),
            language: language.clone(),
        });
        let mut tokeniser = match self.tokenisers.remove(&language) {
            Some(tokeniser) => tokeniser,
            None => Tokeniser::new(&primary(&language)),
        };
        let title = format!("{} {}", document.title, document.tags.join(" "));
        for (at, section) in document.sections.iter().enumerate() {
            let cut = passages::cut(section);
            if cut.is_empty() {
                continue;
            }
            let text = SectionText {
                anchor: section.anchor.clone(),
                path: section.path.clone(),
                copied_to: copied_to.get(&(number, at)).cloned().unwrap_or_default(),
                images: section
                    .images
                    .iter()
                    .chain(&document.image)
                    .cloned()
                    .collect(),
            };
            let context = [
                (title.clone(), Place::Title),
                (text.path.join(" "), Place::Heading),
                (text.copied_to.join(" "), Place::CopiedTo),
            ];
            for passage in cut {
                self.passage(&passage, &context, &mut tokeniser);
            }
            self.sections.push(SectionEntry {
                document: self.documents.len() as u32 - 1,
                date: section.date.clone(),
                standing: document.standing * section.standing,
                asks: asks(text.path.last().unwrap_or(&document.title)),
                offset: self.section_records.len() as u64,
            });
            append(&mut self.section_records, &text);
        }
        self.tokenisers.insert(language, tokeniser);
    }

    fn passage(
        &mut self,
        passage: &Passage,
        context: &[(String, Place)],
        tokeniser: &mut Tokeniser,
    ) {
        let mut found: FxHashMap<u32, u8> = FxHashMap::default();
        let mut length = 0_u16;
        let own = passage.iter().map(|block| match block {
            Block::Code { .. } => (block.searched(), Place::Code),
            _ => (block.searched(), Place::Text),
        });
        let around = context
            .iter()
            .map(|(text, place)| (Cow::Borrowed(text.as_str()), *place));
        for (text, place) in own.chain(around) {
            let once = matches!(place, Place::Code | Place::CopiedTo);
            tokeniser.each(&text, &mut |token, kind| {
                if kind == Kind::Stop && !place.keeps_stop_words() {
                    return;
                }
                let count = found.entry(self.number(token)).or_default();
                // Code repeats its names; being there is all that counts.
                if !once || *count == 0 {
                    *count = count.saturating_add(place.halves());
                }
                if !once && matches!(kind, Kind::Word | Kind::Part) {
                    length = length.saturating_add(1);
                }
            });
        }
        let number = self.passages.len() as u32;
        for (token, halves) in found {
            self.postings[token as usize].push(number, halves);
        }
        self.passages.push(PassageEntry {
            section: self.sections.len() as u32,
            length,
            offset: self.passage_records.len() as u64,
        });
        append(&mut self.passage_records, passage);
    }

    fn number(&mut self, token: &str) -> u32 {
        if let Some(number) = self.numbers.get(token) {
            return *number;
        }
        let number = self.postings.len() as u32;
        self.numbers.insert(token.to_owned(), number);
        self.postings.push(Postings::default());
        number
    }

    fn finish(self) -> Built {
        let mut body = self.section_records;
        let sections_end = body.len() as u64;
        body.extend(self.passage_records);
        let passages_end = body.len() as u64;
        let mut passages = self.passages;
        for passage in &mut passages {
            passage.offset += sections_end;
        }
        let mut named: Vec<(String, u32)> = self.numbers.into_iter().collect();
        named.sort();
        let mut vocabulary = Vocabulary::default();
        for (token, number) in named {
            let list = &self.postings[number as usize];
            body.extend(&list.bytes);
            vocabulary.push(&token, list.passages, body.len() as u64);
        }
        let total: f64 = passages
            .iter()
            .map(|passage| f64::from(passage.length))
            .sum();
        let head = Head {
            documents: self.documents,
            sections: self.sections,
            average_length: (total / passages.len().max(1) as f64) as f32,
            passages,
            vocabulary,
            sections_end,
            passages_end,
        };
        Built {
            head,
            body,
            left_out: self.left_out,
        }
    }
}

/// Whether a heading is a question: a question mark ends it, and before that are two words or more. Where words are not set
/// apart, a mark of that script is enough.
fn asks(heading: &str) -> bool {
    let full_width = heading.strip_suffix('？');
    let words = heading.strip_suffix('?').unwrap_or_default();
    full_width.is_some_and(|asked| !asked.is_empty()) || words.split_whitespace().nth(1).is_some()
}

/// Writing into memory cannot fail; what cannot be written would read back as empty.
fn append<T: Serialize>(bytes: &mut Vec<u8>, record: &T) {
    if let Ok(record) = postcard::to_allocvec(record) {
        bytes.extend(record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::corpus::documents::Section;

    #[test]
    fn documents_beyond_the_limit_are_left_out_and_counted() {
        let document = |number: usize| Document {
            sections: vec![Section {
                blocks: vec![Block::Prose(format!("Kettle number {number} boils."))],
                ..Section::default()
            }],
            ..Document::default()
        };
        let built = build_within((0..10).map(document).collect(), 4);
        assert_eq!((built.head.documents.len(), built.left_out), (4, 6));
        let all = build_within((0..3).map(document).collect(), 4);
        assert_eq!((all.head.documents.len(), all.left_out), (3, 0));
    }
}
