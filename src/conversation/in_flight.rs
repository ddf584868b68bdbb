//! Which questions are being answered right now: how many may be, and when there are none. Memory only; may be lost.

use std::sync::Arc;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::ids::PersonId;

/// Counts the questions that are open, and bounds them.
#[derive(Clone)]
pub struct InFlight {
    limits: Limits,
    open: Arc<watch::Sender<usize>>,
    open_of: Arc<DashMap<PersonId, usize>>,
    asking: Arc<Semaphore>,
}

/// How many questions may be open, and how many of them with the service.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open in all.
    pub open: usize,
    /// Open of one person.
    pub open_of_one: usize,
    /// With the service at the same time.
    pub at_once: usize,
}

/// Why no further question can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// Too many are open in all.
    Everyone,
    /// This person has too many open.
    ThisPerson,
}

/// A question that is open; it is closed when this is dropped.
pub struct OpenQuestion {
    person: PersonId,
    open: Arc<watch::Sender<usize>>,
    open_of: Arc<DashMap<PersonId, usize>>,
}

impl Drop for OpenQuestion {
    fn drop(&mut self) {
        if let Entry::Occupied(mut count) = self.open_of.entry(self.person) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
        self.open.send_modify(|open| *open -= 1);
    }
}

impl InFlight {
    /// Counts within `limits`.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            open: Arc::new(watch::Sender::new(0)),
            open_of: Arc::new(DashMap::new()),
            asking: Arc::new(Semaphore::new(limits.at_once)),
        }
    }

    /// Opens a question of this person.
    ///
    /// # Errors
    ///
    /// [`Full`] when too many are open.
    pub fn open(&self, person: PersonId) -> Result<OpenQuestion, Full> {
        let opened = self.open.send_if_modified(|open| {
            let room = *open < self.limits.open;
            *open += usize::from(room);
            room
        });
        if !opened {
            return Err(Full::Everyone);
        }
        let own = {
            let mut own = self.open_of.entry(person).or_insert(0);
            *own += 1;
            *own
        };
        // From here on its drop takes both counts back.
        let question = OpenQuestion {
            person,
            open: Arc::clone(&self.open),
            open_of: Arc::clone(&self.open_of),
        };
        if own > self.limits.open_of_one {
            Err(Full::ThisPerson)
        } else {
            Ok(question)
        }
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

    const ALICE: PersonId = PersonId(1);
    const BOB: PersonId = PersonId(2);

    fn in_flight(open: usize, open_of_one: usize) -> InFlight {
        InFlight::new(Limits {
            open,
            open_of_one,
            at_once: 1,
        })
    }

    #[test]
    fn no_more_questions_open_than_allowed_and_a_closed_one_makes_room() {
        let in_flight = in_flight(1, 1);
        let first = in_flight.open(ALICE);
        assert!(first.is_ok());
        assert_eq!(in_flight.open(BOB).err(), Some(Full::Everyone));
        drop(first);
        assert!(in_flight.open(BOB).is_ok());
    }

    #[test]
    fn one_person_leaves_room_for_others_and_is_forgotten_when_done() {
        let in_flight = in_flight(9, 1);
        let first = in_flight.open(ALICE);
        assert_eq!(in_flight.open(ALICE).err(), Some(Full::ThisPerson));
        assert!(in_flight.open(BOB).is_ok());
        drop(first);
        assert!(in_flight.open(ALICE).is_ok());
        assert!(in_flight.open_of.is_empty());
    }

    #[tokio::test]
    async fn idle_comes_when_the_last_question_closes() {
        let in_flight = in_flight(2, 2);
        let open = in_flight.open(ALICE);
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
