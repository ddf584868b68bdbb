//! Options that the bot completes while they are typed.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::time::Duration;

use discord_emulator::{Emulator, UseError};
use serde_json::{Value, json};

use crate::bot::{Gateway, Rest, SOON, emulator, ready_bot};

async fn completing_bot(emulator: &Emulator) -> (Rest, Gateway) {
    let (rest, gateway) = ready_bot(emulator).await;
    let option = |kind: u64, name: &str, more: Value| {
        let mut option = json!({"type": kind, "name": name, "description": "d"});
        option
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        option
    };
    let commands = json!([{"name": "find", "description": "Find", "options": [
        option(3, "what", json!({"required": true, "autocomplete": true})),
        option(4, "page", json!({"autocomplete": true})),
        option(3, "note", json!({}))]}]);
    let path = format!("/applications/{}/commands", rest.application);
    assert_eq!(rest.call("PUT", &path, &commands).await.status, 200);
    (rest, gateway)
}

#[tokio::test]
async fn a_bot_completes_what_is_typed() {
    let emulator = emulator().await;
    let (rest, mut gateway) = completing_bot(&emulator).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let typed = alice
        .completes(&general, "find", &[("what", "ru")], "what")
        .await
        .unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["type"], 4);
    assert_eq!(
        event["data"]["options"],
        json!([{"name": "what", "type": 3, "value": "ru", "focused": true}])
    );
    let choices = json!([{"name": "Rust", "value": "rust"}, {"name": "Ruby", "value": "ruby"}]);
    let body = json!({"type": 8, "data": {"choices": choices}});
    assert_eq!(rest.responds(&event, &body).await.status, 204);
    let offered = typed.offered(SOON).await.unwrap();
    assert_eq!(
        (offered[1].name.as_str(), &offered[1].value),
        ("Ruby", &json!("ruby"))
    );
    assert!(typed.timeline().acknowledged.is_some());
    assert_eq!(general.shows(), "");
    let followup = rest
        .call("POST", &rest.webhook(&event, ""), &json!({"content": "x"}))
        .await;
    assert_eq!(followup.code(), (404, 10015));
    emulator.close().await;
}

#[tokio::test]
async fn options_that_are_not_completed_in_time_fail_to_load() {
    let emulator = emulator().await;
    let (rest, mut gateway) = completing_bot(&emulator).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let typed = alice
        .completes(&general, "find", &[], "what")
        .await
        .unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    emulator.advance(Duration::from_secs(3));
    let body = json!({"type": 8, "data": {"choices": []}});
    assert_eq!(rest.responds(&event, &body).await.code(), (404, 10062));
    let failed = typed.offered(Duration::ZERO).await.unwrap_err();
    assert!(
        failed
            .to_string()
            .starts_with("the options have failed to load")
    );
    assert_eq!(general.shows(), "");
    assert_eq!(emulator.report().unanswered.len(), 1);
    emulator.close().await;
}

#[tokio::test]
async fn only_options_registered_for_it_are_completed() {
    let emulator = emulator().await;
    let (_rest, _gateway) = completing_bot(&emulator).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let refused = alice.completes(&general, "find", &[], "note").await.err();
    assert!(matches!(refused, Some(UseError::NotCompleted { .. })));
    let refused = alice
        .completes(&general, "find", &[], "nothing")
        .await
        .err();
    assert!(matches!(refused, Some(UseError::NoSuchOption { .. })));
    emulator.close().await;
}

#[tokio::test]
async fn choices_are_of_the_options_type() {
    let emulator = emulator().await;
    let (rest, mut gateway) = completing_bot(&emulator).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    alice
        .completes(&general, "find", &[("page", "1")], "page")
        .await
        .unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    let answer =
        |value: Value| json!({"type": 8, "data": {"choices": [{"name": "n", "value": value}]}});
    let refused = rest.responds(&event, &answer(json!("1"))).await;
    assert!(refused.body["errors"]["data"]["choices"]["0"]["value"].is_object());
    assert_eq!(rest.responds(&event, &answer(json!(1))).await.status, 204);
    emulator.close().await;
}
