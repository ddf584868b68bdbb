//! After a start: shows what a former process accepted and nobody saw, answered or waiting. Asks nothing again; that would be paid twice.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::sleep;

use super::answering::{Delivery, Edge, Stoppable};
use super::first_message::FirstMessage;
use crate::conversation::ports::Unshown;
use crate::failpoint;
use crate::ids::{ChannelId, QuestionId};

/// How many questions are looked at in one go.
const AT_A_TIME: u32 = 100;

/// In how many channels something is shown at the same time: one that does not answer holds up few others.
const CHANNELS_AT_ONCE: usize = 8;

/// How long it takes until an outcome that Discord did not take is tried once more.
const LATER: Duration = Duration::from_secs(3 * 60);

/// A question older than this is no longer worth a message in its channel.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// Delivers stored answers, and tells the askers of the others that they were interrupted. `newest` is the last question
/// of the earlier process: what came after it is being answered by this one.
pub(super) async fn recover(edge: Arc<Edge>, newest: QuestionId) {
    let left = deliver_left(&edge, QuestionId(0), newest);
    tokio::join!(left, edge.show_those_who_wait());
    clear_up(&edge).await;
}

async fn deliver_left(edge: &Arc<Edge>, mut after: QuestionId, newest: QuestionId) {
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
                    settle(edge, unshown).await;
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
    // What is being answered or delivered right now is nobody's leftover.
    let Some(stoppable) = Stoppable::new(Arc::clone(edge), question.id) else {
        return;
    };
    let age = edge.desk.clock().now().since(question.opened_at);
    tracing::info!(question = %question.id, age_s = age.as_secs(), "an outcome was left unshown");
    let first = FirstMessage::of(edge.ways.clone(), question).await;
    failpoint::pass("recover.before_looking");
    first.look_for_it(edge.me).await;
    failpoint::pass("recover.after_looking");
    // What stands there half written is ended whatever its age: that disturbs nobody.
    if age > STALE && first.place().await.is_none() {
        edge.desk.undeliverable(first.question().id).await;
    } else if edge.deliver(&first, &outcome, parts_shown).await == Delivery::Later {
        try_later(edge, first.question().id);
    }
    failpoint::pass("recover.after_one");
    edge.over(stoppable).await;
}

/// Tries in some minutes once more to show an outcome that Discord did not take.
pub(super) fn try_later(edge: &Arc<Edge>, question: QuestionId) {
    let (edge, waiting) = (Arc::clone(edge), Arc::clone(edge));
    let trying: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
        if edge
            .give_up
            .run_until_cancelled(sleep(LATER))
            .await
            .is_some()
        {
            deliver_left(&edge, QuestionId(question.0 - 1), question).await;
        }
    });
    waiting.tasks.spawn(trying);
}

/// Takes away what is still there of answers whose removal an earlier process could not finish.
async fn clear_up(edge: &Edge) {
    match edge.desk.store().left_behind(AT_A_TIME).await {
        Ok(questions) => {
            for question in questions {
                edge.clear_away(question).await;
            }
        }
        Err(error) => tracing::error!(%error, "what was left of deleted answers could not be read"),
    }
}
