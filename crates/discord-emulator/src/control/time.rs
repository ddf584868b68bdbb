//! `/_emu/clock`: what time it is, how fast it runs, and moving it. Keeps no time itself.

use std::time::Duration;

use axum::{Json, body::Bytes, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wrong::{Wrong, read};
use crate::{Emulator, Speed};

/// `POST /_emu/clock`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    /// Seconds to move forward.
    #[serde(default, with = "crate::seconds")]
    advance: Duration,
    /// How fast time runs: 0 freezes it, 1 is real.
    #[serde(default)]
    speed: Option<f64>,
}

pub(super) async fn clock(State(emulator): State<Emulator>) -> Json<Value> {
    let now = emulator.shared.clock.now();
    Json(json!({"now": now.to_iso(), "speed": emulator.speed().factor()}))
}

pub(super) async fn set(emulator: State<Emulator>, body: Bytes) -> Result<Json<Value>, Wrong> {
    let sent: Set = read(&body)?;
    let speed = sent.speed.map(|factor| {
        let wrong = || {
            Wrong::unreadable(format!(
                "`speed` is a number from 0 (frozen) to {}.",
                Speed::MOST
            ))
        };
        Speed::times(factor).ok_or_else(wrong)
    });
    if let Some(speed) = speed.transpose()? {
        emulator.run_time(speed);
    }
    if !sent.advance.is_zero() {
        emulator.advance(sent.advance);
    }
    Ok(clock(emulator).await)
}
