//! Reads what is to be measured: corpora, sets of questions and gates. Asks nothing.
//!
//! ```toml
//! [corpora.docs]
//! folders = ["docs"]              # beside the file; each may have a corpus.toml
//! rust_docs = true                # the Rust documentation of the toolchain as well
//!
//! [[sets]]
//! name = "newcomers"
//! corpora = ["docs"]
//! files = ["newcomers.toml"]      # more [[questions]]
//! gates = { recall_at_1 = 0.9 }
//!
//! [[sets.questions]]
//! question = "How hot should the water be?"
//! expect = ["brewing.html#water"] # ends of the addresses that are right
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::gates::Gates;

/// A file of an evaluation, with the questions of the files it names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) corpora: BTreeMap<String, Documents>,
    pub(super) sets: Vec<Set>,
}

/// Which documents a corpus holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Documents {
    /// Beside the file that names them.
    #[serde(default)]
    pub(super) folders: Vec<PathBuf>,
    #[serde(default)]
    pub(super) rust_docs: bool,
    #[serde(default)]
    pub(super) handbook: bool,
}

/// Questions that are counted together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    pub(super) name: String,
    /// Every question is put to each of these.
    pub(super) corpora: Vec<String>,
    /// Whether the questions are not for these corpora and should be refused. One that a corpus has a right section for is
    /// not put to it.
    #[serde(default)]
    pub(super) outside: bool,
    /// Whether no question may share a word that has a subject with the heading of a section it expects.
    #[serde(default)]
    pub(super) apart: bool,
    #[serde(default)]
    pub(super) questions: Vec<Asked>,
    /// More questions, in files of their own.
    #[serde(default)]
    pub(super) files: Vec<PathBuf>,
    #[serde(default)]
    pub(super) gates: Gates,
}

/// A question with what is right.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) question: String,
    /// Ends of the addresses of sections that answer it, from after a `/`.
    #[serde(default)]
    pub(super) expect: Vec<String>,
}

impl Asked {
    /// Whether a section with this address answers it.
    pub(super) fn fits(&self, url: &str) -> bool {
        self.expect.iter().any(|end| {
            url.strip_suffix(end.as_str())
                .is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    }
}

/// A file of questions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    #[serde(default)]
    questions: Vec<Asked>,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no TOML, or has a key or a value that means nothing.
    #[error("{}: {reason}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        reason: String,
    },
}

/// The plan at `path` with all its questions.
///
/// # Errors
///
/// See [`PlanError`].
pub(super) fn read(path: &Path) -> Result<Plan, PlanError> {
    let mut plan: Plan = read_toml(path)?;
    let beside = path.parent().unwrap_or(Path::new(""));
    for documents in plan.corpora.values_mut() {
        for folder in &mut documents.folders {
            *folder = beside.join(&*folder);
        }
    }
    for set in &mut plan.sets {
        for file in &set.files {
            let more: Questions = read_toml(&beside.join(file))?;
            set.questions.extend(more.questions);
        }
    }
    match problem(&plan) {
        None => Ok(plan),
        Some(reason) => Err(PlanError::Wrong {
            path: path.to_owned(),
            reason,
        }),
    }
}

fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, PlanError> {
    let text = fs::read_to_string(path).map_err(|source| PlanError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    toml::from_str(&text).map_err(|error| PlanError::Wrong {
        path: path.to_owned(),
        reason: error.to_string().trim().to_owned(),
    })
}

/// What makes no sense although it can be read.
fn problem(plan: &Plan) -> Option<String> {
    if plan.sets.is_empty() {
        return Some("there is no [[sets]] with questions to ask".to_owned());
    }
    for (name, documents) in &plan.corpora {
        if documents.folders.is_empty() && !documents.rust_docs && !documents.handbook {
            return Some(format!(
                "the corpus `{name}` has no documents: give it `folders`, `rust_docs = true` or `handbook = true`"
            ));
        }
    }
    plan.sets
        .iter()
        .find_map(|set| set_problem(set, &plan.corpora))
}

fn set_problem(set: &Set, corpora: &BTreeMap<String, Documents>) -> Option<String> {
    let name = &set.name;
    if let Some(unknown) = set.corpora.iter().find(|name| !corpora.contains_key(*name)) {
        let known: Vec<&str> = corpora.keys().map(String::as_str).collect();
        return Some(format!(
            "the set `{name}` asks the corpus `{unknown}`, which is not there; there are: {}",
            known.join(", ")
        ));
    }
    if set.corpora.is_empty() {
        return Some(format!(
            "the set `{name}` asks no corpus: give it `corpora`"
        ));
    }
    if set.questions.is_empty() {
        return Some(format!("the set `{name}` has no questions"));
    }
    let blank = |asked: &&Asked| asked.question.trim().is_empty();
    if set.questions.iter().any(|asked| blank(&asked)) {
        return Some(format!("the set `{name}` has an empty question"));
    }
    let unanswered = set.questions.iter().find(|asked| asked.expect.is_empty());
    if let Some(asked) = unanswered.filter(|_| !set.outside) {
        return Some(format!(
            "the set `{name}`: {:?} has no `expect`; name the end of the address of a section that answers it",
            asked.question
        ));
    }
    set.gates
        .problem(set.outside)
        .map(|problem| format!("the set `{name}`: {problem}"))
}
