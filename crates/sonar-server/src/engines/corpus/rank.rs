//! Orders passages by how well they answer a question. Every weight of the engine stands here; no
//! text is cut or written.

use rustc_hash::FxHashMap;

use super::document::Block;
use super::index::{Index, SectionText};
use super::passages::Passage;
use super::question::{Question, Wants};
use super::sentences;
use super::tokens::{Kind, Tokeniser};

/// What the ranking goes by.
#[derive(Debug)]
pub(crate) struct Weights {
    /// BM25: how soon more of the same word stops counting.
    pub(crate) saturation: f32,
    /// BM25: how much long passages are held back.
    pub(crate) length: f32,
    /// Passages that are read closely.
    pub(crate) candidates: usize,
    /// A shorter or longer form of the word that is asked for.
    pub(crate) short_form: f32,
    /// A word that is not the one asked for, but means it.
    pub(crate) other_word: f32,
    /// A word without a subject; only headings hold them.
    pub(crate) stop_word: f32,
    /// A part of a name that was asked for as a whole.
    pub(crate) part_of_name: f32,
    /// A term of the question before.
    pub(crate) question_before: f32,
    /// Share of the BM25 score that does not depend on coverage.
    pub(crate) without_coverage: f32,
    /// Words of the question that stand side by side.
    pub(crate) pairs: f32,
    /// The heading is what is asked for.
    pub(crate) heading: f32,
    /// Heading and first sentence of the section cover the question.
    pub(crate) lead: f32,
    /// The whole path of title and headings is what is asked for.
    pub(crate) subject: f32,
    /// The section's first word is the action that the question asks for.
    pub(crate) action: f32,
    /// The question asks what something is, or only names it, and the passage opens its section.
    pub(crate) opening: f32,
    /// The question asks for a way, and the passage shows code.
    pub(crate) example: f32,
}

/// Tuned on the development halves of the sets in `tests/eval`; `footnote eval` tells what a
/// change does.
pub(crate) const WEIGHTS: Weights = Weights {
    saturation: 0.6,
    length: 0.35,
    candidates: 100,
    short_form: 0.9,
    other_word: 0.7,
    stop_word: 0.15,
    part_of_name: 0.5,
    question_before: 0.6,
    without_coverage: 0.55,
    pairs: 0.22,
    heading: 0.4,
    lead: 0.1,
    subject: 0.35,
    action: 0.2,
    opening: 0.1,
    example: 0.05,
};

/// A passage with its score.
#[derive(Clone, Debug)]
pub(crate) struct Ranked {
    pub(crate) passage: u32,
    pub(crate) section: u32,
    pub(crate) score: f32,
    /// Share of the question that the passage and its headings cover: 0 to 1.
    pub(crate) coverage: f32,
    pub(crate) blocks: Passage,
    pub(crate) text: SectionText,
}

/// The best passage of each section that `allowed` lets through, best first.
pub(crate) fn rank(
    question: &Question,
    index: &Index,
    tokeniser: &mut Tokeniser,
    allowed: &dyn Fn(u32) -> bool,
) -> Vec<Ranked> {
    let candidates = candidates(question, index, allowed);
    let top = candidates.first().map_or(1.0, |(_, score)| *score);
    let mut reader = Reader::new(question, index, tokeniser);
    let mut best: FxHashMap<u32, Ranked> = FxHashMap::default();
    for (passage, bm25) in candidates {
        let ranked = reader.look_closely(passage, bm25 / top.max(f32::MIN_POSITIVE));
        match best.get(&ranked.section) {
            Some(other) if other.score >= ranked.score => {}
            _ => {
                best.insert(ranked.section, ranked);
            }
        }
    }
    let mut order: Vec<Ranked> = best.into_values().collect();
    order.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
    order
}

