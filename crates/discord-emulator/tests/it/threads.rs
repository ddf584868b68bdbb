//! Threads: starting, writing in them, their members, and the archive.

use std::time::Duration;

use discord_emulator::{Channel, PrivilegedIntents};
use serde_json::{Value, json};

use crate::bot::{Answered, Gateway, Rest, emulator};

const GUILDS: u64 = 1;
const GUILD_MEMBERS: u64 = 1 << 1;
const GUILD_MESSAGES: u64 = 1 << 9;

async fn starts_from(rest: &Rest, channel: &Channel, message: u64, body: &Value) -> Answered {
    let path = format!("/channels/{}/messages/{message}/threads", channel.id());
    rest.call("POST", &path, body).await
}

async fn starts(rest: &Rest, channel: &Channel, body: &Value) -> Answered {
    let path = format!("/channels/{}/threads", channel.id());
    rest.call("POST", &path, body).await
}

async fn posts(rest: &Rest, channel: &str, text: &str) -> Answered {
    let path = format!("/channels/{channel}/messages");
    rest.call("POST", &path, &json!({"content": text})).await
}

#[tokio::test]
async fn a_thread_from_a_message_has_its_id_and_is_told_of() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS | GUILD_MESSAGES).await;
    let said = emulator
        .person("alice")
        .says(&general, "a question")
        .unwrap();
    let started = starts_from(&rest, &general, said.id(), &json!({"name": "answers"})).await;
    assert_eq!((started.status, started.id()), (201, said.id().to_string()));
    assert_eq!(started.body["thread_metadata"]["archived"], false);
    assert_eq!(
        started.body["member"]["user_id"],
        rest.application.to_string()
    );
    let created = gateway.event("THREAD_CREATE").await;
    assert_eq!(
        (
            &created["newly_created"],
            &created["type"],
            &created["parent_id"]
        ),
        (&json!(true), &json!(11), &json!(general.id().to_string()))
    );
    assert_eq!(
        gateway.event("THREAD_MEMBERS_UPDATE").await["added_members"][0]["user_id"],
        rest.application.to_string()
    );
    let updated = gateway.event("MESSAGE_UPDATE").await;
    assert_eq!(updated["flags"].as_u64().unwrap() & 1 << 5, 1 << 5);
    assert_eq!(updated["thread"]["id"], started.body["id"]);
    let starter = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&starter["type"], &starter["channel_id"]),
        (&json!(21), &started.body["id"])
    );
    assert_eq!(starter["referenced_message"]["id"], said.id().to_string());
    emulator.close().await;
}

#[tokio::test]
async fn a_message_has_one_thread() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let said = emulator
        .person("alice")
        .says(&general, "a question")
        .unwrap();
    let named = json!({"name": "answers"});
    assert_eq!(
        starts_from(&rest, &general, said.id(), &named).await.status,
        201
    );
    assert_eq!(
        starts_from(&rest, &general, said.id(), &named).await.code(),
        (400, 160_004)
    );
    assert_eq!(
        starts_from(&rest, &general, 5, &named).await.code(),
        (404, 10008)
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_thread_without_a_message_is_private_unless_a_type_is_given() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let private = starts(&rest, &general, &json!({"name": "secret"})).await;
    assert_eq!((private.status, &private.body["type"]), (201, &json!(12)));
    let public = starts(&rest, &general, &json!({"name": "open", "type": 11})).await;
    assert_eq!((public.status, &public.body["type"]), (201, &json!(11)));
    let newest = rest
        .get(&format!("/channels/{}/messages", general.id()))
        .await
        .body;
    assert_eq!(
        (
            &newest[0]["type"],
            &newest[0]["content"],
            newest.as_array().unwrap().len()
        ),
        (&json!(18), &json!("open"), 1),
        "only the public one is noted in the channel"
    );
    emulator.close().await;
}

#[tokio::test]
async fn names_and_durations_have_limits() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let status = async |body: Value| {
        let mut body = body;
        body["type"] = json!(11);
        starts(&rest, &general, &body).await.status
    };
    assert_eq!(status(json!({"name": "n".repeat(100)})).await, 201);
    assert_eq!(status(json!({"name": "n".repeat(101)})).await, 400);
    assert_eq!(status(json!({"name": " "})).await, 400);
    assert_eq!(status(json!({})).await, 400);
    for (minutes, expected) in [
        (60, 201),
        (1440, 201),
        (4320, 201),
        (10_080, 201),
        (61, 400),
    ] {
        let body = json!({"name": "n", "auto_archive_duration": minutes});
        assert_eq!(status(body).await, expected, "{minutes}");
    }
    assert_eq!(
        status(json!({"name": "n", "rate_limit_per_user": 21_600})).await,
        201
    );
    assert_eq!(
        status(json!({"name": "n", "rate_limit_per_user": 21_601})).await,
        400
    );
    emulator.close().await;
}

