//! The REST side: receives a request, meets faults and limits, lets its route answer, writes it down. Knows no rule of Discord's itself.

mod answer;
mod applications;
mod arrival;
mod call;
mod channels;
mod commands;
mod gateway;
mod guilds;
mod interactions;
pub(crate) mod limits;
pub(crate) mod log;
mod messages;
mod routes;
mod threads;
mod users;
mod webhooks;

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    body::Bytes,
    extract::{ConnectInfo, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};

use self::{answer::Answer, arrival::Arrival, limits::Verdict, log::Outcome, routes::Found};
use crate::{
    clock::Moment,
    fault::FaultAction,
    listener::Peer,
    record::Exchange,
    shared::{self, Shared},
    visitor::is_bot,
    world::refusal::Refusal,
};

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(receive).with_state(shared)
}

/// The same on the plain port, which browsers can reach too: a page from elsewhere is turned away.
pub(crate) fn plain_router(shared: Arc<Shared>) -> Router {
    router(shared).layer(middleware::from_fn(guarded))
}

async fn guarded(request: Request, next: Next) -> Response {
    if is_bot(request.headers()) {
        next.run(request).await
    } else {
        let sentence =
            "REST is only served on this machine: call it as http://127.0.0.1 with its port.";
        (StatusCode::FORBIDDEN, sentence).into_response()
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response {
    let started = Instant::now();
    let arrival = Arrival::read(request).await;
    let met = shared.act(|state, _| state.faults.meet(&arrival.method, &arrival.path()));
    let (answer, outcome) = meet(&shared, &arrival, met, &peer).await;
    shared.act(|state, _| {
        if let Some(record) = &mut state.record {
            record.exchange(exchange(&arrival, &answer, outcome));
        }
        state
            .log
            .note(&arrival, &answer, outcome, started.elapsed())
    });
    answer.into_response()
}

/// A request and its answer for the record.
fn exchange(arrival: &Arrival, answer: &Answer, outcome: Outcome) -> Exchange {
    let is_empty = arrival.body.as_ref().is_none_or(Bytes::is_empty);
    Exchange {
        method: arrival.method.clone(),
        path: arrival.path(),
        query: arrival.query_pairs(),
        body: arrival.json().ok().filter(|_| !is_empty),
        status: answer.status,
        answer: answer.body.clone(),
        is_fault: outcome == Outcome::Ordered,
    }
}

/// Lets the fault have its way, then the route.
async fn meet(
    shared: &Shared,
    arrival: &Arrival,
    fault: Option<FaultAction>,
    peer: &Peer,
) -> (Answer, Outcome) {
    match fault {
        Some(FaultAction::Answer { status, body }) => {
            (Answer::json(status, body), Outcome::Ordered)
        }
        Some(FaultAction::RateLimited { retry_after }) => (
            Answer::ordered_limit(retry_after),
            Outcome::Limited { counts: true },
        ),
        Some(FaultAction::ResetBefore) => {
            peer.switch.cut();
            (Answer::none(), Outcome::Ordered)
        }
        Some(FaultAction::ResetAfter) => {
            shared.act(|state, now| process(state, now, &shared.gateway_url, arrival));
            peer.switch.cut();
            (Answer::none(), Outcome::Ordered)
        }
        Some(FaultAction::Delay(by)) => {
            let until = shared.clock.now().plus(by);
            tokio::select! {
                () = shared.clock.wait_until(until) => {}
                () = shared.stopping.cancelled() => {}
            }
            shared.act(|state, now| process(state, now, &shared.gateway_url, arrival))
        }
        None => shared.act(|state, now| process(state, now, &shared.gateway_url, arrival)),
    }
}

/// What a request gets when nothing interferes.
fn process(
    state: &mut shared::State,
    now: Moment,
    gateway_url: &str,
    arrival: &Arrival,
) -> (Answer, Outcome) {
    let found = match routes::find(&arrival.method, &arrival.segments) {
        Ok(found) => found,
        Err(refusal) => return (Answer::refusal(&refusal), Outcome::Lacking),
    };
    let standing = match state.limits.take(now, &found.cost(&state.world)) {
        Verdict::Free(standing) => standing,
        Verdict::Limited {
            scope,
            retry_after,
            standing,
        } => {
            let counts = scope != limits::Scope::Shared;
            return (
                Answer::limited(scope, retry_after, standing.as_ref()),
                Outcome::Limited { counts },
            );
        }
    };
    let reply = route_answer(state, now, gateway_url, arrival, found);
    let outcome = match &reply {
        Ok(_) => Outcome::Answered,
        Err(Refusal::Lacking(_)) => Outcome::Lacking,
        Err(_) => Outcome::Refused,
    };
    let answer = reply.unwrap_or_else(|refusal| Answer::refusal(&refusal));
    (answer.with_standing(standing.as_ref()), outcome)
}

fn route_answer(
    state: &mut shared::State,
    now: Moment,
    gateway_url: &str,
    arrival: &Arrival,
    found: Found,
) -> Result<Answer, Refusal> {
    if found.route.needs_token && !arrival.has_bot_token() {
        return Err(Refusal::Unauthorized);
    }
    let mut call = call::Call {
        world: &mut state.world,
        now,
        gateway_url,
        parameters: found.parameters,
        query: arrival.query_pairs(),
        body: arrival.json()?,
    };
    (found.route.answer)(&mut call)
}
