//! Forgets what is kept no longer than it is needed: jobs that ended long ago. The oldest use of a job is what a research took, which is told
//! before the next one; nothing that somebody wrote is in one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::job::Kind;
use super::ports::{JobStore, StoreError};
use super::workers::{Held, Next, Work, Workers, next_time};

/// How long a job is kept that has ended.
pub const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How often it is looked for what can be forgotten.
pub const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// Forgets jobs.
pub struct Retention {
    store: Arc<dyn JobStore>,
    workers: Arc<Workers>,
}

impl Retention {
    /// Forgets jobs of `store`, by the clock of `workers`.
    pub fn new(store: Arc<dyn JobStore>, workers: Arc<Workers>) -> Self {
        Self { store, workers }
    }
}

#[async_trait]
impl Work for Retention {
    fn kind(&self) -> Kind {
        Kind::Retention
    }

    fn every(&self) -> Option<Duration> {
        Some(EVERY)
    }

    async fn carry_on(&self, _held: &Held) -> Result<Next, StoreError> {
        let before = self.workers.now().await?.before(KEPT);
        let forgotten = self.store.forget_jobs(before).await?;
        if forgotten > 0 {
            tracing::info!(forgotten, "jobs that ended long ago are forgotten");
        }
        Ok(next_time(EVERY))
    }

    /// It harms nobody that nothing is forgotten for a while.
    async fn abandon(&self, _held: &Held) -> Result<Next, StoreError> {
        Ok(next_time(EVERY))
    }
}
