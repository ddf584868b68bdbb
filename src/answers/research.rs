//! Researches by the service's asynchronous half: hands a question over, and looks whether it is done. Never tries anything twice by itself:
//! whoever calls counts the tries, for each may be paid for.

use async_trait::async_trait;
use sonar::{BoxError, Error, IdempotencyKey, Job, JobOutcome, JobStatus, Limit};

use super::thinking::AnswerText;
use super::{SonarAnswers, answer_error, messages, numbered, read_end, request, unended};
use crate::conversation::answer::Draft;
use crate::conversation::failure::Failure;
use crate::conversation::ports::{AnswerError, Inquiry, Looked, ResearchService, SubmitError};
use crate::jobs::job::JobId;
use crate::search::Filters;

/// What the operator can do about a service that has no asynchronous half.
const NO_JOBS: &str = "the service at SONAR_BASE_URL does not know /async/chat/completions: it researches nothing, so leave research.model empty or name another service";

#[async_trait]
impl ResearchService for SonarAnswers {
    async fn submit(&self, inquiry: &Inquiry, key: JobId) -> Result<String, SubmitError> {
        let messages = messages::of(inquiry).map_err(|invalid| submit_error(invalid.into()))?;
        let request = request::researched(&inquiry.limits, messages);
        let key =
            IdempotencyKey::new(key.to_string()).map_err(|invalid| submit_error(invalid.into()))?;
        let job = self.jobs.submit(&request, &key).await;
        let id = job.map_err(submit_error)?.id;
        if id.is_empty() {
            return Err(SubmitError {
                failure: Failure::Unreadable,
                cause: "the answer service took a research on and named it nothing".to_owned(),
                may_be_taken: true,
            });
        }
        Ok(id)
    }

    async fn look(&self, id: &str) -> Result<Looked, AnswerError> {
        match self.jobs.job(id).await {
            Ok(job) => Ok(looked(&job)),
            Err(Error::NotFound) => Ok(Looked::Unknown),
            Err(error) => Err(answer_error(error)),
        }
    }
}

/// What a job has come to. What it shows beyond the limits of the question is left out by whoever knows these.
fn looked(job: &Job) -> Looked {
    let answer = match job.outcome() {
        JobOutcome::Running => {
            // A status that is not known is taken for work: it is paid for.
            let begun = job.status != JobStatus::Created || job.started_at.is_some();
            return Looked::Running { begun };
        }
        JobOutcome::Unanswered => return Looked::Unanswered,
        JobOutcome::Failed(reason) => {
            // The reason may repeat the question.
            let named = if reason.is_some() {
                "it names a reason, which is not logged"
            } else {
                "it names no reason"
            };
            return Looked::Failed {
                cause: format!("the answer service gave the research up; {named}"),
            };
        }
        JobOutcome::Answered(answer) => answer,
    };
    let text = AnswerText::of(&answer.text()).trim().to_owned();
    if text.is_empty() {
        return Looked::Unanswered;
    }
    let draft = Draft {
        text,
        sources: numbered(&answer.sources()),
        filters: Filters::default(),
    };
    let mut end = unended(&job.model);
    read_end(&mut end, answer);
    Looked::Answered(draft, end)
}

/// Why a research was not taken on, and whether it may have been after all.
fn submit_error(error: Error) -> SubmitError {
    let may_be_taken = match &error {
        Error::Unavailable {
            status: None,
            source,
        } => !source.as_ref().is_some_and(is_of_connecting),
        Error::TimedOut { limit } => *limit != Limit::Connect,
        Error::Unavailable { .. } | Error::Truncated { .. } | Error::Unreadable { .. } => true,
        Error::Invalid(_)
        | Error::Rejected { .. }
        | Error::Unauthorized
        | Error::OutOfCredit
        | Error::Retired
        | Error::RateLimited { .. }
        | Error::NotFound => false,
    };
    if matches!(error, Error::NotFound) {
        return SubmitError {
            failure: Failure::Retired,
            cause: NO_JOBS.to_owned(),
            may_be_taken,
        };
    }
    let AnswerError { failure, cause } = answer_error(error);
    SubmitError {
        failure,
        cause,
        may_be_taken,
    }
}

