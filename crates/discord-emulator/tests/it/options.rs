//! Options of every type, with what is resolved beside them.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use discord_emulator::{Emulator, Permissions, UseError};
use serde_json::{Value, json};

use crate::bot::{Gateway, Rest, emulator, ready_bot};

async fn bot_with(emulator: &Emulator, kind: u64, more: &Value) -> (Rest, Gateway) {
    let (rest, gateway) = ready_bot(emulator).await;
    let mut option = json!({"type": kind, "name": "o", "description": "d"});
    let fields = more.as_object().unwrap().clone();
    option.as_object_mut().unwrap().extend(fields);
    let commands = json!([{"name": "take", "description": "d", "options": [option]}]);
    let path = format!("/applications/{}/commands", rest.application);
    assert_eq!(rest.call("PUT", &path, &commands).await.status, 200);
    (rest, gateway)
}

async fn taken(emulator: &Emulator, gateway: &mut Gateway, value: &str) -> Value {
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    alice.uses(&general, "take", &[("o", value)]).await.unwrap();
    gateway.event("INTERACTION_CREATE").await["data"].clone()
}

async fn is_refused(emulator: &Emulator, value: &str) -> bool {
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let used = alice.uses(&general, "take", &[("o", value)]).await;
    matches!(used.err(), Some(UseError::BadValue { .. }))
}

#[tokio::test]
async fn a_person_comes_with_what_they_are_in_the_guild() {
    let emulator = emulator().await;
    let (_rest, mut gateway) = bot_with(&emulator, 6, &json!({})).await;
    let bob = emulator.person("bob").id().to_string();
    let data = taken(&emulator, &mut gateway, "@bob").await;
    assert_eq!(data["options"][0]["value"], bob);
    assert_eq!(data["resolved"]["users"][&bob]["global_name"], "bob");
    assert!(data["resolved"]["members"][&bob]["roles"].is_array());
    assert!(is_refused(&emulator, "nobody").await);
    emulator.close().await;
}

#[tokio::test]
async fn a_channel_is_of_the_kinds_asked_for_and_seen_by_the_person() {
    let emulator = emulator().await;
    let (_rest, mut gateway) = bot_with(&emulator, 7, &json!({"channel_types": [0]})).await;
    let (hidden, forum) = (emulator.channel("hidden"), emulator.forum("forum"));
    hidden.denies(&emulator.person("alice"), Permissions::VIEW_CHANNEL);
    let data = taken(&emulator, &mut gateway, "#general").await;
    let id = emulator.channel("general").id().to_string();
    assert_eq!(data["options"][0]["value"], id);
    let channel = &data["resolved"]["channels"][&id];
    assert_eq!(
        (&channel["name"], &channel["type"]),
        (&json!("general"), &json!(0))
    );
    assert!(channel["permissions"].is_string());
    assert!(is_refused(&emulator, "hidden").await);
    assert!(is_refused(&emulator, &forum.id().to_string()).await);
    emulator.close().await;
}

#[tokio::test]
async fn a_role_comes_whole() {
    let emulator = emulator().await;
    let (_rest, mut gateway) = bot_with(&emulator, 8, &json!({})).await;
    let role = emulator
        .role("moderators", Permissions::MANAGE_THREADS)
        .id()
        .to_string();
    let data = taken(&emulator, &mut gateway, "@moderators").await;
    assert_eq!(data["resolved"]["roles"][&role]["name"], "moderators");
    assert!(is_refused(&emulator, "bob").await);
    emulator.close().await;
}

#[tokio::test]
async fn a_mentionable_is_a_person_or_a_role() {
    let emulator = emulator().await;
    let (_rest, mut gateway) = bot_with(&emulator, 9, &json!({})).await;
    emulator.role("moderators", Permissions::NONE);
    emulator.person("bob");
    for (name, kind) in [("moderators", "roles"), ("bob", "users")] {
        let data = taken(&emulator, &mut gateway, name).await;
        assert!(data["resolved"][kind].is_object(), "{name}");
    }
    emulator.close().await;
}

#[tokio::test]
async fn numbers_keep_to_their_range() {
    let emulator = emulator().await;
    let range = json!({"min_value": -2, "max_value": 3});
    let (_rest, mut gateway) = bot_with(&emulator, 4, &range).await;
    for (text, number) in [("-2", -2), ("3", 3)] {
        let data = taken(&emulator, &mut gateway, text).await;
        assert_eq!(data["options"][0]["value"], number);
    }
    for beyond in ["-3", "4", "1.5", "many"] {
        assert!(is_refused(&emulator, beyond).await, "{beyond}");
    }
    emulator.close().await;
}

#[tokio::test]
async fn a_file_is_handed_in_before_it_is_named() {
    let emulator = emulator().await;
    let (_rest, mut gateway) = bot_with(&emulator, 11, &json!({})).await;
    let file = emulator
        .person("alice")
        .hands_in("notes.md", b"# Notes")
        .unwrap()
        .to_string();
    let data = taken(&emulator, &mut gateway, &file).await;
    let attachment = &data["resolved"]["attachments"][&file];
    assert_eq!(
        (&attachment["filename"], &attachment["size"]),
        (&json!("notes.md"), &json!(7))
    );
    let url = attachment["url"].as_str().unwrap();
    let read = reqwest::get(url).await.unwrap().text().await.unwrap();
    assert_eq!(read, "# Notes");
    assert!(is_refused(&emulator, "1").await);
    let largest = vec![0; 10 * 1024 * 1024];
    let alice = emulator.person("alice");
    assert!(alice.hands_in("a.bin", &largest).is_ok());
    let larger = vec![0; 10 * 1024 * 1024 + 1];
    assert_eq!(
        alice.hands_in("a.bin", &larger),
        Err(UseError::FileTooLarge)
    );
    emulator.close().await;
}
