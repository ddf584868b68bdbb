//! Takes researches on, begins and cancels them as people press. Records first and shows then.

use std::sync::Arc;

use dashmap::DashMap;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::conversation::ports::{Kept, StoreError};
use crate::conversation::question::{NewQuestion, Origin, Question, Reply};
use crate::discord::answering::Edge;
use crate::discord::call::CallError;
use crate::failpoint;
use crate::ids::{ChannelId, GuildId, QuestionId};
use crate::jobs::job::State;
use crate::render::sentences::Refusal;
use crate::research::desk::{Found, Taken, TakenOn};
use crate::research::ports::Standing;
use crate::research::record::Stage;
use crate::search::scope::Path;
use crate::search::wish::Limits;

/// Researches that are being recorded and acknowledged, by their events.
#[derive(Default)]
pub(in crate::discord) struct Arrivals(DashMap<u64, Arc<Mutex<()>>>);

/// One of them, until this is dropped.
pub(super) struct Arriving<'a> {
    arrivals: &'a Arrivals,
    event: u64,
    _until: OwnedMutexGuard<()>,
}

impl Arrivals {
    /// Announces one before it is recorded, once nobody else does.
    pub(super) async fn announce(&self, event: u64) -> Arriving<'_> {
        loop {
            let lock = Arc::clone(&self.0.entry(event).or_default());
            let until = Arc::clone(&lock).lock_owned().await;
            // Whoever had announced it before has taken the lock along.
            let is_there = self.0.get(&event).is_some_and(|it| Arc::ptr_eq(&it, &lock));
            if is_there {
                return Arriving {
                    arrivals: self,
                    event,
                    _until: until,
                };
            }
        }
    }

    /// Waits until the question of an event is acknowledged, where this process is about to.
    pub(super) async fn arrived(&self, event: u64) {
        let arriving = self.0.get(&event).map(|lock| Arc::clone(&lock));
        if let Some(lock) = arriving {
            drop(lock.lock().await);
        }
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        self.arrivals.0.remove(&self.event);
    }
}

impl Edge {
    /// Takes a question on as a research, and shows where it stands; the refusal otherwise.
    pub(in crate::discord) async fn take_research(
        self: &Arc<Self>,
        question: NewQuestion,
        path: Option<&Path>,
        limits: &Limits,
    ) -> Result<(), Refusal> {
        let event = question.event;
        let limit = limits.confirm_above.usd();
        // Whoever works on it waits until it is acknowledged: before that, nothing can be shown.
        let _arriving = self.arrivals.announce(event).await;
        let taken = self.research.accept(question, path, limit).await;
        match taken {
            Ok(TakenOn::Taken(taken)) => self.show_taken(taken).await,
            Ok(TakenOn::Known) => tracing::debug!(event, "the same question came twice"),
            Ok(TakenOn::Full(full)) => return Err(Refusal::ResearchFull(full)),
            Err(error) => {
                tracing::error!(event, %error, "a research could not be recorded");
                return Err(Refusal::NotRecorded);
            }
        }
        Ok(())
    }

    /// Acknowledges a research that is recorded, and shows where it stands.
    async fn show_taken(self: &Arc<Self>, taken: Taken) {
        let mut board = self.boards.of(&taken.question).await;
        failpoint::pass("research.before_acknowledge");
        self.acknowledge_question(&taken.question).await;
        failpoint::pass("research.after_acknowledge");
        if matches!(taken.standing, Standing::InLine(_)) {
            self.moves_up(&taken.question);
        }
        let edge = Arc::clone(self);
        // Nobody waits for the rest: those who write next in the channel are to be heard.
        self.tasks.spawn(async move {
            let Taken {
                question,
                estimate,
                standing,
            } = taken;
            if board.is_before(standing)
                && !edge
                    .put_up(&mut board, &question, &estimate, standing)
                    .await
            {
                drop(board);
                edge.drop_research(question.id).await;
            }
        });
    }

    /// Lets the asker see that their question has arrived. It is recorded: whatever comes of this, its outcome will be shown.
    pub(super) async fn acknowledge_question(&self, question: &Question) {
        let Origin::Interaction(reply) = &question.asked.origin else {
            return;
        };
        let interactions = &self.ways.interactions;
        let acknowledged = if question.asked.wish.private {
            interactions.acknowledge_privately(reply).await
        } else {
            interactions.acknowledge(reply).await
        };
        match acknowledged {
            // An earlier try arrived.
            Ok(()) | Err(CallError::AlreadyAcknowledged) => {}
            Err(error) => {
                tracing::warn!(question = %question.id, %error, "a question could not be acknowledged");
            }
        }
    }

