//! A stand-in of the Agent API. Must not be kinder than the service is.
//!
//! It answers `POST /v1/responses` in one reply, in a stream and in the background, with what comes beside it: as strict as the
//! service, with its sentences, events, headers and prices.

mod answer;
mod ask;
mod events;
mod filters;
mod headers;
mod models;
mod record;
mod refusal;
mod response;
mod routes;
mod rules;
mod run;
mod runs;
mod shape;
mod state;
mod usage;
mod world;

use std::io;
use std::sync::Arc;
use std::time::Duration;

pub use record::{Asked, Calls};
pub use refusal::Refusal;
pub use run::{End, Run, Step, fetched, result, search_results, split_text};
pub use runs::Progress;

use crate::{Running, Script};
use state::Inner;

/// How a stand-in of the Agent API behaves. The default accepts `test-key`, answers at once, and lets a background run be queued
/// for one look and in progress for another.
#[derive(Clone, Debug)]
pub struct AgentSettings {
    /// The port; 0 takes a free one. Default 0.
    pub port: u16,
    /// Keys that are accepted. Default `test-key`.
    pub keys: Vec<String>,
    /// Keys that are refused with 403. Default none.
    pub blocked_keys: Vec<String>,
    /// Keys that are refused with 401 for want of credit. Default none.
    pub keys_without_credit: Vec<String>,
    /// Requests of one second; more are refused with 429. Default without bound.
    pub requests_a_second: Option<u32>,
    /// How long to wait before each event of a stream; a plain reply takes as long as its stream would. Default not at all.
    pub pace: Duration,
    /// The text of a run comes in pieces of so many bytes. Default in words.
    pub piece_bytes: Option<usize>,
    /// Searches of a run, where it searches. Default as many as its level is known for.
    pub searches: Option<usize>,
    /// How background runs get on.
    pub background: Progress,
    /// Whether streams hold an event of a type that nobody knows yet. Default yes.
    pub unknown_events: bool,
}

impl Default for AgentSettings {
    fn default() -> Self {
        Self {
            port: 0,
            keys: vec!["test-key".to_owned()],
            blocked_keys: Vec::new(),
            keys_without_credit: Vec::new(),
            requests_a_second: None,
            pace: Duration::ZERO,
            piece_bytes: None,
            searches: None,
            background: Progress::default(),
            unknown_events: true,
        }
    }
}

/// A stand-in of the Agent API that listens until it is dropped.
#[derive(Debug)]
pub struct AgentApi {
    running: Running,
    inner: Arc<Inner>,
}

impl AgentApi {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// When the port cannot be had.
    pub async fn start(settings: AgentSettings) -> io::Result<Self> {
        let port = settings.port;
        let inner = Arc::new(Inner::new(settings));
        let running = Running::start(port, routes::routes(Arc::clone(&inner))).await?;
        Ok(Self { running, inner })
    }

    /// Its base address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// The troubles of the next requests. Every request takes one, also those that only look at a run.
    #[must_use]
    pub fn script(&self) -> &Script {
        &self.inner.script
    }

    /// The next request that is accepted and has no run yet gets this one, instead of one made for it.
    pub fn next_run(&self, run: Run) -> &Self {
        self.inner.plan(run);
        self
    }

    /// Changes how background runs get on, also those that were begun.
    pub fn set_background(&self, progress: Progress) {
        self.inner.set_progress(progress);
    }

    /// Forgets every run: who looks for one finds nothing.
    pub fn forget_runs(&self) {
        self.inner.runs().forget_all();
    }

    /// How often it was asked for what.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.inner.record().calls
    }

    /// What all runs cost, in USD. The service tells five decimals; sums are exact.
    #[must_use]
    pub fn money(&self) -> f64 {
        self.inner.record().money.usd()
    }

    /// The requests as they came, the oldest first: the last two thousand.
    #[must_use]
    pub fn requests(&self) -> Vec<Asked> {
        self.inner.record().asked.iter().cloned().collect()
    }

    /// The bodies of the requests that would begin a run, the oldest first.
    #[must_use]
    pub fn bodies(&self) -> Vec<serde_json::Value> {
        let begins = |asked: &Asked| asked.method == "POST" && !asked.path.ends_with("/cancel");
        let requests = self.requests().into_iter();
        requests.filter(begins).map(|asked| asked.body).collect()
    }

    /// How many replies are being sent: a reader that goes away ends its reply.
    #[must_use]
    pub fn open_replies(&self) -> usize {
        self.inner.open_replies()
    }

    /// Breaks every connection and waits until nothing of it runs any longer.
    pub async fn close(self) {
        self.running.close().await;
    }
}
