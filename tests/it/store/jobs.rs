//! Jobs: what is kept of them, and of what they answer.

use footnote_bot::conversation::ports::Ran;
use footnote_bot::jobs::job::{
    Claim, Job, JobId, Kind, Lane, Lease, NewJob, Starts, State, Worker, Written,
};

use super::*;

/// The line of most jobs: above the signed range, so that the bits have to survive.
pub(super) const SERVER: u64 = u64::MAX - 1;
pub(super) fn research(lane: u64, person: u64) -> NewJob {
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
pub(super) fn due(at: i64) -> NewJob {
    NewJob {
        starts: Starts::At(Moment(at)),
        ..research(SERVER, 7)
    }
}

pub(super) async fn added(store: &dyn Store, job: NewJob) -> JobId {
    assert!(store.add_job(&job).await.unwrap());
    job.id
}

pub(super) async fn kept(store: &dyn Store, id: JobId) -> Job {
    store.job(id).await.unwrap().unwrap()
}

/// Claims all that is due at `at`, for 30 moments.
pub(super) async fn claims(store: &dyn Store, worker: Worker, at: i64) -> Vec<Claim> {
    let claimed = store.claim(worker, 9, Moment(at), Moment(at + 30)).await;
    claimed.unwrap()
}

/// Claims the one job that is due at `at`.
pub(super) async fn claimed(store: &dyn Store, worker: Worker, at: i64) -> Lease {
    let claims = claims(store, worker, at).await;
    assert_eq!(claims.len(), 1);
    claims[0].lease
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

pub(super) async fn what_is_open_is_counted(store: &dyn Store) {
    for (lane, person) in [(SERVER, 1), (SERVER, 1), (SERVER, 2), (9, 1)] {
        added(store, research(lane, person)).await;
    }
    let ends = added(store, due(100)).await;
    let all = store.open_of(Kind::Research).await.unwrap();
    assert_eq!(all.len(), 5);
    assert_eq!(all[4].id, ends, "the newest is the last");
    assert_eq!(store.open_of(Kind::Retention).await.unwrap(), []);
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
    assert_eq!(store.open_of(Kind::Research).await.unwrap().len(), 4);
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
