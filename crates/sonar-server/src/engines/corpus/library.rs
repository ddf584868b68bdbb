//! Finds every document that the settings name and reads them on all cores. Ranks nothing.

use std::fs;
use std::hash::{Hash, Hasher};
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustc_hash::FxHasher;

use super::document::Document;
use super::error::CorpusError;
use super::filters::primary;
use super::folder::{self, File, Folder};
use super::handbook;
use super::html;
use super::markdown;
use super::plain_text;
use super::progress::IndexProgress;
use super::report::Skipped;
use super::rust_docs::{self, Docs};
use super::settings::{CorpusSettings, RustDocs};

/// The largest file that is read.
pub(crate) const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024;

/// Every place that documents come from; listed, not yet read.
#[derive(Debug)]
pub(crate) struct Library {
    folders: Vec<Folder>,
    rust_docs: Option<Docs>,
    handbook: bool,
    language: String,
    rust_docs_wanted: bool,
}

/// What reading gave.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) documents: Vec<Document>,
    pub(crate) files: usize,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) notes: Vec<String>,
}

/// What became of one file.
enum Outcome {
    Read(Box<Document>),
    Skipped(String),
    /// Not worth naming: a redirect, a page in a language nobody asked for, a page without text.
    LeftOut,
}

/// Lists the documents.
///
/// # Errors
///
/// See [`CorpusError`].
pub(crate) fn list(settings: &CorpusSettings) -> Result<Library, CorpusError> {
    list_with(settings, rust_docs::locate(&settings.rust_docs)?)
}

fn list_with(settings: &CorpusSettings, rust_docs: Option<Docs>) -> Result<Library, CorpusError> {
    let folders = settings.folders.iter().map(|path| folder::list(path));
    let library = Library {
        folders: folders.collect::<Result<_, _>>()?,
        rust_docs,
        handbook: settings.handbook,
        language: settings.language.clone(),
        rust_docs_wanted: settings.rust_docs == RustDocs::Installed,
    };
    let handbook_pages = library.handbook && !handbook::documents().is_empty();
    if library.folders.is_empty() && library.rust_docs.is_none() && !handbook_pages {
        return Err(CorpusError::NoDocuments);
    }
    Ok(library)
}

impl Library {
    /// Lists the documents of the same settings as they are now. The Rust documentation stays the one that was found
    /// first: it changes with the toolchain, which is no business of every few seconds.
    ///
    /// # Errors
    ///
    /// See [`CorpusError`].
    pub(crate) fn list_again(&self, settings: &CorpusSettings) -> Result<Self, CorpusError> {
        list_with(settings, self.rust_docs.clone())
    }

    /// Differs whenever a document, a rule or the choice of documents changed.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = FxHasher::default();
        for folder in &self.folders {
            folder.fingerprint().hash(&mut hasher);
            for file in &folder.files {
                (&file.path, file.size_bytes, file.changed).hash(&mut hasher);
            }
        }
        self.rust_docs
            .as_ref()
            .map(Docs::fingerprint)
            .hash(&mut hasher);
        self.handbook.then(handbook::fingerprint).hash(&mut hasher);
        self.language.hash(&mut hasher);
        hasher.finish()
    }

    /// Reads everything; the documents come in the same order every time.
    ///
    /// # Errors
    ///
    /// A folder of which no document can be read.
    pub(crate) fn read(&self, progress: &dyn IndexProgress) -> Result<Shelf, CorpusError> {
        let mut shelf = Shelf::default();
        if self.handbook {
            let pages = handbook::documents();
            shelf.files += pages.len();
            shelf.documents.extend(pages);
        }
        for folder in &self.folders {
            self.read_folder(folder, &mut shelf, progress)?;
        }
        if let Some(docs) = &self.rust_docs {
            self.read_rust_docs(docs, &mut shelf, progress)?;
        } else if self.rust_docs_wanted {
            let note = "no Rust documentation found; `rustup component add rust-docs` installs it";
            shelf.notes.push(note.to_owned());
        }
        for document in &mut shelf.documents {
            document
                .language
                .get_or_insert_with(|| self.language.clone());
        }
        Ok(shelf)
    }

    fn read_folder(
        &self,
        folder: &Folder,
        shelf: &mut Shelf,
        progress: &dyn IndexProgress,
    ) -> Result<(), CorpusError> {
        let before = shelf.documents.len();
        progress.stage(
            &format!("Reading {}", folder.root().display()),
            folder.files.len() as u64,
        );
        let outcomes = on_all_cores(&folder.files, progress, |file| {
            with_document(read_file(file), |document| {
                folder.complete(&file.path, document)
            })
        });
        if progress.stopped() {
            return Err(CorpusError::Stopped);
        }
        let skipped = shelf.add(&folder.files, outcomes);
        for Skipped { path, why } in skipped {
            tracing::warn!(path, why, "a document is left out");
        }
        if shelf.documents.len() == before {
            let path = folder.root().to_owned();
            return Err(CorpusError::FolderEmpty { path });
        }
        if !folder.is_public() {
            shelf.notes.push(format!(
                "{}: documents from here have no public address; a base_url in its corpus.toml gives them one",
                folder.root().display()
            ));
        }
        Ok(())
    }

    fn read_rust_docs(
        &self,
        docs: &Docs,
        shelf: &mut Shelf,
        progress: &dyn IndexProgress,
    ) -> Result<(), CorpusError> {
        let unreadable = |source| CorpusError::Unreadable {
            path: docs.root().to_owned(),
            source,
        };
        let files = docs.list().map_err(unreadable)?;
        progress.stage("Reading the Rust documentation", files.len() as u64);
        let outcomes = on_all_cores(&files, progress, |file| {
            let outcome = match readable(file) {
                Ok(text) if self.is_foreign(&text) => Outcome::LeftOut,
                Ok(text) => parse(&file.path, &text),
                Err(why) => Outcome::Skipped(why),
            };
            with_document(outcome, |document| docs.complete(&file.path, document))
        });
        // The operator can do nothing about these; the report names them.
        let skipped = shelf.add(&files, outcomes);
        tracing::debug!(left_out = skipped.len(), "the Rust documentation is read");
        Ok(())
    }

    /// Whether a page is a translation into a language that nobody here asked for.
    fn is_foreign(&self, text: &str) -> bool {
        let language = html::language_of_head(text.get(..2048).unwrap_or(text));
        language.is_some_and(|language| language != "en" && language != primary(&self.language))
    }
}

