//! Several processes that share one Postgres; and what is refused before any does.

use std::collections::BTreeSet;
use std::sync::Arc;

use footnote_bot::ids::ConversationId;
use footnote_bot::jobs::job::{JobId, Kind, NewJob, Starts, Worker};
use footnote_bot::jobs::ports::JobStore as _;
use footnote_bot::settings::Settings;
use footnote_bot::storage::postgres::{self, PostgresStore};
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tokio_util::task::TaskTracker;

use super::*;
use crate::harness::TestBot;

/// Two processes' stores on one database, beside each other.
async fn two(database: &Database) -> [Arc<PostgresStore>; 2] {
    [database.store().await, database.store().await].map(Arc::new)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_event_in_two_processes_is_one_question() {
    let Some(database) = Database::new().await else {
        return;
    };
    let stores = two(&database).await;
    let tasks = TaskTracker::new();
    for event in 1..=20 {
        let accept = |store: Arc<PostgresStore>| async move {
            let accepted = store.accept(asked(event, Belongs::Here), None).await;
            matches!(accepted.unwrap(), Acceptance::Accepted(_))
        };
        let both = stores
            .each_ref()
            .map(|store| tasks.spawn(accept(Arc::clone(store))));
        let [one, other] = both;
        assert!(one.await.unwrap() != other.await.unwrap(), "event {event}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_at_once_in_a_new_home_is_one_conversation() {
    let Some(database) = Database::new().await else {
        return;
    };
    let stores = two(&database).await;
    let (tasks, mut accepting) = (TaskTracker::new(), Vec::new());
    for event in 1..=20 {
        let store = Arc::clone(&stores[usize::from(event % 2 == 0)]);
        accepting.push(tasks.spawn(async move {
            let question = accepted(&*store, asked(event, Belongs::Here)).await;
            question.conversation
        }));
    }
    let mut conversations = BTreeSet::<ConversationId>::new();
    for accepted in accepting {
        conversations.insert(accepted.await.unwrap());
    }
    assert_eq!(conversations.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_job_is_claimed_by_two_at_once() {
    let Some(database) = Database::new().await else {
        return;
    };
    let stores = two(&database).await;
    let mut made = BTreeSet::new();
    for _ in 0..60 {
        let job = NewJob {
            id: JobId::random(),
            kind: Kind::Research,
            lane: None,
            starts: Starts::At(Moment(100)),
            checkpoint: String::new(),
            at: Moment(100),
        };
        stores[0].add_job(&job).await.unwrap();
        made.insert(job.id);
    }
    let (tasks, mut claiming) = (TaskTracker::new(), Vec::new());
    for caller in 0..6 {
        let store = Arc::clone(&stores[caller % 2]);
        claiming.push(tasks.spawn(async move {
            let (worker, mut claimed) = (Worker::random(), Vec::new());
            loop {
                let claims = store.claim(worker, 3, Moment(100), Moment(130)).await;
                let claims = claims.unwrap();
                if claims.is_empty() {
                    return claimed;
                }
                claimed.extend(claims.into_iter().map(|claim| claim.lease.job));
            }
        }));
    }
    let mut claimed = Vec::new();
    for caller in claiming {
        claimed.extend(caller.await.unwrap());
    }
    assert_eq!(claimed.len(), made.len(), "each once");
    assert_eq!(claimed.into_iter().collect::<BTreeSet<_>>(), made);
}

#[tokio::test]
async fn processes_that_share_a_store_go_by_its_clock() {
    let (alone, _folder) = empty().await;
    assert_eq!(alone.now().await.unwrap(), None);
    let Some(database) = Database::new().await else {
        return;
    };
    let stores = two(&database).await;
    let mut earlier = Moment(0);
    for store in stores.iter().chain(&stores) {
        let now = store.now().await.unwrap().unwrap();
        assert!(now >= earlier);
        earlier = now;
    }
    assert!(
        earlier > Moment(1_700_000_000_000),
        "it is no clock: {earlier:?}"
    );
}

#[tokio::test]
async fn a_postgres_keeps_what_it_was_given() {
    let Some(database) = Database::new().await else {
        return;
    };
    let store = database.store().await;
    let asked = answered(&store, question(1)).await;
    store.close().await;
    let store = database.store().await;
    let unshown = store.unshown(NONE, ALL, 10).await.unwrap();
    assert_eq!(unshown[0].question.id, asked.id);
    assert_eq!(unshown[0].outcome, answer("Because 1."));
    store.close().await;
}

#[tokio::test]
async fn a_bot_on_postgres_answers_and_remembers_what_it_answered() {
    let Some(database) = Database::new().await else {
        return;
    };
    let on_it = |settings: &mut Settings| settings.storage.database_url = Some(database.address());
    let mut bot = TestBot::spawn_with(on_it).await;
    bot.will_answer("Paris.[1]", &["https://example.org/france"]);
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    assert!(asked.shown().contains("Paris."), "{}", asked.shown());
    bot.stop().await;
    bot.start().await;
    let question = bot.store().newest().await.unwrap().unwrap();
    let kept = bot.store().question(question).await.unwrap().unwrap();
    assert!(kept.shown && matches!(kept.outcome, Some(Outcome::Answered(_))));
    assert!(!bot.settings().data_dir.join("footnote.db").exists());
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let Some(database) = Database::new().await else {
        return;
    };
    database.store().await.close().await;
    let mut beside = database.connection().await;
    sqlx::raw_sql("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, '', 0)")
        .execute(&mut beside)
        .await
        .unwrap();
    let refused = PostgresStore::open(&database.address()).await;
    let refused = refused.err().unwrap();
    assert!(matches!(refused, postgres::OpenError::Newer), "{refused}");
}

#[tokio::test]
async fn what_cannot_be_reached_is_told_without_its_password() {
    for address in [
        "postgres://alice:canary@localhost/footnote?host=/nowhere",
        "postgres://alice:canary@localhost/footnote?sslmode=canary",
        "postgres://alice:canary@[",
    ] {
        let address = address.to_owned().into();
        let told = PostgresStore::open(&address)
            .await
            .err()
            .unwrap()
            .to_string();
        assert!(told.contains("FOOTNOTE_DATABASE_URL"), "{told}");
        assert!(!told.contains("canary"), "{told}");
        let knocked = postgres::knock(&address).await.unwrap_err();
        assert_eq!(knocked.to_string(), told);
    }
}

/// The columns of every table, and whether they may be missing.
const OF_SQLITE: &str = concat!(
    "SELECT tables.name || '.' || columns.name || iif(columns.\"notnull\" OR columns.pk, '', '?') AS it ",
    "FROM sqlite_schema AS tables JOIN pragma_table_info(tables.name) AS columns ",
    "WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%' AND tables.name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
);
const OF_POSTGRES: &str = concat!(
    "SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN '' ELSE '?' END AS it ",
    "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'",
);

#[tokio::test]
async fn both_engines_have_the_same_tables() {
    let Some(database) = Database::new().await else {
        return;
    };
    let (sqlite, folder) = empty().await;
    sqlite.close().await;
    let file = folder.path().join("footnote.db");
    let address = format!("sqlite://{}", file.display());
    let mut sqlite = SqliteConnection::connect(&address).await.unwrap();
    let of_sqlite = sqlx::query(OF_SQLITE).fetch_all(&mut sqlite).await.unwrap();
    let of_sqlite: BTreeSet<String> = of_sqlite.iter().map(|row| row.get("it")).collect();
    database.store().await.close().await;
    let mut postgres = database.connection().await;
    let of_postgres = sqlx::query(OF_POSTGRES).fetch_all(&mut postgres).await;
    let of_postgres = of_postgres.unwrap();
    let of_postgres: BTreeSet<String> = of_postgres.iter().map(|row| row.get("it")).collect();
    assert!(of_sqlite.contains("job.worker?"), "{of_sqlite:?}");
    assert_eq!(of_sqlite, of_postgres);
}
