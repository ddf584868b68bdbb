//! Finds the sections that are worth a close look, by the words they hold. Reads no text.

use super::question::{Question, Term, Variant};
use super::weights::{Saturation, WEIGHTS};
use crate::engines::corpus::index::{Index, Posting};

/// A section with what its words alone say of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) section: u32,
    /// Its best passage.
    pub(crate) passage: u32,
    /// BM25 of the whole section.
    pub(crate) score: f32,
    /// What its score is multiplied by, whatever its words are.
    pub(crate) standing: f32,
    /// Share of the question that the section covers: 0 to 1.
    pub(crate) coverage: f32,
}

/// What is gathered term by term.
struct Scores {
    /// BM25 of each passage.
    passages: Vec<f32>,
    /// BM25 of each section.
    sections: Vec<f32>,
    /// Of each section, how much of the question it covers.
    covered: Vec<f32>,
}

/// What one term gives each passage and section; the best of its variants counts.
struct OfTerm {
    passages: Vec<f32>,
    sections: Vec<f32>,
    held: Vec<f32>,
    touched_passages: Vec<u32>,
    touched_sections: Vec<u32>,
}

/// The sections with the highest BM25 that `allowed` lets through, best first.
pub(crate) fn find(
    question: &Question,
    index: &Index,
    allowed: &dyn Fn(u32) -> bool,
) -> Vec<Candidate> {
    let scores = score(question, index);
    let all: f32 = question.essential().map(Term::worth).sum();
    let length = question.length();
    let mut found: Vec<(u32, f32)> = (0..)
        .zip(&scores.sections)
        .filter(|(section, score)| **score > 0.0 && allowed(*section))
        .map(|(section, score)| (section, score * standing(section, question, length, index)))
        .collect();
    let better = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if found.len() > WEIGHTS.candidates {
        found.select_nth_unstable_by(WEIGHTS.candidates, better);
        found.truncate(WEIGHTS.candidates);
    }
    found.sort_by(better);
    let candidate = |(section, _): (u32, f32)| {
        let of = |list: &[f32]| list.get(section as usize).copied().unwrap_or_default();
        Candidate {
            section,
            passage: best_passage(section, index, &scores.passages),
            score: of(&scores.sections),
            standing: standing(section, question, length, index),
            coverage: of(&scores.covered) / all.max(f32::MIN_POSITIVE),
        }
    };
    found.into_iter().map(candidate).collect()
}

/// What a section counts for this question, whatever its words are.
fn standing(section: u32, question: &Question, length: f32, index: &Index) -> f32 {
    let entry = index.head.sections.get(section as usize);
    entry.map_or(1.0, |entry| {
        let elsewhere = index.is_elsewhere(entry.document, &question.places);
        entry.standing
            * if entry.asks {
                1.0 + WEIGHTS.asks * length
            } else {
                1.0
            }
            * if elsewhere { WEIGHTS.elsewhere } else { 1.0 }
    })
}

fn best_passage(section: u32, index: &Index, scores: &[f32]) -> u32 {
    let mut best = (index.first_passage(section), f32::MIN);
    for passage in index.passages_of(section) {
        let score = scores.get(passage as usize).copied().unwrap_or_default();
        if score > best.1 {
            best = (passage, score);
        }
    }
    best.0
}

fn score(question: &Question, index: &Index) -> Scores {
    let (passages, sections) = (index.head.passages.len(), index.head.sections.len());
    let mut scores = Scores {
        passages: vec![0.0; passages],
        sections: vec![0.0; sections],
        covered: vec![0.0; sections],
    };
    let mut own = OfTerm {
        passages: vec![0.0; passages],
        sections: vec![0.0; sections],
        held: vec![0.0; sections],
        touched_passages: Vec::new(),
        touched_sections: Vec::new(),
    };
    for term in &question.terms {
        for variant in &term.variants {
            own.take(variant, term.weight, &index.postings(&variant.token), index);
        }
        own.give(term, &mut scores);
    }
    scores
}

impl OfTerm {
    /// Takes in the postings of one variant, which stand in ascending order.
    fn take(&mut self, variant: &Variant, weight: f32, postings: &[Posting], index: &Index) {
        let worth = variant.weight * variant.rarity * weight;
        let head = &index.head;
        let section_of = |posting: &Posting| {
            head.passages
                .get(posting.passage as usize)
                .map(|entry| entry.section)
        };
        for together in postings.chunk_by(|a, b| section_of(a) == section_of(b)) {
            let Some(section) = together.first().and_then(section_of) else {
                continue;
            };
            let mut count = 0.0;
            for posting in together {
                let at = posting.passage as usize;
                let (Some(entry), Some(score)) = (head.passages.get(at), self.passages.get_mut(at))
                else {
                    continue;
                };
                let halves = f32::from(posting.halves) / 2.0;
                count += halves;
                let length = f32::from(entry.length) / head.average_length.max(1.0);
                if *score == 0.0 {
                    self.touched_passages.push(posting.passage);
                }
                *score = score.max(worth * saturated(halves, length, &WEIGHTS.of_passages));
            }
            let at = section as usize;
            if self.held[at] == 0.0 {
                self.touched_sections.push(section);
            }
            let length = index.relative_length(section);
            self.sections[at] =
                self.sections[at].max(worth * saturated(count, length, &WEIGHTS.of_sections));
            self.held[at] = self.held[at].max(variant.weight);
        }
    }

    /// Adds what was taken to the scores, and forgets it.
    fn give(&mut self, term: &Term, scores: &mut Scores) {
        for passage in self.touched_passages.drain(..) {
            let at = passage as usize;
            scores.passages[at] += std::mem::take(&mut self.passages[at]);
        }
        for section in self.touched_sections.drain(..) {
            let at = section as usize;
            scores.sections[at] += std::mem::take(&mut self.sections[at]);
            let held = std::mem::take(&mut self.held[at]);
            if term.essential {
                scores.covered[at] += held * term.worth();
            }
        }
    }
}

/// BM25's count: more of the same word counts less and less, the sooner the longer the text is.
fn saturated(count: f32, relative_length: f32, by: &Saturation) -> f32 {
    let held_back = 1.0 - by.length + by.length * relative_length;
    count * (by.more + 1.0) / (count + by.more * held_back)
}
