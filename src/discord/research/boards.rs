//! The message that shows how far a research is: one for each, edited in place, at a pace that Discord allows. The newest standing wins; what
//! was shown is kept in memory only and may be lost.

use std::sync::Arc;
use std::time::Duration;

use dashmap::DashMap;
use serde::de::IgnoredAny;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep_until};

use crate::conversation::ports::Posted;
use crate::conversation::question::{Origin, Question};
use crate::discord::answering::Edge;
use crate::discord::call::{CallError, Written, code};
use crate::discord::courier::again;
use crate::discord::first_message::{FirstMessage, Writing};
use crate::failpoint;
use crate::ids::{ChannelId, MessageId, QuestionId};
use crate::render::{Message, research};
use crate::research::estimate::Estimate;
use crate::research::ports::Standing;

/// How long a reply can be written by its token, less a little for the call itself.
const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60 - 10);

/// How long after an interaction Discord waits for its acknowledgement.
const ACKNOWLEDGEMENT: Duration = Duration::from_secs(3);

/// From this age on, a question may have been shown by a former process whose message Discord no longer knows by its nonce.
const NONCE_LIFE: Duration = Duration::from_secs(60);

/// How long it is tried to show where a research stands that nobody works on: nothing comes after it by itself.
const PATIENCE: Duration = Duration::from_secs(60);

/// The shortest time between two stages that are shown.
const STAGES_APART: Duration = Duration::from_secs(5);

/// The shortest time between two edits that tell nothing but how long it has taken.
const TIMES_APART: Duration = Duration::from_secs(30);

/// What was shown of each research that is under way.
#[derive(Default)]
pub(in crate::discord) struct Boards(DashMap<QuestionId, (ChannelId, Arc<Mutex<Board>>)>);

/// The message of one research.
#[derive(Default)]
pub(super) struct Board {
    /// What it says.
    says: Option<Message>,
    /// What was shown last, and when it was tried.
    last: Option<(Standing, Instant)>,
    /// What is to be shown once that is due.
    next: Option<(Estimate, Standing)>,
    /// Whether somebody took the message away: no other takes its place.
    taken_away: bool,
    /// Whether the outcome is being shown: nothing is to be shown behind it.
    closed: bool,
}

impl Boards {
    /// The board of a question, which nobody else writes in the meantime.
    pub(super) async fn of(&self, question: &Question) -> OwnedMutexGuard<Board> {
        let new = || (question.asked.place.channel, Arc::default());
        let board = Arc::clone(&self.0.entry(question.id).or_insert_with(new).1);
        board.lock_owned().await
    }

    /// The questions that were asked in this channel or thread.
    pub(super) fn asked_in(&self, channel: ChannelId) -> Vec<QuestionId> {
        let here = self.0.iter().filter(|board| board.0 == channel);
        here.map(|board| *board.key()).collect()
    }

    /// Nothing more is shown of a research until it is opened once more.
    pub(super) async fn close(&self, question: &Question) {
        let mut board = self.of(question).await;
        board.closed = true;
        board.next = None;
    }

    /// Forgets a board.
    pub(super) fn forget(&self, question: QuestionId) {
        self.0.remove(&question);
    }

    /// Nothing more is shown of a research that nobody wants to see, and its board is forgotten.
    pub(super) async fn take_down(&self, question: QuestionId) {
        let taken = self.0.remove(&question);
        if let Some((_, (_, board))) = taken {
            let mut board = board.lock().await;
            board.closed = true;
            board.next = None;
        }
    }
}

impl Board {
    /// Whether what was shown is not further than this, which may have been found out before.
    pub(super) fn is_before(&self, standing: Standing) -> bool {
        !self.closed
            && self
                .last
                .is_none_or(|(last, _)| waits(last) || !waits(standing))
    }

    /// Whether nothing was shown on it, and nothing will be.
    pub(super) fn is_new(&self) -> bool {
        self.last.is_none() && self.next.is_none() && !self.closed
    }

    /// When this can be shown: now, at a later moment, or not at all, as something newer comes by itself.
    fn due(&self, standing: Standing) -> Option<Instant> {
        let Some((last, at)) = self.last else {
            return Some(Instant::now());
        };
        if last == standing {
            return None;
        }
        match (last, standing) {
            (Standing::Running { begun: was, .. }, Standing::Running { begun: is, .. })
                if was == is =>
            {
                (at.elapsed() >= TIMES_APART).then(Instant::now)
            }
            _ => Some(at + STAGES_APART),
        }
    }
}

