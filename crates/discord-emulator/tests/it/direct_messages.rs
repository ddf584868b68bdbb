//! Direct messages between the bot and one person.

use serde_json::{Value, json};

use crate::bot::{Answered, Gateway, Rest, emulator};

const DIRECT_MESSAGES: u64 = 1 << 12;
const GUILD_MESSAGES: u64 = 1 << 9;

async fn opens(rest: &Rest, person: u64) -> Answered {
    let body = json!({"recipient_id": person.to_string()});
    rest.call("POST", "/users/@me/channels", &body).await
}

#[tokio::test]
async fn a_person_writes_directly_and_the_bot_answers() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let alice = emulator.person("alice");
    let (mut gateway, _) = Gateway::identified(&emulator, DIRECT_MESSAGES).await;
    alice.writes_directly("hello").unwrap();
    let heard = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(heard["content"], "hello", "direct messages hide nothing");
    assert_eq!(
        (heard.get("guild_id"), heard.get("member")),
        (None, None),
        "they belong to no guild"
    );
    let path = format!(
        "/channels/{}/messages",
        heard["channel_id"].as_str().unwrap()
    );
    let posted = rest.call("POST", &path, &json!({"content": "hi"})).await;
    assert_eq!(posted.status, 200);
    assert_eq!(
        alice.direct_messages().shows(),
        "alice: hello\n\nFootnote [APP]: hi"
    );
    emulator.close().await;
}

#[tokio::test]
async fn there_is_one_channel_for_each_person() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let alice = emulator.person("alice");
    let opened = opens(&rest, alice.id()).await;
    assert_eq!((opened.status, &opened.body["type"]), (200, &json!(1)));
    assert_eq!(opened.body["recipients"][0]["id"], alice.id().to_string());
    assert_eq!(opens(&rest, alice.id()).await.id(), opened.id());
    assert_eq!(alice.direct_messages().id().to_string(), opened.id());
    assert_eq!(opens(&rest, 1).await.code(), (404, 10013));
    let nobody = rest.call("POST", "/users/@me/channels", &json!({})).await;
    assert_eq!(
        nobody.body["errors"]["recipient_id"]["_errors"][0]["code"],
        "BASE_TYPE_REQUIRED"
    );
    emulator.close().await;
}

#[tokio::test]
async fn whoever_blocks_direct_messages_gets_none() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let alice = emulator.person("alice");
    let open = opens(&rest, alice.id()).await.id();
    alice.blocks_direct_messages(true);
    assert_eq!(opens(&rest, alice.id()).await.code(), (403, 50007));
    let path = format!("/channels/{open}/messages");
    let posts = async || rest.call("POST", &path, &json!({"content": "hi"})).await;
    assert_eq!(posts().await.code(), (403, 50007));
    alice.blocks_direct_messages(false);
    assert_eq!(posts().await.status, 200);
    emulator.close().await;
}

#[tokio::test]
async fn direct_messages_need_their_own_intent() {
    let emulator = emulator().await;
    let alice = emulator.person("alice");
    let (mut gateway, _) = Gateway::identified(&emulator, GUILD_MESSAGES).await;
    alice.writes_directly("unheard").unwrap();
    alice.says(&emulator.channel("general"), "heard").unwrap();
    let heard: Value = gateway.event("MESSAGE_CREATE").await;
    assert!(heard["guild_id"].is_string());
    emulator.close().await;
}
