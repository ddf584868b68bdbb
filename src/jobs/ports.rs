//! What durable work needs from outside: a store. Every process that shares the store is a worker of its own.

use async_trait::async_trait;

use super::job::{
    Claim, GivenBack, Job, JobId, Kind, Lease, NewJob, Renewed, Turns, Waiting, Worker, Written,
};
use crate::clock::Moment;
use crate::ids::QuestionId;
pub use crate::store_error::StoreError;

/// Keeps jobs. Every write is durable when the call returns, and each method is one transaction.
///
/// Moments are by the clock of [`JobStore::now`]. What is written under a lease is written only while that lease counts: nobody claimed the
/// job since, and it has not ended. A lease that ran out and that nobody else took still counts.
#[async_trait]
pub trait JobStore: Send + Sync {
    /// The time by the store's own clock, where several processes share it; none where that of the process will do.
    async fn now(&self) -> Result<Option<Moment>, StoreError>;

    /// Makes a job that is about no question, unless there is one of this name. Whether it was made.
    async fn add_job(&self, job: &NewJob) -> Result<bool, StoreError>;

    /// A job, whatever became of it.
    async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError>;

    /// The newest job that is about a question.
    async fn job_of(&self, question: QuestionId) -> Result<Option<Job>, StoreError>;

    /// The jobs of a kind that have not ended, in the order in which they were made.
    async fn open_of(&self, kind: Kind) -> Result<Vec<Job>, StoreError>;

    /// How many jobs of a kind are of this line that have not ended, whose turn is not over, and that nobody wants to end; and how many of these
    /// are this person's.
    async fn open_jobs(&self, kind: Kind, lane: super::job::Lane)
    -> Result<(u32, u32), StoreError>;

    /// Lets jobs that wait have their turn, as far as `turns` leave room: they become ready at `at`.
    ///
    /// Turns are fair. In a line, whose last turn is the longest ago comes first, and each person has one turn before anybody has their next; of one
    /// person's jobs the oldest comes first. Among the lines it is the same. Those that had no turn yet come before all others.
    async fn admit(&self, kind: Kind, turns: Turns, at: Moment) -> Result<Vec<JobId>, StoreError>;

    /// Who waits in a line, in the order in which they would have their turns if nobody else came.
    async fn waiting(&self, kind: Kind, lane: u64) -> Result<Vec<Waiting>, StoreError>;

    /// Claims jobs that are ready, may be worked on at `at`, and that nobody holds, or somebody else by a lease that lasts no longer than `at`;
    /// those that may be worked on the longest first, at most `limit`. What `worker` holds itself it may well be working on. Each claim raises the fence and counts an attempt. The leases last until `until`.
    async fn claim(
        &self,
        worker: Worker,
        limit: u32,
        at: Moment,
        until: Moment,
    ) -> Result<Vec<Claim>, StoreError>;

    /// Lets all leases of a worker that still count last until `until`.
    async fn renew(&self, worker: Worker, until: Moment) -> Result<Vec<Renewed>, StoreError>;

    /// Notes how far a job has come. It has come further, so its attempts are counted anew.
    async fn advance(&self, lease: &Lease, checkpoint: &str) -> Result<Written, StoreError>;

    /// Notes what is known of a job that has come no further: its attempts stay counted.
    async fn remember(&self, lease: &Lease, checkpoint: &str) -> Result<Written, StoreError>;

    /// Gives a job back, to be claimed from `run_at` on.
    async fn put_off(
        &self,
        lease: &Lease,
        run_at: Moment,
        how: GivenBack,
    ) -> Result<Written, StoreError>;

    /// Ends a job at `at`, with what is to be remembered of it.
    async fn end_job(
        &self,
        lease: &Lease,
        checkpoint: &str,
        at: Moment,
    ) -> Result<Written, StoreError>;

    /// Gives back all jobs of a worker that ends in good order: their leases end at once, and the attempt is not counted.
    async fn release(&self, worker: Worker) -> Result<(), StoreError>;

    /// Ends every lease there is, where this process alone works on the store; the attempts stay counted. Nothing where others do too.
    async fn reclaim(&self) -> Result<(), StoreError>;

    /// Notes that somebody wants a job to end, unless it has. One that nobody works on becomes ready at `at`, so that it is ended. The job as it is
    /// then; none when there is none or it had ended.
    async fn cancel_job(&self, id: JobId, at: Moment) -> Result<Option<Job>, StoreError>;

    /// The same for all jobs of a line that have not ended. Their names.
    async fn cancel_lane(&self, lane: u64, at: Moment) -> Result<Vec<JobId>, StoreError>;

    /// Lets a job stand in its line that is ready, was not cancelled, and that nobody works on, with this checkpoint in the place of `instead_of`.
    /// Whether it was so.
    async fn line_up(
        &self,
        id: JobId,
        instead_of: &str,
        checkpoint: &str,
    ) -> Result<bool, StoreError>;

    /// When the next job may be claimed that is ready.
    async fn next_due(&self) -> Result<Option<Moment>, StoreError>;

    /// Forgets jobs that ended before this moment. How many.
    async fn forget_jobs(&self, before: Moment) -> Result<u64, StoreError>;
}
