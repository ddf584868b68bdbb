//! Jobs over the bridge: paid for once, and found again whatever becomes of the server.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::json;
use sonar_server::{Clock, JobSettings, Server, ServerSettings};
use stand_ins::Trouble;
use stand_ins::agent::{AgentApi, AgentSettings, Progress, Run, result, search_results};

use super::world::{engine, request};
use crate::job_client::{JobClient, PATH, id, text};
use crate::scripted::{Scripted, answer, start};

async fn api() -> AgentApi {
    AgentApi::start(AgentSettings::default()).await.unwrap()
}

/// Runs of the service are in progress however often they are looked at, until it is told otherwise.
fn never_ending(api: &AgentApi) {
    api.set_background(Progress::Looks {
        queued: 1,
        running: u32::MAX,
    });
}

fn let_end(api: &AgentApi) {
    api.set_background(Progress::Looks {
        queued: 0,
        running: 0,
    });
}

fn keeping(file: Option<&Path>) -> ServerSettings {
    ServerSettings {
        jobs: JobSettings {
            file: file.map(Path::to_owned),
            ..JobSettings::default()
        },
        grace: Duration::ZERO,
        ..ServerSettings::default()
    }
}

async fn bridging(api: &AgentApi, settings: ServerSettings) -> Server {
    start(engine(api, |_| {}), settings).await
}

async fn status(client: &JobClient, id: &str) -> u16 {
    client
        .get(&format!("{PATH}/{id}"))
        .await
        .unwrap()
        .status()
        .as_u16()
}

#[tokio::test]
async fn a_job_is_answered_by_one_run_of_the_service() {
    let api = api().await;
    let server = bridging(&api, keeping(None)).await;
    let client = JobClient::of(&server);
    let research = request(json!({ "model": "sonar-deep-research", "return_images": true }));
    let job = client.submit_with(research, None).await;
    assert_eq!(
        (&job["status"], &job["model"]),
        (&json!("CREATED"), &json!("sonar-deep-research"))
    );
    let ended = client.until(&id(&job), "COMPLETED").await;
    assert!(!text(&ended).is_empty());
    let run = ended["response"]["id"].as_str().unwrap();
    assert!(
        id(&job).starts_with(run),
        "the id of the job carries that of its run"
    );
    assert!(ended["response"]["citations"].as_array().unwrap().len() > 1);
    let paid = ended["response"]["usage"]["cost"]["total_cost"]
        .as_f64()
        .unwrap();
    assert!((paid - api.money()).abs() < 1e-9);
    assert_eq!((api.calls().background, api.calls().runs()), (1, 1));
    let sent = api.bodies().pop().unwrap();
    assert_eq!(
        (&sent["background"], sent.get("store")),
        (&json!(true), None)
    );
}

#[tokio::test]
async fn a_restarted_server_goes_on_looking_and_asks_nothing_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let api = api().await;
    never_ending(&api);
    let mut job = String::new();
    // More restarts than a job of this server's own may see.
    for start in 0..5 {
        let server = bridging(&api, keeping(Some(&file))).await;
        let client = JobClient::of(&server);
        if start == 0 {
            job = id(&client.submit_with(request(json!({})), Some("key")).await);
        }
        client.until(&job, "IN_PROGRESS").await;
        server.close().await;
    }
    let_end(&api);
    let server = bridging(&api, keeping(Some(&file))).await;
    let client = JobClient::of(&server);
    let ended = client.until(&job, "COMPLETED").await;
    assert_eq!(
        client.submit_with(request(json!({})), Some("key")).await,
        ended
    );
    assert_eq!(api.calls().runs(), 1);
}

