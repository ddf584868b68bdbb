//! Every store does with jobs what a plain list does, whatever happens in whatever order: workers that crash, leases that run out, turns, cancellations.

mod model;

use footnote_bot::clock::Moment;
use footnote_bot::conversation::ports::Store;
use footnote_bot::ids::PersonId;
use footnote_bot::jobs::job::{
    GivenBack, JobId, Kind, Lane, Lease, NewJob, Starts, Turns, Worker, Written,
};
use footnote_bot::storage::sqlite::SqliteStore;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use crate::harness::postgres::Database;
use model::Model;

/// How long leases last.
const LEASE: i64 = 10;
const LANES: [u64; 2] = [u64::MAX, 2];
const PEOPLE: [u64; 3] = [1, 2, 3];
const WORKERS: usize = 3;

/// Something that happens. Whom it happens to is counted around those that are there.
#[derive(Clone, Debug)]
enum Step {
    /// A job is made; for this moment on, or in its line.
    Add(Lane, Option<i64>),
    Admit,
    Claim(usize, u32),
    Renew(usize),
    /// Written under any lease that there ever was.
    Advance(usize),
    PutOff(usize, i64, GivenBack),
    End(usize),
    /// A worker is no more, and another comes in its place: what it had runs out.
    Crash(usize),
    Release(usize),
    /// The only process starts anew.
    Reclaim,
    Cancel(usize),
    CancelLane(usize),
    LineUp(usize, bool),
    Forget(i64),
    Pass(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lane = (0..LANES.len(), 0..PEOPLE.len()).prop_map(|(lane, person)| Lane {
        of: LANES[lane],
        person: PersonId(PEOPLE[person]),
    });
    let worker = 0..WORKERS;
    let which = 0..64_usize;
    let how = prop_oneof![
        Just(GivenBack::Well),
        Just(GivenBack::Failed),
        Just(GivenBack::TurnOver)
    ];
    let step = prop_oneof![
        6 => (lane, prop::option::weighted(0.3, 0..20_i64)).prop_map(|(lane, at)| Step::Add(lane, at)),
        5 => Just(Step::Admit),
        6 => (worker.clone(), 1..4_u32).prop_map(|(worker, limit)| Step::Claim(worker, limit)),
        2 => worker.clone().prop_map(Step::Renew),
        3 => which.clone().prop_map(Step::Advance),
        3 => (which.clone(), 0..20_i64, how).prop_map(|(held, wait, how)| Step::PutOff(held, wait, how)),
        4 => which.clone().prop_map(Step::End),
        1 => worker.clone().prop_map(Step::Crash),
        1 => worker.prop_map(Step::Release),
        1 => Just(Step::Reclaim),
        2 => which.clone().prop_map(Step::Cancel),
        1 => (0..LANES.len()).prop_map(Step::CancelLane),
        2 => (which, any::<bool>()).prop_map(|(job, told)| Step::LineUp(job, told)),
        1 => (0..30_i64).prop_map(Step::Forget),
        4 => (1..15_i64).prop_map(Step::Pass),
    ];
    vec(step, 1..48)
}

fn turns() -> impl Strategy<Value = Turns> {
    (1..5_u32, 1..4_u32).prop_map(|(at_once, of_one_lane)| Turns {
        at_once,
        of_one_lane,
    })
}

/// What happens to a store and to the model of it.
struct Play<'a> {
    store: &'a dyn Store,
    model: Model,
    turns: Turns,
    now: i64,
    workers: Vec<Worker>,
    /// Every job there ever was.
    ids: Vec<JobId>,
    /// Every lease there ever was.
    leases: Vec<Lease>,
    /// Whether one process alone works on the store.
    alone: bool,
}

/// One of these, counted around; none where there is none.
fn one_of<T: Copy>(all: &[T], which: usize) -> Option<T> {
    all.get(which % all.len().max(1)).copied()
}

