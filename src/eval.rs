//! `footnote eval`: measures how well documents answer questions, and prints the figures. Answers nobody.

use std::io::{self, Write};
use std::sync::Arc;

use sonar_server::engines::corpus::IndexProgress;
use sonar_server::engines::corpus::eval::{EvalError, Evaluation, evaluate};

use crate::cli::EvalArgs;
use crate::serve;
use crate::settings::Settings;

/// Why an evaluation gave no figures.
#[derive(Debug, thiserror::Error)]
pub enum EvalFailure {
    /// The file is wrong, or a corpus cannot be opened.
    #[error(transparent)]
    Eval(#[from] EvalError),
    /// The file has no such set.
    #[error("there is no set `{name}` in the file; there are: {known}")]
    UnknownSet {
        /// As it was asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// The figures cannot be written.
    #[error("cannot write the figures: {0}")]
    Unwritten(#[from] io::Error),
    /// A fault of ours.
    #[error("measuring failed: this is a fault of Footnote, please report it")]
    Fault,
}

/// Measures and prints; says whether every gate of the file held. Indexes are kept beside those of the bot.
///
/// # Errors
///
/// See [`EvalFailure`].
pub async fn eval(
    settings: &Settings,
    arguments: &EvalArgs,
    progress: Arc<dyn IndexProgress>,
    out: &mut impl Write,
) -> Result<bool, EvalFailure> {
    let documents = serve::documents(&settings.engine, settings.data_dir.join("index"));
    let file = arguments.file.clone();
    let measuring =
        tokio::task::spawn_blocking(move || evaluate(&file, &documents, progress.as_ref()));
    let evaluation = measuring.await.map_err(|_| EvalFailure::Fault)??;
    if let Some(name) = &arguments.misses {
        misses(&evaluation, name, out)?;
    }
    if arguments.json {
        let figures = serde_json::to_string_pretty(&evaluation).map_err(io::Error::from)?;
        writeln!(out, "{figures}")?;
    } else {
        write!(out, "{evaluation}")?;
    }
    Ok(evaluation.missed_gates.is_empty())
}

fn misses(evaluation: &Evaluation, name: &str, out: &mut impl Write) -> Result<(), EvalFailure> {
    let Some(set) = evaluation.sets.iter().find(|set| set.name == name) else {
        let known: Vec<&str> = evaluation
            .sets
            .iter()
            .map(|set| set.name.as_str())
            .collect();
        return Err(EvalFailure::UnknownSet {
            name: name.to_owned(),
            known: known.join(", "),
        });
    };
    for miss in &set.misses {
        write!(out, "{miss}")?;
    }
    Ok(writeln!(out)?)
}
