//! Jobs: who works on them, whose turn it is, and what is written under a lease.

use footnote_bot::conversation::ports::Ran;
use footnote_bot::jobs::job::{
    Claim, Job, JobId, Kind, Lane, Lease, NewJob, Starts, State, Turns, Worker, Written,
};

use super::*;

/// The line of most jobs: above the signed range, so that the bits have to survive.
const SERVER: u64 = u64::MAX - 1;
const ONE_AT_A_TIME: Turns = Turns {
    at_once: 1,
    of_one_lane: 1,
};

fn research(lane: u64, person: u64) -> NewJob {
    NewJob {
        id: JobId::random(),
        kind: Kind::Research,
        lane: Some(Lane {
            of: lane,
            person: PersonId(person),
        }),
        starts: Starts::InTurn,
        checkpoint: "in line".to_owned(),
        at: Moment(1_000),
    }
}

/// One that may begin at this moment, whoever's turn it is.
fn due(at: i64) -> NewJob {
    NewJob {
        starts: Starts::At(Moment(at)),
        ..research(SERVER, 7)
    }
}

async fn added(store: &dyn Store, job: NewJob) -> JobId {
    assert!(store.add_job(&job).await.unwrap());
    job.id
}

async fn kept(store: &dyn Store, id: JobId) -> Job {
    store.job(id).await.unwrap().unwrap()
}

/// Claims all that is due at `at`, for 30 moments.
async fn claims(store: &dyn Store, worker: Worker, at: i64) -> Vec<Claim> {
    let claimed = store.claim(worker, 9, Moment(at), Moment(at + 30)).await;
    claimed.unwrap()
}

/// Claims the one job that is due at `at`.
async fn claimed(store: &dyn Store, worker: Worker, at: i64) -> Lease {
    let claims = claims(store, worker, at).await;
    assert_eq!(claims.len(), 1);
    claims[0].lease
}

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

pub(super) async fn a_job_is_kept_with_its_question_or_not_at_all(store: &dyn Store) {
    let job = research(SERVER, 7);
    let accepted = store.accept(question(1), Some(&job)).await.unwrap();
    let Acceptance::Accepted(asked) = accepted else {
        panic!("it is new")
    };
    let kept_job = store.job_of(asked.id).await.unwrap().unwrap();
    assert_eq!((kept_job.id, kept_job.question), (job.id, Some(asked.id)));
    assert_eq!(kept_job, kept(store, job.id).await);

    let again = research(SERVER, 7);
    let accepted = store.accept(question(1), Some(&again)).await.unwrap();
    assert!(matches!(accepted, Acceptance::Known));
    assert_eq!(store.job(again.id).await.unwrap(), None, "no second job");
    // Where there can be no job, there is no question that nobody would answer.
    assert!(store.accept(question(2), Some(&job)).await.is_err());
    assert_eq!(store.asked_by(2).await.unwrap(), None);
    let plain = accepted_plain(store, 3).await;
    assert_eq!(store.job_of(plain).await.unwrap(), None);
}

async fn accepted_plain(store: &dyn Store, event: u64) -> QuestionId {
    accepted(store, question(event)).await.id
}

pub(super) async fn a_question_opened_once_more_has_a_job_of_its_own(store: &dyn Store) {
    let first = research(SERVER, 7);
    let accepted = store.accept(question(1), Some(&first)).await.unwrap();
    let Acceptance::Accepted(asked) = accepted else {
        panic!("it is new")
    };
    let second = research(SERVER, 7);
    let reopen = async || {
        let reopened = store.reopen(asked.id, None, LATER, Some(&second)).await;
        reopened.unwrap()
    };
    assert!(reopen().await.is_none(), "it is open");
    assert_eq!(store.job(second.id).await.unwrap(), None);
    store
        .record(asked.id, &answer("Whole"), LATER)
        .await
        .unwrap();
    assert_eq!(reopen().await.unwrap().attempt, 1);
    let newest = store.job_of(asked.id).await.unwrap().unwrap();
    assert_eq!(newest.id, second.id);
    assert_eq!(kept(store, first.id).await.question, Some(asked.id));
}

