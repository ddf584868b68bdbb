//! What fails a test at its end, and what a test can say against it.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use discord_emulator::{Emulator, Harness, Record, Settings};
use serde_json::{Value, json};

use crate::bot::{Rest, ready_bot};

async fn harness() -> Harness {
    let settings = Settings {
        record: true,
        ..Settings::default()
    };
    Harness::start(settings).await.unwrap()
}

/// The verdict, after which the harness has nothing more to say.
fn verdict(harness: Harness) -> String {
    let verdict = harness.verdict().err().unwrap_or_default();
    drop(harness.overlooks_the_bot());
    verdict
}

async fn posts(emulator: &Emulator, text: &str) -> u16 {
    let path = format!("/channels/{}/messages", emulator.channel("general").id());
    let rest = Rest::new(emulator);
    rest.call("POST", &path, &json!({"content": text}))
        .await
        .status
}

#[tokio::test]
async fn a_bot_that_does_all_right_passes() {
    let discord = harness().await;
    assert_eq!(posts(&discord, "Good morning").await, 200);
    assert_eq!(discord.verdict(), Ok(()));
}

#[tokio::test]
#[should_panic(expected = "messages that would have pinged somebody")]
async fn a_ping_fails_the_test_at_its_end() {
    let discord = harness().await;
    let alice = discord.person("alice").id();
    posts(&discord, &format!("<@{alice}>")).await;
}

#[tokio::test]
async fn an_expected_ping_passes_and_a_missing_one_fails() {
    let discord = harness().await;
    discord.expects_pings();
    assert_eq!(
        discord.verdict().unwrap_err(),
        "expected, and did not happen: messages that would have pinged somebody"
    );
    let alice = discord.person("alice").id();
    posts(&discord, &format!("<@{alice}>")).await;
    assert_eq!(discord.verdict(), Ok(()));
}

#[tokio::test]
async fn an_unknown_route_fails_the_test() {
    let discord = harness().await;
    Rest::new(&discord).get("/no-such-thing").await;
    let verdict = verdict(discord);
    assert!(verdict.contains("GET /api/v10/no-such-thing"), "{verdict}");
}

#[tokio::test]
async fn an_interaction_left_alone_fails_the_test() {
    let discord = harness().await;
    let (_rest, _gateway) = ready_bot(&discord).await;
    let asked = discord
        .person("alice")
        .uses(
            &discord.channel("general"),
            "ask",
            &[("question", "Anybody?")],
        )
        .await
        .unwrap();
    assert_eq!(
        verdict(discord),
        format!(
            "interactions left without a response:\n  - /ask by alice, interaction {}",
            asked.id()
        )
    );
}

#[tokio::test]
async fn a_reply_left_thinking_fails_the_test_unless_it_is_expected() {
    let discord = harness().await;
    let (rest, mut gateway) = ready_bot(&discord).await;
    let general = discord.channel("general");
    let alice = discord.person("alice");
    alice
        .uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    rest.defers(&gateway.event("INTERACTION_CREATE").await)
        .await;
    let said = discord.verdict().unwrap_err();
    assert!(said.starts_with("replies left \"thinking\":"), "{said}");
    discord.leaves_thinking();
    assert_eq!(discord.verdict(), Ok(()));
}

#[tokio::test]
async fn a_refused_request_fails_the_test_with_the_answer() {
    let discord = harness().await;
    assert_eq!(posts(&discord, &"x".repeat(2_001)).await, 400);
    let said = verdict(discord);
    assert!(said.contains("Must be 2000 or fewer in length."), "{said}");
}

#[tokio::test]
#[should_panic(expected = "POST of 2000 answered 200, told 2000")]
async fn a_judge_sees_whole_exchanges_and_events() {
    fn length(body: &Value) -> usize {
        body["content"].as_str().map_or(0, str::len)
    }
    fn judge(record: &Record) -> Vec<String> {
        let (one, told) = (
            record.exchanges.last().unwrap(),
            record.events.last().unwrap(),
        );
        let sent = one.body.as_ref().map_or(0, length);
        vec![format!(
            "{} of {sent} answered {}, told {}",
            one.method,
            one.status,
            length(&told.data)
        )]
    }
    let discord = harness().await.judged_by(judge);
    posts(&discord, &"x".repeat(2_000)).await;
}
