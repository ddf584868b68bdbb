//! Why there is no answer. Must hold decisions, not descriptions: one variant for each thing a caller can do.

use std::time::Duration;

use crate::{Invalid, Limit};

/// An error of any kind, for [`std::error::Error::source`].
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why there is no answer. Its text never holds the key, nor more than 200 characters of what the service said.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Ask again, but not before `retry_after` has passed.
    #[error("the answer service is busy (429)")]
    RateLimited {
        /// How long the service asks to be left alone, when it says so.
        retry_after: Option<Duration>,
    },
    /// The operator must act: the key is missing, wrong or not allowed here.
    #[error("the answer service refuses the key")]
    Unauthorized,
    /// The operator must act: the key's credit is used up.
    #[error("the answer service reports that the credit is used up")]
    OutOfCredit,
    /// The operator must act: this endpoint answers no more, and will not again.
    #[error(
        "the answer service has retired this endpoint, as Perplexity retired Sonar in September 2026; point the base URL at a \
         server that speaks the protocol, such as `footnote serve` with the same key in PERPLEXITY_API_KEY"
    )]
    Retired,
    /// The caller must act: the request breaks a rule of the protocol, and was not sent.
    #[error("the request was not sent: {0}")]
    Invalid(Invalid),
    /// The caller must act: the service refuses this request as it is.
    #[error("the answer service refuses the request: {message}")]
    Rejected {
        /// The field it refuses, dotted, places in lists counted from 0; `None` when it names none.
        field: Option<String>,
        /// The service's name for the reason, such as `invalid_model`.
        kind: Option<String>,
        /// The service's sentence, at most 200 characters.
        message: String,
    },
    /// The service knows no such thing: of a chat, the base URL leads to no Sonar endpoint; of a job, its id is unknown or too old.
    #[error("the answer service knows no such address or job; look at the base URL, or at the id")]
    NotFound,
    /// Ask again later: nothing was wrong with the request.
    #[error("the answer service is unavailable{}", status_note(*.status))]
    Unavailable {
        /// The HTTP status, when there was a reply.
        status: Option<u16>,
        /// What the service or the network said.
        source: Option<BoxError>,
    },
    /// Ask again later, or allow more time.
    #[error("the answer service was too slow: {limit}")]
    TimedOut {
        /// The limit that was passed.
        limit: Limit,
    },
    /// The operator must act: what came back is not this protocol.
    #[error("the answer service sent something unreadable: {what}")]
    Unreadable {
        /// What was wrong with it, without its content.
        what: String,
    },
    /// The answer broke off; what arrived before is all there is.
    #[error("the answer broke off before its end")]
    Truncated {
        /// What the network said, when the connection was lost and did not just end.
        source: Option<BoxError>,
    },
}

/// Not by derive: it would make the rule the error's source too, and tell it twice.
impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

fn status_note(status: Option<u16>) -> String {
    status
        .map(|status| format!(" ({status})"))
        .unwrap_or_default()
}

impl Error {
    pub(crate) fn unreadable(what: impl Into<String>) -> Self {
        Self::Unreadable { what: what.into() }
    }
}