pub(super) async fn everything_about_a_job_is_kept(store: &dyn Store) {
    assert_eq!(store.next_due().await.unwrap(), None);
    let waits = NewJob {
        lane: Some(Lane {
            of: u64::MAX,
            person: PersonId(u64::MAX - 7),
        }),
        checkpoint: "{\"is\":\"🙂\"}".to_owned(),
        ..research(SERVER, 7)
    };
    let recurs = NewJob {
        id: JobId::of_recurring(Kind::Retention),
        kind: Kind::Retention,
        lane: None,
        starts: Starts::At(Moment(3_000)),
        checkpoint: String::new(),
        at: Moment(2_000),
    };
    for (new, state, run_at) in [
        (&waits, State::Waiting, Moment(1_000)),
        (&recurs, State::Ready, Moment(3_000)),
    ] {
        assert!(store.add_job(new).await.unwrap());
        assert!(!store.add_job(new).await.unwrap(), "each name once");
        let expected = Job {
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
        assert_eq!(kept(store, new.id).await, expected);
    }
    assert_eq!(store.next_due().await.unwrap(), Some(Moment(3_000)));
    assert_eq!(store.job(JobId::random()).await.unwrap(), None);
    assert_eq!(store.job_of(NONE).await.unwrap(), None);
}

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
    let given = store.put_off(&taken, Moment(240), false).await.unwrap();
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
        for failed in [false, true] {
            let put_off = store.put_off(&late, Moment(1), failed).await.unwrap();
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
        let put_off = store.put_off(&lease, Moment(at + 100), true).await.unwrap();
        assert_eq!(put_off, Written::Done);
        assert_eq!(attempts().await, tried, "it failed");
    }
    let lease = claimed(store, worker, 400).await;
    let put_off = store.put_off(&lease, Moment(500), false).await.unwrap();
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
            store.put_off(&claim.lease, Moment(9_000), false).await
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
    let put_off = store.put_off(&lease, Moment(950), false).await.unwrap();
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

pub(super) async fn what_is_open_is_counted(store: &dyn Store) {
    for (lane, person) in [(SERVER, 1), (SERVER, 1), (SERVER, 2), (9, 1)] {
        added(store, research(lane, person)).await;
    }
    let ends = added(store, due(100)).await;
    let open = async |of, person| {
        let person = PersonId(person);
        let open = store.open_jobs(Kind::Research, Lane { of, person }).await;
        open.unwrap()
    };
    assert_eq!(open(SERVER, 1).await, (4, 2));
    assert_eq!(open(SERVER, 7).await, (4, 1));
    assert_eq!(open(9, 2).await, (1, 0));
    let lease = claimed(store, Worker::random(), 100).await;
    assert_eq!(lease.job, ends);
    assert_eq!(
        store.end_job(&lease, "over", LATER).await.unwrap(),
        Written::Done
    );
    assert_eq!(open(SERVER, 7).await, (3, 0));
    let retention = Lane {
        of: SERVER,
        person: PersonId(1),
    };
    let others = store.open_jobs(Kind::Retention, retention).await.unwrap();
    assert_eq!(others, (0, 0), "of another kind");
}

/// A question with a job that is worked on.
async fn researching(store: &dyn Store, event: u64, worker: Worker) -> (QuestionId, Lease) {
    let accepted = store.accept(question(event), Some(&due(100))).await;
    let Acceptance::Accepted(asked) = accepted.unwrap() else {
        panic!("it is new")
    };
    (asked.id, claimed(store, worker, 100).await)
}

pub(super) async fn the_outcome_is_recorded_under_the_lease(store: &dyn Store) {
    let worker = Worker::random();
    let (asked, lease) = researching(store, 1, worker).await;
    let record = async |to_record: &Outcome, checkpoint: &str| {
        let recorded = store.record_under(&lease, checkpoint, asked, to_record, LATER);
        assert_eq!(recorded.await.unwrap(), Written::Done);
    };
    record(&answer("Whole"), "told").await;
    assert_eq!(outcome(store, 1).await, Some(answer("Whole")));
    let job = kept(store, lease.job).await;
    assert_eq!((job.checkpoint.as_str(), job.attempts), ("told", 0));
    record(&failed("Late"), "told again").await;
    assert_eq!(outcome(store, 1).await, Some(answer("Whole")));

    // What was withdrawn stays so, and the job learns of it by itself.
    let (withdrawn, lease) = researching(store, 2, worker).await;
    store.withdraw(withdrawn).await.unwrap();
    let late = answer("Late");
    let recorded = store.record_under(&lease, "told", withdrawn, &late, LATER);
    assert_eq!(recorded.await.unwrap(), Written::Done);
    assert_eq!(outcome(store, 2).await, None);
    assert_eq!(kept(store, lease.job).await.checkpoint, "told");
}

pub(super) async fn what_the_last_researches_took_is_known(store: &dyn Store) {
    let worker = Worker::random();
    let took = |millis, usd| match answer("Whole") {
        Outcome::Answered(answer) => Outcome::Answered(Answer {
            took: Duration::from_millis(millis),
            usage: Usage {
                cost_usd: usd,
                ..answer.usage
            },
            ..answer
        }),
        Outcome::Failed { .. } => panic!("it is answered"),
    };
    let end = async |lease: &Lease, at| {
        let ended = store.end_job(lease, "over", Moment(at)).await.unwrap();
        assert_eq!(ended, Written::Done);
    };
    let mut asked = Vec::new();
    for (event, outcome, at) in [
        (1, took(1_000, Some(0.25)), 3_000),
        (2, failed("Half"), 3_001),
        (3, took(3_000, None), 3_002),
    ] {
        let (question, lease) = researching(store, event, worker).await;
        store.record(question, &outcome, LATER).await.unwrap();
        end(&lease, at).await;
        asked.push(question);
    }
    // Answered at once; and answered, but not at its end yet.
    answered(store, question(4)).await;
    let (open, lease) = researching(store, 5, worker).await;
    store.record(open, &took(5_000, None), LATER).await.unwrap();

    let ran = |millis, usd| Ran {
        took: Duration::from_millis(millis),
        usd,
    };
    let newest = async |limit| store.researched(limit).await.unwrap();
    assert_eq!(newest(9).await, [ran(3_000, None), ran(1_000, Some(0.25))]);
    assert_eq!(newest(1).await, [ran(3_000, None)]);
    end(&lease, 3_003).await;
    assert_eq!(newest(1).await, [ran(5_000, None)]);
    // One that was researched twice counts once, with what the second took.
    let again = due(100);
    let reopened = store.reopen(asked[0], None, LATER, Some(&again)).await;
    assert!(reopened.unwrap().is_some());
    assert_eq!(newest(9).await, [ran(5_000, None), ran(3_000, None)]);
    let lease = claimed(store, worker, 100).await;
    store
        .record(asked[0], &took(9_000, Some(0.5)), LATER)
        .await
        .unwrap();
    end(&lease, 3_004).await;
    assert_eq!(newest(2).await, [ran(9_000, Some(0.5)), ran(5_000, None)]);
    assert_eq!(newest(9).await.len(), 3);
}

pub(super) async fn what_a_job_answers_is_its_own_to_show(store: &dyn Store) {
    let worker = Worker::random();
    let (open, lease) = researching(store, 1, worker).await;
    let plain = accepted_plain(store, 2).await;
    store.interrupt(ALL, LATER).await.unwrap();
    assert_eq!(outcome(store, 1).await, None, "its job goes on");
    assert_eq!(
        outcome(store, 2).await,
        Some(Outcome::failed(Failure::Interrupted))
    );
    store.record(open, &answer("Whole"), LATER).await.unwrap();
    let unshown = async || {
        let unshown = store.unshown(NONE, ALL, 9).await.unwrap();
        unshown
            .iter()
            .map(|each| each.question.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(unshown().await, [plain]);
    assert_eq!(
        store.end_job(&lease, "over", LATER).await.unwrap(),
        Written::Done
    );
    assert_eq!(unshown().await, [open, plain], "nobody else would");
}

pub(super) async fn what_ended_long_ago_is_forgotten(store: &dyn Store) {
    let worker = Worker::random();
    let mut ids = Vec::new();
    for ended_at in [100, 200] {
        let id = added(store, due(50)).await;
        let lease = claimed(store, worker, 50).await;
        let ended = store.end_job(&lease, "over", Moment(ended_at)).await;
        assert_eq!(ended.unwrap(), Written::Done);
        ids.push(id);
    }
    let open = added(store, due(50)).await;
    assert_eq!(store.forget_jobs(Moment(200)).await.unwrap(), 1);
    assert_eq!(store.job(ids[0]).await.unwrap(), None);
    assert_eq!(kept(store, ids[1]).await.state, State::Ended);
    assert_eq!(kept(store, open).await.state, State::Ready);
}
