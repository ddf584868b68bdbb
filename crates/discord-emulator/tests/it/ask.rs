//! The way of a question, with the requests of a serenity bot in their order.

use discord_emulator::{NotReady, Report, Speed, UseError};
use serde_json::{Value, json};

use crate::bot::{Gateway, Rest, SOON, emulator, identify, ready_bot};

/// One bot is connected, and nothing else is to be said.
fn nothing_wrong() -> Report {
    Report {
        open_sessions: 1,
        ..Report::default()
    }
}

#[tokio::test]
async fn a_question_travels_all_the_way() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let address = rest.get("/gateway").await.body["url"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(address, emulator.gateway_url());
    let owner = rest.get("/oauth2/applications/@me").await.body["owner"]["username"].clone();
    assert_eq!(owner, "you");

    let mut gateway = Gateway::connect(&emulator).await;
    gateway
        .send(&identify(&format!("Bot {}", emulator.bot_token()), 0))
        .await;
    let ready = gateway.event("READY").await;
    assert_eq!(ready["guilds"][0]["unavailable"], true);
    rest.registers_ask().await;
    emulator.bot_is_ready(SOON).await.unwrap();

    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let asked = alice
        .uses(&general, "ask", &[("question", "Why is the sky blue?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(
        interaction["data"]["options"][0]["value"],
        "Why is the sky blue?"
    );
    assert_eq!(interaction["member"]["user"]["global_name"], "alice");
    for field in [
        "application_id",
        "channel_id",
        "token",
        "version",
        "locale",
        "entitlements",
        "attachment_size_limit",
    ] {
        assert!(!interaction[field].is_null(), "{field}");
    }

    rest.defers(&interaction).await;
    asked.acknowledged(SOON).await.unwrap();
    assert_eq!(asked.reply().unwrap()["flags"], 1 << 7);
    assert_eq!(emulator.report().left_thinking.len(), 1);

    for text in [
        "Because",
        "Because light scatters. [1](<https://example.org>)",
    ] {
        let edited = rest
            .edits(
                &interaction,
                &json!({"content": text, "allowed_mentions": {"parse": []}}),
            )
            .await;
        assert_eq!(
            (edited.status, &edited.body["content"]),
            (200, &Value::from(text))
        );
    }
    let embed =
        json!({"title": "Sources", "description": "`1` [Sky](https://example.org)", "color": 5});
    rest.edits(&interaction, &json!({"embeds": [embed]})).await;

    let reply = asked
        .until(SOON, |reply| reply["embeds"][0]["title"] == "Sources")
        .await
        .unwrap();
    assert_eq!(
        reply["content"],
        "Because light scatters. [1](<https://example.org>)"
    );
    assert_eq!(reply["flags"], 0);
    assert!(reply["edited_timestamp"].is_string());
    assert_eq!(
        reply["interaction_metadata"]["user"]["global_name"],
        "alice"
    );
    let timeline = asked.timeline();
    assert_eq!(timeline.edits, 3);
    assert!(timeline.received.unwrap() <= timeline.acknowledged.unwrap());
    assert!(timeline.acknowledged.unwrap() <= timeline.first_text.unwrap());
    assert!(timeline.first_text.unwrap() <= timeline.last_change.unwrap());

    insta::assert_snapshot!(general.shows(), @r"
    alice used /ask question: Why is the sky blue?
    Footnote [APP]: Because light scatters. [1](<https://example.org>) (edited)
    │ Sources
    │ `1` [Sky](https://example.org)
    ");
    assert_eq!(emulator.report(), nothing_wrong());
    emulator.close().await;
}

#[tokio::test]
async fn an_ephemeral_answer_is_for_its_person_alone() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (alice, bob, general) = (
        emulator.person("alice"),
        emulator.person("bob"),
        emulator.channel("general"),
    );
    let asked = alice
        .uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    let body = json!({"type": 4, "data": {"content": "psst", "flags": 64}});
    assert_eq!(rest.responds(&interaction, &body).await.status, 204);
    let reply = asked
        .until(SOON, |reply| reply["content"] == "psst")
        .await
        .unwrap();
    assert_eq!(alice.sees(&general).len(), 1);
    assert_eq!(bob.sees(&general), Vec::<Value>::new());
    let path = format!(
        "/channels/{}/messages/{}",
        general.id(),
        reply["id"].as_str().unwrap()
    );
    assert_eq!(rest.get(&path).await.code(), (404, 10008));
    assert_eq!(
        rest.get(&rest.webhook(&interaction, "/messages/%40original"))
            .await
            .body["content"],
        "psst"
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_follow_up_fills_in_the_thinking_reply_and_later_ones_are_new() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    you.uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    let first = rest
        .call(
            "POST",
            &rest.webhook(&interaction, ""),
            &json!({"content": "one"}),
        )
        .await;
    let second = rest
        .call(
            "POST",
            &rest.webhook(&interaction, ""),
            &json!({"content": "two"}),
        )
        .await;
    let original = rest
        .get(&rest.webhook(&interaction, "/messages/@original"))
        .await;
    assert_eq!(first.id(), original.id());
    assert_ne!(second.id(), original.id());
    let path = rest.webhook(&interaction, &format!("/messages/{}", second.id()));
    assert_eq!(
        rest.call("PATCH", &path, &json!({"content": "zwei"}))
            .await
            .body["content"],
        "zwei"
    );
    assert_eq!(rest.send(rest.request("DELETE", &path)).await.status, 204);
    assert_eq!(rest.get(&path).await.code(), (404, 10008));
    let seen: Vec<Value> = you
        .sees(&general)
        .iter()
        .map(|message| message["content"].clone())
        .collect();
    assert_eq!(seen, ["one"]);
    emulator.close().await;
}

#[tokio::test]
async fn a_callback_with_response_shows_what_was_made() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    you.uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    let (id, token) = (
        interaction["id"].as_str().unwrap(),
        interaction["token"].as_str().unwrap(),
    );
    let path = format!("/interactions/{id}/{token}/callback?with_response=1");
    let made = rest.call("POST", &path, &json!({"type": 5})).await;
    assert_eq!(made.status, 200);
    assert_eq!(made.body["interaction"]["response_message_loading"], true);
    assert!(made.body["interaction"]["response_message_id"].is_string());
    assert!(made.body.get("resource").is_none());
    assert_eq!(
        rest.responds(&interaction, &json!({"type": 5}))
            .await
            .code(),
        (400, 40060)
    );
    emulator.close().await;
}

#[tokio::test]
async fn what_a_client_would_not_send_is_not_sent() {
    let emulator = emulator().await;
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    let rest = Rest::new(&emulator);
    rest.registers_ask().await;
    let uses = async |command: &str, options: &[(&str, &str)]| {
        you.uses(&general, command, options)
            .await
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(uses("ask", &[("question", "?")]).await, UseError::NoBot);
    assert!(matches!(
        uses("sing", &[]).await,
        UseError::NoSuchCommand { .. }
    ));
    assert!(matches!(
        uses("ask", &[]).await,
        UseError::MissingOption { .. }
    ));
    let impatient = std::time::Duration::ZERO;
    assert_eq!(
        emulator.bot_is_ready(impatient).await,
        Err(NotReady::NotConnected(impatient))
    );
    emulator.close().await;
}

#[tokio::test]
async fn two_hundred_questions_are_told_apart() {
    let emulator = emulator().await;
    emulator.run_time(Speed::FROZEN); // a slow machine may need more than three seconds for so many
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let general = emulator.channel("general");
    let mut asked = Vec::new();
    for n in 0..200 {
        let person = emulator.person(&format!("person {}", n % 20));
        asked.push(
            person
                .uses(&general, "ask", &[("question", &n.to_string())])
                .await
                .unwrap(),
        );
    }
    for _ in 0..200 {
        let interaction = gateway.event("INTERACTION_CREATE").await;
        rest.defers(&interaction).await;
        let question = interaction["data"]["options"][0]["value"].as_str().unwrap();
        assert_eq!(
            rest.edits(&interaction, &json!({"content": format!("re {question}")}))
                .await
                .status,
            200
        );
    }
    for (n, one) in asked.iter().enumerate() {
        assert_eq!(one.reply().unwrap()["content"], format!("re {n}"));
    }
    assert_eq!(emulator.report(), nothing_wrong());
    emulator.close().await;
}

#[tokio::test]
async fn a_thinking_reply_that_was_deleted_thinks_no_more() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let general = emulator.channel("general");
    let alice = emulator.person("alice");
    let asked = alice
        .uses(&general, "ask", &[("question", "Why?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    let reply = asked.reply().unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("/channels/{}/messages/{reply}", general.id());
    assert_eq!(rest.call("DELETE", &path, &json!({})).await.status, 204);
    assert_eq!(emulator.report().left_thinking, []);
    let follow_up = rest.webhook(&interaction, "");
    let said = rest
        .call("POST", &follow_up, &json!({"content": "Because."}))
        .await;
    assert_eq!(
        (said.status, &said.body["content"]),
        (200, &json!("Because."))
    );
    emulator.close().await;
}
