//! The line before a conversation: one answer at a time, in the order in which the questions came. Memory only; may be lost.

use std::pin::Pin;
use std::sync::Arc;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use futures_util::FutureExt;
use tokio::sync::{AcquireError, Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::task::unconstrained;

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
    turn: Mutex<Turn>,
    lines: Arc<DashMap<ConversationId, Line>>,
    /// Whether others stood before it when it came.
    pub waits: bool,
}

type Waiting =
    Pin<Box<dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + Send + 'static>>;

enum Turn {
    Waits(Waiting),
    Come {
        _lasts: Option<OwnedSemaphorePermit>,
    },
}

impl Lines {
    /// Stands in line behind all who came before.
    pub fn stand(&self, conversation: ConversationId) -> InLine {
        let mut line = self.lines.entry(conversation).or_insert_with(|| Line {
            turn: Arc::new(Semaphore::new(1)),
            standing: 0,
        });
        line.standing += 1;
        // Asked for at once, whatever the task has done before: who asks first has the first turn, not who waits first.
        let mut waiting: Waiting = Box::pin(unconstrained(Arc::clone(&line.turn).acquire_owned()));
        let turn = match (&mut waiting).now_or_never() {
            Some(turn) => Turn::Come { _lasts: turn.ok() },
            None => Turn::Waits(waiting),
        };
        InLine {
            conversation,
            turn: Mutex::new(turn),
            lines: Arc::clone(&self.lines),
            waits: line.standing > 1,
        }
    }
}

impl InLine {
    /// Waits for the turn, which lasts until the place is given up.
    pub async fn turn(&self) {
        let mut turn = self.turn.lock().await;
        if let Turn::Waits(waiting) = &mut *turn {
            // It fails only when the line is closed, which nobody does.
            let come = waiting.await;
            *turn = Turn::Come { _lasts: come.ok() };
        }
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
    async fn who_came_first_has_the_first_turn_however_late_it_waits_for_it() {
        let lines = Lines::default();
        let (first, second, third) = (lines.stand(TEA), lines.stand(TEA), lines.stand(TEA));
        let mut third_turn = Box::pin(third.turn());
        let mut second_turn = Box::pin(second.turn());
        assert!(poll_immediate(&mut third_turn).await.is_none());
        assert!(poll_immediate(&mut second_turn).await.is_none());
        drop(first);
        assert!(poll_immediate(&mut third_turn).await.is_none());
        assert!(poll_immediate(&mut second_turn).await.is_some());
        drop(second_turn);
        drop(second);
        assert!(poll_immediate(&mut third_turn).await.is_some());
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
