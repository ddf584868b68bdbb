//! The page's port: the browser page, its endpoints, and the door to the gateway. Refuses whoever came by another name than loopback.

mod actions;
mod assets;
mod stream;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    extract::{
        ConnectInfo, DefaultBodyLimit, Query, Request, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};

use crate::{
    gateway::{self, Manner},
    listener::Peer,
    shared::Shared,
};

/// More than the longest message or question takes.
const MOST_BYTES: usize = 64 * 1024;
/// The largest frame that is read at all; the gateway refuses far smaller ones by itself.
const MOST_FRAME_BYTES: usize = 64 * 1024;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let page = Router::new()
        .route("/assets/{name}", get(assets::asset))
        .route("/page/events", get(stream::events))
        .route("/page/use", post(actions::uses))
        .route("/page/say", post(actions::says))
        .route("/page/people", post(actions::comes_in))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn(guarded));
    Router::new()
        .route("/", get(door))
        .merge(page)
        .with_state(shared)
}

/// `/` is the gateway for whoever asks for a WebSocket, and the page for everybody else.
async fn door(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Query(manner): Query<Manner>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !headers.contains_key(header::UPGRADE) {
        return if is_local(&headers) {
            protected(assets::page())
        } else {
            elsewhere()
        };
    }
    if let Some(lacking) = manner.lacking() {
        shared.act(|state, _| state.log.note_lacking(lacking.clone()));
        return (StatusCode::BAD_REQUEST, lacking).into_response();
    }
    match upgrade {
        Ok(upgrade) => {
            let tasks = shared.tasks.clone();
            let upgrade = upgrade.max_message_size(MOST_FRAME_BYTES);
            upgrade.on_upgrade(move |socket| {
                tasks.track_future(gateway::serve(shared, socket, manner, peer.switch))
            })
        }
        Err(rejection) => rejection.into_response(),
    }
}

async fn guarded(request: Request, next: Next) -> Response {
    if is_local(request.headers()) {
        protected(next.run(request).await)
    } else {
        elsewhere()
    }
}

/// Another page in the same browser must not reach this one by a name that it has pointed at loopback, nor send to it.
fn is_local(headers: &HeaderMap) -> bool {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &HeaderValue| value.to_str().unwrap_or("?"))
    };
    let host_is_local = text(header::HOST).is_some_and(is_loopback);
    let origin_is_local = text(header::ORIGIN)
        .is_none_or(|origin| origin.strip_prefix("http://").is_some_and(is_loopback));
    host_is_local && origin_is_local
}

/// Whether a host, with or without a port, is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn elsewhere() -> Response {
    let sentence =
        "This page is only served on this machine: open it as http://127.0.0.1 with its port.";
    (StatusCode::FORBIDDEN, sentence).into_response()
}

/// Nothing from elsewhere is loaded, run or framed, whatever a message contains.
fn protected(mut response: Response) -> Response {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_local() {
        for (host, local) in [
            ("127.0.0.1:80", true),
            ("localhost", true),
            ("[::1]:8080", true),
            ("127.0.0.1.example.org", false),
            ("example.org:80", false),
            ("localhost.example.org:1", false),
        ] {
            assert_eq!(is_loopback(host), local, "{host}");
        }
    }
}
