//! Rows about the text: where it ends, which form it has, how much is researched.

use serde_json::{Value, json};

use super::world::{World, strings, tea};

pub(super) async fn tokens_cut_at_a_sentence() {
    let world = tea().await;
    let whole = world.answered(json!({})).await;
    let reply = world.answered(json!({ "max_tokens": 24 })).await;
    assert_eq!(reply.body["choices"][0]["finish_reason"], "length");
    assert!(
        reply.text().ends_with("at eighty degrees. [1]"),
        "{}",
        reply.text()
    );
    assert_eq!(reply.citations(), whole.citations());
    assert_eq!(whole.body["choices"][0]["finish_reason"], "stop");
    world
        .refuses(json!({ "max_tokens": 15 }), "max_tokens")
        .await;
}

pub(super) async fn a_stop_ends_the_text() {
    let world = tea().await;
    for stop in [json!("at eighty"), json!(["bitter", "at eighty"])] {
        let reply = world.answered(json!({ "stop": stop })).await;
        assert!(
            reply.text().ends_with("Green tea is steeped "),
            "{stop}: {}",
            reply.text()
        );
        assert_eq!(reply.body["choices"][0]["finish_reason"], "stop");
    }
    world
        .refuses(json!({ "stop": vec!["x"; 65] }), "stop")
        .await;
}

pub(super) async fn there_is_one_answer() {
    let world = tea().await;
    let reply = world.answered(json!({ "n": 1 })).await;
    assert_eq!(reply.body["choices"].as_array().unwrap().len(), 1);
    world.refuses(json!({ "n": 2 }), "n:").await;
}

pub(super) async fn text_is_the_usual_form() {
    let world = tea().await;
    for format in [json!({ "type": "text" }), json!({}), json!(null)] {
        world
            .ignores(json!({ "response_format": format }), &[])
            .await;
    }
    world
        .refuses(
            json!({ "response_format": { "type": "json_object" } }),
            "response_format",
        )
        .await;
}

fn schema(properties: &Value, required: &Value) -> Value {
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    json!({ "type": "json_schema", "json_schema": { "schema": schema } })
}

/// A schema of one text and one list of addresses.
fn answer_and_urls() -> Value {
    let properties = json!({
        "answer": { "type": "string" },
        "urls": { "type": "array", "items": { "type": "string" } },
    });
    schema(&properties, &json!(["answer", "urls"]))
}

pub(super) async fn a_simple_schema_is_filled() {
    let world = tea().await;
    let text = world.answered(json!({})).await.text().to_owned();
    let format = answer_and_urls();
    let reply = world.answered(json!({ "response_format": format })).await;
    let filled: Value = serde_json::from_str(reply.text()).unwrap();
    assert_eq!(filled["answer"], text);
    assert_eq!(strings(&filled["urls"]), reply.citations());

    let short = world
        .answered(json!({ "response_format": format, "max_tokens": 60 }))
        .await;
    let filled: Value = serde_json::from_str(short.text()).unwrap();
    assert!(
        text.starts_with("**Green tea") && filled["answer"].as_str().unwrap().len() < text.len()
    );
    assert_eq!(short.body["choices"][0]["finish_reason"], "length");

    let unknown = schema(
        &json!({ "celsius": { "type": "number" } }),
        &json!(["celsius"]),
    );
    world
        .refuses(json!({ "response_format": unknown }), "response_format")
        .await;

    // A document without a public address is named in the text as it is in the list: by a link to this server.
    let leaf = World::of(&[(
        "leaf.md",
        "# Leaf\n\nGreen tea is steeped at eighty degrees.\n",
    )])
    .await;
    let reply = leaf.answered(json!({ "response_format": format })).await;
    let filled: Value = serde_json::from_str(reply.text()).unwrap();
    assert!(reply.cites("http://127.0.0.1:"), "{:?}", reply.citations());
    assert_eq!(strings(&filled["urls"]), reply.citations());
}

