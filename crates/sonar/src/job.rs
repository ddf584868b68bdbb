//! Work that is asked for now and fetched later: `/async/chat/completions`. Must never lose the id of a job that is paid for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::open::{null_as_default, open_enum, or_default};
use crate::{ChatCompletion, ChatRequest};

/// What is posted to make a job. Source: the protocol's async page of 2025.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct JobRequest {
    /// What is asked. Its `stream` has no meaning here.
    pub request: ChatRequest,
    /// A name for the wish: posted twice, it makes one job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// A job as the service tells of it. In a list, `response` and `error_message` are left out.
///
/// Source: the protocol's async pages of 2025 and 2026. Only the id is needed to read one; any other field that has not the form it
/// should have counts as absent.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Job {
    /// The service's name of the job; opaque. Keep it before anything else: it is the only way to the answer.
    pub id: String,
    /// The model asked.
    #[serde(default, deserialize_with = "or_default")]
    pub model: String,
    /// When it was accepted, in seconds since 1970.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: i64,
    /// When work on it began, in seconds since 1970.
    #[serde(default, deserialize_with = "or_default")]
    pub started_at: Option<i64>,
    /// When its answer was complete, in seconds since 1970.
    #[serde(default, deserialize_with = "or_default")]
    pub completed_at: Option<i64>,
    /// When it failed, in seconds since 1970.
    #[serde(default, deserialize_with = "or_default")]
    pub failed_at: Option<i64>,
    /// Why it failed, in the service's words.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Option::is_none"
    )]
    pub error_message: Option<String>,
    /// How far it is.
    #[serde(default, deserialize_with = "or_default")]
    pub status: JobStatus,
    /// The answer, once the status is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<JobResponse>,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

open_enum! {
    /// How far a job is.
    ///
    /// A status this version does not know counts as still running: a job that is paid for is never given up for a word.
    #[derive(Default)]
    JobStatus {
        /// Accepted, not begun.
        #[default]
        Created = "CREATED",
        /// Being worked on.
        InProgress = "IN_PROGRESS",
        /// Answered.
        Completed = "COMPLETED",
        /// Given up by the service.
        Failed = "FAILED",
    }
}

/// The answer inside a job. One that cannot be read is kept as it came, so that the job around it is not lost.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum JobResponse {
    /// An answer.
    Answer(Box<ChatCompletion>),
    /// Something else, as received.
    Unreadable(Value),
}

/// What a job has come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum JobOutcome<'a> {
    /// It is not done yet; ask again later.
    Running,
    /// The answer.
    Answered(&'a ChatCompletion),
    /// The service calls it completed and sends no answer that can be read. Keep the id: a later call may bring it.
    Unanswered,
    /// It failed, for the reason told, if one was.
    Failed(Option<&'a str>),
}

impl Job {
    /// What the job has come to.
    #[must_use]
    pub fn outcome(&self) -> JobOutcome<'_> {
        match (&self.status, &self.response) {
            (JobStatus::Failed, _) => JobOutcome::Failed(self.error_message.as_deref()),
            (JobStatus::Completed, Some(JobResponse::Answer(answer)))
                if !answer.choices.is_empty() =>
            {
                JobOutcome::Answered(answer)
            }
            (JobStatus::Completed, _) => JobOutcome::Unanswered,
            _ => JobOutcome::Running,
        }
    }
}

/// One page of the list of jobs, newest first.
///
/// Source: the protocol's async page of 2025; the service forgets jobs after 7 days (changelog of May 2025).
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct JobPage {
    /// The jobs, without their answers.
    #[serde(default, deserialize_with = "null_as_default")]
    pub requests: Vec<Job>,
    /// What to ask for to get the next page; `None` on the last one.
    #[serde(default)]
    pub next_token: Option<String>,
    /// Keys this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(fields: &Value) -> Job {
        let mut job = json!({ "id": "job-1" });
        job.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        serde_json::from_value(job).unwrap()
    }

    #[test]
    fn a_job_is_read_and_written_as_it_was() {
        let json = json!({
            "id": "a/b", "model": "sonar-deep-research", "created_at": 1, "started_at": 2, "completed_at": 3,
            "failed_at": null, "status": "COMPLETED", "queue": "slow",
            "response": { "id": "x", "model": "sonar-deep-research", "created": 3, "object": "chat.completion",
                "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": "So." } }] },
        });
        let job: Job = serde_json::from_value(json.clone()).unwrap();
        assert!(matches!(job.outcome(), JobOutcome::Answered(answer) if answer.text() == "So."));
        assert_eq!(serde_json::to_value(job).unwrap(), json);
    }

    #[test]
    fn nothing_around_the_id_can_lose_it() {
        let job = job(
            &json!({ "model": 7, "created_at": "now", "started_at": [], "error_message": {}, "status": null, "extra": {} }),
        );
        assert_eq!(
            (job.id.as_str(), job.outcome()),
            ("job-1", JobOutcome::Running)
        );
    }

    #[test]
    fn an_unknown_status_is_still_running() {
        let job = job(&json!({ "status": "THINKING_HARD" }));
        assert_eq!(job.outcome(), JobOutcome::Running);
        assert_eq!(
            serde_json::to_value(&job).unwrap()["status"],
            "THINKING_HARD"
        );
        assert_eq!(self::job(&json!({})).outcome(), JobOutcome::Running);
    }

    #[test]
    fn a_completed_job_without_an_answer_is_told_apart_and_keeps_its_id() {
        for response in [
            json!(null),
            json!({}),
            json!({ "choices": [] }),
            json!({ "choices": "none" }),
            json!("<html>"),
            json!(7),
        ] {
            let job = job(&json!({ "status": "COMPLETED", "response": response }));
            assert_eq!(job.outcome(), JobOutcome::Unanswered, "{response}");
            assert_eq!(job.id, "job-1");
        }
    }

    #[test]
    fn a_failed_job_says_why_when_it_can() {
        let told = job(&json!({ "status": "FAILED", "error_message": "No sources." }));
        assert_eq!(told.outcome(), JobOutcome::Failed(Some("No sources.")));
        let silent = job(&json!({ "status": "FAILED", "error_message": null }));
        assert_eq!(silent.outcome(), JobOutcome::Failed(None));
    }

    #[test]
    fn a_list_is_read_with_whatever_it_leaves_out() {
        let page: JobPage = serde_json::from_value(json!({ "requests": [{ "id": "a" }, { "id": "b", "status": "FAILED" }], "next_token": "t" })).unwrap();
        assert_eq!(page.requests.len(), 2);
        assert_eq!(page.next_token.as_deref(), Some("t"));
        let empty: JobPage = serde_json::from_value(json!({ "requests": null })).unwrap();
        assert_eq!(empty, JobPage::default());
    }
}
