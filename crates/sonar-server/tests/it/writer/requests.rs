//! What a request asks of a model reaches it; what it cannot have is refused or named as ignored: a test for each row of the
//! handbook's table. Fails when a row has no test.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stand_ins::chat::Model;

use super::world::{GREEN, HOW, World};

const HANDBOOK: &str = include_str!("../../../../../docs/handbook/12-language-model.md");

/// Gives each row, by the fields it names, the test that shows it.
macro_rules! rows {
    ($([$($field:literal),+] => $test:ident,)*) => {
        const TESTED: &[&[&str]] = &[$(&[$($field),+]),*];
        mod rows {
            $(
                #[tokio::test]
                async fn $test() {
                    super::$test().await;
                }
            )*
        }
    };
}

rows! {
    ["model"] => the_name_of_a_model_chooses_none,
    ["messages"] => earlier_turns_reach_the_model,
    ["messages.system"] => system_messages_come_after_our_rules,
    ["messages.content.image_url", "messages.content.file_url", "messages.content.file_name", "messages.content.pdf_url",
     "messages.content.video_url"] => other_parts_are_refused,
    ["num_search_results"] => fewer_passages_can_be_asked_for,
    ["web_search_options.search_context_size"] => the_context_size_is_a_number_of_passages,
    ["web_search_options.user_location.latitude", "web_search_options.user_location.longitude",
     "web_search_options.user_location.country", "web_search_options.user_location.city",
     "web_search_options.user_location.region"] => the_place_is_told,
    ["disable_search"] => without_a_search_a_model_answers_without_sources,
    ["max_tokens", "stop"] => the_end_that_is_wanted_is_passed_on,
    ["temperature"] => temperature_has_a_default,
    ["top_p", "top_k", "presence_penalty", "frequency_penalty"] => what_steers_a_model_is_passed_on,
    ["reasoning_effort"] => effort_is_passed_on,
    ["language_preference", "response_formatting_locale"] => the_language_is_told,
    ["response_format.json_schema.schema"] => a_schema_is_passed_on,
    ["response_format.json_schema.name"] => a_schema_has_a_name,
    ["response_format.regex.regex", "response_format.regex.name", "response_format.regex.description",
     "response_format.regex.strict"] => an_expression_is_refused,
}

#[test]
fn every_row_of_the_page_has_a_test() {
    let rows = HANDBOOK.lines().filter(|line| line.starts_with("| `"));
    let rows: BTreeSet<Vec<&str>> = rows
        .map(|row| {
            row.split('|')
                .nth(1)
                .unwrap()
                .split('`')
                .skip(1)
                .step_by(2)
                .collect()
        })
        .collect();
    let tested: BTreeSet<Vec<&str>> = TESTED.iter().map(|row| row.to_vec()).collect();
    assert_eq!(rows, tested);
}

/// What the endpoint was asked last.
fn last_asked(world: &World) -> Value {
    world.chat.requests().last().unwrap().clone()
}