#[tokio::test]
async fn a_restart_does_not_change_when_a_job_was_begun() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let api = api().await;
    never_ending(&api);
    let now = Arc::new(AtomicI64::new(1_800_000_000));
    let settings = || {
        let mut settings = keeping(Some(&file));
        let shown = Arc::clone(&now);
        settings.jobs.clock = Clock::showing(move || shown.load(Ordering::SeqCst));
        settings
    };
    let server = bridging(&api, settings()).await;
    let client = JobClient::of(&server);
    let job = id(&client.submit_with(request(json!({})), None).await);
    let begun = client.until(&job, "IN_PROGRESS").await;
    assert_eq!(begun["started_at"], 1_800_000_000);
    server.close().await;

    now.fetch_add(100, Ordering::SeqCst);
    let server = bridging(&api, settings()).await;
    let client = JobClient::of(&server);
    let again = client.until(&job, "IN_PROGRESS").await;
    assert_eq!(again["started_at"], begun["started_at"]);
    let_end(&api);
    let ended = client.until(&job, "COMPLETED").await;
    assert_eq!(ended["started_at"], begun["started_at"]);
    assert_eq!(ended["completed_at"], 1_800_000_100);
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_jobs_that_run_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let api = api().await;
    never_ending(&api);
    let patient = ServerSettings {
        grace: Duration::from_secs(24 * 60 * 60),
        ..keeping(Some(&file))
    };
    let server = bridging(&api, patient).await;
    let client = JobClient::of(&server);
    let job = id(&client.submit_with(request(json!({})), None).await);
    client.until(&job, "IN_PROGRESS").await;
    let limit = Duration::from_secs(60);
    tokio::time::timeout(limit, server.close()).await.unwrap();

    let_end(&api);
    let server = bridging(&api, keeping(Some(&file))).await;
    JobClient::of(&server).until(&job, "COMPLETED").await;
    assert_eq!(api.calls().runs(), 1);
}

#[tokio::test]
async fn a_job_is_found_again_by_its_id_alone_when_the_file_is_lost() {
    let api = api().await;
    never_ending(&api);
    let server = bridging(&api, keeping(None)).await;
    let fields = json!({ "model": "sonar-pro" });
    let job = JobClient::of(&server)
        .submit_with(request(fields), None)
        .await;
    server.close().await;
    let_end(&api);

    let server = bridging(&api, keeping(None)).await;
    let client = JobClient::of(&server);
    assert!(client.list().await.is_empty());
    let found = client.look(&id(&job)).await;
    for field in ["id", "model", "created_at"] {
        assert_eq!(found[field], job[field], "{field}");
    }
    let ended = client.until(&id(&job), "COMPLETED").await;
    assert!(!text(&ended).is_empty());
    assert_eq!(ended["response"]["model"], "sonar-pro");
    assert_eq!(client.list().await, [id(&job)]);
    assert_eq!(api.calls().runs(), 1);
}

#[tokio::test]
async fn nobody_finds_a_job_that_was_not_handed_out_to_them() {
    let api = api().await;
    let with_keys = || ServerSettings {
        keys: vec!["alice".into(), "bob".into()],
        ..keeping(None)
    };
    let server = bridging(&api, with_keys()).await;
    let job = JobClient::of(&server)
        .with_key("alice")
        .submit_with(request(json!({})), None)
        .await;
    let job = id(&job);
    server.close().await;

    let server = bridging(&api, with_keys()).await;
    let client = |key| JobClient::of(&server).with_key(key);
    assert_eq!(status(&client("bob"), &job).await, 404);
    let mut other = job.clone();
    let last = if other.pop() == Some('0') { '1' } else { '0' };
    other.push(last);
    assert_eq!(status(&client("alice"), &other).await, 404);
    let bare: String = job.chars().take(36).collect();
    assert_eq!(status(&client("alice"), &bare).await, 404);
    assert_eq!(status(&client("alice"), &job).await, 200);
    server.close().await;

    // Another server, with another key of the service: it did not hand the job out either.
    let other_key = engine(&api, |settings| settings.key = "other".into());
    let server = start(other_key, with_keys()).await;
    assert_eq!(
        status(&JobClient::of(&server).with_key("alice"), &job).await,
        404
    );
}

#[tokio::test]
async fn an_id_alone_is_worth_as_long_as_the_job_is_kept() {
    let api = api().await;
    let server = bridging(&api, keeping(None)).await;
    let job = id(&JobClient::of(&server)
        .submit_with(request(json!({})), None)
        .await);
    server.close().await;
    let now = Arc::new(AtomicI64::new(4_000_000_000));
    let mut settings = keeping(None);
    let shown = Arc::clone(&now);
    settings.jobs.clock = Clock::showing(move || shown.load(Ordering::SeqCst));
    let server = bridging(&api, settings).await;
    assert_eq!(status(&JobClient::of(&server), &job).await, 404);
}

#[tokio::test]
async fn whoever_submits_under_one_key_at_the_same_time_pays_once() {
    let api = api().await;
    let server = bridging(&api, keeping(None)).await;
    let client = JobClient::of(&server);
    let submissions = (0..20).map(|_| client.submit_with(request(json!({})), Some("key")));
    let jobs: Vec<String> = join_all(submissions).await.iter().map(id).collect();
    assert!(jobs.iter().all(|job| *job == jobs[0]), "{jobs:?}");
    assert_eq!(api.calls().runs(), 1);
    assert_eq!(client.list().await, [jobs[0].clone()]);
}