/// The passages with the highest BM25, best first.
fn candidates(
    question: &Question,
    index: &Index,
    allowed: &dyn Fn(u32) -> bool,
) -> Vec<(u32, f32)> {
    let passages = &index.head.passages;
    let mut scores = vec![0.0_f32; passages.len()];
    let mut own = vec![0.0_f32; passages.len()];
    for term in &question.terms {
        let mut touched = Vec::new();
        for variant in &term.variants {
            for posting in index.postings(&variant.token) {
                let at = posting.passage as usize;
                let (Some(entry), Some(score)) = (passages.get(at), own.get_mut(at)) else {
                    continue;
                };
                let length = f32::from(entry.length) / index.head.average_length.max(1.0);
                let held_back = 1.0 - WEIGHTS.length + WEIGHTS.length * length;
                let count = f32::from(posting.halves) / 2.0;
                let frequency =
                    count * (WEIGHTS.saturation + 1.0) / (count + WEIGHTS.saturation * held_back);
                if *score == 0.0 {
                    touched.push(posting.passage);
                }
                *score = score.max(frequency * variant.weight * term.worth());
            }
        }
        for passage in touched {
            let at = passage as usize;
            scores[at] += std::mem::take(&mut own[at]);
        }
    }
    let section = |passage: usize| passages.get(passage).map_or(0, |entry| entry.section);
    let mut found: Vec<(u32, f32)> = scores
        .into_iter()
        .enumerate()
        .filter(|(passage, score)| *score > 0.0 && allowed(section(*passage)))
        .map(|(passage, score)| (passage as u32, score))
        .collect();
    let better = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if found.len() > WEIGHTS.candidates {
        found.select_nth_unstable_by(WEIGHTS.candidates, better);
        found.truncate(WEIGHTS.candidates);
    }
    found.sort_by(better);
    found
}

/// Reads candidates with the eyes of one question.
struct Reader<'a> {
    question: &'a Question,
    index: &'a Index,
    tokeniser: &'a mut Tokeniser,
    /// Which terms a token stands for, and how well.
    asked: FxHashMap<&'a str, Vec<(usize, f32)>>,
}

/// What a text has of a question.
#[derive(Clone, Debug)]
struct Held {
    /// How well it holds each term: 0 to 1.
    terms: Vec<f32>,
    /// For each word in reading order the terms it stands for, one bit each.
    order: Vec<u32>,
}

impl<'a> Reader<'a> {
    fn new(question: &'a Question, index: &'a Index, tokeniser: &'a mut Tokeniser) -> Self {
        let mut asked: FxHashMap<&str, Vec<(usize, f32)>> = FxHashMap::default();
        for (number, term) in question.terms.iter().enumerate() {
            for variant in &term.variants {
                let terms = asked.entry(variant.token.as_str()).or_default();
                terms.push((number, variant.weight));
            }
        }
        Self {
            question,
            index,
            tokeniser,
            asked,
        }
    }

    fn look_closely(&mut self, passage: u32, bm25: f32) -> Ranked {
        let head = &self.index.head;
        let section = head
            .passages
            .get(passage as usize)
            .map_or(0, |entry| entry.section);
        let entry = head.sections.get(section as usize);
        let document = entry.and_then(|entry| head.documents.get(entry.document as usize));
        let blocks = self.index.passage(passage);
        let text = self.index.section_text(section);

        let title = document.map_or("", |document| &document.title);
        let name = text
            .path
            .last()
            .map_or_else(|| own_name(title), String::as_str);
        let path = || text.path.iter().map(String::as_str);
        let opens = self.opens_section(passage);
        let lead = blocks.iter().find_map(Block::quotable).filter(|_| opens);
        let lead = sentences::split(lead.unwrap_or_default())
            .first()
            .copied()
            .unwrap_or_default();
        let part_of = document
            .and_then(|document| document.part_of.as_deref())
            .unwrap_or_default();
        let site = document.map_or("", |document| host(&document.url));

        let heading = self.read([name]);
        let around = self.read(
            [title]
                .into_iter()
                .chain(path())
                .chain(text.copied_to.iter().map(String::as_str)),
        );
        let lead = self.read([lead]);
        let acts = self.acts(&lead);
        let lead = lead.or(&around);
        let own = self.read(blocks.iter().map(Block::searched));
        let everywhere = self.read([part_of, site]).or(&around).or(&own);
        let coverage = self.share(&everywhere);
        let asked_for = self.share_asked_for([name], is_name(name));
        let subject = self.share_asked_for([own_name(title)].into_iter().chain(path()), false);
        let shows_code = blocks
            .iter()
            .any(|block| matches!(block, Block::Code { .. }));
        let example = self.question.kind == Wants::Way && shows_code;

        let score = bm25 * (WEIGHTS.without_coverage + (1.0 - WEIGHTS.without_coverage) * coverage)
            + WEIGHTS.pairs * self.pairs(&own, &heading)
            + WEIGHTS.heading * asked_for * self.share(&lead)
            + WEIGHTS.subject * subject
            + WEIGHTS.lead * self.share(&lead)
            + WEIGHTS.action * acts
            + if opens && self.question.wants_overview() {
                WEIGHTS.opening
            } else {
                0.0
            }
            + if example { WEIGHTS.example } else { 0.0 };
        Ranked {
            passage,
            section,
            score: score * entry.map_or(1.0, |entry| entry.standing),
            coverage,
            blocks,
            text,
        }
    }

