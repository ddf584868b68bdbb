//! Faults a test can order for the next requests.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction};
use serde_json::json;

use crate::bot::{Rest, emulator, ready_bot};

const ORIGINAL: &str = "/messages/@original";

#[tokio::test]
async fn an_edit_can_meet_any_answer() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    emulator
        .person("you")
        .uses(&emulator.channel("general"), "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    let answers = [(500, 0), (404, 10015), (401, 50027)];
    for (status, code) in answers {
        let body = json!({"message": "ordered", "code": code});
        emulator.fault(Fault::new(
            "PATCH",
            ORIGINAL,
            1,
            FaultAction::Answer { status, body },
        ));
    }
    for answer in answers {
        assert_eq!(
            rest.edits(&interaction, &json!({"content": "x"}))
                .await
                .code(),
            answer
        );
    }
    let retry_after = Duration::from_millis(1500);
    emulator.fault(Fault::new(
        "PATCH",
        ORIGINAL,
        1,
        FaultAction::RateLimited { retry_after },
    ));
    let limited = rest.edits(&interaction, &json!({"content": "x"})).await;
    assert_eq!(
        (limited.status, limited.body["retry_after"].as_f64()),
        (429, Some(1.5))
    );
    assert_eq!(
        (
            limited.header("retry-after"),
            limited.header("x-ratelimit-scope")
        ),
        ("2", "user")
    );
    assert_eq!(
        rest.edits(&interaction, &json!({"content": "through"}))
            .await
            .body["content"],
        "through"
    );
    let report = emulator.report();
    assert_eq!(
        (
            report.rate_limited,
            report.rejected.len(),
            report.invalid_requests
        ),
        (1, 0, 2)
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_connection_can_break_before_or_after_the_work() {
    let emulator = emulator().await;
    let path = format!("/channels/{}/messages", emulator.channel("general").id());
    for (action, made) in [(FaultAction::ResetBefore, 0), (FaultAction::ResetAfter, 1)] {
        emulator.fault(Fault::new("POST", "/messages", 1, action));
        let rest = Rest::new(&emulator);
        let broken = rest
            .request("POST", &path)
            .json(&json!({"content": "x"}))
            .send()
            .await;
        assert!(broken.is_err());
        assert_eq!(
            emulator
                .person("you")
                .sees(&emulator.channel("general"))
                .len(),
            made
        );
    }
    assert_eq!(
        emulator
            .requests()
            .iter()
            .filter(|request| request.status == 0)
            .count(),
        2
    );
    emulator.close().await;
}
