//! Whatever the Agent API does, an answer by the bridge ends once, says truly how, and is paid for once.

use std::time::Duration;

use proptest::prelude::*;
use reqwest::Response;
use serde_json::{Value, json};
use sonar_server::ServerSettings;
use sonar_server::engines::agent::AgentSettings;
use stand_ins::Trouble;
use stand_ins::agent::{End, Progress, Refusal, Run, Step};
use stand_ins::agent::{fetched, result, search_results};

use crate::bridge::world::Bridge;
use crate::job_client::{JobClient, id};
use crate::scripted::{asking, http, post};

/// What is asked here, and what comes of it.
impl Bridge {
    async fn plain(&self) -> Outcome {
        Outcome::of_reply(post(&self.server, &asking(json!({}))).await).await
    }

    async fn stream(&self, mode: &str) -> Outcome {
        let asking = asking(json!({"stream": true, "stream_mode": mode}));
        Outcome::of_stream(post(&self.server, &asking).await).await
    }

    /// In one reply (`plain`), or as a stream of this mode.
    async fn asked_as(&self, way: &str) -> Outcome {
        match way {
            "plain" => self.plain().await,
            mode => self.stream(mode).await,
        }
    }

    /// The job of a question, once it has ended.
    async fn job(&self) -> Value {
        let client = JobClient::of(&self.server);
        let created = client.submit_with(asking(json!({})), None).await;
        client.ended(&id(&created)).await
    }

    /// Each way to get an answer but the job, one after another: the same trouble is set for each.
    async fn every_way(&self, trouble: impl Fn() -> Trouble) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for way in ["plain", "full", "concise"] {
            self.api.script().then(trouble());
            outcomes.push(self.asked_as(way).await);
        }
        outcomes
    }
}

/// How an answer ended, as a client sees it.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    /// A whole answer: its text, its citations, why it ended.
    Answered(String, Vec<String>, String),
    /// A status or an `error` event: the status, the type, and the wait that the client is told.
    Failed(u16, String, Option<String>),
}

impl Outcome {
    async fn of_reply(reply: Response) -> Self {
        if reply.status() != 200 {
            return Self::failed(reply).await;
        }
        let reply: Value = reply.json().await.unwrap();
        let citations = citations(&reply);
        let choice = &reply["choices"][0];
        let text = choice["message"]["content"].as_str().unwrap();
        let finish = choice["finish_reason"].as_str().unwrap();
        Self::Answered(text.to_owned(), citations, finish.to_owned())
    }

    /// Looks on the way whether the stream keeps its promises: one end, behind which nothing comes; numbers that never change.
    async fn of_stream(reply: Response) -> Self {
        if reply.status() != 200 {
            return Self::failed(reply).await;
        }
        let said = reply.text().await.unwrap();
        let said = said.strip_suffix("\n\n").unwrap_or(&said);
        let mut events: Vec<&str> = said
            .split("\n\n")
            .filter(|event| !event.starts_with(':') && !event.is_empty())
            .collect();
        let last = events.pop().unwrap();
        let mut text = String::new();
        let mut named: Vec<String> = Vec::new();
        let mut done = None;
        for event in events {
            assert!(done.is_none(), "something comes behind the end: {event}");
            let piece: Value = serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap();
            text.push_str(piece["choices"][0]["delta"]["content"].as_str().unwrap());
            if piece["citations"].is_array() {
                let citations = citations(&piece);
                assert!(citations.starts_with(&named), "a number changed its source");
                named = citations;
            }
            if piece["object"] == "chat.completion.done" {
                let choice = &piece["choices"][0];
                assert_eq!(
                    choice["message"]["content"],
                    json!(text),
                    "the deltas are the text"
                );
                done = choice["finish_reason"].as_str().map(str::to_owned);
            }
        }
        match done {
            Some(finish) => {
                assert_eq!(last, "data: [DONE]");
                Self::Answered(text, named, finish)
            }
            None => {
                let data = last.strip_prefix("event: error\ndata: ").unwrap();
                let error: Value = serde_json::from_str(data).unwrap();
                Self::error(&error["error"], None)
            }
        }
    }

