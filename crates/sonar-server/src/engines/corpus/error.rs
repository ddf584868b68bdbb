//! Why a corpus cannot be opened, in sentences that name the place and the mend. Decides nothing.

use std::io;
use std::path::PathBuf;

/// Why the corpus cannot be opened. Single documents that cannot be read are never the reason:
/// they are skipped and named in the [`Report`](super::Report).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// A folder of the settings is not there.
    #[error("the corpus folder {} is not there, or is no folder; create it or name another one", path.display())]
    FolderMissing {
        /// The folder as the settings name it.
        path: PathBuf,
    },
    /// A folder of the settings holds no document.
    #[error(
        "the corpus folder {} holds no *.md, *.html, *.txt or *.jsonl document that can be read{}; add one or name another folder",
        path.display(),
        first.as_ref().map(|first| format!(" ({first})")).unwrap_or_default()
    )]
    FolderEmpty {
        /// The folder as the settings name it.
        path: PathBuf,
        /// The first file of it that cannot be used, and why; none when there is no file.
        first: Option<String>,
    },
    /// A folder or the index cannot be read.
    #[error("cannot read {}: {source}; check the permissions", path.display())]
    Unreadable {
        /// What could not be read.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A `corpus.toml` is wrong.
    #[error("{}: {reason}", path.display())]
    FolderSettings {
        /// The file.
        path: PathBuf,
        /// What is wrong with it and what may stand there.
        reason: String,
    },
    /// The folder named for the Rust documentation does not hold it.
    #[error(
        "{} does not hold the Rust documentation (no std/index.html in it); install it with `rustup component add rust-docs`, or name the folder share/doc/rust/html of a toolchain",
        path.display()
    )]
    RustDocsMissing {
        /// The folder as the settings name it.
        path: PathBuf,
    },
    /// There is nothing to search at all.
    #[error(
        "there are no documents to search: name a folder, or switch on the handbook or the Rust documentation"
    )]
    NoDocuments,
    /// Nobody wanted the result any more.
    #[error("indexing the documents was stopped")]
    Stopped,
}
