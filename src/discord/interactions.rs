//! The interaction endpoints: acknowledge, refuse, edit the reply. Says what a failed call means; decides nothing on it but to
//! try a first response once more while Discord still waits for it.
//!
//! These calls go past serenity's limiter, which counts all edits of an application in one bucket; Discord counts them
//! for each reply. They carry the interaction's own token and need no bot token.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::BASE;
use crate::conversation::question::Reply;
use crate::render::Message;

/// Answers a command with a message.
const CALLBACK_MESSAGE: u8 = 4;
/// Answers a command with "thinking…".
const CALLBACK_DEFERRED: u8 = 5;
/// Shows a message to the asker only.
const FLAG_EPHEMERAL: u32 = 1 << 6;

/// How long one try of a first response may take. Discord waits three seconds for it, so two tries fit.
const RESPONSE_LIMIT: Duration = Duration::from_millis(1_400);

/// The wait when a 429 names none.
const UNNAMED_WAIT: Duration = Duration::from_secs(2);

/// The longest explanation read from a refused call, in bytes.
const REFUSAL_LIMIT: usize = 64 * 1024;

/// What a failed call means.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CallError {
    /// Call again, but not before the wait is over.
    #[error("rate limited for {0:?}")]
    RateLimited(Duration),
    /// The reply can no longer be written: its token has expired, or Discord has forgotten it.
    #[error("the reply is gone ({status}, code {code})")]
    Gone {
        /// The HTTP status.
        status: u16,
        /// Discord's code.
        code: u64,
    },
    /// The interaction was acknowledged before: an earlier call arrived.
    #[error("already acknowledged")]
    AlreadyAcknowledged,
    /// Discord refuses this call; repeating it would not help.
    #[error("refused ({status}, code {code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's code.
        code: u64,
    },
    /// Discord did not answer, or is broken: the call may be repeated.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// Calls the interaction endpoints.
#[derive(Clone)]
pub(super) struct Interactions {
    http: reqwest::Client,
}

impl Interactions {
    pub(super) fn new(http: reqwest::Client) -> Self {
        Self { http }
    }

    /// Shows "thinking…" as the reply, for everyone in the channel.
    pub(super) async fn acknowledge(&self, reply: &Reply) -> Result<(), CallError> {
        self.respond(reply, json!({ "type": CALLBACK_DEFERRED }))
            .await
    }

    /// Shows a message to the asker only, as the first and last reply.
    pub(super) async fn refuse(&self, reply: &Reply, message: &Message) -> Result<(), CallError> {
        let mut data = body(message);
        data["flags"] = json!(FLAG_EPHEMERAL);
        self.respond(reply, json!({ "type": CALLBACK_MESSAGE, "data": data }))
            .await
    }

    /// Makes the reply say this.
    pub(super) async fn edit(&self, reply: &Reply, message: &Message) -> Result<(), CallError> {
        let address = format!(
            "{BASE}/webhooks/{}/{}/messages/@original",
            reply.application,
            reply.token.expose_secret()
        );
        call(self.http.patch(address).json(&body(message))).await
    }

    async fn respond(&self, reply: &Reply, response: Value) -> Result<(), CallError> {
        let address = format!(
            "{BASE}/interactions/{}/{}/callback",
            reply.interaction,
            reply.token.expose_secret()
        );
        let once = || {
            call(
                self.http
                    .post(&address)
                    .timeout(RESPONSE_LIMIT)
                    .json(&response),
            )
        };
        match once().await {
            // Had the first try arrived after all, the second one is told so.
            Err(CallError::Unavailable(_)) => once().await,
            other => other,
        }
    }
}

/// A message that pings nobody, whatever its text holds.
fn body(message: &Message) -> Value {
    json!({ "content": message.content(), "allowed_mentions": { "parse": [] } })
}

async fn call(request: RequestBuilder) -> Result<(), CallError> {
    // An error of reqwest's names the address, and with it the token.
    let response = request
        .send()
        .await
        .map_err(|error| CallError::Unavailable(error.without_url().to_string()))?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(meaning(status, &explanation(response).await)),
    }
}

/// What Discord says of a refused call.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Explanation {
    code: u64,
    retry_after: Option<f64>,
}

async fn explanation(mut response: Response) -> Explanation {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > REFUSAL_LIMIT {
            break;
        }
    }
    // HTML from the edge, or nothing: the status alone has to do.
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn meaning(status: StatusCode, explanation: &Explanation) -> CallError {
    let (status, code) = (status.as_u16(), explanation.code);
    match (status, code) {
        (_, 40060) => CallError::AlreadyAcknowledged,
        (429, _) => CallError::RateLimited(wait(explanation.retry_after)),
        // Unknown interaction, webhook or message; invalid webhook token. None of them says anything of the bot's token.
        (404, _) | (401, _) => CallError::Gone { status, code },
        (500.., _) | (408, _) => CallError::Unavailable(format!("status {status}")),
        _ => CallError::Refused { status, code },
    }
}

fn wait(retry_after: Option<f64>) -> Duration {
    retry_after
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .unwrap_or(UNNAMED_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expected: &CallError) {
        let explanation: Explanation = serde_json::from_str(body).unwrap_or_default();
        assert_eq!(
            &meaning(StatusCode::from_u16(status).unwrap(), &explanation),
            expected
        );
    }

    #[test]
    fn a_failed_call_means_one_thing_to_do() {
        check(
            404,
            r#"{"message":"Unknown interaction","code":10062}"#,
            &CallError::Gone {
                status: 404,
                code: 10062,
            },
        );
        check(
            401,
            r#"{"message":"Invalid Webhook Token","code":50027}"#,
            &CallError::Gone {
                status: 401,
                code: 50027,
            },
        );
        check(
            400,
            r#"{"message":"…","code":40060}"#,
            &CallError::AlreadyAcknowledged,
        );
        check(
            400,
            r#"{"message":"…","code":50035}"#,
            &CallError::Refused {
                status: 400,
                code: 50035,
            },
        );
        check(
            429,
            r#"{"retry_after":1.25}"#,
            &CallError::RateLimited(Duration::from_millis(1250)),
        );
        check(
            429,
            "error code: 1015",
            &CallError::RateLimited(UNNAMED_WAIT),
        );
        check(
            429,
            r#"{"retry_after":-3}"#,
            &CallError::RateLimited(UNNAMED_WAIT),
        );
        check(
            502,
            "<html>",
            &CallError::Unavailable("status 502".to_owned()),
        );
    }
}
