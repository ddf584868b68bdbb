//! `/_emu/gateway`: the sessions, and what a test does to connections. Serves none.

use std::time::Duration;

use axum::{Json, body::Bytes, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wrong::{Wrong, read};
use crate::{Emulator, GatewayCut, GatewayFaults, GatewaySettings, OpenSession, Session};

/// `POST /_emu/gateway`: each field that is there is done, in this order.
///
/// With `session` or `shard` it is done to the sessions that these name, and to no other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    /// A session's id.
    #[serde(default)]
    session: Option<String>,
    /// A shard's number.
    #[serde(default)]
    shard: Option<u64>,
    #[serde(default)]
    settings: Option<GatewaySettings>,
    #[serde(default)]
    faults: Option<GatewayFaults>,
    /// Seconds during which nobody can connect.
    #[serde(default, deserialize_with = "seconds")]
    down: Option<Duration>,
    /// Seconds during which connections neither read nor send.
    #[serde(default, deserialize_with = "seconds")]
    stall: Option<Duration>,
    #[serde(default)]
    demand_heartbeat: bool,
    #[serde(default)]
    repeat_last: bool,
    #[serde(default)]
    corrupt_next: bool,
    /// A payload as it is to be sent.
    #[serde(default)]
    raw: Option<String>,
    #[serde(default)]
    cut: Option<GatewayCut>,
}

fn seconds<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    crate::seconds::deserialize(deserializer).map(Some)
}

pub(super) async fn state(State(emulator): State<Emulator>) -> Json<Value> {
    let (settings, faults) = emulator
        .shared
        .act(|state, _| (state.sessions.settings, state.sessions.faults));
    Json(json!({"sessions": emulator.sessions(), "settings": settings, "faults": faults}))
}

pub(super) async fn order(emulator: State<Emulator>, body: Bytes) -> Result<Json<Value>, Wrong> {
    let order: Order = read(&body)?;
    if let Some(GatewayCut::Close(code)) = order.cut
        && !(1000..5000).contains(&code)
    {
        return Err(Wrong::unreadable(
            "A close code is a number from 1000 to 4999.",
        ));
    }
    if order.session.is_none() && order.shard.is_none() {
        carry_out(&emulator, order);
    } else {
        carry_out_for(&named(&emulator, &order)?, &order)?;
    }
    Ok(state(emulator).await)
}

/// The sessions that an order names.
fn named(emulator: &Emulator, order: &Order) -> Result<Vec<Session>, Wrong> {
    let whole = [
        ("settings", order.settings.is_some()),
        ("faults", order.faults.is_some()),
        ("down", order.down.is_some()),
        ("stall", order.stall.is_some()),
    ];
    if let Some((field, _)) = whole.iter().find(|(_, is_there)| *is_there) {
        return Err(Wrong::unreadable(format!(
            "`{field}` is about the whole gateway: leave out `session` and `shard`."
        )));
    }
    let is_meant = |session: &OpenSession| {
        order.session.as_ref().is_none_or(|id| *id == session.id)
            && order.shard.is_none_or(|shard| shard == session.shard.0)
    };
    let all = emulator.sessions();
    let meant = all.iter().filter(|session| is_meant(session));
    let sessions: Vec<Session> = meant
        .filter_map(|session| emulator.session(&session.id))
        .collect();
    if sessions.is_empty() {
        let sentence = "There is no such session: GET /_emu/gateway lists them.";
        return Err(Wrong::missing(sentence));
    }
    Ok(sessions)
}

fn carry_out_for(sessions: &[Session], order: &Order) -> Result<(), Wrong> {
    for session in sessions {
        let done = [
            order.demand_heartbeat.then(|| session.demand_heartbeat()),
            order.repeat_last.then(|| session.repeat_last_dispatch()),
            order.corrupt_next.then(|| session.corrupt_next_payload()),
            order.raw.as_ref().map(|raw| session.send_raw(raw)),
            order.cut.map(|cut| session.cut(cut)),
        ];
        if done.contains(&Some(false)) {
            let id = session.id();
            let sentence = format!("The bot of session {id} is not connected.");
            return Err(Wrong::refused(&sentence));
        }
    }
    Ok(())
}

fn carry_out(emulator: &Emulator, order: Order) {
    if let Some(settings) = order.settings {
        emulator.set_gateway(settings);
    }
    if let Some(faults) = order.faults {
        emulator.gateway_faults(faults);
    }
    if let Some(down) = order.down {
        emulator.gateway_is_down(down);
    }
    if let Some(stall) = order.stall {
        emulator.stall_gateway(stall);
    }
    if order.demand_heartbeat {
        emulator.demand_heartbeat();
    }
    if order.repeat_last {
        emulator.repeat_last_dispatch();
    }
    if order.corrupt_next {
        emulator.corrupt_next_payload();
    }
    if let Some(raw) = order.raw {
        emulator.send_raw(&raw);
    }
    if let Some(cut) = order.cut {
        emulator.drop_gateway(cut);
    }
}
