//! Jobs as the simplest thing that does what the store promises: a list, looked through from end to end. Times are passed in.

use std::collections::BTreeSet;

use footnote_bot::clock::Moment;
use footnote_bot::ids::PersonId;
use footnote_bot::jobs::job::{
    Claim, GivenBack, Job, JobId, Lane, Lease, NewJob, Renewed, Starts, State, Turns, Waiting,
    Worker, Written,
};

/// A job with what only the store knows of it.
#[derive(Clone, Debug)]
struct Kept {
    job: Job,
    /// Who works on it, and until when nobody else may.
    held: Option<(Worker, Moment)>,
    fence: i64,
    /// Rises with every turn that any job has.
    turn: Option<u32>,
    turn_over: bool,
}

impl Kept {
    fn lane(&self) -> Lane {
        self.job.lane.expect("all are in lines")
    }

    fn has_its_turn(&self) -> bool {
        self.job.state == State::Ready && self.turn.is_some() && !self.turn_over
    }

    fn is_under(&self, lease: &Lease) -> bool {
        let worker = self.held.map(|(worker, _)| worker);
        self.job.id == lease.job
            && worker == Some(lease.worker)
            && self.fence == lease.fence
            && self.job.state != State::Ended
    }

    /// From when on it may be claimed.
    fn due(&self) -> Moment {
        let free = self.held.map_or(self.job.run_at, |(_, until)| until);
        free.max(self.job.run_at)
    }
}

/// All jobs, in the order in which they were made. All are of one kind, and in lines.
#[derive(Debug, Default)]
pub(super) struct Model {
    jobs: Vec<Kept>,
    turns: u32,
}

impl Model {
    pub(super) fn add(&mut self, new: &NewJob) {
        let (state, run_at) = match new.starts {
            Starts::At(at) => (State::Ready, at),
            Starts::InTurn => (State::Waiting, new.at),
        };
        let job = Job {
            id: new.id,
            kind: new.kind,
            question: None,
            lane: new.lane,
            state,
            checkpoint: new.checkpoint.clone(),
            attempts: 0,
            cancelled: false,
            created_at: new.at,
            run_at,
            ended_at: None,
        };
        self.jobs.push(Kept {
            job,
            held: None,
            fence: 0,
            turn: None,
            turn_over: false,
        });
    }

