//! Answers a question from the index: reads it, ranks, decides how sure to be and picks the
//! sources. Holds no weights of the ranking and writes no Markdown.

use super::excerpt;
use super::filters::Filters;
use super::found::{Budget, Excerpt, Extent, Found, Level, Nearest, Place, Query};
use super::question::{self, Question};
use super::rank::{self, Ranked};
use crate::engines::corpus::Corpus;
use crate::engines::corpus::documents::language::{primary, same_language};
use crate::engines::corpus::documents::with_anchor;
use crate::engines::corpus::index::passages::{Passage, count_words};
use crate::engines::corpus::index::tokens::Tokeniser;

/// How sure the best section must be, by [`Ranked::sure`], for an answer: above it two of three first sections are right for
/// questions in other words than the documents', and nearly all for questions in theirs.
const SURE_OF_ANSWER: f32 = 3.6;

/// For a closest match; below it there is nothing. Questions that only other documents answer are refused in seven of ten
/// cases, so that those that these documents answer are refused as seldom as that allows.
const SURE_OF_CLOSEST: f32 = 2.68;

/// A further source must reach this share of the first one's score.
const FURTHER_SCORE: f32 = 0.85;

/// The same where somebody writes from the sources, and can leave out what misses the point.
const FURTHER_PASSAGE: f32 = 0.5;

/// A further source may repeat this share of the words that are already quoted.
pub(crate) const FURTHER_REPETITION: f32 = 0.6;

/// An excerpt of fewer words is not worth a source.
const FEWEST_WORDS: usize = 20;

/// How many passages of a section after the quoted one are searched for an example.
const PASSAGES_FOR_CODE: u32 = 3;

/// How many tokenisers wait for the next question.
const IDLE_TOKENISERS: usize = 8;

/// How many pages are named as near.
pub(crate) const NEAREST: usize = 3;

/// A section in the order of the ranking, for whoever tunes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Address with `#anchor`.
    pub url: String,
    /// Title and headings.
    pub name: String,
    /// What the ranking gave it.
    pub score: f32,
    /// Share of the question it covers: 0 to 1.
    pub coverage: f32,
    /// How sure the corpus is that it answers; unbounded.
    pub sure: f32,
}

impl Corpus {
    /// The sections that answer `query`, within `filters` and `budget`. The same corpus and the
    /// same question give the same result.
    pub fn find(&self, query: &Query, filters: &Filters, budget: &Budget) -> Found {
        self.with_tokeniser(query, |tokeniser| {
            let (question, ranked) = self.ranked(query, filters, tokeniser);
            let coverage = ranked.first().map_or(0.0, |best| best.coverage);
            let level = level(&question, &ranked);
            let excerpts = match level {
                Level::Nothing => Vec::new(),
                _ => self.excerpts(&question, &ranked, budget, tokeniser),
            };
            Found {
                level,
                coverage,
                excerpts,
                nearest: self.nearest(&ranked),
                ranked: ranked.iter().filter_map(|at| self.place(at)).collect(),
            }
        })
    }

