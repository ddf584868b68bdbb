//! Takes a question from its acknowledgement to its delivered outcome. Every path ends with something the reader sees.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::courier::{Courier, Undelivered};
use super::interactions::{CallError, Interactions};
use super::progress::EditedReply;
use crate::conversation::ask::Desk;
use crate::conversation::failure::Failure;
use crate::conversation::in_flight::OpenQuestion;
use crate::conversation::outcome::Outcome;
use crate::conversation::question::Question;
use crate::render::answer;

/// What every command needs at hand.
pub(super) struct Edge {
    /// Where questions are taken and answered.
    pub(super) desk: Arc<Desk>,
    /// The interaction endpoints.
    pub(super) interactions: Interactions,
    /// Delivers outcomes.
    pub(super) courier: Courier,
    /// Every task of the edge; the shutdown waits for them.
    pub(super) tasks: TaskTracker,
    /// Cancelled when what is still being answered has to be given up.
    pub(super) give_up: CancellationToken,
}

impl Edge {
    /// Acknowledges a recorded question and answers it in a task of its own.
    pub(super) async fn take(self: &Arc<Self>, question: Question, open: OpenQuestion) {
        match self.interactions.acknowledge(&question.asked.reply).await {
            // An earlier try arrived.
            Ok(()) | Err(CallError::AlreadyAcknowledged) => {}
            // The question is recorded, so it is answered; the courier finds a way that is still open.
            Err(error) => {
                tracing::warn!(question = %question.id, %error, "a question could not be acknowledged")
            }
        }
        let edge = Arc::clone(self);
        self.tasks
            .spawn(async move { edge.answer(question, open).await });
    }

    async fn answer(self: Arc<Self>, question: Question, open: OpenQuestion) {
        let reply = question.asked.reply.clone();
        let progress = Arc::new(EditedReply::start(
            &self.tasks,
            self.interactions.clone(),
            reply,
        ));
        let outcome = self.outcome(&question, &progress).await;
        if let Some(progress) = Arc::into_inner(progress) {
            progress.finish().await;
        }
        self.deliver(&question, &outcome, 0).await;
        drop(open);
    }

    /// How the question ended: answered or failed by the desk, given up, or lost to a panic of ours.
    async fn outcome(&self, question: &Question, progress: &Arc<EditedReply>) -> Outcome {
        let desk = Arc::clone(&self.desk);
        let (asked, shown) = (question.clone(), Arc::clone(progress));
        let mut work = self
            .tasks
            .spawn(async move { desk.answer(&asked, shown.as_ref()).await });
        let failure = tokio::select! {
            ended = &mut work => match ended {
                Ok(outcome) => return outcome,
                Err(error) => {
                    tracing::error!(question = %question.id, %error, "answering failed");
                    Failure::Internal
                }
            },
            () = self.give_up.cancelled() => {
                work.abort();
                // Once it is gone, nothing is shown or recorded any more but what follows here. It may just have ended well.
                if let Ok(outcome) = work.await {
                    return outcome;
                }
                tracing::warn!(question = %question.id, "given up, because the program is to end");
                Failure::Interrupted
            }
        };
        let outcome = Outcome::Failed {
            failure,
            draft: progress.newest(),
        };
        self.desk.record(question.id, &outcome).await;
        outcome
    }

    /// Shows an outcome, but for the messages that are out already, and notes what can be seen.
    pub(super) async fn deliver(&self, question: &Question, outcome: &Outcome, parts_shown: u32) {
        let messages = answer::outcome(outcome);
        let parts = messages.len();
        for (part, message) in (0..).zip(&messages).skip(parts_shown as usize) {
            match self.courier.deliver(question, part, message).await {
                Ok(()) => {}
                Err(error @ Undelivered::ForGood(_)) => {
                    tracing::warn!(question = %question.id, %error, "an outcome can be shown to nobody");
                    return self.desk.undeliverable(question.id).await;
                }
                Err(error @ Undelivered::ForNow(_)) => {
                    return tracing::warn!(question = %question.id, %error, "an outcome could not be shown; the next start tries again");
                }
            }
            if (part as usize) + 1 < parts {
                self.desk.parts_shown(question.id, part + 1).await;
            }
        }
        self.desk.shown(question.id).await;
        let took = self.desk.clock().now().since(question.asked.asked_at);
        let answered = matches!(outcome, Outcome::Answered(_));
        tracing::info!(question = %question.id, took_ms = took.as_millis(), answered, parts, "question done");
    }
}
