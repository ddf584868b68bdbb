//! Asks the questions of a plan, corpus after corpus, and puts together what came of it. Prints nothing.

use std::time::Instant;

use rustc_hash::FxHashSet;

use super::cited::Originals;
use super::figures::{CorpusFigures, Evaluation, SetFigures, Times};
use super::plan::{Asked, Documents, Plan, Set};
use super::tally::{Answer, Tally};
use super::{EvalError, memory};
use crate::engines::corpus::documents::library;
use crate::engines::corpus::documents::with_anchor;
use crate::engines::corpus::index::SectionEntry;
use crate::engines::corpus::{
    Budget, Corpus, CorpusError, CorpusSettings, Extent, Filters, IndexProgress, Query, RustDocs,
};

/// What the smallest model of the protocol may say.
const BUDGET: Budget = Budget {
    sources: 3,
    words: 150,
    extent: Extent::Excerpt,
};

/// How many sections are looked at.
const LOOKED_AT: usize = 10;

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
    let address = |(number, section): (usize, &SectionEntry)| {
        let document = head.documents.get(section.document as usize)?;
        let anchor = corpus.index.section_text(number as u32).anchor;
        Some(with_anchor(&document.url, &anchor))
    };
    sections.filter_map(address).collect()
}
