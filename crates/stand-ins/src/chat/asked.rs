//! What a request for text must be, and what it counts as. Must refuse what chat endpoints refuse.

use serde_json::{Value, json};

use crate::Reply;

/// The fields that are known; any other is refused, as the strictest of these endpoints do.
const KNOWN: &[&str] = &[
    "frequency_penalty",
    "max_tokens",
    "messages",
    "model",
    "n",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "top_k",
    "top_p",
];

/// The refusal of a request that is wrong.
pub(super) fn fault(request: &Value, models: &[String]) -> Option<Reply> {
    let Some(fields) = request.as_object() else {
        return Some(bad_request("the body must be an object"));
    };
    if let Some(unknown) = fields.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        let told = format!("Unrecognized request argument supplied: {unknown}");
        return Some(bad_request(&told));
    }
    let model = request["model"].as_str().unwrap_or_default();
    if !models.iter().any(|known| known == model) {
        let error = json!({ "message": format!("model '{model}' not found"), "type": "not_found_error", "code": 404 });
        return Some(Reply::json(404, &json!({ "error": error })));
    }
    messages(&request["messages"])
        .or_else(|| numbers(request))
        .or_else(|| format(&request["response_format"]))
        .map(|told| bad_request(&told))
}

pub(super) fn bad_request(told: &str) -> Reply {
    let error = json!({ "message": told, "type": "invalid_request_error", "code": 400 });
    Reply::json(400, &json!({ "error": error }))
}

/// Many chat templates know one system message, at the beginning, and turns after it.
fn messages(messages: &Value) -> Option<String> {
    let Some(messages) = messages.as_array().filter(|messages| !messages.is_empty()) else {
        return Some("messages must be a list with something in it".to_owned());
    };
    let mut expected = "user";
    for (at, message) in messages.iter().enumerate() {
        if !message["content"].is_string() {
            return Some(format!("messages[{at}].content must be a string"));
        }
        match message["role"].as_str() {
            Some("system") if at == 0 => {}
            Some("system") => return Some("System message must be at the beginning.".to_owned()),
            Some(role) if role == expected => {
                expected = if role == "user" { "assistant" } else { "user" };
            }
            _ => {
                return Some(
                    "Conversation roles must alternate user/assistant/user/assistant/..."
                        .to_owned(),
                );
            }
        }
    }
    (expected == "user").then(|| "the last message must be the user's".to_owned())
}

fn numbers(request: &Value) -> Option<String> {
    let named = [
        "temperature",
        "top_p",
        "top_k",
        "max_tokens",
        "presence_penalty",
        "frequency_penalty",
    ];
    let wrong = named
        .iter()
        .find(|name| !request[**name].is_null() && !request[**name].is_number())?;
    Some(format!("{wrong} must be a number"))
}

fn format(format: &Value) -> Option<String> {
    match format["type"].as_str() {
        None if format.is_null() => None,
        Some("text" | "json_object") => None,
        Some("json_schema") => {
            let inside = &format["json_schema"];
            let whole = inside["name"].is_string() && !inside["schema"].is_null();
            (!whole).then(|| "response_format.json_schema needs a name and a schema".to_owned())
        }
        _ => Some("response_format.type must be text, json_object or json_schema".to_owned()),
    }
}

/// Words stand for tokens.
pub(super) fn usage(request: &Value, written: &str) -> Value {
    let words = |text: &str| text.split_whitespace().count();
    let read: usize = request["messages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|message| message["content"].as_str())
        .map(words)
        .sum();
    let written = words(written);
    json!({ "prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written })
}

/// The numbered passages of a prompt, as a model sees them.
pub(super) fn passages(request: &Value) -> Vec<(usize, String)> {
    let prompt = last_message(request);
    let mut passages = Vec::new();
    for part in prompt.split("<passage number=\"").skip(1) {
        let number = part.split('"').next().and_then(|n| n.parse().ok());
        let body = part
            .split_once(">\n")
            .and_then(|(_, rest)| rest.split_once("\n</passage>"));
        if let (Some(number), Some((body, _))) = (number, body) {
            passages.push((number, body.to_owned()));
        }
    }
    passages
}

pub(super) fn last_message(request: &Value) -> &str {
    let messages = request["messages"].as_array();
    let last = messages.and_then(|messages| messages.last());
    last.and_then(|message| message["content"].as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(fields: &Value) -> Option<u16> {
        let mut request =
            json!({ "model": "stand-in", "messages": [{ "role": "user", "content": "Why?" }] });
        if let (Some(request), Some(fields)) = (request.as_object_mut(), fields.as_object()) {
            request.extend(fields.clone());
        }
        fault(&request, &["stand-in".to_owned()]).map(|reply| reply.status)
    }

    #[test]
    fn what_chat_endpoints_refuse_is_refused() {
        let said = |role: &str| json!({ "role": role, "content": "So." });
        assert_eq!(refused(&json!({})), None);
        assert_eq!(refused(&json!({ "model": "other" })), Some(404));
        assert_eq!(refused(&json!({ "top_q": 1 })), Some(400));
        assert_eq!(refused(&json!({ "temperature": "hot" })), Some(400));
        assert_eq!(refused(&json!({ "messages": [] })), Some(400));
        for roles in [
            &["user", "system", "user"][..],
            &["user", "user"],
            &["user", "assistant"],
        ] {
            let messages: Vec<Value> = roles.iter().map(|role| said(role)).collect();
            assert_eq!(
                refused(&json!({ "messages": messages })),
                Some(400),
                "{roles:?}"
            );
        }
        let unnamed = json!({ "type": "json_schema", "json_schema": { "schema": {} } });
        assert_eq!(refused(&json!({ "response_format": unnamed })), Some(400));
        assert_eq!(
            refused(&json!({ "response_format": { "type": "regex" } })),
            Some(400)
        );
    }

    #[test]
    fn passages_are_read_by_their_numbers() {
        let prompt = "<passage number=\"1\" title=\"A\">\nOne.\n</passage>\n<passage number=\"2\" title=\"B\">\nTwo.\n</passage>\n";
        let request = json!({ "messages": [{ "role": "user", "content": prompt }] });
        let read = passages(&request);
        assert_eq!(read, [(1, "One.".to_owned()), (2, "Two.".to_owned())]);
    }
}
