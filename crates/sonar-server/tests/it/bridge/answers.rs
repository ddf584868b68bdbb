//! What comes back over the bridge: ids and headers, and numbers that lead to the right sources.

use serde_json::json;
use sonar_server::engines::agent::AgentEngine;
use stand_ins::Trouble;
use stand_ins::agent::{End, Refusal, Run, fetched, result, search_results};

use super::world::{Bridge, engine, request, stream};

#[tokio::test]
async fn an_answer_bears_the_id_of_its_run_and_the_headers_of_the_service() {
    let bridge = Bridge::new().await;
    let reply = bridge.asked(json!({})).await;
    let id = reply.body["id"].as_str().unwrap();
    assert_eq!(id.len(), 36, "a plain UUID, as the protocol had: {id}");
    assert_eq!(reply.header("x-request-id"), Some(id));
    assert_eq!(reply.header("x-answer-engine"), Some("agent-api"));
    assert_eq!(reply.header("x-upstream-model"), Some("openai/gpt-6-luna"));
    assert_eq!(reply.header("x-ratelimit-limit"), Some("50"));
    assert_eq!(reply.header("x-ratelimit-remaining"), Some("49"));
    assert_eq!(reply.body["model"], "sonar", "the client's own name");
}

#[tokio::test]
async fn what_an_answer_cost_is_what_the_service_was_paid() {
    let bridge = Bridge::new().await;
    let mut told = 0.0;
    for fields in [
        json!({}),
        json!({ "model": "sonar-deep-research" }),
        json!({ "disable_search": true }),
    ] {
        let reply = bridge.asked(fields.clone()).await;
        let cost = &reply.body["usage"]["cost"];
        told += cost["total_cost"].as_f64().unwrap();
        let parts = [
            "input_tokens_cost",
            "output_tokens_cost",
            "request_cost",
            "search_queries_cost",
        ];
        let sum: f64 = parts.iter().filter_map(|part| cost[part].as_f64()).sum();
        assert!(
            (sum - cost["total_cost"].as_f64().unwrap()).abs() < 1e-9,
            "{cost}"
        );
        let last = stream(
            &bridge.server,
            &request({
                let mut streams = fields;
                streams["stream"] = json!(true);
                streams
            }),
        )
        .await;
        told += last
            .last()
            .unwrap()
            .usage
            .as_ref()
            .unwrap()
            .cost
            .as_ref()
            .unwrap()
            .total_cost;
    }
    assert!(
        (told - bridge.api.money()).abs() < 1e-9,
        "{told} of {}",
        bridge.api.money()
    );
    assert_eq!(bridge.api.calls().runs(), 6);
}

#[tokio::test]
async fn every_number_leads_to_the_source_it_was_written_for() {
    let bridge = Bridge::new().await;
    let run = || {
        Run::new()
            .found(fetched(&[("Read", "https://read.example/")]))
            .found(search_results(&["a"], &[result(11, "A", "https://a.example/"), result(12, "B", "https://b.example/")]))
            .found(search_results(&["b"], &[result(31, "B again", "https://b.example/"), result(33, "C", "https://c.example/")]))
            .text("One.[12][33] Two.[web:31][11] See [C](https://c.example/). None.[99] Read.[web:0] `v[11]`")
    };
    bridge.api.next_run(run());
    let reply = bridge.asked(json!({})).await;
    let sources = [
        "https://a.example/",
        "https://b.example/",
        "https://c.example/",
        "https://read.example/",
    ];
    assert_eq!(reply.citations(), sources);
    assert_eq!(
        reply.text(),
        "One.[2][3] Two.[2][1] See C [3]. None. Read.[4] `v[11]`"
    );
    bridge.api.next_run(run());
    let pieces = stream(&bridge.server, &request(json!({ "stream": true }))).await;
    let last = pieces.last().unwrap();
    assert_eq!(last.citations.as_ref().unwrap().len(), 4);
    for (place, url) in last.citations.as_ref().unwrap().iter().enumerate() {
        assert_eq!(&last.search_results.as_ref().unwrap()[place].url, url);
    }
}

