//! Names the request fields that had no effect on the answer. Must be pure, and safe to put into a header.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use sonar::ChatRequest;

/// Objects whose fields count each for itself.
const NESTED: [&str; 3] = [
    "web_search_options",
    "media_response",
    "media_response.overrides",
];
/// Most names told, so that a request cannot make a header of any length.
const TOLD: usize = 40;
/// Longest name told, in bytes.
const NAME: usize = 64;

/// The fields that a request sets, dotted where nested: `web_search_options.search_type`. A system message counts as the
/// field `messages.system`.
pub(crate) fn set_fields(request: &Map<String, Value>) -> Vec<String> {
    let mut names = Vec::new();
    collect(request, "", &mut names);
    names.extend(
        request
            .get("messages")
            .map(set_in_messages)
            .into_iter()
            .flatten(),
    );
    names.retain(|name| is_a_name(name));
    names
}

/// Those of the fields a `request` sets that neither the server nor the engine, which `honours` some, gives effect to;
/// comma-separated, or `None` when there are none.
pub(crate) fn ignored(
    set: Vec<String>,
    request: &ChatRequest,
    honours: impl Fn(&str) -> bool,
) -> Option<String> {
    let without_effect = set
        .into_iter()
        .filter(|name| !is_served(request, name) && !honours(name));
    let names: Vec<String> = without_effect.take(TOLD).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Whether the server itself gives effect to a field, whatever the engine.
fn is_served(request: &ChatRequest, field: &str) -> bool {
    match field {
        "model" | "messages" | "stream" => true,
        "stream_mode" => request.stream == Some(true),
        _ => false,
    }
}

fn collect(object: &Map<String, Value>, before: &str, names: &mut Vec<String>) {
    for (field, value) in object.iter().filter(|(_, value)| is_set(value)) {
        let name = format!("{before}{field}");
        match value {
            Value::Object(fields) if NESTED.contains(&name.as_str()) => {
                collect(fields, &format!("{name}."), names);
            }
            _ => names.push(name),
        }
    }
}

/// What messages carry beside who speaks and what is said, each once.
fn set_in_messages(messages: &Value) -> BTreeSet<String> {
    let messages = messages.as_array().into_iter().flatten();
    let mut names = BTreeSet::new();
    for message in messages.filter_map(Value::as_object) {
        if message.get("role").and_then(Value::as_str) == Some("system") {
            names.insert("messages.system".to_owned());
        }
        let beside = message.iter().filter(|(field, value)| {
            is_set(value) && !matches!(field.as_str(), "role" | "content")
        });
        names.extend(beside.map(|(field, _)| format!("messages.{field}")));
    }
    names
}

/// Null and the empty object or list ask for nothing.
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

/// Unknown fields carry whatever name the client likes; only those that look like one of a field are told.
fn is_a_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    name.len() <= NAME && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(fields: &Value) -> Option<String> {
        let mut body =
            json!({ "model": "sonar", "messages": [{ "role": "user", "content": "Why?" }] });
        let object = body.as_object_mut().unwrap();
        object.extend(fields.as_object().unwrap().clone());
        let set = set_fields(object);
        let request = serde_json::from_value(body).unwrap();
        let honoured = ["stop", "web_search_options.search_context_size"];
        ignored(set, &request, |field| honoured.contains(&field))
    }

    fn check(fields: &Value, expected: Option<&str>) {
        assert_eq!(told(fields).as_deref(), expected, "{fields}");
    }

    #[test]
    fn only_what_was_set_and_had_no_effect_is_named() {
        check(
            &json!({ "stream": true, "stream_mode": "full", "stop": "x" }),
            None,
        );
        check(
            &json!({ "temperature": null, "response_format": {}, "tools": [] }),
            None,
        );
        check(
            &json!({ "temperature": 0, "top_k": 0 }),
            Some("temperature, top_k"),
        );
        check(
            &json!({ "web_search_options": { "search_context_size": "low", "search_type": "pro", "user_location": null } }),
            Some("web_search_options.search_type"),
        );
        check(
            &json!({ "media_response": { "overrides": { "return_videos": true } } }),
            Some("media_response.overrides.return_videos"),
        );
        check(&json!({ "stream_mode": "concise" }), Some("stream_mode"));
        check(
            &json!({ "return_citations": true }),
            Some("return_citations"),
        );
    }

    #[test]
    fn what_messages_carry_beside_their_text_is_named_once() {
        check(
            &json!({ "messages": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "Why?", "tool_call_id": "1" },
                { "role": "assistant", "content": "So.", "tool_calls": [{}] },
                { "role": "user", "content": "And?", "tool_call_id": "2", "reasoning_steps": [] },
            ] }),
            Some("messages.system, messages.tool_call_id, messages.tool_calls"),
        );
    }

    #[test]
    fn a_hostile_name_stays_out_of_the_header() {
        check(
            &json!({ "a\r\nset-cookie: x": 1, "ä": 1, "x".repeat(65): 1 }),
            None,
        );
        let many: Map<String, Value> = (0..1000).map(|n| (format!("f{n}"), json!(1))).collect();
        let told = told(&Value::Object(many)).unwrap();
        assert_eq!(told.split(", ").count(), TOLD);
    }
}
