//! Measures how well a corpus answers: questions whose right sections are known go in, figures come out. Changes nothing of
//! how it answers, and looks at no clock but the stopwatch.

mod cited;
mod figures;
mod gates;
mod measure;
mod memory;
mod plan;
mod report;
mod tally;

#[cfg(test)]
mod tests;

use std::path::Path;

use super::{CorpusError, CorpusSettings, IndexProgress};

pub use figures::{CorpusFigures, Evaluation, Figures, Miss, SetFigures, Times};
pub use plan::PlanError;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvalError {
    /// The file, or one that it names, is wrong.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A corpus cannot be opened.
    #[error("the corpus `{name}`: {source}")]
    Corpus {
        /// As the file names it.
        name: String,
        /// Why.
        source: CorpusError,
    },
}

/// Asks every question of the file at `path` and counts. Indexes are kept where `settings` say; which documents are
/// searched is the file's to say. Blocks for as long as that takes.
///
/// # Errors
///
/// See [`EvalError`]. A gate that is missed is no error: see [`Evaluation::missed_gates`].
pub fn evaluate(
    path: &Path,
    settings: &CorpusSettings,
    progress: &dyn IndexProgress,
) -> Result<Evaluation, EvalError> {
    let plan = plan::read(path)?;
    measure::measure(&plan, settings, progress)
}