#[tokio::test]
async fn numbers_inside_the_strings_of_a_json_answer_are_rewritten_too() {
    let bridge = Bridge::new().await;
    let found = search_results(&["a"], &[result(11, "A", "https://a.example/")]);
    bridge.api.next_run(
        Run::new()
            .found(found)
            .text_in_pieces(r#"{"why": "It is.[11][12]", "list": [11, 12]}"#, 3),
    );
    let schema = json!({ "type": "object", "properties": { "why": { "type": "string" } } });
    let format = json!({ "type": "json_schema", "json_schema": { "schema": schema } });
    let in_json = json!({ "response_format": format });
    let reply = bridge.asked(in_json.clone()).await;
    assert_eq!(reply.text(), r#"{"why": "It is.[1]", "list": [11, 12]}"#);

    let found = [
        result(11, "A", "https://a.example/"),
        result(31, "B", "https://b.example/"),
    ];
    let run = Run::new().found(search_results(&["a"], &found));
    bridge
        .api
        .next_run(run.text(r#"{"why": "It is. [11, 31] Not [11, 12]."}"#));
    let reply = bridge.asked(in_json).await;
    assert_eq!(reply.text(), r#"{"why": "It is. [1][2] Not [11, 12]."}"#);
}

#[tokio::test]
async fn clients_that_repeat_by_themselves_are_told_not_to_when_it_would_be_paid_again() {
    let bridge = Bridge::new().await;
    let failed = || Run::new().ends(End::Failed("no".to_owned(), "internal_error".to_owned()));
    bridge.api.next_run(failed());
    let told = |reply: &super::world::Reply| reply.header("x-should-retry").map(str::to_owned);
    assert_eq!(
        told(&bridge.asked(json!({})).await).as_deref(),
        Some("false"),
        "a run that failed"
    );
    for trouble in [
        Refusal::internal_error().with_headers(&[]),
        Trouble::Cut { after: 40 },
        Trouble::Body("<html>".to_owned()),
    ] {
        bridge.api.script().then(trouble.clone());
        let reply = bridge.asked(json!({})).await;
        assert_eq!(reply.status, 502, "{trouble:?}");
        assert_eq!(told(&reply).as_deref(), Some("false"), "{trouble:?}");
    }
    bridge
        .api
        .script()
        .then(Refusal::rate_limited().with_headers(&[]));
    let limited = bridge.asked(json!({})).await;
    assert_eq!(
        (limited.status, told(&limited)),
        (429, None),
        "what began nothing may be repeated"
    );
}

#[tokio::test]
async fn an_operator_who_knocks_is_told_what_to_mend_and_of_no_server() {
    let bridge = Bridge::new().await;
    let knock = async |engine: &AgentEngine| engine.knock().await.unwrap_err();
    let usual = engine(&bridge.api, |_| {});
    let mut told = Vec::new();
    for trouble in [
        Refusal::invalid_key(),
        Refusal::out_of_credit(),
        Refusal::unknown_field("input"),
    ] {
        bridge.api.script().then(trouble.into());
        told.push(knock(&usual).await);
    }
    let nowhere = engine(&bridge.api, |settings| {
        settings.base_url = "http://127.0.0.1:1".to_owned();
    });
    told.push(knock(&nowhere).await);
    insta::assert_snapshot!(told.join("\n"), @"
    it refuses the key: set PERPLEXITY_API_KEY to another one.
    the credit of the key is used up: add some.
    it does not know a field of the question: this is another version of it.
    it cannot be reached: mend agent.base_url (PERPLEXITY_BASE_URL), or the way from this machine to it.
    ");
    assert_eq!(usual.knock().await, Ok(()));
}