    pub(super) fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().map(|kept| &kept.job)
    }

    pub(super) fn admit(&mut self, turns: Turns, at: Moment) -> Vec<JobId> {
        let lanes: BTreeSet<u64> = self.jobs.iter().map(|kept| kept.lane().of).collect();
        let mut queues = Vec::new();
        for lane in lanes {
            let in_lane = |kept: &&Kept| kept.lane().of == lane;
            let having = self.jobs.iter().filter(in_lane);
            let having = having.filter(|kept| kept.has_its_turn()).count();
            let room = (turns.of_one_lane as usize).saturating_sub(having);
            let last = self
                .jobs
                .iter()
                .filter(in_lane)
                .filter_map(|kept| kept.turn)
                .max();
            let mut queue = self.queue(lane);
            queue.truncate(room);
            queues.push((last, queue));
        }
        let having = self.jobs.iter().filter(|kept| kept.has_its_turn()).count();
        let room = (turns.at_once as usize).saturating_sub(having);
        let mut next = Vec::new();
        for place in 0.. {
            let mut round: Vec<_> = queues
                .iter()
                .filter_map(|(last, queue)| Some((*last, *queue.get(place)?)))
                .collect();
            if round.is_empty() {
                break;
            }
            round.sort();
            next.extend(round.into_iter().map(|(_, index)| index));
        }
        next.truncate(room);
        let mut admitted = Vec::new();
        for index in next {
            self.turns += 1;
            let kept = &mut self.jobs[index];
            kept.turn = Some(self.turns);
            kept.turn_over = false;
            kept.job.state = State::Ready;
            kept.job.run_at = at;
            admitted.push(kept.job.id);
        }
        admitted
    }

    /// Who waits in a line, in order: round by round, one job of each person, of whom the one whose last turn is the longest ago comes first.
    fn queue(&self, lane: u64) -> Vec<usize> {
        let of = |person: PersonId| {
            let theirs = move |(_, kept): &(usize, &Kept)| kept.lane() == Lane { of: lane, person };
            self.jobs.iter().enumerate().filter(theirs)
        };
        let people: BTreeSet<PersonId> = self.jobs.iter().map(|kept| kept.lane().person).collect();
        let mut queue = Vec::new();
        for round in 0..self.jobs.len() {
            let mut each = Vec::new();
            for person in &people {
                let last = of(*person).filter_map(|(_, kept)| kept.turn).max();
                let waits = of(*person).filter(|(_, kept)| kept.job.state == State::Waiting);
                each.extend(waits.map(|(index, _)| (last, index)).nth(round));
            }
            each.sort();
            queue.extend(each.into_iter().map(|(_, index)| index));
        }
        queue
    }

    pub(super) fn waiting(&self, lane: u64) -> Vec<Waiting> {
        let places = self.queue(lane).into_iter().zip(1..);
        let waiting = |(index, place): (usize, u32)| Waiting {
            id: self.jobs[index].job.id,
            question: None,
            place,
        };
        places.map(waiting).collect()
    }

    pub(super) fn claim(
        &mut self,
        worker: Worker,
        limit: usize,
        at: Moment,
        until: Moment,
    ) -> Vec<Claim> {
        let mut due: Vec<_> = self
            .jobs
            .iter_mut()
            .filter(|kept| kept.job.state == State::Ready && kept.due() <= at)
            .filter(|kept| kept.held.is_none_or(|(by, _)| by != worker))
            .collect();
        due.sort_by_key(|kept| kept.job.run_at);
        let claim = |kept: &mut Kept| {
            kept.held = Some((worker, until));
            kept.fence += 1;
            kept.job.attempts += 1;
            let lease = Lease {
                job: kept.job.id,
                worker,
                fence: kept.fence,
            };
            let job = kept.job.clone();
            Claim { job, lease }
        };
        due.into_iter().take(limit).map(claim).collect()
    }

    fn held_by(&mut self, worker: Worker) -> impl Iterator<Item = &mut Kept> {
        let held = move |kept: &&mut Kept| kept.held.is_some_and(|(by, _)| by == worker);
        self.jobs.iter_mut().filter(held)
    }

    pub(super) fn renew(&mut self, worker: Worker, until: Moment) -> Vec<Renewed> {
        let renew = |kept: &mut Kept| {
            kept.held = Some((worker, until));
            let lease = Lease {
                job: kept.job.id,
                worker,
                fence: kept.fence,
            };
            let cancelled = kept.job.cancelled;
            Renewed { lease, cancelled }
        };
        self.held_by(worker).map(renew).collect()
    }

    pub(super) fn release(&mut self, worker: Worker) {
        for kept in self.held_by(worker) {
            kept.held = None;
            kept.job.attempts = kept.job.attempts.saturating_sub(1);
        }
    }

    pub(super) fn reclaim(&mut self) {
        for kept in &mut self.jobs {
            kept.held = None;
        }
    }

    fn under(&mut self, lease: &Lease, change: impl FnOnce(&mut Kept)) -> Written {
        match self.jobs.iter_mut().find(|kept| kept.is_under(lease)) {
            Some(kept) => {
                change(kept);
                Written::Done
            }
            None => Written::Lost,
        }
    }

    pub(super) fn advance(&mut self, lease: &Lease, checkpoint: &str) -> Written {
        self.under(lease, |kept| {
            checkpoint.clone_into(&mut kept.job.checkpoint);
            kept.job.attempts = 0;
        })
    }

    pub(super) fn put_off(&mut self, lease: &Lease, run_at: Moment, how: GivenBack) -> Written {
        self.under(lease, |kept| {
            kept.held = None;
            kept.job.run_at = run_at;
            if how != GivenBack::Failed {
                kept.job.attempts = 0;
            }
            kept.turn_over |= how == GivenBack::TurnOver;
        })
    }

    pub(super) fn end(&mut self, lease: &Lease, checkpoint: &str, at: Moment) -> Written {
        self.under(lease, |kept| {
            kept.held = None;
            kept.job.state = State::Ended;
            kept.job.ended_at = Some(at);
            checkpoint.clone_into(&mut kept.job.checkpoint);
        })
    }

    pub(super) fn cancel(&mut self, id: JobId, at: Moment) -> Option<Job> {
        let open = |kept: &&mut Kept| kept.job.id == id && kept.job.state != State::Ended;
        let kept = self.jobs.iter_mut().find(open)?;
        kept.job.cancelled = true;
        kept.job.state = State::Ready;
        if kept.held.is_none() {
            kept.job.run_at = at;
        }
        Some(kept.job.clone())
    }

    pub(super) fn cancel_lane(&mut self, lane: u64, at: Moment) -> Vec<JobId> {
        let in_lane = self.jobs.iter().filter(|kept| kept.lane().of == lane);
        let ids: Vec<JobId> = in_lane.map(|kept| kept.job.id).collect();
        let cancelled = |id| self.cancel(id, at).map(|job| job.id);
        ids.into_iter().filter_map(cancelled).collect()
    }

    pub(super) fn line_up(&mut self, id: JobId, instead_of: &str, checkpoint: &str) -> bool {
        let may = |kept: &&mut Kept| {
            let job = &kept.job;
            let as_told = job.id == id && job.checkpoint == instead_of;
            as_told && job.state == State::Ready && !job.cancelled && kept.held.is_none()
        };
        let Some(kept) = self.jobs.iter_mut().find(may) else {
            return false;
        };
        kept.job.state = State::Waiting;
        checkpoint.clone_into(&mut kept.job.checkpoint);
        true
    }

    pub(super) fn forget(&mut self, before: Moment) -> u64 {
        let many = self.jobs.len();
        self.jobs
            .retain(|kept| kept.job.ended_at.is_none_or(|ended| ended >= before));
        (many - self.jobs.len()) as u64
    }

    pub(super) fn open(&self, lane: Lane) -> (u32, u32) {
        let is_open =
            |kept: &&Kept| kept.job.state != State::Ended && !kept.job.cancelled && !kept.turn_over;
        let lanes: Vec<Lane> = self.jobs.iter().filter(is_open).map(Kept::lane).collect();
        let in_lane = lanes.iter().filter(|other| other.of == lane.of).count();
        let of_person = lanes.iter().filter(|other| **other == lane).count();
        (in_lane as u32, of_person as u32)
    }

    pub(super) fn next_due(&self) -> Option<Moment> {
        let ready = self
            .jobs
            .iter()
            .filter(|kept| kept.job.state == State::Ready);
        ready.map(Kept::due).min()
    }
}
