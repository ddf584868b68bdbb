//! The page's port: the browser page, its endpoints, and the door to the gateway. Refuses whoever came by another name than loopback.

use std::sync::Arc;

use axum::{
    Router,
    extract::{
        ConnectInfo, Query, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    gateway::{self, Manner},
    listener::Peer,
    shared::Shared,
};

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().route("/", get(door)).with_state(shared)
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
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Some(lacking) = manner.lacking() {
        shared.act(|state, _| state.log.note_lacking(lacking.clone()));
        return (StatusCode::BAD_REQUEST, lacking).into_response();
    }
    match upgrade {
        Ok(upgrade) => {
            let tasks = shared.tasks.clone();
            upgrade.on_upgrade(move |socket| {
                tasks.track_future(gateway::serve(shared, socket, manner, peer.switch))
            })
        }
        Err(rejection) => rejection.into_response(),
    }
}
