//! What becomes of Postgres' connections when callers go away in mid-air.

use std::sync::Arc;

use footnote_bot::jobs::job::{Kind, Turns};
use footnote_bot::jobs::ports::JobStore as _;
use footnote_bot::storage::postgres::PostgresStore;
use sqlx::PgConnection;
use tokio::task::yield_now;
use tokio_util::task::TaskTracker;

use super::*;
use crate::harness::{SOON, look_again};

/// How many callers go away.
const CALLERS: u64 = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_who_go_away_leave_no_connection_in_a_transaction() {
    let Some(database) = Database::new().await else {
        return;
    };
    let store = PostgresStore::open_with(&database.address(), 1).await;
    let store = Arc::new(store.unwrap());
    let turns = Turns {
        at_once: 1,
        of_one_lane: 1,
    };
    let tasks = TaskTracker::new();
    for caller in 1..=CALLERS {
        let calling = Arc::clone(&store);
        let call = tasks.spawn(async move {
            // Some transactions, and some statements that are none.
            match caller % 3 {
                0 => drop(calling.newest().await),
                1 => drop(calling.admit(Kind::Research, turns, LATER).await),
                _ => drop(calling.accept(question(caller), None).await),
            }
        });
        for _ in 0..caller % 17 {
            yield_now().await;
        }
        call.abort();
        let _gone = call.await;
    }
    // Whoever comes next has a connection that works, and sees what the last one wrote.
    let asked = accepted(&*store, question(CALLERS + 1)).await;
    assert_eq!(store.newest().await.unwrap(), Some(asked.id));
    let mut beside = database.connection().await;
    // One that was thrown away may still be on its way out.
    let only_one_is_left = async {
        while states(&mut beside).await != ["idle"] {
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, only_one_is_left).await.unwrap();
    store.close().await;
}

/// What the store's connections are doing, as this one sees it.
async fn states(beside: &mut PgConnection) -> Vec<String> {
    let states = sqlx::query_scalar(
        "SELECT state FROM pg_stat_activity WHERE application_name = 'footnote' AND datname = current_database()",
    );
    states.fetch_all(beside).await.unwrap()
}
