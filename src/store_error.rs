//! What a store can fail with. Says nothing of what is kept there.

use std::error::Error;

/// Trouble in the store. Says what failed; "not there" is never an error.
#[derive(Debug, thiserror::Error)]
#[error("the store failed: {0}")]
pub struct StoreError(#[source] pub Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Whether what is kept cannot be read by this version, which trying again does not mend.
    pub fn is_unreadable(&self) -> bool {
        self.0.is::<Unreadable>()
    }
}

/// Something is kept that this version cannot read.
#[derive(Debug, thiserror::Error)]
#[error("what is kept cannot be read: {0}")]
pub struct Unreadable(#[source] pub Box<dyn Error + Send + Sync>);
