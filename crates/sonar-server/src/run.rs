//! Runs an engine so that whatever it does, one answer ends once. Must not look into the text.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_stream::stream;
use axum::http::StatusCode;
use futures_util::future::FutureExt;
use futures_util::stream::{self, BoxStream, StreamExt};
use sonar::{ChatCompletion, ChatRequest};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::Failure;
use crate::engines::{Engine, Event};
use crate::fold::{Head, Whole};
use crate::links::linked;

/// What answers, wherever the answer goes.
#[derive(Clone)]
pub(crate) struct Answering {
    pub(crate) engine: Arc<dyn Engine>,
    /// Where links to documents without a public address begin.
    pub(crate) documents_at: Option<Arc<str>>,
}

impl Answering {
    /// The answer as it comes, which ends once, and whose sources can be followed.
    pub(crate) fn events(
        &self,
        request: Arc<ChatRequest>,
        longest: Duration,
        stopped: CancellationToken,
    ) -> BoxStream<'static, Event> {
        let documents_at = self.documents_at.clone();
        guarded(|| self.engine.answer(request), longest, stopped)
            .map(move |event| linked(event, documents_at.as_deref()))
            .boxed()
    }

    /// The answer of a run that was begun elsewhere.
    ///
    /// # Errors
    ///
    /// A [`Failure`] when the engine has no runs elsewhere: the settings have changed since.
    pub(crate) fn followed(
        &self,
        run: &str,
        request: Arc<ChatRequest>,
        longest: Duration,
        stopped: CancellationToken,
    ) -> Result<BoxStream<'static, Event>, Failure> {
        let elsewhere = self.engine.elsewhere().ok_or_else(|| {
            Failure::new(
                StatusCode::BAD_GATEWAY,
                "upstream_lost",
                "The service that took this request is not set any more.",
            )
        })?;
        Ok(guarded(|| elsewhere.follow(run, request), longest, stopped))
    }
}

/// The answer as one reply.
pub(crate) async fn whole(
    mut events: BoxStream<'static, Event>,
    head: Head,
) -> Result<ChatCompletion, Failure> {
    let mut whole = Whole::new(head);
    while let Some(event) = events.next().await {
        if let Some(reply) = whole.take(event) {
            return reply;
        }
    }
    Err(Failure::internal())
}

/// The engine's events in order: sources, text, and exactly one end, be it a failure. A panic, a wrong order, an answer
/// that takes longer than `longest` and a server that stops all end in `Failed`.
fn guarded(
    start: impl FnOnce() -> BoxStream<'static, Event>,
    longest: Duration,
    stopped: CancellationToken,
) -> BoxStream<'static, Event> {
    let deadline = Instant::now() + longest;
    let mut events = started(start);
    let mut order = Order::default();
    let guarded = stream! {
        loop {
            let next = AssertUnwindSafe(events.next()).catch_unwind();
            let event = tokio::select! {
                biased;
                () = stopped.cancelled() => Event::Failed(stopping()),
                next = next => order.follow(next.unwrap_or_else(|_| Some(broken("it panicked")))),
                () = sleep_until(deadline) => Event::Failed(too_slow(longest)),
            };
            let ended = matches!(event, Event::Done(_) | Event::Failed(_));
            yield event;
            if ended {
                return;
            }
        }
    };
    guarded.boxed()
}

fn started(start: impl FnOnce() -> BoxStream<'static, Event>) -> BoxStream<'static, Event> {
    std::panic::catch_unwind(AssertUnwindSafe(start))
        .unwrap_or_else(|_| stream::iter([broken("it panicked")]).boxed())
}

/// Whether the engine keeps to the order of events.
#[derive(Default)]
struct Order {
    begun: bool,
    sources_named: bool,
}

impl Order {
    /// The event, or the failure that stands for an engine that lost its way.
    fn follow(&mut self, event: Option<Event>) -> Event {
        match event {
            None => broken("it stopped without an end"),
            Some(Event::Upstream(_)) if self.begun => broken("it told late who answers"),
            Some(Event::Searching(_) | Event::Search(_) | Event::Fetch(_) | Event::Sources(_))
                if self.sources_named =>
            {
                broken("it searched after it had named its sources")
            }
            Some(Event::Delta(_) | Event::MoreSources(_) | Event::Done(_))
                if !self.sources_named =>
            {
                broken("it named no sources first")
            }
            Some(event) => {
                self.begun = true;
                self.sources_named |= matches!(event, Event::Sources(_));
                event
            }
        }
    }
}

fn broken(how: &'static str) -> Event {
    tracing::error!(how, "the engine broke off an answer");
    Event::Failed(Failure::internal())
}

fn too_slow(longest: Duration) -> Failure {
    Failure::new(
        StatusCode::GATEWAY_TIMEOUT,
        "answer_timeout",
        format!(
            "The answer was not complete after {} seconds.",
            longest.as_secs()
        ),
    )
    .not_again()
}

pub(crate) fn stopping() -> Failure {
    Failure::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "server_stopping",
        "The server stops; ask again in a moment.",
    )
    .retry_after(1)
}
