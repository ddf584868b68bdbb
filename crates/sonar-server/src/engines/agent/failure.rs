//! What goes wrong between this server and the Agent API, in the protocol's words. Must be pure, and tell no key.

use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::wire::Fault;
use crate::Failure;

/// Longest sentence of the API that is passed on, in characters.
const LONGEST: usize = 300;
/// Headers of the API that its clients read, and so do those of the protocol.
const PASSED_ON: [&str; 5] = [
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-used",
    "x-ratelimit-reset",
    "x-request-id",
];
/// Names of reasons that are passed on as they are.
const KINDS: [&str; 6] = [
    "invalid_parameter",
    "invalid_model",
    "invalid_date_format",
    "invalid_search_domain_filter",
    "payload_too_large",
    "external_connector_error",
];
/// What a strict API says of a field that it does not know.
const UNKNOWN_FIELD: &str = "unknown field";

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    error: Option<Fault>,
}

/// What a reply says that is none.
pub(super) fn of_reply(status: StatusCode, headers: &HeaderMap, body: &[u8], now: i64) -> Failure {
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let fault = body.error.unwrap_or_default();
    match status.as_u16() {
        _ if is_out_of_credit(status, &fault) => out_of_credit(),
        401 | 403 => key_refused(),
        400 if says(&fault, UNKNOWN_FIELD) => {
            let field = fault.param.as_deref().unwrap_or("not told");
            tracing::error!(
                field,
                "the Agent API does not know a field that the bridge sent: this is a fault of the bridge, or the API has changed"
            );
            Failure::new(
                StatusCode::BAD_GATEWAY,
                "bridge_error",
                "The bridge sent the Agent API something it does not know; the server's log says what.",
            )
            .not_again()
        }
        400 | 404 | 413 | 424 => refused(status, &fault),
        429 => too_many(headers, now),
        300..=399 => unreadable("a redirect"),
        _ => Failure::new(
            StatusCode::BAD_GATEWAY,
            "upstream_failed",
            sentence(&fault, status),
        )
        .not_again(),
    }
}

/// The headers of the API that are passed on.
pub(super) fn passed_on(headers: &HeaderMap) -> Vec<(&'static str, String)> {
    let told = PASSED_ON.into_iter().filter_map(|name| {
        let value = headers.get(name)?.to_str().ok()?;
        Some((name, value.to_owned()))
    });
    told.collect()
}

fn is_out_of_credit(status: StatusCode, fault: &Fault) -> bool {
    let code = fault.code.as_ref().and_then(Value::as_str);
    let named = [fault.kind.as_deref(), code].into_iter().flatten();
    let mut named = named.filter(|name| name.contains("quota") || name.contains("credit"));
    status == StatusCode::PAYMENT_REQUIRED || named.next().is_some()
}

fn out_of_credit() -> Failure {
    Failure::new(
        StatusCode::UNAUTHORIZED,
        "insufficient_quota",
        "The credit of the key that this server uses for the Agent API is used up; its operator must add some.",
    )
}

fn key_refused() -> Failure {
    Failure::new(
        StatusCode::UNAUTHORIZED,
        "invalid_api_key",
        "The Agent API refuses the key that this server uses; its operator must set PERPLEXITY_API_KEY to another one.",
    )
}

fn refused(status: StatusCode, fault: &Fault) -> Failure {
    let named = fault.kind.as_deref();
    let known = KINDS.into_iter().find(|kind| named == Some(*kind));
    let usual = if status == StatusCode::NOT_FOUND {
        "not_found"
    } else {
        "invalid_request"
    };
    Failure::new(status, known.unwrap_or(usual), sentence(fault, status))
}

fn too_many(headers: &HeaderMap, now: i64) -> Failure {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let told = number("retry-after").map(f64::ceil);
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 are exact in a double"
    )]
    let reset = number("x-ratelimit-reset").map(|reset| reset - now as f64);
    let wait = told.or(reset).unwrap_or(1.0).clamp(1.0, 86_400.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it lies between a second and a day"
    )]
    let seconds = wait as u64;
    Failure {
        headers: passed_on(headers),
        ..Failure::new(
            StatusCode::TOO_MANY_REQUESTS,
            "request_rate_limit_exceeded",
            "Request rate limit exceeded, please try again later.",
        )
        .retry_after(seconds)
    }
}

/// A run failed.
pub(super) fn of_run(fault: &Fault) -> Failure {
    if is_out_of_credit(StatusCode::OK, fault) {
        return out_of_credit();
    }
    Failure::new(
        StatusCode::BAD_GATEWAY,
        "upstream_failed",
        sentence(fault, StatusCode::OK),
    )
    .not_again()
}

/// A run ended before its answer did, for a reason that is no end of the protocol, such as `content_filter`.
pub(super) fn incomplete(reason: &str) -> Failure {
    let fault = Fault {
        message: Some(format!("The answer is incomplete: {reason}.")),
        ..Fault::default()
    };
    of_run(&fault)
}

/// A run was cancelled; nobody here does that.
pub(super) fn cancelled() -> Failure {
    Failure::new(
        StatusCode::BAD_GATEWAY,
        "upstream_cancelled",
        "The Agent API cancelled the answer.",
    )
    .not_again()
}

/// What came is not the API's.
pub(super) fn unreadable(what: &str) -> Failure {
    Failure::new(
        StatusCode::BAD_GATEWAY,
        "upstream_unreadable",
        format!("The Agent API sent {what}."),
    )
    .not_again()
}

/// No connection: nothing was asked, and nothing will be paid.
pub(super) fn unreachable() -> Failure {
    Failure::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "upstream_unreachable",
        "The Agent API cannot be reached; the server's log says why.",
    )
    .retry_after(1)
}