    async fn failed(reply: Response) -> Self {
        let status = reply.status().as_u16();
        let wait = reply.headers().get("retry-after");
        let wait = wait.map(|wait| wait.to_str().unwrap().to_owned());
        let body: Value = reply.json().await.unwrap();
        assert_eq!(body["error"]["code"], status);
        Self::error(&body["error"], wait)
    }

    fn error(error: &Value, wait: Option<String>) -> Self {
        assert!(!error["message"].as_str().unwrap().is_empty());
        let code = error["code"].as_u64().unwrap();
        let kind = error["type"].as_str().unwrap().to_owned();
        Self::Failed(u16::try_from(code).unwrap(), kind, wait)
    }

    fn refused(status: u16, kind: &str) -> Self {
        Self::Failed(status, kind.to_owned(), None)
    }

    fn is_failure_of_the_upstream(&self) -> bool {
        matches!(self, Self::Failed(500..=599, _, _))
    }
}

fn citations(reply: &Value) -> Vec<String> {
    let cited = reply["citations"].as_array().unwrap().iter();
    cited.map(|url| url.as_str().unwrap().to_owned()).collect()
}

fn answered(text: &str, citations: &[&str]) -> Outcome {
    let citations = citations.iter().map(|url| (*url).to_owned()).collect();
    Outcome::Answered(text.to_owned(), citations, "stop".to_owned())
}

/// A run with everything: two searches whose numbers have gaps, a page that was read, markers of each kind.
fn rich(piece_bytes: usize) -> Run {
    let first = [
        result(11, "One", "https://one.example/"),
        result(13, "Two", "https://two.example/"),
    ];
    let second = [
        result(31, "One again", "https://one.example/"),
        result(86, "Three", "https://three.example/"),
    ];
    Run::new()
        .found(search_results(&["first"], &first))
        .found(search_results(&["second", "third"], &second))
        .found(fetched(&[("Read", "https://read.example/")]))
        .text_in_pieces(RICH, piece_bytes)
}

const RICH: &str = "Ein Satz é [web:11][web:86]. Zwei [13], keiner [99] und [keiner]. Wieder eins [31]. [Read](https://read.example/) 🙂 [";
const RICH_SOURCES: [&str; 4] = [
    "https://one.example/",
    "https://two.example/",
    "https://three.example/",
    "https://read.example/",
];

#[tokio::test]
async fn markers_come_out_the_same_wherever_the_text_is_split() {
    let bridge = Bridge::new().await;
    bridge.api.next_run(rich(usize::MAX));
    let whole = bridge.plain().await;
    let Outcome::Answered(text, citations, _) = &whole else {
        panic!("{whole:?}");
    };
    assert_eq!(
        text,
        "Ein Satz é [1][3]. Zwei [2], keiner und [keiner]. Wieder eins [1]. Read [4] 🙂 ["
    );
    assert_eq!(citations, &RICH_SOURCES);
    for bytes in 1..=40 {
        bridge.api.next_run(rich(bytes));
        assert_eq!(bridge.stream("full").await, whole, "in pieces of {bytes}");
    }
    // Once at each place, the rest whole.
    for at in 1..RICH.chars().count() {
        let begin: String = RICH.chars().take(at).collect();
        let end: String = RICH.chars().skip(at).collect();
        let mut run = rich(usize::MAX);
        run.steps.pop();
        bridge.api.next_run(run.text(&begin).text(&end));
        assert_eq!(bridge.stream("full").await, whole, "split behind {begin:?}");
    }
}

#[tokio::test]
async fn the_bytes_on_the_wire_may_be_split_anywhere() {
    let bridge = Bridge::new().await;
    bridge.api.next_run(rich(5));
    let whole = bridge.plain().await;
    for of in [1, 2, 3, 7, 64] {
        bridge.api.next_run(rich(5));
        bridge.api.script().then(Trouble::Pieces { of });
        assert_eq!(bridge.stream("full").await, whole, "in pieces of {of}");
    }
}

