//! Whose turn it is.

use footnote_bot::jobs::job::{GivenBack, JobId, Kind, State, Turns, Worker, Written};

use super::jobs::{SERVER, added, claimed, claims, due, kept, research};
use super::*;

const ONE_AT_A_TIME: Turns = Turns {
    at_once: 1,
    of_one_lane: 1,
};

async fn admitted(store: &dyn Store, turns: Turns) -> Vec<JobId> {
    let admitted = store.admit(Kind::Research, turns, Moment(5_000)).await;
    admitted.unwrap()
}

/// Gives turns one by one, each to its end, to as many as this; whose they were.
async fn turns(store: &dyn Store, many: usize) -> Vec<(u64, u64)> {
    let worker = Worker::random();
    let mut had = Vec::new();
    for _ in 0..many {
        let admitted = admitted(store, ONE_AT_A_TIME).await;
        assert_eq!(admitted.len(), 1);
        let lane = kept(store, admitted[0]).await.lane.unwrap();
        had.push((lane.of, lane.person.0));
        let lease = claimed(store, worker, 5_000).await;
        assert_eq!(lease.job, admitted[0]);
        let ended = store.end_job(&lease, "over", Moment(5_001)).await;
        assert_eq!(ended.unwrap(), Written::Done);
    }
    had
}

/// The places in a line, in order.
async fn line(store: &dyn Store, lane: u64) -> Vec<(JobId, u32)> {
    let waiting = store.waiting(Kind::Research, lane).await.unwrap();
    waiting.iter().map(|each| (each.id, each.place)).collect()
}

pub(super) async fn everybody_has_their_turn(store: &dyn Store) {
    let (alice, bob, carol) = (1, 2, 3);
    let mut ids = Vec::new();
    for person in [alice, alice, alice, bob, bob, carol] {
        ids.push(added(store, research(SERVER, person)).await);
    }
    let places = [ids[0], ids[3], ids[5], ids[1], ids[4], ids[2]];
    let places: Vec<_> = places.into_iter().zip(1..).collect();
    assert_eq!(line(store, SERVER).await, places);
    assert!(line(store, 1).await.is_empty());
    let had = turns(store, 2).await;
    assert_eq!(had, [(SERVER, alice), (SERVER, bob)]);
    // Who had no turn yet comes before those who had, however late they came.
    let dave = 4;
    added(store, research(SERVER, dave)).await;
    let had: Vec<_> = turns(store, 5)
        .await
        .into_iter()
        .map(|(_, who)| who)
        .collect();
    assert_eq!(had, [carol, dave, alice, bob, alice]);
}

pub(super) async fn lines_have_their_turns_one_after_another(store: &dyn Store) {
    for person in [1, 2, 3, 4] {
        added(store, research(10, person)).await;
    }
    for lane in [20, 20, 30] {
        added(store, research(lane, 5)).await;
    }
    let two_of_each = Turns {
        at_once: 5,
        of_one_lane: 2,
    };
    let mut lanes = Vec::new();
    for id in admitted(store, two_of_each).await {
        let job = kept(store, id).await;
        assert_eq!((job.state, job.run_at), (State::Ready, Moment(5_000)));
        lanes.push(job.lane.unwrap().of);
    }
    assert_eq!(
        lanes,
        [10, 20, 30, 10, 20],
        "the first of each, then the second"
    );
    assert!(
        admitted(store, two_of_each).await.is_empty(),
        "all are taken"
    );
    let one_more = Turns {
        at_once: 6,
        of_one_lane: 2,
    };
    assert!(
        admitted(store, one_more).await.is_empty(),
        "line 10 has its two"
    );
    // Whose turn has ended leaves room; what is put off does not.
    let worker = Worker::random();
    for claim in claims(store, worker, 5_000).await {
        let lane = claim.job.lane.unwrap().of;
        let written = if lane == 10 {
            store.end_job(&claim.lease, "over", LATER).await
        } else {
            store
                .put_off(&claim.lease, Moment(9_000), GivenBack::Well)
                .await
        };
        assert_eq!(written.unwrap(), Written::Done);
    }
    let next = admitted(store, two_of_each).await;
    let mut people = Vec::new();
    for id in next {
        people.push(kept(store, id).await.lane.unwrap().person.0);
    }
    assert_eq!(people, [3, 4]);
}

