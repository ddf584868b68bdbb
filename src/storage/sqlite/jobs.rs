//! Jobs: claimed, held and ended.

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;

use super::SqliteStore;
use crate::clock::Moment;
use crate::conversation::ports::StoreError;
use crate::ids::QuestionId;
use crate::jobs::job::{
    Claim, Job, JobId, Kind, Lane, Lease, NewJob, Renewed, Turns, Waiting, Worker, Written,
};
use crate::jobs::ports::JobStore;

/// Makes a job.
pub(super) async fn insert(
    _connection: &mut SqliteConnection,
    _job: &NewJob,
    _question: Option<QuestionId>,
) -> Result<(), sqlx::Error> {
    Ok(())
}

#[async_trait]
impl JobStore for SqliteStore {
    async fn now(&self) -> Result<Option<Moment>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn add_job(&self, _job: &NewJob) -> Result<bool, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn job(&self, _id: JobId) -> Result<Option<Job>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn job_of(&self, _question: QuestionId) -> Result<Option<Job>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn open_jobs(&self, _kind: Kind, _lane: Lane) -> Result<(u32, u32), StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn admit(
        &self,
        _kind: Kind,
        _turns: Turns,
        _at: Moment,
    ) -> Result<Vec<JobId>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn waiting(&self, _kind: Kind, _lane: u64) -> Result<Vec<Waiting>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn claim(
        &self,
        _worker: Worker,
        _limit: u32,
        _at: Moment,
        _until: Moment,
    ) -> Result<Vec<Claim>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn renew(&self, _worker: Worker, _until: Moment) -> Result<Vec<Renewed>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn advance(&self, _lease: &Lease, _checkpoint: &str) -> Result<Written, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn put_off(
        &self,
        _lease: &Lease,
        _run_at: Moment,
        _failed: bool,
    ) -> Result<Written, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn end_job(
        &self,
        _lease: &Lease,
        _checkpoint: &str,
        _at: Moment,
    ) -> Result<Written, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn release(&self, _worker: Worker) -> Result<(), StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn reclaim(&self) -> Result<(), StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn cancel_job(&self, _id: JobId, _at: Moment) -> Result<Option<Job>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn cancel_lane(&self, _lane: u64, _at: Moment) -> Result<Vec<JobId>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn line_up(
        &self,
        _id: JobId,
        _instead_of: &str,
        _checkpoint: &str,
    ) -> Result<bool, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn next_due(&self) -> Result<Option<Moment>, StoreError> {
        Err(StoreError("not written yet".into()))
    }

    async fn forget_jobs(&self, _before: Moment) -> Result<u64, StoreError> {
        Err(StoreError("not written yet".into()))
    }
}
