//! An answer and its headers, written as the real service writes them. Decides nothing.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::limits::{Scope, Standing};
use crate::world::refusal::Refusal;

/// What a request gets.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// 0 when the connection is cut instead.
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    headers: Vec<(&'static str, String)>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            body: Some(body),
            headers: Vec::new(),
        }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    pub(crate) fn no_content() -> Self {
        Self {
            status: 204,
            body: None,
            headers: Vec::new(),
        }
    }

    /// For a connection that is cut: nothing of it arrives.
    pub(crate) fn none() -> Self {
        Self {
            status: 0,
            body: None,
            headers: Vec::new(),
        }
    }

    pub(crate) fn refusal(refusal: &Refusal) -> Self {
        Self::json(refusal.status(), refusal.body())
    }

    pub(crate) fn limited(
        scope: Scope,
        retry_after: Duration,
        standing: Option<&Standing>,
    ) -> Self {
        let (name, message) = match scope {
            Scope::User => ("user", "You are being rate limited."),
            Scope::Shared => ("shared", "The resource is being rate limited."),
            Scope::Global => ("global", "You are being rate limited."),
        };
        let body = json!({"message": message, "retry_after": seconds(retry_after), "global": scope == Scope::Global});
        let mut answer = Self::json(429, body);
        let whole = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
        answer.headers.push(("retry-after", whole.to_string()));
        answer.headers.push(("x-ratelimit-scope", name.to_owned()));
        if scope == Scope::Global {
            answer
                .headers
                .push(("x-ratelimit-global", "true".to_owned()));
        }
        answer.with_standing(standing)
    }

    /// A rate limit that a test has ordered: as if the route's bucket were used up.
    pub(crate) fn ordered_limit(retry_after: Duration) -> Self {
        let mut answer = Self::limited(Scope::User, retry_after, None);
        answer.headers.extend([
            ("x-ratelimit-limit", "5".to_owned()),
            ("x-ratelimit-remaining", "0".to_owned()),
            (
                "x-ratelimit-reset-after",
                format!("{:.3}", retry_after.as_secs_f64()),
            ),
            ("x-ratelimit-bucket", opaque("ordered")),
        ]);
        answer
    }

    pub(crate) fn with_standing(mut self, standing: Option<&Standing>) -> Self {
        if let Some(standing) = standing {
            self.headers.extend([
                ("x-ratelimit-limit", standing.limit.to_string()),
                ("x-ratelimit-remaining", standing.remaining.to_string()),
                (
                    "x-ratelimit-reset",
                    format!("{:.3}", standing.resets.as_duration().as_secs_f64()),
                ),
                (
                    "x-ratelimit-reset-after",
                    format!("{:.3}", standing.reset_after.as_secs_f64()),
                ),
                ("x-ratelimit-bucket", opaque(standing.bucket)),
            ]);
        }
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let body = self
            .body
            .as_ref()
            .map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if self.body.is_some() {
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
        }
        headers.insert(header::VIA, HeaderValue::from_static("1.1 google"));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).ceil() / 1000.0
}

/// Buckets carry a hash for a name; nobody should read anything into it.
fn opaque(bucket: &str) -> String {
    let mut hasher = DefaultHasher::new();
    bucket.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
