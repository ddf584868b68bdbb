//! Works on jobs: claims what is due, holds on to it, and gives everything back when it is told to stop.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dashmap::DashMap;
use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::backoff::{Backoff, about};
use super::job::{
    Claim, GivenBack, Job, JobId, Kind, Lease, NewJob, Renewed, Starts, Turns, Worker, Written,
};
use super::ports::{JobStore, StoreError};
use crate::clock::{Clock, Moment};
use crate::failpoint;

/// How long a lease lasts that is not renewed.
pub const LEASE: Duration = Duration::from_secs(30);

/// How often leases are renewed.
pub const RENEWAL: Duration = Duration::from_secs(10);

/// How often it is looked for what another process made due, where several share the store.
const LOOK: Duration = Duration::from_secs(1);

/// The same where nobody else does: nothing is made due without a word to the workers.
const LOOK_ALONE: Duration = Duration::from_secs(30);

/// The shortest wait between two looks that nobody asked for.
const SHORTEST: Duration = Duration::from_millis(20);

/// A job that was claimed so often without coming any further is given up: it may be what ends the process.
pub const MOST_ATTEMPTS: u32 = 10;

/// The waits after work that failed.
const FAILED: Backoff = Backoff {
    first: Duration::from_secs(1),
    longest: Duration::from_secs(60),
};

/// What is to be done with a job that was worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It has ended.
    Ended,
    /// It goes on after this time.
    After(Duration),
    /// The same, and others need not wait for it any longer.
    TurnOverAfter(Duration),
    /// Nothing: the lease is lost, or the workers stop.
    Dropped,
}

/// Work of one kind.
#[async_trait]
pub trait Work: Send + Sync {
    /// Which.
    fn kind(&self) -> Kind;

    /// How many jobs of it have their turn at the same time, where they stand in lines.
    fn turns(&self) -> Option<Turns> {
        None
    }

    /// How often it comes again, where it is one job that does.
    fn every(&self) -> Option<Duration> {
        None
    }

    /// Works on a job as far as it goes. Ends soon once [`Held::is_stopped`].
    async fn carry_on(&self, held: &Held) -> Result<Next, StoreError>;

    /// Ends a job that was claimed too often without coming any further, so that somebody sees it.
    async fn abandon(&self, held: &Held) -> Result<Next, StoreError>;

    /// Jobs had their turn, so that others moved up. Must not wait.
    fn moved_up(&self) {}
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// It was over.
    Over,
    /// Somebody wants the job to end.
    Cancelled,
    /// The work is to be dropped.
    Stopped,
}

/// A job that is being worked on.
pub struct Held {
    /// The job as it was claimed.
    pub job: Job,
    /// The right to work on it.
    pub lease: Lease,
    store: Arc<dyn JobStore>,
    cancelled: CancellationToken,
    stop: CancellationToken,
}

impl Held {
    /// Whether somebody wants it to end.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }

    /// Whether the work is to be dropped: the lease is lost, or the workers stop.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Waits, or until there is something else to do. Who was told that the job is to end is not told again.
    pub async fn wait(&self, span: Duration) -> Waited {
        let told = self.is_cancelled();
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Waited::Stopped,
            () = self.cancelled.cancelled(), if !told => Waited::Cancelled,
            () = sleep(span) => Waited::Over,
        }
    }

    /// Notes how far it has come.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when that is not known; then it is not noted, or it is.
    pub async fn advance(&self, checkpoint: &str) -> Result<Written, StoreError> {
        let written = self.store.advance(&self.lease, checkpoint).await?;
        self.note(written);
        Ok(written)
    }

    /// Notes what is known of it where it has come no further.
    ///
    /// # Errors
    ///
    /// As [`Held::advance`].
    pub async fn remember(&self, checkpoint: &str) -> Result<Written, StoreError> {
        let written = self.store.remember(&self.lease, checkpoint).await?;
        self.note(written);
        Ok(written)
    }

    /// Ends it.
    ///
    /// # Errors
    ///
    /// As [`Held::advance`].
    pub async fn end(&self, checkpoint: &str, at: Moment) -> Result<Next, StoreError> {
        let written = self.store.end_job(&self.lease, checkpoint, at).await?;
        self.note(written);
        Ok(match written {
            Written::Done => Next::Ended,
            Written::Lost => Next::Dropped,
        })
    }

    /// What is not written because the lease is lost ends the work.
    pub fn note(&self, written: Written) {
        if written == Written::Lost {
            tracing::warn!(job = %self.job.id, "another process works on this job by now");
            self.stop.cancel();
        }
    }
}

