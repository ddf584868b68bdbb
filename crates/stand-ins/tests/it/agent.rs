//! The stand-in of the Agent API, asked over HTTP.

use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};
use stand_ins::agent::{AgentApi, AgentSettings, Calls, End, Progress, Refusal, Run, Step};
use stand_ins::agent::{fetched, result, search_results};

/// A stand-in, and a client with a good key.
struct World {
    api: AgentApi,
    client: Client,
}

impl World {
    async fn new(settings: AgentSettings) -> Self {
        Self {
            api: AgentApi::start(settings).await.unwrap(),
            client: Client::builder().build().unwrap(),
        }
    }

    async fn usual() -> Self {
        Self::new(AgentSettings::default()).await
    }

    async fn post(&self, path: &str, body: &Value) -> Response {
        let url = format!("{}{path}", self.api.url());
        let request = self.client.post(url).bearer_auth("test-key").json(body);
        request.send().await.unwrap()
    }

    async fn ask(&self, body: &Value) -> Value {
        read(self.post("/v1/responses", body).await, 200).await
    }

    async fn get(&self, path: &str, status: u16) -> Value {
        let url = format!("{}{path}", self.api.url());
        let request = self.client.get(url).bearer_auth("test-key");
        read(request.send().await.unwrap(), status).await
    }

    async fn look(&self, id: &str) -> Value {
        self.get(&format!("/v1/responses/{id}"), 200).await
    }

    async fn refusal(&self, body: &Value) -> Value {
        let refused = self.post("/v1/responses", body).await;
        read(refused, 400).await["error"].clone()
    }

    async fn events(&self, body: &Value) -> Vec<Value> {
        let streamed = self.post("/v1/responses", body).await;
        assert_eq!(streamed.headers()["content-type"], "text/event-stream");
        events(&streamed.text().await.unwrap())
    }
}

