//! The index: which passages hold which token, and what every passage, section and document is.
//! Built once, read many times; decides no order.

pub(super) mod kept;
pub(super) mod passages;
pub(super) mod places;
pub(super) mod sentences;
pub(super) mod store;
pub(super) mod tokens;

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::engines::corpus::documents::language::primary;
use crate::engines::corpus::documents::{Block, Document, Image};
use crate::engines::corpus::report::Report;
use passages::Passage;
use places::Places;
use store::Store;
use tokens::{Kind, Tokeniser};

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

/// A document without its text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DocumentEntry {
    pub(crate) title: String,
    pub(crate) part_of: Option<String>,
    pub(crate) url: String,
    pub(crate) date: Option<String>,
    pub(crate) updated: Option<String>,
    pub(crate) language: String,
}

/// Where a section is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SectionEntry {
    pub(crate) document: u32,
    /// The section's own date, when it has one.
    pub(crate) date: Option<String>,
    /// Its own and its document's together.
    pub(crate) standing: f32,
    offset: u64,
}

impl SectionEntry {
    /// A section of a document, for tests of what looks at its date.
    #[cfg(test)]
    pub(crate) fn at(document: u32) -> Self {
        Self {
            document,
            date: None,
            standing: 1.0,
            offset: 0,
        }
    }
}

/// The words around a section's text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SectionText {
    pub(crate) anchor: String,
    pub(crate) path: Vec<String>,
    /// Titles of the documents that hold an exact copy.
    pub(crate) copied_to: Vec<String>,
    /// Its pictures, then that of its document.
    pub(crate) images: Vec<Image>,
}

/// Where a passage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PassageEntry {
    pub(crate) section: u32,
    /// How many tokens it has.
    pub(crate) length: u16,
    offset: u64,
}

/// Everything that is kept in memory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) documents: Vec<DocumentEntry>,
    pub(crate) sections: Vec<SectionEntry>,
    pub(crate) passages: Vec<PassageEntry>,
    pub(crate) average_length: f32,
    tokens: Tokens,
    /// Where the records of sections, those of passages and the postings end.
    sections_end: u64,
    passages_end: u64,
}

impl Head {
    /// Tells what the index holds.
    pub(crate) fn tell(&self, report: &mut Report) {
        report.documents = self.documents.len();
        report.sections = self.sections.len();
        report.passages = self.passages.len();
        let dated = self.documents.iter().filter(|entry| entry.date.is_some());
        report.dated = dated.count();
        report.count_hosts(self.documents.iter().map(|entry| entry.url.as_str()));
    }
}

/// Every token in alphabetical order, with where its postings are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Tokens {
    /// All tokens one after the other.
    text: String,
    /// Where each one ends in `text`.
    ends: Vec<u32>,
    /// In how many passages each one stands.
    passages: Vec<u32>,
    /// Where the postings of each one end.
    postings_ends: Vec<u64>,
}

/// One passage that holds a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) passage: u32,
    /// How often, in halves.
    pub(crate) halves: u8,
}

/// The index as it is searched.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) head: Head,
    store: Store,
    places: Places,
    /// How many tokens the passages of each section have together.
    section_lengths: Vec<u32>,
    average_section: f32,
}

impl Index {
    pub(crate) fn new(head: Head, store: Store) -> Self {
        let mut section_lengths = vec![0_u32; head.sections.len()];
        for passage in &head.passages {
            if let Some(length) = section_lengths.get_mut(passage.section as usize) {
                *length += u32::from(passage.length);
            }
        }
        let total: f64 = section_lengths
            .iter()
            .map(|length| f64::from(*length))
            .sum();
        Self {
            places: Places::of(&head.documents),
            average_section: (total / section_lengths.len().max(1) as f64).max(1.0) as f32,
            section_lengths,
            head,
            store,
        }
    }

    /// The first passage of a section.
    pub(crate) fn first_passage(&self, section: u32) -> u32 {
        let passages = &self.head.passages;
        passages.partition_point(|passage| passage.section < section) as u32
    }

    /// The passages of a section in reading order.
    pub(crate) fn passages_of(&self, section: u32) -> std::ops::Range<u32> {
        self.first_passage(section)..self.first_passage(section + 1)
    }

    /// How long a section is beside the average one.
    pub(crate) fn relative_length(&self, section: u32) -> f32 {
        let length = self
            .section_lengths
            .get(section as usize)
            .copied()
            .unwrap_or(0);
        length as f32 / self.average_section
    }