#[tokio::test]
async fn whoever_writes_or_is_mentioned_is_in_the_thread() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let (alice, bob) = (emulator.person("alice"), emulator.person("bob"));
    emulator.allow_intents(PrivilegedIntents {
        members: true,
        ..PrivilegedIntents::default()
    });
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS | GUILD_MEMBERS).await;
    let thread = alice.opens_thread_in(&general, "talk").unwrap();
    let joined = async |gateway: &mut Gateway| {
        gateway.event("THREAD_MEMBERS_UPDATE").await["added_members"][0]["user_id"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    assert_eq!(joined(&mut gateway).await, alice.id());
    bob.says(&thread, &format!("hello <@{}>", rest.application))
        .unwrap();
    assert_eq!(joined(&mut gateway).await, bob.id());
    assert_eq!(joined(&mut gateway).await, rest.application);
    let members = format!("/channels/{}/thread-members", thread.id());
    let listed = rest.get(&format!("{members}?with_member=true")).await.body;
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert!(listed[0]["member"]["user"]["id"].is_string());
    let me = format!("{members}/@me");
    assert_eq!(rest.send(rest.request("DELETE", &me)).await.status, 204);
    assert_eq!(rest.get(&me).await.code(), (404, 10007));
    assert_eq!(
        gateway.event("THREAD_MEMBERS_UPDATE").await["removed_member_ids"],
        json!([rest.application.to_string()])
    );
    assert_eq!(rest.send(rest.request("PUT", &me)).await.status, 204);
    assert_eq!(rest.get(&me).await.status, 200);
    emulator.close().await;
}

#[tokio::test]
async fn a_private_thread_is_seen_by_its_members_alone() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let alice = emulator.person("alice");
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS | GUILD_MESSAGES).await;
    let thread = alice.opens_private_thread_in(&general, "secret").unwrap();
    let path = format!("/channels/{}", thread.id());
    assert_eq!(
        posts(&rest, &thread.id().to_string(), "x").await.code(),
        (403, 50001)
    );
    alice.says(&thread, "not for the bot").unwrap();
    alice.adds(&emulator.bot(), &thread).unwrap();
    let created = gateway.event("THREAD_CREATE").await;
    assert_eq!(
        (&created["id"], created.get("newly_created")),
        (&json!(thread.id().to_string()), None)
    );
    assert_eq!(rest.get(&path).await.status, 200);
    emulator.close().await;
}

#[tokio::test]
async fn a_silent_thread_goes_to_the_archive_and_comes_back_when_somebody_writes() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS).await;
    let body = json!({"name": "quiet", "type": 11, "auto_archive_duration": 60});
    let thread = starts(&rest, &general, &body).await.id();
    let archived = async |gateway: &mut Gateway| {
        gateway.event("THREAD_UPDATE").await["thread_metadata"]["archived"].clone()
    };
    emulator.advance(Duration::from_secs(50 * 60));
    posts(&rest, &thread, "still here").await;
    emulator.advance(Duration::from_secs(20 * 60));
    let shown = rest.get(&format!("/channels/{thread}")).await.body;
    assert_eq!(
        shown["thread_metadata"]["archived"], false,
        "a message starts the hour anew"
    );
    emulator.advance(Duration::from_secs(40 * 60));
    assert_eq!(archived(&mut gateway).await, true);
    let list = rest
        .get(&format!(
            "/channels/{}/threads/archived/public",
            general.id()
        ))
        .await
        .body;
    assert_eq!(
        (&list["threads"][0]["id"], &list["has_more"]),
        (&json!(thread), &json!(false))
    );
    assert_eq!(posts(&rest, &thread, "back").await.status, 200);
    assert_eq!(archived(&mut gateway).await, false);
    let channel = rest.get(&format!("/channels/{}", general.id())).await.body;
    let guild = channel["guild_id"].as_str().unwrap();
    let active = rest
        .get(&format!("/guilds/{guild}/threads/active"))
        .await
        .body;
    assert_eq!(active["threads"][0]["id"], thread);
    assert_eq!(
        active["members"][0]["user_id"],
        rest.application.to_string()
    );
    emulator.close().await;
}
