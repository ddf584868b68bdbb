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
    let mut last = rest.edits(&interaction, &json!({"content": "0"})).await;
    assert_eq!(
        (
            last.header("x-ratelimit-limit"),
            last.header("x-ratelimit-remaining")
        ),
        ("5", "4")
    );
    for n in 1..6 {
        last = rest
            .edits(&interaction, &json!({"content": n.to_string()}))
            .await;
    }
    // On a machine so slow that two seconds pass on the way the window would open again; the clock stands still enough.
    assert_eq!(
        (last.status, last.header("x-ratelimit-scope")),
        (429, "user")
    );
    assert_eq!(last.body["global"], false);
    assert!(last.body["retry_after"].as_f64().unwrap() <= 2.0);
    emulator.advance(Duration::from_secs(2));
    assert_eq!(
        rest.edits(&interaction, &json!({"content": "6"}))
            .await
            .status,
        200
    );
    let report = emulator.report();
    assert_eq!((report.rate_limited, report.invalid_requests), (1, 1));
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
