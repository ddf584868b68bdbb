//! Troubles that the server can be told to play, so that a client can be tried against them. Must say what they look like,
//! and not when they are shown.

use std::str::FromStr;

use axum::http::StatusCode;
use serde::Deserialize;

use crate::Failure;

/// A trouble to play instead of answering, word for word as the vendor's service shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Pretend {
    /// The endpoint is retired: 403 `chat_completions_not_available`.
    Retired,
    /// The same under its second name: 403 `agent_api_migration_required`.
    MigrationRequired,
    /// The account is out of credit: 401 `insufficient_quota`.
    OutOfCredit,
    /// There are always too many requests: 429 `request_rate_limit_exceeded`.
    RateLimited,
    /// Asynchronous jobs are accepted and end as `FAILED`.
    FailingJobs,
}

impl Pretend {
    /// Every trouble with its name, as settings write it.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Retired, "retired"),
        (Self::MigrationRequired, "migration-required"),
        (Self::OutOfCredit, "out-of-credit"),
        (Self::RateLimited, "rate-limited"),
        (Self::FailingJobs, "failing-jobs"),
    ];
}

impl FromStr for Pretend {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(_, known)| *known == name);
        known.map(|(trouble, _)| *trouble).ok_or_else(|| {
            let names = Self::ALL.map(|(_, name)| name);
            format!("it must be one of {}", names.join(", "))
        })
    }
}

impl TryFrom<String> for Pretend {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        name.parse()
    }
}

/// The first of `played` that refuses a request before it is read, in the order in which the protocol checks.
pub(crate) fn refusal(played: &[Pretend]) -> Option<Failure> {
    let order = [
        (Pretend::OutOfCredit, out_of_credit as fn() -> Failure),
        (Pretend::Retired, || {
            retired("chat_completions_not_available")
        }),
        (Pretend::MigrationRequired, || {
            retired("agent_api_migration_required")
        }),
        (Pretend::RateLimited, too_many_requests),
    ];
    let first = order.iter().find(|(trouble, _)| played.contains(trouble));
    first.map(|(_, failure)| failure())
}

fn out_of_credit() -> Failure {
    Failure::new(
        StatusCode::UNAUTHORIZED,
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details. For more information, visit https://www.perplexity.ai/settings/api.",
    )
}

fn retired(kind: &'static str) -> Failure {
    Failure::new(
        StatusCode::FORBIDDEN,
        kind,
        "Sonar is now the Agent API. Use /v1/responses instead of /v1/sonar. Migrate here: https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview",
    )
}

/// The visitor asks more often than it may.
pub(crate) fn too_many_requests() -> Failure {
    Failure::new(
        StatusCode::TOO_MANY_REQUESTS,
        "request_rate_limit_exceeded",
        "Request rate limit exceeded, please try again later.",
    )
    .retry_after(1)
}

/// A job ends without an answer.
pub(crate) fn failing_job() -> Failure {
    Failure::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal_error",
        "This server was told to let every job fail.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_names_are_those_of_the_settings() {
        for (trouble, name) in Pretend::ALL {
            let read: Pretend = serde_json::from_value(Value::from(name)).unwrap();
            assert_eq!(read, trouble);
        }
        let unknown = serde_json::from_value::<Pretend>(Value::from("rich")).unwrap_err();
        insta::assert_snapshot!(unknown, @"it must be one of retired, migration-required, out-of-credit, rate-limited, failing-jobs");
    }

    #[test]
    fn credit_is_checked_before_the_endpoint_and_the_rate_last() {
        let kind = |played: &[Pretend]| refusal(played).map(|failure| failure.kind);
        let mut played: Vec<_> = Pretend::ALL.iter().map(|(trouble, _)| *trouble).collect();
        assert_eq!(kind(&played), Some("insufficient_quota"));
        played.retain(|trouble| *trouble != Pretend::OutOfCredit);
        assert_eq!(kind(&played), Some("chat_completions_not_available"));
        assert_eq!(
            kind(&[Pretend::RateLimited]),
            Some("request_rate_limit_exceeded")
        );
        assert_eq!(kind(&[Pretend::FailingJobs]), None);
    }

    #[test]
    fn the_retired_endpoint_speaks_as_recorded() {
        let body = refusal(&[Pretend::Retired]).unwrap().body();
        assert_eq!(
            body,
            json!({ "error": {
                "message": "Sonar is now the Agent API. Use /v1/responses instead of /v1/sonar. Migrate here: https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview",
                "type": "chat_completions_not_available",
                "code": 403,
            } })
        );
    }
}
