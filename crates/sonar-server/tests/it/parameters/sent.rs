//! Rows about how an answer is sent, and about fields that are not for clients.

use serde_json::{Map, Value, json};
use sonar::{ChatRequest, Message, StreamMode};

use super::world::{HOW, tea};
use crate::scripted::{client, post, streamed, text};

async fn says_the_same(mode: Option<StreamMode>) {
    let world = tea().await;
    let client = client(&world.server);
    let mut request = ChatRequest::new("sonar-deep-research", vec![Message::user(HOW)]);
    let whole = client.chat(&request).await.unwrap();
    request.stream_mode = mode;
    let (pieces, error) = streamed(&client, &request).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(text(&pieces), whole.text());
    let last = pieces.last().unwrap();
    assert_eq!(last.search_results, whole.search_results);
    assert_eq!(last.usage, whole.usage);
}

pub(super) async fn a_stream_says_the_same() {
    says_the_same(None).await;
}

pub(super) async fn a_concise_stream_says_the_same() {
    says_the_same(Some(StreamMode::Full)).await;
    says_the_same(Some(StreamMode::Concise)).await;
    let world = tea().await;
    world
        .ignores(json!({ "stream_mode": "concise" }), &["stream_mode"])
        .await;

    // A concise stream tells each search as it is made.
    let mut request = ChatRequest::new("sonar-deep-research", vec![Message::user(HOW)]);
    request.stream_mode = Some(StreamMode::Concise);
    let (pieces, _) = streamed(&client(&world.server), &request).await;
    let told = pieces
        .iter()
        .filter(|piece| piece.object == "chat.reasoning")
        .count() as u64;
    let searches = pieces
        .last()
        .unwrap()
        .usage
        .as_ref()
        .unwrap()
        .num_search_queries;
    assert_eq!(Some(told), searches);
    assert!(told > 1);
}

/// Internal fields of the protocol with values of their types.
fn internal() -> Map<String, Value> {
    let fields = json!({
        "_debug_pro_search": true, "_force_new_agent": true, "_inputs": [1], "_prompt_token_length": 1, "best_of": 2,
        "country": "DE", "cum_logprobs": true, "diverse_first_token": true, "file_workspace_id": "a",
        "has_image_url": true, "latitude": 1.0, "logprobs": true, "longitude": 1.0, "ranking_model": "a",
        "response_metadata": { "a": 1 }, "search_internal_properties": { "a": 1 }, "search_tenant": "a",
        "thread_id": "a", "top_logprobs": 1, "updated_after_timestamp": 1, "updated_before_timestamp": 1,
        "use_threads": true, "user_original_query": "a",
    });
    fields.as_object().unwrap().clone()
}

pub(super) async fn internal_fields_are_named() {
    let world = tea().await;
    let fields = internal();
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    world.ignores(Value::Object(fields.clone()), &names).await;
    world
        .ignores(json!({ "return_citations": true }), &["return_citations"])
        .await;

    // All of them may also be null, as some clients send them.
    let mut request = json!({ "model": "sonar", "messages": [{ "role": "user", "content": HOW }] });
    for name in names {
        request[name] = json!(null);
    }
    assert_eq!(post(&world.server, &request).await.status(), 200);
}
