//! Which names the server may be asked by, so that no web page passes for it.

use reqwest::header::HOST;
use serde_json::{Value, json};
use sonar_server::{Server, ServerSettings};

use crate::scripted::{Scripted, answer, asking, http, start, url};

async fn with(change: impl FnOnce(&mut ServerSettings)) -> Server {
    let mut settings = ServerSettings::default();
    change(&mut settings);
    start(Scripted::playing(answer()), settings).await
}

/// The reply to a question that is sent to this host, as a browser would name it.
async fn asked_as(server: &Server, host: &str) -> reqwest::Response {
    let request = http().post(url(server, "/chat/completions"));
    let request = request.header(HOST, host).bearer_auth("key");
    request.json(&asking(json!({}))).send().await.unwrap()
}

#[tokio::test]
async fn a_strange_name_is_refused_on_every_path_that_shows_anything() {
    let server = with(|_| {}).await;
    for path in [
        "/async/chat/completions",
        "/async/chat/completions/x",
        "/documents/docs/tea.md",
        "/nowhere",
    ] {
        let request = http().get(url(&server, path));
        let reply = request.header(HOST, "evil.example").send().await.unwrap();
        assert_eq!(reply.status(), 421, "{path}");
    }
    let reply = asked_as(&server, "evil.example:8765").await;
    assert_eq!(reply.status(), 421);
    assert!(reply.headers().contains_key("x-request-id"));
    let body: Value = reply.json().await.unwrap();
    insta::assert_snapshot!(body["error"]["message"].as_str().unwrap(), @"This server has no keys, so it answers only to names that it knows, and `evil.example:8765` is none: ask it by its address, add the name to server.hosts, or set server.keys.");
    assert_eq!(body["error"]["type"], "host_not_allowed");
    assert_eq!(body["error"]["code"], 421);

    let request = http().get(url(&server, "/healthz"));
    let health = request.header(HOST, "evil.example").send().await.unwrap();
    assert_eq!(health.status(), 200, "a probe may call it what it likes");
    assert_eq!(asked_as(&server, "localhost:1").await.status(), 200);
}

#[tokio::test]
async fn a_name_that_the_operator_lists_is_answered_to() {
    let server = with(|settings| settings.hosts = vec!["answers.example".to_owned()]).await;
    assert_eq!(asked_as(&server, "answers.example").await.status(), 200);
    assert_eq!(asked_as(&server, "other.example").await.status(), 421);
}

#[tokio::test]
async fn with_keys_the_key_is_what_counts() {
    let server = with(|settings| settings.keys = vec!["key".into()]).await;
    assert_eq!(asked_as(&server, "answers.example").await.status(), 200);
}
