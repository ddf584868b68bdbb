//! Each time limit by itself: the limit under test is short, the others are out of reach, the verdict is its name.

use std::time::Duration;

use axum::body::Body;
use axum::response::IntoResponse;
use futures_util::{StreamExt, stream};
use sonar::{Client, Error, Limit, Timeouts};
use tokio::net::TcpListener;

use crate::service::{Service, event_stream, question, read};

const SHORT: Duration = Duration::from_millis(50);
const LONG: Timeouts = Timeouts {
    connect: Duration::from_secs(600),
    first_byte: Duration::from_secs(600),
    idle: Duration::from_secs(600),
    total: Duration::from_secs(600),
};

/// The limit that was passed.
fn passed(error: Option<Error>) -> Limit {
    match error {
        Some(Error::TimedOut { limit }) => limit,
        other => panic!("{other:?} instead of a time limit"),
    }
}

#[tokio::test]
async fn a_connection_that_never_stands_is_given_up() {
    // Nobody answers the greeting of TLS here: the system accepts the connection, and that is all.
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder(&format!("https://{}", mute.local_addr().unwrap()))
        .timeouts(Timeouts {
            connect: SHORT,
            ..LONG
        })
        .build()
        .unwrap();
    assert_eq!(passed(client.chat(&question()).await.err()), Limit::Connect);
}

#[tokio::test]
async fn a_reply_that_never_begins_is_given_up() {
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = Client::builder(&format!("http://{}", mute.local_addr().unwrap()))
        .timeouts(Timeouts {
            first_byte: SHORT,
            ..LONG
        })
        .build()
        .unwrap();
    assert_eq!(
        passed(client.chat(&question()).await.err()),
        Limit::FirstByte
    );
    assert_eq!(passed(read(&client).await.1), Limit::FirstByte);
}

#[tokio::test]
async fn a_reply_that_stalls_is_given_up() {
    let plain = Service::replying(|| {
        let body = stream::iter([Ok::<_, std::io::Error>("{")]).chain(stream::pending());
        Body::from_stream(body).into_response()
    })
    .await;
    let timeouts = Timeouts {
        idle: SHORT,
        ..LONG
    };
    let client = plain.builder().timeouts(timeouts).build().unwrap();
    assert_eq!(passed(client.chat(&question()).await.err()), Limit::Idle);

    let streaming =
        Service::replying(|| event_stream(stream::iter(["data: {}\n\n"]).chain(stream::pending())))
            .await;
    let client = streaming.builder().timeouts(timeouts).build().unwrap();
    let (pieces, error) = read(&client).await;
    assert_eq!(pieces.len(), 1);
    assert_eq!(passed(error), Limit::Idle);
}

#[tokio::test]
async fn a_reply_that_never_ends_is_given_up() {
    let drip = || {
        stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((": keep-alive\n\n", ()))
        })
    };
    let service = Service::replying(move || event_stream(drip())).await;
    let client = service
        .builder()
        .timeouts(Timeouts {
            total: SHORT,
            ..LONG
        })
        .build()
        .unwrap();
    assert_eq!(passed(read(&client).await.1), Limit::Total);
    assert_eq!(passed(client.chat(&question()).await.err()), Limit::Total);
}

#[tokio::test]
async fn limits_without_end_are_no_trouble() {
    let service = Service::streaming(&["data: [DONE]\n\n"]).await;
    let for_ever = Timeouts {
        connect: LONG.connect,
        first_byte: Duration::MAX,
        idle: Duration::MAX,
        total: Duration::MAX,
    };
    let client = service.builder().timeouts(for_ever).build().unwrap();
    assert!(read(&client).await.1.is_none());
}
