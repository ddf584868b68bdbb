//! Reads why a service refused, from the status and the body. Must decide without I/O and show at most 200 characters.

mod field;

use std::time::Duration;

use serde_json::Value;

use crate::Error;

/// Longest piece of a body that an error may show, in characters.
const SHOWN: usize = 200;
const RETIRED: [&str; 2] = [
    "chat_completions_not_available",
    "agent_api_migration_required",
];

/// What to do about a reply that is no answer.
pub(crate) fn refusal(status: u16, retry_after: Option<Duration>, body: &str) -> Error {
    let told = Told::read(body);
    match status {
        401 if told.names("insufficient_quota") => Error::OutOfCredit,
        402 => Error::OutOfCredit,
        403 if RETIRED.iter().any(|kind| told.names(kind)) => Error::Retired,
        410 => Error::Retired,
        401 | 403 => Error::Unauthorized,
        404 | 405 => Error::NotFound,
        429 => Error::RateLimited { retry_after },
        300..=399 => Error::unreadable(format!("a redirect (status {status})")),
        408 | 409 | 425 | 500.. => Error::Unavailable {
            status: Some(status),
            source: told.message.map(Into::into),
        },
        _ => Error::Rejected {
            field: told.field,
            kind: told.kind,
            message: told
                .message
                .unwrap_or_else(|| format!("status {status} without an explanation")),
        },
    }
}

/// The same for an error told with a good status, as inside a stream: its own status stands in the body's `code`, if anywhere.
pub(crate) fn refusal_in_stream(data: &str) -> Error {
    let told = Told::read(data);
    let status = told.status.or_else(|| status_of(told.kind.as_deref()?));
    refusal(status.unwrap_or(500), None, data)
}

/// The status that goes with the service's name for a reason.
fn status_of(kind: &str) -> Option<u16> {
    match kind {
        "invalid_api_key" | "insufficient_quota" => Some(401),
        "not_found" => Some(404),
        "request_rate_limit_exceeded" => Some(429),
        _ if RETIRED.contains(&kind) => Some(403),
        _ if kind.starts_with("invalid_") => Some(400),
        _ => None,
    }
}

/// Whether a stream's data is an error and not a piece of an answer.
pub(crate) fn is_refusal(data: &Value) -> bool {
    data.get("error").is_some_and(|error| !error.is_null())
}

/// What a body tells. Bodies come as `{"error":{message,type,code}}`, as `{"detail":[{loc,msg}]}`, or as anything else.
#[derive(Debug, Default)]
struct Told {
    field: Option<String>,
    kind: Option<String>,
    code: Option<String>,
    status: Option<u16>,
    message: Option<String>,
}

