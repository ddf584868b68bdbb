//! Who may write, read, change and delete which messages where.

use std::time::Duration;

use discord_emulator::{Emulator, Permissions};
use serde_json::{Value, json};

use crate::bot::{Answered, Gateway, Rest, emulator};

const GUILD_MESSAGES: u64 = 1 << 9;

async fn posts(emulator: &Emulator, body: &Value) -> Answered {
    let path = format!("/channels/{}/messages", emulator.channel("general").id());
    Rest::new(emulator).call("POST", &path, body).await
}

#[tokio::test]
async fn embeds_and_reading_out_need_permissions_of_their_own() {
    let emulator = emulator().await;
    let (general, bot) = (emulator.channel("general"), emulator.bot());
    let embed = json!({"embeds": [{"title": "t"}]});
    let aloud = json!({"content": "x", "tts": true});
    assert_eq!(posts(&emulator, &embed).await.status, 200);
    general.denies(
        &bot,
        Permissions::EMBED_LINKS | Permissions::SEND_TTS_MESSAGES,
    );
    assert_eq!(posts(&emulator, &embed).await.code(), (403, 50013));
    assert_eq!(posts(&emulator, &aloud).await.code(), (403, 50013));
    general.denies(&bot, Permissions::SEND_MESSAGES);
    assert_eq!(
        posts(&emulator, &json!({"content": "x"})).await.code(),
        (403, 50013)
    );
    emulator.close().await;
}

#[tokio::test]
async fn without_the_history_it_is_empty_and_nothing_can_be_replied_to() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let said = emulator.person("alice").says(&general, "x").unwrap();
    general.denies(&emulator.bot(), Permissions::READ_MESSAGE_HISTORY);
    let path = format!("/channels/{}/messages", general.id());
    assert_eq!(rest.get(&path).await.body, json!([]));
    assert_eq!(
        rest.get(&format!("{path}/{}", said.id())).await.code(),
        (403, 50013)
    );
    let reply = json!({"content": "y", "message_reference": {"message_id": said.id().to_string()}});
    assert_eq!(posts(&emulator, &reply).await.code(), (400, 160_002));
    emulator.close().await;
}

#[tokio::test]
async fn others_messages_lose_their_embeds_and_nothing_else() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let other = emulator.other_bot("Other");
    let said = other
        .says_with(&general, &json!({"embeds": [{"title": "t"}]}))
        .unwrap();
    let path = format!("/channels/{}/messages/{}", general.id(), said.id());
    let edits = async |body: Value| rest.call("PATCH", &path, &body).await;
    let hide = json!({"flags": 4});
    assert_eq!(edits(hide.clone()).await.code(), (403, 50013));
    emulator
        .bot()
        .gets(emulator.role("keeper", Permissions::MANAGE_MESSAGES));
    assert_eq!(
        edits(json!({"flags": 4, "content": "mine"})).await.code(),
        (403, 50005)
    );
    assert_eq!(edits(hide).await.status, 200);
    assert_eq!(said.json().unwrap()["embeds"], json!([]));
    assert_eq!(rest.send(rest.request("DELETE", &path)).await.status, 204);
    emulator.close().await;
}

#[tokio::test]
async fn several_messages_are_deleted_at_once_within_limits() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let alice = emulator.person("alice");
    let old = alice.says(&general, "old").unwrap().id().to_string();
    emulator.advance(Duration::from_secs(15 * 24 * 60 * 60));
    let ids: Vec<String> = (0..101)
        .map(|n| {
            alice
                .says(&general, &n.to_string())
                .unwrap()
                .id()
                .to_string()
        })
        .collect();
    let path = format!("/channels/{}/messages/bulk-delete", general.id());
    let deletes = async |ids: &[String]| {
        let answered = rest.call("POST", &path, &json!({"messages": ids})).await;
        (answered.status, answered.body["code"].as_u64().unwrap_or(0))
    };
    assert_eq!(deletes(&ids[..2]).await, (403, 50013));
    emulator
        .bot()
        .gets(emulator.role("keeper", Permissions::MANAGE_MESSAGES));
    assert_eq!(deletes(&ids[..1]).await, (400, 50035));
    assert_eq!(deletes(&ids).await, (400, 50035));
    assert_eq!(
        deletes(&[ids[0].clone(), ids[0].clone()]).await,
        (400, 50035)
    );
    assert_eq!(deletes(&[ids[0].clone(), old]).await, (400, 50034));
    let (mut gateway, _) = Gateway::identified(&emulator, GUILD_MESSAGES).await;
    assert_eq!(deletes(&ids[..100]).await, (204, 0));
    let told = gateway.event("MESSAGE_DELETE_BULK").await;
    assert_eq!(told["ids"].as_array().unwrap().len(), 100);
    assert_eq!(general.shows(), "alice: old\n\nalice: 100");
    emulator.close().await;
}

