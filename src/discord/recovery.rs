//! After a start: shows what a former process accepted and nobody saw. Asks nothing again; that would be paid twice.

use std::sync::Arc;
use std::time::Duration;

use super::answering::Edge;
use super::first_message::FirstMessage;
use crate::conversation::failure::Failure;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::Unshown;
use crate::ids::QuestionId;

/// How many questions are looked at in one go.
const AT_A_TIME: u32 = 100;

/// A question older than this is no longer worth a message in its channel.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Delivers stored answers, and tells the askers of the others that they were interrupted. `newest` is the last question
/// of the earlier process: what came after it is being answered by this one.
pub(super) async fn recover(edge: Arc<Edge>, newest: QuestionId) {
    let mut after = QuestionId(0);
    loop {
        let left = match edge.desk.unshown(after, newest, AT_A_TIME).await {
            Ok(left) => left,
            Err(error) => return tracing::error!(%error, "what was left unshown could not be read"),
        };
        let Some(last) = left.last() else {
            return;
        };
        after = last.question.id;
        for unshown in left {
            settle(&edge, unshown).await;
        }
    }
}

async fn settle(edge: &Edge, unshown: Unshown) {
    let Unshown {
        question,
        outcome,
        parts_shown,
    } = unshown;
    let age = edge.desk.clock().now().since(question.asked.asked_at);
    tracing::info!(question = %question.id, age_s = age.as_secs(), answered = outcome.is_some(), "a question was left by an earlier process");
    if age > STALE {
        return edge.desk.undeliverable(question.id).await;
    }
    let outcome = match outcome {
        Some(outcome) => outcome,
        None => {
            let interrupted = Outcome::failed(Failure::Interrupted);
            edge.desk.record(question.id, &interrupted).await;
            interrupted
        }
    };
    let first = FirstMessage::of(edge.ways.clone(), question).await;
    edge.deliver(&first, &outcome, parts_shown).await;
}