/// A job that this process works on, for those who have something to tell it.
struct Running {
    fence: i64,
    cancelled: CancellationToken,
    stop: CancellationToken,
}

/// The workers of one process.
pub struct Workers {
    store: Arc<dyn JobStore>,
    clock: Arc<dyn Clock>,
    worker: Worker,
    /// As many jobs are worked on at the same time.
    most: usize,
    running: DashMap<JobId, Running>,
    wake: Notify,
}

impl Workers {
    /// Workers that work on at most `most` jobs at the same time.
    pub fn new(store: Arc<dyn JobStore>, clock: Arc<dyn Clock>, most: usize) -> Self {
        Self {
            store,
            clock,
            worker: Worker::random(),
            most,
            running: DashMap::new(),
            wake: Notify::new(),
        }
    }

    /// The name that their leases bear.
    pub fn name(&self) -> Worker {
        self.worker
    }

    /// There may be something to do: a job was made, or lined up.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Tells a job that somebody wants it to end, whether it is worked on here or waits; elsewhere it is learnt when its lease is renewed.
    pub fn cancel(&self, job: JobId) {
        if let Some(running) = self.running.get(&job) {
            running.cancelled.cancel();
        }
        self.wake();
    }

    /// How many jobs are worked on.
    pub fn busy(&self) -> usize {
        self.running.len()
    }

    /// The moment that is now, by the clock that jobs are timed by.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store's own clock cannot be read.
    pub async fn now(&self) -> Result<Moment, StoreError> {
        Ok(match self.store.now().await? {
            Some(now) => now,
            None => self.clock.now(),
        })
    }

    /// Works until `stop`, then lets what is being done end within `grace`, and gives back what is left.
    pub async fn run(
        self: &Arc<Self>,
        works: Vec<Arc<dyn Work>>,
        stop: CancellationToken,
        grace: Duration,
    ) {
        let works: HashMap<Kind, Arc<dyn Work>> =
            works.into_iter().map(|work| (work.kind(), work)).collect();
        let tasks = TaskTracker::new();
        let alone = stop.run_until_cancelled(self.begin(&works)).await;
        let look = if alone.unwrap_or(true) {
            LOOK_ALONE
        } else {
            LOOK
        };
        let mut renewal = interval(RENEWAL);
        renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            let wait = match self.work_off(&works, &tasks).await {
                Ok(wait) => wait.min(look),
                Err(error) => {
                    tracing::error!(%error, "jobs could not be claimed; it is tried again");
                    LOOK
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                _ = renewal.tick() => self.renew().await,
                () = self.wake.notified() => {}
                () = sleep(wait) => {}
            }
        }
        self.drain(&tasks, grace).await;
    }

    /// Takes over what a former process left, and makes the jobs that come again and again. Whether nobody else works on the store.
    async fn begin(&self, works: &HashMap<Kind, Arc<dyn Work>>) -> bool {
        loop {
            match self.try_to_begin(works).await {
                Ok(alone) => return alone,
                Err(error) => {
                    tracing::error!(%error, "jobs could not be looked at; it is tried again");
                    sleep(LOOK).await;
                }
            }
        }
    }

