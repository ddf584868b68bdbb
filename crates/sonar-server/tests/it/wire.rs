//! What stands on the wire, to the letter: other people's clients read it.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::scripted::{Scripted, answer, answering, asking, http, post, start, url};

/// The text with the volatile values made fixed.
fn fixed(text: &str, id: &str) -> String {
    let created = text.split("\"created\":").nth(1).unwrap();
    let digits: String = created.chars().take_while(char::is_ascii_digit).collect();
    text.replace(id, "ID")
        .replace(&format!("\"created\":{digits}"), "\"created\":0")
}

#[tokio::test]
async fn a_whole_answer() {
    let server = answering().await;
    let reply = post(&server, &asking(json!({ "return_images": true }))).await;
    let header = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/json");
    assert_eq!(header("x-answer-engine"), "scripted");
    let id = format!("local-{}", header("x-request-id"));
    let body: Value = reply.json().await.unwrap();
    assert_eq!(
        body["id"], id,
        "the id of the answer holds that of the request"
    );
    assert!(body["created"].is_i64());
    let pretty = serde_json::to_string_pretty(&body).unwrap();
    assert_snapshot!(pretty.replace(&id, "ID").replace(&body["created"].to_string(), "0"), @r#"
    {
      "choices": [
        {
          "delta": {
            "content": "",
            "role": "assistant"
          },
          "finish_reason": "stop",
          "index": 0,
          "message": {
            "content": "Because it is. So it is. [1]",
            "role": "assistant"
          }
        }
      ],
      "citations": [
        "https://a.example/because"
      ],
      "created": 0,
      "id": "ID",
      "images": [],
      "model": "sonar",
      "object": "chat.completion",
      "search_results": [
        {
          "date": "2026-09-01",
          "last_updated": null,
          "title": "Because",
          "url": "https://a.example/because"
        }
      ],
      "usage": {
        "completion_tokens": 4,
        "cost": {
          "input_tokens_cost": 0.0,
          "output_tokens_cost": 0.0,
          "total_cost": 0.0
        },
        "prompt_tokens": 1,
        "total_tokens": 5
      }
    }
    "#);
}

async fn stream(mode: &str) -> String {
    let server = answering().await;
    let reply = post(
        &server,
        &asking(json!({ "stream": true, "stream_mode": mode })),
    )
    .await;
    assert_eq!(reply.headers()["content-type"], "text/event-stream");
    let id = reply.headers()["x-request-id"].to_str().unwrap().to_owned();
    let said = reply.text().await.unwrap();
    assert!(
        said.ends_with(
            "data: [DONE]

"
        ),
        "some clients drop an event without a blank line after it"
    );
    fixed(&said, &id)
}

#[tokio::test]
async fn a_full_stream() {
    assert_snapshot!(stream("full").await, @r#"
    data: {"id":"local-ID","model":"sonar","created":0,"object":"chat.completion.chunk","choices":[{"index":0,"finish_reason":null,"message":{"role":"assistant","content":""},"delta":{"role":"assistant","content":""}}],"usage":{"prompt_tokens":1,"completion_tokens":0,"total_tokens":1,"search_context_size":"low","cost":{"input_tokens_cost":0.0,"output_tokens_cost":0.0,"total_cost":0.0}},"citations":["https://a.example/because"],"search_results":[{"title":"Because","url":"https://a.example/because","date":"2026-09-01","last_updated":null}]}

    data: {"id":"local-ID","model":"sonar","created":0,"object":"chat.completion.chunk","choices":[{"index":0,"finish_reason":null,"message":{"role":"assistant","content":"Because it is. "},"delta":{"role":"assistant","content":"Because it is. "}}],"usage":{"prompt_tokens":1,"completion_tokens":4,"total_tokens":5,"search_context_size":"low","cost":{"input_tokens_cost":0.0,"output_tokens_cost":0.0,"total_cost":0.0}},"citations":["https://a.example/because"]}

    data: {"id":"local-ID","model":"sonar","created":0,"object":"chat.completion.chunk","choices":[{"index":0,"finish_reason":null,"message":{"role":"assistant","content":"Because it is. So it is. [1]"},"delta":{"role":"assistant","content":"So it is. [1]"}}],"usage":{"prompt_tokens":1,"completion_tokens":7,"total_tokens":8,"search_context_size":"low","cost":{"input_tokens_cost":0.0,"output_tokens_cost":0.0,"total_cost":0.0}},"citations":["https://a.example/because"]}

    data: {"id":"local-ID","model":"sonar","created":0,"object":"chat.completion.done","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Because it is. So it is. [1]"},"delta":{"role":"assistant","content":""}}],"usage":{"prompt_tokens":1,"completion_tokens":4,"total_tokens":5,"cost":{"input_tokens_cost":0.0,"output_tokens_cost":0.0,"total_cost":0.0}},"citations":["https://a.example/because"],"search_results":[{"title":"Because","url":"https://a.example/because","date":"2026-09-01","last_updated":null}]}

    data: [DONE]
    "#);
}

