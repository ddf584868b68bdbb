//! Asks the questions of a plan and counts what comes. Prints nothing.

use std::time::Instant;

use rustc_hash::FxHashSet;

use super::cited::{Originals, sentences_of};
use super::figures::{CorpusFigures, Figures, SetFigures, Times};
use super::plan::{Asked, Documents, Plan, Set};
use super::{EvalError, Evaluation, memory};
use crate::engines::corpus::index::passages::count_words;
use crate::engines::corpus::index::tokens::{Kind, Tokeniser};
use crate::engines::corpus::{
    Budget, Corpus, CorpusError, CorpusSettings, Filters, Found, Hit, IndexProgress, Level, Query,
    RustDocs, library,
};

/// What the smallest model of the protocol may say.
const BUDGET: Budget = Budget {
    sources: 3,
    words: 150,
};

/// How many sections are looked at.
const LOOKED_AT: usize = 10;

/// A question that was not answered as it should have been.
#[derive(Clone, Debug)]
pub struct Miss {
    /// The question.
    pub question: String,
    /// How sure the corpus was.
    pub level: Level,
    /// Share of the question that was covered.
    pub coverage: f32,
    /// The place of the right section among the first ten.
    pub place: Option<usize>,
    /// The sections that came first.
    pub hits: Vec<Hit>,
}

/// One question put to one corpus.
struct Answer {
    found: Found,
    hits: Vec<Hit>,
    place: Option<usize>,
    milliseconds: f64,
    cites_truly: bool,
    quotes_truly: bool,
}

/// The answers of one set, corpus after corpus.
#[derive(Default)]
struct Tally<'a> {
    answers: Vec<(&'a Asked, Answer)>,
    nowhere: Vec<String>,
    shared_words: Vec<String>,
}

/// Carries a plan out. Corpora are opened one after the other, so that each one's memory is its own.
pub(super) fn measure(
    plan: &Plan,
    settings: &CorpusSettings,
    progress: &dyn IndexProgress,
) -> Result<Evaluation, EvalError> {
    let mut tallies: Vec<Tally<'_>> = plan.sets.iter().map(|_| Tally::default()).collect();
    let mut corpora = Vec::new();
    for (name, documents) in &plan.corpora {
        let failed = |source| EvalError::Corpus {
            name: name.clone(),
            source,
        };
        let settings = settings_for(documents, settings);
        let mut asked: Vec<(&Set, &mut Tally<'_>)> = plan
            .sets
            .iter()
            .zip(&mut tallies)
            .filter(|(set, _)| set.corpora.contains(name))
            .collect();
        let figures = ask(name, &settings, &mut asked, progress).map_err(failed)?;
        corpora.push(figures);
    }
    let mut times = Vec::new();
    let mut missed_gates = Vec::new();
    let mut sets = Vec::new();
    for (set, tally) in plan.sets.iter().zip(tallies) {
        times.extend(tally.answers.iter().map(|(_, answer)| answer.milliseconds));
        let figures = tally.figures(set.outside);
        missed_gates.extend(set.gates.missed(&set.name, &figures));
        if !tally.shared_words.is_empty() {
            let count = tally.shared_words.len();
            missed_gates.push(format!(
                "{}: {count} questions share a word with a heading they expect",
                set.name
            ));
        }
        sets.push(SetFigures {
            name: set.name.clone(),
            outside: set.outside,
            figures,
            misses: tally.misses(set.outside),
            nowhere: tally.nowhere,
            shared_words: tally.shared_words,
        });
    }
    Ok(Evaluation {
        corpora,
        sets,
        times: Times::of(times),
        missed_gates,
    })
}

fn settings_for(documents: &Documents, settings: &CorpusSettings) -> CorpusSettings {
    CorpusSettings {
        folders: documents.folders.clone(),
        handbook: documents.handbook,
        rust_docs: if documents.rust_docs {
            RustDocs::Installed
        } else {
            RustDocs::Off
        },
        ..settings.clone()
    }
}

/// Puts every question of the sets to one corpus, then checks the answers against its documents.
fn ask<'a>(
    name: &str,
    settings: &CorpusSettings,
    sets: &mut [(&'a Set, &mut Tally<'a>)],
    progress: &dyn IndexProgress,
) -> Result<CorpusFigures, CorpusError> {
    let corpus = Corpus::open(settings, progress)?;
    let addresses = addresses(&corpus);
    let mut answers = Vec::new();
    for (number, (set, tally)) in sets.iter_mut().enumerate() {
        for asked in &set.questions {
            let right: Vec<&String> = addresses.iter().filter(|url| asked.fits(url)).collect();
            if set.outside && !right.is_empty() {
                continue;
            }
            if !set.outside {
                tally.look_for(asked, right.is_empty(), set.apart, &corpus);
            }
            answers.push((number, asked, answer(&corpus, asked)));
        }
    }
    let (memory_mb, peak_memory_mb) = memory::megabytes();
    let report = corpus.report();
    let figures = CorpusFigures {
        name: name.to_owned(),
        documents: report.documents,
        sections: report.sections,
        passages: report.passages,
        from_disk: report.from_disk,
        open_seconds: report.seconds,
        peak_memory_mb,
        memory_mb,
    };
    drop(corpus);
    let originals = originals(settings, &answers, progress)?;
    progress.done();
    for (number, asked, mut answer) in answers {
        answer.cites_truly = originals.cites_truly(&answer.found);
        answer.quotes_truly = originals.quotes_truly(&answer.found);
        if let Some((_, tally)) = sets.get_mut(number) {
            tally.answers.push((asked, answer));
        }
    }
    Ok(figures)
}

