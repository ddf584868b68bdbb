//! The plain port: the browser page, its endpoints, the door to the gateway, and REST for everything else. Refuses whoever came by another name than loopback.

mod assets;
mod deeds;
mod panel;
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

use self::deeds::{commands, messages, people};
use crate::{
    files,
    gateway::{self, Manner},
    listener::Peer,
    rest,
    shared::Shared,
    visitor::{is_bot, is_local},
};

/// What a deed may send at most, as Discord takes it: a message with its files.
const MOST_BYTES: usize = 25 * 1024 * 1024;
/// The largest frame that is read at all; the gateway refuses far smaller ones by itself.
const MOST_FRAME_BYTES: usize = 64 * 1024;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    let page = Router::new()
        .route("/assets/{name}", get(assets::asset))
        .route("/page/events", get(stream::events))
        .route("/page/panel", get(panel::panel))
        .route("/page/use", post(commands::uses))
        .route("/page/complete", post(commands::completes))
        .route("/page/menu", post(commands::uses_menu))
        .route("/page/press", post(commands::presses))
        .route("/page/choose", post(commands::chooses))
        .route("/page/fill", post(commands::fills))
        .route("/page/dismiss", post(commands::dismisses))
        .route("/page/say", post(messages::says))
        .route("/page/type", post(messages::types))
        .route("/page/edit", post(messages::edits))
        .route("/page/delete", post(messages::deletes))
        .route("/page/react", post(messages::reacts))
        .route("/page/pin", post(messages::pins))
        .route("/page/thread", post(messages::opens_thread))
        .route("/page/post", post(messages::posts))
        .route("/page/direct", post(messages::writes_directly))
        .route("/page/people", post(people::comes_in))
        .route("/page/language", post(people::switches_language))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(middleware::from_fn(guarded));
    Router::new()
        .route("/", get(door))
        .route("/files/{channel}/{file}/{name}", get(files::file))
        .merge(page)
        .with_state(Arc::clone(&shared))
        .fallback_service(rest::plain_router(shared))
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
    if !is_bot(&headers) {
        return elsewhere();
    }
    if gateway::is_down(&shared) {
        peer.switch.cut();
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if let Some(lacking) = manner.lacking() {
        shared.act(|state, _| state.log.note_lacking(lacking.clone()));
        return (StatusCode::BAD_REQUEST, lacking).into_response();
    }
    match upgrade {
        Ok(upgrade) => {
            let tasks = shared.tasks.clone();
            let upgrade = upgrade
                .max_message_size(MOST_FRAME_BYTES)
                .max_frame_size(MOST_FRAME_BYTES);
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

fn elsewhere() -> Response {
    let sentence =
        "This page is only served on this machine: open it as http://127.0.0.1 with its port.";
    (StatusCode::FORBIDDEN, sentence).into_response()
}

/// Nothing from elsewhere is loaded, run or framed, whatever a message contains.
fn protected(mut response: Response) -> Response {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
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
