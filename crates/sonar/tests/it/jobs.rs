//! Jobs: made, fetched, listed.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::json;
use sonar::{Error, IdempotencyKey, JobOutcome, JobStatus, Paths};

use crate::service::{KEY, Service, question};

fn created() -> Response {
    Json(json!({ "id": "j/1", "model": "sonar", "created_at": 1, "status": "CREATED", "response": null })).into_response()
}

#[tokio::test]
async fn a_question_becomes_a_job_with_its_key() {
    let service = Service::replying(created).await;
    let client = service.builder().build().unwrap();
    let mut request = question();
    request.stream = Some(true);
    let key = IdempotencyKey::new("wish-1").unwrap();
    let job = client.submit(&request, &key).await.unwrap();
    assert_eq!((job.id.as_str(), &job.status), ("j/1", &JobStatus::Created));

    let asked = service.asked().await;
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("POST", "/async/chat/completions")
    );
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(
        asked.body,
        json!({
            "request": { "model": "sonar", "messages": [{ "role": "user", "content": "Why?" }] },
            "idempotency_key": "wish-1",
        })
    );
}

#[tokio::test]
async fn a_job_is_fetched_by_its_id_whatever_it_holds() {
    let service = Service::replying(created).await;
    let client = service.builder().build().unwrap();
    client.job("j/1?x").await.unwrap();
    let asked = service.asked().await;
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("GET", "/async/chat/completions/j%2F1%3Fx")
    );

    let error = client.job("..").await.unwrap_err();
    assert!(
        matches!(&error, Error::Invalid(invalid) if invalid.field == "id"),
        "{error:?}"
    );
    assert!(service.all_asked().await.is_empty(), "nothing is sent");
}

#[tokio::test]
async fn a_completed_job_that_cannot_be_read_keeps_its_id() {
    for response in ["null", "\"<html>\"", r#"{"choices":"none"}"#] {
        let body =
            format!(r#"{{"status":"COMPLETED","created_at":"today","response":{response}}}"#);
        let service = Service::replying(move || body.clone()).await;
        let job = service.builder().build().unwrap().job("j1").await.unwrap();
        assert_eq!(
            (job.id.as_str(), job.outcome()),
            ("j1", JobOutcome::Unanswered),
            "{response}"
        );
    }
}

#[tokio::test]
async fn a_job_that_is_not_there_is_not_found() {
    let service = Service::replying(|| StatusCode::NOT_FOUND).await;
    let error = service
        .builder()
        .build()
        .unwrap()
        .job("gone")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotFound), "{error:?}");
}

#[tokio::test]
async fn a_submission_without_an_id_in_return_is_unreadable() {
    let service = Service::replying(|| Json(json!({ "status": "CREATED" }))).await;
    let client = service.builder().build().unwrap();
    let error = client
        .submit(&question(), &IdempotencyKey::random())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error:?}");
}

fn first_page() -> Response {
    Json(json!({ "requests": [{ "id": "c" }, { "id": "b" }], "next_token": "a&b" })).into_response()
}

fn last_page() -> Response {
    Json(json!({ "requests": [{ "id": "a", "status": "FAILED" }], "next_token": null }))
        .into_response()
}

#[tokio::test]
async fn the_list_is_fetched_page_by_page() {
    let service = Service::in_turn(vec![first_page, last_page]).await;
    let client = service.builder().build().unwrap();
    let page = client.jobs(Some(2), None).await.unwrap();
    assert_eq!(
        (page.requests.len(), page.next_token.as_deref()),
        (2, Some("a&b"))
    );
    let page = client.jobs(None, page.next_token.as_deref()).await.unwrap();
    assert_eq!((page.requests[0].id.as_str(), page.next_token), ("a", None));
    let paths: Vec<String> = service
        .all_asked()
        .await
        .into_iter()
        .map(|asked| asked.path)
        .collect();
    assert_eq!(
        paths,
        [
            "/async/chat/completions?limit=2",
            "/async/chat/completions?next_token=a%26b"
        ]
    );
    assert!(matches!(
        client.jobs(Some(0), None).await,
        Err(Error::Invalid(_))
    ));
}

#[tokio::test]
async fn all_pages_are_one_stream() {
    let service = Service::in_turn(vec![first_page, last_page]).await;
    let jobs = service.builder().build().unwrap().all_jobs();
    let ids: Vec<String> = jobs.map(|job| job.unwrap().id).collect().await;
    assert_eq!(ids, ["c", "b", "a"]);
    assert_eq!(service.all_asked().await.len(), 2);
}

#[tokio::test]
async fn a_list_that_leads_to_itself_ends() {
    let service = Service::replying(first_page).await;
    let jobs: Vec<_> = service
        .builder()
        .build()
        .unwrap()
        .all_jobs()
        .collect()
        .await;
    assert!(
        matches!(jobs.last(), Some(Err(Error::Unreadable { .. }))),
        "{jobs:?}"
    );
    assert_eq!(jobs.len(), 5, "two pages, and the error");
}

fn page(id: &str, next_token: &str) -> Response {
    let job = json!({ "id": id, "model": "sonar", "created_at": 1, "status": "CREATED" });
    Json(json!({ "requests": [job], "next_token": next_token })).into_response()
}

#[tokio::test]
async fn a_list_that_leads_round_in_a_longer_circle_ends() {
    let round: Vec<fn() -> Response> = vec![
        || page("a", "2"),
        || page("b", "3"),
        || page("c", "1"),
        || page("d", "2"),
    ];
    // The last one is given again and again; the list must have ended by then.
    let service = Service::in_turn(round).await;
    let jobs = service.builder().build().unwrap().all_jobs();
    let jobs: Vec<_> = jobs.collect().await;
    let (error, jobs) = jobs.split_last().unwrap();
    assert!(matches!(error, Err(Error::Unreadable { .. })), "{error:?}");
    let ids = jobs.iter().map(|job| job.as_ref().unwrap().id.as_str());
    assert_eq!(ids.collect::<Vec<_>>(), ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn the_names_of_2026_are_a_setting() {
    let service = Service::replying(|| {
        Json(json!({ "id": "j", "choices": [{ "message": { "content": "So." } }], "requests": [] }))
    })
    .await;
    let client = service.builder().paths(Paths::Sonar).build().unwrap();
    client.chat(&question()).await.unwrap();
    client
        .submit(&question(), &IdempotencyKey::random())
        .await
        .unwrap();
    client.job("j").await.unwrap();
    client.jobs(None, None).await.unwrap();
    let asked: Vec<String> = service
        .all_asked()
        .await
        .into_iter()
        .map(|asked| format!("{} {}", asked.method, asked.path))
        .collect();
    assert_eq!(
        asked,
        [
            "POST /v1/sonar",
            "POST /v1/async/sonar",
            "GET /v1/async/sonar/j",
            "GET /v1/async/sonar"
        ]
    );
}

#[tokio::test]
async fn a_request_that_breaks_a_rule_never_leaves_the_machine() {
    let service = Service::replying(created).await;
    let client = service.builder().build().unwrap();
    let mut request = question();
    request.max_tokens = Some(1);
    let errors = [
        client.chat(&request).await.unwrap_err(),
        client.chat_stream(&request).await.unwrap_err(),
        client
            .submit(&request, &IdempotencyKey::random())
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(
            error.to_string(),
            "the request was not sent: `max_tokens` must be 16 to 128000, not 1"
        );
    }
    assert!(service.all_asked().await.is_empty());
}