impl Edge {
    /// Shows where a research stands, as soon as the pace lets it. Whether its place is still there.
    pub(super) async fn research_stands(
        self: &Arc<Self>,
        question: &Question,
        estimate: &Estimate,
        standing: Standing,
    ) -> bool {
        self.arrivals.arrived(question.asked.event).await;
        let mut board = self.boards.of(question).await;
        self.show_on(&mut board, question, estimate, standing).await
    }

    /// The same on a board that nobody else writes in the meantime.
    pub(super) async fn show_on(
        self: &Arc<Self>,
        board: &mut OwnedMutexGuard<Board>,
        question: &Question,
        estimate: &Estimate,
        standing: Standing,
    ) -> bool {
        if !board.is_before(standing) {
            return true;
        }
        match board.due(standing) {
            None => true,
            Some(due) if due <= Instant::now() => {
                self.put_up(board, question, estimate, standing).await
            }
            Some(due) => {
                if board.next.replace((*estimate, standing)).is_none() {
                    let board = Arc::clone(OwnedMutexGuard::mutex(board));
                    self.put_up_at(due, board, question.clone());
                }
                true
            }
        }
    }

    /// Shows what is the newest by then on this board, which may be closed by then.
    fn put_up_at(self: &Arc<Self>, due: Instant, board: Arc<Mutex<Board>>, question: Question) {
        let edge = Arc::clone(self);
        self.tasks.spawn(async move {
            let due = edge.give_up.run_until_cancelled(sleep_until(due)).await;
            if due.is_none() {
                return;
            }
            let mut board = board.lock().await;
            if let Some((estimate, standing)) = board.next.take()
                && !board.closed
                && !edge
                    .put_up(&mut board, &question, &estimate, standing)
                    .await
            {
                drop(board);
                edge.drop_research(question.id).await;
            }
        });
    }

    /// Shows where a research stands right now. Whether its place is still there.
    pub(super) async fn put_up(
        &self,
        board: &mut Board,
        question: &Question,
        estimate: &Estimate,
        standing: Standing,
    ) -> bool {
        board.next = None;
        board.last = Some((standing, Instant::now()));
        let message = research::standing(question, estimate, standing);
        if board.taken_away || board.says.as_ref() == Some(&message) {
            return true;
        }
        // Of what somebody works on, the next standing says more. Of what waits, none may come for long.
        let patience = if waits(standing) && board.says.is_none() {
            PATIENCE
        } else {
            Duration::ZERO
        };
        let once = || self.write_progress(question, &message);
        let trying = again(Instant::now() + patience, once);
        let Some(written) = self.give_up.run_until_cancelled(trying).await else {
            return true;
        };
        match written {
            Ok(()) => {
                board.says = Some(message);
                true
            }
            Err(CallError::Gone {
                code: code::UNKNOWN_MESSAGE,
                ..
            }) => {
                // With its place, or alone. A place that is gone is found to be so whenever something is to be shown there.
                board.taken_away = !self.is_gone(question.asked.place.channel).await;
                board.taken_away
            }
            Err(error) => {
                tracing::info!(question = %question.id, %error, "how far a research is could not be shown");
                !self.is_place_gone(question, &error).await
            }
        }
    }

