//! How the Agent API refuses: its envelope, and the sentences it was seen to use. Must not decide what is refused.

use serde_json::{Value, json};

use crate::{Reply, Trouble};

/// A refusal, as the service sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status; the body repeats it as `code`.
    pub status: u16,
    /// The body's `type`.
    pub kind: String,
    /// The body's `message`.
    pub message: String,
    /// The field it is about, where the service names one.
    pub param: Option<String>,
}

impl Refusal {
    /// Any refusal.
    pub fn new(status: u16, kind: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind: kind.to_owned(),
            message: message.into(),
            param: None,
        }
    }

    /// 400 `invalid_request`.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request", message)
    }

    /// 400 for a field that the service does not know.
    #[must_use]
    pub fn unknown_field(name: &str) -> Self {
        Self {
            param: Some(name.to_owned()),
            ..Self::invalid(format!(
                "invalid request body: json: unknown field \"{name}\""
            ))
        }
    }

    /// 401 for a wrong or missing key.
    #[must_use]
    pub fn invalid_key() -> Self {
        Self::new(
            401,
            "invalid_api_key",
            "Invalid API key provided. Ensure your API key is correct and active.",
        )
    }

    /// 401 for a key whose account has no credit left.
    #[must_use]
    pub fn out_of_credit() -> Self {
        Self::new(
            401,
            "insufficient_quota",
            "You exceeded your current quota, please check your plan and billing details. For more information, visit \
             https://www.perplexity.ai/settings/api.",
        )
    }

    /// 403 for a blocked key.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(403, "forbidden", "forbidden")
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "resource not found")
    }

    /// 413.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(413, "payload_too_large", "request body is too large")
    }

    /// 429.
    #[must_use]
    pub fn rate_limited() -> Self {
        Self::new(
            429,
            "request_rate_limit_exceeded",
            "Request rate limit exceeded, please try again later.",
        )
    }

    /// 500.
    #[must_use]
    pub fn internal_error() -> Self {
        Self::new(500, "internal_error", "internal server error")
    }

    /// 502.
    #[must_use]
    pub fn bad_gateway() -> Self {
        Self::new(502, "bad_gateway", "bad gateway")
    }

    /// 504.
    #[must_use]
    pub fn gateway_timeout() -> Self {
        Self::new(504, "gateway_timeout", "gateway timeout")
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut error = json!({"message": self.message, "type": self.kind, "code": self.status});
        if let Some(param) = &self.param {
            error["param"] = json!(param);
        }
        json!({ "error": error })
    }

    pub(super) fn reply(&self) -> Reply {
        Reply::json(self.status, &self.body())
    }

    /// Played to the next request that takes it, with further headers.
    #[must_use]
    pub fn with_headers(&self, headers: &[(&str, &str)]) -> Trouble {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Trouble::Instead {
            status: self.status,
            headers: headers.iter().map(owned).collect(),
            body: self.body().to_string(),
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        refusal.with_headers(&[])
    }
}