#[tokio::test]
async fn people_wait_in_slow_mode_and_bots_do_not() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    let alice = emulator.person("alice");
    general.denies(&alice, Permissions::BYPASS_SLOWMODE);
    general.slows_down(10);
    alice.says(&general, "first").unwrap();
    let refused = alice.says(&general, "second").err().unwrap().to_string();
    assert!(refused.contains("slow mode"), "{refused}");
    for _ in 0..2 {
        assert_eq!(posts(&emulator, &json!({"content": "x"})).await.status, 200);
    }
    emulator.advance(Duration::from_secs(10));
    alice.says(&general, "second").unwrap();
    general.allows(&alice, Permissions::BYPASS_SLOWMODE);
    alice.says(&general, "third").unwrap();
    emulator.close().await;
}

#[tokio::test]
async fn a_reply_shows_one_message_and_not_the_whole_chain() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    let alice = emulator.person("alice");
    let first = alice.says(&general, "one").unwrap();
    let second = alice.replies(&first, "two").unwrap();
    let third = alice.replies(&second, "three").unwrap();
    let shown = third.json().unwrap();
    assert_eq!(shown["referenced_message"]["content"], "two");
    assert_eq!(shown["referenced_message"].get("referenced_message"), None);
    alice.deletes(&second).unwrap();
    assert_eq!(third.json().unwrap()["referenced_message"], Value::Null);
    assert!(alice.replies(&second, "four").is_err());
    assert_eq!(
        general.shows(),
        "alice: one\n\n↪ a deleted message\nalice: three"
    );
    emulator.close().await;
}

#[tokio::test]
async fn typing_needs_what_writing_needs() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let (mut gateway, _) = Gateway::identified(&emulator, 1 << 11).await;
    let path = format!("/channels/{}/typing", general.id());
    emulator.person("alice").starts_typing(&general).unwrap();
    let heard = gateway.event("TYPING_START").await;
    assert!(
        heard["timestamp"].as_u64().unwrap() < 100_000_000_000,
        "in seconds"
    );
    assert!(heard["member"]["user"].is_object());
    general.denies(&emulator.bot(), Permissions::SEND_MESSAGES);
    assert_eq!(
        rest.send(rest.request("POST", &path)).await.code(),
        (403, 50013)
    );
    emulator.close().await;
}

#[tokio::test]
async fn an_edit_tells_the_whole_message_and_marks_it() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    let alice = emulator.person("alice");
    emulator.allow_message_content(true);
    let (mut gateway, _) = Gateway::identified(&emulator, GUILD_MESSAGES | 1 << 15).await;
    let said = alice.says(&general, "teh").unwrap();
    alice.edits(&said, "the").unwrap();
    let told = gateway.event("MESSAGE_UPDATE").await;
    assert_eq!(
        (&told["content"], &told["author"]["id"]),
        (&json!("the"), &json!(alice.id().to_string()))
    );
    assert!(told["edited_timestamp"].is_string() && told["timestamp"].is_string());
    assert_eq!(said.reads(), "the");
    assert_eq!(general.shows(), "alice: the (edited)");
    assert!(emulator.person("bob").edits(&said, "mine").is_err());
    assert!(alice.edits(&said, &"x".repeat(2001)).is_err());
    emulator.close().await;
}