    async fn try_to_begin(&self, works: &HashMap<Kind, Arc<dyn Work>>) -> Result<bool, StoreError> {
        failpoint::pass("jobs.before_reclaim");
        self.store.reclaim().await?;
        failpoint::pass("jobs.after_reclaim");
        let alone = self.store.now().await?.is_none();
        let at = self.now().await?;
        for work in works.values().filter(|work| work.every().is_some()) {
            let job = NewJob {
                id: JobId::of_recurring(work.kind()),
                kind: work.kind(),
                lane: None,
                starts: Starts::At(at),
                checkpoint: String::new(),
                at,
            };
            self.store.add_job(&job).await?;
        }
        Ok(alone)
    }

    /// Gives every job that has its turn to somebody. How long it is until the next one is due.
    async fn work_off(
        self: &Arc<Self>,
        works: &HashMap<Kind, Arc<dyn Work>>,
        tasks: &TaskTracker,
    ) -> Result<Duration, StoreError> {
        let at = self.now().await?;
        for work in works.values() {
            if let Some(turns) = work.turns()
                && !self.store.admit(work.kind(), turns, at).await?.is_empty()
            {
                work.moved_up();
            }
        }
        let room = self.most.saturating_sub(self.running.len());
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        if room == 0 {
            return Ok(LOOK_ALONE);
        }
        let until = later(at, LEASE);
        let claims = self.store.claim(self.worker, room, at, until).await?;
        failpoint::pass("jobs.after_claim");
        for claim in claims {
            self.take_up(claim, works, tasks);
        }
        let due = self.store.next_due().await?;
        // What is due and was not claimed is held here already.
        Ok(due.map_or(LOOK_ALONE, |due| due.since(at)).max(SHORTEST))
    }

    fn take_up(
        self: &Arc<Self>,
        claim: Claim,
        works: &HashMap<Kind, Arc<dyn Work>>,
        tasks: &TaskTracker,
    ) {
        let Some(work) = works.get(&claim.job.kind).map(Arc::clone) else {
            return tracing::error!(job = %claim.job.id, kind = claim.job.kind.name(), "nobody does this kind of work");
        };
        let held = Held {
            store: Arc::clone(&self.store),
            cancelled: CancellationToken::new(),
            stop: CancellationToken::new(),
            lease: claim.lease,
            job: claim.job,
        };
        if held.job.cancelled {
            held.cancelled.cancel();
        }
        let running = Running {
            fence: held.lease.fence,
            cancelled: held.cancelled.clone(),
            stop: held.stop.clone(),
        };
        // One of an earlier claim has lost its lease to this one.
        if let Some(earlier) = self.running.insert(held.job.id, running) {
            earlier.stop.cancel();
        }
        let workers = Arc::clone(self);
        tasks.spawn(async move { workers.work(work, held).await });
    }

    async fn work(&self, work: Arc<dyn Work>, held: Held) {
        let job = held.job.id;
        let poisoned = held.job.attempts > MOST_ATTEMPTS;
        let working = async {
            if poisoned {
                tracing::error!(%job, kind = held.job.kind.name(), attempts = held.job.attempts, "a job came no further however often it was begun; it is given up");
                work.abandon(&held).await
            } else {
                work.carry_on(&held).await
            }
        };
        let mut how = GivenBack::Failed;
        let next = match AssertUnwindSafe(working).catch_unwind().await {
            Ok(Ok(next)) => {
                how = match next {
                    Next::TurnOverAfter(_) => GivenBack::TurnOver,
                    Next::After(_) | Next::Ended | Next::Dropped => GivenBack::Well,
                };
                next
            }
            Ok(Err(error)) => {
                tracing::error!(%job, %error, "work on a job failed; it is tried again");
                Next::After(FAILED.wait(held.job.attempts, chance()))
            }
            Err(_) => {
                tracing::error!(%job, kind = held.job.kind.name(), "work on a job panicked");
                Next::After(FAILED.wait(held.job.attempts, chance()))
            }
        };
        if let Next::After(span) | Next::TurnOverAfter(span) = next
            && let Err(error) = self.put_off(&held.lease, span, how).await
        {
            tracing::error!(%job, %error, "a job could not be given back; its lease runs out");
        }
        self.running
            .remove_if(&job, |_, running| running.fence == held.lease.fence);
        self.wake();
    }