impl Shelf {
    /// Takes in what was read; returns what was not.
    fn add(&mut self, files: &[File], outcomes: Vec<Outcome>) -> &[Skipped] {
        let before = self.skipped.len();
        self.files += files.len();
        for (file, outcome) in files.iter().zip(outcomes) {
            match outcome {
                Outcome::Read(document) => self.documents.push(*document),
                Outcome::Skipped(why) => {
                    let path = file.path.display().to_string();
                    self.skipped.push(Skipped { path, why });
                }
                Outcome::LeftOut => {}
            }
        }
        self.skipped.get(before..).unwrap_or_default()
    }
}

fn with_document(outcome: Outcome, change: impl FnOnce(&mut Document)) -> Outcome {
    match outcome {
        Outcome::Read(mut document) => {
            change(&mut document);
            Outcome::Read(document)
        }
        other => other,
    }
}

fn read_file(file: &File) -> Outcome {
    match readable(file) {
        Ok(text) => parse(&file.path, &text),
        Err(why) => Outcome::Skipped(why),
    }
}

/// The text of a file, or in words why it cannot be had.
fn readable(file: &File) -> Result<String, String> {
    if file.size_bytes > MAX_FILE_BYTES {
        return Err("larger than 2 MB".to_owned());
    }
    let mut bytes = Vec::new();
    let opened = fs::File::open(&file.path);
    let read = opened.and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes));
    match read {
        Err(error) => Err(format!("cannot be read: {error}")),
        // It grew since it was listed.
        Ok(_) if bytes.len() as u64 > MAX_FILE_BYTES => Err("larger than 2 MB".to_owned()),
        Ok(_) => String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned()),
    }
}

fn parse(path: &Path, text: &str) -> Outcome {
    let document = match folder::extension(path).as_str() {
        "html" | "htm" if is_signpost(text) => return Outcome::LeftOut,
        "html" | "htm" => html::read(text),
        "txt" => plain_text::read(text),
        _ => markdown::read(text),
    };
    if document.sections.is_empty() {
        return Outcome::LeftOut;
    }
    Outcome::Read(Box::new(document))
}

/// Whether a page only leads elsewhere, or asks not to be indexed.
fn is_signpost(text: &str) -> bool {
    let head = text.split("<body").next().unwrap_or(text);
    let head = head.to_ascii_lowercase();
    head.contains("http-equiv=\"refresh\"") || head.contains("content=\"noindex")
}

/// Reads files on every core; the outcomes stand in the order of the files.
fn on_all_cores(
    files: &[File],
    progress: &dyn IndexProgress,
    read: impl Fn(&File) -> Outcome + Sync,
) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::with_capacity(files.len()));
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let work = || {
        while let (at, Some(file)) = take(&next, files) {
            if progress.stopped() {
                return;
            }
            let outcome = read(file);
            progress.advance(1);
            if let Ok(mut outcomes) = outcomes.lock() {
                outcomes.push((at, outcome));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..cores {
            scope.spawn(work);
        }
        work();
    });
    let mut outcomes = outcomes.into_inner().unwrap_or_default();
    outcomes.sort_by_key(|(at, _)| *at);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn take<'a>(next: &AtomicUsize, files: &'a [File]) -> (usize, Option<&'a File>) {
    let at = next.fetch_add(1, Ordering::Relaxed);
    (at, files.get(at))
}
