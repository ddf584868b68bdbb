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
use super::checked::checked;
use super::request_log::RequestId;
use crate::check;
use crate::engines::Event;
use crate::failure::passed_on;
use crate::fold::{Head, Pieces};
use crate::pace::paced;
use crate::run::whole;
use crate::{Failure, clock};

/// Answers, or says why not.
pub(super) async fn answer(
    State(shared): State<Shared>,
    Extension(id): Extension<RequestId>,
    body: Body,
) -> Result<Response, Failure> {
    let checked = checked(&shared, body, check::read).await?;
    let permit = admit(&shared)?;
    let headers = about(shared.answering.engine.name(), checked.ignored);
    let request = Arc::new(checked.request);
    let head = Head::new(
        format!("{}{}", shared.answering.engine.id_prefix(), id.0),
        clock::unix_seconds(),
        &request,
        shared.settings.dialect,
    );
    let streams = request.stream == Some(true);
    let events =
        shared
            .answering
            .events(request, shared.settings.answer_time, shared.stopped.clone());
    let answered = if streams {
        streamed(&shared, events, head, permit).await
    } else {
        plain(events, head, permit).await
    };
    Ok((headers, answered?).into_response())
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
            .retry_after(1)
        })
}

/// The headers that say who answers and what had no effect.
pub(super) fn about(engine: &str, ignored: Option<String>) -> HeaderMap {
    let told = [
        ("x-answer-engine", Some(engine.to_owned())),
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

async fn plain(
    events: BoxStream<'static, Event>,
    head: Head,
    permit: OwnedSemaphorePermit,
) -> Result<Response, Failure> {
    let (told, events) = told_upstream(events).await;
    let reply = whole(events, head).await?;
    drop(permit);
    Ok((told, Json(reply)).into_response())
}

/// What a service behind this one says about its reply, before the rest of the events.
async fn told_upstream(
    mut events: BoxStream<'static, Event>,
) -> (HeaderMap, BoxStream<'static, Event>) {
    let first = events.next().await;
    let told = headers_of(first.as_ref());
    (told, stream::iter(first).chain(events).boxed())
}

fn headers_of(first: Option<&Event>) -> HeaderMap {
    match first {
        Some(Event::Upstream(upstream)) => passed_on(upstream.headers.clone()),
        _ => HeaderMap::new(),
    }
}

/// Waits a moment for the first event, so that what fails at once fails with its HTTP status.
async fn streamed(
    shared: &Shared,
    mut events: BoxStream<'static, Event>,
    head: Head,
    permit: OwnedSemaphorePermit,
) -> Result<Response, Failure> {
    let settings = &shared.settings;
    let first = match timeout(settings.keep_alive, events.next()).await {
        Ok(Some(Event::Failed(failure))) => return Err(failure),
        Ok(first) => first,
        Err(_) => None,
    };
    let told = headers_of(first.as_ref());
    let events = paced(stream::iter(first).chain(events), settings.pace);
    let done_sentinel = settings.dialect.done_sentinel;
    let messages = server_sent(events, Pieces::new(head), done_sentinel, permit);
    let keep_alive = KeepAlive::new()
        .interval(settings.keep_alive)
        .text("keep-alive");
    let answered = Sse::new(messages).keep_alive(keep_alive);
    Ok((told, answered).into_response())
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
