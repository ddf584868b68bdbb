//! Workers on a real store: what is claimed, held, lost, given back and given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use footnote_bot::clock::{Clock, Moment, SystemClock};
use footnote_bot::ids::PersonId;
use footnote_bot::jobs::job::{
    Job, JobId, Kind, Lane, NewJob, Starts, State, Turns, Worker, Written,
};
use footnote_bot::jobs::ports::{JobStore, StoreError};
use footnote_bot::jobs::workers::{Held, MOST_ATTEMPTS, Next, Waited, Work, Workers, later};
use footnote_bot::storage::sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::harness::SOON;

/// What the work of a test was told to do, and what it met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    Begun,
    Waited(Waited),
    Advanced(Written),
    Abandoned,
}

/// What the work of a test does with every job.
#[derive(Clone, Copy, Debug)]
enum Does {
    /// Ends it.
    Ends,
    /// Panics the first time, then ends it.
    PanicsOnce,
    /// Waits for ever, or until it is told otherwise, and then notes how far it is.
    Waits,
    /// Comes again every day.
    Daily,
}

struct Scripted {
    does: Does,
    begun: AtomicU32,
    met: UnboundedSender<Met>,
}

#[async_trait]
impl Work for Scripted {
    fn kind(&self) -> Kind {
        match self.does {
            Does::Daily => Kind::Retention,
            _ => Kind::Research,
        }
    }

    fn turns(&self) -> Option<Turns> {
        Some(Turns {
            at_once: 1,
            of_one_lane: 1,
        })
    }

    fn every(&self) -> Option<Duration> {
        matches!(self.does, Does::Daily).then_some(Duration::from_secs(86_400))
    }

    async fn carry_on(&self, held: &Held) -> Result<Next, StoreError> {
        self.met.send(Met::Begun).unwrap();
        let earlier = self.begun.fetch_add(1, Ordering::SeqCst);
        match self.does {
            Does::Ends => {}
            Does::PanicsOnce => assert!(earlier > 0, "as the test wants it"),
            Does::Daily => return Ok(Next::After(Duration::from_secs(86_400))),
            Does::Waits => {
                let waited = if held.is_cancelled() {
                    Waited::Cancelled
                } else {
                    held.wait(Duration::from_secs(3_600)).await
                };
                self.met.send(Met::Waited(waited)).unwrap();
                let written = held.advance("further").await?;
                self.met.send(Met::Advanced(written)).unwrap();
                if waited == Waited::Stopped {
                    return Ok(Next::Dropped);
                }
            }
        }
        held.end("over", SystemClock.now()).await
    }

    async fn abandon(&self, held: &Held) -> Result<Next, StoreError> {
        self.met.send(Met::Abandoned).unwrap();
        held.end("given up", SystemClock.now()).await
    }
}

/// A store with workers on it.
struct Shop {
    store: Arc<SqliteStore>,
    workers: Arc<Workers>,
    stop: CancellationToken,
    met: UnboundedReceiver<Met>,
    task: JoinHandle<()>,
    _folder: TempDir,
}

impl Shop {
    async fn open(does: Does) -> Self {
        Self::open_on(does, async |_| {}).await
    }

    /// One whose store was used before.
    async fn open_on(does: Does, before: impl AsyncFnOnce(&SqliteStore)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("footnote.db");
        let store = Arc::new(SqliteStore::open(&path).await.unwrap());
        before(&store).await;
        let workers = Arc::new(Workers::new(
            Arc::clone(&store) as _,
            Arc::new(SystemClock),
            8,
        ));
        let (sender, met) = unbounded_channel();
        let (stop, task) = run(&workers, does, sender);
        Self {
            store,
            workers,
            stop,
            met,
            task,
            _folder: folder,
        }
    }

    async fn meets(&mut self, expected: Met) {
        let met = tokio::time::timeout(SOON, self.met.recv()).await;
        assert_eq!(met.unwrap(), Some(expected));
    }

    async fn adds(&self) -> JobId {
        let job = new_job();
        assert!(self.store.add_job(&job).await.unwrap());
        self.workers.wake();
        job.id
    }

    async fn job(&self, id: JobId) -> Job {
        self.store.job(id).await.unwrap().unwrap()
    }

