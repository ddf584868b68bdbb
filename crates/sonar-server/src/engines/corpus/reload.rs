//! The corpus that questions are answered from, replaced as a whole when documents change. Reads and ranks nothing itself.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::documents::library::{self, Library};
use super::error::CorpusError;
use super::progress::IndexProgress;
use super::{Corpus, CorpusSettings};

/// A handle to the corpus of the moment. Clones are the same handle; what was taken from it stays as it was.
#[derive(Clone, Debug)]
pub struct LiveCorpus(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Locked only to take or to put the pointer.
    current: Mutex<Arc<Corpus>>,
    /// Where it comes from; a corpus that was given stays for good.
    origin: Option<Origin>,
}

#[derive(Debug)]
struct Origin {
    settings: CorpusSettings,
    /// As the last attempt found them, whether or not it led to a corpus.
    attempted: Mutex<Attempt>,
}

#[derive(Debug)]
struct Attempt {
    library: Library,
    /// What was wrong, so that it is said once and not at every look.
    fault: Option<String>,
}

/// What a look at the documents led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Nothing changed since the last look.
    Unchanged,
    /// The documents changed, and questions are now answered from what they say today.
    Replaced,
    /// The documents changed and cannot be used; questions are answered from what was before. The sentence says why.
    Failed(String),
    /// It was told to stop before it was done; questions are answered from what was before.
    Stopped,
}

impl From<Arc<Corpus>> for LiveCorpus {
    /// A corpus that is never replaced.
    fn from(corpus: Arc<Corpus>) -> Self {
        Self(Arc::new(Inner {
            current: Mutex::new(corpus),
            origin: None,
        }))
    }
}

impl LiveCorpus {
    /// Opens the corpus as [`Corpus::open`] does, and remembers where it came from.
    ///
    /// # Errors
    ///
    /// Those of [`Corpus::open`].
    pub fn open(
        settings: CorpusSettings,
        progress: &dyn IndexProgress,
    ) -> Result<Self, CorpusError> {
        let library = library::list(&settings)?;
        let corpus = Corpus::of(&library, &settings, progress)?;
        let attempted = Mutex::new(Attempt {
            library,
            fault: None,
        });
        Ok(Self(Arc::new(Inner {
            current: Mutex::new(Arc::new(corpus)),
            origin: Some(Origin {
                settings,
                attempted,
            }),
        })))
    }

    /// The corpus of the moment.
    #[must_use]
    pub fn current(&self) -> Arc<Corpus> {
        Arc::clone(&lock(&self.0.current))
    }

    /// Looks whether documents changed, and replaces the corpus when they did. Blocks while it indexes; a second caller
    /// waits for the first.
    pub fn refresh(&self, progress: &dyn IndexProgress) -> Refresh {
        let Some(origin) = &self.0.origin else {
            return Refresh::Unchanged;
        };
        let mut attempted = lock(&origin.attempted);
        let library = match attempted.library.list_again(&origin.settings) {
            Ok(library) => library,
            Err(error) => return attempted.failed(&error),
        };
        if library.fingerprint() == attempted.library.fingerprint() {
            // A folder that was away and is back as it was.
            attempted.fault = None;
            return Refresh::Unchanged;
        }
        let corpus = Corpus::of(&library, &origin.settings, progress);
        if matches!(corpus, Err(CorpusError::Stopped)) {
            return Refresh::Stopped;
        }
        attempted.library = library;
        match corpus {
            Ok(corpus) => {
                attempted.fault = None;
                // The old one is dropped after the lock is free, once the last answer from it has ended.
                let _old = std::mem::replace(&mut *lock(&self.0.current), Arc::new(corpus));
                Refresh::Replaced
            }
            Err(error) => attempted.failed(&error),
        }
    }

