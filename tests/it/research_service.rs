//! What the answer service is told of a research, and what is made of what it says: the client's calls against a service that does as it is told.

use std::time::Duration;

use footnote_bot::answers::SonarAnswers;
use footnote_bot::clock::Moment;
use footnote_bot::conversation::failure::Failure;
use footnote_bot::conversation::language::Language;
use footnote_bot::conversation::ports::{Inquiry, Looked, ResearchService};
use footnote_bot::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, Question, QuestionText, Task,
};
use footnote_bot::ids::{ChannelId, ConversationId, PersonId, QuestionId};
use footnote_bot::jobs::job::JobId;
use footnote_bot::search::freshness::Day;
use footnote_bot::search::operator::Operator;
use footnote_bot::search::service::Depth;
use footnote_bot::search::wish::Wish;
use footnote_bot::settings::Settings;
use serde_json::json;

use crate::harness::research_service::{Submission, Work, completion};
use crate::harness::service::ScriptedService;

/// The service, and what asks it.
struct Asking {
    service: ScriptedService,
    answers: SonarAnswers,
}

impl Asking {
    async fn begin() -> Self {
        let service = ScriptedService::start().await;
        let settings = Settings::defaults().unwrap().answers;
        let answers = SonarAnswers::new(&service.base_url(), &settings).unwrap();
        Self { service, answers }
    }

    /// Hands the question over under this key; what the service calls it.
    async fn submits(&self, key: JobId) -> String {
        self.answers.submit(&why(), key).await.unwrap()
    }

    /// Why the service does not take the question on, and whether it may have after all.
    async fn is_refused(&self, submission: Submission) -> (Failure, bool) {
        self.service.researches.next(submission);
        let submitted = self.answers.submit(&why(), JobId::random()).await;
        let error = submitted.unwrap_err();
        assert!(!error.cause.contains("canary"), "{}", error.cause);
        (error.failure, error.may_be_taken)
    }
}

/// A question that is to be researched.
fn why() -> Inquiry {
    let wish = Wish {
        depth: Some(Depth::Research),
        ..Wish::default()
    };
    let operator = Operator::of(&Settings::defaults().unwrap());
    let today: Day = "2026-11-23".parse().unwrap();
    let limits = wish.within(&operator.defaults, &operator, today).unwrap();
    let asked = NewQuestion {
        text: QuestionText::parse("Why?").unwrap(),
        task: Task::Answer,
        quote: None,
        asker: Person {
            id: PersonId(7),
            name: "Alice".to_owned(),
        },
        seen: true,
        place: Place {
            guild: None,
            channel: ChannelId(1),
            present: true,
        },
        event: 1,
        origin: Origin::Past,
        belongs: Belongs::New,
        wish,
        language: Language::English,
        asked_at: Moment(1_000),
    };
    let question = Question {
        id: QuestionId(1),
        conversation: ConversationId(1),
        attempt: 0,
        opened_at: Moment(1_000),
        asked,
    };
    Inquiry {
        question,
        history: Vec::new(),
        limits,
    }
}

#[tokio::test]
async fn a_question_is_handed_over_under_its_key_and_is_one_research_however_often() {
    let asking = Asking::begin().await;
    let key = JobId::random();
    let first = asking.submits(key).await;
    assert_eq!(asking.submits(key).await, first);
    assert_ne!(asking.submits(JobId::random()).await, first);
    let book = asking.service.researches.book();
    assert_eq!((book.submitted, book.taken.len()), (3, 2));
    assert_eq!(book.taken[0].key, key.to_string());
    let request = &book.taken[0].request;
    assert_eq!(request["model"], "sonar-deep-research");
    assert_eq!(
        request["messages"],
        json!([{ "role": "user", "content": "Why?" }])
    );
    // Nothing of a stream, and the service decides how hard the model thinks.
    for absent in ["stream", "stream_mode", "reasoning_effort"] {
        assert!(request.get(absent).is_none(), "{request}");
    }
}

#[tokio::test]
async fn what_the_service_says_of_a_research_is_told() {
    let asking = Asking::begin().await;
    let researches = &asking.service.researches;
    let id = asking.submits(JobId::random()).await;
    let look = async || asking.answers.look(&id).await.unwrap();
    researches.comes_to(0, Work::Created);
    assert_eq!(look().await, Looked::Running { begun: false });
    researches.comes_to(0, Work::InProgress);
    assert_eq!(look().await, Looked::Running { begun: true });
    researches.comes_to(0, Work::Unanswered);
    assert_eq!(look().await, Looked::Unanswered);
    researches.comes_to(0, Work::Failed);
    assert!(matches!(look().await, Looked::Failed { cause } if !cause.contains("No sources")));
    researches.comes_to(0, Work::Forgotten);
    assert_eq!(look().await, Looked::Unknown);
    let urls = ["https://a.example/", "https://b.example/"];
    let whole = completion("<think>Hm.</think>Tea. [2]", &urls, Some(0.41));
    researches.comes_to(0, Work::Completed(whole));
    let Looked::Answered(draft, end) = look().await else {
        panic!("it is answered");
    };
    assert_eq!(draft.text, "Tea. [2]");
    assert_eq!(draft.sources[1].url, "https://b.example/");
    assert_eq!(end.usage.cost_usd, Some(0.41));
}

#[tokio::test]
async fn each_call_is_made_once() {
    let asking = Asking::begin().await;
    let researches = &asking.service.researches;
    let lost = asking.is_refused(Submission::TakenUnheard).await;
    assert_eq!(lost, (Failure::Unavailable, true));
    assert_eq!((researches.book().submitted, researches.paid()), (1, 1));
    researches.looks_fail(Some(503));
    let looked = asking.answers.look("research-1").await;
    assert_eq!(looked.unwrap_err().failure, Failure::Unavailable);
    assert_eq!(researches.book().looked, 1);
}

#[tokio::test]
async fn what_is_refused_was_not_taken_on() {
    let asking = Asking::begin().await;
    let busy = asking.is_refused(Submission::Busy(Some(7))).await;
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(busy, (Failure::RateLimited { retry_after }, false));
    let canary = r#"{ "error": { "message": "canary", "type": "invalid_model", "code": 400 } }"#;
    for (status, failure) in [
        (400, Failure::Rejected),
        (401, Failure::Unauthorized),
        (404, Failure::Retired),
    ] {
        let refused = asking.is_refused(Submission::Status(status, canary)).await;
        assert_eq!(refused, (failure, false), "{status}");
    }
    assert_eq!(asking.service.researches.paid(), 0);
}
