//! Every way to be refused: status, name and sentence, and never a question to the engine.

use insta::assert_snapshot;
use serde_json::{Value, json};
use sonar_server::{Dialect, DomainLimit, Server, ServerSettings};

use crate::scripted::{
    Scripted, answering, asking, client, http, post, question, start, streamed, url,
};

/// `status type: message` of a refusal.
async fn told(reply: reqwest::Response) -> String {
    let status = reply.status().as_u16();
    assert!(reply.headers().contains_key("x-request-id"));
    let body: Value = reply.json().await.unwrap();
    let error = &body["error"];
    assert_eq!(error["code"], status, "the code is the status, as a number");
    format!(
        "{status} {}: {}",
        error["type"].as_str().unwrap(),
        error["message"].as_str().unwrap()
    )
}

/// A server whose engine must not be asked.
async fn strict(settings: ServerSettings) -> Server {
    start(
        Scripted::new(|_| -> futures_util::stream::Empty<_> { panic!("the engine was asked") }),
        settings,
    )
    .await
}

async fn refused(fields: Value) -> String {
    let server = strict(ServerSettings::default()).await;
    told(post(&server, &asking(fields)).await).await
}

#[tokio::test]
async fn wrong_addresses() {
    let server = answering().await;
    let unknown = http().get(url(&server, "/v2/chat")).send().await.unwrap();
    assert_snapshot!(told(unknown).await, @"404 not_found: resource not found");
    let wrong = http()
        .get(url(&server, "/chat/completions"))
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.headers()["allow"], "POST");
    assert_snapshot!(told(wrong).await, @"405 method_not_allowed: This path does not take this method; the header `allow` names those it takes.");
}

