//! Has a question researched once more: the message that was pressed shows the progress from then on.

use std::sync::Arc;

use super::taking::is_open;
use crate::conversation::ports::{Kept, Posted};
use crate::conversation::question::Reply;
use crate::discord::answering::Edge;
use crate::ids::{ChannelId, MessageId, PersonId};
use crate::render::sentences::Refusal;
use crate::research::desk::{Found, TakenOn};
use crate::search::scope::Path;
use crate::search::wish::Limits;

/// What was pressed, by whom.
pub(in crate::discord) struct Pressed<'a> {
    /// By whom.
    pub(in crate::discord) by: PersonId,
    /// The reply that the press holds open, which is the message that was pressed.
    pub(in crate::discord) reply: &'a Reply,
    /// Which message.
    pub(in crate::discord) message: MessageId,
    /// Where it is.
    pub(in crate::discord) channel: ChannelId,
}

impl Edge {
    /// Has a question researched once more, as it reads by now; `earlier` is its last research.
    pub(in crate::discord) async fn research_anew(
        self: &Arc<Self>,
        kept: &Kept,
        earlier: Option<&Found>,
        pressed: Pressed<'_>,
        path: Option<&Path>,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        if earlier.is_some_and(is_open) {
            return Err(Refusal::BeingAnswered);
        }
        let limit = limits.confirm_above.usd();
        let (question, reply) = (&kept.question, Some(pressed.reply));
        // Whoever works on it waits until it is known where its progress is shown.
        let _arriving = self.arrivals.announce(question.asked.event).await;
        // Somebody else may have pressed in the meantime, and it may even have ended once more.
        let newest = self.researched(question.id).await?;
        let job = |found: &Found| found.job.id;
        if newest.as_ref().map(job) != earlier.map(job) {
            return Err(Refusal::BeingAnswered);
        }
        let there = self.desk.messages(question.id).await;
        self.boards.forget(question.id);
        let reopened = self
            .research
            .reopen(question, pressed.by, reply, path, limit)
            .await;
        let taken = match reopened {
            Ok(TakenOn::Taken(taken)) => taken,
            Ok(TakenOn::Known) => return Err(Refusal::BeingAnswered),
            Ok(TakenOn::Full(full)) => return Err(Refusal::ResearchFull(full)),
            Err(error) => {
                tracing::error!(question = %question.id, %error, "a question could not be opened once more");
                return Err(Refusal::NotRecorded);
            }
        };
        self.becomes_progress(kept, &there, &pressed).await;
        self.show_reopened(taken).await;
        Ok(())
    }

    /// Makes the pressed message the one that shows the progress: since the question was opened once more, it has none. The others of the earlier outcome go; what leads there from another channel
    /// stays, as the thread hangs on it.
    async fn becomes_progress(&self, kept: &Kept, there: &[Posted], pressed: &Pressed<'_>) {
        let progress = Posted {
            part: Posted::PROGRESS,
            channel: pressed.channel,
            message: pressed.message,
        };
        self.desk.posted(kept.question.id, progress).await;
        let others = there.iter().filter(|posted| {
            let leads_here = posted.part == Posted::PROGRESS && posted.channel != pressed.channel;
            posted.message != pressed.message && !leads_here
        });
        for posted in others {
            self.delete_earlier_soon(kept, posted).await;
        }
    }
}
