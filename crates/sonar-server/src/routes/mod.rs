//! What the server answers at which path: the list of routes. Must decide nothing about answers.

mod async_chat;
mod body;
mod chat;
mod checked;
mod documents;
mod gate;
mod health;
mod refused;
mod request_log;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::refused::refused;
use crate::hosts::Hosts;
use crate::jobs::Jobs;
use crate::rate::Rates;
use crate::run::Answering;
use crate::{Failure, ServerSettings};

/// How many long requests are checked at once.
const LONG_CHECKS: usize = 4;

/// What every route may use.
#[derive(Clone)]
pub(crate) struct Shared {
    settings: Arc<ServerSettings>,
    answering: Answering,
    jobs: Arc<Jobs>,
    /// By which names it may be asked; `None` is any.
    hosts: Option<Arc<Hosts>>,
    /// How often each visitor has asked.
    rates: Arc<Rates>,
    /// One permit an answer that is being written.
    answers: Arc<Semaphore>,
    /// Room for long request bodies.
    body_room: Arc<Semaphore>,
    /// One permit a long request that is being checked: read as JSON it takes many times its size.
    long_checks: Arc<Semaphore>,
    /// Cancelled when answers must end at once.
    stopped: CancellationToken,
}

impl Shared {
    pub(crate) fn new(
        settings: ServerSettings,
        bound: SocketAddr,
        answering: Answering,
        jobs: Arc<Jobs>,
        stopped: CancellationToken,
    ) -> Self {
        let answers = settings.answers.min(Semaphore::MAX_PERMITS);
        Self {
            answering,
            jobs,
            hosts: Hosts::of(&settings, bound).map(Arc::new),
            rates: Arc::new(Rates::new(settings.requests_a_minute.get())),
            body_room: body::room(settings.body_limit),
            settings: Arc::new(settings),
            answers: Arc::new(Semaphore::new(answers)),
            long_checks: Arc::new(Semaphore::new(LONG_CHECKS)),
            stopped,
        }
    }
}

/// All routes: those of the protocol, and two that need no key.
pub(crate) fn router(shared: Shared) -> Router {
    protocol(&shared)
        .route("/documents/{*path}", get(documents::show))
        .layer(from_fn_with_state(shared.clone(), gate::know_host))
        .route("/healthz", get(health::health))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(request_log::watch))
        .with_state(shared)
}

/// The paths of the protocol. A wrong path or method is told before the key is looked at.
fn protocol(shared: &Shared) -> Router<Shared> {
    let gate = from_fn_with_state(shared.clone(), gate::pass);
    let chat = || post(chat::answer).route_layer(gate.clone());
    let jobs = || {
        post(async_chat::submit)
            .get(async_chat::list)
            .route_layer(gate.clone())
    };
    let job = || get(async_chat::get).route_layer(gate.clone());
    Router::new()
        .route("/chat/completions", chat())
        .route("/v1/chat/completions", chat())
        .route("/v1/sonar", chat())
        .route("/async/chat/completions", jobs())
        .route("/async/chat/completions/{id}", job())
        .route("/v1/async/chat/completions", jobs())
        .route("/v1/async/chat/completions/{id}", job())
        .route("/v1/async/sonar", jobs())
        .route("/v1/async/sonar/{id}", job())
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(shared.clone(), gate::know_visitor))
}

async fn unknown_path(body: Body) -> Response {
    refused(body, Failure::not_found()).await
}

async fn wrong_method(body: Body) -> Response {
    let failure = Failure::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This path does not take this method; the header `allow` names those it takes.",
    );
    refused(body, failure).await
}
