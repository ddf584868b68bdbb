//! What the server answers at which path: the list of routes. Must decide nothing about answers.

mod body;
mod chat;
mod checked;
mod documents;
mod health;
mod request_log;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::engines::Engine;
use crate::run::Answering;
use crate::{Failure, ServerSettings, links};

/// What every route may use.
#[derive(Clone)]
pub(crate) struct Shared {
    settings: Arc<ServerSettings>,
    answering: Answering,
    /// One permit an answer that is being written.
    answers: Arc<Semaphore>,
    /// One permit a large request body in memory.
    large_bodies: Arc<Semaphore>,
    /// Cancelled when answers must end at once.
    stopped: CancellationToken,
}

impl Shared {
    pub(crate) fn new(
        settings: ServerSettings,
        bound: SocketAddr,
        engine: Arc<dyn Engine>,
        stopped: CancellationToken,
    ) -> Self {
        let answers = settings.answers.min(Semaphore::MAX_PERMITS);
        Self {
            answering: Answering {
                documents_at: links::address(&settings, bound).map(Arc::from),
                engine,
            },
            settings: Arc::new(settings),
            answers: Arc::new(Semaphore::new(answers)),
            large_bodies: Arc::new(Semaphore::new(body::LARGE_AT_ONCE)),
            stopped,
        }
    }
}

/// All routes.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/chat/completions", post(chat::answer))
        .route("/v1/chat/completions", post(chat::answer))
        .route("/v1/sonar", post(chat::answer))
        .route("/documents/{*path}", get(documents::show))
        .route("/healthz", get(health::health))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(request_log::watch))
        .with_state(shared)
}

async fn unknown_path() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "not_found", "resource not found")
}

async fn wrong_method() -> Failure {
    Failure::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This path does not take this method; the header `allow` names those it takes.",
    )
}
