//! Reads a request's body and has it checked. Must not know what is asked for.

use std::sync::Arc;

use axum::body::Body;

use super::{Shared, body};
use crate::engines::Engine;
use crate::{Dialect, Failure};

/// What `check` makes of the body; a large one is checked apart, for it would hold up all others meanwhile.
pub(super) async fn checked<T: Send + 'static>(
    shared: &Shared,
    body: Body,
    check: fn(&[u8], Dialect, &dyn Engine) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let settings = &shared.settings;
    let time = settings.request_time;
    let body = body::read(body, settings.body_limit, time, &shared.body_room).await?;
    let dialect = settings.dialect;
    let Some(room) = body.room else {
        return check(&body.bytes, dialect, shared.answering.engine.as_ref());
    };
    let checks = Arc::clone(&shared.long_checks).acquire_owned().await;
    let held = (room, checks.map_err(|_| Failure::internal())?);
    let engine = Arc::clone(&shared.answering.engine);
    let checking = tokio::task::spawn_blocking(move || {
        let _held = held;
        check(&body.bytes, dialect, engine.as_ref())
    });
    checking.await.unwrap_or_else(|_| Err(Failure::internal()))
}
