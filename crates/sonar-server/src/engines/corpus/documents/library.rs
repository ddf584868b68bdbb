//! Finds every document that the settings name and reads them on all cores. Ranks nothing.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustc_hash::FxHasher;

use super::document::Document;
use super::extracts::Extracts;
use super::folder::{self, Folder};
use super::handbook;
use super::history::History;
use super::html;
use super::language::primary;
use super::listing::File;
use super::reader;
use super::reading::Reading;
use super::rust_docs::{self, Docs};
use crate::engines::corpus::error::CorpusError;
use crate::engines::corpus::progress::IndexProgress;
use crate::engines::corpus::report::{Collection, Report, host};
use crate::engines::corpus::settings::{CorpusSettings, RustDocs};

/// How much the files of folders may hold in all.
const MAX_BYTES: u64 = 512 * 1024 * 1024;

/// Every place that documents come from; listed, not yet read.
#[derive(Debug)]
pub(crate) struct Library {
    folders: Vec<Folder>,
    rust_docs: Option<Docs>,
    handbook: bool,
    language: String,
    rust_docs_wanted: bool,
    /// Where what was read is kept.
    extracts: Option<PathBuf>,
}

/// What reading gave.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) documents: Vec<Document>,
    pub(crate) report: Report,
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
    let mut folders: Vec<Folder> = Vec::new();
    for path in &settings.folders {
        let taken: Vec<String> = folders
            .iter()
            .map(|other| other.name().to_owned())
            .collect();
        folders.push(folder::list(path, &taken)?);
    }
    let library = Library {
        folders,
        rust_docs,
        handbook: settings.handbook,
        language: settings.language.clone(),
        rust_docs_wanted: settings.rust_docs == RustDocs::Installed,
        extracts: settings.index_dir.clone(),
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
                (&file.path, file.size_bytes, file.stamp).hash(&mut hasher);
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
    /// A folder of which no document can be read; [`CorpusError::Stopped`].
    pub(crate) fn read(&self, progress: &dyn IndexProgress) -> Result<Shelf, CorpusError> {
        let mut shelf = Shelf::default();
        if self.handbook {
            shelf.add_handbook();
        }
        let mut bytes_left = MAX_BYTES;
        for folder in &self.folders {
            self.read_folder(folder, &mut shelf, &mut bytes_left, progress)?;
        }
        if let Some(docs) = &self.rust_docs {
            self.read_rust_docs(docs, &mut shelf, progress)?;
        } else if self.rust_docs_wanted {
            let note = "no Rust documentation found; `rustup component add rust-docs` installs it";
            shelf.report.note(note.to_owned());
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
        bytes_left: &mut u64,
        progress: &dyn IndexProgress,
    ) -> Result<(), CorpusError> {
        let name = folder.root().display().to_string();
        let files = within_bytes(&folder.files, bytes_left);
        if files.len() < folder.files.len() {
            let left_out = folder.files.len() - files.len();
            shelf.report.note(format!(
                "{name}: {left_out} files are left out, because the files before them make 512 MB; name fewer or smaller folders"
            ));
        }
        let stage = format!("Reading {name}");
        let readings = self.readings(&stage, folder.root(), files, progress, |file| {
            reader::read(file, &|_| true)
        })?;
        let history = folder.history().unwrap_or_else(|why| {
            shelf
                .report
                .note(format!("{name}: `date = \"git\"` gives no dates: {why}"));
            History::default()
        });
        let named_before = shelf.report.skipped.len();
        for (path, why) in &folder.unlisted {
            shelf
                .report
                .skip(&path.display().to_string(), None, why.clone());
        }
        let mut collection = Collection::new(&name, folder.license());
        for (file, reading) in files.iter().zip(readings) {
            let path = file.path.display().to_string();
            reading.tell(&path, &mut shelf.report);
            for mut document in reading.documents {
                collection.untitled += usize::from(document.title.is_empty());
                for remark in folder.complete(file, &history, &mut document) {
                    shelf.report.remark(&path, document.line, remark);
                }
                count(&mut collection, &document);
                shelf.documents.push(document);
            }
        }
        if collection.documents == 0 {
            let path = folder.root().to_owned();
            let first = shelf.report.skipped.get(named_before);
            let first = first.map(|skipped| format!("{}: {}", skipped.path, skipped.why));
            return Err(CorpusError::FolderEmpty { path, first });
        }
        if !folder.is_public() && collection.without_address > 0 {
            shelf.report.note(format!(
                "{name}: a base_url in its corpus.toml gives its files public addresses"
            ));
        }
        collection.files = files.len();
        shelf.report.add(collection);
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
        // Which pages are worth reading depends on the language.
        let place = (docs.root(), primary(&self.language));
        let stage = "Reading the Rust documentation";
        let readings = self.readings(stage, place, &files, progress, |file| {
            reader::read(file, &|page| !self.is_foreign(page))
        })?;
        let mut collection = Collection::new("the Rust documentation", None);
        for (file, reading) in files.iter().zip(readings) {
            // That a page is left out is as it should be; the operator could do nothing about it.
            if !reading.left_out {
                reading.tell(&file.path.display().to_string(), &mut shelf.report);
            }
            for mut document in reading.documents {
                docs.complete(&file.path, &mut document);
                count(&mut collection, &document);
                shelf.documents.push(document);
            }
        }
        collection.files = files.len();
        shelf.report.add(collection);
        Ok(())
    }

    /// Reads the files that changed since they were last read, and keeps what was read of all.
    fn readings(
        &self,
        stage: &str,
        place: impl Hash,
        files: &[File],
        progress: &dyn IndexProgress,
        read: impl Fn(&File) -> Reading + Sync,
    ) -> Result<Vec<Reading>, CorpusError> {
        let mut extracts = self
            .extracts
            .as_deref()
            .map(|folder| Extracts::load(folder, place));
        let mut readings: Vec<Option<Reading>> = files
            .iter()
            .map(|file| extracts.as_mut()?.take(file))
            .collect();
        let changed: Vec<&File> = files
            .iter()
            .zip(&readings)
            .filter(|(_, reading)| reading.is_none())
            .map(|(file, _)| file)
            .collect();
        progress.stage(stage, changed.len() as u64);
        let mut fresh = on_all_cores(&changed, progress, read).into_iter();
        if progress.stopped() {
            return Err(CorpusError::Stopped);
        }
        for reading in readings.iter_mut().filter(|reading| reading.is_none()) {
            *reading = fresh.next();
        }
        let readings: Vec<Reading> = readings.into_iter().flatten().collect();
        if let Some(extracts) = extracts
            && (!changed.is_empty() || extracts.has_more())
            && let Err(error) = extracts.save(files, &readings)
        {
            tracing::debug!(%error, "what was read cannot be kept; the next change reads every file again");
        }
        Ok(readings)
    }

    /// Whether a page is a translation into a language that nobody here asked for.
    fn is_foreign(&self, text: &str) -> bool {
        let language = html::language_of_head(text.get(..2048).unwrap_or(text));
        language.is_some_and(|language| language != "en" && language != primary(&self.language))
    }
}

impl Shelf {
    fn add_handbook(&mut self) {
        let mut collection = Collection::new("the handbook", None);
        for document in handbook::documents() {
            collection.files += 1;
            count(&mut collection, &document);
            self.documents.push(document);
        }
        self.report.add(collection);
    }
}

/// Takes a document that is complete into the counts of its collection.
fn count(collection: &mut Collection, document: &Document) {
    collection.documents += 1;
    collection.dated += usize::from(document.date.is_some());
    collection.updated += usize::from(document.updated.is_some());
    collection.undated += usize::from(document.date.is_none() && document.updated.is_none());
    collection.without_address += usize::from(host(&document.url).is_none());
}

/// The files that fit into what is left.
fn within_bytes<'a>(files: &'a [File], bytes_left: &mut u64) -> &'a [File] {
    let fits = |file: &File| match bytes_left.checked_sub(file.size_bytes) {
        Some(rest) => {
            *bytes_left = rest;
            true
        }
        None => false,
    };
    let mut fits = fits;
    let count = files.iter().take_while(|file| fits(file)).count();
    files.get(..count).unwrap_or_default()
}