#[tokio::test]
async fn jobs_that_run_elsewhere_do_not_wait_for_one_another() {
    let api = api().await;
    never_ending(&api);
    let mut settings = keeping(None);
    settings.jobs.at_once = 1;
    let server = bridging(&api, settings).await;
    let client = JobClient::of(&server);
    let submissions = (0..30).map(|_| client.submit_with(request(json!({})), None));
    let jobs: Vec<String> = join_all(submissions).await.iter().map(id).collect();
    for job in &jobs {
        client.until(job, "IN_PROGRESS").await;
    }
    let_end(&api);
    for job in &jobs {
        client.until(job, "COMPLETED").await;
    }
    assert_eq!(api.calls().runs(), 30);
}

#[tokio::test]
async fn a_job_waits_for_the_engine_it_was_submitted_to() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let api = api().await;
    never_ending(&api);
    let bridged = {
        let server = bridging(&api, keeping(Some(&file))).await;
        let job = JobClient::of(&server)
            .submit_with(request(json!({})), None)
            .await;
        server.close().await;
        id(&job)
    };
    // Somebody forgot the key: what is submitted now is answered here, and the paid run is left alone.
    let server = start(Scripted::playing(answer()), keeping(Some(&file))).await;
    let client = JobClient::of(&server);
    let own = id(&client.submit_with(request(json!({})), None).await);
    client.until(&own, "COMPLETED").await;
    assert_eq!(client.look(&bridged).await["status"], "CREATED");
    server.close().await;

    let_end(&api);
    let server = bridging(&api, keeping(Some(&file))).await;
    JobClient::of(&server).until(&bridged, "COMPLETED").await;
    assert_eq!(api.calls().runs(), 1);
}

#[tokio::test]
async fn a_job_in_json_that_is_found_again_is_still_json() {
    let api = api().await;
    let found = search_results(&["a"], &[result(2024, "A", "https://a.example/")]);
    api.next_run(
        Run::new()
            .found(found)
            .text(r#"{"years": [2024, 2025], "why": "So.[2024]"}"#),
    );
    let schema = json!({ "type": "object", "properties": { "years": { "type": "array" } } });
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    let server = bridging(&api, keeping(None)).await;
    let job = JobClient::of(&server)
        .submit_with(request(json!({ "response_format": format })), None)
        .await;
    server.close().await;
    let server = bridging(&api, keeping(None)).await;
    let ended = JobClient::of(&server).until(&id(&job), "COMPLETED").await;
    assert_eq!(text(&ended), r#"{"years": [2024, 2025], "why": "So.[1]"}"#);
}

#[tokio::test]
async fn a_page_of_something_else_at_the_address_loses_no_job() {
    let api = api().await;
    never_ending(&api);
    let server = bridging(&api, keeping(None)).await;
    let client = JobClient::of(&server);
    let job = id(&client.submit_with(request(json!({})), None).await);
    client.until(&job, "IN_PROGRESS").await;
    for (status, body) in [(404, "<html>not here</html>"), (401, "{}"), (403, "<html>")] {
        let body = body.to_owned();
        api.script().then(Trouble::Instead {
            status,
            headers: vec![],
            body,
        });
    }
    let_end(&api);
    client.until(&job, "COMPLETED").await;
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_a_silent_service() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobs.db");
    let api = api().await;
    api.script().then(Trouble::Silence);
    let server = bridging(&api, keeping(Some(&file))).await;
    let client = JobClient::of(&server);
    let body = json!({ "request": request(json!({})), "idempotency_key": "key" });
    let submitting = async { client.try_to_submit(&body).await };
    let stopping = async {
        while api.calls().background == 0 {
            tokio::task::yield_now().await;
        }
        server.close().await;
    };
    // The server may be gone before it can say so; what counts is the next one.
    let _told = futures_util::future::join(
        async {
            std::panic::AssertUnwindSafe(submitting)
                .catch_unwind()
                .await
        },
        stopping,
    )
    .await;
    let server = bridging(&api, keeping(Some(&file))).await;
    let job = JobClient::of(&server)
        .submit_with(request(json!({})), Some("key"))
        .await;
    assert_eq!(job["status"], "FAILED");
    assert!(
        job["error_message"]
            .as_str()
            .unwrap()
            .contains("paid twice")
    );
    assert_eq!(api.calls().runs(), 1);
}
