//! Ordinary messages: posting, reading, editing, deleting, and whom they would ping.

use discord_emulator::{Emulator, Ping, Whom};
use serde_json::{Value, json};

use crate::bot::{Answered, Gateway, Rest, emulator, ready_bot};

const GUILD_MESSAGES: u64 = 1 << 9;
const MESSAGE_CONTENT: u64 = 1 << 15;

fn messages(emulator: &Emulator, rest: &str) -> String {
    format!(
        "/channels/{}/messages{rest}",
        emulator.channel("general").id()
    )
}

async fn post(emulator: &Emulator, body: &Value) -> Answered {
    Rest::new(emulator)
        .call("POST", &messages(emulator, ""), body)
        .await
}

fn pinged(emulator: &Emulator) -> Vec<Whom> {
    emulator
        .report()
        .pings
        .into_iter()
        .map(|Ping { whom, .. }| whom)
        .collect()
}

#[tokio::test]
async fn a_message_can_be_read_edited_and_deleted() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let posted = post(&emulator, &json!({"content": "hello", "nonce": 7})).await;
    assert_eq!((posted.status, &posted.body["nonce"]), (200, &json!(7)));
    let path = messages(&emulator, &format!("/{}", posted.id()));
    assert_eq!(rest.get(&path).await.body["content"], "hello");
    let edited = rest.call("PATCH", &path, &json!({"content": "bye"})).await;
    assert!(edited.body["edited_timestamp"].is_string());
    assert_eq!(
        rest.call("PATCH", &path, &json!({"content": ""}))
            .await
            .code(),
        (400, 50006)
    );
    assert_eq!(rest.get(&path).await.body["content"], "bye");
    assert_eq!(rest.send(rest.request("DELETE", &path)).await.status, 204);
    assert_eq!(rest.get(&path).await.code(), (404, 10008));
    emulator.close().await;
}

#[tokio::test]
async fn people_own_their_messages() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let said = emulator
        .person("alice")
        .says(&emulator.channel("general"), "mine")
        .unwrap();
    let path = messages(&emulator, &format!("/{}", said.id()));
    assert_eq!(
        rest.call("PATCH", &path, &json!({"content": "yours"}))
            .await
            .code(),
        (403, 50005)
    );
    assert_eq!(
        rest.send(rest.request("DELETE", &path)).await.code(),
        (403, 50013)
    );
    assert!(
        emulator
            .person("alice")
            .says(&emulator.channel("general"), " ")
            .is_err()
    );
    emulator.close().await;
}

#[tokio::test]
async fn history_comes_newest_first_in_pages() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(
            post(&emulator, &json!({"content": n.to_string()}))
                .await
                .id(),
        );
    }
    let shown = async |query: &str| {
        let page = rest.get(&messages(&emulator, query)).await.body;
        page.as_array()
            .unwrap()
            .iter()
            .map(|one| one["content"].as_str().unwrap().to_owned())
            .collect::<String>()
    };
    assert_eq!(shown("").await, "43210");
    assert_eq!(shown("?&limit=2").await, "43");
    assert_eq!(shown(&format!("?limit=2&before={}", ids[3])).await, "21");
    assert_eq!(shown(&format!("?limit=2&after={}", ids[1])).await, "32");
    assert_eq!(shown(&format!("?limit=3&around={}", ids[2])).await, "321");
    assert_eq!(
        rest.get(&messages(&emulator, "?limit=101")).await.code(),
        (400, 50035)
    );
    emulator.close().await;
}

#[tokio::test]
async fn whoever_would_be_pinged_is_noted_at_each_write() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let alice = emulator.person("alice").id();
    let text = format!("@everyone <@{alice}> <@999>");
    let posted = post(&emulator, &json!({"content": text})).await;
    assert_eq!(pinged(&emulator), [Whom::Everyone, Whom::Person(alice)]);
    assert_eq!(posted.body["mention_everyone"], true);
    post(
        &emulator,
        &json!({"content": text, "allowed_mentions": {"parse": []}}),
    )
    .await;
    assert_eq!(pinged(&emulator).len(), 2);
    let path = messages(&emulator, &format!("/{}", posted.id()));
    rest.call("PATCH", &path, &json!({"content": format!("<@{alice}>")}))
        .await;
    assert_eq!(pinged(&emulator).len(), 3);
    post(
        &emulator,
        &json!({"content": text, "allowed_mentions": {"users": [alice.to_string()]}}),
    )
    .await;
    assert_eq!(pinged(&emulator).last(), Some(&Whom::Person(alice)));
    emulator.close().await;
}