/// The events of a stream of the stand-in as they stand on the wire.
async fn wire(bridge: &Bridge) -> Vec<String> {
    bridge.api.next_run(rich(12));
    assert!(matches!(bridge.stream("full").await, Outcome::Answered(..)));
    let body = bridge.api.bodies().pop().unwrap();
    bridge.api.next_run(rich(12));
    let url = format!("{}/v1/responses", bridge.api.url());
    let request = http().post(url).bearer_auth("test-key").json(&body);
    let text = request.send().await.unwrap().text().await.unwrap();
    text.split_inclusive("\n\n").map(str::to_owned).collect()
}

#[tokio::test]
async fn a_stream_that_is_cut_anywhere_ends_with_one_failure_and_is_paid_once() {
    let bridge = Bridge::new().await;
    let events = wire(&bridge).await;
    let mut after = 0;
    for event in &events {
        // Before the event, in the midst of it, and when all but its empty line is there.
        for cut in [after, after + event.len() / 2, after + event.len() - 1] {
            let (runs, money) = (bridge.api.calls().runs(), bridge.api.money());
            bridge.api.next_run(rich(12));
            bridge.api.script().then(Trouble::Cut { after: cut });
            let outcome = bridge.stream("full").await;
            let cost = bridge.api.money() - money;
            assert_eq!(bridge.api.calls().runs(), runs + 1, "asked once");
            assert!(cost > 0.0);
            let said_all = cut + 1 == events.iter().map(String::len).sum::<usize>();
            assert!(
                outcome == Outcome::refused(502, "upstream_lost")
                    || said_all && matches!(outcome, Outcome::Answered(..)),
                "cut after {cut}: {outcome:?}"
            );
        }
        after += event.len();
    }
    // Behind the last event nothing is missing.
    bridge.api.next_run(rich(12));
    bridge.api.script().then(Trouble::Cut { after });
    assert!(matches!(bridge.stream("full").await, Outcome::Answered(..)));
}

#[tokio::test]
async fn a_reply_that_is_cut_is_lost_and_not_asked_again() {
    let bridge = Bridge::new().await;
    for after in [0, 1, 100, 1000] {
        bridge.api.script().then(Trouble::Cut { after });
        assert_eq!(bridge.plain().await, Outcome::refused(502, "upstream_lost"));
    }
    assert_eq!(bridge.api.calls().plain, 4);
}

#[tokio::test]
async fn a_rate_limit_is_passed_on_with_its_wait() {
    let bridge = Bridge::new().await;
    let limited = |wait: &str| {
        Outcome::Failed(
            429,
            "request_rate_limit_exceeded".to_owned(),
            Some(wait.to_owned()),
        )
    };
    for (headers, wait) in [
        (&[][..], "1"),
        (&[("retry-after", "7")], "7"),
        (&[("retry-after", "0.2")], "1"),
        (&[("x-ratelimit-reset", "0")], "1"),
        (&[("retry-after", "soon")], "1"),
    ] {
        let outcomes = bridge
            .every_way(|| Refusal::rate_limited().with_headers(headers))
            .await;
        assert_eq!(outcomes, vec![limited(wait); 3], "{headers:?}");
    }
    assert_eq!(bridge.api.calls().runs(), 0);
}

#[tokio::test]
async fn what_the_api_refuses_becomes_an_error_of_the_protocol() {
    let bridge = Bridge::new().await;
    for (refusal, status, kind) in [
        (Refusal::invalid_key(), 401, "invalid_api_key"),
        (Refusal::forbidden(), 401, "invalid_api_key"),
        (Refusal::out_of_credit(), 401, "insufficient_quota"),
        (Refusal::invalid("invalid request"), 400, "invalid_request"),
        (Refusal::unknown_field("x"), 502, "bridge_error"),
        (Refusal::not_found(), 404, "not_found"),
        (Refusal::too_large(), 413, "payload_too_large"),
        (Refusal::internal_error(), 502, "upstream_failed"),
        (Refusal::bad_gateway(), 502, "upstream_failed"),
        (Refusal::new(503, "overloaded", ""), 502, "upstream_failed"),
        (Refusal::gateway_timeout(), 502, "upstream_failed"),
    ] {
        let outcomes = bridge.every_way(|| refusal.clone().into()).await;
        assert_eq!(
            outcomes,
            vec![Outcome::refused(status, kind); 3],
            "{refusal:?}"
        );
    }
    assert_eq!(bridge.api.money(), 0.0);
}

