//! Orders passages by how well they answer a question. Every weight of the engine stands here; no
//! text is cut or written.

use rustc_hash::{FxHashMap, FxHashSet};

use super::document::Block;
use super::index::{Index, SectionText};
use super::passages::Passage;
use super::question::{Question, Term};
use super::tokens::{Kind, Tokeniser};

/// What the engine was tuned with; see `examples/ask.rs --eval`.
pub(crate) mod weights {
    /// BM25: how soon more of the same word stops counting.
    pub(crate) const SATURATION: f32 = 1.2;
    /// BM25: how much long passages are held back.
    pub(crate) const LENGTH: f32 = 0.75;
    /// Passages that are read closely.
    pub(crate) const CANDIDATES: usize = 150;
    /// A word that is not the one asked for, but means it.
    pub(crate) const OTHER_WORD: f32 = 0.7;
    /// A word without a subject; only headings hold them.
    pub(crate) const STOP_WORD: f32 = 0.15;
    /// A part of a name that was asked for as a whole.
    pub(crate) const PART_OF_NAME: f32 = 0.3;
    /// A term of the question before.
    pub(crate) const QUESTION_BEFORE: f32 = 0.6;
    /// Share of the BM25 score that does not depend on coverage.
    pub(crate) const WITHOUT_COVERAGE: f32 = 0.55;
    /// Words of the question that stand side by side.
    pub(crate) const PAIRS: f32 = 0.22;
    /// The heading is what is asked for.
    pub(crate) const HEADING: f32 = 0.45;
}

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
    let top = candidates
        .first()
        .map_or(1.0, |(_, score)| *score)
        .max(f32::MIN_POSITIVE);
    let mut best: FxHashMap<u32, Ranked> = FxHashMap::default();
    for (passage, bm25) in candidates {
        let ranked = close_look(question, index, tokeniser, passage, bm25 / top);
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
                let held_back = 1.0 - weights::LENGTH + weights::LENGTH * length;
                let count = f32::from(posting.halves) / 2.0;
                let frequency =
                    count * (weights::SATURATION + 1.0) / (count + weights::SATURATION * held_back);
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
    if found.len() > weights::CANDIDATES {
        found.select_nth_unstable_by(weights::CANDIDATES, better);
        found.truncate(weights::CANDIDATES);
    }
    found.sort_by(better);
    found
}

fn close_look(
    question: &Question,
    index: &Index,
    tokeniser: &mut Tokeniser,
    passage: u32,
    bm25: f32,
) -> Ranked {
    let entry = index.head.passages.get(passage as usize);
    let section = entry.map_or(0, |entry| entry.section);
    let blocks = index.passage(passage);
    let text = index.section_text(section);
    let document = index
        .head
        .sections
        .get(section as usize)
        .and_then(|s| index.head.documents.get(s.document as usize));
    let title = document.map_or("", |document| &document.title);

    let heading = text.path.last().map_or(title, String::as_str);
    let around = [title, &text.path.join(" "), &text.copied_to.join(" ")].join(" ");
    let site = document.map_or(String::new(), |document| {
        format!(
            "{} {}",
            document.part_of.as_deref().unwrap_or_default(),
            host(&document.url)
        )
    });

    let heading = Words::read([heading], tokeniser);
    let around = Words::read([around.as_str()], tokeniser);
    let site = Words::read([site.as_str()], tokeniser);
    let own = Words::read(blocks.iter().map(Block::text), tokeniser);

    let coverage =
        question.share(|term| own.hold(term).max(around.hold(term)).max(site.hold(term)));
    let pairs = pairs(question, &own, &heading);
    let asked_for =
        heading.share_asked_for(question, index) * question.share(|term| around.hold(term));
    let standing = document.map_or(1.0, |document| document.standing);
    let score = bm25 * (weights::WITHOUT_COVERAGE + (1.0 - weights::WITHOUT_COVERAGE) * coverage)
        + weights::PAIRS * pairs
        + weights::HEADING * asked_for;
    Ranked {
        passage,
        section,
        score: score * standing,
        coverage,
        blocks,
        text,
    }
}

impl Question {
    /// Share of the essential terms that hold, weighted by how rare they are.
    fn share(&self, held: impl Fn(&Term) -> f32) -> f32 {
        let (mut all, mut found) = (0.0, 0.0);
        for term in self.essential() {
            all += term.worth();
            found += term.worth() * held(term);
        }
        if all > 0.0 { found / all } else { 0.0 }
    }
}

/// The tokens of a text.
struct Words {
    /// Words and parts of names in reading order, by number of their place.
    in_order: Vec<String>,
    all: FxHashSet<String>,
}

impl Words {
    fn read<'a>(texts: impl IntoIterator<Item = &'a str>, tokeniser: &mut Tokeniser) -> Self {
        let mut words = Self {
            in_order: Vec::new(),
            all: FxHashSet::default(),
        };
        for text in texts {
            tokeniser.each(text, &mut |token, kind| {
                if matches!(kind, Kind::Word | Kind::Part) {
                    words.in_order.push(token.to_owned());
                }
                words.all.insert(token.to_owned());
            });
        }
        words
    }

    /// How well the text holds a term: 0 to 1.
    fn hold(&self, term: &Term) -> f32 {
        let held = term
            .variants
            .iter()
            .filter(|variant| self.all.contains(&variant.token));
        held.map(|variant| variant.weight).fold(0.0, f32::max)
    }

    /// Share of these words that the question asks for, weighted by how rare they are.
    fn share_asked_for(&self, question: &Question, index: &Index) -> f32 {
        let (mut all, mut asked) = (0.0, 0.0);
        for word in &self.in_order {
            let passages = index.passages_with(word) as f32;
            let rarity = (1.0 + index.head.passages.len() as f32 / (passages + 0.5)).ln();
            let best = question
                .terms
                .iter()
                .map(|term| term.matched_by(word))
                .fold(0.0, f32::max);
            all += rarity;
            asked += rarity * best;
        }
        if all > 0.0 { asked / all } else { 0.0 }
    }
}

/// Share of the question's neighbouring terms that are neighbours in the text or in its heading.
fn pairs(question: &Question, text: &Words, heading: &Words) -> f32 {
    let terms: Vec<&Term> = question.essential().collect();
    let pairs = terms
        .windows(2)
        .filter(|pair| pair[1].word < 10_000)
        .count();
    if pairs == 0 {
        return 0.0;
    }
    let neighbours = |words: &Words, one: &Term, other: &Term| {
        words.in_order.windows(2).any(|pair| {
            let straight = one.matched_by(&pair[0]) > 0.0 && other.matched_by(&pair[1]) > 0.0;
            let turned = one.matched_by(&pair[1]) > 0.0 && other.matched_by(&pair[0]) > 0.0;
            straight || turned
        })
    };
    let found = terms
        .windows(2)
        .filter(|pair| neighbours(text, pair[0], pair[1]) || neighbours(heading, pair[0], pair[1]))
        .count();
    found as f32 / pairs as f32
}

/// `doc.rust-lang.org` from an address.
fn host(url: &str) -> &str {
    let after = url.split_once("://").map_or("", |(_, after)| after);
    after.split('/').next().unwrap_or_default()
}
