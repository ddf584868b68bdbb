//! Changes that were shown to somebody before they are made, and wait for a button. Memory only; may be lost: then the command is used again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::ids::{ChangeId, PersonId};
use crate::search::change::Step;
use crate::search::scope::Path;

/// How long one waits: as long as Discord lets its message be edited.
const WAITS: Duration = Duration::from_secs(15 * 60);

/// The most that wait at the same time, each at most a few times as large as the largest file. Beyond it the oldest is forgotten for each new
/// one.
const AT_MOST: usize = 100;

/// A change that waits for its button.
#[derive(Debug)]
pub(super) struct Proposal {
    /// Whose settings it changes.
    pub(super) path: Path,
    /// What it does.
    pub(super) steps: Vec<Step>,
    /// The change on which it was shown.
    pub(super) on: ChangeId,
    /// To whom it was shown.
    pub(super) person: PersonId,
}

/// The changes that wait, the oldest first.
#[derive(Default)]
pub(in crate::discord) struct Waiting(Mutex<VecDeque<Entry>>);

struct Entry {
    /// The interaction that proposed it.
    number: u64,
    since: Instant,
    proposal: Proposal,
}

impl Waiting {
    /// Lets a change wait, in place of what waits for the same person: nobody pushes out another's by many of their own.
    pub(super) fn keep(&self, number: u64, proposal: Proposal) {
        let mut waiting = self.fresh();
        waiting.retain(|entry| entry.proposal.person != proposal.person);
        if waiting.len() >= AT_MOST {
            waiting.pop_front();
        }
        waiting.push_back(Entry {
            number,
            since: Instant::now(),
            proposal,
        });
    }

    /// The change that waits under this number for this person. It is taken once.
    pub(super) fn take(&self, number: u64, person: PersonId) -> Option<Proposal> {
        let mut waiting = self.fresh();
        let is_it = |entry: &Entry| entry.number == number && entry.proposal.person == person;
        let place = waiting.iter().position(is_it)?;
        waiting.remove(place).map(|entry| entry.proposal)
    }

    /// What is not too old.
    fn fresh(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|entry| entry.since.elapsed() < WAITS);
        waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::GuildId;

    fn proposal(person: u64) -> Proposal {
        Proposal {
            path: Path::server(GuildId(1)),
            steps: vec![Step::Reset],
            on: ChangeId::NONE,
            person: PersonId(person),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_waits_for_its_person_once_and_not_for_ever() {
        let waiting = Waiting::default();
        waiting.keep(1, proposal(10));
        assert!(waiting.take(1, PersonId(11)).is_none(), "of somebody else");
        assert!(waiting.take(1, PersonId(10)).is_some());
        assert!(waiting.take(1, PersonId(10)).is_none(), "twice");
        waiting.keep(2, proposal(10));
        tokio::time::advance(WAITS).await;
        assert!(waiting.take(2, PersonId(10)).is_none(), "too late");
        assert!(waiting.fresh().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_keeps_more_than_one_and_beyond_the_most_the_oldest_is_forgotten() {
        let waiting = Waiting::default();
        for person in 0..=AT_MOST as u64 {
            waiting.keep(person, proposal(person));
        }
        assert_eq!(waiting.fresh().len(), AT_MOST);
        assert!(waiting.take(0, PersonId(0)).is_none());
        for number in 1_000..2_000 {
            waiting.keep(number, proposal(1));
        }
        assert!(waiting.take(1, PersonId(1)).is_none(), "only the last one");
        assert!(waiting.take(1_999, PersonId(1)).is_some());
        assert!(waiting.take(2, PersonId(2)).is_some(), "of somebody else");
    }
}
