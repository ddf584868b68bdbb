//! Counts the answers to one set of questions. Asks nothing and prints nothing.

use super::cited::sentences_of;
use super::figures::{Figures, Miss, Times};
use super::plan::Asked;
use crate::engines::corpus::documents::with_anchor;
use crate::engines::corpus::index::passages::count_words;
use crate::engines::corpus::index::tokens::{Kind, Tokeniser};
use crate::engines::corpus::{Corpus, Found, Hit, Level};

/// One question put to one corpus.
pub(super) struct Answer {
    pub(super) found: Found,
    pub(super) hits: Vec<Hit>,
    pub(super) place: Option<usize>,
    pub(super) milliseconds: f64,
    pub(super) cites_truly: bool,
    pub(super) quotes_truly: bool,
}

/// The answers of one set, corpus after corpus.
#[derive(Default)]
pub(super) struct Tally<'a> {
    pub(super) answers: Vec<(&'a Asked, Answer)>,
    pub(super) nowhere: Vec<String>,
    pub(super) shared_words: Vec<String>,
}

impl<'a> Tally<'a> {
    /// Notes a question whose right section is nowhere, and one that says what the heading says.
    pub(super) fn look_for(&mut self, asked: &Asked, nowhere: bool, apart: bool, corpus: &Corpus) {
        if nowhere {
            let expected = asked.expect.join(", ");
            self.nowhere
                .push(format!("{} ({expected})", asked.question));
        }
        if apart && let Some(shared) = shared(asked, corpus) {
            self.shared_words.push(shared);
        }
    }

    pub(super) fn figures(&self, outside: bool) -> Figures {
        let all = self.answers.len();
        let share = |fits: &dyn Fn(&Asked, &Answer) -> bool| {
            let fitting = self
                .answers
                .iter()
                .filter(|(asked, answer)| fits(asked, answer));
            fitting.count() as f64 / all.max(1) as f64
        };
        let inside = |value: f64| (!outside).then_some(value);
        let places = self.answers.iter().filter_map(|(_, answer)| answer.place);
        let reciprocal: f64 = places.map(|place| 1.0 / (place + 1) as f64).sum();
        let (right, sentences, words) = self.quoted();
        let answered = self
            .answers
            .iter()
            .filter(|(_, answer)| !answer.found.excerpts.is_empty());
        Figures {
            questions: all,
            recall_at_1: inside(share(&|_, answer| answer.place == Some(0))),
            recall_at_10: inside(share(&|_, answer| answer.place.is_some())),
            mrr: inside(reciprocal / all.max(1) as f64),
            answer_hits: inside(share(&|asked, answer| {
                answer
                    .found
                    .excerpts
                    .iter()
                    .any(|excerpt| asked.fits(&excerpt.url))
            })),
            first_excerpt_right: inside(share(&|asked, answer| {
                answer
                    .found
                    .excerpts
                    .first()
                    .is_some_and(|first| asked.fits(&first.url))
            })),
            sentences_right: inside(right as f64 / sentences.max(1) as f64),
            words_per_answer: words as f64 / answered.count().max(1) as f64,
            refused: share(&|_, answer| answer.found.level == Level::Nothing),
            closest: share(&|_, answer| answer.found.level == Level::ClosestMatches),
            citations_valid: share(&|_, answer| answer.cites_truly),
            excerpts_verbatim: share(&|_, answer| answer.quotes_truly),
            times: Times::of(
                self.answers
                    .iter()
                    .map(|(_, answer)| answer.milliseconds)
                    .collect(),
            ),
        }
    }

    /// Quoted sentences from right sections, all quoted sentences, and their words.
    fn quoted(&self) -> (usize, usize, usize) {
        let (mut right, mut all, mut words) = (0, 0, 0);
        for (asked, answer) in &self.answers {
            for excerpt in &answer.found.excerpts {
                let sentences = sentences_of(&excerpt.text).len();
                all += sentences;
                right += if asked.fits(&excerpt.url) {
                    sentences
                } else {
                    0
                };
                words += count_words(&excerpt.text);
            }
        }
        (right, all, words)
    }

    pub(super) fn misses(&self, outside: bool) -> Vec<Miss> {
        let missed = |answer: &&(&Asked, Answer)| match outside {
            true => answer.1.found.level != Level::Nothing,
            false => answer.1.place != Some(0) || answer.1.found.level == Level::Nothing,
        };
        let miss = |(asked, answer): &(&Asked, Answer)| Miss {
            question: asked.question.clone(),
            level: answer.found.level,
            coverage: answer.found.coverage,
            place: answer.place,
            hits: answer.hits.clone(),
        };
        self.answers.iter().filter(missed).map(miss).collect()
    }
}

/// The words with a subject that a question and the heading of a section it expects have in common.
fn shared(asked: &Asked, corpus: &Corpus) -> Option<String> {
    let mut tokeniser = Tokeniser::new("en");
    let question = words(&asked.question, &mut tokeniser);
    let head = &corpus.index.head;
    for (number, section) in head.sections.iter().enumerate() {
        let Some(document) = head.documents.get(section.document as usize) else {
            continue;
        };
        if !asked.expect.iter().any(|end| {
            end.split('#')
                .next()
                .is_some_and(|page| document.url.ends_with(page))
        }) {
            continue;
        }
        let text = corpus.index.section_text(number as u32);
        let url = with_anchor(&document.url, &text.anchor);
        let heading = text.path.last().unwrap_or(&document.title);
        let both: Vec<String> = words(heading, &mut tokeniser)
            .into_iter()
            .filter(|word| question.contains(word))
            .collect();
        if asked.fits(&url) && !both.is_empty() {
            return Some(format!(
                "{} has {} of {heading:?}",
                asked.question,
                both.join(", ")
            ));
        }
    }
    None
}

fn words(text: &str, tokeniser: &mut Tokeniser) -> Vec<String> {
    let mut words = Vec::new();
    tokeniser.each(text, &mut |token, kind| {
        if kind != Kind::Stop && token.chars().any(char::is_alphanumeric) {
            words.push(token.to_owned());
        }
    });
    words
}
