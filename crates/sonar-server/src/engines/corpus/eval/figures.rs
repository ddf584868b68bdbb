//! What is counted, as numbers to print or to write as JSON. Counts nothing itself.

use serde::Serialize;

use crate::engines::corpus::{Hit, Level};

/// What an evaluation found.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// The corpora that were asked, by the names of the file.
    pub corpora: Vec<CorpusFigures>,
    /// The sets of questions, in the order of the file.
    pub sets: Vec<SetFigures>,
    /// How long whole answers took, over all questions.
    pub times: Times,
    /// Each gate of the file that was missed, in words. Empty when all is well.
    pub missed_gates: Vec<String>,
}

/// A corpus that was asked.
#[derive(Clone, Debug, Serialize)]
pub struct CorpusFigures {
    /// As the file names it.
    pub name: String,
    /// Documents that are searched.
    pub documents: usize,
    /// Sections of these.
    pub sections: usize,
    /// Passages, the unit that is ranked.
    pub passages: usize,
    /// Whether the kept index was loaded; `false` when it was built.
    pub from_disk: bool,
    /// Seconds that opening took: a cold build or a warm start.
    pub open_seconds: f32,
    /// The most megabytes that the process has held by the time all questions were answered, where the system tells. Indexes
    /// of corpora opened before are given back, but what building one took counts.
    pub peak_memory_mb: Option<u64>,
    /// Megabytes held when all questions to this corpus were answered, where the system tells.
    pub memory_mb: Option<u64>,
}

/// A set of questions with its figures.
#[derive(Clone, Debug, Serialize)]
pub struct SetFigures {
    /// As the file names it.
    pub name: String,
    /// Whether the questions are from outside the corpora.
    pub outside: bool,
    /// The figures.
    pub figures: Figures,
    /// Expected addresses that no section of the corpora has, with their questions: these can only be missed.
    pub nowhere: Vec<String>,
    /// Words that a question shares with the heading of a section it expects, in sets that are to be apart.
    pub shared_words: Vec<String>,
    /// What went wrong, question by question.
    #[serde(skip)]
    pub misses: Vec<Miss>,
}

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

/// Shares from 0 to 1, but where a unit is named. What asks for a right section is `None` for questions from outside.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// How many answers were asked for.
    pub questions: usize,
    /// The right section comes first.
    pub recall_at_1: Option<f64>,
    /// It is among the first ten.
    pub recall_at_10: Option<f64>,
    /// Mean of 1 divided by its place, 0 past the tenth.
    pub mrr: Option<f64>,
    /// The answer cites it.
    pub answer_hits: Option<f64>,
    /// The first excerpt of the answer is from it.
    pub first_excerpt_right: Option<f64>,
    /// Share of all quoted sentences that are from it.
    pub sentences_right: Option<f64>,
    /// Words of prose in an answer, those that are refused aside.
    pub words_per_answer: f64,
    /// "Nothing found".
    pub refused: f64,
    /// "Closest matches".
    pub closest: f64,
    /// Answers in which every `[n]` has a source, every source an `[n]`, and every source is a section of the documents.
    pub citations_valid: f64,
    /// Answers in which every quoted sentence stands word for word in the section it is said to be from.
    pub excerpts_verbatim: f64,
    /// How long the answers took.
    pub times: Times,
}

/// How long whole answers took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Times {
    /// Half of them took no longer.
    pub p50_ms: f64,
    /// All but one in a hundred took no longer.
    pub p99_ms: f64,
    /// The longest.
    pub longest_ms: f64,
}

impl Times {
    /// Of single times in milliseconds.
    pub(super) fn of(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = ((all.len() as f64 * share) as usize).min(all.len().saturating_sub(1));
            all.get(place).copied().unwrap_or_default()
        };
        Self {
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            longest_ms: at(1.0),
        }
    }
}
