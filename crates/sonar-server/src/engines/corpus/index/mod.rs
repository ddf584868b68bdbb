//! The index: which passages hold which token, and what every passage, section and document is. Decides no order.
//!
//! `build` cuts documents into `passages` and their text into `tokens`; `head` is what stays in memory, `store` what is too
//! much for it, and `kept` puts both on disk.

pub(super) mod kept;
pub(super) mod passages;
pub(super) mod places;
pub(crate) mod sentences;
pub(super) mod store;
pub(crate) mod tokens;

mod build;
mod head;
mod postings;
mod vocabulary;

use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;

pub(super) use build::{MAX_PASSAGES, build};
pub(super) use head::{DocumentEntry, SectionEntry, SectionText};
pub(super) use postings::Posting;

use head::Head;
use passages::Passage;
use places::Places;
use postings::decode;
use store::Store;

/// The index as it is searched.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) head: Head,
    store: Store,
    places: Places,
    /// How many tokens the passages of each section have together.
    section_lengths: Vec<u32>,
    average_section: f32,
    /// What else counts when it is asked how rare a word is.
    beside: Option<Arc<Self>>,
}

impl Index {
    /// An index of what was built or loaded.
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
            beside: None,
        }
    }

    /// An index of a few documents that were found by their words. Among them alone these words are common; they are as rare
    /// as in these and those of `other` together. And what they come from is no place that a question can name: who asks who
    /// founded Mozilla does not ask for what lies at mozilla.org.
    pub(crate) fn beside(head: Head, store: Store, other: &Arc<Self>) -> Self {
        Self {
            places: Places::default(),
            beside: Some(Arc::clone(other)),
            ..Self::new(head, store)
        }
    }

    /// The first passage of a section.
    pub(crate) fn first_passage(&self, section: u32) -> u32 {
        let passages = &self.head.passages;
        passages.partition_point(|passage| passage.section < section) as u32
    }

    /// The passages of a section in reading order.
    pub(crate) fn passages_of(&self, section: u32) -> Range<u32> {
        self.first_passage(section)..self.first_passage(section + 1)
    }

    /// The sections of a document, which follow one another.
    pub(crate) fn sections_of(&self, document: u32) -> Range<u32> {
        let sections = &self.head.sections;
        let start = sections.partition_point(|section| section.document < document);
        let end = sections.partition_point(|section| section.document <= document);
        // The index holds fewer sections than a `u32` counts.
        start as u32..end as u32
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

    /// How rare a token is that a single passage has; above 0.
    pub(crate) fn rarity_of_one(&self) -> f32 {
        rarity(self.passages_counted(), 1).max(f32::MIN_POSITIVE)
    }

    /// How rare a token is: the natural logarithm of how many passages there are for each that has it.
    pub(crate) fn rarity(&self, token: &str) -> f32 {
        let beside = self.beside.as_ref();
        let beside = beside.map_or(0, |other| other.passages_with(token));
        rarity(
            self.passages_counted(),
            self.passages_with(token).saturating_add(beside),
        )
    }

    fn passages_counted(&self) -> usize {
        let beside = self.beside.as_ref();
        self.head.passages.len() + beside.map_or(0, |other| other.head.passages.len())
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
        self.head.vocabulary.passages(token)
    }

    /// The passages that hold a token, in ascending order.
    pub(crate) fn postings(&self, token: &str) -> Vec<Posting> {
        let place = self.head.vocabulary.postings(token, self.head.passages_end);
        place.map_or_else(Vec::new, |(start, end)| {
            decode(&self.store.read(start, end))
        })
    }

    /// The words around a section. One that cannot be read counts as empty.
    pub(crate) fn section_text(&self, section: u32) -> SectionText {
        let sections = &self.head.sections;
        let offset = |at: usize| sections.get(at).map(|entry| entry.offset);
        let at = section as usize;
        let end = offset(at + 1).unwrap_or(self.head.sections_end);
        self.record(offset(at).unwrap_or(end), end)
    }

    /// The blocks of a passage. One that cannot be read counts as empty.
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

/// The natural logarithm of how many passages there are for each that has a token.
fn rarity(passages: usize, with_it: u32) -> f32 {
    let (all, with_it) = (passages as f32, with_it as f32);
    (1.0 + (all - with_it + 0.5) / (with_it + 0.5))
        .ln()
        .max(0.0)
}