    /// Makes the message that shows a research's progress say this: by the reply as long as that can be written, then by the bot's own rights.
    pub(super) async fn write_progress(
        &self,
        question: &Question,
        message: &Message,
    ) -> Result<(), CallError> {
        let asked = &question.asked;
        let messages = self.desk.messages(question.id).await;
        // Where the answer is the reply itself, there is no progress any more that could be written.
        let is_answered_in_reply = messages
            .iter()
            .any(|posted| posted.part == 0 && posted.channel == asked.place.channel);
        if is_answered_in_reply && !asked.is_answered_openly() {
            return Err(CallError::NO_REPLY);
        }
        let there = messages
            .into_iter()
            .find(|posted| posted.part == Posted::PROGRESS);
        let age = self.desk.clock().now().since(question.opened_at);
        if let Origin::Interaction(reply) = &asked.origin
            && self.holds_reply(question)
        {
            let interactions = &self.ways.interactions;
            let mut edited = interactions.edit(reply, message).await;
            // A former process may not have come to acknowledge it.
            if matches!(
                edited,
                Err(CallError::Gone {
                    code: code::UNKNOWN_WEBHOOK,
                    ..
                })
            ) && there.is_none()
                && question.attempt == 0
                && age < ACKNOWLEDGEMENT
            {
                self.acknowledge_question(question).await;
                edited = interactions.edit(reply, message).await;
            }
            match edited {
                Ok(written) => {
                    self.note_progress(question, there, &written).await;
                    return Ok(());
                }
                Err(CallError::Gone { code, .. })
                    if code != code::UNKNOWN_MESSAGE && there.is_some() => {}
                Err(error) => return Err(error),
            }
        }
        if !asked.is_answered_openly() {
            return Err(CallError::NO_REPLY);
        }
        let channels = &self.ways.channels;
        match (there, &asked.origin) {
            (Some(there), _) => {
                channels.edit(there.channel, there.message, message).await?;
            }
            (None, Origin::Message(replied)) => {
                if age > NONCE_LIFE
                    && let Some(left) = self.progress_left(question).await
                {
                    let channel = asked.place.channel;
                    let written = channels.edit(channel, left, message).await?;
                    self.note_progress(question, None, &written).await;
                    return Ok(());
                }
                let writing = Writing {
                    question,
                    part: Posted::PROGRESS,
                    reply_to: Some(*replied),
                };
                let channel = asked.place.channel;
                let written = writing.write(channels, None, channel, message).await?;
                self.note_progress(question, None, &written).await;
            }
            (None, _) => return Err(CallError::NO_REPLY),
        }
        Ok(())
    }

    /// The message in which a former process showed the progress and did not come to note so.
    async fn progress_left(&self, question: &Question) -> Option<MessageId> {
        let first = FirstMessage::of(self.ways.clone(), question.clone()).await;
        first.reply_there(self.me).await
    }

    /// Whether the reply to a question can still be written by its token.
    pub(super) fn holds_reply(&self, question: &Question) -> bool {
        self.desk.clock().now().since(question.opened_at) < TOKEN_LIFE
    }

    /// The message that shows how far a research is, where there is one.
    pub(in crate::discord) async fn progress_of(&self, question: QuestionId) -> Option<Posted> {
        let messages = self.desk.messages(question).await;
        messages
            .into_iter()
            .find(|posted| posted.part == Posted::PROGRESS)
    }

    async fn note_progress(&self, question: &Question, there: Option<Posted>, written: &Written) {
        let posted = Posted {
            part: Posted::PROGRESS,
            channel: written.channel(),
            message: written.message(),
        };
        if there != Some(posted) {
            failpoint::pass("research.progress_unnoted");
            self.desk.posted(question.id, posted).await;
        }
    }

    /// Whether a channel is surely gone, and not only out of the bot's sight.
    pub(super) async fn is_gone(&self, channel: ChannelId) -> bool {
        let looked = self.ways.channels.get::<IgnoredAny>(channel, "").await;
        let unknown = CallError::Gone {
            status: 404,
            code: code::UNKNOWN_CHANNEL,
        };
        looked.err() == Some(unknown)
    }

    /// Whether the place of a question is surely gone, for everyone or for the bot.
    async fn is_place_gone(&self, question: &Question, error: &CallError) -> bool {
        match (error, question.asked.place.guild) {
            (
                CallError::Gone {
                    code: code::UNKNOWN_CHANNEL,
                    ..
                },
                _,
            ) => true,
            // The channel may only be hidden from it.
            (
                CallError::Refused {
                    code: code::MISSING_ACCESS,
                    ..
                },
                Some(guild),
            ) => {
                let channels = &self.ways.channels;
                let server = channels.get_of_server::<IgnoredAny>(guild, "").await;
                matches!(
                    server,
                    Err(CallError::Gone { .. } | CallError::Refused { .. })
                )
            }
            _ => false,
        }
    }
}

/// Whether nobody works on a research that stands there.
fn waits(standing: Standing) -> bool {
    matches!(standing, Standing::Unconfirmed | Standing::InLine(_))
}
