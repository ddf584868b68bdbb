//! Whom messages of the bot would ping: roles, everyone, replies, and what the bot may.

use discord_emulator::{Emulator, Permissions, Ping, Whom};
use serde_json::{Value, json};

use crate::bot::{Rest, emulator};

fn pinged(emulator: &Emulator) -> Vec<Whom> {
    let pings = emulator.report().pings.into_iter();
    pings.map(|Ping { whom, .. }| whom).collect()
}

async fn posts(emulator: &Emulator, body: &Value) -> Value {
    let path = format!("/channels/{}/messages", emulator.channel("general").id());
    Rest::new(emulator).call("POST", &path, body).await.body
}

#[tokio::test]
async fn a_role_is_pinged_when_all_may_or_the_bot_may_ping_everyone() {
    let emulator = emulator().await;
    let role = emulator.role("readers", Permissions::NONE);
    let text = json!({"content": format!("<@&{}>", role.id())});
    let general = emulator.channel("general");
    general.denies(&emulator.bot(), Permissions::MENTION_EVERYONE);
    posts(&emulator, &text).await;
    assert_eq!(pinged(&emulator), []);
    emulator.makes_mentionable(&role, true);
    posts(&emulator, &text).await;
    assert_eq!(pinged(&emulator), [Whom::Role(role.id())]);
    emulator.makes_mentionable(&role, false);
    general.allows(&emulator.bot(), Permissions::MENTION_EVERYONE);
    posts(&emulator, &text).await;
    assert_eq!(pinged(&emulator).len(), 2);
    emulator.close().await;
}

#[tokio::test]
async fn everyone_is_pinged_only_by_who_may() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    general.denies(&emulator.bot(), Permissions::MENTION_EVERYONE);
    let posted = posts(&emulator, &json!({"content": "@everyone"})).await;
    assert_eq!(
        (pinged(&emulator), &posted["mention_everyone"]),
        (vec![], &json!(false))
    );
    general.allows(&emulator.bot(), Permissions::MENTION_EVERYONE);
    posts(&emulator, &json!({"content": "@here"})).await;
    assert_eq!(pinged(&emulator), [Whom::Everyone]);
    emulator.close().await;
}

#[tokio::test]
async fn a_reply_pings_its_author_unless_told_otherwise() {
    let emulator = emulator().await;
    let alice = emulator.person("alice");
    let said = alice
        .says(&emulator.channel("general"), "question")
        .unwrap();
    let reply = |allowed: Value| {
        let mut body = json!({"content": "answer", "message_reference": {"message_id": said.id().to_string()}});
        if !allowed.is_null() {
            body["allowed_mentions"] = allowed;
        }
        body
    };
    posts(&emulator, &reply(Value::Null)).await;
    assert_eq!(pinged(&emulator), [Whom::Person(alice.id())]);
    posts(&emulator, &reply(json!({"parse": []}))).await;
    assert_eq!(pinged(&emulator).len(), 1);
    posts(
        &emulator,
        &reply(json!({"parse": [], "replied_user": true})),
    )
    .await;
    assert_eq!(pinged(&emulator).len(), 2);
    emulator.close().await;
}
