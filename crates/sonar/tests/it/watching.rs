//! Looking after a job until it is done.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::{Value, json};
use sonar::{Client, Error, Job, JobOutcome, Limit, Pace};

use crate::service::Service;

const BRISK: Pace = Pace {
    first: Duration::from_millis(1),
    growth: 1.0,
    longest: Duration::from_millis(1),
    give_up: Duration::from_secs(600),
};

fn job(fields: Value) -> Response {
    let mut job = json!({ "id": "j", "created_at": 1 });
    if let (Some(job), Value::Object(fields)) = (job.as_object_mut(), fields) {
        job.extend(fields);
    }
    Json(job).into_response()
}

fn created() -> Response {
    job(json!({ "status": "CREATED" }))
}

fn begun() -> Response {
    job(json!({ "status": "IN_PROGRESS", "started_at": 2 }))
}

fn completed() -> Response {
    job(
        json!({ "status": "COMPLETED", "response": { "choices": [{ "message": { "content": "So." } }] } }),
    )
}

fn client(service: &Service) -> Client {
    service.builder().build().unwrap()
}

async fn told(service: &Service) -> Vec<Result<Job, Error>> {
    client(service).watch("j", BRISK).collect().await
}

#[tokio::test]
async fn a_watch_tells_what_has_changed_and_ends_with_the_job() {
    let service = Service::in_turn(vec![created, created, begun, begun, completed]).await;
    let told: Vec<String> = told(&service)
        .await
        .into_iter()
        .map(|job| job.unwrap().status.to_string())
        .collect();
    assert_eq!(told, ["CREATED", "IN_PROGRESS", "COMPLETED"]);
    assert_eq!(service.all_asked().await.len(), 5);
}

#[tokio::test]
async fn a_status_from_the_future_is_watched_on() {
    fn pondering() -> Response {
        job(json!({ "status": "PONDERING" }))
    }
    let service = Service::in_turn(vec![pondering, completed]).await;
    let job = client(&service).finished("j", BRISK).await.unwrap();
    assert!(matches!(job.outcome(), JobOutcome::Answered(answer) if answer.text() == "So."));
}

#[tokio::test]
async fn trouble_on_the_way_says_nothing_about_the_job() {
    fn busy() -> Response {
        (StatusCode::TOO_MANY_REQUESTS, [("retry-after-ms", "2")]).into_response()
    }
    fn broken() -> Response {
        StatusCode::BAD_GATEWAY.into_response()
    }
    let service = Service::in_turn(vec![busy, broken, begun, broken, completed]).await;
    assert!(client(&service).finished("j", BRISK).await.is_ok());
    assert_eq!(service.all_asked().await.len(), 5, "each look is one call");
}

#[tokio::test]
async fn a_failed_job_and_one_without_an_answer_end_the_watch() {
    fn failed() -> Response {
        job(json!({ "status": "FAILED", "error_message": "No sources." }))
    }
    let service = Service::in_turn(vec![begun, failed]).await;
    let job_failed = client(&service).finished("j", BRISK).await.unwrap();
    assert_eq!(
        job_failed.outcome(),
        JobOutcome::Failed(Some("No sources."))
    );

    fn empty() -> Response {
        job(json!({ "status": "COMPLETED", "response": null }))
    }
    let service = Service::in_turn(vec![begun, empty]).await;
    let job = client(&service).finished("j", BRISK).await.unwrap();
    assert_eq!(
        (job.outcome(), job.id.as_str()),
        (JobOutcome::Unanswered, "j")
    );
}

#[tokio::test]
async fn what_waiting_does_not_mend_ends_the_watch() {
    fn gone() -> Response {
        StatusCode::NOT_FOUND.into_response()
    }
    fn page() -> Response {
        Html("<h1>Welcome</h1>").into_response()
    }
    let told_gone = told(&Service::in_turn(vec![begun, gone]).await).await;
    assert!(
        matches!(told_gone.as_slice(), [Ok(_), Err(Error::NotFound)]),
        "{told_gone:?}"
    );
    let told_page = told(&Service::in_turn(vec![page]).await).await;
    assert!(
        matches!(told_page.as_slice(), [Err(Error::Unreadable { .. })]),
        "{told_page:?}"
    );
}

#[tokio::test]
async fn a_watch_is_given_up_and_the_job_is_not() {
    let service = Service::replying(begun).await;
    let pace = Pace {
        give_up: Duration::from_millis(60),
        ..BRISK
    };
    let error = client(&service).finished("j", pace).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::TimedOut {
                limit: Limit::Watch
            }
        ),
        "{error:?}"
    );
    assert!(
        client(&service).job("j").await.is_ok(),
        "it can be watched again"
    );
}

#[tokio::test]
async fn a_service_that_falls_silent_does_not_hold_the_watch() {
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder(&format!("http://{}", mute.local_addr().unwrap()))
        .build()
        .unwrap();
    let pace = Pace {
        give_up: Duration::from_millis(60),
        ..BRISK
    };
    let error = client.finished("j", pace).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::TimedOut {
                limit: Limit::Watch
            }
        ),
        "{error:?}"
    );
}