/// The connection was lost after the question was sent.
pub(super) fn lost() -> Failure {
    Failure::new(
        StatusCode::BAD_GATEWAY,
        "upstream_lost",
        "The connection to the Agent API was lost before the answer was complete.",
    )
    .not_again()
}

/// Nothing came for too long.
pub(super) fn silent(seconds: u64) -> Failure {
    Failure::new(
        StatusCode::GATEWAY_TIMEOUT,
        "upstream_timeout",
        format!("The Agent API said nothing for {seconds} seconds."),
    )
    .not_again()
}

/// What a failure says to an operator who asks without a server, so that there is none's log to read.
pub(super) fn to_operator(failure: Failure) -> String {
    let sentence = match failure.kind {
        "upstream_unreachable" => {
            "it cannot be reached: mend agent.base_url (PERPLEXITY_BASE_URL), or the way from this machine to it."
        }
        "invalid_api_key" => "it refuses the key: set PERPLEXITY_API_KEY to another one.",
        "insufficient_quota" => "the credit of the key is used up: add some.",
        "bridge_error" => {
            "it does not know a field of the question: this is another version of it."
        }
        _ => return failure.message,
    };
    sentence.to_owned()
}

fn says(fault: &Fault, words: &str) -> bool {
    fault
        .message
        .as_deref()
        .is_some_and(|message| message.contains(words))
}

/// The API's own sentence on one line, or what stands for it.
fn sentence(fault: &Fault, status: StatusCode) -> String {
    let message = fault.message.as_deref().unwrap_or_default();
    let line: String = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect();
    match (line.is_empty(), status) {
        (false, _) => line,
        (true, StatusCode::OK) => "The Agent API failed without saying why.".to_owned(),
        (true, status) => format!(
            "The Agent API answered with status {} and no reason.",
            status.as_u16()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(status: u16, body: &Value) -> Failure {
        let status = StatusCode::from_u16(status).unwrap();
        of_reply(status, &HeaderMap::new(), body.to_string().as_bytes(), 0)
    }

    fn error(kind: &str, message: &str, code: u16) -> Value {
        json!({ "error": { "type": kind, "message": message, "code": code } })
    }

    #[test]
    fn every_error_of_the_api_has_its_place_in_the_protocol() {
        let cases = [
            (
                401,
                error(
                    "invalid_api_key",
                    "Invalid API key provided. Ensure your API key is correct and active.",
                    401,
                ),
            ),
            (403, error("forbidden", "blocked", 403)),
            (
                401,
                error("insufficient_quota", "You exceeded your current quota", 401),
            ),
            (402, json!(null)),
            (
                400,
                error(
                    "invalid_request",
                    "validation failed: input cannot be empty",
                    400,
                ),
            ),
            (
                400,
                error(
                    "invalid_parameter",
                    "json_schema.schema must have a root type of 'object'",
                    400,
                ),
            ),
            (
                400,
                error(
                    "invalid_request",
                    "invalid request body: json: unknown field \"x\"",
                    400,
                ),
            ),
            (404, error("not_found", "resource not found", 404)),
            (413, error("payload_too_large", "too large", 413)),
            (
                429,
                error(
                    "request_rate_limit_exceeded",
                    "Request rate limit exceeded, please try again later.",
                    429,
                ),
            ),
            (500, error("internal_error", "An\nerror", 500)),
            (503, json!("<html>")),
            (302, json!(null)),
        ];
        let lines: Vec<String> = cases
            .iter()
            .map(|(status, body)| {
                let told = told(*status, body);
                format!(
                    "{status} → {} {}: {}",
                    told.status.as_u16(),
                    told.kind,
                    told.message
                )
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        401 → 401 invalid_api_key: The Agent API refuses the key that this server uses; its operator must set PERPLEXITY_API_KEY to another one.
        403 → 401 invalid_api_key: The Agent API refuses the key that this server uses; its operator must set PERPLEXITY_API_KEY to another one.
        401 → 401 insufficient_quota: The credit of the key that this server uses for the Agent API is used up; its operator must add some.
        402 → 401 insufficient_quota: The credit of the key that this server uses for the Agent API is used up; its operator must add some.
        400 → 400 invalid_request: validation failed: input cannot be empty
        400 → 400 invalid_parameter: json_schema.schema must have a root type of 'object'
        400 → 502 bridge_error: The bridge sent the Agent API something it does not know; the server's log says what.
        404 → 404 not_found: resource not found
        413 → 413 payload_too_large: too large
        429 → 429 request_rate_limit_exceeded: Request rate limit exceeded, please try again later.
        500 → 502 upstream_failed: An error
        503 → 502 upstream_failed: The Agent API answered with status 503 and no reason.
        302 → 502 upstream_unreadable: The Agent API sent a redirect.
        "#);
    }

    #[test]
    fn the_wait_is_told_or_read_off_the_reset() {
        let wait = |headers: &[(&'static str, &'static str)]| {
            let headers = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            let headers: HeaderMap = headers.collect();
            let failure = of_reply(StatusCode::TOO_MANY_REQUESTS, &headers, b"", 1_000);
            (failure.retry_after, failure.headers.len())
        };
        assert_eq!(wait(&[]), (Some(1), 0));
        assert_eq!(
            wait(&[("x-ratelimit-reset", "1007"), ("x-ratelimit-limit", "50")]),
            (Some(7), 2)
        );
        assert_eq!(wait(&[("x-ratelimit-reset", "900")]), (Some(1), 1));
        assert_eq!(
            wait(&[("retry-after", "2.5"), ("x-ratelimit-reset", "1007")]),
            (Some(3), 1)
        );
        assert_eq!(wait(&[("retry-after", "1e30")]), (Some(86_400), 0));
    }
}
