//! An answer and its headers, written as the real service writes them. Decides nothing.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    limit_table::Row,
    limits::{LimitScope, Limited, Standing},
    route::Route,
};
use crate::{faults::action::LimitFault, world::refusal::Refusal};

/// What the real service says to an address that it has blocked.
const BLOCKED: &str = "You are being blocked from accessing our API temporarily due to exceeding our rate limits frequently. \
    Please read our docs at https://discord.com/developers/docs/topics/rate-limits to prevent this moving forward.";

/// What a request gets.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// 0 when the connection is cut instead.
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
    /// What is sent instead of the body, by something that stands before Discord.
    text: Option<String>,
    headers: Vec<(Cow<'static, str>, String)>,
}

impl Answer {
    fn bare(status: u16, body: Option<Value>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            text: None,
            body,
        }
    }

    pub(crate) fn json(status: u16, body: Value) -> Self {
        let mut answer = Self::bare(status, Some(body));
        answer.push("via", "1.1 google");
        answer.push("content-type", "application/json");
        answer
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    pub(crate) fn no_content() -> Self {
        let mut answer = Self::bare(204, None);
        answer.push("via", "1.1 google");
        answer
    }

    /// For a connection that is cut: nothing of it arrives.
    pub(crate) fn none() -> Self {
        Self::bare(0, None)
    }

    /// What a proxy in front of Discord says.
    pub(crate) fn text(status: u16, content_type: String, body: String) -> Self {
        let mut answer = Self::bare(status, None);
        answer.text = Some(body);
        answer.push("content-type", content_type);
        answer
    }

    /// For an address that is blocked: no header tells when, or why.
    pub(crate) fn blocked(as_text: bool) -> Self {
        if as_text {
            return Self::text(
                429,
                "text/plain; charset=UTF-8".to_owned(),
                "error code: 1015".to_owned(),
            );
        }
        let mut answer = Self::bare(429, Some(json!({"message": BLOCKED, "code": 0})));
        answer.push("content-type", "application/json");
        answer
    }

    pub(crate) fn refusal(refusal: &Refusal) -> Self {
        Self::json(refusal.status(), refusal.body())
    }

    pub(crate) fn limited(limited: &Limited, route: &Route) -> Self {
        let form = LimitFault {
            scope: limited.scope,
            retry_after: limited.retry_after,
            code: limited.code,
            without_header: false,
            remaining: None,
        };
        Self::too_many(&form).with_standing(limited.standing.as_ref(), route)
    }

    /// A rate limit that a test has ordered: as if the route's bucket stood so. The global one tells of no bucket.
    pub(crate) fn ordered_limit(form: &LimitFault, standing: &Standing, route: &Route) -> Self {
        let told = Some(standing).filter(|_| form.scope != LimitScope::Global);
        Self::too_many(form).with_standing(told, route)
    }

    fn too_many(form: &LimitFault) -> Self {
        let (name, message) = match form.scope {
            LimitScope::User => ("user", "You are being rate limited."),
            LimitScope::Shared => ("shared", "The resource is being rate limited."),
            LimitScope::Global => ("global", "You are being rate limited."),
        };
        let is_global = form.scope == LimitScope::Global;
        let mut body = json!({"message": message, "retry_after": seconds(form.retry_after), "global": is_global});
        if let Some(code) = form.code {
            body["code"] = json!(code);
        }
        let mut answer = Self::json(429, body);
        if !form.without_header {
            let whole = form.retry_after.as_secs() + u64::from(form.retry_after.subsec_nanos() > 0);
            answer.push("retry-after", whole.to_string());
        }
        answer.push("x-ratelimit-scope", name);
        if is_global {
            answer.push("x-ratelimit-global", "true");
        }
        answer
    }

    pub(crate) fn with_standing(mut self, standing: Option<&Standing>, route: &Route) -> Self {
        if let Some(standing) = standing {
            let resets = standing.resets.as_duration().as_secs_f64();
            self.push("x-ratelimit-limit", standing.limit.to_string());
            self.push("x-ratelimit-remaining", standing.remaining.to_string());
            self.push("x-ratelimit-reset", format!("{resets:.3}"));
            self.push(
                "x-ratelimit-reset-after",
                format!("{:.3}", standing.reset_after.as_secs_f64()),
            );
            self.push("x-ratelimit-bucket", name_of(standing.bucket, route));
        }
        self
    }

    /// Replaces headers; an empty value takes one away.
    pub(crate) fn with_headers(mut self, headers: &BTreeMap<String, String>) -> Self {
        for (name, value) in headers {
            self.headers
                .retain(|(own, _)| !own.eq_ignore_ascii_case(name));
            if !value.is_empty() {
                self.headers.push((Cow::Owned(name.clone()), value.clone()));
            }
        }
        self
    }

    /// The name of the bucket that the headers tell of.
    pub(crate) fn bucket(&self) -> Option<&str> {
        self.header("x-ratelimit-bucket")
    }

    /// A header by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as it is sent.
    pub(crate) fn bytes(&self) -> Bytes {
        match (&self.text, &self.body) {
            (Some(text), _) => Bytes::copy_from_slice(text.as_bytes()),
            (None, Some(body)) => Bytes::from(body.to_string()),
            (None, None) => Bytes::new(),
        }
    }

    /// The answer with this body, which is mostly its own.
    pub(crate) fn respond(self, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn push(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.push((Cow::Borrowed(name), value.into()));
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

/// The name that headers give to the buckets of a row; routes without a row of their own have one each.
fn name_of(row: Row, route: &Route) -> String {
    match row {
        Row::Others => opaque(&route.name()),
        row => opaque(&format!("{row:?}")),
    }
}
