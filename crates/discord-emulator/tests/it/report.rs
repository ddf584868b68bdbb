//! What `/_emu/report` tells beyond single lists: limits by their form, odd clients, sessions, and what judges find.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction, Harness, LimitFault, LimitScope, Record, Settings};
use serde_json::{Value, json};

use crate::{
    bot::{Rest, ready_bot},
    control::{Control, steered},
};

fn limited(scope: LimitScope, code: Option<u32>) -> FaultAction {
    FaultAction::Limited(LimitFault {
        scope,
        retry_after: Duration::from_secs(1),
        code,
        without_header: false,
        remaining: None,
    })
}

#[tokio::test]
async fn rate_limits_are_told_by_their_form() {
    let (emulator, control) = steered().await;
    let rest = Rest::new(&emulator);
    for action in [
        limited(LimitScope::User, None),
        limited(LimitScope::User, None),
        limited(LimitScope::Shared, None),
        limited(LimitScope::Global, None),
        limited(LimitScope::User, Some(30_046)),
        FaultAction::Blocked { as_text: false },
    ] {
        emulator
            .fault(Fault::new("GET", "/users/@me", 1, action))
            .unwrap();
        assert_eq!(rest.get("/users/@me").await.status, 429);
    }
    let report = control.get("/report").await;
    let forms = json!({"user": 2, "shared": 1, "global": 1, "coded": 1, "blocked": 1});
    assert_eq!(
        (&report["rate_limited"], &report["rate_limits"]),
        (&json!(6), &forms)
    );
    assert_eq!(report["invalid_requests"], 5);
    emulator.close().await;
}

async fn asks_as(rest: &Rest, user_agent: &str) {
    let request = rest.request("GET", "/users/@me");
    let answered = rest.send(request.header("user-agent", user_agent)).await;
    assert_eq!(answered.status, 200, "an odd name is no reason to refuse");
}

#[tokio::test]
async fn clients_with_odd_names_are_counted_and_served() {
    let (emulator, control) = steered().await;
    let rest = Rest::new(&emulator);
    let long = "x".repeat(201);
    for name in [
        "DiscordBot (https://example.org, 1.0)",
        "DiscordBot (https://example.org 2.7.1) Python/3.13 aiohttp/3.12",
        "curl/8",
        "curl/8",
        "DiscordBot",
        "",
        &long,
    ] {
        asks_as(&rest, name).await;
    }
    let odd = control.get("/report").await["odd_user_agents"].clone();
    let expected = json!({"": 1, "DiscordBot": 1, "curl/8": 2, ("x".repeat(200)): 1});
    assert_eq!(odd, expected);
    let log = control.get("/log").await;
    assert_eq!(log[2]["user_agent"], "curl/8");
    for n in 0..200 {
        asks_as(&rest, &format!("odd {n}")).await;
    }
    let names = emulator.report().odd_user_agents;
    assert_eq!((names.len(), names["curl/8"]), (100, 2));
    emulator.close().await;
}

#[tokio::test]
async fn sessions_and_ids_are_told_as_every_language_can_read_them() {
    let (emulator, control) = steered().await;
    assert_eq!(control.get("/report").await["open_sessions"], 0);
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let path = format!("/channels/{}/messages", general.id());
    let text = json!({"content": format!("<@{}>", alice.id())});
    let posted = rest.call("POST", &path, &text).await.id();
    alice
        .uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    let report = control.get("/report").await;
    assert_eq!(report["open_sessions"], 1);
    let ping = json!({"message": posted, "whom": {"Person": alice.id().to_string()}});
    assert_eq!(report["pings"], json!([ping]));
    assert_eq!(report["unanswered"][0]["interaction"], interaction["id"]);
    emulator.close().await;
}

#[tokio::test]
async fn what_judges_find_is_told_there_too() {
    let judge = |record: &Record| -> Vec<String> {
        let said = record.exchanges.iter();
        said.map(|one| format!("{} {}", one.method, one.path))
            .collect()
    };
    let settings = Settings {
        record: true,
        ..Settings::default()
    };
    let emulator = Harness::start(settings).await.unwrap();
    let control = Control::new(&emulator);
    assert_eq!(control.get("/report").await["violations"], Value::Null);
    let emulator = emulator.judged_by(judge);
    Rest::new(&emulator).get("/users/@me").await;
    let violations = control.get("/report").await["violations"].clone();
    assert_eq!(violations, json!(["GET /users/@me"]));
    let verdict = emulator.verdict().unwrap_err();
    assert!(verdict.contains("GET /users/@me"), "{verdict}");
    // With the record goes what the harness would fail this test over.
    emulator.reset();
    emulator.close().await;
}