pub(super) async fn what_is_given_back_out_of_turn_leaves_its_room_to_others(store: &dyn Store) {
    let (worker, lane) = (Worker::random(), |person| research(SERVER, person));
    let first = added(store, lane(1)).await;
    let second = added(store, lane(2)).await;
    let open = async || {
        let alices = lane(1).lane.unwrap();
        store.open_jobs(Kind::Research, alices).await.unwrap()
    };
    assert_eq!(admitted(store, ONE_AT_A_TIME).await, [first]);
    assert_eq!(open().await, (2, 1));
    let lease = claimed(store, worker, 5_000).await;
    let put_off = store.put_off(&lease, Moment(9_000), GivenBack::TurnOver);
    assert_eq!(put_off.await.unwrap(), Written::Done);
    assert_eq!(open().await, (1, 0), "it takes up no place");
    assert_eq!(admitted(store, ONE_AT_A_TIME).await, [second]);
    // It goes on all the same, and however it is given back later, its turn stays over.
    let lease = claimed(store, worker, 5_000).await;
    assert_eq!(lease.job, second);
    let lease = claimed(store, worker, 9_000).await;
    assert_eq!(lease.job, first);
    let put_off = store.put_off(&lease, Moment(9_500), GivenBack::Failed);
    assert_eq!(put_off.await.unwrap(), Written::Done);
    let third = added(store, lane(3)).await;
    assert!(admitted(store, ONE_AT_A_TIME).await.is_empty());
    let two = Turns {
        at_once: 2,
        of_one_lane: 2,
    };
    assert_eq!(admitted(store, two).await, [third]);
}

pub(super) async fn what_is_cancelled_needs_no_turn(store: &dyn Store) {
    let worker = Worker::random();
    let first = added(store, research(SERVER, 1)).await;
    let second = added(store, research(SERVER, 2)).await;
    let cancelled = store.cancel_job(second, Moment(50)).await.unwrap().unwrap();
    assert_eq!(cancelled, kept(store, second).await);
    assert!(cancelled.cancelled);
    assert_eq!(
        (cancelled.state, cancelled.run_at),
        (State::Ready, Moment(50))
    );
    assert_eq!(line(store, SERVER).await, [(first, 1)]);
    // It had no turn, so that it takes nobody's.
    assert_eq!(admitted(store, ONE_AT_A_TIME).await, [first]);
    let lease = claimed(store, worker, 50).await;
    assert_eq!(lease.job, second);
    assert_eq!(
        store.end_job(&lease, "over", LATER).await.unwrap(),
        Written::Done
    );
    assert_eq!(
        store.cancel_job(second, LATER).await.unwrap(),
        None,
        "it has ended"
    );
    assert_eq!(
        store.cancel_job(JobId::random(), LATER).await.unwrap(),
        None
    );

    // Who works on a job learns of it, and goes on with it.
    let lease = claimed(store, worker, 5_000).await;
    let told = store
        .cancel_job(first, Moment(6_000))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(told.run_at, Moment(5_000));
    let renewed = store.renew(worker, Moment(5_100)).await.unwrap();
    assert_eq!((renewed[0].lease, renewed[0].cancelled), (lease, true));
    assert_eq!(
        store.advance(&lease, "further").await.unwrap(),
        Written::Done
    );

    // A whole line.
    let mut open = vec![first];
    for _ in 0..2 {
        open.push(added(store, research(SERVER, 3)).await);
    }
    let elsewhere = added(store, research(99, 3)).await;
    let mut cancelled = store.cancel_lane(SERVER, Moment(70)).await.unwrap();
    cancelled.sort();
    open.sort();
    assert_eq!(cancelled, open);
    assert!(!kept(store, elsewhere).await.cancelled);
    assert!(line(store, SERVER).await.is_empty());
    assert!(store.cancel_lane(1, LATER).await.unwrap().is_empty());
}

pub(super) async fn a_job_stands_in_its_line_once_it_is_confirmed(store: &dyn Store) {
    let worker = Worker::random();
    let id = added(store, due(900)).await;
    let line_up = async |instead_of| store.line_up(id, instead_of, "confirmed").await.unwrap();
    assert!(admitted(store, ONE_AT_A_TIME).await.is_empty());
    assert!(!line_up("something else").await);
    let lease = claimed(store, worker, 900).await;
    assert!(!line_up("in line").await, "somebody works on it");
    let put_off = store
        .put_off(&lease, Moment(950), GivenBack::Well)
        .await
        .unwrap();
    assert_eq!(put_off, Written::Done);
    assert!(line_up("in line").await);
    assert!(!line_up("in line").await, "once");
    let lined_up = kept(store, id).await;
    assert_eq!(lined_up.state, State::Waiting);
    assert_eq!(lined_up.checkpoint, "confirmed");
    assert!(claims(store, worker, 9_999).await.is_empty());
    assert_eq!(admitted(store, ONE_AT_A_TIME).await, [id]);

    let cancelled = added(store, due(900)).await;
    store.cancel_job(cancelled, Moment(1)).await.unwrap();
    let lined_up = store.line_up(cancelled, "in line", "confirmed").await;
    assert!(!lined_up.unwrap(), "it is to end");
    assert!(!store.line_up(JobId::random(), "", "").await.unwrap());
}
