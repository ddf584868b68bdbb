//! How indexing tells that it gets on. Draws nothing.

/// Hears how far indexing is. Calls come from several threads.
pub trait IndexProgress: Send + Sync {
    /// A stage begins that works through `files` files (0 when there is nothing to count).
    fn stage(&self, name: &str, files: u64);
    /// `files` more files of the stage are done.
    fn advance(&self, files: u64);
    /// The last stage is over.
    fn done(&self);
    /// Whether nobody wants the result any more; indexing then ends with [`CorpusError::Stopped`](super::CorpusError).
    fn stopped(&self) -> bool {
        false
    }
}

/// Tells nobody.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl IndexProgress for Silent {
    fn stage(&self, _name: &str, _files: u64) {}
    fn advance(&self, _files: u64) {}
    fn done(&self) {}
}
