//! What a request asks of a model reaches it; what it cannot have is refused or named as ignored.

use serde_json::{Value, json};

use super::world::{GREEN, World};

/// What the endpoint was asked last.
fn last_asked(world: &World) -> Value {
    world.chat.requests().last().unwrap().clone()
}

#[tokio::test]
async fn what_steers_a_model_is_passed_on() {
    let world = World::new().await;
    let fields = json!({
        "temperature": 0.7, "top_p": 0.9, "top_k": 40, "presence_penalty": 0.5, "frequency_penalty": 0.25,
        "max_tokens": 200, "stop": ["END", "STOP"], "reasoning_effort": "low",
    });
    world.answered(fields.clone()).await;
    let asked = last_asked(&world);
    for (field, value) in fields.as_object().unwrap() {
        assert_eq!(&asked[field], value, "{field}");
    }
    world.answered(json!({ "top_k": 0 })).await;
    let asked = last_asked(&world);
    assert!(asked.get("top_k").is_none(), "0 is no limit: {asked}");
    assert_eq!(asked["temperature"], 0.2);
    for field in ["max_tokens", "stop", "top_p", "reasoning_effort"] {
        assert!(asked.get(field).is_none(), "{field}: {asked}");
    }
}

#[tokio::test]
async fn system_messages_and_earlier_turns_reach_the_model() {
    let world = World::new().await;
    let messages = json!([
        { "role": "system", "content": "Answer like a pirate." },
        { "role": "user", "content": "What is black tea?" },
        { "role": "assistant", "content": "A leaf. [3]\n\n*Written by stand-in from 4 sources.*" },
        { "role": "user", "content": super::world::HOW },
    ]);
    world.answered(json!({ "messages": messages })).await;
    let asked = last_asked(&world);
    let said = |at: usize| {
        asked["messages"][at]["content"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(said(0).ends_with("Answer like a pirate."), "{}", said(0));
    assert_eq!(
        (said(1).as_str(), said(2).as_str()),
        ("What is black tea?", "A leaf.")
    );
    assert!(said(3).ends_with(super::world::HOW));
}

#[tokio::test]
async fn language_and_place_reach_the_model() {
    let world = World::new().await;
    let fields = json!({
        "language_preference": "German", "response_formatting_locale": "de-DE",
        "web_search_options": { "user_location": { "country": "DE", "city": "München" } },
    });
    world.answered(fields).await;
    let rules = last_asked(&world)["messages"][0]["content"].clone();
    for told in [
        "Answer in this language: German.",
        "locale de-DE",
        "München, DE",
    ] {
        assert!(rules.as_str().unwrap().contains(told), "{rules}");
    }
}

#[tokio::test]
async fn without_a_search_a_model_answers_without_sources() {
    let world = World::new().await;
    world.chat.play(stand_ins::chat::Model::Says(
        "Hello. [1] What can I do for you?".to_owned(),
    ));
    let reply = world.answered(json!({ "disable_search": true })).await;
    assert_eq!(
        reply.text(),
        "Hello. What can I do for you?\n\n*Written by stand-in without sources.*"
    );
    assert!(reply.citations().is_empty());
    let asked = last_asked(&world);
    assert!(!asked.to_string().contains("<passage"), "{asked}");
    // Nothing is chosen where nothing is searched.
    let reply = world.asked(json!({ "disable_search": true, "search_domain_filter": ["tea.example"], "num_search_results": 2 })).await;
    assert_eq!(reply.ignored, "num_search_results, search_domain_filter");
}

#[tokio::test]
async fn the_end_that_a_model_comes_to_is_told() {
    let world = World::new().await;
    world
        .chat
        .play(stand_ins::chat::Model::SaysUntilCut(format!(
            "{GREEN} [1] Black tea is st"
        )));
    let reply = world.answered(json!({ "max_tokens": 16 })).await;
    assert_eq!(reply.finish(), "length");
    assert!(
        reply
            .text()
            .starts_with(&format!("{GREEN} [1] Black tea is st")),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn what_not_even_a_model_can_is_refused_or_named() {
    let world = World::new().await;
    let image = json!([{ "role": "user", "content": [{ "type": "text", "text": "What is this?" }, { "type": "image_url", "image_url": { "url": "https://a.example/x.png" } }] }]);
    for (fields, told) in [
        (
            json!({ "messages": image }),
            "messages: images, files and videos are not passed on",
        ),
        (json!({ "n": 2 }), "n:"),
        (json!({ "tool_choice": "required" }), "tool_choice:"),
        (json!({ "search_mode": "sec" }), "search_mode:"),
        (
            json!({ "response_format": { "type": "regex", "regex": { "regex": "a+" } } }),
            "response_format: chat endpoints know no regex",
        ),
        (
            json!({ "response_format": { "type": "json_schema", "json_schema": { "schema": { "type": "thing" } } } }),
            "response_format: the json_schema cannot be used",
        ),
    ] {
        let reply = world.asked(fields.clone()).await;
        assert_eq!(reply.status, 400, "{fields}: {}", reply.body);
        assert!(
            reply.message().starts_with(told),
            "{fields}: {}",
            reply.message()
        );
    }
    let named = world.asked(json!({ "tools": [{ "type": "function", "function": { "name": "f", "description": "g", "parameters": { "type": "object", "properties": {} } } }], "parallel_tool_calls": true, "safe_search": true })).await;
    assert_eq!(named.ignored, "parallel_tool_calls, safe_search, tools");
    assert_eq!(world.chat.calls(), 1);
}
