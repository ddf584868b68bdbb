//! What clients and engines may take: time, connections, answers. The verdict is what was said, not how long it took.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::json;
use sonar::Error;
use sonar_server::{Server, ServerSettings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::scripted::{
    Scripted, answer, answering, asking, client, delta, post, question, sources, start, streamed,
    text,
};

const SOON: Duration = Duration::from_millis(50);

/// Everything the server says to these bytes until it closes.
async fn raw(address: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    String::from_utf8(said).unwrap()
}

async fn impatient() -> Server {
    let settings = ServerSettings {
        request_time: SOON,
        ..ServerSettings::default()
    };
    start(Scripted::playing(answer()), settings).await
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let server = impatient().await;
    let said = raw(
        server.address(),
        "POST /chat/completions HTTP/1.1\r\nhost: localhost\r\n",
    )
    .await;
    assert!(
        said.is_empty() || said.starts_with("HTTP/1.1 408"),
        "{said}"
    );
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_waited_for() {
    let server = impatient().await;
    let said = raw(
        server.address(),
        "POST /chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{",
    )
    .await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(said.contains("request_timeout"), "{said}");
}

#[tokio::test]
async fn a_connection_on_which_nothing_comes_any_more_is_let_go() {
    let server = impatient().await;
    let said = raw(
        server.address(),
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
    )
    .await;
    assert!(
        said.starts_with("HTTP/1.1 200") && said.ends_with("ok\n"),
        "{said}"
    );
}

#[tokio::test]
async fn a_head_that_is_too_long_is_not_taken_in() {
    let server = answering().await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let line = format!("x: {}\r\n", "x".repeat(10_000));
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n")
        .await
        .unwrap();
    for _ in 0..10_000 {
        if stream.write_all(line.as_bytes()).await.is_err() {
            break; // It hung up, long before the hundred megabytes are sent.
        }
    }
    let mut said = Vec::new();
    // Bytes that nobody read make the system drop the reply on some machines.
    let read = stream.read_to_end(&mut said).await;
    let said = String::from_utf8(said).unwrap();
    assert!(
        said.starts_with("HTTP/1.1 431") || (said.is_empty() && read.is_err()),
        "{said}"
    );
    assert_eq!(post(&server, &asking(json!({}))).await.status(), 200);
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_given_up_with_the_work_it_asked_for() {
    let (working, gone) = tokio::sync::oneshot::channel::<()>();
    let working = std::sync::Mutex::new(Some(working));
    let long = "word ".repeat(10_000);
    let engine = Scripted::new(move |_| {
        let working = working.lock().unwrap().take();
        let long = long.clone();
        let endless = stream::repeat_with(move || {
            let _held = &working;
            delta(&long)
        });
        stream::iter([sources()]).chain(endless)
    });
    let settings = ServerSettings {
        reading_time: SOON,
        ..ServerSettings::default()
    };
    let server = start(engine, settings).await;
    let body = asking(json!({ "stream": true, "stream_mode": "concise" })).to_string();
    let request = format!(
        "POST /chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut held = TcpStream::connect(server.address()).await.unwrap();
    held.write_all(request.as_bytes()).await.unwrap();
    // The engine keeps the other end for as long as its stream lives.
    gone.await.unwrap_err();
}

#[tokio::test]
async fn what_is_not_http_is_told_so() {
    let server = impatient().await;
    let said = raw(server.address(), "EHLO there\r\n\r\n").await;
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
}

#[tokio::test]
async fn an_answer_that_never_ends_fails() {
    let endless = || stream::iter([sources(), delta("Half ")]).chain(stream::pending());
    let settings = ServerSettings {
        answer_time: SOON,
        ..ServerSettings::default()
    };
    let server = start(Scripted::new(move |_| endless()), settings).await;
    let error = client(&server).chat(&question()).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Unavailable {
                status: Some(504),
                ..
            }
        ),
        "{error:?}"
    );
    let (pieces, error) = streamed(&client(&server), &question()).await;
    assert_eq!(text(&pieces), "Half ");
    assert!(
        matches!(
            error,
            Some(Error::Unavailable {
                status: Some(504),
                ..
            })
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn more_answers_than_allowed_are_refused_and_room_is_made_again() {
    let settings = ServerSettings {
        answers: 1,
        ..ServerSettings::default()
    };
    let engine = Scripted::new(|request| match request.stream {
        Some(true) => stream::iter([sources()]).chain(stream::pending()).boxed(),
        _ => stream::iter(answer()).boxed(),
    });
    let server = start(engine, settings).await;
    let mut held = client(&server).chat_stream(&question()).await.unwrap();
    held.next().await.unwrap().unwrap();
    let reply = post(&server, &asking(json!({}))).await;
    assert_eq!(reply.status(), 503);
    assert!(reply.text().await.unwrap().contains("overloaded"));

    drop(held);
    while post(&server, &asking(json!({}))).await.status() != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_their_turn() {
    let settings = ServerSettings {
        connections: 1,
        ..ServerSettings::default()
    };
    let server = start(Scripted::playing(answer()), settings).await;
    let mut first = TcpStream::connect(server.address()).await.unwrap();
    first
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    assert_ne!(
        first.read(&mut [0; 1024]).await.unwrap(),
        0,
        "it is served, and stays open"
    );

    let client = client(&server);
    let request = question();
    let mut second = Box::pin(client.chat(&request));
    let early = tokio::time::timeout(SOON, second.as_mut()).await;
    assert!(early.is_err(), "served beside the first: {early:?}");
    drop(first);
    assert!(second.await.is_ok());
}
