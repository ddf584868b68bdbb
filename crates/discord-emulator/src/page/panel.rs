//! What the page's controls show: time, sessions, faults, the latest interactions and requests, the report. Changes nothing.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Map, Value, json};

use crate::{
    rest::limit_table::LimitTable,
    shared::{self, Shared},
    world::interactions::{Interaction, Stage},
};

/// The latest interactions shown.
const MOST_INTERACTIONS: usize = 20;
/// The latest requests shown.
const MOST_REQUESTS: usize = 40;
/// Entries shown of each list of the report.
const MOST_NOTES: usize = 20;

/// `GET /page/panel`
pub(crate) async fn panel(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let speed = shared.clock.speed().factor();
    let shown = shared.act(|state, now| {
        let interactions = state.world.latest_interactions().take(MOST_INTERACTIONS);
        let interactions: Vec<Value> = interactions.map(|one| interaction(state, one)).collect();
        let is_calm = state.limits.table == LimitTable::CALM;
        json!({"clock": {"now": now.to_iso(), "speed": speed}, "limits": if is_calm { "calm" } else { "in force" },
            "sessions": state.sessions.list(), "faults": state.faults.list(),
            "event_faults": state.sessions.event_faults.list(), "interactions": interactions,
            "requests": state.log.latest(MOST_REQUESTS), "report": report(state)})
    });
    Json(shown)
}

fn interaction(state: &shared::State, one: &Interaction) -> Value {
    let person = state.world.user(one.person).map(|user| &user.name);
    let stands = match one.stage {
        Stage::New => "waits",
        Stage::Dead => "not answered",
        Stage::Answered => "answered",
        _ if one.expired => "left thinking",
        _ => "thinking",
    };
    json!({"id": one.id, "person": person, "name": one.invocation.name, "kind": one.invocation.kind.number(),
        "stands": stands, "timeline": one.timeline()})
}

/// The report with the latest entries of each list, and how many there are.
fn report(state: &shared::State) -> Value {
    let mut report = json!(state.report());
    for part in report.as_object_mut().into_iter().flatten() {
        match part.1 {
            Value::Array(list) => {
                let count = list.len();
                let latest = list.split_off(count.saturating_sub(MOST_NOTES));
                *part.1 = json!({"count": count, "latest": latest});
            }
            Value::Object(counts) => *part.1 = tallied(counts),
            _ => {}
        }
    }
    report
}

/// Counts by name: what they come to, and those that are not 0.
fn tallied(counts: &Map<String, Value>) -> Value {
    let counted = |(name, count): (&String, &Value)| Some((name.clone(), count.as_u64()?));
    let met: Vec<(String, u64)> = counts.iter().filter_map(counted).collect();
    let met = || met.iter().filter(|(_, count)| *count > 0);
    let latest: Vec<String> = met()
        .take(MOST_NOTES)
        .map(|(name, count)| {
            format!(
                "{count} × {}",
                if name.is_empty() { "no name" } else { name }
            )
        })
        .collect();
    json!({"count": met().map(|(_, count)| count).sum::<u64>(), "latest": latest})
}