#[tokio::test]
async fn wrong_keys() {
    let settings = || ServerSettings {
        keys: vec!["right".into()],
        ..ServerSettings::default()
    };
    let server = strict(settings()).await;
    let wrong = http()
        .post(url(&server, "/chat/completions"))
        .bearer_auth("wrong")
        .json(&asking(json!({})));
    assert_snapshot!(told(wrong.send().await.unwrap()).await, @"401 invalid_api_key: Invalid API key provided. Ensure your API key is correct and active.");
    let error = client(&server).chat(&question()).await.unwrap_err();
    assert!(matches!(error, sonar::Error::Unauthorized), "{error:?}");

    let server = start(Scripted::playing(crate::scripted::answer()), settings()).await;
    let right = http()
        .post(url(&server, "/chat/completions"))
        .bearer_auth("right")
        .json(&asking(json!({})));
    assert_eq!(right.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn wrong_bodies() {
    let server = strict(ServerSettings::default()).await;
    let send = async |body: &'static str| {
        told(
            http()
                .post(url(&server, "/chat/completions"))
                .body(body)
                .send()
                .await
                .unwrap(),
        )
        .await
    };
    assert_snapshot!(send("").await, @r#"400 bad_request: ["At body: Field required"]"#);
    assert_snapshot!(send("{oops").await, @r#"400 bad_request: ["At body: Invalid JSON"]"#);
    assert_snapshot!(send(r#"{"model":7}"#).await, @r#"400 bad_request: ["At body -> model: Input should be a valid string","At body -> messages: Field required"]"#);
    assert_snapshot!(refused(json!({ "messages": [] })).await, @r#"400 bad_request: ["At body -> messages: List should have at least 1 item after validation, not 0"]"#);
    assert_snapshot!(refused(json!({ "search_recency_filter": "" })).await, @r#"400 bad_request: ["At body -> search_recency_filter: Input should be 'hour', 'day', 'week', 'month' or 'year'"]"#);
}

#[tokio::test]
async fn a_body_that_is_too_long() {
    let settings = ServerSettings {
        body_limit: 200,
        ..ServerSettings::default()
    };
    let server = strict(settings).await;
    let long = asking(json!({ "user_original_query": "x".repeat(200) }));
    assert_snapshot!(told(post(&server, &long).await).await, @"413 payload_too_large: The request's body is longer than 200 bytes.");
}

#[tokio::test]
async fn wrong_values() {
    assert_snapshot!(refused(json!({ "model": "gpt-5" })).await, @"400 invalid_model: Invalid model 'gpt-5'. Permitted models can be found in the documentation at https://docs.perplexity.ai/guides/model-cards.");
    assert_snapshot!(refused(json!({ "max_tokens": 15 })).await, @"400 invalid_parameter: max_tokens must be at least 16 for sonar.");
    assert_snapshot!(refused(json!({ "search_after_date_filter": "2025-03-01" })).await, @"400 invalid_date_format: Validation error: search_after_date_filter must be MM/DD/YYYY, but got 2025-03-01");
    assert_snapshot!(refused(json!({ "last_updated_before_filter": "2/30/2025" })).await, @"400 invalid_date_format: Validation error: last_updated_before_filter must be MM/DD/YYYY, but got 2/30/2025");
    assert_snapshot!(refused(json!({ "search_recency_filter": "week", "search_before_date_filter": "3/1/2025" })).await, @"400 invalid_parameter: search_recency_filter cannot be combined with search_after_date_filter or search_before_date_filter.");
    assert_snapshot!(refused(json!({ "web_search_options": { "user_location": { "latitude": 1, "longitude": 2 } } })).await, @"400 invalid_parameter: web_search_options.user_location.country is required when latitude or longitude is given.");
    assert_snapshot!(refused(json!({ "disable_search": true })).await, @"400 unsupported_parameter: disable_search: this engine always searches.");
}

#[tokio::test]
async fn wrong_domains() {
    assert_snapshot!(refused(json!({ "search_domain_filter": vec!["a.example"; 21] })).await, @"400 invalid_search_domain_filter: Validation error: search_domain_filters has a max length of 20");
    assert_snapshot!(refused(json!({ "search_domain_filter": ["a.example", "cz"] })).await, @"400 invalid_search_domain_filter: Validation error: search_domain_filters must be a valid domain name, but got cz");
    assert_snapshot!(refused(json!({ "search_domain_filter": ["a.example", "-b.example"] })).await, @"400 invalid_search_domain_filter: Validation error: search_domain_filters must be all allowed or all denied entries");
    for (limit, count) in [
        (DomainLimit::Three, 3),
        (DomainLimit::Ten, 10),
        (DomainLimit::Twenty, 20),
    ] {
        let settings = ServerSettings {
            dialect: Dialect {
                domain_limit: limit,
                ..Dialect::default()
            },
            ..ServerSettings::default()
        };
        let server = start(Scripted::playing(crate::scripted::answer()), settings).await;
        for (entries, status) in [(count, 200), (count + 1, 400)] {
            let reply = post(
                &server,
                &asking(json!({ "search_domain_filter": vec!["a.example"; entries] })),
            )
            .await;
            assert_eq!(reply.status(), status, "{limit:?} with {entries}");
        }
    }
}

#[tokio::test]
async fn wrong_order() {
    let turn = |role: &str| json!({ "role": role, "content": "x" });
    assert_snapshot!(refused(json!({ "messages": [turn("user"), turn("user")] })).await, @"400 invalid_message: After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).");
    assert_snapshot!(refused(json!({ "messages": [turn("user"), turn("assistant")] })).await, @"400 invalid_message: Last message must have role `user` or `tool`.");
}

#[tokio::test]
async fn the_first_fault_wins() {
    let all = json!({ "max_tokens": 15, "search_domain_filter": ["cz"], "disable_search": true, "messages": [
        { "role": "assistant", "content": "x" },
    ] });
    assert_snapshot!(refused(all).await, @"400 invalid_parameter: max_tokens must be at least 16 for sonar.");
    let order =
        json!({ "disable_search": true, "messages": [{ "role": "assistant", "content": "x" }] });
    assert_snapshot!(refused(order).await, @"400 unsupported_parameter: disable_search: this engine always searches.");
}

#[tokio::test]
async fn a_streamed_request_is_refused_with_its_status_too() {
    let server = strict(ServerSettings::default()).await;
    let mut request = question();
    request.model = "gpt-5".to_owned();
    let (pieces, error) = streamed(&client(&server), &request).await;
    assert!(pieces.is_empty());
    assert!(
        matches!(&error, Some(sonar::Error::Rejected { kind: Some(kind), .. }) if kind == "invalid_model"),
        "{error:?}"
    );
}