#[tokio::test]
async fn a_concise_stream() {
    assert_snapshot!(stream("concise").await, @r#"
    data: {"id":"local-ID","model":"sonar","created":0,"object":"chat.reasoning","choices":[{"index":0,"finish_reason":null,"message":{"role":"assistant","content":""},"delta":{"role":"assistant","content":"","reasoning_steps":[{"thought":"Searched the sources: 1 result.","type":"web_search","web_search":{"search_keywords":["why"],"search_results":[{"date":"2026-09-01","last_updated":null,"title":"Because","url":"https://a.example/because"}]}}]}}]}

    data: {"id":"local-ID","model":"sonar","created":0,"object":"chat.reasoning.done","choices":[{"index":0,"finish_reason":null,"message":{"role":"assistant","content":"","reasoning_steps":[{"thought":"Searched the sources: 1 result.","type":"web_search","web_search":{"search_keywords":["why"],"search_results":[{"date":"2026-09-01","last_updated":null,"title":"Because","url":"https://a.example/because"}]}}]},"delta":{"role":"assistant","content":""}}],"usage":{"prompt_tokens":1,"completion_tokens":0,"total_tokens":1,"search_context_size":"low","cost":{"input_tokens_cost":0.0,"output_tokens_cost":0.0,"total_cost":0.0}},"search_results":[{"title":"Because","url":"https://a.example/because","date":"2026-09-01","last_updated":null}]}

    data: {"id":"local-ID","model":"sonar","created":0,"object":"chat.completion.chunk","choices":[{"index":0,"finish_reason":null,"message":{"role":"assistant","content":""},"delta":{"role":"assistant","content":"Because it is. "}}]}

    data: {"id":"local-ID","model":"sonar","created":0,"object":"chat.completion.chunk","choices":[{"index":0,"finish_reason":null,"message":{"role":"assistant","content":""},"delta":{"role":"assistant","content":"So it is. [1]"}}]}

    data: {"id":"local-ID","model":"sonar","created":0,"object":"chat.completion.done","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Because it is. So it is. [1]","reasoning_steps":[{"thought":"Searched the sources: 1 result.","type":"web_search","web_search":{"search_keywords":["why"],"search_results":[{"date":"2026-09-01","last_updated":null,"title":"Because","url":"https://a.example/because"}]}}]},"delta":{"role":"assistant","content":""}}],"usage":{"prompt_tokens":1,"completion_tokens":4,"total_tokens":5,"cost":{"input_tokens_cost":0.0,"output_tokens_cost":0.0,"total_cost":0.0}},"citations":["https://a.example/because"],"search_results":[{"title":"Because","url":"https://a.example/because","date":"2026-09-01","last_updated":null}]}

    data: [DONE]
    "#);
}

#[tokio::test]
async fn fields_without_effect_are_named() {
    let server = answering().await;
    let reply = post(&server, &asking(json!({
        "temperature": 0.2, "search_domain_filter": ["a.example"], "top_k": null, "return_citations": true,
        "web_search_options": { "search_context_size": "high", "user_location": { "country": "DE" } },
    })))
    .await;
    assert_eq!(reply.status(), 200);
    let named = reply.headers()["x-sonar-ignored"].to_str().unwrap();
    assert_eq!(
        named,
        "return_citations, temperature, web_search_options.user_location"
    );

    let reply = post(
        &server,
        &asking(json!({ "search_domain_filter": ["a.example"] })),
    )
    .await;
    assert!(!reply.headers().contains_key("x-sonar-ignored"));
}

#[tokio::test]
async fn every_path_of_the_protocol_answers() {
    let server = answering().await;
    for path in ["/chat/completions", "/v1/chat/completions", "/v1/sonar"] {
        let reply = http()
            .post(url(&server, path))
            .json(&asking(json!({})))
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 200, "{path}");
    }
    let health = http().get(url(&server, "/healthz")).send().await.unwrap();
    assert_eq!(health.text().await.unwrap(), "ok\n");
}

#[tokio::test]
async fn what_the_first_examples_of_the_protocol_send_is_answered() {
    let server = start(Scripted::playing(answer()), Default::default()).await;
    let request = json!({
        "model": "sonar", "stream": false, "max_tokens": 123, "temperature": 0.2, "top_p": 0.9, "top_k": 0,
        "messages": [{ "role": "system", "content": "Be precise and concise." }, { "role": "user", "content": "How many stars are there?" }],
        "search_domain_filter": null, "return_images": false, "return_related_questions": false,
        "search_recency_filter": null, "presence_penalty": 0, "frequency_penalty": 1, "response_format": {}, "stop": null,
        "web_search_options": { "search_context_size": "high" }, "tools": [], "_debug_pro_search": false,
    });
    assert_eq!(post(&server, &request).await.status(), 200);
}

#[tokio::test]
async fn a_long_conversation_is_read() {
    let server = answering().await;
    let long = json!([{ "role": "user", "content": "why ".repeat(1_000_000) }]);
    let reply = post(&server, &asking(json!({ "messages": long }))).await;
    assert_eq!(reply.status(), 200);
    let body: Value = reply.json().await.unwrap();
    assert_eq!(body["usage"]["total_tokens"], 5);
}
