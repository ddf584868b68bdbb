//! What is checked before a request is read, the same on every path of the protocol: host, key, credit, endpoint, rate. Must
//! not look at the body.

use std::time::Instant;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::Shared;
use super::refused::refused;
use crate::rate::{Kind, Standing};
use crate::visitor::{Peer, Visitor};
use crate::{Failure, clock, keys, pretend};

/// Lets the request in, or says why not.
pub(super) async fn pass(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    match admit(&shared, &request) {
        Ok(standing) => {
            let mut response = next.run(request).await;
            response.extensions_mut().insert(standing);
            response
        }
        Err(failure) => {
            let limited = failure.status == StatusCode::TOO_MANY_REQUESTS;
            let kind = kind(request.method());
            let mut response = refused(request.into_body(), failure).await;
            if limited {
                response
                    .extensions_mut()
                    .insert(shared.rates.exhausted(kind));
            }
            response
        }
    }
}

fn admit(shared: &Shared, request: &Request) -> Result<Standing, Failure> {
    let visitor = request.extensions().get::<Visitor>();
    let visitor = visitor.ok_or_else(Failure::internal)?;
    let open = shared.settings.keys.is_empty() || matches!(visitor, Visitor::Key(_));
    if !open {
        return Err(wrong_key());
    }
    if let Some(refusal) = pretend::refusal(&shared.settings.pretend) {
        return Err(refusal);
    }
    let kind = kind(request.method());
    let taken = shared.rates.take(*visitor, kind, Instant::now());
    taken.map_err(|wait| pretend::too_many_requests().retry_after(wait.as_secs() + 1))
}

fn kind(method: &Method) -> Kind {
    if method == Method::POST {
        Kind::Ask
    } else {
        Kind::Look
    }
}

fn wrong_key() -> Failure {
    Failure::new(
        StatusCode::UNAUTHORIZED,
        "invalid_api_key",
        "Invalid API key provided. Ensure your API key is correct and active.",
    )
}

/// Lets in whoever asks by a name of this server's. A browser always says by which; who says nothing is none.
pub(super) async fn know_host(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    match strange_host(&shared, &request) {
        None => next.run(request).await,
        Some(host) => refused(request.into_body(), wrong_host(&host)).await,
    }
}

/// What the request says that it is sent to, when that is not this server.
fn strange_host(shared: &Shared, request: &Request) -> Option<String> {
    let hosts = shared.hosts.as_deref()?;
    let address = request
        .uri()
        .authority()
        .map(|authority| authority.as_str().as_bytes());
    let headers = request
        .headers()
        .get_all(HOST)
        .iter()
        .map(HeaderValue::as_bytes);
    let mut told = address
        .into_iter()
        .chain(headers)
        .map(String::from_utf8_lossy);
    let strange = told.find(|host| !hosts.knows(host))?;
    Some(strange.chars().take(80).collect())
}

fn wrong_host(host: &str) -> Failure {
    Failure::new(
        StatusCode::MISDIRECTED_REQUEST,
        "host_not_allowed",
        format!(
            "This server has no keys, so it answers only to names that it knows, and `{host}` is none: ask it by its address, add \
             the name to server.hosts, or set server.keys."
        ),
    )
}

/// Finds out who asks, and tells in the reply's head how that visitor stands with its rate.
pub(super) async fn know_visitor(
    State(shared): State<Shared>,
    Extension(peer): Extension<Peer>,
    mut request: Request,
    next: Next,
) -> Response {
    let key = keys::shown_key(&shared.settings.keys, request.headers());
    let (visitor, kind) = (Visitor::new(key, peer), kind(request.method()));
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    let counted = response.extensions().get::<Standing>().copied();
    let standing = counted.unwrap_or_else(|| shared.rates.standing(visitor, kind, Instant::now()));
    tell(standing, response.headers_mut());
    response
}

fn tell(standing: Standing, headers: &mut HeaderMap) {
    // Rounded up: whoever waits until then finds the bucket empty.
    let full_in = standing.full_in.as_millis().div_ceil(1000);
    let full_in = i64::try_from(full_in).unwrap_or_default();
    for (name, value) in [
        ("x-ratelimit-limit", standing.limit.into()),
        ("x-ratelimit-remaining", standing.remaining().into()),
        ("x-ratelimit-used", standing.used.into()),
        ("x-ratelimit-reset", clock::unix_seconds() + full_in),
    ] {
        // What a service behind this one says of its own limits is narrower, and stands.
        if !headers.contains_key(name) {
            headers.insert(name, HeaderValue::from(value));
        }
    }
}
