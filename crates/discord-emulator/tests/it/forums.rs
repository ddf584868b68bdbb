//! Forums: posts, their first message, tags.

use serde_json::{Value, json};

use crate::bot::{Answered, Gateway, Rest, emulator};

async fn posts(rest: &Rest, forum: u64, body: &Value) -> Answered {
    rest.call("POST", &format!("/channels/{forum}/threads"), body)
        .await
}

fn post(title: &str, text: &str) -> Value {
    json!({"name": title, "message": {"content": text}})
}

#[tokio::test]
async fn a_post_is_a_thread_whose_first_message_has_its_id() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let forum = emulator.forum("questions");
    let (mut gateway, _) = Gateway::identified(&emulator, 1 | 1 << 9).await;
    let posted = posts(&rest, forum.id(), &post("Why?", "I wonder.")).await;
    assert_eq!((posted.status, &posted.body["type"]), (201, &json!(11)));
    assert_eq!(posted.body["message"]["id"], posted.body["id"]);
    assert_eq!(posted.body["message"]["content"], "I wonder.");
    assert_eq!(gateway.event("THREAD_CREATE").await["newly_created"], true);
    let message = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&message["id"], &message["type"]),
        (&posted.body["id"], &json!(0))
    );
    let shown = rest.get(&format!("/channels/{}", posted.id())).await.body;
    assert_eq!(
        (&shown["message_count"], &shown["total_message_sent"]),
        (&json!(0), &json!(0)),
        "the first message is not counted"
    );
    emulator.close().await;
}

#[tokio::test]
async fn the_first_message_is_judged_like_every_other() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let forum = emulator.forum("questions").id();
    let code = async |body: Value| posts(&rest, forum, &body).await.code();
    let tree = posts(&rest, forum, &post("t", &"x".repeat(2001)))
        .await
        .body;
    assert!(tree["errors"]["message"]["content"]["_errors"].is_array());
    assert_eq!(
        posts(&rest, forum, &post("t", &"x".repeat(2000)))
            .await
            .status,
        201
    );
    assert_eq!(code(post("t", " ")).await, (400, 50006));
    assert_eq!(code(json!({"name": "t"})).await, (400, 50035));
    assert_eq!(code(post(&"t".repeat(101), "x")).await, (400, 50035));
    let ephemeral = json!({"name": "t", "message": {"content": "x", "flags": 64}});
    assert_eq!(code(ephemeral).await, (400, 50035));
    let eleven = vec![json!({"title": "e"}); 11];
    let embeds = json!({"name": "t", "message": {"embeds": eleven}});
    assert_eq!(code(embeds).await, (400, 50035));
    emulator.close().await;
}

#[tokio::test]
async fn a_forum_takes_posts_and_no_messages() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let path = format!("/channels/{}/messages", emulator.forum("questions").id());
    let posted = rest.call("POST", &path, &json!({"content": "x"})).await;
    assert_eq!(posted.code(), (400, 40058));
    let path = format!("/channels/{}/messages", emulator.category("plans").id());
    let posted = rest.call("POST", &path, &json!({"content": "x"})).await;
    assert_eq!(posted.code(), (400, 50008));
    emulator.close().await;
}

#[tokio::test]
async fn a_post_carries_tags_of_its_forum() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let forum = emulator.forum("questions");
    for tag in ["a", "b", "c", "d", "e", "f"] {
        forum.has_tag(tag);
    }
    let tags = forum.json().unwrap()["available_tags"].clone();
    let ids: Vec<Value> = tags
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["id"].clone())
        .collect();
    let with = async |tags: &[Value]| {
        let mut body = post("t", "x");
        body["applied_tags"] = json!(tags);
        posts(&rest, forum.id(), &body).await
    };
    let tagged = with(&ids[..5]).await;
    assert_eq!(
        (
            tagged.status,
            tagged.body["applied_tags"].as_array().unwrap().len()
        ),
        (201, 5)
    );
    assert_eq!(with(&ids).await.code(), (400, 50035));
    assert_eq!(with(&[json!("12345")]).await.code(), (400, 50035));
    forum.requires_tag(true);
    assert_eq!(with(&[]).await.code(), (400, 40067));
    assert_eq!(with(&ids[..1]).await.status, 201);
    assert_eq!(
        forum.json().unwrap()["flags"].as_u64().unwrap() & 1 << 4,
        1 << 4
    );
    let alice = emulator.person("alice");
    assert!(alice.posts(&forum, "t", "x", &[]).is_err());
    assert!(alice.posts(&forum, "t", "x", &["nothing"]).is_err());
    let thread = alice.posts(&forum, "t", "x", &["a"]).unwrap();
    assert_eq!(thread.shows(), "alice: x");
    emulator.close().await;
}

#[tokio::test]
async fn a_forum_has_at_most_twenty_tags() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let forum = emulator.forum("questions");
    emulator
        .bot()
        .gets(emulator.role("builder", discord_emulator::Permissions::MANAGE_CHANNELS));
    let path = format!("/channels/{}", forum.id());
    let tags = |count: usize| {
        let tags: Vec<Value> = (0..count)
            .map(|n| json!({"name": format!("tag {n}")}))
            .collect();
        json!({"available_tags": tags})
    };
    let changed = rest.call("PATCH", &path, &tags(20)).await;
    assert_eq!(changed.status, 200);
    let tags_made = changed.body["available_tags"].as_array().unwrap().iter();
    let ids: std::collections::BTreeSet<&str> =
        tags_made.map(|tag| tag["id"].as_str().unwrap()).collect();
    assert!(ids.len() == 20 && !ids.contains("0"), "{ids:?}");
    assert_eq!(
        rest.call("PATCH", &path, &tags(21)).await.code(),
        (400, 50035)
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_post_that_is_refused_leaves_no_thread_behind() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let forum = emulator.forum("questions").id();
    let body = json!({"name": "t", "message": {"content": "x", "attachments": [{"id": 7}]}});
    let refused = posts(&rest, forum, &body).await;
    assert_eq!(refused.code(), (400, 50035));
    let at = &refused.body["errors"]["message"]["attachments"]["0"]["id"]["_errors"];
    assert_eq!(at[0]["code"], "ATTACHMENT_NOT_FOUND");
    let guild = rest.get("/users/@me/guilds").await.body[0]["id"].clone();
    let active = format!("/guilds/{}/threads/active", guild.as_str().unwrap());
    assert_eq!(rest.get(&active).await.body["threads"], json!([]));
    emulator.close().await;
}
