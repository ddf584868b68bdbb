//! Control over HTTP: what a test does by library call, for programs in any language. Knows no rule of Discord's.
//!
//! Everything is under `/_emu/` on the plain port. Bodies and answers are JSON, times are seconds, and whatever is
//! refused is answered with `{"error": "a sentence"}`.

mod deeds;
mod faults;
mod gateway;
mod interactions;
mod load;
mod named;
mod seed;
mod state;
mod time;
mod wrong;

use axum::{
    Json, Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodRouter, delete, get, post},
};
use serde_json::{Value, json};

use self::wrong::Wrong;
use crate::{Emulator, visitor::is_local};

/// Every call: method, path behind `/_emu`, and what it is for.
pub(crate) const CALLS: &[(&str, &str, &str)] = &[
    ("GET", "", "this list"),
    (
        "POST",
        "/reset",
        "a fresh world: no messages, no commands, no faults; bots must identify anew",
    ),
    (
        "POST",
        "/seed",
        "add guilds, channels, roles and people; set the switches for privileged intents",
    ),
    (
        "POST",
        "/message",
        "somebody writes, or replies to a message",
    ),
    ("POST", "/edit", "somebody changes their message"),
    ("POST", "/delete", "somebody deletes a message"),
    (
        "POST",
        "/react",
        "somebody reacts to a message, or takes that back",
    ),
    ("POST", "/typing", "somebody types"),
    ("POST", "/thread", "somebody opens a thread or a post"),
    ("POST", "/command", "somebody uses a slash command"),
    (
        "POST",
        "/autocomplete",
        "somebody types an option; gives the bot's choices",
    ),
    (
        "POST",
        "/component",
        "somebody presses a button or chooses from a menu",
    ),
    (
        "POST",
        "/modal",
        "somebody fills in the form in front of them, or puts it away",
    ),
    (
        "POST",
        "/context",
        "somebody uses a command of a message's or a person's menu",
    ),
    (
        "GET",
        "/state",
        "the bot's application, its token, the gateway's address and its sessions",
    ),
    (
        "POST",
        "/state",
        "what changes under a bot: it is removed, its guild fails, a thread is locked or deleted, people come and go, its token is reset",
    ),
    ("GET", "/clock", "what time it is, and how fast it runs"),
    ("POST", "/clock", "advance, freeze or scale time"),
    (
        "GET",
        "/faults",
        "the faults for requests, and how often each was met",
    ),
    ("POST", "/faults", "order a fault for requests"),
    ("DELETE", "/faults", "take all faults for requests back"),
    ("DELETE", "/faults/{id}", "take one fault back"),
    (
        "GET",
        "/event-faults",
        "the faults for events, and how often each was met",
    ),
    ("POST", "/event-faults", "order a fault for events"),
    ("DELETE", "/event-faults", "take all faults for events back"),
    (
        "DELETE",
        "/event-faults/{id}",
        "take one fault for events back",
    ),
    ("GET", "/limits", "the table of rate limits"),
    (
        "POST",
        "/limits",
        "put another table in force: a profile, or rows of it",
    ),
    (
        "GET",
        "/gateway",
        "the sessions, and how the gateway behaves",
    ),
    (
        "POST",
        "/gateway",
        "cut connections, demand a heartbeat, stall, be down, misbehave",
    ),
    (
        "POST",
        "/load",
        "many people use a command; gives percentiles",
    ),
    (
        "GET",
        "/log",
        "the latest requests and answers, without tokens",
    ),
    ("GET", "/interactions", "every interaction with its moments"),
    (
        "GET",
        "/view",
        "a channel as somebody sees it: ?person=…&channel=…",
    ),
    (
        "GET",
        "/report",
        "what has gone wrong, or is not finished; `violations` is null without a judge",
    ),
];

pub(crate) fn router(emulator: Emulator) -> Router {
    let calls = Router::new()
        .route("/", get(calls))
        .route("/reset", post(seed::reset))
        .route("/seed", post(seed::seed))
        .route("/message", post(deeds::message))
        .route("/edit", post(deeds::edit))
        .route("/delete", post(deeds::deletes))
        .route("/react", post(deeds::react))
        .route("/typing", post(deeds::typing))
        .route("/thread", post(deeds::thread))
        .route("/command", post(interactions::command))
        .route("/autocomplete", post(interactions::autocomplete))
        .route("/component", post(interactions::component))
        .route("/modal", post(interactions::modal))
        .route("/context", post(interactions::context))
        .route("/state", get(state::show).post(state::change))
        .route("/clock", get(time::clock).post(time::set))
        .route(
            "/faults",
            rules(
                get(faults::list),
                post(faults::order),
                delete(faults::clear),
            ),
        )
        .route("/faults/{id}", delete(faults::remove))
        .route(
            "/event-faults",
            rules(
                get(faults::list_events),
                post(faults::order_event),
                delete(faults::clear_events),
            ),
        )
        .route("/event-faults/{id}", delete(faults::remove_event))
        .route("/limits", get(faults::limits).post(faults::limit))
        .route("/gateway", get(gateway::state).post(gateway::order))
        .route("/load", post(load::load))
        .route("/log", get(log))
        .route("/interactions", get(interactions::list))
        .route("/view", get(deeds::view))
        .route("/report", get(report))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .with_state(emulator)
        .layer(middleware::from_fn(guarded));
    Router::new().nest("/_emu", calls)
}

fn rules(
    list: MethodRouter<Emulator>,
    order: MethodRouter<Emulator>,
    clear: MethodRouter<Emulator>,
) -> MethodRouter<Emulator> {
    list.merge(order).merge(clear)
}

/// A page from elsewhere must not steer the emulator.
async fn guarded(request: Request, next: Next) -> Response {
    if is_local(request.headers()) {
        next.run(request).await
    } else {
        Wrong::elsewhere().into_response()
    }
}

async fn calls() -> Json<Value> {
    let call = |(method, path, what): &(&str, &str, &str)| {
        let path = format!("/_emu{path}");
        json!({"method": method, "path": path, "does": what})
    };
    Json(CALLS.iter().map(call).collect())
}

async fn log(State(emulator): State<Emulator>) -> Json<Value> {
    Json(json!(emulator.requests()))
}

async fn report(State(emulator): State<Emulator>) -> Json<Value> {
    let mut report = json!(emulator.report());
    report["violations"] = json!(emulator.violations());
    Json(report)
}

async fn unknown() -> Wrong {
    Wrong::missing("There is no such call: GET /_emu lists them all.")
}

async fn wrong_method() -> Wrong {
    Wrong::wrong_method()
}
