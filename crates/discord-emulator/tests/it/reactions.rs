//! Reactions: who may, how many, and what the bot hears of them.

use discord_emulator::{Message, Permissions};
use serde_json::json;

use crate::bot::{Answered, Gateway, Rest, emulator};

/// 👍 as a path holds it.
const THUMB: &str = "%F0%9F%91%8D";
const REACTIONS: u64 = 1 << 10;

fn path(message: &Message, emoji: &str, rest: &str) -> String {
    let (channel, id) = (message.channel().id(), message.id());
    format!("/channels/{channel}/messages/{id}/reactions/{emoji}{rest}")
}

async fn reacts(rest: &Rest, message: &Message, emoji: &str) -> Answered {
    rest.send(rest.request("PUT", &path(message, emoji, "/@me")))
        .await
}

async fn deletes(rest: &Rest, path: &str) -> Answered {
    rest.send(rest.request("DELETE", path)).await
}

#[tokio::test]
async fn the_bot_reacts_and_takes_it_back() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let said = emulator
        .person("alice")
        .says(&general, "good news")
        .unwrap();
    let (mut gateway, _) = Gateway::identified(&emulator, REACTIONS).await;
    assert_eq!(reacts(&rest, &said, THUMB).await.status, 204);
    let added = gateway.event("MESSAGE_REACTION_ADD").await;
    assert_eq!(
        (&added["emoji"]["name"], &added["user_id"]),
        (&json!("👍"), &json!(rest.application.to_string()))
    );
    assert!(added["member"]["user"].is_object());
    assert_eq!(
        reacts(&rest, &said, THUMB).await.status,
        204,
        "twice is once"
    );
    let shown = said.json().unwrap()["reactions"][0].clone();
    assert_eq!((&shown["count"], &shown["me"]), (&json!(1), &json!(true)));
    assert_eq!(general.shows(), "alice: good news\n[👍 1]");
    let listed = rest.get(&path(&said, THUMB, "")).await.body;
    assert_eq!(listed[0]["id"], rest.application.to_string());
    assert_eq!(
        deletes(&rest, &path(&said, THUMB, "/@me")).await.status,
        204
    );
    assert_eq!(
        gateway.event("MESSAGE_REACTION_REMOVE").await["emoji"]["name"],
        "👍"
    );
    assert_eq!(said.json().unwrap().get("reactions"), None);
    emulator.close().await;
}

#[tokio::test]
async fn what_is_no_emoji_is_unknown() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let said = emulator
        .person("alice")
        .says(&emulator.channel("general"), "x")
        .unwrap();
    for unknown in ["thumbsup", "%25F0%259F%2591%258D", "party:12345"] {
        assert_eq!(
            reacts(&rest, &said, unknown).await.code(),
            (404, 10014),
            "{unknown}"
        );
    }
    let gone = path(&said, THUMB, "/@me").replace(&said.id().to_string(), "5");
    assert_eq!(
        rest.send(rest.request("PUT", &gone)).await.code(),
        (404, 10008)
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_message_takes_twenty_different_reactions() {
    let emulator = emulator().await;
    let (rest, alice) = (Rest::new(&emulator), emulator.person("alice"));
    let said = alice.says(&emulator.channel("general"), "x").unwrap();
    let emoji = |n: u32| char::from_u32(0x1F600 + n).unwrap().to_string();
    for n in 0..20 {
        alice.reacts(&said, &emoji(n)).unwrap();
    }
    assert_eq!(reacts(&rest, &said, &emoji(20)).await.code(), (400, 30010));
    assert_eq!(
        reacts(&rest, &said, &emoji(0)).await.status,
        204,
        "it joins one that is there"
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_new_emoji_needs_a_permission_and_every_one_needs_the_history() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let alice = emulator.person("alice");
    let said = alice.says(&general, "x").unwrap();
    alice.reacts(&said, "🎉").unwrap();
    general.denies(&emulator.bot(), Permissions::ADD_REACTIONS);
    assert_eq!(reacts(&rest, &said, THUMB).await.code(), (403, 50013));
    assert_eq!(reacts(&rest, &said, "🎉").await.status, 204);
    general.denies(&emulator.bot(), Permissions::READ_MESSAGE_HISTORY);
    assert_eq!(reacts(&rest, &said, "🎉").await.code(), (403, 50013));
    emulator.close().await;
}

#[tokio::test]
async fn others_reactions_are_removed_by_whoever_manages_messages() {
    let emulator = emulator().await;
    let (rest, alice) = (Rest::new(&emulator), emulator.person("alice"));
    let said = alice.says(&emulator.channel("general"), "x").unwrap();
    alice.reacts(&said, "👍").unwrap();
    alice.reacts(&said, "🎉").unwrap();
    let hers = path(&said, THUMB, &format!("/{}", alice.id()));
    assert_eq!(deletes(&rest, &hers).await.code(), (403, 50013));
    emulator
        .bot()
        .gets(emulator.role("keeper", Permissions::MANAGE_MESSAGES));
    let (mut gateway, _) = Gateway::identified(&emulator, REACTIONS).await;
    assert_eq!(deletes(&rest, &hers).await.status, 204);
    assert_eq!(
        gateway.event("MESSAGE_REACTION_REMOVE").await["user_id"],
        alice.id().to_string()
    );
    assert_eq!(deletes(&rest, &path(&said, "🎉", "")).await.status, 204);
    gateway.event("MESSAGE_REACTION_REMOVE_EMOJI").await;
    alice.reacts(&said, "👍").unwrap();
    alice.takes_back(&said, "👍").unwrap();
    assert!(alice.takes_back(&said, "👍").is_err());
    alice.reacts(&said, "👍").unwrap();
    let all = path(&said, "", "");
    assert_eq!(deletes(&rest, all.trim_end_matches('/')).await.status, 204);
    gateway.event("MESSAGE_REACTION_REMOVE_ALL").await;
    assert_eq!(said.json().unwrap().get("reactions"), None);
    emulator.close().await;
}
