//! The store by itself: whose turn it is, what is forgotten, what a dead process leaves behind, what a full disk does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::jobs::JobSettings;
use crate::jobs::page::Asked;

const NOW: i64 = 1_800_000_000;
const ALL: Asked = Asked {
    limit: 1000,
    before: i64::MAX,
};

fn new(id: &str, lane: &str) -> NewJob {
    NewJob {
        id: id.to_owned(),
        owner: "owner".to_owned(),
        lane: lane.to_owned(),
        idempotency_key: None,
        model: "sonar".to_owned(),
        request: "{}".to_owned(),
        handing_over: false,
    }
}

async fn open(file: Option<&Path>) -> Store {
    Store::open(file, 3, NOW).await.unwrap()
}

async fn submit(store: &Store, id: &str, lane: &str) {
    let settings = JobSettings::default();
    let submitted = store.submit(&new(id, lane), &settings, NOW).await.unwrap();
    assert!(matches!(submitted, Submitted::Accepted(_)));
}

async fn status(store: &Store, id: &str) -> Option<Status> {
    let job = store.get("owner", id, NOW).await.unwrap()?;
    Some(job.entry.status)
}

/// The order in which waiting jobs have their turns, as (lane, id).
async fn turns(store: &Store) -> Vec<(String, String)> {
    let (mut turns, mut last) = (Vec::new(), String::new());
    while let Some(next) = store.next(&last, false, NOW).await.unwrap() {
        assert!(store.begin(&next.id, NOW).await.unwrap().is_some());
        last.clone_from(&next.lane);
        turns.push((next.lane, next.id));
    }
    turns
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// In each round every lane that has a job left has one turn, its oldest.
    #[test]
    fn lanes_have_their_turns_in_rounds(lanes in prop::collection::vec("[a-e]{0,2}", 0..40)) {
        let turns = run(async {
            let store = open(None).await;
            for (number, lane) in lanes.iter().enumerate() {
                submit(&store, &number.to_string(), lane).await;
            }
            turns(&store).await
        });
        let mut left: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (number, lane) in lanes.iter().enumerate() {
            left.entry(lane).or_default().push(number.to_string());
        }
        let mut turns = turns.into_iter();
        while !left.is_empty() {
            let round: BTreeSet<_> = turns.by_ref().take(left.len()).collect();
            let oldest = left.iter().map(|(lane, jobs)| ((*lane).to_owned(), jobs[0].clone()));
            prop_assert_eq!(round, oldest.collect::<BTreeSet<_>>());
            left.retain(|_, jobs| { jobs.remove(0); !jobs.is_empty() });
        }
        prop_assert_eq!(turns.next(), None);
    }
}

#[tokio::test]
async fn what_has_expired_is_forgotten_some_at_a_time_unless_it_runs() {
    let store = open(None).await;
    for number in 0..450 {
        submit(&store, &number.to_string(), "lane").await;
    }
    store.begin("7", NOW).await.unwrap();
    let expired = NOW + 7 * 24 * 60 * 60;
    assert!(!store.forget(expired - 1).await.unwrap());
    assert_eq!(
        store.list("owner", ALL, NOW).await.unwrap().requests.len(),
        450
    );
    assert_eq!(
        store.next("", false, expired).await.unwrap(),
        None,
        "it is too late to begin"
    );
    for (more, left) in [(true, 250), (true, 50), (false, 1)] {
        assert_eq!(store.forget(expired).await.unwrap(), more);
        let listed = store.list("owner", ALL, NOW).await.unwrap();
        assert_eq!(listed.requests.len(), left);
    }
    store.complete("7", "engine", "{}", expired).await.unwrap();
    store.forget(expired).await.unwrap();
    assert_eq!(status(&store, "7").await, None);
}

#[tokio::test]
async fn a_job_is_begun_as_often_as_it_may_be_and_then_has_failed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    for attempt in 0..3 {
        let store = open(Some(&file)).await;
        if attempt == 0 {
            submit(&store, "deadly", "lane").await;
        }
        let next = store.next("", false, NOW).await.unwrap().unwrap();
        assert_eq!((next.id.as_str(), next.attempts), ("deadly", attempt));
        store.begin("deadly", NOW).await.unwrap().unwrap();
        // A job that is given back was not begun for nothing, and so does not count.
        store.give_back("deadly").await.unwrap();
        store.begin("deadly", NOW).await.unwrap().unwrap();
        assert_eq!(status(&store, "deadly").await, Some(Status::InProgress));
        store.close().await;
    }
    let store = open(Some(&file)).await;
    let job = store.get("owner", "deadly", NOW).await.unwrap().unwrap();
    assert_eq!(
        (job.entry.status, job.entry.failed_at),
        (Status::Failed, Some(NOW))
    );
    assert!(
        job.error_message
            .unwrap()
            .starts_with("The server ended 3 times")
    );
    assert_eq!(store.begin("deadly", NOW).await.unwrap(), None);
}

