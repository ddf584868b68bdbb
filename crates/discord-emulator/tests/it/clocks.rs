//! Three seconds for the first response, fifteen minutes for the token, five minutes for a nonce.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction};
use serde_json::json;

use crate::bot::{emulator, ready_bot};

const THREE_SECONDS: Duration = Duration::from_secs(3);
const FIFTEEN_MINUTES: Duration = Duration::from_secs(15 * 60);

#[tokio::test]
async fn after_three_seconds_it_is_too_late_to_respond() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    you.uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(
        rest.edits(&interaction, &json!({"content": "early"}))
            .await
            .code(),
        (404, 10015)
    );
    emulator.advance(THREE_SECONDS);
    assert_eq!(
        rest.responds(&interaction, &json!({"type": 5}))
            .await
            .code(),
        (404, 10062)
    );
    assert_eq!(
        rest.edits(&interaction, &json!({"content": "late"}))
            .await
            .code(),
        (404, 10015)
    );
    assert_eq!(
        general.shows(),
        "you used /ask question: ?\n(the application did not respond)"
    );
    let report = emulator.report();
    assert_eq!((report.unanswered.len(), report.rejected.len()), (1, 3));
    emulator.close().await;
}

#[tokio::test]
async fn after_fifteen_minutes_the_token_is_void() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    let asked = you
        .uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    emulator.advance(FIFTEEN_MINUTES - THREE_SECONDS);
    assert_eq!(
        rest.get(&rest.webhook(&interaction, "/messages/@original"))
            .await
            .status,
        200
    );
    emulator.advance(THREE_SECONDS);
    assert_eq!(
        rest.edits(&interaction, &json!({"content": "late"}))
            .await
            .code(),
        (401, 50027)
    );
    assert_eq!(
        rest.call(
            "POST",
            &rest.webhook(&interaction, ""),
            &json!({"content": "late"})
        )
        .await
        .code(),
        (401, 50027)
    );
    assert_eq!(emulator.report().left_thinking.len(), 1);
    assert!(
        general
            .shows()
            .ends_with("Footnote [APP]: (the application did not respond)")
    );
    assert!(
        asked
            .until(Duration::ZERO, |reply| reply["content"] == "late")
            .await
            .is_err()
    );
    emulator.close().await;
}

#[tokio::test]
async fn an_enforced_nonce_gives_the_same_message_for_five_minutes() {
    let emulator = emulator().await;
    let (rest, _gateway) = ready_bot(&emulator).await;
    let general = emulator.channel("general");
    let path = format!("/channels/{}/messages", general.id());
    let body = json!({"content": "once", "nonce": "part-1", "enforce_nonce": true});
    let first = rest.call("POST", &path, &body).await;
    assert_eq!(rest.call("POST", &path, &body).await.id(), first.id());
    emulator.advance(Duration::from_secs(301));
    assert_ne!(rest.call("POST", &path, &body).await.id(), first.id());
    assert_eq!(emulator.person("you").sees(&general).len(), 2);
    emulator.close().await;
}

#[tokio::test]
async fn an_ordered_delay_ends_with_the_clock() {
    let emulator = emulator().await;
    let (rest, _gateway) = ready_bot(&emulator).await;
    emulator
        .fault(Fault::new(
            "GET",
            "/gateway",
            1,
            FaultAction::Delay(FIFTEEN_MINUTES),
        ))
        .unwrap();
    let waiting = rest.get("/gateway");
    tokio::pin!(waiting);
    let hours = Duration::from_secs(3600);
    let moved = async {
        // The delay is counted from the moment the request comes in, so the clock is moved until it has.
        loop {
            emulator.advance(hours);
            tokio::task::yield_now().await;
        }
    };
    let answered = tokio::select! {
        answered = &mut waiting => answered,
        () = moved => unreachable!("the loop has no end"),
    };
    assert_eq!(answered.status, 200);
    emulator.close().await;
}
