//! Threads: starting, writing in them, their members, and the archive.

use std::time::Duration;

use discord_emulator::{Channel, Permissions, PrivilegedIntents};
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
async fn the_bot_hears_of_its_own_membership_and_of_no_other() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    emulator.allow_intents(PrivilegedIntents {
        members: true,
        ..PrivilegedIntents::default()
    });
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS | GUILD_MEMBERS).await;
    let guild = gateway.event("GUILD_CREATE").await["id"].clone();
    let alice = emulator.person("alice");
    let thread = alice.opens_thread_in(&general, "talk").unwrap();
    let me = format!("/channels/{}/thread-members/@me", thread.id());
    assert_eq!(rest.send(rest.request("PUT", &me)).await.status, 204);
    let mut kinds = Vec::new();
    let own = loop {
        let payload = gateway.payload().await;
        let kind = payload["t"].as_str().unwrap().to_owned();
        if kind == "THREAD_MEMBER_UPDATE" {
            break payload["d"].clone();
        }
        kinds.push(kind);
    };
    assert_eq!(
        kinds,
        ["GUILD_MEMBER_ADD", "THREAD_CREATE", "THREAD_MEMBERS_UPDATE"],
        "alice comes into the guild and the thread"
    );
    assert_eq!(
        (&own["id"], &own["user_id"], &own["guild_id"]),
        (
            &json!(thread.id().to_string()),
            &json!(rest.application.to_string()),
            &guild
        )
    );
    assert!(own["join_timestamp"].is_string() && own["flags"] == 0);
    assert_eq!(gateway.payload().await["t"], "THREAD_MEMBERS_UPDATE");
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

#[tokio::test]
async fn a_locked_thread_is_for_those_who_manage_threads() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let (owner, alice) = (emulator.person("you"), emulator.person("alice"));
    let thread = alice.opens_thread_in(&general, "talk").unwrap();
    let id = thread.id().to_string();
    let posted = posts(&rest, &id, "before").await.id();
    owner.locks(&thread).unwrap();
    assert_eq!(posts(&rest, &id, "x").await.code(), (400, 160_005));
    assert!(alice.says(&thread, "x").is_err());
    let message = format!("/channels/{id}/messages/{posted}");
    let edit = async || {
        rest.call("PATCH", &message, &json!({"content": "after"}))
            .await
    };
    assert_eq!(edit().await.code(), (400, 160_005));
    owner.archives(&thread).unwrap();
    assert_eq!(posts(&rest, &id, "x").await.code(), (400, 50083));
    let back = json!({"archived": false});
    assert_eq!(
        rest.call("PATCH", &format!("/channels/{id}"), &back)
            .await
            .code(),
        (403, 50013)
    );
    emulator
        .bot()
        .gets(emulator.role("keeper", Permissions::MANAGE_THREADS));
    assert_eq!(
        posts(&rest, &id, "x").await.status,
        200,
        "it comes back for them"
    );
    assert_eq!(edit().await.status, 200);
    emulator.close().await;
}

#[tokio::test]
async fn in_the_archive_nothing_is_changed() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let alice = emulator.person("alice");
    let thread = alice.opens_thread_in(&general, "talk").unwrap();
    let path = format!("/channels/{}", thread.id());
    let posted = posts(&rest, &thread.id().to_string(), "before").await.id();
    alice.archives(&thread).unwrap();
    let message = format!("{path}/messages/{posted}");
    assert_eq!(
        rest.call("PATCH", &message, &json!({"content": "after"}))
            .await
            .code(),
        (400, 50083)
    );
    let reaction = format!("{message}/reactions/%F0%9F%91%8D/@me");
    assert_eq!(
        rest.send(rest.request("PUT", &reaction)).await.code(),
        (400, 50083)
    );
    let me = format!("{path}/thread-members/@me");
    assert_eq!(
        rest.send(rest.request("PUT", &me)).await.code(),
        (400, 50083)
    );
    assert_eq!(
        rest.call("PATCH", &path, &json!({"name": "other"}))
            .await
            .code(),
        (400, 50083)
    );
    assert!(alice.renames(&thread, "other").is_err());
    let back = rest.call("PATCH", &path, &json!({"archived": false})).await;
    assert_eq!(
        (back.status, &back.body["thread_metadata"]["archived"]),
        (200, &json!(false)),
        "whoever may write may bring it back"
    );
    emulator.close().await;
}