    /// Looks every `every` until `stop`, and says in the log what came of it. Returns promptly when told to stop.
    pub async fn watch(self, every: Duration, stop: CancellationToken) {
        // An interval of nothing would be a fault.
        let mut looks = tokio::time::interval(every.max(Duration::from_millis(1)));
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        looks.tick().await;
        while stop.run_until_cancelled(looks.tick()).await.is_some() {
            let (live, until) = (self.clone(), UntilStopped(stop.clone()));
            let looked = tokio::task::spawn_blocking(move || live.refresh(&until)).await;
            match looked {
                Ok(Refresh::Replaced) => self.tell(),
                Ok(Refresh::Failed(why)) => {
                    tracing::warn!(%why, "the documents changed and cannot be used; answers come from what was before");
                }
                Ok(Refresh::Unchanged | Refresh::Stopped) => {}
                Err(_) => tracing::error!(
                    "indexing the documents failed: this is a fault of Footnote, please report it"
                ),
            }
        }
    }

    fn tell(&self) {
        let corpus = self.current();
        let report = corpus.report();
        tracing::info!(
            documents = report.documents,
            passages = report.passages,
            seconds = report.seconds,
            "the documents changed; answers come from the new ones"
        );
        for line in report.lines() {
            tracing::debug!("{line}");
        }
    }
}

impl Attempt {
    fn failed(&mut self, error: &CorpusError) -> Refresh {
        let fault = error.to_string();
        if self.fault.as_ref() == Some(&fault) {
            return Refresh::Unchanged;
        }
        self.fault = Some(fault.clone());
        Refresh::Failed(fault)
    }
}

/// What holds a pointer or an attempt cannot be left half changed by a panic elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells nobody how far indexing is, and stops it when the token says so.
struct UntilStopped(CancellationToken);

impl fmt::Debug for UntilStopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UntilStopped")
    }
}

impl IndexProgress for UntilStopped {
    fn stage(&self, _name: &str, _files: u64) {}

    fn advance(&self, _files: u64) {}

    fn done(&self) {}

