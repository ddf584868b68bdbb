//! Has the engine answer jobs: each lane in turn, a bounded number at once, every result stored whole or not at all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sonar::ChatRequest;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Jobs;
use super::store::{Begun, StoreError, Waiting};
use crate::fold::Head;
use crate::run::{Answering, whole};
use crate::{Dialect, Failure, pretend};

/// How long a store that does not answer is left alone: full disks are emptied by people.
const REST: Duration = Duration::from_secs(2);
/// How many jobs that run elsewhere are looked at in turns.
const LOOKED_AT: u32 = 1000;
/// How often expired jobs are looked for. Nobody sees an expired job before that either.
const FORGET_EVERY: Duration = Duration::from_secs(600);

/// What works on the jobs of a server.
pub(crate) struct Worker {
    pub(crate) jobs: Arc<Jobs>,
    pub(crate) answering: Answering,
    pub(crate) dialect: Dialect,
    /// Whether every job is to fail, for trying a client.
    pub(crate) fails: bool,
    /// Cancelled when no further job is begun, and those that run elsewhere are not looked at any more.
    pub(crate) closing: CancellationToken,
    /// Cancelled when running jobs are given back.
    pub(crate) stopped: CancellationToken,
}

impl Worker {
    /// Begins jobs until the server closes.
    pub(super) async fn begin_jobs(self: Arc<Self>) {
        let at_once = match self.answering.engine.elsewhere() {
            // What runs elsewhere runs already; here it only has to be looked at.
            Some(_) => LOOKED_AT,
            None => u32::try_from(self.jobs.settings.at_once.max(1)).unwrap_or(u32::MAX),
        };
        let room = Arc::new(Semaphore::new(at_once as usize));
        let mut last_lane = String::new();
        // Only waiting is broken off: a job that was begun is worked on, or given back.
        while let Some((next, permit)) = self
            .closing
            .run_until_cancelled(self.next(&last_lane, &room, at_once))
            .await
        {
            match self.jobs.store.begin(&next.id, self.now()).await {
                Ok(Some(begun)) => {
                    last_lane = next.lane;
                    let working = Arc::clone(&self).work_on(next.id, begun, permit);
                    self.jobs.tasks.spawn(working);
                }
                Ok(None) => {}
                Err(error) => self.rest(&error).await,
            }
        }
    }

    /// The job whose turn it is, once there is room for it.
    async fn next(
        &self,
        last_lane: &str,
        room: &Arc<Semaphore>,
        at_once: u32,
    ) -> (Waiting, OwnedSemaphorePermit) {
        loop {
            let Ok(mut permit) = Arc::clone(room).acquire_owned().await else {
                continue;
            };
            let elsewhere = self.answering.engine.elsewhere().is_some();
            match self.jobs.store.next(last_lane, elsewhere, self.now()).await {
                Ok(Some(next)) => {
                    if self.is_last_attempt(next.attempts)
                        && let Ok(all) = Arc::clone(room).acquire_many_owned(at_once - 1).await
                    {
                        permit.merge(all);
                    }
                    return (next, permit);
                }
                Ok(None) => {
                    drop(permit);
                    self.jobs.waits.notified().await;
                }
                Err(error) => self.rest(&error).await,
            }
        }
    }

    /// Whether a job that was begun this often fails if the process dies once more. It then runs alone: no job fails for
    /// what another one does to the process.
    fn is_last_attempt(&self, attempts: u32) -> bool {
        attempts > 0 && attempts.saturating_add(1) >= self.jobs.settings.attempts
    }

    async fn work_on(self: Arc<Self>, id: String, job: Begun, _permit: OwnedSemaphorePermit) {
        let began = Instant::now();
        let answer = self.answer(&id, &job);
        // What runs elsewhere goes on there, so stopping waits for nothing: the next start looks again.
        let until = match &job.run {
            Some(_) => &self.closing,
            None => &self.stopped,
        };
        let outcome = until.run_until_cancelled(answer).await;
        self.keep(&id, &outcome).await;
        let outcome = match outcome {
            None => "given back",
            Some(Ok(_)) => "completed",
            Some(Err(failure)) => failure.kind,
        };
        tracing::debug!(id, outcome, ms = began.elapsed().as_millis(), "job");
    }

    /// Stores what became of a job; nothing became of one that was stopped. A store that does not answer is tried again
    /// until the server stops: the next start finds the job begun, and begins it again.
    async fn keep(&self, id: &str, outcome: &Option<Result<String, Failure>>) {
        let store = &self.jobs.store;
        loop {
            let kept = match outcome {
                None => store.give_back(id).await,
                Some(Ok(reply)) => {
                    let engine = self.answering.engine.name();
                    store.complete(id, engine, reply, self.now()).await
                }
                Some(Err(failure)) => store.fail(id, &failure.message, self.now()).await,
            };
            match kept {
                Err(error) if !self.stopped.is_cancelled() => self.rest(&error).await,
                _ => return,
            }
        }
    }

    /// The reply to a job's request, as JSON.
    async fn answer(&self, id: &str, job: &Begun) -> Result<String, Failure> {
        let settings = &self.jobs.settings;
        let request: ChatRequest = serde_json::from_str(&job.request).map_err(|error| {
            tracing::error!(id, %error, "the request of a job cannot be read");
            Failure::internal()
        })?;
        sleep(settings.delay).await;
        if self.fails {
            return Err(pretend::failing_job());
        }
        let id = format!("{}{id}", self.answering.engine.id_prefix());
        let head = Head::new(id, self.now(), &request, self.dialect);
        // It is stopped from outside, and then given back instead of failed.
        let unstopped = CancellationToken::new();
        let (request, longest) = (Arc::new(request), settings.answer_time);
        let answering = &self.answering;
        let events = match &job.run {
            Some(run) => answering.followed(run, request, longest, unstopped)?,
            None => answering.events(request, longest, unstopped),
        };
        let reply = whole(events, head).await?;
        serde_json::to_string(&reply).map_err(|_| Failure::internal())
    }

    /// Forgets expired jobs from time to time, until the server closes.
    pub(super) async fn forget_expired(self: Arc<Self>) {
        while !self.closing.is_cancelled() {
            let pause = match self.jobs.store.forget(self.now()).await {
                Ok(true) => Duration::ZERO,
                Ok(false) => FORGET_EVERY,
                Err(error) => {
                    tracing::error!(%error, "expired jobs cannot be forgotten");
                    FORGET_EVERY
                }
            };
            self.closing.run_until_cancelled(sleep(pause)).await;
        }
    }

    async fn rest(&self, error: &StoreError) {
        tracing::error!(%error, "the store of the jobs does not answer; it is tried again");
        self.stopped.run_until_cancelled(sleep(REST)).await;
    }

    fn now(&self) -> i64 {
        self.jobs.settings.clock.now()
    }
}
