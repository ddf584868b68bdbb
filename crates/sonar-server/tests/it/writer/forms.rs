//! Answers as JSON: the schema is passed on, the reply is checked, asked for once more, and then failed in words.

use serde_json::{Value, json};
use stand_ins::Trouble;
use stand_ins::chat::Model;

use super::world::{HOW, World};

fn degrees() -> Value {
    let schema = json!({
        "type": "object",
        "properties": { "celsius": { "type": "number" }, "note": { "type": "string" } },
        "required": ["celsius"],
        "additionalProperties": false,
    });
    json!({ "type": "json_schema", "json_schema": { "name": "degrees", "schema": schema } })
}

#[tokio::test]
async fn a_schema_is_passed_on_and_the_reply_is_the_json() {
    let world = World::new().await;
    let json = r#"{"note":"Green tea. [1][9]","celsius":80}"#;
    world.chat.play(Model::Says(format!(
        "<think>80</think>\n```json\n{json}\n```"
    )));
    let reply = world
        .answered(json!({ "response_format": degrees() }))
        .await;
    assert_eq!(reply.text(), r#"{"note":"Green tea. [1]","celsius":80}"#);
    assert!(!reply.citations().is_empty());
    let asked = &world.chat.requests()[0]["response_format"];
    assert_eq!(
        asked["json_schema"]["schema"],
        degrees()["json_schema"]["schema"]
    );
    assert_eq!(asked["json_schema"]["name"], "degrees");
    let pieces = world
        .streamed(json!({ "response_format": degrees() }))
        .await;
    let added: String = pieces
        .iter()
        .map(|piece| piece.added_text().into_owned())
        .collect();
    assert_eq!(added, reply.text());
    assert_eq!(
        reply.body["usage"]["total_tokens"].as_u64().unwrap() * 2,
        world.chat.tokens()
    );
}

#[tokio::test]
async fn a_reply_that_does_not_fit_is_asked_for_once_more() {
    let world = World::new().await;
    let replies = [r#"{"celsius":"eighty"}"#, r#"{"celsius":80}"#];
    world
        .chat
        .play(Model::SaysInTurn(replies.map(str::to_owned).into()));
    let reply = world
        .answered(json!({ "response_format": degrees() }))
        .await;
    assert_eq!((reply.text(), world.chat.calls()), (replies[1], 2));
    assert_eq!(
        reply.body["usage"]["total_tokens"].as_u64().unwrap(),
        world.chat.tokens()
    );
    let again = &world.chat.requests()[1]["messages"];
    let again = again.as_array().unwrap();
    assert_eq!(again[again.len() - 2]["content"], replies[0]);
    let told = again[again.len() - 1]["content"].as_str().unwrap();
    assert!(told.starts_with("This does not fit the schema."), "{told}");
}

#[tokio::test]
async fn a_reply_that_never_fits_is_a_failure_that_says_so() {
    let world = World::new().await;
    world.chat.play(Model::Says("Eighty degrees.".to_owned()));
    let reply = world.asked(json!({ "response_format": degrees() })).await;
    assert_eq!(reply.status, 502, "{}", reply.body);
    assert_eq!(
        reply.message(),
        "response_format: the language model was asked twice, and neither reply fits the json_schema."
    );
    assert_eq!(world.chat.calls(), 2);
}

#[tokio::test]
async fn a_reply_that_stays_as_json_only_unmended_stays_as_it_came() {
    let world = World::new().await;
    let schema = json!({ "type": "object", "required": ["p"], "properties": { "p": { "enum": ["So. [99]"] } } });
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    let reply = r#"{"p":"So. [99]"}"#;
    world.chat.play(Model::Says(reply.to_owned()));
    let answer = world.answered(json!({ "response_format": format })).await;
    assert_eq!((answer.text(), world.chat.calls()), (reply, 1));
}

#[tokio::test]
async fn a_thought_without_a_beginning_is_no_part_of_json() {
    let world = World::new().await;
    world.chat.play(Model::Says(
        "Okay, {80}. </think>\n\n{\"celsius\":80}".to_owned(),
    ));
    let reply = world
        .answered(json!({ "response_format": degrees() }))
        .await;
    assert_eq!((reply.text(), world.chat.calls()), ("{\"celsius\":80}", 1));
}

/// A whole completion, as endpoints without streams send it.
fn whole(content: &str, finish: &str) -> Trouble {
    let body = json!({
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": content }, "finish_reason": finish }],
        "usage": { "prompt_tokens": 70, "completion_tokens": 7, "total_tokens": 77 },
    });
    Trouble::Instead {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string(),
    }
}

#[tokio::test]
async fn json_that_was_cut_off_is_not_asked_for_again() {
    let world = World::new().await;
    world.chat.script().then(whole("{\"celsius\":8", "length"));
    let reply = world.asked(json!({ "response_format": degrees() })).await;
    assert_eq!(reply.status, 502, "{}", reply.body);
    assert_eq!(
        reply.message(),
        "response_format: the language model came to the end of its tokens before its reply fitted the json_schema; raise max_tokens."
    );
    assert_eq!(world.chat.calls(), 1);
}

#[tokio::test]
async fn what_a_reply_used_is_told_when_excerpts_take_its_place() {
    let world = World::new().await;
    let schema = json!({ "type": "object", "properties": { "answer": { "type": "string" } }, "required": ["answer"] });
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    world.chat.script().then(whole("no", "stop"));
    world
        .chat
        .script()
        .then(Trouble::Body("<html>canary</html>".to_owned()));
    let reply = world.answered(json!({ "response_format": format })).await;
    assert!(
        reply.text().contains("> Green tea is steeped"),
        "{}",
        reply.text()
    );
    assert_eq!(reply.body["usage"]["total_tokens"], 77);
    assert_eq!(world.chat.calls(), 2);
}

#[tokio::test]
async fn a_whole_reply_is_no_longer_than_a_streamed_one_may_be() {
    let world = World::new().await;
    world
        .chat
        .script()
        .then(whole(&"So. ".repeat(300_000), "stop"));
    let reply = world.answered(json!({})).await;
    assert!(
        reply
            .text()
            .starts_with("*The language model did not answer;"),
        "{}",
        reply.text().len()
    );
}

#[tokio::test]
async fn a_schema_that_stands_for_endless_ones_is_refused() {
    let world = World::new().await;
    let mut parts = json!({ "a45": { "type": "object" } });
    for at in 0..45 {
        let next = json!({ "$ref": format!("#/$defs/a{}", at + 1) });
        parts[format!("a{at}")] = json!({ "anyOf": [next.clone(), next] });
    }
    let schema = json!({ "$defs": parts, "$ref": "#/$defs/a0" });
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    let told = "response_format: the json_schema stands for more than 30000 parts";
    world
        .refuses(json!({ "response_format": format }), told)
        .await;
}

/// Such a schema takes a check longer than anybody waits, with any reply.
#[tokio::test]
async fn a_schema_that_looks_again_at_every_level_is_refused() {
    let world = World::new().await;
    let mut schema = json!({ "properties": { "celsius": true } });
    for _ in 0..30 {
        schema = json!({ "unevaluatedProperties": false, "allOf": [schema] });
    }
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    let told = "response_format: the json_schema has 30 unevaluatedItems and unevaluatedProperties; 4 is the most";
    world
        .refuses(json!({ "response_format": format }), told)
        .await;
}

#[tokio::test]
async fn a_reply_that_is_nested_too_deep_does_not_fit() {
    let world = World::new().await;
    let format =
        json!({ "type": "json_schema", "json_schema": { "schema": { "items": { "$ref": "#" } } } });
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    world
        .chat
        .play(Model::SaysInTurn(vec![nested(33), nested(32)]));
    let reply = world.answered(json!({ "response_format": format })).await;
    assert_eq!((reply.text(), world.chat.calls()), (&*nested(32), 2));
}

#[tokio::test]
async fn a_model_that_fails_is_not_asked_again_for_json() {
    let world = World::new().await;
    world
        .chat
        .script()
        .then(Trouble::Body("<html>canary</html>".to_owned()));
    let reply = world.asked(json!({ "response_format": degrees() })).await;
    assert_eq!(
        (reply.status, reply.message()),
        (502, "The language model did not answer.")
    );
    assert_eq!(world.chat.calls(), 1);
}

/// Some schemas excerpts can fill, too.
#[tokio::test]
async fn when_the_model_does_not_answer_excerpts_fill_the_schemas_they_can() {
    let world = World::new().await;
    let schema = json!({
        "type": "object",
        "properties": { "answer": { "type": "string" }, "urls": { "type": "array", "items": { "type": "string" } } },
        "required": ["answer", "urls"],
    });
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    world
        .chat
        .script()
        .then(Trouble::Body("<html>canary</html>".to_owned()));
    let reply = world.answered(json!({ "response_format": format })).await;
    let filled: Value = serde_json::from_str(reply.text()).unwrap();
    assert!(
        filled["answer"]
            .as_str()
            .unwrap()
            .contains("> Green tea is steeped at 80 degrees"),
        "{filled}"
    );
    let urls: Vec<String> = serde_json::from_value(filled["urls"].clone()).unwrap();
    assert!(
        urls.iter().all(|url| reply.citations().contains(url)),
        "{urls:?}"
    );
}

#[tokio::test]
async fn nothing_found_fills_no_schema() {
    let world = World::new().await;
    let messages = json!([{ "role": "user", "content": "Who won the chess championship?" }]);
    let reply = world
        .asked(json!({ "messages": messages, "response_format": degrees() }))
        .await;
    assert_eq!(
        (reply.status, world.chat.calls()),
        (422, 0),
        "{}",
        reply.body
    );
}

#[tokio::test]
async fn an_address_without_a_public_one_is_a_link_to_this_server() {
    let page = "# Green tea\n\nGreen tea is steeped at 80 degrees for two minutes.\n";
    let world = World::of(&[("tea.md", page)]).await;
    let prompt = world.asked(json!({})).await;
    let link = prompt.citations()[0].clone();
    assert!(link.starts_with("http://127.0.0.1:"), "{link}");
    let path = link.split("/documents/").nth(1).unwrap();
    let schema = json!({ "type": "object", "required": ["links"] });
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    world.chat.play(Model::Says(format!(
        r#"{{"links":["local:/{path}"],"question":"{HOW}"}}"#
    )));
    let reply = world.answered(json!({ "response_format": format })).await;
    let filled: Value = serde_json::from_str(reply.text()).unwrap();
    assert_eq!(filled["links"][0], Value::from(link.as_str()));
    let asked = world.chat.requests().last().unwrap().to_string();
    assert!(
        asked.contains(&format!("address=\\\"local:/{path}\\\"")),
        "{asked}"
    );
}
