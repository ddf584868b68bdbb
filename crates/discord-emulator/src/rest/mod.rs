//! The REST side: receives a request, meets faults and limits, lets its route answer, writes it down. Knows no rule of Discord's itself.

mod answer;
mod applications;
mod arrival;
mod call;
mod channels;
mod commands;
mod faults;
mod found;
mod gateway;
mod guilds;
mod interactions;
pub(crate) mod limit_table;
pub(crate) mod limits;
pub(crate) mod log;
mod member_roles;
mod members;
mod messages;
pub(crate) mod multipart;
mod pins;
mod reactions;
mod route;
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

use self::{
    answer::Answer,
    arrival::Arrival,
    found::Found,
    log::{Noted, Outcome},
};
use crate::{
    clock::Moment,
    faults::{
        request::{Facts, Fault},
        rules::Met,
    },
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
    let _under_way = peer.switch.request();
    let arrival = Arrival::read(request).await;
    let met = shared.act(|state, _| meet(state, &arrival));
    let mut note = Note {
        fault: met.as_ref().map(|met| met.id),
        shared: &shared,
        arrival: &arrival,
        started,
        is_written: false,
    };
    let (answer, outcome, body) = faults::carry_out(&shared, &arrival, met, &peer).await;
    note.write(&answer, outcome, &body.bytes());
    answer.respond(body.into_body(Arc::clone(&shared)))
}

/// The method and the path of every route, with names for its parameters.
pub(crate) fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    routes::ROUTES
        .iter()
        .map(|route| (route.method(), route.template()))
}

/// The fault that the request meets, if any is ordered at all.
fn meet(state: &mut shared::State, arrival: &Arrival) -> Option<Met<Fault>> {
    if state.faults.is_empty() {
        return None;
    }
    let found = routes::find(&arrival.method, &arrival.segments).ok();
    let found = found.as_ref();
    let facts = Facts {
        method: &arrival.method,
        path: &arrival.path(),
        template: found.map(|found| found.route.template()),
        guild: found.and_then(|found| found.guild(&state.world)),
        channel: found.and_then(Found::channel),
        interaction: found.and_then(Found::interaction),
    };
    state.faults.meet(|fault| fault.matches(&facts))
}

/// Writes a request down when it is answered; one whose client left before, as one that got no answer.
struct Note<'a> {
    shared: &'a Shared,
    arrival: &'a Arrival,
    fault: Option<u64>,
    started: Instant,
    is_written: bool,
}

impl Note<'_> {
    fn write(&mut self, answer: &Answer, outcome: Outcome, body: &Bytes) {
        self.is_written = true;
        let noted = Noted::new(
            self.arrival,
            answer,
            body,
            self.fault,
            self.started.elapsed(),
        );
        self.shared.act(|state, now| {
            if let Some(record) = &mut state.record {
                record.exchange(exchange(self.arrival, answer, outcome));
            }
            if state.log.note(noted, answer, outcome) {
                state.limits.count_invalid(now);
            }
        });
    }
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        if !self.is_written {
            self.write(&Answer::none(), Outcome::Ordered, &Bytes::new());
        }
    }
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

/// What a request gets when nothing interferes.
fn process(
    state: &mut shared::State,
    now: Moment,
    gateway_url: &str,
    arrival: &Arrival,
) -> (Answer, Outcome) {
    if state.limits.is_blocked(now) {
        return (Answer::blocked(false), Outcome::Limited { counts: false });
    }
    let found = match routes::find(&arrival.method, &arrival.segments) {
        Ok(found) => found,
        Err(refusal) => return (Answer::refusal(&refusal), Outcome::Lacking),
    };
    let has_token = arrival.bot_token() == Some(state.world.bot_token());
    let is_bot = has_token && !state.limits.is_token_void(now);
    if found.route.needs_token && !is_bot {
        return (Answer::refusal(&Refusal::Unauthorized), Outcome::Refused);
    }
    let cost = found.cost(now, &state.world, arrival);
    let standing = match state.limits.take(now, &cost) {
        Ok(standing) => standing,
        Err(limited) => {
            let counts = limited.scope != limits::LimitScope::Shared;
            let answer = Answer::limited(&limited, found.route);
            return (answer, Outcome::Limited { counts });
        }
    };
    let route = found.route;
    let reply = route_answer(state, now, gateway_url, arrival, found);
    let outcome = match &reply {
        Ok(_) => Outcome::Answered,
        Err(Refusal::Lacking(_)) => Outcome::Lacking,
        Err(_) => Outcome::Refused,
    };
    let answer = reply.unwrap_or_else(|refusal| Answer::refusal(&refusal));
    (answer.with_standing(standing.as_ref(), route), outcome)
}

fn route_answer(
    state: &mut shared::State,
    now: Moment,
    gateway_url: &str,
    arrival: &Arrival,
    found: Found,
) -> Result<Answer, Refusal> {
    let mut call = call::Call {
        world: &mut state.world,
        limits: &state.limits,
        now,
        gateway_url,
        parameters: found.parameters,
        query: arrival.query_pairs(),
        body: arrival.json()?,
        files: arrival.files(),
    };
    (found.route.answer)(&mut call)
}