#[tokio::test]
async fn a_page_in_html_is_no_answer() {
    let bridge = Bridge::new().await;
    for status in [500, 502, 503] {
        for outcome in bridge.every_way(|| Trouble::html(status)).await {
            assert_eq!(outcome, Outcome::refused(502, "upstream_failed"));
        }
    }
    for outcome in bridge.every_way(|| Trouble::html(200)).await {
        assert_eq!(outcome, Outcome::refused(502, "upstream_unreadable"));
    }
}

#[tokio::test]
async fn silence_ends_when_the_longest_answer_would() {
    let settings = ServerSettings {
        answer_time: Duration::from_millis(300),
        ..ServerSettings::default()
    };
    let bridge = Bridge::serving(settings, |_| {}).await;
    let mut asked = 0;
    for trouble in [
        Trouble::Silence,
        Trouble::Stall { after: 0 },
        Trouble::Stall { after: 2000 },
    ] {
        bridge.api.script().always(trouble.clone());
        for way in ["plain", "full", "concise"] {
            let reached = bridge.api.calls().runs();
            // On a busy machine the time may be over before the question arrives.
            while bridge.api.calls().runs() == reached {
                let outcome = bridge.asked_as(way).await;
                asked += 1;
                assert!(
                    matches!(&outcome, Outcome::Failed(504, _, _)),
                    "{trouble:?}: {outcome:?}"
                );
            }
        }
    }
    assert!(
        bridge.api.calls().runs() <= asked,
        "no question costs twice"
    );
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_given_up() {
    let idle = |settings: &mut AgentSettings| settings.idle = Duration::from_millis(100);
    let bridge = Bridge::serving(ServerSettings::default(), idle).await;
    for after in [0, 2000, 5000] {
        bridge.api.script().then(Trouble::Stall { after });
        let outcome = bridge.stream("full").await;
        assert_eq!(outcome, Outcome::refused(504, "upstream_timeout"));
    }
}

#[tokio::test]
async fn every_end_of_a_run_is_told_truly() {
    let bridge = Bridge::new().await;
    let incomplete = |reason: &str| End::Incomplete(reason.to_owned());
    let failed = |kind: &str| End::Failed("It broke.".to_owned(), kind.to_owned());
    for (end, expected) in [
        (End::Completed, answered("Half", &[])),
        (
            incomplete("max_output_tokens"),
            Outcome::Answered("Half".to_owned(), Vec::new(), "length".to_owned()),
        ),
        (
            incomplete("cancelled"),
            Outcome::refused(502, "upstream_cancelled"),
        ),
        (
            incomplete("content_filter"),
            Outcome::refused(502, "upstream_failed"),
        ),
        (
            failed("internal_error"),
            Outcome::refused(502, "upstream_failed"),
        ),
        (
            failed("insufficient_quota"),
            Outcome::refused(401, "insufficient_quota"),
        ),
        (End::Cancelled, Outcome::refused(502, "upstream_cancelled")),
        (
            End::Error("It broke.".to_owned()),
            Outcome::refused(502, "upstream_failed"),
        ),
    ] {
        let run = Run::new().text("Half").ends(end.clone());
        for way in ["plain", "full", "concise"] {
            bridge.api.next_run(run.clone());
            let outcome = bridge.asked_as(way).await;
            assert_eq!(outcome, expected, "{end:?}, {way}");
        }
    }
    // What ends without a word, or in a way that nobody knows, is no answer.
    for end in [End::Nothing, End::Other("requires_action".to_owned())] {
        let run = Run::new().text("Half").ends(end.clone());
        bridge.api.next_run(run.clone()).next_run(run);
        for outcome in [bridge.plain().await, bridge.stream("full").await] {
            assert!(outcome.is_failure_of_the_upstream(), "{end:?}: {outcome:?}");
        }
    }
}

#[tokio::test]
async fn sources_that_come_late_are_put_behind_the_others() {
    let bridge = Bridge::new().await;
    let one = search_results(&["a"], &[result(1, "One", "https://one.example/")]);
    let late = search_results(&["b"], &[result(2, "Late", "https://late.example/")]);
    let told = [Step::Found as fn(Value) -> Step, Step::Item, Step::Untold];
    for told in told {
        let run = Run::new()
            .found(one.clone())
            .text("First [1].")
            .then(told(late.clone()));
        bridge.api.next_run(run);
        let outcome = bridge.stream("full").await;
        assert_eq!(
            outcome,
            answered(
                "First [1].",
                &["https://one.example/", "https://late.example/"]
            )
        );
    }
}

/// Replies with values of other types than the API documents.
fn wrong_types() -> Vec<Value> {
    let good = json!({
        "id": "resp_00000000-0000-4000-8000-000000000000",
        "object": "response",
        "status": "completed",
        "model": "openai/gpt-6-luna",
        "output": [
            search_results(&["q"], &[result(1, "One", "https://one.example/")]),
            {"type": "message", "content": [{"type": "output_text", "text": "Yes [1]."}]},
        ],
        "usage": {"input_tokens": 1, "output_tokens": 2, "cost": {"total_cost": 0.1}},
        "error": null,
    });
    let others = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!("many"),
        json!([]),
        json!([[null, 7, {"type": 7}]]),
        json!({}),
        json!({"a": {"b": []}}),
    ];
    let places = [
        "",
        "/id",
        "/status",
        "/model",
        "/output",
        "/output/0",
        "/output/0/queries",
        "/output/0/results",
        "/output/0/results/0",
        "/output/0/results/0/id",
        "/output/0/results/0/url",
        "/output/0/results/0/title",
        "/output/1/content",
        "/output/1/content/0/text",
        "/usage",
        "/usage/input_tokens",
        "/usage/cost",
        "/usage/cost/total_cost",
        "/error",
    ];
    let spoilt = places.iter().flat_map(|place| {
        let good = &good;
        others.iter().map(move |other| {
            let mut reply = good.clone();
            *reply.pointer_mut(place).unwrap() = other.clone();
            reply
        })
    });
    spoilt.collect()
}