#[tokio::test]
async fn an_answer_in_a_thread_that_was_closed_meanwhile_is_refused() {
    let emulator = emulator().await;
    let (rest, mut gateway) = crate::bot::ready_bot(&emulator).await;
    let alice = emulator.person("alice");
    let thread = alice
        .opens_thread_in(&emulator.channel("general"), "talk")
        .unwrap();
    alice
        .uses(&thread, "ask", &[("question", "Why?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    emulator.person("you").locks(&thread).unwrap();
    let edited = rest.edits(&interaction, &json!({"content": "late"})).await;
    assert_eq!(edited.code(), (400, 50083));
    emulator.removes_bot();
    let edited = rest.edits(&interaction, &json!({"content": "later"})).await;
    assert_eq!(
        edited.code(),
        (403, 50001),
        "it is not in the guild any more"
    );
    emulator.close().await;
}

#[tokio::test]
async fn its_owner_may_name_and_archive_a_thread_and_not_more() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let own = starts(&rest, &general, &json!({"name": "own", "type": 11}))
        .await
        .id();
    let hers = emulator
        .person("alice")
        .opens_thread_in(&general, "hers")
        .unwrap();
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS).await;
    let changes = async |thread: &str, body: Value| {
        let answered = rest
            .call("PATCH", &format!("/channels/{thread}"), &body)
            .await;
        (answered.status, answered.body["code"].as_u64().unwrap_or(0))
    };
    assert_eq!(changes(&own, json!({"name": "renamed"})).await, (200, 0));
    assert_eq!(gateway.event("THREAD_UPDATE").await["name"], "renamed");
    assert_eq!(
        changes(&own, json!({"auto_archive_duration": 60})).await,
        (200, 0)
    );
    assert_eq!(
        changes(&own, json!({"auto_archive_duration": 61})).await,
        (400, 50035)
    );
    assert_eq!(changes(&own, json!({"locked": true})).await, (403, 50013));
    assert_eq!(changes(&own, json!({"flags": 2})).await, (501, 0));
    assert_eq!(
        changes(&own, json!({"rate_limit_per_user": 5})).await,
        (403, 50013)
    );
    let hers = hers.id().to_string();
    assert_eq!(changes(&hers, json!({"name": "mine"})).await, (403, 50013));
    assert_eq!(changes(&own, json!({"archived": true})).await, (200, 0));
    emulator.close().await;
}

#[tokio::test]
async fn a_deleted_thread_is_told_of_by_where_it_was() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let own = starts(&rest, &general, &json!({"name": "own", "type": 11}))
        .await
        .id();
    let path = format!("/channels/{own}");
    assert_eq!(
        rest.send(rest.request("DELETE", &path)).await.code(),
        (403, 50013)
    );
    emulator
        .bot()
        .gets(emulator.role("keeper", Permissions::MANAGE_THREADS));
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS).await;
    assert_eq!(rest.send(rest.request("DELETE", &path)).await.status, 200);
    let deleted = gateway.event("THREAD_DELETE").await;
    let parent = general.id().to_string();
    let guild = rest.get(&format!("/channels/{parent}")).await.body["guild_id"].clone();
    assert_eq!(
        deleted,
        json!({"id": own, "guild_id": guild, "parent_id": parent, "type": 11})
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_guild_has_a_number_of_active_threads() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    emulator.limit_active_threads(2);
    let body = json!({"name": "n", "type": 11});
    let first = starts(&rest, &general, &body).await.id();
    assert_eq!(starts(&rest, &general, &body).await.status, 201);
    assert_eq!(starts(&rest, &general, &body).await.code(), (400, 160_006));
    let archived = json!({"archived": true});
    rest.call("PATCH", &format!("/channels/{first}"), &archived)
        .await;
    assert_eq!(
        starts(&rest, &general, &body).await.status,
        201,
        "the archive does not count"
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_thread_has_a_thousand_members() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let thread = starts(&rest, &general, &json!({"name": "crowd", "type": 11}))
        .await
        .id();
    let joins = async |n: usize| {
        let person = emulator.person(&format!("p{n}")).id();
        let path = format!("/channels/{thread}/thread-members/{person}");
        rest.send(rest.request("PUT", &path)).await
    };
    for n in 0..998 {
        assert_eq!(joins(n).await.status, 204);
    }
    assert_eq!(joins(998).await.status, 204, "the thousandth, with the bot");
    assert_eq!(joins(999).await.code(), (400, 30033));
    emulator.close().await;
}

#[tokio::test]
async fn threads_have_permissions_of_their_own() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let (bot, alice) = (emulator.bot(), emulator.person("alice"));
    let thread = alice
        .opens_thread_in(&general, "talk")
        .unwrap()
        .id()
        .to_string();
    let said = alice.says(&general, "x").unwrap();
    let named = json!({"name": "n"});
    general.denies(&bot, Permissions::SEND_MESSAGES);
    assert_eq!(
        posts(&rest, &thread, "x").await.status,
        200,
        "that is for the channel"
    );
    general.denies(&bot, Permissions::SEND_MESSAGES_IN_THREADS);
    assert_eq!(posts(&rest, &thread, "x").await.code(), (403, 50013));
    general.denies(&bot, Permissions::CREATE_PUBLIC_THREADS);
    let started = starts_from(&rest, &general, said.id(), &named).await;
    assert_eq!(started.code(), (403, 50013));
    general.denies(&bot, Permissions::CREATE_PRIVATE_THREADS);
    assert_eq!(starts(&rest, &general, &named).await.code(), (403, 50013));
    emulator.close().await;
}

