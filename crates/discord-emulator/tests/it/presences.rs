//! Who is there, as a bot with the intent for it hears.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use discord_emulator::{PrivilegedIntents, Settings, Status};
use serde_json::{Value, json};

use crate::bot::{Gateway, started};

const GUILDS: u64 = 1;
const GUILD_PRESENCES: u64 = 1 << 8;

/// An emulator whose application may have the intent.
fn allowed() -> Settings {
    Settings {
        privileged_intents: PrivilegedIntents {
            presences: true,
            ..PrivilegedIntents::default()
        },
        ..Settings::default()
    }
}

#[tokio::test]
async fn people_come_and_go_for_bots_with_the_intent_alone() {
    let emulator = started(allowed()).await;
    let (mut seeing, _) = Gateway::identified(&emulator, GUILD_PRESENCES).await;
    let (mut blind, _) = Gateway::identified(&emulator, GUILDS).await;
    blind.event("GUILD_CREATE").await;
    let alice = emulator.person("alice");
    for (status, name, clients) in [
        (Status::Idle, "idle", json!({"web": "idle"})),
        (Status::Dnd, "dnd", json!({"web": "dnd"})),
        (Status::Offline, "offline", json!({})),
    ] {
        alice.goes(status);
        alice.goes(status);
        let told = seeing.payload().await;
        assert_eq!(told["t"], "PRESENCE_UPDATE");
        assert_eq!(
            (
                &told["d"]["user"]["id"],
                &told["d"]["status"],
                &told["d"]["client_status"]
            ),
            (&json!(alice.id().to_string()), &json!(name), &clients)
        );
    }
    emulator.renames_guild("Elsewhere");
    assert_eq!(blind.payload().await["t"], "GUILD_UPDATE");
    emulator.close().await;
}

/// Whose presences the guild comes with.
async fn there_at_first(gateway: &mut Gateway) -> Vec<Value> {
    let guild = gateway.event("GUILD_CREATE").await;
    let presences = guild["presences"].as_array().unwrap();
    presences
        .iter()
        .map(|one| one["user"]["id"].clone())
        .collect()
}

#[tokio::test]
async fn a_guild_comes_with_those_who_are_there() {
    let emulator = started(allowed()).await;
    let (here, gone) = (emulator.person("here"), emulator.person("gone"));
    gone.goes(Status::Offline);
    let (mut seeing, _) = Gateway::identified(&emulator, GUILDS | GUILD_PRESENCES).await;
    let there = there_at_first(&mut seeing).await;
    assert!(there.contains(&json!(here.id().to_string())));
    assert!(!there.contains(&json!(gone.id().to_string())));
    let (mut blind, _) = Gateway::identified(&emulator, GUILDS).await;
    assert_eq!(there_at_first(&mut blind).await, Vec::<Value>::new());
    emulator.close().await;
}