#[tokio::test]
async fn wrong_types_end_in_an_answer_or_in_a_failure_of_the_upstream() {
    let bridge = Bridge::new().await;
    for reply in wrong_types() {
        bridge.api.script().then(Trouble::Body(reply.to_string()));
        let plain = bridge.plain().await;
        let event = json!({"type": "response.completed", "sequence_number": 0, "response": reply});
        let stream = format!("data: {event}\n\n");
        bridge.api.script().then(Trouble::Body(stream));
        let streamed = bridge.stream("full").await;
        for outcome in [plain, streamed] {
            assert!(
                matches!(outcome, Outcome::Answered(..)) || outcome.is_failure_of_the_upstream(),
                "{reply}: {outcome:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_too_long_to_be_an_answer_is_none() {
    let bridge = Bridge::new().await;
    let unreadable = Outcome::refused(502, "upstream_unreadable");
    let long = "x".repeat(17 * 1024 * 1024);
    bridge.api.script().then(Trouble::Body(long.clone()));
    assert_eq!(bridge.plain().await, unreadable);
    for begin in ["data: ", ""] {
        let body = format!("{begin}{long}\n\n");
        bridge.api.script().then(Trouble::Body(body));
        assert_eq!(bridge.stream("concise").await, unreadable);
    }
}

#[tokio::test]
async fn a_text_without_end_is_given_up() {
    let bridge = Bridge::new().await;
    let long = "x".repeat(9 * 1024 * 1024);
    bridge
        .api
        .next_run(Run::new().text_in_pieces(&long, 1024 * 1024));
    let outcome = bridge.stream("concise").await;
    assert_eq!(outcome, Outcome::refused(502, "upstream_unreadable"));
}

#[tokio::test]
async fn the_key_goes_to_no_other_address() {
    let bridge = Bridge::new().await;
    let elsewhere = Bridge::new().await;
    for status in [301, 302, 307, 308] {
        let location = format!("{}/v1/responses", elsewhere.api.url());
        let moved = || Trouble::Instead {
            status,
            headers: vec![("location".to_owned(), location.clone())],
            body: String::new(),
        };
        let outcomes = bridge.every_way(moved).await;
        assert_eq!(
            outcomes,
            vec![Outcome::refused(502, "upstream_unreadable"); 3]
        );
    }
    assert!(elsewhere.api.requests().is_empty());
}

#[tokio::test]
async fn no_error_tells_the_key() {
    let bridge = Bridge::new().await;
    let told = "the key test-key is not the one";
    let failed = End::Failed(told.to_owned(), "internal_error".to_owned());
    let runs = [failed, End::Error(told.to_owned())];
    let mut said = Vec::new();
    for stream in [false, true] {
        let asking = asking(json!({"stream": stream}));
        bridge.api.script().then(Refusal::invalid(told).into());
        said.push(post(&bridge.server, &asking).await.text().await.unwrap());
        for end in &runs {
            bridge
                .api
                .next_run(Run::new().text("Half").ends(end.clone()));
            said.push(post(&bridge.server, &asking).await.text().await.unwrap());
        }
    }
    for end in runs {
        bridge.api.next_run(Run::new().ends(end));
        said.push(bridge.job().await["error_message"].to_string());
    }
    for said in said {
        assert!(said.contains("is not the one"), "{said}");
        assert!(!said.contains("test-key"), "{said}");
    }
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_run_s_stream() {
    let bridge = Bridge::new().await;
    bridge.api.script().always(Trouble::Stall { after: 2500 });
    let stream = post(&bridge.server, &asking(json!({"stream": true}))).await;
    assert_eq!(bridge.api.open_replies(), 1);
    drop(stream);
    let gone = async {
        while bridge.api.open_replies() > 0 {
            tokio::task::yield_now().await;
        }
    };
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, gone).await.unwrap();
}

#[tokio::test]
async fn looking_at_a_job_outlives_troubles_and_begins_nothing_again() {
    let bridge = Bridge::new().await;
    let looks = |running| Progress::Looks { queued: 1, running };
    bridge.api.set_background(looks(2));
    bridge
        .api
        .script()
        .then_well()
        .then(Refusal::rate_limited().into())
        .then(Refusal::bad_gateway().into())
        .then(Trouble::html(503))
        .then(Trouble::Cut { after: 50 })
        .then(Trouble::Body("{\"status\":".to_owned()));
    let job = bridge.job().await;
    assert_eq!(job["status"], "COMPLETED", "{job}");
    assert_eq!(bridge.api.calls().background, 1);
}

#[tokio::test]
async fn jobs_that_fail_at_the_api_fail_here_with_its_reason() {
    let bridge = Bridge::new().await;
    for end in [
        End::Failed("It broke.".to_owned(), "internal_error".to_owned()),
        End::Cancelled,
        End::Other("requires_action".to_owned()),
    ] {
        bridge
            .api
            .next_run(Run::new().text("Half").ends(end.clone()));
        let job = bridge.job().await;
        assert_eq!(job["status"], "FAILED", "{end:?}");
        assert!(!job["error_message"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_submission_that_the_api_refuses_is_refused_and_makes_no_job() {
    let bridge = Bridge::new().await;
    let client = JobClient::of(&bridge.server);
    for (refusal, status) in [
        (Refusal::out_of_credit(), 401),
        (Refusal::rate_limited(), 429),
    ] {
        bridge.api.script().then(refusal.into());
        let (got, _) = client
            .try_to_submit(&json!({"request": asking(json!({}))}))
            .await;
        assert_eq!(got, status);
    }
    assert!(client.list().await.is_empty());
    assert_eq!(bridge.api.calls().runs(), 0);
}

#[tokio::test]
async fn a_submission_without_a_reply_is_never_made_twice() {
    let bridge = Bridge::new().await;
    let client = JobClient::of(&bridge.server);
    let key = "0b7c0e5c-7a9a-4a6e-9a53-0d0f6f5fbe01";
    for _ in 0..3 {
        bridge.api.script().then(Trouble::Cut { after: 10 });
        let body = json!({"request": asking(json!({})), "idempotency_key": key});
        client.try_to_submit(&body).await;
    }
    assert_eq!(bridge.api.calls().background, 1);
}

#[tokio::test]
async fn a_job_that_the_api_forgot_has_failed() {
    let bridge = Bridge::new().await;
    bridge.api.set_background(Progress::Looks {
        queued: u32::MAX,
        running: 0,
    });
    let client = JobClient::of(&bridge.server);
    let created = client.submit_with(asking(json!({})), None).await;
    bridge.api.forget_runs();
    let job = client.ended(&id(&created)).await;
    assert_eq!(
        (&job["status"], &job["error_message"]),
        (&json!("FAILED"), &json!("upstream lost the job"))
    );
}

/// Pieces of what an API like this could send, good and bad, put together in any order.
fn pieces() -> impl Strategy<Value = String> {
    let events = [
        json!({"type": "response.created", "response": null}),
        json!({"type": "response.created", "response": {"id": "resp_1", "model": "a/b"}}),
        json!({"type": "response.reasoning.search_queries", "queries": ["q"]}),
        json!({"type": "response.reasoning.search_results", "results": [result(3, "T", "https://t.example/")]}),
        json!({"type": "response.reasoning.search_results", "results": [{"id": "x"}, null]}),
        json!({"type": "response.reasoning.fetch_url_results", "contents": [{"url": "https://u.example/"}]}),
        json!({"type": "response.output_text.delta", "delta": "Text [we"}),
        json!({"type": "response.output_text.delta", "delta": "b:3] [T](https://t"}),
        json!({"type": "response.output_text.delta", "delta": ".example/)"}),
        json!({"type": "response.output_text.delta", "delta": null}),
        json!({"type": "response.output_item.done", "item": search_results(&[], &[result(4, "L", "https://l.example/")])}),
        json!({"type": "response.completed", "response": {"status": "completed", "output": null, "usage": null}}),
        json!({"type": "response.completed", "response": null}),
        json!({"type": "response.incomplete", "response": {"incomplete_details": {"reason": "max_output_tokens"}}}),
        json!({"type": "response.failed", "error": {"message": "", "code": 7}}),
        json!({"type": "error"}),
        json!({}),
    ];
    let events: Vec<String> = events
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .chain(
            [
                "data: [DONE]\n\n",
                "data: {\n\n",
                ": alive\n\n",
                "\u{feff}",
                "event: x\r\n",
                "data: \"\r\r",
            ]
            .map(str::to_owned),
        )
        .collect();
    let some = prop::collection::vec(prop::sample::select(events), 0..12);
    some.prop_map(|some| some.concat())
}

#[test]
fn whatever_comes_an_answer_ends_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bridge = runtime.block_on(Bridge::new());
    let settings = ProptestConfig::with_cases(200);
    proptest!(settings, |(stream in pieces())| {
        runtime.block_on(async {
            for mode in ["full", "concise"] {
                bridge.api.script().then(Trouble::Body(stream.clone()));
                let outcome = bridge.stream(mode).await;
                let fine = matches!(outcome, Outcome::Answered(..))
                    || matches!(outcome, Outcome::Failed(500..=599, _, _));
                assert!(fine, "{stream}: {outcome:?}");
            }
        });
    });
}