impl Told {
    fn read(body: &str) -> Self {
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            return Self::default();
        };
        match (&body["error"], &body["detail"]) {
            (Value::String(message), _) | (_, Value::String(message)) => Self {
                message: shown(message),
                ..Self::default()
            },
            (error @ Value::Object(_), _) => Self::from_error(error),
            (_, Value::Array(details)) => Self {
                field: details
                    .first()
                    .and_then(|first| field::of_steps(&steps(first)))
                    .as_deref()
                    .and_then(shown),
                message: shown(&details.iter().map(detail).collect::<Vec<_>>().join("; ")),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }

    fn from_error(error: &Value) -> Self {
        let code = &error["code"];
        let status = code
            .as_u64()
            .or_else(|| code.as_str().and_then(|code| code.parse().ok()));
        let kind = error["type"].as_str().and_then(shown);
        let message = error["message"].as_str().unwrap_or_default();
        let list = serde_json::from_str::<Vec<String>>(message).ok();
        let field = match &list {
            Some(sentences) => field::of_list(sentences),
            None => field::of_sentence(message),
        };
        Self {
            field: field
                .or_else(|| field::of_kind(kind.as_deref()?))
                .as_deref()
                .and_then(shown),
            kind,
            code: code.as_str().map(str::to_owned),
            status: status
                .and_then(|status| u16::try_from(status).ok())
                .filter(|status| (400..600).contains(status)),
            // A validation message is itself a list of sentences, written as JSON.
            message: list
                .map(|sentences| sentences.join("; "))
                .as_deref()
                .or(Some(message))
                .and_then(shown),
        }
    }

    fn names(&self, kind: &str) -> bool {
        [&self.kind, &self.code]
            .into_iter()
            .any(|told| told.as_deref() == Some(kind))
    }
}

fn detail(detail: &Value) -> String {
    let sentence = detail["msg"].as_str().unwrap_or("invalid");
    let steps = steps(detail);
    if steps.is_empty() {
        return sentence.to_owned();
    }
    format!("{}: {sentence}", steps.join(" -> "))
}

fn steps(detail: &Value) -> Vec<String> {
    let step = |step: &Value| {
        step.as_str()
            .map_or_else(|| step.to_string(), str::to_owned)
    };
    let steps = detail["loc"].as_array().into_iter().flatten();
    steps.map(step).collect()
}

/// At most [`SHOWN`] characters of it on one line, or nothing when there is nothing to show.
fn shown(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = line.chars().filter(|c| !c.is_control()).collect();
    if clean.is_empty() {
        return None;
    }
    if clean.chars().count() <= SHOWN {
        return Some(clean);
    }
    let kept: String = clean.chars().take(SHOWN - 1).collect();
    Some(kept + "…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_debug_snapshot;

    #[test]
    fn a_refused_key_is_not_an_empty_purse() {
        let bad = r#"{"error":{"message":"Invalid API key provided.","type":"invalid_api_key","code":401}}"#;
        assert!(matches!(refusal(401, None, bad), Error::Unauthorized));
        let empty = r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":401}}"#;
        assert!(matches!(refusal(401, None, empty), Error::OutOfCredit));
        assert!(matches!(refusal(402, None, ""), Error::OutOfCredit));
        assert!(matches!(
            refusal(401, None, "<h1>Authorization Required"),
            Error::Unauthorized
        ));
    }

    #[test]
    fn a_retired_endpoint_is_not_a_bad_key() {
        for body in [
            r#"{"error":{"message":"Sonar is now the Agent API.","type":"chat_completions_not_available","code":403}}"#,
            r#"{"error":{"message":"…","type":"agent_api_migration_required"}}"#,
            r#"{"error":{"message":"…","code":"agent_api_migration_required"}}"#,
        ] {
            assert!(matches!(refusal(403, None, body), Error::Retired), "{body}");
        }
        assert!(matches!(refusal(403, None, "{}"), Error::Unauthorized));
    }

    #[test]
    fn validation_messages_become_sentences() {
        let list = r#"{"error":{"message":"[\"At body -> model: Input should be a valid string\", \"At body -> n: Field required\"]","type":"bad_request","code":400}}"#;
        assert_debug_snapshot!(refusal(400, None, list), @r#"
        Rejected {
            field: Some(
                "model",
            ),
            kind: Some(
                "bad_request",
            ),
            message: "At body -> model: Input should be a valid string; At body -> n: Field required",
        }
        "#);
        let detail = r#"{"detail":[{"loc":["body","messages",0],"msg":"field required","type":"value_error"}]}"#;
        assert_debug_snapshot!(refusal(422, None, detail), @r#"
        Rejected {
            field: Some(
                "messages.0",
            ),
            kind: None,
            message: "body -> messages -> 0: field required",
        }
        "#);
    }

    #[test]
    fn a_body_that_explains_nothing_is_not_shown() {
        assert_debug_snapshot!(refusal(400, None, "<html><body>Bad Request</body></html>"), @r#"
        Rejected {
            field: None,
            kind: None,
            message: "status 400 without an explanation",
        }
        "#);
    }

    #[test]
    fn trouble_at_the_service_is_worth_another_try() {
        for status in [408, 409, 425, 500, 502, 503, 524] {
            assert!(
                matches!(refusal(status, None, "<html>"), Error::Unavailable { status: Some(told), .. } if told == status)
            );
        }
        let wait = Some(Duration::from_secs(7));
        assert!(
            matches!(refusal(429, wait, ""), Error::RateLimited { retry_after } if retry_after == wait)
        );
        assert!(matches!(refusal(404, None, ""), Error::NotFound));
        assert!(matches!(refusal(308, None, ""), Error::Unreadable { .. }));
    }

    #[test]
    fn an_error_in_a_stream_takes_its_status_from_the_code() {
        for (code, rejected) in [
            ("400", true),
            (r#""400""#, true),
            ("500", false),
            ("7", false),
            ("null", false),
        ] {
            let data = format!(r#"{{"error":{{"message":"No.","code":{code}}}}}"#);
            assert_eq!(
                matches!(refusal_in_stream(&data), Error::Rejected { .. }),
                rejected,
                "{code}"
            );
        }
    }

    #[test]
    fn an_error_in_a_stream_without_a_code_is_known_by_its_name() {
        let told = |kind: &str| {
            let data = format!(r#"{{"error":{{"message":"No.","type":"{kind}"}}}}"#);
            refusal_in_stream(&data)
        };
        assert!(matches!(told("insufficient_quota"), Error::OutOfCredit));
        assert!(matches!(told("invalid_api_key"), Error::Unauthorized));
        assert!(matches!(
            told("agent_api_migration_required"),
            Error::Retired
        ));
        assert!(matches!(
            told("request_rate_limit_exceeded"),
            Error::RateLimited { .. }
        ));
        assert!(matches!(told("not_found"), Error::NotFound));
        assert!(
            matches!(told("invalid_model"), Error::Rejected { field: Some(field), .. } if field == "model")
        );
        assert!(matches!(told("surprise"), Error::Unavailable { .. }));
    }

    #[test]
    fn a_long_message_is_cut_at_200_characters() {
        let body = format!(r#"{{"error":{{"message":"{}"}}}}"#, "ä🙂 ".repeat(500));
        let Error::Rejected { message, .. } = refusal(400, None, &body) else {
            panic!("not rejected");
        };
        assert_eq!(message.chars().count(), 200);
    }
}
