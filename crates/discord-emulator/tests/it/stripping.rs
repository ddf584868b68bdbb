//! What a bot without access to message content reads, on the gateway and over REST.

use discord_emulator::PrivilegedIntents;
use serde_json::{Value, json};

use crate::bot::{Gateway, Rest, emulator};

const GUILD_MESSAGES: u64 = 1 << 9;
const MESSAGE_CONTENT: u64 = 1 << 15;

#[tokio::test]
async fn a_reply_does_not_give_away_what_it_replies_to() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let (alice, bob) = (emulator.person("alice"), emulator.person("bob"));
    let (mut gateway, _) = Gateway::identified(&emulator, GUILD_MESSAGES).await;
    let first = alice.says(&general, "private").unwrap();
    gateway.event("MESSAGE_CREATE").await;
    let mention = format!("<@{}> look", rest.application);
    let reply = bob.replies(&first, &mention).unwrap();
    let heard = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(
        heard["content"], mention,
        "a mention opens the message itself"
    );
    assert_eq!(
        heard["referenced_message"]["content"], "",
        "but not another one"
    );
    let path = format!("/channels/{}/messages/{}", general.id(), reply.id());
    let read = rest.get(&path).await.body;
    assert_eq!(read["referenced_message"]["content"], "");
    emulator.close().await;
}

#[tokio::test]
async fn files_embeds_and_components_are_hidden_with_the_text() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    let (mut gateway, _) = Gateway::identified(&emulator, GUILD_MESSAGES).await;
    emulator
        .person("alice")
        .attaches(&general, "see", &[("a.txt", b"a")])
        .unwrap();
    let heard = gateway.event("MESSAGE_CREATE").await;
    for (field, empty) in [
        ("content", json!("")),
        ("attachments", json!([])),
        ("embeds", json!([])),
        ("components", json!([])),
    ] {
        assert_eq!(heard[field], empty, "{field}");
    }
    emulator.close().await;
}

#[tokio::test]
async fn over_rest_the_switch_decides_and_not_the_intents() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    emulator.person("alice").says(&general, "hello").unwrap();
    let path = format!("/channels/{}/messages", general.id());
    let read = async || -> Value { rest.get(&path).await.body[0]["content"].clone() };
    assert_eq!(read().await, "");
    emulator.allow_intents(PrivilegedIntents {
        message_content: true,
        ..PrivilegedIntents::default()
    });
    let (_gateway, _) = Gateway::identified(&emulator, GUILD_MESSAGES).await;
    assert_eq!(
        read().await,
        "hello",
        "though the session has no such intent"
    );
    emulator.close().await;
}

#[tokio::test]
async fn threads_that_the_bot_opened_are_no_exception() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let alice = emulator.person("alice");
    let said = alice.says(&general, "question").unwrap();
    let path = format!("/channels/{}/messages/{}/threads", general.id(), said.id());
    rest.call("POST", &path, &json!({"name": "t"})).await;
    let (mut gateway, _) = Gateway::identified(&emulator, GUILD_MESSAGES).await;
    alice.says(&said.thread().unwrap(), "more").unwrap();
    assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], "");
    emulator.allow_intents(PrivilegedIntents {
        message_content: true,
        ..PrivilegedIntents::default()
    });
    let (mut reader, _) = Gateway::identified(&emulator, GUILD_MESSAGES | MESSAGE_CONTENT).await;
    alice.says(&said.thread().unwrap(), "more").unwrap();
    assert_eq!(reader.event("MESSAGE_CREATE").await["content"], "more");
    emulator.close().await;
}
