//! Which questions are being answered right now: how many may be, and when there are none. Memory only; may be lost.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Counts the questions that are open, and bounds them.
#[derive(Clone)]
pub struct InFlight {
    open: Arc<watch::Sender<usize>>,
    open_at_most: usize,
    asking: Arc<Semaphore>,
}

/// A question that is open; it is closed when this is dropped.
pub struct OpenQuestion {
    open: Arc<watch::Sender<usize>>,
}

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        self.open.send_modify(|open| *open -= 1);
    }
}

impl InFlight {
    /// Lets `open_at_most` questions be open, and `at_once` of them be with the service.
    pub fn new(open_at_most: usize, at_once: usize) -> Self {
        Self {
            open: Arc::new(watch::Sender::new(0)),
            open_at_most,
            asking: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// Opens a question, unless too many are open.
    pub fn open(&self) -> Option<OpenQuestion> {
        let opened = self.open.send_if_modified(|open| {
            let room = *open < self.open_at_most;
            *open += usize::from(room);
            room
        });
        opened.then(|| OpenQuestion {
            open: Arc::clone(&self.open),
        })
    }

    /// Waits for a turn with the service. `None` only when the process is ending.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.asking).acquire_owned().await.ok()
    }

    /// Waits until no question is open.
    pub async fn idle(&self) {
        // The sender lives as long as `self`, so this ends only when the count is zero.
        let mut open = self.open.subscribe();
        let _none_left = open.wait_for(|open| *open == 0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_more_questions_open_than_allowed_and_a_closed_one_makes_room() {
        let in_flight = InFlight::new(1, 1);
        let first = in_flight.open();
        assert!(first.is_some());
        assert!(in_flight.open().is_none());
        drop(first);
        assert!(in_flight.open().is_some());
    }

    #[tokio::test]
    async fn idle_comes_when_the_last_question_closes() {
        let in_flight = InFlight::new(2, 1);
        let open = in_flight.open();
        let idle = in_flight.idle();
        tokio::pin!(idle);
        assert!(
            futures_util::future::poll_immediate(&mut idle)
                .await
                .is_none()
        );
        drop(open);
        idle.await;
    }
}
