//! Who works on a job, and what is written under a lease.

use footnote_bot::jobs::job::{GivenBack, Lease, State, Worker, Written};

use super::jobs::{SERVER, added, claimed, claims, due, kept, research};
use super::*;

pub(super) async fn a_job_is_claimed_by_one_at_a_time(store: &dyn Store) {
    let (one, other) = (Worker::random(), Worker::random());
    let later = added(store, due(200)).await;
    let sooner = added(store, due(100)).await;
    added(store, research(SERVER, 7)).await;
    assert!(claims(store, one, 99).await.is_empty(), "none is due");
    let first = store.claim(one, 1, Moment(200), Moment(230)).await.unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(
        first[0].lease.job, sooner,
        "the one that is due the longest"
    );
    assert_eq!(first[0].job, kept(store, sooner).await);
    assert_eq!(first[0].job.attempts, 1);
    assert_eq!(store.next_due().await.unwrap(), Some(Moment(200)));
    let second = claimed(store, other, 200).await;
    assert_eq!(second.job, later);
    assert!(claims(store, other, 229).await.is_empty(), "both are held");
    assert_eq!(store.next_due().await.unwrap(), Some(Moment(230)));

    // One holds on to what it has; the lease of the other runs out.
    let renewed = store.renew(one, Moment(300)).await.unwrap();
    assert_eq!(renewed.len(), 1);
    assert_eq!(
        (renewed[0].lease, renewed[0].cancelled),
        (first[0].lease, false)
    );
    let taken = claimed(store, one, 230).await;
    assert_eq!(taken.job, later);
    assert!(taken.fence > second.fence, "each claim raises the fence");
    assert!(store.renew(other, Moment(300)).await.unwrap().is_empty());
    let given = store
        .put_off(&taken, Moment(240), GivenBack::Well)
        .await
        .unwrap();
    assert_eq!(given, Written::Done);
    assert!(claims(store, other, 239).await.is_empty(), "it is put off");
    assert_eq!(claimed(store, other, 240).await.job, later);
}

pub(super) async fn what_is_written_without_a_lease_is_not_written(store: &dyn Store) {
    let (one, other) = (Worker::random(), Worker::random());
    let id = added(store, due(100)).await;
    let asked = accepted(store, question(1)).await;
    let lost = claimed(store, one, 100).await;
    // One that ran out and that nobody took still counts.
    let advanced = store.advance(&lost, "further").await.unwrap();
    assert_eq!(advanced, Written::Done);
    let lease = claimed(store, other, 130).await;
    let before = kept(store, id).await;
    let forged = Lease {
        worker: other,
        ..lost
    };
    for late in [lost, forged] {
        let outcome = answer("Late");
        assert_eq!(store.advance(&late, "x").await.unwrap(), Written::Lost);
        for how in [GivenBack::Well, GivenBack::Failed, GivenBack::TurnOver] {
            let put_off = store.put_off(&late, Moment(1), how).await.unwrap();
            assert_eq!(put_off, Written::Lost);
        }
        let ended = store.end_job(&late, "x", LATER).await.unwrap();
        assert_eq!(ended, Written::Lost);
        let recorded = store.record_under(&late, "x", asked.id, &outcome, LATER);
        assert_eq!(recorded.await.unwrap(), Written::Lost);
    }
    assert_eq!(kept(store, id).await, before);
    assert_eq!(outcome(store, 1).await, None);

    assert_eq!(
        store.end_job(&lease, "over", LATER).await.unwrap(),
        Written::Done
    );
    let ended = kept(store, id).await;
    assert_eq!((ended.state, ended.ended_at), (State::Ended, Some(LATER)));
    assert_eq!(ended.checkpoint, "over");
    assert_eq!(store.advance(&lease, "x").await.unwrap(), Written::Lost);
    assert!(claims(store, one, 9_999).await.is_empty());
    assert!(store.renew(other, Moment(9_999)).await.unwrap().is_empty());
    assert_eq!(store.next_due().await.unwrap(), None);
}

pub(super) async fn attempts_are_counted_until_it_comes_further(store: &dyn Store) {
    let worker = Worker::random();
    let id = added(store, due(100)).await;
    let attempts = async || kept(store, id).await.attempts;
    for tried in 1..=3 {
        let at = 100 * i64::from(tried);
        let lease = claimed(store, worker, at).await;
        assert_eq!(attempts().await, tried);
        let put_off = store
            .put_off(&lease, Moment(at + 100), GivenBack::Failed)
            .await
            .unwrap();
        assert_eq!(put_off, Written::Done);
        assert_eq!(attempts().await, tried, "it failed");
    }
    let lease = claimed(store, worker, 400).await;
    let put_off = store
        .put_off(&lease, Moment(500), GivenBack::Well)
        .await
        .unwrap();
    assert_eq!((put_off, attempts().await), (Written::Done, 0));
    let lease = claimed(store, worker, 500).await;
    assert_eq!(
        store.advance(&lease, "further").await.unwrap(),
        Written::Done
    );
    assert_eq!(attempts().await, 0);
    assert_eq!(kept(store, id).await.checkpoint, "further");
}

pub(super) async fn what_is_released_may_be_claimed_at_once(store: &dyn Store) {
    let (one, other) = (Worker::random(), Worker::random());
    let id = added(store, due(100)).await;
    let lease = claimed(store, one, 100).await;
    store.release(other).await.unwrap();
    assert!(
        claims(store, other, 101).await.is_empty(),
        "it is another's"
    );
    store.release(one).await.unwrap();
    assert_eq!(kept(store, id).await.attempts, 0, "it was not tried");
    assert_eq!(store.advance(&lease, "x").await.unwrap(), Written::Lost);
    let lease = claimed(store, other, 101).await;
    assert_eq!(
        store.advance(&lease, "further").await.unwrap(),
        Written::Done
    );
    store.release(other).await.unwrap();
    assert_eq!(kept(store, id).await.attempts, 0, "never less than none");
}
