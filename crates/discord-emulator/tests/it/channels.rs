//! Channels: reading, changing and deleting them, who may, and what the bot hears of them.

use discord_emulator::Permissions;
use serde_json::json;

use crate::bot::{Gateway, Rest, emulator};

const GUILDS: u64 = 1;

#[tokio::test]
async fn a_channel_that_the_bot_does_not_see_is_no_access() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let hidden = emulator.channel("hidden");
    hidden.denies(&emulator.bot(), Permissions::VIEW_CHANNEL);
    let path = format!("/channels/{}", hidden.id());
    let messages = format!("{path}/messages");
    assert_eq!(rest.get(&path).await.code(), (403, 50001));
    assert_eq!(rest.get(&messages).await.code(), (403, 50001));
    let post = json!({"content": "x"});
    assert_eq!(
        rest.call("POST", &messages, &post).await.code(),
        (403, 50001)
    );
    assert_eq!(rest.get("/channels/1").await.code(), (404, 10003));
    emulator.close().await;
}

#[tokio::test]
async fn changing_a_channel_needs_its_permission_and_legal_values() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let path = format!("/channels/{}", emulator.channel("general").id());
    let change = async |body| {
        let answered = rest.call("PATCH", &path, &body).await;
        (answered.status, answered.body["code"].as_u64().unwrap_or(0))
    };
    assert_eq!(change(json!({"name": "news"})).await, (403, 50013));
    emulator
        .bot()
        .gets(emulator.role("builder", Permissions::MANAGE_CHANNELS));
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS).await;
    assert_eq!(change(json!({"name": "The News"})).await, (200, 0));
    assert_eq!(gateway.event("CHANNEL_UPDATE").await["name"], "the-news");
    for (length, expected) in [(1024, 200), (1025, 400)] {
        assert_eq!(
            change(json!({"topic": "t".repeat(length)})).await.0,
            expected
        );
    }
    for (length, expected) in [(100, 200), (101, 400), (0, 400)] {
        assert_eq!(
            change(json!({"name": "n".repeat(length)})).await.0,
            expected
        );
    }
    for (seconds, expected) in [(21_600, 200), (21_601, 400)] {
        assert_eq!(
            change(json!({"rate_limit_per_user": seconds})).await.0,
            expected
        );
    }
    assert_eq!(change(json!({"parent_id": "12345"})).await, (400, 50035));
    assert_eq!(change(json!({"nsfw": true})).await, (200, 0));
    assert_eq!(rest.get(&path).await.body["nsfw"], true);
    assert_eq!(
        change(json!({"default_sort_order": 1})).await,
        (501, 0),
        "what is not kept is not taken"
    );
    let category = emulator.category("plans").id().to_string();
    assert_eq!(change(json!({"parent_id": category})).await, (200, 0));
    assert_eq!(
        change(json!({"permission_overwrites": []})).await,
        (403, 50013),
        "overwrites need the permission for roles"
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_deleted_channel_goes_with_its_threads() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let doomed = emulator.channel("doomed");
    let owner = emulator.person("you");
    let thread = owner.opens_thread_in(&doomed, "inside").unwrap();
    let path = format!("/channels/{}", doomed.id());
    assert_eq!(
        rest.send(rest.request("DELETE", &path)).await.code(),
        (403, 50013)
    );
    emulator
        .bot()
        .gets(emulator.role("builder", Permissions::MANAGE_CHANNELS));
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS).await;
    let deleted = rest.send(rest.request("DELETE", &path)).await;
    assert_eq!(
        (deleted.status, deleted.id()),
        (200, doomed.id().to_string())
    );
    assert_eq!(
        gateway.event("CHANNEL_DELETE").await["id"],
        doomed.id().to_string()
    );
    assert_eq!(rest.get(&path).await.code(), (404, 10003));
    let path = format!("/channels/{}", thread.id());
    assert_eq!(rest.get(&path).await.code(), (404, 10003));
    emulator.close().await;
}

#[tokio::test]
async fn a_channel_comes_into_sight_with_its_threads_and_goes_again() {
    let emulator = emulator().await;
    let hidden = emulator.channel("hidden");
    let bot = emulator.bot();
    hidden.denies(&bot, Permissions::VIEW_CHANNEL);
    let owner = emulator.person("you");
    let thread = owner.opens_thread_in(&hidden, "inside").unwrap();
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS).await;
    hidden.allows(&bot, Permissions::VIEW_CHANNEL);
    assert_eq!(
        gateway.event("CHANNEL_CREATE").await["id"],
        hidden.id().to_string()
    );
    let sync = gateway.event("THREAD_LIST_SYNC").await;
    assert_eq!(sync["channel_ids"], json!([hidden.id().to_string()]));
    assert_eq!(sync["threads"][0]["id"], thread.id().to_string());
    hidden.denies(&bot, Permissions::VIEW_CHANNEL);
    assert_eq!(
        gateway.event("CHANNEL_DELETE").await["id"],
        hidden.id().to_string()
    );
    emulator.close().await;
}

#[tokio::test]
async fn the_bot_sets_and_removes_overwrites_when_it_may() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let general = emulator.channel("general");
    let alice = emulator.person("alice");
    let path = format!("/channels/{}/permissions/{}", general.id(), alice.id());
    let muted = json!({"type": 1, "deny": Permissions::SEND_MESSAGES.bits().to_string()});
    assert_eq!(rest.call("PUT", &path, &muted).await.code(), (403, 50013));
    emulator
        .bot()
        .gets(emulator.role("keeper", Permissions::MANAGE_ROLES));
    assert_eq!(rest.call("PUT", &path, &muted).await.status, 204);
    let refused = alice.says(&general, "hello").err().unwrap().to_string();
    assert!(refused.contains("Missing Permissions"), "{refused}");
    assert_eq!(rest.send(rest.request("DELETE", &path)).await.status, 204);
    alice.says(&general, "hello").unwrap();
    emulator.close().await;
}