/// The rules that the model was given last.
fn last_rules(world: &World) -> String {
    last_asked(world)["messages"][0]["content"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn the_name_of_a_model_chooses_none() {
    let world = World::of_many(20).await;
    let mut prompts = Vec::new();
    for model in [
        "sonar",
        "sonar-pro",
        "sonar-reasoning",
        "sonar-reasoning-pro",
    ] {
        let reply = world.answered(json!({ "model": model })).await;
        assert_eq!(reply.citations().len(), 4);
        let asked = last_asked(&world);
        assert_eq!(asked["model"], "stand-in");
        prompts.push(asked.to_string());
    }
    prompts.dedup();
    assert_eq!(prompts.len(), 1);
    world
        .answered(json!({ "model": "sonar-deep-research" }))
        .await;
    assert!(last_rules(&world).contains("Write a report"));
}

async fn earlier_turns_reach_the_model() {
    let world = World::new().await;
    let messages = json!([
        { "role": "user", "content": "What is black tea?" },
        { "role": "assistant", "content": "A leaf. [3]\n\n*Written by stand-in from 4 sources.*" },
        { "role": "user", "content": HOW },
    ]);
    world.answered(json!({ "messages": messages })).await;
    let asked = last_asked(&world);
    let said = |at: usize| {
        asked["messages"][at]["content"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (said(1).as_str(), said(2).as_str()),
        ("What is black tea?", "A leaf.")
    );
    assert!(said(3).ends_with(HOW));
}

async fn system_messages_come_after_our_rules() {
    let world = World::new().await;
    let messages = json!([
        { "role": "system", "content": "Answer like a pirate." },
        { "role": "user", "content": HOW },
    ]);
    world.answered(json!({ "messages": messages })).await;
    let rules = last_rules(&world);
    assert!(
        rules.starts_with("You answer a question from numbered passages")
            && rules.ends_with("Answer like a pirate."),
        "{rules}"
    );
}

async fn other_parts_are_refused() {
    let world = World::new().await;
    let image = json!([{ "type": "text", "text": "What is this?" }, { "type": "image_url", "image_url": { "url": "https://a.example/x.png" } }]);
    world
        .refuses(
            json!({ "messages": [{ "role": "user", "content": image }] }),
            "messages: images, files and videos are not passed on",
        )
        .await;
}

async fn fewer_passages_can_be_asked_for() {
    let world = World::of_many(20).await;
    for (asked, got) in [(2, 2), (9, 4)] {
        assert_eq!(
            world
                .answered(json!({ "num_search_results": asked }))
                .await
                .citations()
                .len(),
            got
        );
    }
}

async fn the_context_size_is_a_number_of_passages() {
    let world = World::of_many(20).await;
    for (size, passages) in [("low", 4), ("medium", 8), ("high", 16)] {
        let reply = world
            .answered(json!({ "web_search_options": { "search_context_size": size } }))
            .await;
        assert_eq!(reply.citations().len(), passages, "{size}");
    }
}

async fn the_place_is_told() {
    let world = World::new().await;
    let place = json!({ "country": "DE", "city": "München", "region": "Bayern", "latitude": 48.1, "longitude": 11.6 });
    world
        .answered(json!({ "web_search_options": { "user_location": place } }))
        .await;
    let rules = last_rules(&world);
    assert!(
        rules.contains("Whoever asks is here: München, Bayern, DE, latitude 48.1, longitude 11.6."),
        "{rules}"
    );
}

async fn without_a_search_a_model_answers_without_sources() {
    let world = World::new().await;
    world
        .chat
        .play(Model::Says("Hello. [1] What can I do for you?".to_owned()));
    let reply = world.answered(json!({ "disable_search": true })).await;
    assert_eq!(
        reply.text(),
        "Hello. What can I do for you?\n\n*Written by stand-in without sources.*"
    );
    assert!(reply.citations().is_empty());
    let asked = last_asked(&world);
    assert!(!asked.to_string().contains("<passage"), "{asked}");
    let fields = json!({ "disable_search": true, "search_domain_filter": ["tea.example"], "num_search_results": 2 });
    let reply = world.asked(fields).await;
    assert_eq!(reply.ignored, "num_search_results, search_domain_filter");
}

async fn the_end_that_is_wanted_is_passed_on() {
    let world = World::new().await;
    world
        .chat
        .play(Model::SaysUntilCut(format!("{GREEN} [1] Black tea is st")));
    let reply = world
        .answered(json!({ "max_tokens": 16, "stop": ["END", "STOP"] }))
        .await;
    assert_eq!(reply.finish(), "length");
    assert!(
        reply
            .text()
            .starts_with(&format!("{GREEN} [1] Black tea is st")),
        "{}",
        reply.text()
    );
    let asked = last_asked(&world);
    assert_eq!(
        (&asked["max_tokens"], &asked["stop"]),
        (&json!(16), &json!(["END", "STOP"]))
    );
}

async fn temperature_has_a_default() {
    let world = World::new().await;
    world.answered(json!({})).await;
    assert_eq!(last_asked(&world)["temperature"], 0.2);
    world.answered(json!({ "temperature": 0.7 })).await;
    assert_eq!(last_asked(&world)["temperature"], 0.7);
}

async fn what_steers_a_model_is_passed_on() {
    let world = World::new().await;
    let fields =
        json!({ "top_p": 0.9, "top_k": 40, "presence_penalty": 0.5, "frequency_penalty": 0.25 });
    world.answered(fields.clone()).await;
    for (field, value) in fields.as_object().unwrap() {
        assert_eq!(&last_asked(&world)[field], value, "{field}");
    }
    world.answered(json!({ "top_k": 0 })).await;
    let asked = last_asked(&world);
    for field in [
        "max_tokens",
        "stop",
        "top_p",
        "top_k",
        "reasoning_effort",
        "presence_penalty",
        "response_format",
    ] {
        assert!(asked.get(field).is_none(), "{field}: {asked}");
    }
}

async fn effort_is_passed_on() {
    let world = World::research().await;
    world.answered(json!({ "reasoning_effort": "low" })).await;
    assert_eq!(last_asked(&world)["reasoning_effort"], "low");
    let research = json!({ "model": "sonar-deep-research", "reasoning_effort": "minimal" });
    let reply = world.answered(research).await;
    assert_eq!(reply.body["usage"]["num_search_queries"], 3);
}

async fn the_language_is_told() {
    let world = World::new().await;
    world
        .answered(json!({ "language_preference": "German", "response_formatting_locale": "de-DE" }))
        .await;
    let rules = last_rules(&world);
    assert!(
        rules.contains("Answer in this language: German.") && rules.contains("locale de-DE"),
        "{rules}"
    );
}

fn form(json_schema: &Value) -> Value {
    json!({ "response_format": { "type": "json_schema", "json_schema": json_schema } })
}

async fn a_schema_is_passed_on() {
    let world = World::new().await;
    let schema = json!({ "type": "object", "properties": { "celsius": { "type": "number" } }, "required": ["celsius"] });
    world.chat.play(Model::Says("{\"celsius\":80}".to_owned()));
    let reply = world.answered(form(&json!({ "schema": schema }))).await;
    assert_eq!(reply.text(), "{\"celsius\":80}");
    assert_eq!(
        last_asked(&world)["response_format"]["json_schema"]["schema"],
        schema
    );
    for schema in [
        json!({ "type": "thing" }),
        json!({ "$ref": "https://a.example/" }),
        json!({ "description": "x".repeat(70_000) }),
    ] {
        world
            .refuses(
                form(&json!({ "schema": schema })),
                "response_format: the json_schema ",
            )
            .await;
    }
}

async fn a_schema_has_a_name() {
    let world = World::new().await;
    world.chat.play(Model::Says("1".to_owned()));
    for (json_schema, name) in [
        (json!({ "schema": {} }), "answer"),
        (json!({ "schema": {}, "name": "degrees" }), "degrees"),
    ] {
        world.answered(form(&json_schema)).await;
        assert_eq!(
            last_asked(&world)["response_format"]["json_schema"]["name"],
            name
        );
    }
}

async fn an_expression_is_refused() {
    let world = World::new().await;
    let regex = json!({ "regex": "a+", "name": "a", "description": "b", "strict": true });
    world
        .refuses(
            json!({ "response_format": { "type": "regex", "regex": regex } }),
            "response_format: chat endpoints know no regex",
        )
        .await;
}

/// What no engine on this machine can is refused and named as without a model.
#[tokio::test]
async fn what_not_even_a_model_can_is_refused_or_named() {
    let world = World::new().await;
    for (fields, told) in [
        (json!({ "n": 2 }), "n:"),
        (json!({ "tool_choice": "required" }), "tool_choice:"),
        (json!({ "search_mode": "sec" }), "search_mode:"),
    ] {
        world.refuses(fields, told).await;
    }
    let function = json!({ "name": "f", "description": "g", "parameters": { "type": "object", "properties": {} } });
    let named = json!({ "tools": [{ "type": "function", "function": function }], "parallel_tool_calls": true, "safe_search": true });
    assert_eq!(
        world.asked(named).await.ignored,
        "parallel_tool_calls, safe_search, tools"
    );
    assert_eq!(world.chat.calls(), 1);
}