#[tokio::test]
async fn each_kind_of_channel_has_its_kind_of_thread() {
    let emulator = emulator().await;
    let (rest, news) = (Rest::new(&emulator), emulator.announcements("news"));
    let said = emulator.person("you").says(&news, "today").unwrap();
    let started = starts_from(&rest, &news, said.id(), &json!({"name": "n"})).await;
    assert_eq!((started.status, &started.body["type"]), (201, &json!(10)));
    let public = json!({"name": "n", "type": 11});
    assert_eq!(starts(&rest, &news, &public).await.code(), (400, 50035));
    let thread = said.thread().unwrap();
    let inside = emulator.person("you").says(&thread, "x").unwrap();
    assert_eq!(
        starts_from(&rest, &thread, inside.id(), &json!({"name": "n"}))
            .await
            .code(),
        (400, 50024),
        "a thread holds no threads"
    );
    emulator.close().await;
}

#[tokio::test]
async fn archived_threads_are_listed_by_kind_and_page() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let owner = emulator.person("you");
    let mut public = Vec::new();
    for name in ["a", "b", "c"] {
        let thread = owner.opens_thread_in(&general, name).unwrap();
        owner.archives(&thread).unwrap();
        public.push(json!(thread.id().to_string()));
        emulator.advance(Duration::from_secs(1));
    }
    let path = format!("/channels/{}", general.id());
    let ids = |answered: &Answered| -> Vec<Value> {
        let threads = answered.body["threads"].as_array().unwrap();
        threads.iter().map(|thread| thread["id"].clone()).collect()
    };
    let page = rest
        .get(&format!("{path}/threads/archived/public?limit=2"))
        .await;
    assert_eq!(
        (ids(&page), &page.body["has_more"]),
        (vec![public[2].clone(), public[1].clone()], &json!(true))
    );
    let last = &page.body["threads"][1]["thread_metadata"]["archive_timestamp"];
    let before = last.as_str().unwrap().replace('+', "%2B");
    let page = rest
        .get(&format!(
            "{path}/threads/archived/public?limit=2&before={before}"
        ))
        .await;
    assert_eq!(
        (ids(&page), &page.body["has_more"]),
        (vec![public[0].clone()], &json!(false))
    );
    let secret = owner.opens_private_thread_in(&general, "secret").unwrap();
    owner.adds(&emulator.bot(), &secret).unwrap();
    owner.archives(&secret).unwrap();
    let private = format!("{path}/threads/archived/private");
    assert_eq!(rest.get(&private).await.code(), (403, 50013));
    let joined = rest
        .get(&format!("{path}/users/@me/threads/archived/private"))
        .await;
    assert_eq!(ids(&joined), [json!(secret.id().to_string())]);
    emulator
        .bot()
        .gets(emulator.role("keeper", Permissions::MANAGE_THREADS));
    assert_eq!(
        ids(&rest.get(&private).await),
        [json!(secret.id().to_string())]
    );
    emulator.close().await;
}