async fn read(response: Response, status: u16) -> Value {
    let got = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(got, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Every line of a stream is one event and an empty line.
fn events(text: &str) -> Vec<Value> {
    let lines = text.split_terminator("\n\n");
    let data = lines.map(|line| line.strip_prefix("data: ").unwrap());
    data.map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

fn kinds(events: &[Value]) -> Vec<&str> {
    let kinds = events.iter().map(|event| event["type"].as_str().unwrap());
    kinds
        .map(|kind| kind.strip_prefix("response.").unwrap_or(kind))
        .collect()
}

fn fast(question: &str) -> Value {
    json!({"preset": "fast", "input": [{"type": "message", "role": "user", "content": question}]})
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

fn text_of(reply: &Value) -> String {
    let items = reply["output"].as_array().unwrap().iter();
    let messages = items.filter(|item| item["type"] == "message");
    messages
        .map(|item| item["content"][0]["text"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_question_is_answered_as_the_service_answers() {
    let world = World::usual().await;
    let response = world.post("/v1/responses", &fast("What is new?")).await;
    let headers = response.headers().clone();
    let reply = read(response, 200).await;
    assert_eq!(
        format!("resp_{}", headers["x-request-id"].to_str().unwrap()),
        reply["id"]
    );
    assert_eq!(headers["server"], "cloudflare");
    assert!(headers.contains_key("content-length"));
    assert_eq!(headers["x-ratelimit-remaining"], "49");
    assert_eq!(headers.get_all("set-cookie").iter().count(), 2);
    for (field, value) in [
        ("object", json!("response")),
        ("status", json!("completed")),
        ("model", json!("openai/gpt-6-luna")),
        ("service_tier", json!("fast")),
        ("error", Value::Null),
        ("text", json!({"format": {"type": "text"}})),
    ] {
        assert_eq!(reply[field], value, "{field}");
    }
    assert_eq!(reply["created_at"], reply["completed_at"]);
    let search = &reply["output"][0];
    assert_eq!(search["queries"], json!(["What is new?"]));
    assert_eq!(search["results"].as_array().unwrap().len(), 10);
    assert!(text_of(&reply).contains("[1]"), "{}", text_of(&reply));
    let total = reply["usage"]["cost"]["total_cost"].as_f64().unwrap();
    assert!(total > 0.0);
    assert_eq!(world.api.money(), total);
}

#[tokio::test]
async fn markers_follow_the_level_and_the_prompt() {
    let world = World::usual().await;
    let marked = async |body: Value| text_of(&world.ask(&body).await);
    let medium = with(fast("Why?"), "preset", json!("medium"));
    assert!(marked(medium).await.contains("[web:16]"));
    let instructed = with(fast("Why?"), "instructions", json!("Be brief."));
    let text = marked(instructed).await;
    assert!(
        text.contains("](https://") && !text.contains("[1]"),
        "{text}"
    );
    let searching =
        json!({"model": "perplexity/sonar", "tools": [{"type": "web_search"}], "input": "Why?"});
    assert!(!marked(searching.clone()).await.contains('['));
    let told_how = with(searching.clone(), "input", json!("Why? Cite like [1]."));
    assert!(marked(told_how).await.contains(".[1]"));
    assert_eq!(
        world.ask(&searching).await["output"][0]["type"],
        "search_results"
    );
    let alone = json!({"model": "perplexity/sonar", "input": "Why?"});
    let reply = world.ask(&alone).await;
    assert_eq!(reply["output"].as_array().unwrap().len(), 1);
    assert_eq!(reply["tools"], json!([]));
}

#[tokio::test]
async fn several_searches_end_out_of_order_with_gaps_between_their_ids() {
    let world = World::usual().await;
    let medium = with(fast("Why?"), "preset", json!("medium"));
    let reply = world.ask(&medium).await;
    let kinds: Vec<&str> = reply["output"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "search_results",
            "search_results",
            "search_results",
            "fetch_url_results",
            "message"
        ]
    );
    let first_ids: Vec<&Value> = (0..3)
        .map(|at| &reply["output"][at]["results"][0]["id"])
        .collect();
    assert_eq!(first_ids, [16, 31, 1]);
    assert_eq!(reply["output"][3]["contents"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_stream_tells_the_same_answer_in_the_service_s_order() {
    let world = World::usual().await;
    let body = with(fast("Who wrote it?"), "stream", json!(true));
    let events = world.events(&body).await;
    let mut order = kinds(&events);
    order.dedup();
    assert_eq!(
        order,
        [
            "created",
            "in_progress",
            "weather.changed",
            "reasoning.started",
            "reasoning.search_queries",
            "reasoning.search_results",
            "reasoning.stopped",
            "output_item.added",
            "output_text.delta",
            "output_text.done",
            "output_item.done",
            "completed",
        ]
    );
    let numbers: Vec<u64> = events
        .iter()
        .map(|event| event["sequence_number"].as_u64().unwrap())
        .collect();
    assert!(numbers.is_sorted_by(|one, next| one < next));
    let deltas: String = events
        .iter()
        .filter_map(|event| event["delta"].as_str())
        .collect();
    let whole = &events[events.len() - 1]["response"];
    assert_eq!(deltas, text_of(whole));
    assert!(whole["usage"]["cost"]["total_cost"].as_f64().unwrap() > 0.0);
}

#[tokio::test]
async fn a_background_run_is_queued_then_in_progress_then_done() {
    let world = World::usual().await;
    let submitted = world
        .ask(&with(fast("Why?"), "background", json!(true)))
        .await;
    assert_eq!(
        (
            &submitted["status"],
            &submitted["output"],
            &submitted["usage"],
            &submitted["model"]
        ),
        (&json!("queued"), &json!([]), &Value::Null, &json!("fast"))
    );
    let id = submitted["id"].as_str().unwrap();
    assert_eq!(world.look(id).await["status"], "queued");
    let running = world.look(id).await;
    assert_eq!(running["status"], "in_progress");
    assert_eq!(running["output"][0]["type"], "search_results");
    assert_eq!(running["usage"], Value::Null);
    let done = world.look(id).await;
    assert_eq!(done["status"], "completed");
    assert!(!text_of(&done).is_empty());
    assert_eq!(world.look(id).await, done);
    assert_eq!(world.get(&format!("/v1/agent/{id}"), 200).await, done);
    assert_eq!(
        world.api.calls(),
        Calls {
            background: 1,
            looks: 5,
            ..Calls::default()
        }
    );
    world.api.forget_runs();
    let lost = world.get(&format!("/v1/responses/{id}"), 404).await;
    assert_eq!(lost["error"]["message"], "resource not found");
}

#[tokio::test]
async fn a_background_run_can_get_on_by_time() {
    let world = World::usual().await;
    let never = Duration::from_secs(1000);
    world.api.set_background(Progress::Time {
        queued: Duration::ZERO,
        running: never,
    });
    let id = world
        .ask(&with(fast("Why?"), "background", json!(true)))
        .await["id"]
        .clone();
    let id = id.as_str().unwrap();
    for _ in 0..3 {
        assert_eq!(world.look(id).await["status"], "in_progress");
    }
    world.api.set_background(Progress::Time {
        queued: Duration::ZERO,
        running: Duration::ZERO,
    });
    assert_eq!(world.look(id).await["status"], "completed");
}

#[tokio::test]
async fn a_run_is_cancelled_once_and_only_while_it_runs() {
    let world = World::usual().await;
    let id = world
        .ask(&with(fast("Why?"), "background", json!(true)))
        .await["id"]
        .clone();
    let path = format!("/v1/responses/{}/cancel", id.as_str().unwrap());
    let said = read(world.post(&path, &json!({})).await, 200).await;
    assert_eq!(said, json!({"response_id": id, "status": "cancelling"}));
    let cancelled = world.look(id.as_str().unwrap()).await;
    assert_eq!(
        (
            &cancelled["status"],
            &cancelled["usage"],
            &cancelled["error"]["code"]
        ),
        (&json!("cancelled"), &Value::Null, &json!("cancelled"))
    );
    assert_eq!(cancelled["output"][0]["type"], "search_results");
    let unknown = "/v1/responses/resp_00000000-0000-4000-8000-000000000000/cancel";
    for path in [path.as_str(), unknown] {
        let refused = read(world.post(path, &json!({})).await, 400).await;
        assert_eq!(
            refused["error"]["message"],
            "the run is already terminal and cannot be cancelled"
        );
    }
}

#[tokio::test]
async fn runs_are_found_by_good_ids_and_only_when_stored() {
    let world = World::usual().await;
    let kept = world.ask(&fast("Why?")).await;
    assert_eq!(
        text_of(&world.look(kept["id"].as_str().unwrap()).await),
        text_of(&kept)
    );
    let gone = world.ask(&with(fast("Why?"), "store", json!(false))).await;
    let missing = world
        .get(
            &format!("/v1/responses/{}", gone["id"].as_str().unwrap()),
            404,
        )
        .await;
    assert_eq!(missing["error"]["type"], "not_found");
    let malformed = world.get("/v1/responses/nothing", 400).await;
    assert_eq!(malformed["error"]["message"], "invalid response id");
}

#[tokio::test]
async fn only_good_keys_are_let_in() {
    let world = World::new(AgentSettings {
        blocked_keys: vec!["blocked".to_owned()],
        keys_without_credit: vec!["poor".to_owned()],
        ..AgentSettings::default()
    })
    .await;
    for (key, status, kind) in [
        ("wrong", 401, "invalid_api_key"),
        ("blocked", 403, "forbidden"),
        ("poor", 401, "insufficient_quota"),
    ] {
        let url = format!("{}/v1/models", world.api.url());
        let refused = world.client.get(url).bearer_auth(key).send().await.unwrap();
        assert_eq!(read(refused, status).await["error"]["type"], kind);
    }
    let models = world.get("/v1/models", 200).await;
    assert_eq!(models["data"][0]["id"], "perplexity/sonar");
    assert_eq!(
        world.api.calls(),
        Calls {
            models: 1,
            refused: 3,
            ..Calls::default()
        }
    );
}

#[tokio::test]
async fn requests_beyond_the_limit_are_refused_and_cost_nothing() {
    let world = World::new(AgentSettings {
        requests_a_second: Some(0),
        ..AgentSettings::default()
    })
    .await;
    let refused = world.post("/v1/agent", &fast("Why?")).await;
    assert_eq!(refused.headers()["x-ratelimit-remaining"], "0");
    assert_eq!(
        read(refused, 429).await["error"]["type"],
        "request_rate_limit_exceeded"
    );
    assert_eq!(world.api.money(), 0.0);
}

/// What the service refuses: what is added to a good request, and the sentence, of which `…` stands for any end.
#[tokio::test]
async fn what_the_service_refuses_is_refused_with_its_words() {
    let world = World::usual().await;
    let filters = |name: &str, value: Value| json!({"tools": [{"type": "web_search", "filters": {name: value}}]});
    let format = |schema: Value| json!({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}});
    let cases = [
        (
            json!({"search_mode": "web"}),
            "invalid request body: json: unknown field \"search_mode\"",
        ),
        (
            json!({"reasoning": {"budget": 1}}),
            "invalid request body: json: unknown field \"budget\"",
        ),
        (
            json!({"tools": [{"type": "web_search", "max_result": 1}]}),
            "invalid request body: json: unknown field \"max_result\"",
        ),
        (
            filters("search_language_filter", json!(["de"])),
            "invalid request body: json: unknown field \"search_language_filter\"",
        ),
        (
            json!({"input": [{"type": "message", "role": "user", "content": "a", "name": "b"}]}),
            "invalid request body: json: unknown field \"name\"",
        ),
        (
            json!({"input": ""}),
            "validation failed: input cannot be empty",
        ),
        (
            json!({"input": []}),
            "validation failed: input cannot be empty",
        ),
        (
            json!({"input": null}),
            "validation failed: input cannot be empty",
        ),
        (
            json!({"max_steps": 0}),
            "validation failed: max steps must be at least 1",
        ),
        (
            json!({"model": "anthropic/claude-haiku-4-5"}),
            "validation failed: max_output_tokens is required when using Anthropic models",
        ),
        (
            json!({"model": "perplexity/sonar-pro"}),
            "validation failed: model \"perplexity/sonar-pro\" is not supported",
        ),
        (
            json!({"preset": null}),
            "validation failed: one of model, models, preset or effort is required",
        ),
        (
            filters("search_recency_filter", json!("decade")),
            "validation failed: tools[0]: search recency filter must be one of: hour day week month year",
        ),
        (
            filters("search_after_date_filter", json!("2026-01-01")),
            "validation failed: tools[0]: search_after_date_filter must be MM/DD/YYYY, but got 2026-01-01",
        ),
        (
            json!({"tools": [{"type": "web_search", "max_results": 51}]}),
            "validation failed: tools[0]: max results must be between 1 and 50",
        ),
        (
            json!({"response_format": {"type": "json_schema"}}),
            "validation failed: response_format.json_schema is required when type is \"json_schema\"",
        ),
        (
            format(json!({"type": "bogus"})),
            "json_schema.schema must have a root type of 'object' (got type=\"bogus\"). Wrap your data in an object property…",
        ),
        (
            format(json!({"type": "object", "properties": {"a": {"type": "bogus"}}})),
            "invalid request",
        ),
        (
            json!({"previous_response_id": "resp_00000000-0000-4000-8000-000000000000"}),
            "invalid request",
        ),
        (
            json!({"temperature": 2.1}),
            "validation failed: temperature must be between 0 and 2",
        ),
        (
            json!({"reasoning": {"effort": "max"}}),
            "validation failed: reasoning.effort must be one of…",
        ),
        (
            json!({"max_output_tokens": "many"}),
            "invalid request body: json: cannot unmarshal string…",
        ),
        (
            json!({"input": [{"role": "user", "content": "a"}]}),
            "validation failed: input[0]: type is required",
        ),
        (
            json!({"input": [{"type": "message", "role": "tool", "content": "a"}]}),
            "validation failed: input[0]: role must be one of…",
        ),
        (
            json!({"input": [{"type": "message", "role": "user", "content": [{"type": "input_file"}]}]}),
            "validation failed: input[0].content[0]: exactly one of…",
        ),
    ];
    for (added, sentence) in cases {
        let mut body = fast("Why?");
        for (field, value) in added.as_object().unwrap() {
            body[field] = value.clone();
        }
        let message = world.refusal(&body).await["message"].clone();
        let message = message.as_str().unwrap();
        match sentence.strip_suffix('…') {
            Some(begin) => assert!(message.starts_with(begin), "{message}"),
            None => assert_eq!(message, sentence),
        }
    }
    let unknown = world.refusal(&with(fast("Why?"), "top_k", json!(1))).await;
    assert_eq!(unknown["param"], "top_k");
    assert_eq!((world.api.calls().runs(), world.api.money()), (0, 0.0));
}

#[tokio::test]
async fn a_run_can_be_written_by_the_test() {
    let world = World::usual().await;
    let late = search_results(&[], &[result(86, "Late", "https://late.example/")]);
    let run = Run::new()
        .found(search_results(&["one", "two"], &[result(11, "A", "https://a.example/")]))
        .found(fetched(&[("B", "https://b.example/")]))
        .text_in_pieces("See [web:11].", 3)
        .then(Step::Untold(late.clone()))
        .usage(json!({"input_tokens": 1, "output_tokens": 2, "total_tokens": 3, "cost": {"total_cost": 0.01599}}));
    let body = fast("Why?");
    let streamed = world.api.next_run(run.clone()).next_run(run);
    let events = world
        .events(&with(body.clone(), "stream", json!(true)))
        .await;
    let deltas: Vec<&str> = events
        .iter()
        .filter_map(|event| event["delta"].as_str())
        .collect();
    assert_eq!(deltas, ["See", " [w", "eb:", "11]", "."]);
    let plain = world.ask(&body).await;
    assert_eq!(text_of(&plain), "See [web:11].");
    assert_eq!(plain["output"][2], late);
    assert_eq!(streamed.money(), 0.03198);
}

#[tokio::test]
async fn every_end_shows_in_replies_and_streams() {
    let world = World::usual().await;
    for (end, status, last) in [
        (End::Completed, "completed", "completed"),
        (
            End::Incomplete("max_output_tokens".to_owned()),
            "incomplete",
            "incomplete",
        ),
        (
            End::Failed("It broke.".to_owned(), "internal_error".to_owned()),
            "failed",
            "failed",
        ),
        (End::Cancelled, "cancelled", "cancelled"),
        (End::Error("It broke.".to_owned()), "failed", "error"),
        (
            End::Other("requires_action".to_owned()),
            "requires_action",
            "requires_action",
        ),
        (End::Nothing, "in_progress", "output_text.delta"),
    ] {
        let run = Run::new().text("Half a").ends(end.clone());
        world.api.next_run(run.clone()).next_run(run);
        let reply = world.ask(&fast("Why?")).await;
        assert_eq!(reply["status"], status, "{end:?}");
        let error = matches!(status, "failed" | "cancelled");
        assert_eq!(reply["error"]["code"].is_string(), error, "{end:?}");
        let events = world
            .events(&with(fast("Why?"), "stream", json!(true)))
            .await;
        assert_eq!(kinds(&events).last(), Some(&last), "{end:?}");
    }
}

#[tokio::test]
async fn a_cap_cuts_the_text_and_thinking_counts_against_it() {
    let world = World::usual().await;
    let capped = with(fast("Why?"), "max_output_tokens", json!(20));
    let reply = world.ask(&capped).await;
    assert_eq!(reply["status"], "incomplete");
    assert_eq!(reply["incomplete_details"]["reason"], "max_output_tokens");
    assert!(!text_of(&reply).is_empty());
    let thinking = json!({"model": "openai/gpt-6-luna", "max_output_tokens": 1, "input": "Why?"});
    let reply = world.ask(&thinking).await;
    assert_eq!(
        (text_of(&reply).as_str(), &reply["max_output_tokens"]),
        ("", &json!(16))
    );
}

#[tokio::test]
async fn a_structured_answer_is_json_of_the_form_asked_for() {
    let world = World::usual().await;
    let schema = json!({"type": "object", "properties": {"name": {"type": "string"}, "years": {"type": "array", "items": {"type": "integer"}}}});
    let format = json!({"type": "json_schema", "json_schema": {"name": "a", "schema": schema}});
    let reply = world
        .ask(&with(fast("Why?"), "response_format", format))
        .await;
    let answer: Value = serde_json::from_str(&text_of(&reply)).unwrap();
    assert_eq!(answer, json!({"name": "stand-in", "years": [7]}));
}

#[tokio::test]
async fn a_stream_is_taken_up_behind_the_last_event_that_was_seen() {
    let world = World::usual().await;
    let body = json!({"preset": "fast", "input": "Why?", "stream": true, "background": true});
    let events = world.events(&body).await;
    let id = events[0]["response"]["id"].as_str().unwrap();
    let url = format!(
        "{}/v1/responses/{id}?stream=true&starting_after=4",
        world.api.url()
    );
    let rest = world
        .client
        .get(url)
        .bearer_auth("test-key")
        .send()
        .await
        .unwrap();
    let rest = self::events(&rest.text().await.unwrap());
    assert_eq!(kinds(&rest), kinds(&events[5..]));
    let path = format!("/v1/responses/{id}?stream=true");
    world.get(&path, 400).await;
}

#[tokio::test]
async fn requests_are_remembered_as_they_came() {
    let world = World::usual().await;
    world.ask(&fast("Why?")).await;
    world
        .api
        .script()
        .then(Refusal::rate_limited().with_headers(&[("retry-after", "2")]));
    let refused = world.post("/v1/responses", &fast("Again?")).await;
    assert_eq!(refused.headers()["retry-after"], "2");
    assert_eq!(read(refused, 429).await, Refusal::rate_limited().body());
    assert_eq!(world.api.bodies(), [fast("Why?"), fast("Again?")]);
    let [first, _] = &world.api.requests()[..] else {
        panic!("two requests came");
    };
    assert_eq!(first.header("authorization"), Some("Bearer test-key"));
    assert_eq!((world.api.calls().plain, world.api.calls().refused), (1, 1));
}

#[tokio::test]
async fn a_reader_that_goes_away_is_seen_to_go() {
    let world = World::new(AgentSettings {
        pace: Duration::from_secs(1000),
        ..AgentSettings::default()
    })
    .await;
    let left_open = world
        .post("/v1/responses", &with(fast("Why?"), "stream", json!(true)))
        .await;
    assert_eq!(world.api.open_replies(), 1);
    drop(left_open);
    while world.api.open_replies() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.api.calls().streamed, 1);
}