    async fn put_off(
        &self,
        lease: &Lease,
        span: Duration,
        how: GivenBack,
    ) -> Result<(), StoreError> {
        let at = later(self.now().await?, span);
        // Where the lease is lost, whoever has it sees to the job.
        let _ = self.store.put_off(lease, at, how).await?;
        Ok(())
    }

    /// Holds on to what is worked on, and learns what was lost and what is to end.
    async fn renew(&self) {
        let held: Vec<(JobId, i64)> = self
            .running
            .iter()
            .map(|running| (*running.key(), running.fence))
            .collect();
        let renewed = match self.now().await {
            Ok(at) => self.store.renew(self.worker, later(at, LEASE)).await,
            Err(error) => Err(error),
        };
        let renewed = match renewed {
            Ok(renewed) => renewed,
            // Whatever is written bears a fence, so that nothing is lost but time.
            Err(error) => {
                return tracing::error!(%error, "leases could not be renewed; it is tried again");
            }
        };
        let by_job: HashMap<JobId, _> = renewed
            .into_iter()
            .map(|renewed| (renewed.lease.job, renewed))
            .collect();
        self.give_back_what_nobody_works_on(by_job.values()).await;
        for (job, fence) in held {
            let Some(running) = self.running.get(&job).filter(|now| now.fence == fence) else {
                continue;
            };
            match by_job.get(&job) {
                Some(renewed) if renewed.lease.fence == fence => {
                    if renewed.cancelled {
                        running.cancelled.cancel();
                    }
                }
                _ => running.stop.cancel(),
            }
        }
    }

    /// What this process holds and does not work on: it could not be given back, or that it was claimed was never heard.
    async fn give_back_what_nobody_works_on(&self, held: impl Iterator<Item = &Renewed>) {
        for Renewed { lease, .. } in held {
            let works_on_it = self
                .running
                .get(&lease.job)
                .is_some_and(|running| running.fence == lease.fence);
            // One that has just ended is not held any more: then nothing is written.
            if !works_on_it
                && let Err(error) = self.put_off(lease, Duration::ZERO, GivenBack::Failed).await
            {
                tracing::error!(job = %lease.job, %error, "a job could not be given back; it is tried again");
            }
        }
    }

    async fn drain(&self, tasks: &TaskTracker, grace: Duration) {
        for running in &self.running {
            running.stop.cancel();
        }
        tasks.close();
        let until = Instant::now() + grace;
        if timeout(grace, tasks.wait()).await.is_err() {
            tracing::warn!(
                left = self.running.len(),
                "jobs are given back unfinished; the next process goes on with them"
            );
        }
        failpoint::pass("jobs.before_release");
        let left = until.saturating_duration_since(Instant::now()).max(LOOK);
        match timeout(left, self.store.release(self.worker)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "jobs could not be given back; their leases run out")
            }
            Err(_) => tracing::error!("jobs could not be given back in time; their leases run out"),
        }
    }
}

/// Chance, from 0 to 1.
pub fn chance() -> f64 {
    // The upper 48 bits of a random name are all random.
    (Uuid::new_v4().as_u128() >> 80) as f64 / (1_u64 << 48) as f64
}

/// When work comes again that comes every so often: not all of it at the same time.
pub fn next_time(every: Duration) -> Next {
    Next::After(about(every, chance()))
}

/// The moment so long after another.
pub fn later(at: Moment, span: Duration) -> Moment {
    let millis = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    Moment(at.0.saturating_add(millis))
}
