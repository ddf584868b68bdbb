//! Takes an answer away: forgets what was said, then deletes its messages. Decides nothing on who may.

use std::time::Duration;

use dashmap::DashSet;
use tokio::time::Instant;

use super::answering::Edge;
use super::call::CallError;
use super::courier::again;
use crate::conversation::ports::{Kept, Posted, StoreError};
use crate::conversation::question::{Origin, Reply};
use crate::ids::{ChannelId, MessageId, QuestionId};
use crate::render::sentences::Refusal;

/// How long the deletion of one message may be tried.
const PATIENCE: Duration = Duration::from_secs(30);

/// A message below which something was pressed, with the reply that the press holds open.
pub(super) type Pressed<'a> = (&'a Reply, MessageId, ChannelId);

/// An answer that is being taken away, until this is dropped.
struct Removal<'a> {
    removing: &'a DashSet<QuestionId>,
    question: QuestionId,
}

impl<'a> Removal<'a> {
    /// Begins to take an answer away; none when somebody has begun already.
    fn begin(removing: &'a DashSet<QuestionId>, question: QuestionId) -> Option<Self> {
        removing
            .insert(question)
            .then_some(Self { removing, question })
    }
}

impl Drop for Removal<'_> {
    fn drop(&mut self) {
        self.removing.remove(&self.question);
    }
}

impl Edge {
    /// Forgets a question with its answer, and deletes all messages of the answer: by the bot's own rights, and where it has none by the
    /// replies that are still held open. Ends it where it is being written. May be repeated; while it is done it is done once.
    ///
    /// # Errors
    ///
    /// What whoever wanted it is told, when not all of it is gone.
    pub(super) async fn take_away(
        &self,
        question: QuestionId,
        pressed: Option<Pressed<'_>>,
    ) -> Result<(), Refusal> {
        let Some(_begun) = Removal::begin(&self.removing, question) else {
            return Ok(());
        };
        let failed = |error: StoreError| {
            tracing::error!(%question, %error, "an answer could not be forgotten");
            Refusal::NotRecorded
        };
        let store = self.desk.store();
        let Some(kept) = store.question(question).await.map_err(failed)? else {
            return Ok(());
        };
        // Forgotten first: whatever becomes of the messages, nothing of it is sent along or shown again.
        store.withdraw(question).await.map_err(failed)?;
        self.drop_research(question).await;
        if let Some(stop) = self
            .stops
            .get(&question)
            .map(|under_way| under_way.stop.clone())
        {
            stop.cancel();
            // Whoever writes it ends, and clears away what is there of it: deleted here, it could come up again.
            if kept.question.asked.is_answered_openly() {
                return Ok(());
            }
        }
        if self.delete_messages(&kept, pressed).await {
            Ok(())
        } else {
            Err(Refusal::NotDeleted)
        }
    }

    /// Deletes what is there of the answer to a question that was taken away.
    pub(super) async fn clear_away(&self, question: QuestionId) {
        match self.desk.store().question(question).await {
            // What could not be deleted is in the log: nobody waits to be told.
            Ok(Some(kept)) => drop(self.delete_messages(&kept, None).await),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%question, %error, "a question that was taken away could not be read");
            }
        }
    }

    /// Deletes all messages of an answer; whether they are gone.
    async fn delete_messages(&self, kept: &Kept, pressed: Option<Pressed<'_>>) -> bool {
        let mut messages = self.desk.messages(kept.question.id).await;
        // The message that was pressed is there even before it is noted; when all was taken away before, it is not.
        if let Some((_, message, channel)) = pressed
            && !kept.withdrawn
            && messages.iter().all(|posted| posted.message != message)
        {
            messages.push(Posted {
                part: 0,
                channel,
                message,
            });
        }
        let mut all_gone = true;
        for posted in messages {
            if self.delete_message(kept, posted, pressed).await {
                self.desk.unposted(posted.message).await;
            } else {
                all_gone = false;
            }
        }
        all_gone
    }

    /// Deletes one message of an answer; whether it is gone.
    async fn delete_message(
        &self,
        kept: &Kept,
        posted: Posted,
        pressed: Option<Pressed<'_>>,
    ) -> bool {
        let deadline = Instant::now() + PATIENCE;
        let (question, message) = (kept.question.id, posted.message);
        let failed = |error: CallError| {
            tracing::warn!(%question, %error, "a message of an answer could not be deleted");
        };
        if kept.question.asked.is_answered_openly() {
            let channels = &self.ways.channels;
            match again(deadline, || channels.delete(posted.channel, message)).await {
                Ok(()) => return true,
                // A reply can stand where the bot itself may do nothing.
                Err(error) => failed(error),
            }
        }
        let pressed = pressed.filter(|(_, pressed, _)| *pressed == message);
        let (reply, which) = match (pressed, &kept.question.asked.origin) {
            (Some((reply, ..)), _) => (reply, None),
            (None, Origin::Interaction(earlier)) => (earlier, (posted.part > 0).then_some(message)),
            (None, Origin::Message(_) | Origin::Past) => return false,
        };
        let interactions = &self.ways.interactions;
        let deleted = again(deadline, || interactions.delete(reply, which)).await;
        deleted.map_err(failed).is_ok()
    }
}
