//! What the operator chose: which documents, and where their index is kept. Reads nothing.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use rustc_hash::FxHasher;

/// Which documents the corpus holds and where its index is kept.
#[derive(Clone, Debug)]
pub struct CorpusSettings {
    /// Folders of `*.md`, `*.html`, `*.txt` and `*.jsonl` documents, each with an optional `corpus.toml`.
    pub folders: Vec<PathBuf>,
    /// Whether the project's own handbook, which is part of the program, is searched too.
    pub handbook: bool,
    /// Whether the Rust documentation of the toolchain is searched too.
    pub rust_docs: RustDocs,
    /// Folder in which indexes are kept between starts, one for each choice of documents; `None` builds it in memory every time.
    pub index_dir: Option<PathBuf>,
    /// Language of documents that do not name one, and of questions that do not: `en`, `de`, …
    pub language: String,
}

impl Default for CorpusSettings {
    /// The handbook and, when present, the installed Rust documentation; in English; not kept.
    fn default() -> Self {
        Self {
            folders: Vec::new(),
            handbook: true,
            rust_docs: RustDocs::Installed,
            index_dir: None,
            language: "en".to_owned(),
        }
    }
}

impl CorpusSettings {
    /// Where the index of this choice of documents is kept: a folder of its own, so that two choices that take turns do not
    /// throw each other's out.
    pub(crate) fn index_folder(&self) -> Option<PathBuf> {
        let mut choice = FxHasher::default();
        for folder in &self.folders {
            std::path::absolute(folder)
                .unwrap_or_else(|_| folder.clone())
                .hash(&mut choice);
        }
        (self.handbook, &self.rust_docs, &self.language).hash(&mut choice);
        Some(
            self.index_dir
                .as_ref()?
                .join(format!("{:016x}", choice.finish())),
        )
    }
}

/// Where the Rust documentation is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RustDocs {
    /// It is not searched.
    Off,
    /// In the toolchain that `rustc --print sysroot` names; without one it is left out, and the
    /// report says so.
    Installed,
    /// In this folder, the one that contains `std/` and `book/`. A missing folder is an error.
    At(PathBuf),
}
