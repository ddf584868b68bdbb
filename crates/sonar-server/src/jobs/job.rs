//! A job, in the words of the protocol. Must not know where jobs are kept.

use serde::Serialize;
use serde_json::value::RawValue;

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    /// It waits for its turn.
    Created,
    /// The engine works on it.
    InProgress,
    /// It has its answer.
    Completed,
    /// It will have none.
    Failed,
}

impl Status {
    /// The status with this name on the wire.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "CREATED" => Some(Self::Created),
            "IN_PROGRESS" => Some(Self::InProgress),
            "COMPLETED" => Some(Self::Completed),
            "FAILED" => Some(Self::Failed),
            _ => None,
        }
    }
}

/// A job as the list shows it. Times are seconds since 1970.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) model: String,
    pub(crate) status: Status,
    pub(crate) created_at: i64,
    pub(crate) started_at: Option<i64>,
    pub(crate) completed_at: Option<i64>,
    pub(crate) failed_at: Option<i64>,
}

/// A job with its result.
#[derive(Debug, Serialize)]
pub(crate) struct Job {
    #[serde(flatten)]
    pub(crate) entry: Entry,
    pub(crate) error_message: Option<String>,
    pub(crate) response: Option<Box<RawValue>>,
    /// The engine that answered.
    #[serde(skip)]
    pub(crate) engine: Option<String>,
}

/// A page of the list, newest first.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    pub(crate) requests: Vec<Entry>,
    pub(crate) next_token: Option<String>,
}
