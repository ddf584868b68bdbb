//! Everything that is wrong is refused in the protocol's words, and leaves nothing behind.

use std::net::SocketAddr;

use serde_json::{Value, json};
use sonar_server::ServerSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::malformed_requests::{Malformed, all};
use crate::scripted::{Scripted, answer, asking, post, start};

/// The longest body that the server takes, in bytes.
const BODY_LIMIT: usize = 1024 * 1024;

/// What the server says to these bytes until it closes: the status, and the body.
async fn said(address: SocketAddr, bytes: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have refused, and hung up, before all of it is written.
    stream.write_all(bytes).await.ok();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.ok();
    let said = String::from_utf8(said).unwrap();
    let (head, body) = said.split_once("\r\n\r\n").unwrap_or((&said, ""));
    let status = head.split(' ').nth(1).unwrap_or_default();
    (status.parse().unwrap_or_default(), body.to_owned())
}

fn judge(request: &Malformed, status: u16, body: &str) -> Result<(), String> {
    let wrong = |why: &str| Err(format!("{}: {why}: {status} {body}", request.what));
    if status != request.status {
        return wrong(&format!("expected {}", request.status));
    }
    let Some(kind) = request.kind else {
        return if body.is_empty() {
            Ok(())
        } else {
            wrong("expected no body")
        };
    };
    let Ok(body) = serde_json::from_str::<Value>(body) else {
        return wrong("expected JSON");
    };
    let error = &body["error"];
    let shaped = error["message"]
        .as_str()
        .is_some_and(|message| !message.is_empty() && message.len() < 5_000)
        && error["code"] == status
        && body.as_object().is_some_and(|fields| fields.len() == 1);
    if !shaped || error["type"] != kind {
        return wrong(&format!("expected {kind} in the protocol's shape"));
    }
    Ok(())
}

/// One connection, one answer: a request that kept its place would hold up all that follow.
#[tokio::test]
async fn every_malformed_request_is_refused_in_the_protocols_shape_and_gives_its_place_back() {
    let settings = ServerSettings {
        connections: 1,
        answers: 1,
        body_limit: BODY_LIMIT,
        ..ServerSettings::default()
    };
    let server = start(Scripted::playing(answer()), settings).await;
    let requests = all(BODY_LIMIT);
    assert!(requests.len() >= 60, "{}", requests.len());
    let mut wrong = Vec::new();
    for request in &requests {
        let (status, body) = said(server.address(), &request.bytes).await;
        wrong.extend(judge(request, status, &body).err());
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        requests.len(),
        wrong.join("\n")
    );

    let long = asking(json!({ "user_original_query": "x".repeat(BODY_LIMIT - 1000) }));
    for _ in 0..8 {
        assert_eq!(
            post(&server, &long).await.status(),
            200,
            "the room for long bodies is back"
        );
    }
    server.close().await;
}