    /// How rare a token is: the natural logarithm of how many passages there are for each that has it.
    pub(crate) fn rarity(&self, token: &str) -> f32 {
        let total = self.head.passages.len() as f32;
        let passages = self.passages_with(token) as f32;
        (1.0 + (total - passages + 0.5) / (passages + 0.5))
            .ln()
            .max(0.0)
    }

    /// Whether a stem names a place that documents come from.
    pub(crate) fn is_place(&self, stem: &str) -> bool {
        self.places.is_one(stem)
    }

    /// Whether a document comes from another place than those that are named.
    pub(crate) fn is_elsewhere(&self, document: u32, places: &[String]) -> bool {
        self.places.is_elsewhere(document, places)
    }

    /// In how many passages a token stands.
    pub(crate) fn passages_with(&self, token: &str) -> u32 {
        let tokens = &self.head.tokens;
        tokens
            .find(token)
            .and_then(|at| tokens.passages.get(at).copied())
            .unwrap_or(0)
    }

    /// The passages that hold a token, in ascending order.
    pub(crate) fn postings(&self, token: &str) -> Vec<Posting> {
        let tokens = &self.head.tokens;
        let Some(at) = tokens.find(token) else {
            return Vec::new();
        };
        let start = at
            .checked_sub(1)
            .and_then(|before| tokens.postings_ends.get(before));
        let start = start.copied().unwrap_or(self.head.passages_end);
        let end = tokens.postings_ends.get(at).copied().unwrap_or(start);
        decode(&self.store.read(start, end))
    }

    pub(crate) fn section_text(&self, section: u32) -> SectionText {
        let sections = &self.head.sections;
        let offset = |at: usize| sections.get(at).map(|entry| entry.offset);
        let at = section as usize;
        let end = offset(at + 1).unwrap_or(self.head.sections_end);
        self.record(offset(at).unwrap_or(end), end)
    }

    pub(crate) fn passage(&self, passage: u32) -> Passage {
        let passages = &self.head.passages;
        let offset = |at: usize| passages.get(at).map(|entry| entry.offset);
        let at = passage as usize;
        let end = offset(at + 1).unwrap_or(self.head.passages_end);
        self.record(offset(at).unwrap_or(end), end)
    }

    /// A record that cannot be decoded counts as empty.
    fn record<T: for<'a> Deserialize<'a> + Default>(&self, start: u64, end: u64) -> T {
        postcard::from_bytes(&self.store.read(start, end)).unwrap_or_default()
    }
}

impl Tokens {
    fn find(&self, token: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.at(middle).cmp(token) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn at(&self, at: usize) -> &str {
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text
            .get(start as usize..end as usize)
            .unwrap_or_default()
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
    postings: Vec<PostingList>,
    left_out: usize,
}

#[derive(Default)]
struct PostingList {
    last: u32,
    passages: u32,
    bytes: Vec<u8>,
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
        self.postings.push(PostingList::default());
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
        let mut tokens = Tokens::default();
        for (token, number) in named {
            let list = &self.postings[number as usize];
            body.extend(&list.bytes);
            tokens.text.push_str(&token);
            tokens.ends.push(tokens.text.len() as u32);
            tokens.passages.push(list.passages);
            tokens.postings_ends.push(body.len() as u64);
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
            tokens,
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

impl PostingList {
    /// The distance to the passage before as a number of seven-bit groups, then the count.
    fn push(&mut self, passage: u32, halves: u8) {
        let mut distance = passage - self.last;
        while distance >= 0x80 {
            self.bytes.push(distance as u8 | 0x80);
            distance >>= 7;
        }
        self.bytes.push(distance as u8);
        self.bytes.push(halves);
        self.last = passage;
        self.passages += 1;
    }
}

fn decode(bytes: &[u8]) -> Vec<Posting> {
    let mut postings = Vec::with_capacity(bytes.len() / 2);
    let mut bytes = bytes.iter();
    let mut passage = 0_u32;
    let (mut distance, mut shift) = (0_u32, 0_u32);
    while let Some(&byte) = bytes.next() {
        distance |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 0x80 == 0 {
            let Some(&halves) = bytes.next() else { break };
            passage = passage.saturating_add(distance);
            postings.push(Posting { passage, halves });
            (distance, shift) = (0, 0);
        }
    }
    postings
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