    /// The best `count` sections with their scores.
    pub fn hits(&self, query: &Query, filters: &Filters, count: usize) -> Vec<Hit> {
        let (_, ranked) =
            self.with_tokeniser(query, |tokeniser| self.ranked(query, filters, tokeniser));
        let hits = ranked.iter().take(count).filter_map(|ranked| {
            let source = self.source(ranked)?;
            Some(Hit {
                name: [Some(source.title), source.section]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" › "),
                url: source.url,
                score: ranked.score,
                coverage: ranked.coverage,
                sure: ranked.sure,
            })
        });
        hits.collect()
    }

    /// Works with a tokeniser for the language of the query, and keeps it for later questions.
    fn with_tokeniser<T>(&self, query: &Query, work: impl FnOnce(&mut Tokeniser) -> T) -> T {
        let language = query.language.as_deref().unwrap_or(&self.language);
        let language = primary(language);
        let idle = self.tokenisers.lock().ok().and_then(|mut idle| {
            let at = idle.iter().position(|(of, _)| *of == language)?;
            Some(idle.swap_remove(at).1)
        });
        let mut tokeniser = idle.unwrap_or_else(|| Tokeniser::new(&language));
        let result = work(&mut tokeniser);
        if let Ok(mut idle) = self.tokenisers.lock()
            && idle.len() < IDLE_TOKENISERS
        {
            idle.push((language, tokeniser));
        }
        result
    }

    /// The reading of the query that finds most, with what it finds.
    fn ranked(
        &self,
        query: &Query,
        filters: &Filters,
        tokeniser: &mut Tokeniser,
    ) -> (Question, Vec<Ranked>) {
        let language = query.language.as_deref().unwrap_or(&self.language);
        let head = &self.index.head;
        // Addresses are read once for a document, not once for each of its sections.
        let in_domains: Vec<bool> = head
            .documents
            .iter()
            .map(|document| filters.allow_address(&document.url))
            .collect();
        let allowed = |section: u32| {
            let entry = head.sections.get(section as usize);
            entry.is_some_and(|section| {
                let number = section.document as usize;
                let document = head.documents.get(number);
                in_domains.get(number) == Some(&true)
                    && document.is_some_and(|document| {
                        let understood = !filters.languages.is_empty()
                            || same_language(&document.language, language);
                        understood && filters.allow_content(document, section)
                    })
            })
        };
        let mut best: Option<(Question, Vec<Ranked>, f32)> = None;
        for question in question::readings(query, &self.index, tokeniser, &self.aliases) {
            let ranked = rank::rank(&question, &self.index, tokeniser, &allowed);
            let sure = ranked.first().map_or(0.0, |first| first.sure);
            if level(&question, &ranked) == Level::Answer {
                return (question, ranked);
            }
            if best.as_ref().is_none_or(|(_, _, other)| sure > *other) {
                best = Some((question, ranked, sure));
            }
        }
        best.map(|(question, ranked, _)| (question, ranked))
            .unwrap_or_default()
    }

    fn excerpts(
        &self,
        question: &Question,
        ranked: &[Ranked],
        budget: &Budget,
        tokeniser: &mut Tokeniser,
    ) -> Vec<Excerpt> {
        let Some(first) = ranked.first() else {
            return Vec::new();
        };
        let mut excerpts: Vec<Excerpt> = Vec::new();
        let mut left = budget.words;
        let further = match budget.extent {
            Extent::Excerpt => FURTHER_SCORE,
            Extent::Passage => FURTHER_PASSAGE,
        };
        for candidate in ranked {
            let good_enough = candidate.score >= first.score * further;
            let enough_words = excerpts.is_empty() || left >= FEWEST_WORDS;
            if excerpts.len() >= budget.sources.max(1) || !good_enough || !enough_words {
                break;
            }
            let following = self.following(candidate);
            let quote = excerpt::quote(question, &candidate.blocks, &following, left, tokeniser);
            let Some(source) = self.source(candidate) else {
                continue;
            };
            let new = excerpts
                .iter()
                .all(|other| repetition(&quote.text, &other.text) <= FURTHER_REPETITION);
            if !quote.text.is_empty() && new {
                let passage = match budget.extent {
                    Extent::Passage => excerpt::whole(&candidate.blocks, quote.code.as_ref()),
                    Extent::Excerpt => {
                        left = left.saturating_sub(count_words(&quote.text));
                        String::new()
                    }
                };
                excerpts.push(Excerpt {
                    passage,
                    text: quote.text,
                    code: quote.code,
                    ..source
                });
            }
        }
        excerpts
    }

    /// The passages of the same section after the ranked one.
    fn following(&self, ranked: &Ranked) -> Vec<Passage> {
        let passages = &self.index.head.passages;
        let same = |passage: &u32| {
            passages
                .get(*passage as usize)
                .is_some_and(|entry| entry.section == ranked.section)
        };
        let after = ranked.passage + 1..=ranked.passage + PASSAGES_FOR_CODE;
        after
            .take_while(same)
            .map(|passage| self.index.passage(passage))
            .collect()
    }

    /// Everything about a source but its text.
    fn source(&self, ranked: &Ranked) -> Option<Excerpt> {
        let section = self.index.head.sections.get(ranked.section as usize)?;
        let document = self.index.head.documents.get(section.document as usize)?;
        let part_of = document.part_of.as_ref().map(|name| format!(" ({name})"));
        Some(Excerpt {
            title: format!("{}{}", document.title, part_of.unwrap_or_default()),
            section: Some(ranked.text.path.join(" › ")).filter(|path| !path.is_empty()),
            url: with_anchor(&document.url, &ranked.text.anchor),
            date: section.date.clone().or_else(|| document.date.clone()),
            last_updated: document.updated.clone(),
            language: Some(document.language.clone()).filter(|language| !language.is_empty()),
            text: String::new(),
            code: None,
            passage: String::new(),
            images: ranked.text.images.clone(),
        })
    }

    fn place(&self, ranked: &Ranked) -> Option<Place> {
        let section = self.index.head.sections.get(ranked.section as usize)?;
        let document = self.index.head.documents.get(section.document as usize)?;
        Some(Place {
            title: document.title.clone(),
            heading: ranked.text.path.last().cloned(),
            url: with_anchor(&document.url, &ranked.text.anchor),
            document: section.document,
        })
    }

    fn nearest(&self, ranked: &[Ranked]) -> Vec<Nearest> {
        let mut nearest: Vec<Nearest> = Vec::new();
        for candidate in ranked {
            let section = self.index.head.sections.get(candidate.section as usize);
            let document = section.and_then(|s| self.index.head.documents.get(s.document as usize));
            let Some(document) = document else { continue };
            let page = Nearest {
                title: document.title.clone(),
                url: document.url.clone(),
            };
            if !nearest.contains(&page) {
                nearest.push(page);
            }
            if nearest.len() == NEAREST {
                break;
            }
        }
        nearest
    }
}

fn level(question: &Question, ranked: &[Ranked]) -> Level {
    let sure = ranked.first().map_or(0.0, |best| best.sure);
    if question.terms.is_empty() || sure < SURE_OF_CLOSEST {
        Level::Nothing
    } else if sure < SURE_OF_ANSWER {
        Level::ClosestMatches
    } else {
        Level::Answer
    }
}

/// Share of the words of `text` that `other` has too.
pub(crate) fn repetition(text: &str, other: &str) -> f32 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let others: rustc_hash::FxHashSet<&str> = other.split_whitespace().collect();
    let repeated = words.iter().filter(|word| others.contains(*word)).count();
    repeated as f32 / words.len().max(1) as f32
}