impl Play<'_> {
    async fn step(&mut self, step: &Step) {
        let (store, now) = (self.store, Moment(self.now));
        let until = Moment(self.now + LEASE);
        let checkpoint = format!("at {}", self.now);
        match *step {
            Step::Add(lane, at) => {
                let job = NewJob {
                    id: JobId::random(),
                    kind: Kind::Research,
                    lane: Some(lane),
                    starts: at.map_or(Starts::InTurn, |at| Starts::At(Moment(self.now + at))),
                    checkpoint,
                    at: now,
                };
                assert!(store.add_job(&job).await.unwrap());
                assert!(!store.add_job(&job).await.unwrap());
                self.model.add(&job);
                self.ids.push(job.id);
            }
            Step::Admit => self.admit().await,
            Step::Claim(worker, limit) => {
                let worker = self.workers[worker];
                let mut claims = store.claim(worker, limit, now, until).await.unwrap();
                let mut expected = self.model.claim(worker, limit as usize, now, until);
                self.leases.extend(claims.iter().map(|claim| claim.lease));
                claims.sort_by_key(|claim| claim.job.id);
                expected.sort_by_key(|claim| claim.job.id);
                assert_eq!(claims, expected);
            }
            Step::Renew(worker) => {
                let worker = self.workers[worker];
                let mut renewed = store.renew(worker, until).await.unwrap();
                let mut expected = self.model.renew(worker, until);
                renewed.sort_by_key(|renewed| renewed.lease.job);
                expected.sort_by_key(|renewed| renewed.lease.job);
                assert_eq!(renewed, expected);
            }
            Step::Advance(held) => {
                if let Some(lease) = one_of(&self.leases, held) {
                    let advanced = store.advance(&lease, &checkpoint).await.unwrap();
                    assert_eq!(advanced, self.model.advance(&lease, &checkpoint));
                }
            }
            Step::PutOff(held, wait, how) => {
                if let Some(lease) = one_of(&self.leases, held) {
                    let at = Moment(self.now + wait);
                    let put_off = store.put_off(&lease, at, how).await.unwrap();
                    assert_eq!(put_off, self.model.put_off(&lease, at, how));
                }
            }
            Step::End(held) => {
                if let Some(lease) = one_of(&self.leases, held) {
                    let ended = store.end_job(&lease, &checkpoint, now).await.unwrap();
                    assert_eq!(ended, self.model.end(&lease, &checkpoint, now));
                }
            }
            Step::Crash(worker) => self.workers[worker] = Worker::random(),
            Step::Release(worker) => {
                store.release(self.workers[worker]).await.unwrap();
                self.model.release(self.workers[worker]);
            }
            Step::Reclaim => {
                store.reclaim().await.unwrap();
                if self.alone {
                    self.model.reclaim();
                }
            }
            Step::Cancel(job) => {
                if let Some(id) = one_of(&self.ids, job) {
                    let cancelled = store.cancel_job(id, now).await.unwrap();
                    assert_eq!(cancelled, self.model.cancel(id, now));
                }
            }
            Step::CancelLane(lane) => {
                let mut cancelled = store.cancel_lane(LANES[lane], now).await.unwrap();
                let mut expected = self.model.cancel_lane(LANES[lane], now);
                cancelled.sort();
                expected.sort();
                assert_eq!(cancelled, expected);
            }
            Step::LineUp(job, told) => {
                if let Some(id) = one_of(&self.ids, job) {
                    let job = self.model.jobs().find(|job| job.id == id);
                    let instead_of = job.map_or("", |job| &job.checkpoint).to_owned();
                    let instead_of = if told { &instead_of } else { "something else" };
                    let lined_up = store.line_up(id, instead_of, &checkpoint).await.unwrap();
                    assert_eq!(lined_up, self.model.line_up(id, instead_of, &checkpoint));
                }
            }
            Step::Forget(ago) => {
                let before = Moment(self.now - ago);
                let forgotten = store.forget_jobs(before).await.unwrap();
                assert_eq!(forgotten, self.model.forget(before));
            }
            Step::Pass(span) => self.now += span,
        }
    }

    async fn admit(&mut self) {
        let waited = self.in_line().await;
        let admitted = self
            .store
            .admit(Kind::Research, self.turns, Moment(self.now))
            .await;
        let admitted = admitted.unwrap();
        assert_eq!(admitted, self.model.admit(self.turns, Moment(self.now)));
        // Whoever has a second turn comes behind the first ones of all who waited with them.
        let mut had: Vec<Lane> = Vec::new();
        for id in admitted {
            let lane = self.store.job(id).await.unwrap().unwrap().lane.unwrap();
            if had.contains(&lane) {
                let mut beside = waited.iter().filter(|other| other.of == lane.of);
                assert!(beside.all(|other| had.contains(other)), "{lane:?}: {had:?}");
            }
            had.push(lane);
        }
    }

    /// Who waits, of whatever line.
    async fn in_line(&self) -> Vec<Lane> {
        let mut waiting = Vec::new();
        for lane in LANES {
            for waits in self.store.waiting(Kind::Research, lane).await.unwrap() {
                waiting.extend(self.store.job(waits.id).await.unwrap().unwrap().lane);
            }
        }
        waiting
    }

    /// That all that can be seen of the store is as in the model.
    async fn compare(&self) {
        for id in &self.ids {
            let expected = self.model.jobs().find(|job| job.id == *id);
            assert_eq!(self.store.job(*id).await.unwrap().as_ref(), expected);
        }
        for of in LANES {
            let waiting = self.store.waiting(Kind::Research, of).await.unwrap();
            assert_eq!(waiting, self.model.waiting(of));
            let person = PersonId(PEOPLE[0]);
            let lane = Lane { of, person };
            let open = self.store.open_jobs(Kind::Research, lane).await.unwrap();
            assert_eq!(open, self.model.open(lane));
        }
        assert_eq!(self.store.next_due().await.unwrap(), self.model.next_due());
    }
}