#[tokio::test]
async fn a_reply_names_the_message_it_answers() {
    let emulator = emulator().await;
    let said = emulator
        .person("alice")
        .says(&emulator.channel("general"), "question")
        .unwrap();
    let reference = json!({"message_id": said.id().to_string()});
    let reply = post(&emulator, &json!({"content": "answer", "message_reference": reference, "allowed_mentions": {"parse": []}})).await;
    assert_eq!(
        (
            &reply.body["type"],
            &reply.body["referenced_message"]["id"],
            &reply.body["referenced_message"]["content"]
        ),
        (&json!(19), &reference["message_id"], &json!(""))
    );
    assert_eq!(pinged(&emulator), []);
    let gone = json!({"content": "answer", "message_reference": {"message_id": "1"}});
    assert_eq!(post(&emulator, &gone).await.code(), (400, 50035));
    emulator.close().await;
}

#[tokio::test]
async fn content_is_hidden_from_a_bot_that_may_not_read_it() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    let (mut blind, _) = Gateway::identified(&emulator, GUILD_MESSAGES).await;
    emulator.allow_message_content(true);
    let (mut reader, _) = Gateway::identified(&emulator, GUILD_MESSAGES | MESSAGE_CONTENT).await;
    emulator.person("alice").says(&general, "hello").unwrap();
    assert_eq!(blind.event("MESSAGE_CREATE").await["content"], "");
    assert_eq!(reader.event("MESSAGE_CREATE").await["content"], "hello");
    emulator
        .person("alice")
        .says(&general, &format!("hello <@{}>", emulator.application_id()))
        .unwrap();
    assert_ne!(blind.event("MESSAGE_CREATE").await["content"], "");
    emulator.allow_message_content(false);
    let history = Rest::new(&emulator)
        .get(&messages(&emulator, ""))
        .await
        .body;
    assert_eq!(
        (&history[1]["content"], history[0]["content"] == ""),
        (&json!(""), false)
    );
    emulator.close().await;
}

#[tokio::test]
async fn limits_hold_on_every_way_in() {
    let emulator = emulator().await;
    let long = json!({"content": "x".repeat(2001)});
    let refused = post(&emulator, &long).await;
    assert_eq!(
        refused.body["errors"]["content"]["_errors"][0]["code"],
        "BASE_TYPE_MAX_LENGTH"
    );
    assert_eq!(post(&emulator, &json!({})).await.code(), (400, 50006));
    let unknown = Rest::new(&emulator)
        .call("POST", "/channels/1/messages", &json!({"content": "x"}))
        .await;
    assert_eq!(unknown.code(), (404, 10003));
    let typing = format!("/channels/{}/typing", emulator.channel("general").id());
    assert_eq!(
        Rest::new(&emulator)
            .call("POST", &typing, &json!({}))
            .await
            .status,
        204
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_nonce_is_its_authors_and_interactions_have_none() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    emulator
        .person("alice")
        .uses(&emulator.channel("general"), "ask", &[("question", "Why?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    let whisper = json!({"type": 4, "data": {"content": "psst", "flags": 64, "nonce": "k"}});
    rest.responds(&interaction, &whisper).await;
    let body = json!({"content": "answer", "nonce": "k", "enforce_nonce": true});
    let first = post(&emulator, &body).await;
    assert_eq!(first.body["content"], "answer");
    let elsewhere = format!("/channels/{}/messages", emulator.channel("lounge").id());
    let again = rest.call("POST", &elsewhere, &body).await;
    assert_eq!(again.id(), first.id());
    emulator.close().await;
}

#[tokio::test]
async fn an_edit_sets_no_flag_that_only_a_new_message_has() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let id = post(&emulator, &json!({"content": "x", "flags": 1 << 12}))
        .await
        .id();
    let path = messages(&emulator, &format!("/{id}"));
    let edited = async |flags: u64| {
        rest.call("PATCH", &path, &json!({"flags": flags}))
            .await
            .status
    };
    assert_eq!(edited(1 << 12 | 1 << 2).await, 200);
    assert_eq!(edited(1 << 6).await, 400);
    emulator.expects_rejections();
    emulator.close().await;
}
