//! Services that refuse, lie, break off or are not there.

use std::error::Error as _;
use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use serde_json::{Value, json};
use sonar::{Client, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::service::{KEY, Service, question, read};

/// The error of a plain call and of a streamed one, as text, which must be the same.
async fn told(status: u16, body: Value) -> String {
    let status = StatusCode::from_u16(status).unwrap();
    let service = Service::replying(move || (status, Json(body.clone()))).await;
    let plain = format!("{:?}", service.chat().await.unwrap_err());
    let (pieces, streamed) = service.stream().await;
    assert!(pieces.is_empty());
    assert_eq!(format!("{:?}", streamed.unwrap()), plain);
    plain
}

fn error(kind: &str, message: &str) -> Value {
    json!({ "error": { "message": message, "type": kind, "code": 400 } })
}

#[tokio::test]
async fn every_refusal_is_a_decision() {
    for (status, kind, expected) in [
        (
            400,
            "invalid_message",
            r#"Rejected { field: Some("messages"), kind: Some("invalid_message"), message: "No." }"#,
        ),
        (401, "invalid_api_key", "Unauthorized"),
        (401, "insufficient_quota", "OutOfCredit"),
        (403, "chat_completions_not_available", "Retired"),
        (404, "not_found", "NotFound"),
        (
            413,
            "payload_too_large",
            r#"Rejected { field: None, kind: Some("payload_too_large"), message: "No." }"#,
        ),
        (
            429,
            "request_rate_limit_exceeded",
            "RateLimited { retry_after: None }",
        ),
        (
            500,
            "internal_error",
            r#"Unavailable { status: Some(500), source: Some("No.") }"#,
        ),
    ] {
        assert_eq!(told(status, error(kind, "No.")).await, expected);
    }
}

#[tokio::test]
async fn a_busy_service_says_when_to_come_back() {
    let service =
        Service::replying(|| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")], "{}")).await;
    let error = service.chat().await.unwrap_err();
    assert!(
        matches!(error, Error::RateLimited { retry_after: Some(wait) } if wait == Duration::from_secs(7))
    );
}

#[tokio::test]
async fn a_service_that_repeats_the_key_does_not_make_us_show_it() {
    for status in [400, 500] {
        let body = error(
            "t",
            &format!("The key {KEY} is not good. {}", "More. ".repeat(200)),
        );
        let shown = told(status, body).await;
        assert!(!shown.contains(KEY), "{shown}");
        assert!(shown.contains("The key [key] is not good."), "{shown}");
        assert!(shown.chars().count() < 300, "{shown}");
    }
}

#[tokio::test]
async fn a_page_where_an_answer_belongs_is_unreadable() {
    let service = Service::replying(|| Html("<h1>Welcome to the login page</h1>")).await;
    for error in [service.chat().await.err(), service.stream().await.1] {
        let Some(Error::Unreadable { what }) = error else {
            panic!("{error:?}");
        };
        assert!(
            what.contains("text/html") && !what.contains("Welcome"),
            "{what}"
        );
    }
}

#[tokio::test]
async fn json_that_is_no_answer_is_unreadable() {
    for body in [
        "",
        "{",
        "[]",
        "7",
        "{}",
        r#"{"choices":[]}"#,
        r#"{"choices":"none"}"#,
    ] {
        let service = Service::replying(move || body).await;
        let error = service.chat().await.unwrap_err();
        assert!(
            matches!(error, Error::Unreadable { .. }),
            "{body}: {error:?}"
        );
    }
    let service = Service::replying(|| Json(error("t", "No."))).await;
    let error = service.chat().await.unwrap_err();
    assert!(
        matches!(error, Error::Rejected { .. }),
        "an error with status 200: {error:?}"
    );
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_not_swallowed() {
    let service = Service::replying(|| "x".repeat(10 * 1024 * 1024)).await;
    let error = service.chat().await.unwrap_err();
    assert!(
        matches!(&error, Error::Unreadable { what } if what.starts_with("more than")),
        "{error:?}"
    );

    let service = Service::replying(|| {
        (
            [("content-type", "text/event-stream")],
            "x".repeat(10 * 1024 * 1024),
        )
            .into_response()
    })
    .await;
    let (_, error) = service.stream().await;
    assert!(
        matches!(&error, Some(Error::Unreadable { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn text_without_end_is_not_swallowed() {
    let piece = format!(
        r#"data: {{"choices":[{{"delta":{{"content":"{}"}}}}]}}"#,
        "x".repeat(900_000)
    ) + "\n\n";
    let service = Service::replying(move || {
        let pieces = std::iter::repeat_n(piece.clone(), 12);
        crate::service::event_stream(futures_util::stream::iter(pieces))
    })
    .await;
    let (pieces, error) = service.stream().await;
    assert_eq!(pieces.len(), 9);
    assert!(
        matches!(&error, Some(Error::Unreadable { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let service = Service::replying(|| {
        (
            StatusCode::PERMANENT_REDIRECT,
            [("location", "http://127.0.0.1:1/")],
        )
    })
    .await;
    let error = service.chat().await.unwrap_err();
    assert!(
        matches!(&error, Error::Unreadable { what } if what.contains("308")),
        "{error:?}"
    );
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::builder(&format!("http://{address}"))
        .key(KEY.into())
        .build()
        .unwrap();
    let error = client.chat(&question()).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable { status: None, .. }),
        "{error:?}"
    );
    let source = error.source().unwrap().to_string();
    assert!(
        !source.contains("chat/completions"),
        "an address may hold a secret: {source}"
    );
}

/// Says `reply` to everybody, raw, and closes.
async fn saying(reply: &'static str) -> (Client, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder(&format!("http://{}", listener.local_addr().unwrap()))
        .build()
        .unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            while !String::from_utf8_lossy(&asked).contains("Why?") {
                assert_ne!(stream.read(&mut asked).await.unwrap(), 0);
            }
            stream.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    (client, tasks)
}

#[tokio::test]
async fn a_connection_that_breaks_off_is_truncated() {
    let (client, _service) = saying("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{").await;
    let error = client.chat(&question()).await.unwrap_err();
    assert!(matches!(error, Error::Truncated { .. }), "{error:?}");

    let (client, _service) =
        saying("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 100\r\n\r\ndata: {}\n\n").await;
    let (pieces, error) = read(&client).await;
    assert_eq!(pieces.len(), 1);
    assert!(matches!(error, Some(Error::Truncated { .. })), "{error:?}");
}

#[tokio::test]
async fn what_is_not_http_is_unavailable() {
    let (client, _service) = saying("SSH-2.0-OpenSSH_9.9\r\n").await;
    let error = client.chat(&question()).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable { status: None, .. }),
        "{error:?}"
    );
}
