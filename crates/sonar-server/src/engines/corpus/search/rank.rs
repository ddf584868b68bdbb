//! Orders passages by how well they answer a question. Cuts and writes no text.

use rustc_hash::FxHashMap;

use super::candidates::{self, Candidate};
use super::question::{Question, Wants};
use super::weights::WEIGHTS;
use crate::engines::corpus::documents::Block;
use crate::engines::corpus::index::passages::Passage;
use crate::engines::corpus::index::places::host;
use crate::engines::corpus::index::sentences;
use crate::engines::corpus::index::tokens::{Kind, Tokeniser};
use crate::engines::corpus::index::{Index, SectionText};

/// A passage with its score.
#[derive(Clone, Debug)]
pub(crate) struct Ranked {
    pub(crate) passage: u32,
    pub(crate) section: u32,
    pub(crate) score: f32,
    /// Share of the question that the passage and its headings cover: 0 to 1.
    pub(crate) coverage: f32,
    /// How sure it is that this answers: its score, and what the question itself says of that.
    pub(crate) sure: f32,
    pub(crate) blocks: Passage,
    pub(crate) text: SectionText,
}

/// The sections that `allowed` lets through, each with its best passage, best first.
pub(crate) fn rank(
    question: &Question,
    index: &Index,
    tokeniser: &mut Tokeniser,
    allowed: &dyn Fn(u32) -> bool,
) -> Vec<Ranked> {
    let candidates = candidates::find(question, index, allowed);
    let scores = candidates.iter().map(|candidate| candidate.score);
    let top = scores.fold(f32::MIN_POSITIVE, f32::max);
    let mut reader = Reader::new(question, index, tokeniser);
    let mut order: Vec<Ranked> = candidates
        .iter()
        .map(|candidate| reader.look_closely(candidate, top))
        .collect();
    order.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
    order
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

    fn look_closely(&mut self, candidate: &Candidate, top: f32) -> Ranked {
        let head = &self.index.head;
        let passage = candidate.passage;
        let section = candidate.section;
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
        let context = self.share(&around);
        let everywhere = self.read([part_of, site]).or(&around).or(&own);
        let here = self.share(&everywhere);
        let coverage = here.max(candidate.coverage);
        let asked_for = self.share_asked_for([name], is_name(name));
        let subject = self.share_asked_for([own_name(title)].into_iter().chain(path()), false);
        let shows_code = blocks
            .iter()
            .any(|block| matches!(block, Block::Code { .. }));
        let example = self.question.kind == Wants::Way && shows_code;

        let very_words = self.share_of_very_words(&everywhere);
        let score = WEIGHTS.bm25 * candidate.score / top
            + WEIGHTS.coverage * coverage
            + WEIGHTS.passage * here
            + WEIGHTS.very_words * very_words
            + WEIGHTS.context * context
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
        let score = score * candidate.standing;
        Ranked {
            passage,
            section,
            score,
            coverage: here,
            sure: score + self.surety(&everywhere),
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

    /// What a score does not tell of being sure. No text holds all of many terms, so a long question needs a lower score; one
    /// that is held whole in its own words hardly any; and a term that is missing counts against it the rarer it is, for the
    /// rarest are what the question is about.
    fn surety(&self, held: &Held) -> f32 {
        let essential = || {
            let terms = self.question.terms.iter().zip(&held.terms);
            terms.filter(|(term, _)| term.essential)
        };
        let missing = essential().map(|(term, held)| term.worth() * (1.0 - held));
        let rarest_missing = missing.fold(0.0, f32::max) / self.index.rarity_of_one();
        let length = self.question.length();
        let whole = length > 0.0 && essential().all(|(_, held)| *held >= WEIGHTS.short_form);
        WEIGHTS.long * length - rarest_missing + if whole { WEIGHTS.whole } else { 0.0 }
    }

    /// Share of the essential terms that are held as they were asked, or in a shorter or longer form.
    fn share_of_very_words(&self, held: &Held) -> f32 {
        let as_asked = |held: &f32| {
            if *held >= WEIGHTS.short_form {
                1.0
            } else {
                0.0
            }
        };
        self.share(&Held {
            terms: held.terms.iter().map(as_asked).collect(),
            order: Vec::new(),
        })
    }

    /// Share of a text's words that the question asks for, weighted by how rare they are. In a
    /// `name` the words without a subject count too.
    fn share_asked_for<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>, name: bool) -> f32 {
        let (mut all, mut asked) = (0.0, 0.0);
        for text in texts {
            self.tokeniser.each(text, &mut |token, kind| {
                let rarity = match kind {
                    Kind::Word | Kind::Part => self.index.rarity(token),
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
