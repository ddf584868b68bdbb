//! `/_emu/faults`, `/_emu/event-faults` and `/_emu/limits`: ordering, listing and taking back. Carries nothing out.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::wrong::{Wrong, read};
use crate::{Emulator, EventFault, Fault, FaultError, RateLimits};

pub(super) async fn list(State(emulator): State<Emulator>) -> Json<Value> {
    Json(json!(emulator.faults()))
}

pub(super) async fn order(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let fault: Fault = read(&body)?;
    let id = emulator.fault(fault).map_err(|error| no_rule(&error))?;
    Ok(Json(json!({"id": id})))
}

pub(super) async fn clear(State(emulator): State<Emulator>) -> Json<Value> {
    emulator.clear_faults();
    Json(json!({}))
}

pub(super) async fn remove(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Wrong> {
    removed(&id, |id| emulator.remove_fault(id))
}

pub(super) async fn list_events(State(emulator): State<Emulator>) -> Json<Value> {
    Json(json!(emulator.event_faults()))
}

pub(super) async fn order_event(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let fault: EventFault = read(&body)?;
    let id = emulator
        .event_fault(fault)
        .map_err(|error| no_rule(&error))?;
    Ok(Json(json!({"id": id})))
}

pub(super) async fn clear_events(State(emulator): State<Emulator>) -> Json<Value> {
    emulator.clear_event_faults();
    Json(json!({}))
}

pub(super) async fn remove_event(
    State(emulator): State<Emulator>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Wrong> {
    removed(&id, |id| emulator.remove_event_fault(id))
}

/// Why a rule is none, as a whole sentence; one that ends with a question is one already.
fn no_rule(error: &FaultError) -> Wrong {
    let mut sentence = error.to_string();
    if !sentence.ends_with('?') {
        sentence.push('.');
    }
    Wrong::unreadable(sentence)
}

fn removed(id: &str, remove: impl FnOnce(u64) -> bool) -> Result<Json<Value>, Wrong> {
    if id.parse().is_ok_and(remove) {
        Ok(Json(json!({})))
    } else {
        Err(Wrong::missing(format!("There is no fault {id}.")))
    }
}

/// `POST /_emu/limits` with a profile by name; otherwise it takes a table, whose rows replace those of the realistic one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    profile: ProfileName,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ProfileName {
    Calm,
    Realistic,
}

pub(super) async fn limits(State(emulator): State<Emulator>) -> Json<Value> {
    Json(json!(emulator.limits()))
}

pub(super) async fn limit(
    State(emulator): State<Emulator>,
    body: Bytes,
) -> Result<Json<Value>, Wrong> {
    let value: Value = read(&body)?;
    // Which of the two is meant is clear from the key, so that the error is about the right one.
    let limits = if value.get("profile").is_some() {
        let read: Profile = read(&body)?;
        match read.profile {
            ProfileName::Calm => RateLimits::Calm,
            ProfileName::Realistic => RateLimits::Realistic,
        }
    } else {
        RateLimits::Table(read(&body)?)
    };
    emulator.limit(limits);
    Ok(Json(json!(emulator.limits())))
}
