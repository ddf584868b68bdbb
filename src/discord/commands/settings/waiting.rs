//! Changes that were shown to somebody before they are made, and wait for a button. Memory only; may be lost: then the command is used again.

use std::time::Duration;

use dashmap::DashMap;
use tokio::time::Instant;

use crate::ids::{ChangeId, PersonId};
use crate::search::change::Step;
use crate::search::scope::Path;

/// How long one waits: as long as Discord lets its message be edited.
const WAITS: Duration = Duration::from_secs(15 * 60);

/// The most that wait at the same time. Beyond it the oldest is forgotten for each new one.
const AT_MOST: usize = 1_000;

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

/// The changes that wait, by the interactions that proposed them.
#[derive(Default)]
pub(in crate::discord) struct Waiting {
    since: DashMap<u64, (Instant, Proposal)>,
}

impl Waiting {
    /// Lets a change wait.
    pub(super) fn keep(&self, number: u64, proposal: Proposal) {
        if self.since.len() >= AT_MOST {
            let now = Instant::now();
            self.since
                .retain(|_, (since, _)| now.duration_since(*since) < WAITS);
        }
        if self.since.len() >= AT_MOST {
            let oldest = self.since.iter().min_by_key(|waiting| waiting.value().0);
            let oldest = oldest.map(|waiting| *waiting.key());
            if let Some(oldest) = oldest {
                self.since.remove(&oldest);
            }
        }
        self.since.insert(number, (Instant::now(), proposal));
    }

    /// The change that waits under this number for this person. It is taken once.
    pub(super) fn take(&self, number: u64, person: PersonId) -> Option<Proposal> {
        let taken = self
            .since
            .remove_if(&number, |_, (_, proposal)| proposal.person == person);
        let (_, (since, proposal)) = taken?;
        (since.elapsed() < WAITS).then_some(proposal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::GuildId;

    fn proposal() -> Proposal {
        Proposal {
            path: Path::server(GuildId(1)),
            steps: vec![Step::Reset],
            on: ChangeId::NONE,
            person: PersonId(10),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_waits_for_its_person_once_and_not_for_ever() {
        let waiting = Waiting::default();
        waiting.keep(1, proposal());
        assert!(waiting.take(1, PersonId(11)).is_none(), "of somebody else");
        assert!(waiting.take(1, PersonId(10)).is_some());
        assert!(waiting.take(1, PersonId(10)).is_none(), "twice");
        waiting.keep(2, proposal());
        tokio::time::advance(WAITS).await;
        assert!(waiting.take(2, PersonId(10)).is_none(), "too late");
    }

    #[tokio::test(start_paused = true)]
    async fn beyond_the_most_the_oldest_is_forgotten() {
        let waiting = Waiting::default();
        for number in 0..=AT_MOST as u64 {
            waiting.keep(number, proposal());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert_eq!(waiting.since.len(), AT_MOST);
        assert!(waiting.take(0, PersonId(10)).is_none());
        assert!(waiting.take(1, PersonId(10)).is_some());
    }
}
