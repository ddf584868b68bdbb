//! The gateway: a task for each WebSocket, and the sessions they serve. Knows no rule of what happens in a guild.

mod close;
mod connection;
pub(crate) mod cut;
mod delivery;
mod encoder;
mod ending;
mod frames;
mod members;
pub(crate) mod open_session;
mod opening;
mod ordering;
mod resuming;
mod session;
pub(crate) mod sessions;
pub(crate) mod settings;
mod told;

use std::sync::Arc;

use axum::extract::ws::WebSocket;

use crate::{listener::Switch, shared::Shared};

/// How a client wants to be spoken to, from the query of its address.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
pub(crate) struct Manner {
    v: Option<String>,
    encoding: Option<String>,
    compress: Option<String>,
}

impl Manner {
    /// What the emulator cannot speak, as a sentence.
    pub(crate) fn lacking(&self) -> Option<String> {
        let encoding = self
            .encoding
            .as_deref()
            .filter(|one| *one != "json")
            .map(|one| format!("encoding={one}"));
        let compress = self
            .compress
            .as_deref()
            .filter(|one| *one != "zlib-stream")
            .map(|one| format!("compress={one}"));
        let what = encoding.or(compress)?;
        Some(format!(
            "the gateway without {what}: this emulator speaks JSON, plain or as zlib-stream"
        ))
    }

    /// Whether the whole connection is one zlib stream.
    fn compresses(&self) -> bool {
        self.compress.is_some()
    }

    fn version_is_known(&self) -> bool {
        matches!(self.v.as_deref(), None | Some("9" | "10"))
    }
}

/// Serves one connection until it ends.
pub(crate) async fn serve(shared: Arc<Shared>, socket: WebSocket, manner: Manner, switch: Switch) {
    connection::serve(&shared, socket, &manner, &switch).await;
}

/// Whether nobody can connect now, because a test wants it so.
pub(crate) fn is_down(shared: &Shared) -> bool {
    shared.act(|state, now| state.sessions.down_until.is_some_and(|until| until > now))
}
