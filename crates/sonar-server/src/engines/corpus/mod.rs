//! Finds and quotes sections of documents, with no model and no key. Knows nothing of HTTP.
//!
//! From a file to an answer: `documents` finds and reads them, `index` cuts them into passages and keeps those on disk,
//! `search` finds and quotes what a question asks for, `write` writes it down;
//! `eval` measures how good they are. Each knows only those before it.

mod disk;
pub(crate) mod documents;
mod error;
pub mod eval;
pub(crate) mod index;
mod page;
mod progress;
mod reload;
mod report;
pub(crate) mod search;
mod settings;
pub(crate) mod write;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex};
use std::time::Instant;

pub use documents::Image;
pub use error::CorpusError;
pub use progress::{IndexProgress, Silent};
pub use reload::{LiveCorpus, Refresh};
pub use report::{Collection, Report, Skipped};
pub use search::filters::Filters;
pub use search::find::Hit;
pub use search::found::{Budget, Code, Excerpt, Extent, Found, Level, Nearest, Place, Query};
pub use settings::{CorpusSettings, RustDocs};
pub use write::write;

pub use crate::domains::Domain;

use documents::Document;
use documents::library::{self, Library};
use index::kept::{self, Kept};
use index::store::Store;
use index::tokens::Tokeniser;
use index::{Index, MAX_PASSAGES};
use search::aliases::Aliases;

/// Documents that can be searched. Never changes; share it in an `Arc`.
#[derive(Debug)]
pub struct Corpus {
    report: Report,
    index: Arc<Index>,
    aliases: Arc<Aliases>,
    language: String,
    /// Those that no question uses at the moment, by language: they remember words.
    tokenisers: Mutex<Vec<(String, Tokeniser)>>,
}

impl Corpus {
    /// Loads the kept index when no document changed since, else reads the documents, builds the
    /// index and keeps it. Blocks for as long as that takes.
    ///
    /// # Errors
    ///
    /// See [`CorpusError`]: a folder that is missing, empty or unreadable, a wrong `corpus.toml`. An
    /// index that cannot be kept is no error: it stays in memory and the report says so.
    pub fn open(
        settings: &CorpusSettings,
        progress: &dyn IndexProgress,
    ) -> Result<Self, CorpusError> {
        Self::of(&library::list(settings)?, settings, progress)
    }

    /// Reads the documents and tells what they hold, without an index: the counts of sections and passages stay 0. Changes
    /// nothing on disk.
    ///
    /// # Errors
    ///
    /// Those of [`Corpus::open`].
    pub fn survey(settings: &CorpusSettings) -> Result<Report, CorpusError> {
        let settings = CorpusSettings {
            index_dir: None,
            ..settings.clone()
        };
        let mut shelf = library::list(&settings)?.read(&Silent)?;
        let addresses = shelf.documents.iter().map(|document| document.url.as_str());
        shelf.report.count_hosts(addresses);
        Ok(shelf.report)
    }

    /// One without any document, beside which the web is searched in this language.
    #[must_use]
    pub fn empty(language: &str) -> Self {
        let built = index::build(Vec::new());
        Self {
            report: Report::default(),
            index: Arc::new(Index::new(built.head, Store::Memory(built.body))),
            aliases: Arc::new(Aliases::new(&Tokeniser::new("en"))),
            language: language.to_owned(),
            tokenisers: Mutex::new(Vec::new()),
        }
    }

    /// Whether it holds no document.
    pub(crate) fn is_empty(&self) -> bool {
        self.report.documents == 0
    }

    fn of(
        library: &Library,
        settings: &CorpusSettings,
        progress: &dyn IndexProgress,
    ) -> Result<Self, CorpusError> {
        let started = Instant::now();
        let fingerprint = library.fingerprint();
        let folder = settings.index_folder();
        let folder = folder.as_deref();
        let (kept, store, from_disk) =
            match folder.and_then(|folder| kept::load(folder, fingerprint)) {
                Some((kept, store)) => (kept, store, true),
                None => {
                    let (kept, store) = build(library, settings, fingerprint, progress)?;
                    (kept, store, false)
                }
            };
        progress.done();
        let Kept { head, mut report } = kept;
        report.from_disk = from_disk;
        report.seconds = started.elapsed().as_secs_f32();
        Ok(Self {
            report,
            index: Arc::new(Index::new(head, store)),
            aliases: Arc::new(Aliases::new(&Tokeniser::new("en"))),
            language: settings.language.clone(),
            tokenisers: Mutex::new(Vec::new()),
        })
    }

    /// Other documents, searched as these are: in the same language, with the same other words, and with every word as rare
    /// as it is in both together. So what both find can be compared. Nothing of it is kept on disk.
    pub(crate) fn beside(&self, documents: Vec<Document>) -> Self {
        let built = index::build(documents);
        let mut report = Report::default();
        built.head.tell(&mut report);
        let index = Index::beside(built.head, Store::Memory(built.body), &self.index);
        Self {
            report,
            index: Arc::new(index),
            aliases: Arc::clone(&self.aliases),
            language: self.language.clone(),
            tokenisers: Mutex::new(Vec::new()),
        }
    }

    /// The language of questions that name none: `en`.
    pub(crate) fn language(&self) -> &str {
        &self.language
    }

    /// What the corpus holds and how it came about.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

fn build(
    library: &Library,
    settings: &CorpusSettings,
    fingerprint: u64,
    progress: &dyn IndexProgress,
) -> Result<(Kept, Store), CorpusError> {
    let shelf = library.read(progress)?;
    if progress.stopped() {
        return Err(CorpusError::Stopped);
    }
    progress.stage("Indexing", 0);
    let mut report = shelf.report;
    let built = index::build(shelf.documents);
    built.head.tell(&mut report);
    if built.left_out > 0 {
        report.note(format!(
            "{} documents are left out, because those before them make {} passages; name fewer or smaller folders",
            built.left_out,
            MAX_PASSAGES
        ));
    }
    let mut kept = Kept {
        head: built.head,
        report,
    };
    let Some(folder) = settings.index_folder() else {
        return Ok((kept, Store::Memory(built.body)));
    };
    if let Err(error) = kept::save(&folder, fingerprint, &kept, &built.body) {
        let folder = folder.display();
        tracing::warn!(%folder, %error, "the index cannot be kept; the next start builds it again");
        let note =
            format!("the index cannot be kept in {folder} ({error}); make the folder writable");
        kept.report.notes.push(note);
        return Ok((kept, Store::Memory(built.body)));
    }
    // Reading the file back leaves the texts on disk instead of in memory.
    let reread = kept::load(&folder, fingerprint);
    Ok(reread.unwrap_or((kept, Store::Memory(built.body))))
}
