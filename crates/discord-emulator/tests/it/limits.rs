//! The realistic profile, as a bot meets it.

use std::time::Duration;

use serde_json::json;

use crate::bot::{ready_bot, realistic};

#[tokio::test]
async fn edits_of_one_reply_are_limited_and_the_headers_say_so() {
    let emulator = realistic().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    emulator
        .person("you")
        .uses(&emulator.channel("general"), "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    let first = rest.edits(&interaction, &json!({"content": "0"})).await;
    assert_eq!(
        (
            first.header("x-ratelimit-limit"),
            first.header("x-ratelimit-remaining")
        ),
        ("5", "4")
    );
    // Far more than the bucket holds, however slow the machine is.
    let edit = async |n: u32| {
        rest.edits(&interaction, &json!({"content": n.to_string()}))
            .await
    };
    let edits = (0..100).map(edit);
    let answers = futures_util::future::join_all(edits).await;
    let limited: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 429)
        .collect();
    let met = limited
        .first()
        .expect("a hundred edits at once meet the limit");
    assert_eq!(
        (
            met.header("x-ratelimit-scope"),
            met.header("x-ratelimit-remaining")
        ),
        ("user", "0")
    );
    assert_eq!(met.body["global"], false);
    assert!(met.body["retry_after"].as_f64().unwrap() <= 2.0);
    emulator.advance(Duration::from_secs(2));
    assert_eq!(
        rest.edits(&interaction, &json!({"content": "last"}))
            .await
            .status,
        200
    );
    let report = emulator.report();
    assert_eq!(
        (report.rate_limited, report.invalid_requests),
        (limited.len(), limited.len())
    );
    emulator.close().await;
}

#[tokio::test]
async fn the_whole_bot_has_fifty_requests_a_second() {
    let emulator = realistic().await;
    let (rest, _gateway) = ready_bot(&emulator).await;
    let requests = (0..200).map(|_| rest.get("/users/@me"));
    let answers = futures_util::future::join_all(requests).await;
    let limited: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 429)
        .collect();
    let first = limited
        .first()
        .expect("two hundred requests at once meet the limit");
    assert_eq!(
        (
            first.header("x-ratelimit-global"),
            first.header("x-ratelimit-scope")
        ),
        ("true", "global")
    );
    assert_eq!(
        (first.header("x-ratelimit-limit"), &first.body["global"]),
        ("", &json!(true))
    );
    emulator.close().await;
}