    /// Begins a research that waited for its asker's word; `pressed` is the reply to the press.
    pub(in crate::discord) async fn begin_research(
        self: &Arc<Self>,
        kept: &Kept,
        pressed: &Reply,
    ) -> Result<(), Refusal> {
        // Nothing but a reply can be written there: that of the press is the same message, and can be written for longer.
        let reply = (!kept.question.asked.is_answered_openly()).then_some(pressed);
        let standing = self.research.confirm(kept.question.id, reply).await;
        let standing = standing.map_err(|error| not_recorded(kept.question.id, &error))?;
        let standing = standing.ok_or(Refusal::ResearchOver)?;
        let newest = self.desk.store().question(kept.question.id).await;
        let newest = newest.ok().flatten();
        let question = &newest.as_ref().unwrap_or(kept).question;
        if let Some(found) = self.researched(question.id).await? {
            let mut board = self.boards.of(question).await;
            // Whoever works on it may have come further in the meantime.
            if board.is_before(standing) {
                self.put_up(&mut board, question, &found.record.estimate, standing)
                    .await;
            }
        }
        Ok(())
    }

    /// Cancels a research. What becomes of it, and what it costs all the same, is told where its progress was.
    pub(in crate::discord) async fn cancel_research(
        &self,
        question: QuestionId,
    ) -> Result<(), Refusal> {
        let cancelled = self.research.cancel(question).await;
        let cancelled = cancelled.map_err(|error| not_recorded(question, &error))?;
        // One that has ended, or whose outcome is being shown, cannot be cancelled any more.
        let is_over = |stage: &Stage| {
            matches!(
                stage,
                Stage::Told { .. } | Stage::Settling { .. } | Stage::Over { .. }
            )
        };
        match cancelled {
            Some(record) if !is_over(&record.stage) => Ok(()),
            _ => Err(Refusal::ResearchOver),
        }
    }

    /// Cancels a research that nobody wants to see any more, where there is one.
    pub(in crate::discord) async fn drop_research(&self, question: QuestionId) {
        if let Err(error) = self.research.cancel(question).await {
            tracing::error!(%question, %error, "a research could not be cancelled");
        }
        self.boards.take_down(question).await;
    }

    /// The bot was taken from a server: what is researched there can be shown to nobody any more.
    pub(in crate::discord) async fn server_left(&self, guild: GuildId) {
        if let Err(error) = self.research.cancel_lane(guild.0).await {
            tracing::error!(%guild, %error, "the researches of a server could not be cancelled");
        }
    }

    /// A channel or thread is said to be deleted: if it is, what is researched for it is cancelled.
    pub(in crate::discord) async fn cancel_if_gone(&self, channel: ChannelId) {
        let asked_there = self.boards.asked_in(channel);
        if asked_there.is_empty() || !self.is_gone(channel).await {
            return;
        }
        for question in asked_there {
            tracing::info!(%question, "the place of a research is gone");
            self.drop_research(question).await;
        }
    }

    /// The research of a question; none where it was never researched.
    pub(in crate::discord) async fn researched(
        &self,
        question: QuestionId,
    ) -> Result<Option<Found>, Refusal> {
        self.research.found(question).await.map_err(|error| {
            tracing::error!(%question, %error, "a research could not be looked up");
            Refusal::NotLookedUp
        })
    }

    /// Shows where a research stands that was opened once more.
    pub(super) async fn show_reopened(self: &Arc<Self>, taken: Taken) {
        let mut board = self.boards.of(&taken.question).await;
        if board.is_before(taken.standing) {
            self.put_up(&mut board, &taken.question, &taken.estimate, taken.standing)
                .await;
        }
    }
}

/// Whether somebody still works on a research, or it waits: it cannot be opened once more.
pub(super) fn is_open(found: &Found) -> bool {
    let is_shown = matches!(
        found.record.stage,
        Stage::Settling { .. } | Stage::Over { .. }
    );
    found.job.state != State::Ended && !is_shown
}

fn not_recorded(question: QuestionId, error: &StoreError) -> Refusal {
    tracing::error!(%question, %error, "what was pressed below a research could not be recorded");
    Refusal::NotRecorded
}