/// Reads files on every core; the readings stand in the order of the files.
fn on_all_cores(
    files: &[&File],
    progress: &dyn IndexProgress,
    read: impl Fn(&File) -> Reading + Sync,
) -> Vec<Reading> {
    let next = AtomicUsize::new(0);
    let readings = Mutex::new(Vec::with_capacity(files.len()));
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let work = || {
        while let (at, Some(file)) = take(&next, files) {
            if progress.stopped() {
                return;
            }
            let reading = read(file);
            progress.advance(1);
            if let Ok(mut readings) = readings.lock() {
                readings.push((at, reading));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..cores {
            scope.spawn(work);
        }
        work();
    });
    let mut readings = readings.into_inner().unwrap_or_default();
    readings.sort_by_key(|(at, _)| *at);
    readings.into_iter().map(|(_, reading)| reading).collect()
}

fn take<'a>(next: &AtomicUsize, files: &[&'a File]) -> (usize, Option<&'a File>) {
    let at = next.fetch_add(1, Ordering::Relaxed);
    (at, files.get(at).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_taken_as_long_as_they_fit() {
        let file = |size_bytes| File {
            path: PathBuf::new(),
            size_bytes,
            changed: 0,
            stamp: 0,
        };
        let files = [file(4), file(5), file(2), file(1)];
        let mut left = 10;
        assert_eq!(within_bytes(&files, &mut left).len(), 2);
        assert_eq!(left, 1, "what is left is for the next folder");
    }
}
