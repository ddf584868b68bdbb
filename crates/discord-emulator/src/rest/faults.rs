//! Lets an ordered fault have its way with a request. Decides not which fault.

use std::{sync::Arc, time::Duration};

use axum::body::{Body, Bytes};
use futures_util::stream;

use super::{answer::Answer, arrival::Arrival, limits::LimitScope, log::Outcome, process, routes};
use crate::{
    faults::{
        action::{FaultAction, LimitFault},
        request::Fault,
        rules::Met,
    },
    listener::Peer,
    shared::Shared,
};

/// A slow body comes in so many pieces.
const PIECES: u32 = 8;

/// How the body of an answer arrives.
pub(super) enum Sent {
    Whole(Bytes),
    /// In pieces, over this time by the emulator's clock.
    Slowly(Bytes, Duration),
}

impl Sent {
    pub(super) fn bytes(&self) -> Bytes {
        match self {
            Self::Whole(bytes) | Self::Slowly(bytes, _) => bytes.clone(),
        }
    }

    pub(super) fn into_body(self, shared: Arc<Shared>) -> Body {
        match self {
            Self::Whole(bytes) => Body::from(bytes),
            Self::Slowly(bytes, over) => dribble(shared, bytes, over),
        }
    }
}

/// Processes a request as its fault wants it, or as usual without one.
pub(super) async fn carry_out(
    shared: &Arc<Shared>,
    arrival: &Arrival,
    met: Option<Met<Fault>>,
    peer: &Peer,
) -> (Answer, Outcome, Sent) {
    let Some(Met { id, fault, draw }) = met else {
        return whole(processed(shared, arrival));
    };
    match fault.action {
        FaultAction::Answer { status, body } => ordered(Answer::json(status, body)),
        FaultAction::Text {
            status,
            content_type,
            body,
        } => ordered(Answer::text(status, content_type, body)),
        FaultAction::RateLimited { retry_after } => {
            let form = LimitFault {
                scope: LimitScope::User,
                retry_after,
                code: None,
                without_header: false,
                remaining: None,
            };
            limited(shared, arrival, &form)
        }
        FaultAction::Limited(form) => limited(shared, arrival, &form),
        FaultAction::Blocked { as_text } => ordered(Answer::blocked(as_text)),
        FaultAction::ResetBefore => {
            peer.switch.cut();
            ordered(Answer::none())
        }
        FaultAction::ResetAfter => {
            processed(shared, arrival);
            peer.switch.cut();
            ordered(Answer::none())
        }
        FaultAction::Delay(by) => {
            shared.pause(by).await;
            whole(processed(shared, arrival))
        }
        FaultAction::Jitter { least, most } => {
            shared
                .pause(least + most.saturating_sub(least).mul_f64(draw))
                .await;
            whole(processed(shared, arrival))
        }
        FaultAction::Hang => {
            removed(shared, id).await;
            whole(processed(shared, arrival))
        }
        FaultAction::SlowBody(over) => {
            let (answer, outcome) = processed(shared, arrival);
            let bytes = answer.bytes();
            (answer, outcome, Sent::Slowly(bytes, over))
        }
        // No request meets it: it would not have come.
        FaultAction::TlsFailure => whole(processed(shared, arrival)),
        FaultAction::Truncate => {
            let (answer, _) = processed(shared, arrival);
            let bytes = answer.bytes();
            let half = bytes.slice(..bytes.len() / 2);
            (answer, Outcome::Ordered, Sent::Whole(half))
        }
        FaultAction::Headers(headers) => {
            let (answer, outcome) = processed(shared, arrival);
            whole((answer.with_headers(&headers), outcome))
        }
    }
}

fn processed(shared: &Shared, arrival: &Arrival) -> (Answer, Outcome) {
    shared.act(|state, now| process(state, now, &shared.gateway_url, arrival))
}

fn whole((answer, outcome): (Answer, Outcome)) -> (Answer, Outcome, Sent) {
    let bytes = answer.bytes();
    (answer, outcome, Sent::Whole(bytes))
}

fn ordered(answer: Answer) -> (Answer, Outcome, Sent) {
    whole((answer, Outcome::Ordered))
}

/// As if the bucket of the route were used up, whether or not it is limited now.
fn limited(shared: &Shared, arrival: &Arrival, form: &LimitFault) -> (Answer, Outcome, Sent) {
    let counts = form.scope != LimitScope::Shared;
    let Ok(found) = routes::find(&arrival.method, &arrival.segments) else {
        // There is nothing of this name that could be limited.
        return whole(processed(shared, arrival));
    };
    let standing = shared.act(|state, now| state.limits.as_ordered(now, found.row(), form));
    let answer = Answer::ordered_limit(form, &standing, found.route);
    whole((answer, Outcome::Limited { counts }))
}

/// Waits until the rule is gone, or the emulator ends.
async fn removed(shared: &Shared, id: u64) {
    let mut changes = shared.changes();
    while shared.act(|state, _| state.faults.has(id)) {
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = shared.stopping.cancelled() => return,
        }
    }
}

fn dribble(shared: Arc<Shared>, bytes: Bytes, over: Duration) -> Body {
    let length = bytes.len().div_ceil(PIECES as usize).max(1);
    let pieces = stream::unfold((shared, bytes), move |(shared, mut rest)| async move {
        if rest.is_empty() {
            return None;
        }
        shared.pause(over / PIECES).await;
        let piece = rest.split_to(length.min(rest.len()));
        Some((Ok::<Bytes, std::convert::Infallible>(piece), (shared, rest)))
    });
    Body::from_stream(pieces)
}
