//! Keeps what those who wait see of it: their place in line, which changes when somebody has their turn, or that their word is waited for.
//! May be lost.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashSet;
use tokio::time::sleep;

use crate::conversation::question::Question;
use crate::discord::answering::Edge;
use crate::ids::QuestionId;
use crate::jobs::job::State;
use crate::research::desk::Found;
use crate::research::ports::Standing;
use crate::research::record::Stage;

/// The shortest time between two looks at the lines.
const APART: Duration = Duration::from_secs(5);

/// As many of those in front see their place change; to the others it makes little difference.
const SHOWN: usize = 10;

/// The lines in which somebody moved up.
pub(in crate::discord) type Lines = DashSet<u64>;

impl Edge {
    /// Somebody in the line of this question has their turn, or left it.
    pub(super) fn moves_up(&self, question: &Question) {
        let place = question.asked.place;
        let line = place.guild.map_or(place.channel.0, |guild| guild.0);
        self.lines.insert(line);
        self.moved_up.notify_one();
    }

    /// Shows those who wait where they stand by now, for ever.
    pub(in crate::discord) async fn keep_the_lines_shown(self: &Arc<Self>) -> Infallible {
        loop {
            self.moved_up.notified().await;
            let lines: Vec<u64> = self.lines.iter().map(|line| *line).collect();
            for line in lines {
                self.lines.remove(&line);
                self.show_line(line).await;
            }
            sleep(APART).await;
        }
    }

    async fn show_line(self: &Arc<Self>, line: u64) {
        let waiting = match self.research.line(line).await {
            Ok(waiting) => waiting,
            Err(error) => {
                return tracing::warn!(line, %error, "who waits for a research could not be read");
            }
        };
        for (question, place) in waiting.into_iter().take(SHOWN) {
            if let Ok(Some(kept)) = self.desk.store().question(question).await
                && !kept.withdrawn
            {
                self.show_waiting(&kept.question, Standing::InLine(place))
                    .await;
            }
        }
    }

    /// Shows where a research stands that nobody works on, if that is still so.
    async fn show_waiting(self: &Arc<Self>, question: &Question, standing: Standing) {
        self.arrivals.arrived(question.asked.event).await;
        let mut board = self.boards.of(question).await;
        // Read while nobody else writes there: its turn may have come in the meantime, or its end, and what shows that waits for the board.
        let found = self.research.found(question.id).await;
        if let Ok(Some(found)) = found
            && waits_as(&found) == Some(standing != Standing::Unconfirmed)
        {
            let estimate = found.record.estimate;
            let there = self
                .show_on(&mut board, question, &estimate, standing)
                .await;
            drop(board);
            if !there {
                self.drop_research(question.id).await;
            }
        } else if board.is_new() {
            drop(board);
            self.boards.forget(question.id);
        }
    }

    /// After a start: shows where those stand that nobody works on and of which a former process had shown nothing.
    pub(in crate::discord) async fn show_those_who_wait(self: &Arc<Self>) {
        let open = match self.research.open().await {
            Ok(open) => open,
            Err(error) => {
                return tracing::error!(%error, "the researches that wait could not be read");
            }
        };
        for found in open {
            if let (Some(question), Some(confirmed)) = (found.job.question, waits_as(&found))
                && self.progress_of(question).await.is_none()
            {
                self.show_anew(question, &found, confirmed).await;
            }
        }
    }

    async fn show_anew(self: &Arc<Self>, question: QuestionId, found: &Found, confirmed: bool) {
        let Ok(Some(kept)) = self.desk.store().question(question).await else {
            return;
        };
        if kept.withdrawn {
            return;
        }
        let standing = if confirmed {
            let lane = found.job.lane.map_or(0, |lane| lane.of);
            let line = self.research.line(lane).await.unwrap_or_default();
            let own = line.into_iter().find(|(waits, _)| *waits == question);
            own.map(|(_, place)| Standing::InLine(place))
        } else {
            Some(Standing::Unconfirmed)
        };
        if let Some(standing) = standing {
            self.show_waiting(&kept.question, standing).await;
        }
    }
}

/// Whether a research waits for its turn, or else for its asker's word; none where it waits for neither.
fn waits_as(found: &Found) -> Option<bool> {
    match (found.job.state, &found.record.stage) {
        _ if found.job.cancelled => None,
        (State::Waiting, Stage::InLine) => Some(true),
        (State::Ready, Stage::Unconfirmed) => Some(false),
        _ => None,
    }
}