    fn stopped(&self) -> bool {
        self.0.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;
    use tempfile::TempDir;

    use super::super::{Budget, Extent, Filters, Level, Query, Report, RustDocs, Silent};
    use super::*;

    fn folder() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("tea.md"),
            "# Green tea\n\nGreen tea is steeped for two minutes.",
        )
        .unwrap();
        folder
    }

    fn settings(folder: &Path, index_dir: &Path) -> CorpusSettings {
        CorpusSettings {
            folders: vec![folder.to_owned()],
            handbook: false,
            rust_docs: RustDocs::Off,
            index_dir: Some(index_dir.to_owned()),
            language: "en".to_owned(),
        }
    }

    fn answers(corpus: &Corpus, question: &str) -> bool {
        let query = Query {
            text: question.to_owned(),
            ..Query::default()
        };
        let budget = Budget {
            sources: 1,
            words: 50,
            extent: Extent::Excerpt,
        };
        corpus.find(&query, &Filters::default(), &budget).level == Level::Answer
    }

    #[test]
    fn a_changed_folder_is_answered_from_and_a_running_answer_keeps_what_it_had() {
        let (folder, index) = (folder(), tempfile::tempdir().unwrap());
        let live = LiveCorpus::open(settings(folder.path(), index.path()), &Silent).unwrap();
        assert_eq!(live.refresh(&Silent), Refresh::Unchanged);
        let held = live.current();

        let matcha = folder.path().join("matcha.md");
        fs::write(&matcha, "# Matcha\n\nMatcha is powdered tea.").unwrap();
        assert_eq!(live.refresh(&Silent), Refresh::Replaced);
        assert!(answers(&live.current(), "What is matcha?"));
        assert!(!answers(&held, "What is matcha?"));
        assert!(answers(&held, "How long is green tea steeped?"));

        fs::remove_file(&matcha).unwrap();
        assert_eq!(live.refresh(&Silent), Refresh::Replaced);
        assert!(!answers(&live.current(), "What is matcha?"));
        drop(held);
        assert_eq!(
            Arc::strong_count(&live.current()),
            2,
            "the old ones are gone"
        );
    }

    #[test]
    fn a_failure_keeps_the_old_documents_and_is_told_once() {
        let (folder, index) = (folder(), tempfile::tempdir().unwrap());
        let live = LiveCorpus::open(settings(folder.path(), index.path()), &Silent).unwrap();
        let rules = folder.path().join("corpus.toml");
        fs::write(&rules, "base_ulr = 'https://tea.example'").unwrap();
        let Refresh::Failed(why) = live.refresh(&Silent) else {
            panic!("a wrong corpus.toml is taken");
        };
        assert!(why.contains("base_ulr"), "{why}");
        assert_eq!(live.refresh(&Silent), Refresh::Unchanged);
        assert!(answers(&live.current(), "How long is green tea steeped?"));

        fs::write(&rules, "base_url = 'https://tea.example'").unwrap();
        assert_eq!(live.refresh(&Silent), Refresh::Replaced);
        fs::write(folder.path().join("tea.md"), b"\xff\xfe no text at all").unwrap();
        assert!(matches!(live.refresh(&Silent), Refresh::Failed(_)));
        assert_eq!(live.refresh(&Silent), Refresh::Unchanged);
        assert!(answers(&live.current(), "How long is green tea steeped?"));
    }

    #[test]
    fn indexing_stops_when_told_to() {
        let (folder, index) = (folder(), tempfile::tempdir().unwrap());
        let live = LiveCorpus::open(settings(folder.path(), index.path()), &Silent).unwrap();
        fs::write(
            folder.path().join("matcha.md"),
            "# Matcha\n\nMatcha is powdered tea.",
        )
        .unwrap();
        let stop = CancellationToken::new();
        stop.cancel();
        assert_eq!(live.refresh(&UntilStopped(stop)), Refresh::Stopped);
        assert_eq!(live.refresh(&Silent), Refresh::Replaced);
    }

    #[tokio::test]
    async fn watching_replaces_the_documents_and_ends_when_told_to() {
        let (folder, index) = (folder(), tempfile::tempdir().unwrap());
        let live = LiveCorpus::open(settings(folder.path(), index.path()), &Silent).unwrap();
        let stop = CancellationToken::new();
        let tasks = tokio_util::task::TaskTracker::new();
        tasks.spawn(live.clone().watch(Duration::from_millis(5), stop.clone()));
        fs::write(
            folder.path().join("matcha.md"),
            "# Matcha\n\nMatcha is powdered tea.",
        )
        .unwrap();
        let replaced = async {
            while !answers(&live.current(), "What is matcha?") {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let replaced = tokio::time::timeout(Duration::from_secs(30), replaced).await;
        replaced.expect("the changed documents were not answered from within half a minute");
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Reading only what changed gives the very index that reading everything gives.
        #[test]
        fn following_changes_is_reading_everything_again(
            changes in proptest::collection::vec((0..4_usize, 0..5_usize), 1..8),
        ) {
            let (folder, index) = (folder(), tempfile::tempdir().unwrap());
            let settings = settings(folder.path(), index.path());
            let live = LiveCorpus::open(settings.clone(), &Silent).unwrap();
            for (number, (file, change)) in changes.into_iter().enumerate() {
                let path = folder.path().join(["a.md", "b.html", "c.jsonl", "corpus.toml"][file]);
                let growing = "kettle ".repeat(number + 1);
                match (file, change) {
                    (_, 0) => drop(fs::remove_file(&path)),
                    (0, _) => fs::write(&path, format!("# Kettle {number}\n\nA {growing}boils.")).unwrap(),
                    (1, _) => fs::write(&path, format!("<h1>Pot</h1><p>A {growing}steams.")).unwrap(),
                    (2, _) => fs::write(&path, format!("{{\"text\": \"{growing}\"}}\n{number}\n")).unwrap(),
                    _ => fs::write(&path, format!("license = '{growing}'\ndate = '2024-01-0{}'", number + 1)).unwrap(),
                }
                live.refresh(&Silent);
            }
            let whole = CorpusSettings { index_dir: None, ..settings };
            let whole = Corpus::open(&whole, &Silent).unwrap();
            let (followed, read) = (live.current(), whole);
            prop_assert_eq!(&followed.index.head, &read.index.head);
            let told = |corpus: &Corpus| Report { seconds: 0.0, from_disk: false, ..corpus.report().clone() };
            prop_assert_eq!(told(&followed), told(&read));
        }
    }
}
