//! The answer as a whole.

use axum::Json;
use serde_json::json;
use sonar::{FinishReason, Recency};

use crate::service::{KEY, Service, question};

fn answer() -> Json<serde_json::Value> {
    Json(json!({
        "id": "1", "model": "sonar", "created": 1, "object": "chat.completion",
        "citations": ["https://a.example"],
        "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": "Because. [1]" } }],
    }))
}

#[tokio::test]
async fn an_answer_comes_back_as_a_whole() {
    let service = Service::replying(answer).await;
    let answer = service.chat().await.unwrap();
    assert_eq!(answer.text(), "Because. [1]");
    assert_eq!(answer.finish_reason(), Some(&FinishReason::Stop));
    assert_eq!(answer.sources()[0].url, "https://a.example");
}

#[tokio::test]
async fn only_what_was_set_is_sent_with_the_key_in_its_header() {
    let service = Service::replying(answer).await;
    let mut request = question();
    request.search_recency_filter = Some(Recency::Week);
    request.stream = Some(true);
    service
        .builder()
        .build()
        .unwrap()
        .chat(&request)
        .await
        .unwrap();

    let asked = service.asked().await;
    assert_eq!(asked.path, "/chat/completions");
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(asked.headers["accept"], "application/json");
    let sent = json!({ "model": "sonar", "messages": [{ "role": "user", "content": "Why?" }], "search_recency_filter": "week" });
    assert_eq!(asked.body, sent, "a plain call asks for no stream");
}

#[tokio::test]
async fn without_a_key_no_header_is_sent() {
    let service = Service::replying(answer).await;
    let client = sonar::Client::builder(&format!("http://{}", service.address))
        .build()
        .unwrap();
    client.chat(&question()).await.unwrap();
    assert!(!service.asked().await.headers.contains_key("authorization"));
}
