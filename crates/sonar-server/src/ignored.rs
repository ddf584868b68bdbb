//! Names the request fields that had no effect on the answer. Must be pure, and safe to put into a header.

use serde_json::{Map, Value};

/// Fields that the server itself gives effect to, whatever the engine.
const SERVED: [&str; 4] = ["model", "messages", "stream", "stream_mode"];
/// Objects whose fields count each for itself.
const NESTED: [&str; 2] = ["web_search_options", "media_response"];
/// Most names told, so that a request cannot make a header of any length.
const TOLD: usize = 40;
/// Longest name told, in bytes.
const NAME: usize = 64;

/// The fields that `request` sets and neither the server nor the engine, which honours `honoured`, gives effect to;
/// dotted where nested, comma-separated, or `None` when there are none.
pub(crate) fn ignored(request: &Map<String, Value>, honoured: &[&str]) -> Option<String> {
    let names: Vec<String> = set_fields(request)
        .filter(|name| !SERVED.contains(&name.as_str()) && !honoured.contains(&name.as_str()))
        .filter(|name| is_a_name(name))
        .take(TOLD)
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn set_fields(request: &Map<String, Value>) -> impl Iterator<Item = String> {
    request
        .iter()
        .filter(|(_, value)| is_set(value))
        .flat_map(|(name, value)| match value {
            Value::Object(fields) if NESTED.contains(&name.as_str()) => fields
                .iter()
                .filter(|(_, value)| is_set(value))
                .map(|(field, _)| format!("{name}.{field}"))
                .collect(),
            _ => vec![name.clone()],
        })
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

    fn check(request: &Value, expected: Option<&str>) {
        let honoured = ["stop", "web_search_options.search_context_size"];
        let told = ignored(request.as_object().unwrap(), &honoured);
        assert_eq!(told.as_deref(), expected, "{request}");
    }

    #[test]
    fn only_what_was_set_and_had_no_effect_is_named() {
        check(
            &json!({ "model": "sonar", "messages": [], "stream": true, "stop": "x" }),
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
            &json!({ "return_citations": true }),
            Some("return_citations"),
        );
    }

    #[test]
    fn a_hostile_name_stays_out_of_the_header() {
        check(
            &json!({ "a\r\nset-cookie: x": 1, "ä": 1, "x".repeat(65): 1 }),
            None,
        );
        let many: Map<String, Value> = (0..1000).map(|n| (format!("f{n}"), json!(1))).collect();
        assert_eq!(ignored(&many, &[]).unwrap().split(", ").count(), TOLD);
    }
}