pub(super) async fn a_schema_may_have_a_name() {
    let world = tea().await;
    let plain = world
        .answered(json!({ "response_format": answer_and_urls() }))
        .await;
    let mut named = answer_and_urls();
    let about = [
        ("name", json!("a")),
        ("description", json!("b")),
        ("strict", json!(true)),
    ];
    for (field, value) in about {
        named["json_schema"][field] = value;
    }
    let reply = world.answered(json!({ "response_format": named })).await;
    assert_eq!(reply.text(), plain.text());
}

pub(super) async fn an_expression_is_refused() {
    let regex = json!({ "regex": "a+", "name": "a", "description": "b", "strict": true });
    let format = json!({ "type": "regex", "regex": regex });
    tea()
        .await
        .refuses(json!({ "response_format": format }), "response_format")
        .await;
}

/// A page with a section for each of a dozen leaves.
fn dozen_sections() -> String {
    let section = |number: usize| {
        format!(
            "## Leaf n{number}\n\nThe leaf n{number} is picked in week w{number} of the year.\n\n"
        )
    };
    let sections: String = (0..12).map(section).collect();
    format!(
        "---\ntitle: Leaves\nurl: https://leaves.example/\n---\n\nGreen tea is steeped at eighty degrees.\n\n{sections}"
    )
}

pub(super) async fn effort_is_a_number_of_searches() {
    let world = World::of(&[("leaves.md", &dozen_sections())]).await;
    for (effort, headings) in [("minimal", 2), ("low", 4), ("medium", 6), ("high", 10)] {
        let research = json!({ "model": "sonar-deep-research", "reasoning_effort": effort });
        let reply = world.answered(research).await;
        let usage = &reply.body["usage"];
        assert_eq!(usage["num_search_queries"], headings + 1, "{effort}");
        assert_eq!(
            reply.text().matches("\n## Leaf n").count(),
            headings,
            "{}",
            reply.text()
        );
        assert_eq!(reply.citations().len(), headings + 1);
        assert_eq!(usage["reasoning_tokens"], 0);
        assert_eq!(usage["cost"]["total_cost"], 0.0);
        assert!(usage["citation_tokens"].as_u64().unwrap() > 0);
    }
    let few = json!({ "model": "sonar-deep-research", "num_search_results": 3 });
    let reply = world.answered(few).await;
    assert_eq!(reply.citations().len(), 3);
    assert_eq!(reply.body["usage"]["num_search_queries"], 3);
    let usual = world
        .answered(json!({ "model": "sonar-deep-research" }))
        .await;
    assert_eq!(usual.body["usage"]["num_search_queries"], 7);
    world
        .ignores(json!({ "reasoning_effort": "high" }), &["reasoning_effort"])
        .await;
}

pub(super) async fn quotations_keep_their_language() {
    let world = tea().await;
    for language in ["de", "German"] {
        let fields =
            json!({ "language_preference": language, "response_formatting_locale": "de-DE" });
        let ignored = ["language_preference", "response_formatting_locale"];
        world.ignores(fields, &ignored).await;
    }
}

pub(super) async fn what_steers_a_model_is_named() {
    let fields = json!({
        "temperature": 0, "top_p": 0.5, "top_k": 0, "presence_penalty": 1, "frequency_penalty": 0,
    });
    let names = [
        "frequency_penalty",
        "presence_penalty",
        "temperature",
        "top_k",
        "top_p",
    ];
    tea().await.ignores(fields, &names).await;
}

pub(super) async fn tools_are_named() {
    let function = json!({ "name": "f", "description": "g", "parameters": { "type": "object", "properties": {} } });
    let tools = json!([{ "type": "function", "function": function }]);
    let fields = json!({ "tools": tools, "parallel_tool_calls": true });
    tea()
        .await
        .ignores(fields, &["parallel_tool_calls", "tools"])
        .await;
}

pub(super) async fn a_required_tool_is_refused() {
    let world = tea().await;
    let named = json!({ "type": "function", "function": { "name": "f" } });
    for choice in [json!("none"), json!("auto"), named] {
        world
            .ignores(json!({ "tool_choice": choice }), &["tool_choice"])
            .await;
    }
    world
        .refuses(json!({ "tool_choice": "required" }), "tool_choice")
        .await;
}
