//! Searches the corpus without holding up anybody else. Must decide nothing.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

use crate::Failure;
use crate::engines::corpus::Corpus;

/// How many searches run at once. Searching is work for a processor: more at once than there are of them would only slow
/// each other down.
#[derive(Clone, Debug)]
pub(super) struct Searches(Arc<Semaphore>);

impl Default for Searches {
    fn default() -> Self {
        let at_once = available_parallelism().map_or(1, NonZeroUsize::get);
        Self(Arc::new(Semaphore::new(at_once)))
    }
}

impl Searches {
    /// Lets `work` read the corpus, on a thread that may block, once there is room.
    ///
    /// # Errors
    ///
    /// [`Failure::internal`] when it panics; the log says so.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        corpus: &Arc<Corpus>,
        work: impl FnOnce(&Corpus) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let permit = Arc::clone(&self.0).acquire_owned().await;
        let corpus = Arc::clone(corpus);
        let working = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work(&corpus)
        });
        working.await.map_err(|_| {
            tracing::error!("the search of the corpus panicked");
            Failure::internal()
        })
    }
}
