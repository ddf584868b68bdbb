//! Asynchronous jobs: submitted, kept, worked on one after another, looked at. An accepted job is never lost.
//!
//! Reading order: `job` is what a client sees, [`Jobs`] takes jobs in and shows them, `store` keeps them, and `worker` has
//! the engine answer them. Must not speak HTTP beyond the [`Failure`] of a request.

mod handed_over;
mod job;
mod owner;
mod page;
mod settings;
mod store;
mod worker;

pub(crate) use job::{Job, Page};
pub(crate) use owner::Client;
pub(crate) use page::Asked;
pub use settings::JobSettings;
pub use store::OpenError;
pub(crate) use worker::Worker;

use std::sync::Arc;

use axum::http::StatusCode;
use sonar::ChatRequest;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use self::handed_over::Handing;
use self::store::{NewJob, Store, StoreError, Submitted};
use crate::Failure;
use crate::engines::Engine;

/// After how many seconds there may be room again.
const TRY_AGAIN: u64 = 5;

/// The jobs of a server.
#[derive(Debug)]
pub(crate) struct Jobs {
    settings: JobSettings,
    store: Store,
    /// Told when a job waits.
    waits: Notify,
    handing: Handing,
    tasks: TaskTracker,
}

impl Jobs {
    /// Opens the file of the jobs; nothing runs before [`Jobs::work`].
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub(crate) async fn open(
        settings: JobSettings,
        tasks: TaskTracker,
    ) -> Result<Arc<Self>, OpenError> {
        let file = settings.file.as_deref();
        let store = Store::open(file, settings.attempts, settings.clock.now()).await?;
        Ok(Arc::new(Self {
            settings,
            store,
            waits: Notify::new(),
            handing: Handing::default(),
            tasks,
        }))
    }

    /// Has jobs answered until the worker is told to stop.
    pub(crate) fn work(&self, worker: Worker) {
        let worker = Arc::new(worker);
        self.tasks.spawn(Arc::clone(&worker).begin_jobs());
        self.tasks.spawn(worker.forget_expired());
    }

    /// Makes a job of a request, or finds the one that was made under the same key. When this returns a job, it is on disk.
    ///
    /// # Errors
    ///
    /// A [`Failure`] when there is no room, when the store does not answer, or when the service that runs the engine's jobs does
    /// not take it.
    pub(crate) async fn submit(
        self: &Arc<Self>,
        client: Client,
        request: ChatRequest,
        idempotency_key: Option<String>,
        engine: Arc<dyn Engine>,
        stopped: CancellationToken,
    ) -> Result<Job, Failure> {
        let new = NewJob {
            id: Uuid::new_v4().to_string(),
            owner: client.owner,
            lane: client.lane,
            idempotency_key,
            model: request.model.clone(),
            request: serde_json::to_string(&request).map_err(|_| Failure::internal())?,
            handing_over: engine.elsewhere().is_some(),
        };
        // A task of its own, because a client that hangs up would leave a job behind that nobody is told of.
        let jobs = Arc::clone(self);
        let submitting = self.tasks.spawn(async move {
            let submitted = match engine.elsewhere() {
                Some(elsewhere) => {
                    jobs.hand_over(new, request, engine.as_ref(), elsewhere, &stopped)
                        .await
                }
                None => jobs.take_in(&new).await,
            };
            jobs.waits.notify_one();
            submitted
        });
        submitting.await.map_err(|_| Failure::internal())?
    }

    async fn take_in(&self, new: &NewJob) -> Result<Job, Failure> {
        let now = self.settings.clock.now();
        let submitted = self.store.submit(new, &self.settings, now).await;
        self.accepted(submitted.map_err(|error| unavailable(&error))?)
    }

    fn accepted(&self, submitted: Submitted) -> Result<Job, Failure> {
        match submitted {
            Submitted::Accepted(job) | Submitted::Known(job) => Ok(job),
            Submitted::TooManyOfOne => Err(Failure::new(
                StatusCode::TOO_MANY_REQUESTS,
                "request_rate_limit_exceeded",
                format!(
                    "{} of your jobs wait already, and no more may; submit again when some have ended.",
                    self.settings.waiting_of_one
                ),
            )
            .retry_after(TRY_AGAIN)),
            Submitted::TooMany => Err(overloaded(
                "As many jobs wait as may; submit again in a moment.",
            )),
            Submitted::Full => Err(overloaded(
                "The jobs take all the room they may; submit again when some have expired.",
            )),
        }
    }

    /// The client's job with this id.
    ///
    /// # Errors
    ///
    /// A [`Failure`] when there is none, when it has expired, or when the store does not answer.
    pub(crate) async fn get(
        &self,
        client: &Client,
        id: &str,
        engine: &dyn Engine,
    ) -> Result<Job, Failure> {
        let now = self.settings.clock.now();
        let found = self.store.get(&client.owner, id, now).await;
        let found = match (
            found.map_err(|error| unavailable(&error))?,
            engine.elsewhere(),
        ) {
            (None, Some(elsewhere)) => self.found_again(client, id, elsewhere).await?,
            (found, _) => found,
        };
        found.ok_or_else(Failure::not_found)
    }

    /// A page of the client's jobs, newest first.
    ///
    /// # Errors
    ///
    /// A [`Failure`] when the store does not answer.
    pub(crate) async fn list(&self, client: &Client, asked: Asked) -> Result<Page, Failure> {
        let now = self.settings.clock.now();
        let listed = self.store.list(&client.owner, asked, now).await;
        listed.map_err(|error| unavailable(&error))
    }

    /// Lets go of the file, when nothing runs any more.
    pub(crate) async fn close(&self) {
        self.store.close().await;
    }
}

fn overloaded(sentence: &str) -> Failure {
    Failure::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", sentence).retry_after(TRY_AGAIN)
}

fn unavailable(error: &StoreError) -> Failure {
    tracing::error!(%error, "the store of the jobs does not answer");
    Failure::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "jobs_unavailable",
        "The jobs cannot be read or written at the moment; the server's log says why.",
    )
    .retry_after(TRY_AGAIN)
}
