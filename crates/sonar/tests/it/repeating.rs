//! What is tried again, how often, and what is not.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sonar::{Client, Error, IdempotencyKey, Retries, Timeouts};
use tokio::net::TcpListener;

use crate::service::{KEY, Service, event_stream, question, read};

/// Tries again at once: the waits themselves are tested where they are decided.
const AT_ONCE: Retries = Retries {
    at_most: 2,
    first_wait: Duration::ZERO,
    longest_wait: Duration::ZERO,
    longest_asked: Duration::from_secs(60),
};

fn impatient(service: &Service) -> Client {
    service.builder().retries(AT_ONCE).build().unwrap()
}

fn answer() -> Response {
    Json(json!({ "choices": [{ "message": { "content": "Because." } }] })).into_response()
}

fn job() -> Response {
    Json(json!({ "id": "j", "status": "CREATED" })).into_response()
}

fn busy() -> Response {
    StatusCode::TOO_MANY_REQUESTS.into_response()
}

fn broken() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn cut() -> Response {
    let head = [("content-length", "100")];
    let body = axum::body::Body::from_stream(futures_util::stream::iter([
        Ok("{"),
        Err(std::io::Error::other("cut")),
    ]));
    (head, body).into_response()
}

#[tokio::test]
async fn a_busy_service_is_asked_again() {
    let service = Service::in_turn(vec![busy, busy, answer]).await;
    let answer = impatient(&service).chat(&question()).await.unwrap();
    assert_eq!(answer.text(), "Because.");
    let asked = service.all_asked().await;
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|again| again.body == asked[0].body));
}

#[tokio::test]
async fn patience_ends_with_the_last_error() {
    let service = Service::in_turn(vec![busy]).await;
    let error = impatient(&service).chat(&question()).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error:?}");
    assert_eq!(service.all_asked().await.len(), 3);
}

#[tokio::test]
async fn a_chat_that_may_have_been_answered_is_not_paid_for_again() {
    for reply in [broken as fn() -> Response, cut] {
        let service = Service::in_turn(vec![reply, answer]).await;
        assert!(impatient(&service).chat(&question()).await.is_err());
        assert_eq!(service.all_asked().await.len(), 1);
    }
}

#[tokio::test]
async fn a_submission_is_repeated_with_its_key() {
    let service = Service::in_turn(vec![broken, cut, job]).await;
    let key = IdempotencyKey::new("wish-1").unwrap();
    let job = impatient(&service).submit(&question(), &key).await.unwrap();
    assert_eq!(job.id, "j");
    let asked = service.all_asked().await;
    assert_eq!(asked.len(), 3);
    assert!(
        asked
            .iter()
            .all(|asked| asked.body["idempotency_key"] == "wish-1")
    );
}

#[tokio::test]
async fn fetching_is_repeated_after_a_lost_reply() {
    let service = Service::in_turn(vec![cut, broken, job]).await;
    assert_eq!(impatient(&service).job("j").await.unwrap().id, "j");
    assert_eq!(service.all_asked().await.len(), 3);
}

#[tokio::test]
async fn what_is_wrong_stays_wrong() {
    fn refused() -> Response {
        StatusCode::BAD_REQUEST.into_response()
    }
    let service = Service::in_turn(vec![refused, job]).await;
    let error = impatient(&service).job("j").await.unwrap_err();
    assert!(matches!(error, Error::Rejected { .. }), "{error:?}");
    assert_eq!(service.all_asked().await.len(), 1);
}

#[tokio::test]
async fn the_service_may_forbid_or_allow_another_try() {
    fn forbids() -> Response {
        (StatusCode::TOO_MANY_REQUESTS, [("x-should-retry", "false")]).into_response()
    }
    let service = Service::in_turn(vec![forbids, answer]).await;
    assert!(impatient(&service).chat(&question()).await.is_err());

    fn allows() -> Response {
        (StatusCode::BAD_GATEWAY, [("x-should-retry", "true")]).into_response()
    }
    let service = Service::in_turn(vec![allows, answer]).await;
    assert!(impatient(&service).chat(&question()).await.is_ok());
}

#[tokio::test]
async fn a_wait_that_is_asked_for_is_waited_out() {
    fn soon() -> Response {
        (StatusCode::TOO_MANY_REQUESTS, [("retry-after-ms", "80")]).into_response()
    }
    let service = Service::in_turn(vec![soon, answer]).await;
    let began = std::time::Instant::now();
    assert!(impatient(&service).chat(&question()).await.is_ok());
    assert!(
        began.elapsed() >= Duration::from_millis(80),
        "came back too early"
    );
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_told_at_once() {
    fn later() -> Response {
        (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "50")]).into_response()
    }
    let service = Service::in_turn(vec![later, answer]).await;
    let timeouts = Timeouts {
        total: Duration::from_secs(40),
        ..Timeouts::default()
    };
    let client = service
        .builder()
        .retries(AT_ONCE)
        .timeouts(timeouts)
        .build()
        .unwrap();
    // Were it waited for, the runner would end the test.
    let error = client.chat(&question()).await.unwrap_err();
    assert!(
        matches!(error, Error::RateLimited { retry_after: Some(wait) } if wait == Duration::from_secs(50)),
        "{error:?}"
    );
    assert_eq!(service.all_asked().await.len(), 1);
}

#[tokio::test]
async fn a_connection_that_cannot_be_made_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let retries = Retries {
        first_wait: Duration::from_millis(40),
        longest_wait: Duration::from_millis(80),
        ..AT_ONCE
    };
    let client = Client::builder(&format!("http://{address}"))
        .key(KEY.into())
        .retries(retries)
        .build()
        .unwrap();
    let began = std::time::Instant::now();
    let error = client.chat(&question()).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable { status: None, .. }),
        "{error:?}"
    );
    // Two waits of 40 and 80 ms, each at most a quarter shorter.
    assert!(
        began.elapsed() >= Duration::from_millis(90),
        "not tried again"
    );
}

#[tokio::test]
async fn once_a_stream_has_begun_nothing_is_tried_again() {
    fn broken_off() -> Response {
        event_stream(futures_util::stream::iter([
            "data: {\"choices\":[{\"delta\":{\"content\":\"Bec\"}}]}\n\n",
        ]))
    }
    let service = Service::in_turn(vec![busy, broken_off]).await;
    let (pieces, error) = read(&impatient(&service)).await;
    assert_eq!(pieces.len(), 1);
    assert!(matches!(error, Some(Error::Truncated { .. })), "{error:?}");
    assert_eq!(
        service.all_asked().await.len(),
        2,
        "the busy one, and the one that broke off"
    );
}