    /// Waits until a job has ended.
    async fn ends(&self, id: JobId) -> Job {
        let ended = async {
            loop {
                let job = self.job(id).await;
                if job.state == State::Ended {
                    return job;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, ended).await.unwrap()
    }

    async fn closes(self) -> Arc<SqliteStore> {
        self.stop.cancel();
        tokio::time::timeout(SOON, self.task)
            .await
            .unwrap()
            .unwrap();
        self.store
    }
}

fn run(
    workers: &Arc<Workers>,
    does: Does,
    met: UnboundedSender<Met>,
) -> (CancellationToken, JoinHandle<()>) {
    let work: Arc<dyn Work> = Arc::new(Scripted {
        does,
        begun: AtomicU32::new(0),
        met,
    });
    let stop = CancellationToken::new();
    let (running, stopped) = (Arc::clone(workers), stop.clone());
    let task = TaskTracker::new().spawn(async move {
        running
            .run(vec![work], stopped, Duration::from_secs(5))
            .await;
    });
    (stop, task)
}

fn new_job() -> NewJob {
    NewJob {
        id: JobId::random(),
        kind: Kind::Research,
        lane: Some(Lane {
            of: 1,
            person: PersonId(7),
        }),
        starts: Starts::InTurn,
        checkpoint: "begun".to_owned(),
        at: SystemClock.now(),
    }
}

#[tokio::test]
async fn a_job_has_its_turn_is_done_and_makes_room_for_the_next() {
    let mut shop = Shop::open(Does::Ends).await;
    let first = shop.adds().await;
    let second = shop.adds().await;
    shop.meets(Met::Begun).await;
    shop.meets(Met::Begun).await;
    for id in [first, second] {
        let job = shop.ends(id).await;
        assert_eq!((job.checkpoint.as_str(), job.attempts), ("over", 1));
    }
    shop.closes().await;
}

#[tokio::test]
async fn a_panic_costs_an_attempt_and_nothing_else() {
    let mut shop = Shop::open(Does::PanicsOnce).await;
    let id = shop.adds().await;
    shop.meets(Met::Begun).await;
    shop.meets(Met::Begun).await;
    assert_eq!(shop.ends(id).await.attempts, 2);
    shop.closes().await;
}

#[tokio::test]
async fn what_was_begun_too_often_is_given_up_where_it_can_be_seen() {
    let job = new_job();
    let mut shop = Shop::open_on(Does::Ends, async |store| {
        assert!(store.add_job(&job).await.unwrap());
        let turns = Turns {
            at_once: 1,
            of_one_lane: 1,
        };
        store.admit(Kind::Research, turns, job.at).await.unwrap();
        // Each time the process ends before the work does.
        for _ in 0..MOST_ATTEMPTS {
            let until = later(job.at, Duration::from_secs(30));
            let claims = store.claim(Worker::random(), 9, job.at, until).await;
            assert_eq!(claims.unwrap().len(), 1);
            store.reclaim().await.unwrap();
        }
    })
    .await;
    shop.meets(Met::Abandoned).await;
    let ended = shop.ends(job.id).await;
    assert_eq!(ended.checkpoint, "given up");
    assert_eq!(ended.attempts, MOST_ATTEMPTS + 1);
    shop.closes().await;
}

#[tokio::test]
async fn who_is_told_to_stop_gives_back_at_once_and_the_attempt_does_not_count() {
    let mut shop = Shop::open(Does::Waits).await;
    let id = shop.adds().await;
    shop.meets(Met::Begun).await;
    shop.stop.cancel();
    shop.meets(Met::Waited(Waited::Stopped)).await;
    shop.meets(Met::Advanced(Written::Done)).await;
    let store = shop.closes().await;
    let job = store.job(id).await.unwrap().unwrap();
    assert_eq!((job.state, job.attempts), (State::Ready, 0));
    assert_eq!(job.checkpoint, "further");
    // Another process need not wait until the lease would have run out.
    let now = SystemClock.now();
    let until = later(now, Duration::from_secs(30));
    let claims = store.claim(Worker::random(), 9, now, until).await.unwrap();
    assert_eq!(claims[0].job.id, id);
}

#[tokio::test]
async fn a_cancelled_job_is_told_wherever_it_is() {
    let mut shop = Shop::open(Does::Waits).await;
    let worked_on = shop.adds().await;
    shop.meets(Met::Begun).await;
    let waiting = shop.adds().await;
    let at = shop.workers.now().await.unwrap();
    // It needs no turn to be ended.
    assert!(shop.store.cancel_job(waiting, at).await.unwrap().is_some());
    shop.workers.cancel(waiting);
    shop.meets(Met::Begun).await;
    shop.meets(Met::Waited(Waited::Cancelled)).await;
    shop.meets(Met::Advanced(Written::Done)).await;
    assert!(shop.ends(waiting).await.cancelled);
    assert_eq!(shop.job(worked_on).await.state, State::Ready);
    assert!(
        shop.store
            .cancel_job(worked_on, at)
            .await
            .unwrap()
            .is_some()
    );
    shop.workers.cancel(worked_on);
    shop.meets(Met::Waited(Waited::Cancelled)).await;
    shop.meets(Met::Advanced(Written::Done)).await;
    assert!(shop.ends(worked_on).await.cancelled);
    // What has ended cannot be cancelled.
    assert_eq!(shop.store.cancel_job(worked_on, at).await.unwrap(), None);
    shop.closes().await;
}

#[tokio::test]
async fn whoever_lost_its_lease_changes_nothing_any_more() {
    let mut shop = Shop::open(Does::Waits).await;
    let id = shop.adds().await;
    shop.meets(Met::Begun).await;
    // Its lease has run out, as if the process had been stopped for a while, and somebody else took over.
    let far = Moment(SystemClock.now().0 + 3_600_000);
    let until = later(far, Duration::from_secs(30));
    let taken = shop
        .store
        .claim(Worker::random(), 9, far, until)
        .await
        .unwrap();
    assert_eq!(taken[0].job.id, id);
    shop.workers.cancel(id);
    shop.meets(Met::Waited(Waited::Cancelled)).await;
    shop.meets(Met::Advanced(Written::Lost)).await;
    let job = shop.job(id).await;
    assert_eq!(
        (job.checkpoint.as_str(), job.state),
        ("begun", State::Ready)
    );
    let written = shop.store.advance(&taken[0].lease, "elsewhere").await;
    assert_eq!(written.unwrap(), Written::Done);
    shop.closes().await;
}

#[tokio::test]
async fn what_was_claimed_and_never_heard_of_is_given_back_by_itself() {
    let mut shop = Shop::open(Does::Ends).await;
    let first = shop.adds().await;
    shop.meets(Met::Begun).await;
    shop.ends(first).await;
    // The claim was made in the name of these workers, and its reply was lost.
    let far = Moment(SystemClock.now().0 + 3_600_000);
    let job = NewJob {
        starts: Starts::At(far),
        ..new_job()
    };
    assert!(shop.store.add_job(&job).await.unwrap());
    let until = later(far, Duration::from_secs(30));
    let claims = shop.store.claim(shop.workers.name(), 9, far, until).await;
    assert_eq!(claims.unwrap()[0].job.id, job.id);
    // Nobody takes away from themselves what they may be working on.
    let again = shop.store.claim(shop.workers.name(), 9, until, until).await;
    assert!(again.unwrap().is_empty());
    shop.meets(Met::Begun).await;
    assert_eq!(shop.ends(job.id).await.attempts, 2);
    shop.closes().await;
}

#[tokio::test]
async fn what_comes_again_is_one_job_across_starts() {
    let mut shop = Shop::open(Does::Daily).await;
    shop.meets(Met::Begun).await;
    let store = shop.closes().await;
    let id = JobId::of_recurring(Kind::Retention);
    let first = store.job(id).await.unwrap().unwrap();
    assert_eq!(first.state, State::Ready);
    assert!(first.run_at.since(first.created_at) > Duration::from_secs(80_000));
    let workers = Arc::new(Workers::new(
        Arc::clone(&store) as _,
        Arc::new(SystemClock),
        8,
    ));
    let (sender, mut met) = unbounded_channel();
    let (stop, task) = run(&workers, Does::Daily, sender);
    // It is not due yet: what is made now has its turn before it.
    stop.cancel();
    task.await.unwrap();
    assert_eq!(met.recv().await, None);
    let second = store.job(id).await.unwrap().unwrap();
    assert_eq!((second.run_at, second.attempts), (first.run_at, 0));
}