    fn read<T: AsRef<str>>(&mut self, texts: impl IntoIterator<Item = T>) -> Held {
        let mut held = Held {
            terms: vec![0.0; self.question.terms.len()],
            order: Vec::new(),
        };
        for text in texts {
            self.tokeniser.each(text.as_ref(), &mut |token, kind| {
                let mut terms = 0;
                for (term, weight) in self.asked.get(token).into_iter().flatten() {
                    held.terms[*term] = held.terms[*term].max(*weight);
                    terms |= 1 << term;
                }
                if matches!(kind, Kind::Word | Kind::Part) {
                    held.order.push(terms);
                }
            });
        }
        held
    }

    /// Whether the first word of a text is the action that the question asks for: 1 or 0.
    /// References begin so: "Sorts the slice …".
    fn acts(&self, text: &Held) -> f32 {
        let action = self.question.action.map_or(0, |number| 1_u32 << number);
        let first = text.order.first().copied().unwrap_or_default();
        if first & action == 0 { 0.0 } else { 1.0 }
    }

    /// Share of the essential terms that are held, weighted by how rare they are.
    fn share(&self, held: &Held) -> f32 {
        let (mut all, mut found) = (0.0, 0.0);
        for (term, held) in self.question.terms.iter().zip(&held.terms) {
            if term.essential {
                all += term.worth();
                found += term.worth() * held;
            }
        }
        if all > 0.0 { found / all } else { 0.0 }
    }

    /// Share of a text's words that the question asks for, weighted by how rare they are. In a
    /// `name` the words without a subject count too.
    fn share_asked_for<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>, name: bool) -> f32 {
        let (mut all, mut asked) = (0.0, 0.0);
        for text in texts {
            self.tokeniser.each(text, &mut |token, kind| {
                let rarity = match kind {
                    Kind::Word | Kind::Part => rarity(self.index, token),
                    Kind::Stop if name => STOP_WORD_RARITY,
                    Kind::Stop | Kind::Whole => return,
                };
                let matches = self.asked.get(token).into_iter().flatten();
                all += rarity;
                asked += rarity * matches.map(|(_, weight)| *weight).fold(0.0, f32::max);
            });
        }
        if all > 0.0 { asked / all } else { 0.0 }
    }

    /// Share of the question's neighbouring terms that are neighbours in the text or in its
    /// heading.
    fn pairs(&self, text: &Held, heading: &Held) -> f32 {
        let essential = self
            .question
            .terms
            .iter()
            .enumerate()
            .filter(|(_, term)| term.essential);
        let numbers: Vec<usize> = essential.map(|(number, _)| number).collect();
        let found = numbers.windows(2).filter(|pair| {
            let (one, other) = (1 << pair[0], 1 << pair[1]);
            text.has_neighbours(one, other) || heading.has_neighbours(one, other)
        });
        found.count() as f32 / numbers.len().saturating_sub(1).max(1) as f32
    }

    /// Whether a passage is the first of its section.
    fn opens_section(&self, passage: u32) -> bool {
        let passages = &self.index.head.passages;
        let section = |at: u32| passages.get(at as usize).map(|entry| entry.section);
        passage
            .checked_sub(1)
            .is_none_or(|before| section(before) != section(passage))
    }
}

impl Held {
    /// What both have.
    fn or(mut self, other: &Self) -> Self {
        for (held, other) in self.terms.iter_mut().zip(&other.terms) {
            *held = held.max(*other);
        }
        self
    }

    fn has_neighbours(&self, one: u32, other: u32) -> bool {
        self.order.windows(2).any(|pair| {
            let straight = pair[0] & one != 0 && pair[1] & other != 0;
            straight || (pair[0] & other != 0 && pair[1] & one != 0)
        })
    }
}

/// What a word without a subject counts in a name.
const STOP_WORD_RARITY: f32 = 2.0;

/// The natural logarithm of how many passages there are for each that holds the token.
fn rarity(index: &Index, token: &str) -> f32 {
    let passages = index.passages_with(token) as f32;
    (1.0 + index.head.passages.len() as f32 / (passages + 0.5)).ln()
}

/// `copy` of `std::fs::copy`; other titles as they are.
fn own_name(title: &str) -> &str {
    match title.rsplit_once("::") {
        Some((_, name)) if !name.contains(char::is_whitespace) => name,
        _ => title,
    }
}

/// Whether a heading is the name of something in code, where every small word matters:
/// `is_sorted` is not `sort`.
fn is_name(heading: &str) -> bool {
    !heading.contains(char::is_whitespace)
}

/// `doc.rust-lang.org` from an address.
fn host(url: &str) -> &str {
    let after = url.split_once("://").map_or("", |(_, after)| after);
    after.split('/').next().unwrap_or_default()
}
