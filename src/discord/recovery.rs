//! After a start: shows what a former process accepted and nobody saw. Asks nothing again; that would be paid twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::answering::{Edge, Stoppable};
use super::first_message::FirstMessage;
use crate::conversation::failure::Failure;
use crate::conversation::outcome::Outcome;
use crate::conversation::ports::Unshown;
use crate::ids::{ChannelId, QuestionId};

/// How many questions are looked at in one go.
const AT_A_TIME: u32 = 100;

/// In how many channels something is shown at the same time: one that does not answer holds up few others.
const CHANNELS_AT_ONCE: usize = 8;

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
        // The messages of one answer stay together: one after another in each channel.
        let mut by_channel: BTreeMap<ChannelId, Vec<Unshown>> = BTreeMap::new();
        for unshown in left {
            let channel = unshown.question.asked.place.channel;
            by_channel.entry(channel).or_default().push(unshown);
        }
        stream::iter(by_channel.into_values())
            .for_each_concurrent(CHANNELS_AT_ONCE, async |unshown| {
                for unshown in unshown {
                    settle(&edge, unshown).await;
                }
            })
            .await;
    }
}

async fn settle(edge: &Arc<Edge>, unshown: Unshown) {
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
    let stoppable = Stoppable::new(Arc::clone(edge), question.id);
    let outcome = match outcome {
        Some(outcome) => outcome,
        None => {
            let interrupted = Outcome::failed(Failure::Interrupted);
            edge.desk.record(question.id, &interrupted).await;
            interrupted
        }
    };
    let first = FirstMessage::of(edge.ways.clone(), question).await;
    first.look_for_it(edge.me).await;
    edge.deliver(&first, &outcome, parts_shown).await;
    drop(stoppable);
}
