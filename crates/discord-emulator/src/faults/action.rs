//! What can happen to a request: wrong answers, delays, cut connections. Carries none of it out.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::FaultError;
use crate::rest::limits::LimitScope;

/// What happens to a request that meets a fault.
///
/// In JSON the name in lower case with `_`, with its content: `"reset_after"`, `{"delay": 1.5}`,
/// `{"answer": {"status": 500, "body": {}}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultAction {
    /// It is answered with this and not processed.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The body, sent as JSON.
        body: Value,
    },
    /// It is answered with a text, as a proxy in front of Discord does: without `Via`, and not processed.
    Text {
        /// The HTTP status.
        status: u16,
        /// The header `Content-Type`.
        #[serde(default = "html")]
        content_type: String,
        /// The body as it is.
        body: String,
    },
    /// It is answered with 429 of the route's bucket, headers included, and not processed.
    RateLimited {
        /// How long the bot is told to wait.
        #[serde(with = "crate::seconds")]
        retry_after: Duration,
    },
    /// It is answered with a 429 of any form and not processed.
    Limited(LimitFault),
    /// It is answered as if the address were blocked for invalid requests: 429 without any header to go by.
    Blocked {
        /// Whether the body is the text "error code: 1015" instead of JSON.
        #[serde(default)]
        as_text: bool,
    },
    /// It is processed and answered as usual, after this time by the emulator's clock.
    Delay(#[serde(with = "crate::seconds")] Duration),
    /// As `Delay`, with a time between the two that the seed decides.
    Jitter {
        /// The shortest delay.
        #[serde(with = "crate::seconds")]
        least: Duration,
        /// The longest delay.
        #[serde(with = "crate::seconds")]
        most: Duration,
    },
    /// It is processed, and its answer's body takes this time by the emulator's clock to arrive, in pieces.
    SlowBody(#[serde(with = "crate::seconds")] Duration),
    /// It waits for an answer until the rule is removed; then it is processed as usual.
    Hang,
    /// The connection is reset; nothing was processed.
    ResetBefore,
    /// It is processed, then the connection is reset instead of an answer.
    ResetAfter,
    /// It is processed, and the second half of the answer's body is missing.
    Truncate,
    /// It is processed, and the answer has these headers instead of its own; an empty value takes one away.
    Headers(BTreeMap<String, String>),
    /// The connection it would come on breaks off in the TLS handshake. No request is known by then, so that a rule
    /// with it has neither method, path nor place, and its matches are handshakes. Ordering it closes the connections
    /// on which no request is under way, so that the next one needs a handshake.
    TlsFailure,
}

/// A 429 in every detail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitFault {
    /// Whose limit it is said to be.
    pub scope: LimitScope,
    /// How long the bot is told to wait, to the millisecond in the body and rounded up in the header.
    #[serde(with = "crate::seconds")]
    pub retry_after: Duration,
    /// The error code in the body, such as 30046 or 20016.
    #[serde(default)]
    pub code: Option<u32>,
    /// Whether the header `Retry-After` is left out.
    #[serde(default)]
    pub without_header: bool,
    /// What the header `X-RateLimit-Remaining` claims instead of 0.
    #[serde(default)]
    pub remaining: Option<u32>,
}

impl FaultAction {
    /// What is wrong with it, where its types cannot tell.
    pub(super) fn check(&self) -> Result<(), FaultError> {
        match self {
            Self::Answer { status, .. } | Self::Text { status, .. }
                if !(200..600).contains(status) =>
            {
                Err(FaultError::Status)
            }
            Self::Jitter { least, most } if least > most => Err(FaultError::Jitter),
            Self::Text { content_type, .. } if !is_header("content-type", content_type) => {
                Err(FaultError::Header)
            }
            Self::Headers(headers)
                if !headers.iter().all(|(name, value)| is_header(name, value)) =>
            {
                Err(FaultError::Header)
            }
            _ => Ok(()),
        }
    }
}

fn is_header(name: &str, value: &str) -> bool {
    name.parse::<axum::http::HeaderName>().is_ok()
        && axum::http::HeaderValue::from_str(value).is_ok()
}

fn html() -> String {
    "text/html; charset=UTF-8".to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::faults::request::Fault;

    #[test]
    fn every_action_can_be_written_as_json() {
        for action in [
            json!({"answer": {"status": 500, "body": {"message": "x"}}}),
            json!({"text": {"status": 502, "content_type": "text/plain", "body": "x"}}),
            json!({"rate_limited": {"retry_after": 1.5}}),
            json!({"limited": {"scope": "shared", "retry_after": 280.0, "code": 20016, "without_header": true, "remaining": 3}}),
            json!({"blocked": {"as_text": true}}),
            json!({"delay": 1.5}),
            json!({"jitter": {"least": 0.5, "most": 1.0}}),
            json!({"slow_body": 2.0}),
            json!("hang"),
            json!("reset_before"),
            json!("reset_after"),
            json!("truncate"),
            json!({"headers": {"content-type": "text/plain"}}),
            json!("tls_failure"),
        ] {
            let fault: Fault = serde_json::from_value(json!({"action": action})).unwrap();
            assert_eq!(fault.check(), Ok(()), "{action}");
            assert_eq!(serde_json::to_value(&fault.action).unwrap(), action);
        }
    }
}