fn originals(
    settings: &CorpusSettings,
    answers: &[(usize, &Asked, Answer)],
    progress: &dyn IndexProgress,
) -> Result<Originals, CorpusError> {
    let excerpts = answers
        .iter()
        .flat_map(|(_, _, answer)| &answer.found.excerpts);
    let cited: FxHashSet<&str> = excerpts.map(|excerpt| excerpt.url.as_str()).collect();
    let shelf = library::list(settings)?.read(progress)?;
    Ok(Originals::of(&shelf.documents, &|url| cited.contains(url)))
}

fn answer(corpus: &Corpus, asked: &Asked) -> Answer {
    let query = Query {
        text: asked.question.clone(),
        ..Query::default()
    };
    let started = Instant::now();
    let found = corpus.find(&query, &Filters::default(), &BUDGET);
    let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
    let hits = corpus.hits(&query, &Filters::default(), LOOKED_AT);
    Answer {
        place: hits.iter().position(|hit| asked.fits(&hit.url)),
        found,
        hits,
        milliseconds,
        cites_truly: false,
        quotes_truly: false,
    }
}

/// The addresses of all sections.
fn addresses(corpus: &Corpus) -> Vec<String> {
    let head = &corpus.index.head;
    let sections = head.sections.iter().enumerate();
    let address = |(number, section): (usize, &super::super::index::SectionEntry)| {
        let document = head.documents.get(section.document as usize)?;
        let anchor = corpus.index.section_text(number as u32).anchor;
        Some(match anchor.as_str() {
            "" => document.url.clone(),
            anchor => format!("{}#{anchor}", document.url),
        })
    };
    sections.filter_map(address).collect()
}

impl<'a> Tally<'a> {
    /// Notes a question whose right section is nowhere, and one that says what the heading says.
    fn look_for(&mut self, asked: &Asked, nowhere: bool, apart: bool, corpus: &Corpus) {
        if nowhere {
            let expected = asked.expect.join(", ");
            self.nowhere
                .push(format!("{} ({expected})", asked.question));
        }
        if apart && let Some(shared) = shared(asked, corpus) {
            self.shared_words.push(shared);
        }
    }

    fn figures(&self, outside: bool) -> Figures {
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

    fn misses(&self, outside: bool) -> Vec<Miss> {
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
        let url = match text.anchor.as_str() {
            "" => document.url.clone(),
            anchor => format!("{}#{anchor}", document.url),
        };
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
