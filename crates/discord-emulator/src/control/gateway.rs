//! `/_emu/gateway`: the sessions, and what a test does to connections. Serves none.

use std::time::Duration;

use axum::{Json, body::Bytes, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wrong::{Wrong, read};
use crate::{Emulator, GatewayCut, GatewayFaults, GatewaySettings};

/// `POST /_emu/gateway`: each field that is there is done, in this order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
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
    carry_out(&emulator, order);
    Ok(state(emulator).await)
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
