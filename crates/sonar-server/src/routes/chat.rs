//! `POST /chat/completions`: answers a chat request, as one JSON reply or as server-sent events. Knows no engine.

use std::convert::Infallible;
use std::sync::Arc;

use async_stream::stream;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use sonar::ChatChunk;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::Shared;
use super::body;
use super::documents::linked;
use super::request_log::RequestId;
use crate::check::{self, Checked};
use crate::engines::Event;
use crate::fold::{Head, Pieces, Whole};
use crate::pace::paced;
use crate::run::guarded;
use crate::{Failure, clock, keys};

/// Answers, or says why not.
pub(super) async fn answer(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    if !keys::lets_in(&shared.settings.keys, &headers) {
        return Err(wrong_key());
    }
    let permit = admit(&shared)?;
    let checked = checked(&shared, body).await?;
    let headers = about(&shared, checked.ignored);
    let head = Head {
        id: format!("{}{}", shared.engine.id_prefix(), id.0),
        created: clock::unix_seconds(),
        request: Arc::new(checked.request),
    };
    let answered = if head.request.stream == Some(true) {
        streamed(&shared, head, permit).await
    } else {
        plain(&shared, head, permit).await
    };
    Ok((headers, answered?).into_response())
}

/// Reads and checks the request; a large one apart, for it would hold up all others meanwhile.
async fn checked(shared: &Shared, body: Body) -> Result<Checked, Failure> {
    let settings = &shared.settings;
    let time = settings.request_time;
    let body = body::read(body, settings.body_limit, time, &shared.large_bodies).await?;
    let domains = settings.domain_limit;
    let Some(permit) = body.large else {
        return check::read(&body.bytes, domains, shared.engine.as_ref());
    };
    let engine = Arc::clone(&shared.engine);
    let checking = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        check::read(&body.bytes, domains, engine.as_ref())
    });
    checking.await.unwrap_or_else(|_| Err(Failure::internal()))
}

fn wrong_key() -> Failure {
    Failure::new(
        StatusCode::UNAUTHORIZED,
        "invalid_api_key",
        "Invalid API key provided. Ensure your API key is correct and active.",
    )
}

fn admit(shared: &Shared) -> Result<OwnedSemaphorePermit, Failure> {
    Arc::clone(&shared.answers)
        .try_acquire_owned()
        .map_err(|_| {
            Failure::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "overloaded",
                "The server writes as many answers as it may; ask again in a moment.",
            )
        })
}

/// The headers that say who answers and what had no effect.
fn about(shared: &Shared, ignored: Option<String>) -> HeaderMap {
    let told = [
        ("x-answer-engine", Some(shared.engine.name().to_owned())),
        ("x-sonar-ignored", ignored),
    ];
    let header = |(name, value): (&'static str, Option<String>)| {
        Some((
            HeaderName::from_static(name),
            HeaderValue::from_str(&value?).ok()?,
        ))
    };
    told.into_iter().filter_map(header).collect()
}

fn events(shared: &Shared, head: &Head) -> BoxStream<'static, Event> {
    let documents_at = shared.documents_at.clone();
    let events = guarded(
        shared.engine.as_ref(),
        Arc::clone(&head.request),
        shared.settings.answer_time,
        shared.stopped.clone(),
    );
    events
        .map(move |event| linked(event, documents_at.as_deref()))
        .boxed()
}

async fn plain(
    shared: &Shared,
    head: Head,
    permit: OwnedSemaphorePermit,
) -> Result<Response, Failure> {
    let mut events = events(shared, &head);
    let mut whole = Whole::new(head);
    while let Some(event) = events.next().await {
        if let Some(reply) = whole.take(event) {
            drop(permit);
            return Ok(Json(reply?).into_response());
        }
    }
    Err(Failure::internal())
}

/// Waits a moment for the first event, so that what fails at once fails with its HTTP status.
async fn streamed(
    shared: &Shared,
    head: Head,
    permit: OwnedSemaphorePermit,
) -> Result<Response, Failure> {
    let settings = &shared.settings;
    let mut events = events(shared, &head);
    let first = match timeout(settings.keep_alive, events.next()).await {
        Ok(Some(Event::Failed(failure))) => return Err(failure),
        Ok(first) => first,
        Err(_) => None,
    };
    let events = paced(stream::iter(first).chain(events), settings.pace);
    let messages = server_sent(events, Pieces::new(head), settings.done_sentinel, permit);
    let keep_alive = KeepAlive::new()
        .interval(settings.keep_alive)
        .text("keep-alive");
    Ok(Sse::new(messages).keep_alive(keep_alive).into_response())
}

fn server_sent(
    mut events: BoxStream<'static, Event>,
    mut pieces: Pieces,
    done_sentinel: bool,
    permit: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<sse::Event, Infallible>> + Send {
    stream! {
        let _permit = permit;
        while let Some(event) = events.next().await {
            match pieces.take(event) {
                Ok(pieces) => for piece in pieces {
                    yield Ok(message(&piece));
                },
                Err(failure) => {
                    yield Ok(sse::Event::default().event("error").data(failure.body().to_string()));
                    return;
                }
            }
        }
        if done_sentinel {
            yield Ok(sse::Event::default().data("[DONE]"));
        }
    }
}

fn message(piece: &ChatChunk) -> sse::Event {
    let json =
        serde_json::to_string(piece).unwrap_or_else(|_| Failure::internal().body().to_string());
    sse::Event::default().data(json)
}
