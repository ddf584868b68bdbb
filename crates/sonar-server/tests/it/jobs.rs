//! Jobs as a client sees them: submitted, looked at until they end, listed.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use sonar::{Error, IdempotencyKey, JobOutcome, Pace};
use sonar_server::engines::Event;
use sonar_server::{Failure, JobSettings, Pretend, ServerSettings};

use crate::job_client::{JobClient, PATH, id, text};
use crate::scripted::{
    Scripted, TEXT, answer, answering, asking, client, delta, question, sources, start,
};

#[tokio::test]
async fn a_job_is_created_and_ends_with_the_answer_that_a_plain_request_gets() {
    let server = answering().await;
    let client = JobClient::of(&server);
    let mut created = client.submit_with(asking(json!({})), None).await;
    let job = id(&created);
    created["id"].take();
    assert!(created["created_at"].take().as_i64().unwrap() > 1_700_000_000);
    assert_eq!(
        created,
        json!({
            "id": null, "created_at": null, "model": "sonar", "status": "CREATED", "started_at": null,
            "completed_at": null, "failed_at": null, "error_message": null, "response": null,
        })
    );

    let ended = client.until(&job, "COMPLETED").await;
    let plain = client.post("/chat/completions", &asking(json!({}))).await;
    let mut plain: Value = plain.unwrap().json().await.unwrap();
    let mut response = ended["response"].clone();
    assert_eq!(text(&ended), TEXT);
    assert_eq!(response["id"], format!("local-{job}"));
    for reply in [&mut plain, &mut response] {
        reply["id"].take();
        reply["created"].take();
    }
    assert_eq!(response, plain);
    let time = |name: &str| ended[name].as_i64().unwrap();
    assert!(time("created_at") <= time("started_at") && time("started_at") <= time("completed_at"));
    assert!(ended["failed_at"].is_null() && ended["error_message"].is_null());
}