/// Plays so many stories. Each ends with a store that keeps no job.
fn agrees(runtime: &Runtime, store: &dyn Store, cases: u32, alone: bool) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let played = TestRunner::new(config).run(&(turns(), steps()), |(turns, steps)| {
        runtime.block_on(async {
            forget_all(store).await;
            let mut play = Play {
                store,
                model: Model::default(),
                turns,
                now: 1_000,
                workers: (0..WORKERS).map(|_| Worker::random()).collect(),
                ids: Vec::new(),
                leases: Vec::new(),
                alone,
            };
            for step in &steps {
                play.step(step).await;
                play.compare().await;
            }
        });
        Ok(())
    });
    played.unwrap();
}

/// Ends what an earlier story left, and forgets it.
async fn forget_all(store: &dyn Store) {
    let never = Moment(i64::MAX);
    for lane in LANES {
        store.cancel_lane(lane, Moment(0)).await.unwrap();
    }
    let worker = Worker::random();
    for claim in store.claim(worker, u32::MAX, never, never).await.unwrap() {
        let ended = store.end_job(&claim.lease, "", Moment(0)).await.unwrap();
        assert_eq!(ended, Written::Done);
    }
    store.forget_jobs(never).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), None);
}

#[test]
fn sqlite_does_what_a_list_does() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = runtime.block_on(SqliteStore::open(&folder.path().join("footnote.db")));
    agrees(&runtime, &store.unwrap(), 256, true);
}

#[test]
fn postgres_does_what_a_list_does() {
    let runtime = Runtime::new().unwrap();
    let Some(database) = runtime.block_on(Database::new()) else {
        return;
    };
    let store = runtime.block_on(database.store());
    agrees(&runtime, &store, 40, false);
    runtime.block_on(store.close());
}
