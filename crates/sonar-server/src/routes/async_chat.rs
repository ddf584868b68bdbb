//! `/async/chat/completions`: submits chat requests as jobs, lists them and shows one. Must not know how they are kept.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

use super::Shared;
use super::chat::about;
use super::checked::checked;
use crate::jobs::{Asked, Client, Page};
use crate::visitor::Visitor;
use crate::{Failure, check};

/// `POST`: makes a job of a request that keeps every rule.
pub(super) async fn submit(
    State(shared): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    body: Body,
) -> Result<Response, Failure> {
    let client = client(&shared, visitor);
    let submission = checked(&shared, body, check::read_submission).await?;
    let checked = submission.checked;
    let told = about(shared.answering.engine.name(), checked.ignored);
    let key = submission.idempotency_key;
    let engine = Arc::clone(&shared.answering.engine);
    let jobs = &shared.jobs;
    let job = jobs
        .submit(client, checked.request, key, engine, shared.stopped.clone())
        .await?;
    Ok((told, Json(job)).into_response())
}

/// `GET`: a page of the client's jobs.
pub(super) async fn list(
    State(shared): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    uri: Uri,
) -> Result<Json<Page>, Failure> {
    let client = client(&shared, visitor);
    let asked = Asked::read(&uri)?;
    Ok(Json(shared.jobs.list(&client, asked).await?))
}

/// `GET …/{id}`: one job, with its answer when there is one. What the query and the internal headers say changes nothing.
pub(super) async fn get(
    State(shared): State<Shared>,
    Extension(visitor): Extension<Visitor>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Failure> {
    let client = client(&shared, visitor);
    let Path(id) = id.map_err(|_| Failure::not_found())?;
    let engine = shared.answering.engine.as_ref();
    let job = shared.jobs.get(&client, &id, engine).await?;
    let told = job.engine.as_deref().map(|engine| about(engine, None));
    Ok((told.unwrap_or_default(), Json(job)).into_response())
}

fn client(shared: &Shared, visitor: Visitor) -> Client {
    Client::of(visitor, &shared.settings.keys)
}
