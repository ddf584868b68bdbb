//! Keeps what those who wait in line see of their places: when somebody has their turn, the others move up. May be lost.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use dashmap::DashSet;
use tokio::time::sleep;

use crate::conversation::question::Question;
use crate::discord::answering::Edge;
use crate::research::ports::Standing;

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
            let kept = self.desk.store().question(question).await;
            let found = self.research.found(question).await;
            if let (Ok(Some(kept)), Ok(Some(found))) = (kept, found)
                && !kept.withdrawn
            {
                let estimate = found.record.estimate;
                let standing = Standing::InLine(place);
                self.research_stands(&kept.question, &estimate, standing)
                    .await;
            }
        }
    }
}
