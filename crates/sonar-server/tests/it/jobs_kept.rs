//! How long jobs are kept: across restarts, for their seven days, and no longer. One server at a time has their file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::json;
use sonar_server::{Clock, JobSettings, OpenError, Server, ServerSettings, StartError};

use crate::job_client::{JobClient, PATH, id, text};
use crate::scripted::{Scripted, TEXT, answer, asking, gated, start};

fn keeping(file: &Path) -> ServerSettings {
    ServerSettings {
        jobs: JobSettings {
            file: Some(file.to_owned()),
            ..JobSettings::default()
        },
        grace: Duration::ZERO,
        ..ServerSettings::default()
    }
}

#[tokio::test]
async fn jobs_and_their_answers_outlive_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/folder/jobs.db");
    let server = start(Scripted::playing(answer()), keeping(&file)).await;
    let client = JobClient::of(&server);
    let job = id(&client.submit_with(asking(json!({})), Some("key")).await);
    let ended = client.until(&job, "COMPLETED").await;
    server.close().await;

    let server = start(Scripted::playing(Vec::new()), keeping(&file)).await;
    let client = JobClient::of(&server);
    assert_eq!(client.look(&job).await, ended);
    let again = client.submit_with(asking(json!({})), Some("key")).await;
    assert_eq!(again, ended);
    assert_eq!(client.list().await, [job]);
    server.close().await;
    let left: Vec<_> = std::fs::read_dir(file.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "one file is left, without its log: {left:?}");
}

#[tokio::test]
async fn a_server_that_closes_leaves_its_jobs_to_the_next_and_lets_none_fail() {
    let folder = tempfile::tempdir().unwrap();
    let settings = || {
        let mut settings = keeping(&folder.path().join("jobs.db"));
        settings.jobs.at_once = 1;
        settings
    };
    let (engine, mut gate) = gated();
    let mut server = start(engine.clone(), settings()).await;
    let client = JobClient::of(&server);
    let mut jobs = Vec::new();
    for question in ["first", "second"] {
        jobs.push(client.submit(question).await);
    }
    for _ in 0..2 * JobSettings::default().attempts {
        assert_eq!(gate.begun().await, "first");
        server.close().await;
        server = start(engine.clone(), settings()).await;
    }
    gate.let_end(2);
    let client = JobClient::of(&server);
    for (job, question) in jobs.iter().zip(["first", "second"]) {
        assert_eq!(text(&client.until(job, "COMPLETED").await), question);
    }
}

#[tokio::test]
async fn a_job_that_runs_when_the_server_closes_may_end_within_the_grace() {
    let folder = tempfile::tempdir().unwrap();
    let settings = ServerSettings {
        grace: Duration::from_secs(60),
        ..keeping(&folder.path().join("jobs.db"))
    };
    let (engine, mut gate) = gated();
    let server = start(engine, settings.clone()).await;
    let job = JobClient::of(&server).submit("Why?").await;
    gate.begun().await;
    gate.let_end(1);
    server.close().await;

    let (engine, _gate) = gated();
    let server = start(engine, settings).await;
    let ended = JobClient::of(&server).look(&job).await;
    assert_eq!(
        (&ended["status"], text(&ended)),
        (&json!("COMPLETED"), "Why?")
    );
}

#[tokio::test]
async fn a_job_is_kept_for_seven_days() {
    let time = Arc::new(AtomicI64::new(1_800_000_000));
    let mut settings = ServerSettings::default();
    let shown = Arc::clone(&time);
    settings.jobs.clock = Clock::showing(move || shown.load(Ordering::SeqCst));
    let server = start(Scripted::playing(answer()), settings).await;
    let client = JobClient::of(&server);
    let job = client.submit_with(asking(json!({})), Some("key")).await;
    assert_eq!(job["created_at"], 1_800_000_000);
    let job = id(&job);
    client.until(&job, "COMPLETED").await;

    time.fetch_add(7 * 24 * 60 * 60 - 1, Ordering::SeqCst);
    assert_eq!(text(&client.look(&job).await), TEXT);
    let later = client.submit("Later?").await;
    time.fetch_add(1, Ordering::SeqCst);
    assert_eq!(
        client.get(&format!("{PATH}/{job}")).await.unwrap().status(),
        404
    );
    let anew = client.submit_with(asking(json!({})), Some("key")).await;
    assert_ne!(id(&anew), job, "its key is free again");
    assert_eq!(client.list().await, [id(&anew), later]);
}

/// Why a server cannot keep its jobs in this file.
async fn refusal(file: &Path) -> OpenError {
    let refused = Server::start(keeping(file), Scripted::playing(answer())).await;
    match refused.unwrap_err() {
        StartError::Jobs(refusal) => refusal,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused_until_the_first_ends() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let first = start(Scripted::playing(answer()), keeping(&file)).await;
    let refused = refusal(&file).await;
    assert!(matches!(&refused, OpenError::InUse { path } if *path == file));
    assert!(refused.to_string().contains("stop that one"), "{refused}");
    let client = JobClient::of(&first);
    let job = client.submit("Undisturbed?").await;
    client.until(&job, "COMPLETED").await;
    first.close().await;
    start(Scripted::playing(answer()), keeping(&file)).await;
}

#[tokio::test]
async fn a_file_that_holds_no_jobs_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let named = |name: &str, content: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let text = named(
        "text",
        "This is a letter to somebody. ".repeat(50).as_bytes(),
    );
    assert!(matches!(refusal(&text).await, OpenError::Damaged { .. }));
    assert_eq!(std::fs::read(&text).unwrap().len(), 1500);
    assert!(matches!(
        refusal(folder.path()).await,
        OpenError::Unusable { .. }
    ));
    assert!(matches!(
        refusal(&text.join("jobs.db")).await,
        OpenError::Unusable { .. }
    ));
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_can_read_the_jobs() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let server = start(Scripted::playing(answer()), keeping(&file)).await;
    JobClient::of(&server).submit("A secret?").await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{:?}", entry.path());
    }
}