/// Whether the network says that it was never connected, so that nothing was sent.
fn is_of_connecting(source: &BoxError) -> bool {
    source
        .downcast_ref::<reqwest::Error>()
        .is_some_and(reqwest::Error::is_connect)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use serde_json::{Value, json};
    use sonar::Invalid;

    use super::*;
    use crate::answers::request::tests::unlimited;
    use crate::conversation::answer::{Finish, Image};
    use crate::settings::Settings;

    fn job(fields: &Value) -> Looked {
        let mut job =
            json!({ "id": "job-1", "model": "sonar-deep-research", "status": "COMPLETED" });
        let fields = fields.as_object().unwrap().clone();
        job.as_object_mut().unwrap().extend(fields);
        looked(&serde_json::from_value(job).unwrap())
    }

    fn answering(text: &str) -> Value {
        let result = |url: &str| json!({ "title": format!("Page at {url}"), "url": url });
        json!({ "response": {
            "id": "x", "model": "sonar-deep-research-2", "created": 1, "object": "chat.completion",
            "search_results": [result("https://a.example/"), result("https://b.example/")],
            "related_questions": ["And then?"],
            "images": [{ "image_url": "https://a.example/1.png", "origin_url": "https://a.example/", "height": 1, "width": 1 }],
            "usage": { "prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8, "cost": { "total_cost": 0.41 } },
            "choices": [{ "index": 0, "finish_reason": "stop", "message": { "role": "assistant", "content": text } }],
        } })
    }

    #[test]
    fn an_answer_comes_without_what_was_thought_and_with_what_it_took() {
        let Looked::Answered(draft, end) = job(&answering("<think>Hm.</think>\n\nTea. [2]\n"))
        else {
            panic!("it is answered");
        };
        assert_eq!(draft.text, "Tea. [2]");
        let sources: Vec<(u32, &str)> = draft
            .sources
            .iter()
            .map(|source| (source.number, source.url.as_str()))
            .collect();
        assert_eq!(
            sources,
            [(1, "https://a.example/"), (2, "https://b.example/")]
        );
        assert_eq!(end.model, "sonar-deep-research-2");
        assert_eq!(end.finish, Finish::Complete);
        assert_eq!(
            (
                end.usage.prompt_tokens,
                end.usage.completion_tokens,
                end.usage.cost_usd
            ),
            (3, 5, Some(0.41))
        );
        assert_eq!(end.related, ["And then?"]);
        let pictures: Vec<&str> = end
            .images
            .iter()
            .map(|Image { url, .. }| url.as_str())
            .collect();
        assert_eq!(pictures, ["https://a.example/1.png"]);
    }

    #[test]
    fn what_is_done_and_says_nothing_is_no_answer() {
        for silent in [
            json!({}),
            json!({ "response": null }),
            json!({ "response": { "choices": [] } }),
            json!({ "response": "<html>" }),
            answering(" \n"),
            answering("<think>cut"),
        ] {
            assert_eq!(job(&silent), Looked::Unanswered, "{silent}");
        }
    }

    #[test]
    fn whatever_is_not_over_goes_on() {
        for (fields, begun) in [
            (json!({ "status": "CREATED" }), false),
            (json!({ "status": null }), false),
            (json!({ "status": "CREATED", "started_at": 7 }), true),
            (json!({ "status": "IN_PROGRESS" }), true),
            (json!({ "status": "THINKING_HARD" }), true),
        ] {
            assert_eq!(job(&fields), Looked::Running { begun }, "{fields}");
        }
    }

    #[test]
    fn why_it_failed_is_not_repeated_in_the_log() {
        for message in [json!("No sources for canary?"), json!(null)] {
            let failed = job(&json!({ "status": "FAILED", "error_message": message }));
            let Looked::Failed { cause } = failed else {
                panic!("it failed: {failed:?}");
            };
            assert!(
                cause.contains("gave the research up") && !cause.contains("canary"),
                "{cause}"
            );
        }
    }

    #[test]
    fn only_what_may_have_arrived_is_said_to_be_taken_perhaps() {
        let unavailable = |status| Error::Unavailable {
            status,
            source: None,
        };
        let timed_out = |limit| Error::TimedOut { limit };
        let rejected = Error::Rejected {
            field: None,
            kind: Some("invalid_model".to_owned()),
            message: "canary".to_owned(),
        };
        let invalid = Error::Invalid(Invalid {
            field: "model".to_owned(),
            why: "is odd".to_owned(),
        });
        for (error, failure, may_be_taken) in [
            (unavailable(Some(502)), Failure::Unavailable, true),
            (unavailable(None), Failure::Unavailable, true),
            (timed_out(Limit::FirstByte), Failure::TimedOut, true),
            (timed_out(Limit::Total), Failure::TimedOut, true),
            (timed_out(Limit::Connect), Failure::TimedOut, false),
            (Error::Truncated { source: None }, Failure::BrokeOff, true),
            (
                Error::Unreadable {
                    what: "HTML".to_owned(),
                },
                Failure::Unreadable,
                true,
            ),
            (
                Error::RateLimited { retry_after: None },
                Failure::RateLimited { retry_after: None },
                false,
            ),
            (Error::Unauthorized, Failure::Unauthorized, false),
            (Error::OutOfCredit, Failure::OutOfCredit, false),
            (Error::Retired, Failure::Retired, false),
            (rejected, Failure::Rejected, false),
            (invalid, Failure::Rejected, false),
            (Error::NotFound, Failure::Retired, false),
        ] {
            let told = format!("{error:?}");
            let error = submit_error(error);
            assert_eq!(
                (error.failure, error.may_be_taken),
                (failure, may_be_taken),
                "{told}"
            );
            assert!(!error.cause.contains("canary"), "{}", error.cause);
        }
        assert!(
            submit_error(Error::NotFound)
                .cause
                .contains("/async/chat/completions")
        );
    }

    #[tokio::test]
    async fn a_service_that_cannot_be_reached_took_nothing_on() {
        let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap();
        let settings = Settings::defaults().unwrap().answers;
        let service = SonarAnswers::new(&format!("http://{closed}"), &settings).unwrap();
        let request = request::researched(&unlimited(), vec![sonar::Message::user("Why?")]);
        let error = service
            .jobs
            .submit(&request, &IdempotencyKey::random())
            .await;
        let error = submit_error(error.unwrap_err());
        assert_eq!(
            (error.failure, error.may_be_taken),
            (Failure::Unavailable, false),
            "{}",
            error.cause
        );
    }
}
