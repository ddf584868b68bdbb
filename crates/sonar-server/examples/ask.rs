//! Asks the corpus engine in a terminal: `ask [--folder DIR] "question"`, or `--eval FILE` for figures. Serves nothing.
#![expect(clippy::print_stdout, reason = "this program speaks to a terminal")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Deserialize;
use sonar_server::engines::corpus::{
    Budget, Corpus, CorpusSettings, Filters, Level, Query, Silent, write,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut settings = CorpusSettings {
        index_dir: Some(std::env::temp_dir().join("footnote-ask")),
        ..CorpusSettings::default()
    };
    let mut eval = None;
    let mut verbose = false;
    let mut words = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--folder" => settings.folders.extend(arguments.next().map(PathBuf::from)),
            "--eval" => eval = arguments.next(),
            "--misses" => verbose = true,
            _ => words.push(argument),
        }
    }
    let corpus = Corpus::open(&settings, &Silent)?;
    describe(&corpus);
    match eval {
        Some(file) => evaluate(&corpus, &std::fs::read_to_string(file)?, verbose)?,
        None => answer(&corpus, &words.join(" ")),
    }
    println!("\nmemory: {} MB at most", peak_memory_mb().unwrap_or(0));
    Ok(())
}

fn describe(corpus: &Corpus) {
    let report = corpus.report();
    let origin = if report.from_disk { "loaded" } else { "built" };
    println!(
        "{} files, {} documents, {} sections, {} passages; {origin} in {:.2} s; {} skipped",
        report.files,
        report.documents,
        report.sections,
        report.passages,
        report.seconds,
        report.skipped.len()
    );
    for skipped in &report.skipped {
        println!("  skipped {}: {}", skipped.path, skipped.why);
    }
    for note in &report.notes {
        println!("  {note}");
    }
}

const BUDGET: Budget = Budget {
    sources: 3,
    words: 150,
};

fn ask(text: &str) -> Query {
    Query {
        text: text.to_owned(),
        before: None,
        language: None,
    }
}

fn answer(corpus: &Corpus, question: &str) {
    let found = corpus.find(&ask(question), &Filters::default(), &BUDGET);
    println!("{:?}, coverage {:.2}\n", found.level, found.coverage);
    for hit in corpus.hits(&ask(question), &Filters::default(), 8) {
        println!(
            "{:.3} {:.2}  {}\n             {}",
            hit.score, hit.coverage, hit.name, hit.url
        );
    }
    println!("\n{}", write(&found).concat());
}

/// A file of questions; see `questions.toml` for what its keys mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    #[serde(default)]
    example: Vec<Asked>,
    development: Vec<Asked>,
    held_out: Vec<Asked>,
    outside: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    question: String,
    expect: Vec<String>,
}

fn evaluate(corpus: &Corpus, file: &str, verbose: bool) -> Result<(), toml::de::Error> {
    let questions: Questions = toml::from_str(file)?;
    let mut times = Vec::new();
    for (name, set) in [
        ("examples", &questions.example),
        ("development", &questions.development),
        ("held out", &questions.held_out),
    ] {
        inside(corpus, name, set, verbose, &mut times);
    }
    outside(corpus, &questions.outside, verbose, &mut times);
    times.sort();
    let at = |share: f64| {
        times
            .get((times.len() as f64 * share) as usize)
            .copied()
            .unwrap_or_default()
    };
    println!(
        "time of a whole answer: p50 {:?}, p99 {:?}, longest {:?}",
        at(0.5),
        at(0.99),
        at(0.9999)
    );
    Ok(())
}

fn inside(corpus: &Corpus, name: &str, set: &[Asked], verbose: bool, times: &mut Vec<Duration>) {
    let (mut first, mut fifth, mut refused, mut quoted) = (0, 0, 0, 0);
    for asked in set {
        let query = ask(&asked.question);
        let started = Instant::now();
        let found = corpus.find(&query, &Filters::default(), &BUDGET);
        times.push(started.elapsed());
        let hits = corpus.hits(&query, &Filters::default(), 5);
        let fits = |url: &str| asked.expect.iter().any(|part| url.ends_with(part.as_str()));
        let place = hits.iter().position(|hit| fits(&hit.url));
        first += usize::from(place == Some(0));
        fifth += usize::from(place.is_some());
        refused += usize::from(found.level == Level::Nothing);
        quoted += usize::from(
            found
                .excerpts
                .first()
                .is_some_and(|excerpt| fits(&excerpt.url)),
        );
        if verbose && (place != Some(0) || found.level != Level::Answer) {
            println!(
                "- {} [{:?} {:.2}] at {:?}",
                asked.question,
                found.level,
                found.coverage,
                place.map(|at| at + 1)
            );
            for hit in hits.iter().take(3) {
                println!(
                    "    {:.3} {:.2} {} {}",
                    hit.score, hit.coverage, hit.name, hit.url
                );
            }
        }
    }
    let share = |count: usize| 100.0 * count as f64 / set.len().max(1) as f64;
    println!(
        "{name}: {} questions, R@1 {:.0} %, R@5 {:.0} %, first excerpt right {:.0} %, refused {:.0} %",
        set.len(),
        share(first),
        share(fifth),
        share(quoted),
        share(refused)
    );
}

fn outside(corpus: &Corpus, set: &[String], verbose: bool, times: &mut Vec<Duration>) {
    let (mut refused, mut hedged) = (0, 0);
    for question in set {
        let started = Instant::now();
        let found = corpus.find(&ask(question), &Filters::default(), &BUDGET);
        times.push(started.elapsed());
        refused += usize::from(found.level == Level::Nothing);
        hedged += usize::from(found.level == Level::ClosestMatches);
        if verbose && found.level != Level::Nothing {
            let near = found.excerpts.first().map_or("", |excerpt| &excerpt.url);
            println!(
                "- {question} [{:?} {:.2}] {near}",
                found.level, found.coverage
            );
        }
    }
    let share = |count: usize| 100.0 * count as f64 / set.len().max(1) as f64;
    println!(
        "outside: {} questions, refused {:.0} %, closest matches {:.0} %",
        set.len(),
        share(refused),
        share(hedged)
    );
}

/// The most memory that this process has held, where the system tells.
fn peak_memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}
