//! The line before a conversation: one answer at a time, in the order in which the questions came. Memory only; may be lost.

use std::sync::Arc;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

use crate::ids::ConversationId;

/// The lines before all conversations.
#[derive(Clone, Default)]
pub struct Lines {
    lines: Arc<DashMap<ConversationId, Line>>,
}

struct Line {
    turn: Arc<Semaphore>,
    standing: usize,
}

/// A question's place in the line before its conversation; it leaves when this is dropped.
pub struct InLine {
    conversation: ConversationId,
    turn: Arc<Semaphore>,
    taken: OnceCell<OwnedSemaphorePermit>,
    lines: Arc<DashMap<ConversationId, Line>>,
    /// Whether others stood before it when it came.
    pub waits: bool,
}

impl Lines {
    /// Stands in line behind all who came before.
    pub fn stand(&self, conversation: ConversationId) -> InLine {
        let mut line = self.lines.entry(conversation).or_insert_with(|| Line {
            turn: Arc::new(Semaphore::new(1)),
            standing: 0,
        });
        line.standing += 1;
        InLine {
            conversation,
            turn: Arc::clone(&line.turn),
            taken: OnceCell::new(),
            lines: Arc::clone(&self.lines),
            waits: line.standing > 1,
        }
    }
}

impl InLine {
    /// Waits for the turn, which lasts until the place is given up.
    pub async fn turn(&self) {
        let take = || Arc::clone(&self.turn).acquire_owned();
        // It fails only when the line is closed, which nobody does.
        let _taken = self.taken.get_or_try_init(take).await;
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        if let Entry::Occupied(mut line) = self.lines.entry(self.conversation) {
            line.get_mut().standing -= 1;
            if line.get().standing == 0 {
                line.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::poll_immediate;

    const TEA: ConversationId = ConversationId(1);
    const RAIN: ConversationId = ConversationId(2);

    #[tokio::test]
    async fn turns_come_in_order_and_conversations_do_not_wait_for_each_other() {
        let lines = Lines::default();
        let (first, second, third) = (lines.stand(TEA), lines.stand(TEA), lines.stand(TEA));
        assert!(!first.waits && second.waits && third.waits);
        first.turn().await;
        let mut second_turn = Box::pin(second.turn());
        let mut third_turn = Box::pin(third.turn());
        assert!(poll_immediate(&mut second_turn).await.is_none());
        assert!(poll_immediate(&mut third_turn).await.is_none());
        let rain = lines.stand(RAIN);
        assert!(poll_immediate(rain.turn()).await.is_some());
        drop(first);
        assert!(poll_immediate(&mut third_turn).await.is_none());
        assert!(poll_immediate(&mut second_turn).await.is_some());
    }

    #[tokio::test]
    async fn a_line_without_anybody_in_it_is_forgotten() {
        let lines = Lines::default();
        let first = lines.stand(TEA);
        drop(lines.stand(TEA));
        assert_eq!(lines.lines.len(), 1);
        drop(first);
        assert!(lines.lines.is_empty());
        assert!(!lines.stand(TEA).waits);
    }
}