#[tokio::test]
async fn what_has_ended_cannot_end_again_and_keeps_no_request() {
    let store = open(None).await;
    submit(&store, "job", "lane").await;
    store.begin("job", NOW).await.unwrap().unwrap();
    store
        .complete("job", "engine", r#"{"a":1}"#, NOW)
        .await
        .unwrap();
    store.fail("job", "Too late.", NOW).await.unwrap();
    store.give_back("job").await.unwrap();
    let job = store.get("owner", "job", NOW).await.unwrap().unwrap();
    assert_eq!(job.entry.status, Status::Completed);
    assert_eq!(job.response.unwrap().get(), r#"{"a":1}"#);
    let mut connection = store.connection().await.unwrap();
    let kept = sqlx::query("SELECT request FROM job").fetch_one(&mut *connection);
    let kept: Option<String> = kept.await.unwrap().get(0);
    assert_eq!(kept, None);
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_leaves_nothing_half() {
    let store = open(None).await;
    submit(&store, "job", "lane").await;
    store.begin("job", NOW).await.unwrap().unwrap();
    let limit = |pages: &'static str| {
        let store = &store;
        async move {
            let mut connection = store.connection().await.unwrap();
            sqlx::query(pages).execute(&mut *connection).await.unwrap();
        }
    };
    // SQLite takes a limit below what is used for what is used.
    limit("PRAGMA max_page_count = 1").await;
    let answer = format!("\"{}\"", "long ".repeat(100_000));
    assert!(store.complete("job", "engine", &answer, NOW).await.is_err());
    assert_eq!(status(&store, "job").await, Some(Status::InProgress));
    let settings = JobSettings::default();
    let long = NewJob {
        request: answer.clone(),
        ..new("other", "lane")
    };
    assert!(store.submit(&long, &settings, NOW).await.is_err());
    assert_eq!(status(&store, "other").await, None);

    limit("PRAGMA max_page_count = 100000").await;
    store.complete("job", "engine", &answer, NOW).await.unwrap();
    store.submit(&long, &settings, NOW).await.unwrap();
    assert_eq!(status(&store, "job").await, Some(Status::Completed));
    assert_eq!(status(&store, "other").await, Some(Status::Created));
}

#[tokio::test]
async fn jobs_of_a_newer_version_are_left_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let store = open(Some(&file)).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (1000, 'newer', TRUE, X'00', 0)";
    let mut connection = store.connection().await.unwrap();
    sqlx::query(newer).execute(&mut *connection).await.unwrap();
    drop(connection);
    store.close().await;
    let refused = Store::open(Some(&file), 3, NOW).await.unwrap_err();
    assert!(matches!(refused, OpenError::Newer { .. }), "{refused}");
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let store = open(None).await;
    store.close().await;
    store.close().await;
    let refused = store.get("owner", "job", NOW).await.unwrap_err();
    assert!(matches!(refused, StoreError::Closed));
}

#[tokio::test]
async fn what_was_being_handed_over_when_the_process_died_is_not_handed_over_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let store = open(Some(&file)).await;
    let handing = |id: &str, key: Option<&str>| NewJob {
        idempotency_key: key.map(str::to_owned),
        handing_over: true,
        ..new(id, "lane")
    };
    let settings = JobSettings::default();
    for job in [handing("keyed", Some("key")), handing("unkeyed", None)] {
        store.submit(&job, &settings, NOW).await.unwrap();
        assert_eq!(
            status(&store, &job.id).await,
            None,
            "nobody sees it before it runs"
        );
    }
    assert_eq!(turns(&store).await, [], "and nobody begins it here");
    store.close().await;

    let store = open(Some(&file)).await;
    assert_eq!(status(&store, "unkeyed").await, None);
    let again = store
        .submit(&handing("again", Some("key")), &settings, NOW)
        .await
        .unwrap();
    let Submitted::Known(job) = again else {
        panic!("it would be paid twice: {again:?}");
    };
    assert_eq!(
        (job.entry.id.as_str(), job.entry.status),
        ("keyed", Status::Failed)
    );
    assert!(job.error_message.unwrap().contains("paid twice"));
}

#[tokio::test]
async fn what_runs_elsewhere_was_begun_when_it_was_first_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let settings = JobSettings::default();
    let started = async |store: &Store, id: &str| {
        let job = store.get("owner", id, NOW).await.unwrap().unwrap();
        job.entry.started_at
    };
    for death in [false, true] {
        let store = open(Some(&file)).await;
        if !death {
            let handing = NewJob {
                handing_over: true,
                ..new("handing", "lane")
            };
            store.submit(&handing, &settings, NOW).await.unwrap();
            store.handed_over("handing", "there", "run").await.unwrap();
            submit(&store, "here", "lane").await;
        }
        let now = NOW + 100 * i64::from(death);
        for id in ["there", "here"] {
            store.begin(id, now).await.unwrap().unwrap();
        }
        assert_eq!(started(&store, "there").await, Some(NOW));
        assert_eq!(started(&store, "here").await, Some(now));
        for id in ["there", "here"] {
            store.give_back(id).await.unwrap();
            assert_eq!(started(&store, id).await, None, "it waits");
            store.begin(id, now + 10).await.unwrap().unwrap();
        }
        assert_eq!(started(&store, "there").await, Some(NOW));
        assert_eq!(started(&store, "here").await, Some(now + 10));
        store.close().await;
    }
}