#[tokio::test]
async fn every_path_leads_to_the_same_jobs() {
    let server = answering().await;
    let client = JobClient::of(&server);
    let paths = [PATH, "/v1/async/chat/completions", "/v1/async/sonar"];
    let mut jobs = Vec::new();
    for path in paths {
        let body = json!({ "request": asking(json!({})) });
        let reply = client.post(path, &body).await.unwrap();
        assert_eq!(reply.status(), 200);
        let job: Value = reply.json().await.unwrap();
        jobs.insert(0, id(&job));
    }
    for path in paths {
        let list: Value = client.get(path).await.unwrap().json().await.unwrap();
        let listed: Vec<String> = list["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(id)
            .collect();
        assert_eq!(listed, jobs);
        for job in &jobs {
            let path = format!("{path}/{job}?local_mode=true");
            let shown: Value = client.get(&path).await.unwrap().json().await.unwrap();
            assert_eq!(id(&shown), *job);
        }
    }
}

#[tokio::test]
async fn a_job_says_who_answers_and_what_has_no_effect() {
    let server = answering().await;
    let client = JobClient::of(&server);
    let body = json!({ "request": asking(json!({ "temperature": 0.5, "stream": true })) });
    let submitted = client.post(PATH, &body).await.unwrap();
    let header = |reply: &reqwest::Response, name: &str| {
        let value = reply.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(
        header(&submitted, "x-answer-engine").as_deref(),
        Some("scripted")
    );
    assert_eq!(
        header(&submitted, "x-sonar-ignored").as_deref(),
        Some("temperature")
    );
    let job = id(&submitted.json().await.unwrap());
    client.until(&job, "COMPLETED").await;
    let shown = client.get(&format!("{PATH}/{job}")).await.unwrap();
    assert_eq!(
        header(&shown, "x-answer-engine").as_deref(),
        Some("scripted")
    );
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_at_once_and_makes_no_job() {
    let server = answering().await;
    let client = JobClient::of(&server);
    let two = json!([{ "role": "user", "content": "a" }, { "role": "user", "content": "b" }]);
    let request = |fields| json!({ "request": asking(fields) });
    let bodies = [
        json!({}),
        json!([]),
        json!({ "request": null }),
        json!({ "request": [] }),
        json!({ "request": { "messages": [] } }),
        request(json!({ "model": 7, "temperature": 3 })),
        request(json!({ "model": "gpt" })),
        request(json!({ "max_tokens": 3 })),
        request(json!({ "messages": two })),
        request(json!({ "disable_search": true })),
        json!({ "request": asking(json!({})), "idempotency_key": 7 }),
        json!({ "request": asking(json!({})), "idempotency_key": "" }),
        json!({ "request": asking(json!({})), "idempotency_key": "k".repeat(256) }),
        asking(json!({})),
    ];
    let mut told = Vec::new();
    for body in bodies {
        let (status, refusal) = client.try_to_submit(&body).await;
        assert_eq!((status, &refusal["error"]["code"]), (400, &json!(400)));
        let error = &refusal["error"];
        told.push(format!(
            "{}: {}",
            error["type"].as_str().unwrap(),
            error["message"].as_str().unwrap()
        ));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    bad_request: ["At body -> request: Field required"]
    bad_request: ["At body: Input should be a valid object"]
    bad_request: ["At body -> request: Input should be a valid object"]
    bad_request: ["At body -> request: Input should be a valid object"]
    bad_request: ["At body -> request -> model: Field required","At body -> request -> messages: List should have at least 1 item after validation, not 0"]
    bad_request: ["At body -> request -> model: Input should be a valid string","At body -> request -> temperature: Input should be less than or equal to 2"]
    invalid_model: Invalid model 'gpt'. Permitted models can be found in the documentation at https://docs.perplexity.ai/guides/model-cards.
    invalid_parameter: max_tokens must be at least 16 for sonar.
    invalid_message: After the (optional) system message(s), user or tool message(s) should alternate with assistant message(s).
    unsupported_parameter: disable_search: this engine always searches.
    bad_request: ["At body -> idempotency_key: Input should be a valid string"]
    bad_request: ["At body -> idempotency_key: String should have at least 1 character"]
    bad_request: ["At body -> idempotency_key: String should have at most 255 characters"]
    bad_request: ["At body -> request: Field required"]
    "#);
    assert_eq!(client.list().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_job_that_nobody_knows_is_not_found() {
    let server = answering().await;
    let client = JobClient::of(&server);
    for unknown in [
        "0b7a3b1e-0000-4000-8000-000000000000",
        "%2e%2e",
        "a%2Fb",
        "%FF",
        "%00",
        "' OR 1=1",
    ] {
        let reply = client.get(&format!("{PATH}/{unknown}")).await.unwrap();
        assert_eq!(reply.status(), 404, "{unknown}");
        let body: Value = reply.json().await.unwrap();
        assert_eq!(
            body,
            json!({ "error": { "message": "resource not found", "type": "not_found", "code": 404 } })
        );
    }
}

#[tokio::test]
async fn pages_are_newest_first_and_stay_as_they_are_while_jobs_arrive() {
    let server = answering().await;
    let client = JobClient::of(&server);
    let mut first = Vec::new();
    for number in 0..25 {
        first.insert(0, client.submit(&number.to_string()).await);
    }
    let mut later: Vec<String> = Vec::new();
    for (query, count) in [("limit=25", 25), ("", 20), ("limit=7", 7)] {
        let (mut listed, mut token) = client.page(query).await;
        assert_eq!(listed.len(), count, "{query}");
        let all: Vec<String> = later.iter().chain(&first).cloned().collect();
        while let Some(next) = token {
            later.insert(0, client.submit("Meanwhile?").await);
            let more;
            (more, token) = client.page(&format!("{query}&next_token={next}")).await;
            listed.extend(more);
        }
        assert_eq!(listed, all, "{query}");
    }
}

#[tokio::test]
async fn a_list_tells_neither_answers_nor_failures() {
    let server = answering().await;
    let client = JobClient::of(&server);
    let job = client.submit("Why?").await;
    client.until(&job, "COMPLETED").await;
    let reply = client.get(PATH).await.unwrap();
    let list: Value = reply.json().await.unwrap();
    let entry = list["requests"][0].as_object().unwrap();
    let names: Vec<&str> = entry.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "completed_at",
            "created_at",
            "failed_at",
            "id",
            "model",
            "started_at",
            "status"
        ]
    );
    assert!(list["next_token"].is_null());
    for (query, field) in [("limit=0", "limit"), ("next_token=x", "next_token")] {
        let reply = client.get(&format!("{PATH}?{query}")).await.unwrap();
        assert_eq!(reply.status(), 400);
        assert!(reply.text().await.unwrap().contains(field));
    }
}

/// How a job fails when the engine plays these events.
async fn failed(events: fn() -> Vec<Event>, endless: bool) -> String {
    let engine = Scripted::new(move |_| {
        let end = stream::pending().take(usize::from(endless));
        stream::iter(events()).chain(end)
    });
    let mut settings = ServerSettings::default();
    if endless {
        settings.jobs.answer_time = Duration::from_millis(20);
    }
    let server = start(engine, settings).await;
    let client = JobClient::of(&server);
    let job = client.submit("Why?").await;
    let ended = client.until(&job, "FAILED").await;
    assert!(ended["failed_at"].is_i64() && ended["started_at"].is_i64());
    assert!(ended["response"].is_null() && ended["completed_at"].is_null());
    ended["error_message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_job_without_an_answer_fails_with_a_sentence() {
    let unreachable = || {
        let status = axum::http::StatusCode::BAD_GATEWAY;
        let failure = Failure::new(status, "engine_unreachable", "Nobody is there.");
        vec![sources(), delta("Half "), Event::Failed(failure)]
    };
    let half = || vec![sources(), delta("Half ")];
    assert_eq!(failed(unreachable, false).await, "Nobody is there.");
    assert_eq!(
        failed(half, false).await,
        "The answer failed inside the server; its log says why."
    );
    assert_eq!(
        failed(half, true).await,
        "The answer was not complete after 0 seconds."
    );
}

#[tokio::test]
async fn an_engine_that_panics_fails_one_job() {
    let engine = Scripted::new(|request| {
        let text = serde_json::to_string(request).unwrap();
        assert!(!text.contains("Panic?"), "deliberately");
        stream::iter(answer())
    });
    let server = start(engine, ServerSettings::default()).await;
    let client = JobClient::of(&server);
    let panics = client.submit("Panic?").await;
    let answers = client.submit("Why?").await;
    client.until(&panics, "FAILED").await;
    client.until(&answers, "COMPLETED").await;
}

#[tokio::test]
async fn a_server_can_play_slow_jobs() {
    let settings = ServerSettings {
        jobs: JobSettings {
            delay: Duration::from_secs(3600),
            ..JobSettings::default()
        },
        ..ServerSettings::default()
    };
    let server = start(Scripted::playing(answer()), settings).await;
    let client = JobClient::of(&server);
    let job = client.submit("Why?").await;
    let shown = client.until(&job, "IN_PROGRESS").await;
    assert!(shown["started_at"].is_i64() && shown["completed_at"].is_null());
    for _ in 0..20 {
        assert_eq!(client.look(&job).await, shown);
    }
}

#[tokio::test]
async fn a_server_can_play_failing_jobs() {
    let settings = ServerSettings {
        pretend: vec![Pretend::FailingJobs],
        ..ServerSettings::default()
    };
    let server = start(Scripted::playing(answer()), settings).await;
    let client = JobClient::of(&server);
    let job = client.submit("Why?").await;
    let ended = client.until(&job, "FAILED").await;
    assert_eq!(
        ended["error_message"],
        "This server was told to let every job fail."
    );
}

#[tokio::test]
async fn the_typed_client_submits_waits_and_lists() {
    let server = answering().await;
    let client = client(&server);
    let key = IdempotencyKey::random();
    let job = client.submit(&question(), &key).await.unwrap();
    let pace = Pace {
        first: Duration::from_millis(1),
        ..Pace::default()
    };
    let ended = client.finished(&job.id, pace).await.unwrap();
    let JobOutcome::Answered(answer) = ended.outcome() else {
        panic!("{ended:?}");
    };
    assert_eq!(answer.text(), TEXT);
    assert_eq!(client.submit(&question(), &key).await.unwrap(), ended);
    let mut ids = vec![job.id];
    for _ in 0..30 {
        let job = client.submit(&question(), &IdempotencyKey::random()).await;
        ids.insert(0, job.unwrap().id);
    }
    let listed = client.all_jobs().map(|job| job.unwrap().id);
    assert_eq!(listed.collect::<Vec<_>>().await, ids);
    let unknown = client.job("no-such-job").await.unwrap_err();
    assert!(matches!(unknown, Error::NotFound), "{unknown:?}");
}
