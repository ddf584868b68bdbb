//! Buttons and menus: what a press sends, and how the bot may answer it.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use discord_emulator::{Harness, Interaction, Message, UseError};
use serde_json::{Value, json};

use crate::bot::{Answered, Gateway, Rest, emulator, ready_bot};

/// An emulator with a bot that has posted two buttons and a menu to "general".
struct Stage {
    emulator: Harness,
    rest: Rest,
    gateway: Gateway,
    message: Message,
}

async fn stage() -> Stage {
    let emulator = emulator().await;
    let (rest, gateway) = ready_bot(&emulator).await;
    let buttons = json!({"type": 1, "components": [
        {"type": 2, "style": 1, "label": "More", "custom_id": "more"},
        {"type": 2, "style": 2, "label": "Never", "custom_id": "never", "disabled": true},
        {"type": 2, "style": 5, "label": "Source", "url": "https://example.org"}]});
    let menu = json!({"type": 1, "components": [{"type": 3, "custom_id": "mode", "max_values": 2, "options": [
        {"label": "Quick", "value": "q"}, {"label": "Deep", "value": "d"}, {"label": "Wide", "value": "w"}]}]});
    let general = emulator.channel("general");
    let path = format!("/channels/{}/messages", general.id());
    let body = json!({"content": "An answer.", "components": [buttons, menu]});
    let posted = rest.call("POST", &path, &body).await;
    assert_eq!(posted.status, 200, "{posted:?}");
    let message = general.message(posted.id().parse().unwrap()).unwrap();
    Stage {
        emulator,
        rest,
        gateway,
        message,
    }
}

impl Stage {
    async fn alice_presses(&mut self) -> (Interaction, Value) {
        let alice = self.emulator.person("alice");
        let pressed = alice.presses(&self.message, "More").await.unwrap();
        (pressed, self.gateway.event("INTERACTION_CREATE").await)
    }

    async fn message(&self) -> Answered {
        let general = self.emulator.channel("general").id();
        self.rest
            .get(&format!(
                "/channels/{general}/messages/{}",
                self.message.id()
            ))
            .await
    }
}

#[tokio::test]
async fn a_press_tells_the_bot_what_was_pressed_and_where() {
    let mut stage = stage().await;
    let (_, event) = stage.alice_presses().await;
    assert_eq!(event["type"], 3);
    assert_eq!(event["data"]["custom_id"], "more");
    assert_eq!(event["data"]["component_type"], 2);
    assert_eq!(event["message"]["id"], stage.message.id().to_string());
    assert_eq!(event["message"]["content"], "An answer.");
    assert_eq!(event["member"]["user"]["global_name"], "alice");
    stage.emulator.close().await;
}

#[tokio::test]
async fn a_press_can_change_the_message_at_once() {
    let mut stage = stage().await;
    let (pressed, event) = stage.alice_presses().await;
    let update = json!({"type": 7, "data": {"content": "More of it.", "components": []}});
    assert_eq!(stage.rest.responds(&event, &update).await.status, 204);
    let message = stage.message().await.body;
    assert_eq!(message["content"], "More of it.");
    assert_eq!(message["components"], json!([]));
    assert_eq!(pressed.reply().unwrap()["id"], message["id"]);
    let original = stage.rest.webhook(&event, "/messages/@original");
    assert_eq!(
        stage.rest.get(&original).await.id(),
        stage.message.id().to_string()
    );
    stage.emulator.close().await;
}

#[tokio::test]
async fn a_press_can_change_the_message_later() {
    let mut stage = stage().await;
    let (pressed, event) = stage.alice_presses().await;
    assert_eq!(
        stage
            .rest
            .responds(&event, &json!({"type": 6}))
            .await
            .status,
        204
    );
    assert_eq!(stage.message().await.body["content"], "An answer.");
    let edited = stage
        .rest
        .edits(&event, &json!({"content": "Changed."}))
        .await;
    assert_eq!(edited.id(), stage.message.id().to_string());
    assert_eq!(pressed.timeline().edits, 1);
    assert!(stage.emulator.report().left_thinking.is_empty());
    stage.emulator.close().await;
}

#[tokio::test]
async fn a_press_can_be_answered_with_a_message_of_its_own() {
    let mut stage = stage().await;
    let (pressed, event) = stage.alice_presses().await;
    let body = json!({"type": 4, "data": {"content": "for you", "flags": 64}});
    assert_eq!(stage.rest.responds(&event, &body).await.status, 204);
    let reply = pressed.reply().unwrap();
    assert_eq!(reply["interaction_metadata"]["type"], 3);
    assert_eq!(
        reply["interaction_metadata"]["interacted_message_id"],
        stage.message.id().to_string()
    );
    assert_eq!(stage.message().await.body["content"], "An answer.");
    stage.emulator.close().await;
}

#[tokio::test]
async fn a_choice_carries_its_values() {
    let mut stage = stage().await;
    let alice = stage.emulator.person("alice");
    alice
        .chooses(&stage.message, "mode", &["Deep", "q"])
        .await
        .unwrap();
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["data"]["values"], json!(["d", "q"]));
    assert_eq!(event["data"]["component_type"], 3);
    stage.emulator.close().await;
}

#[tokio::test]
async fn what_cannot_be_pressed_or_chosen_is_refused_with_a_sentence() {
    let stage = stage().await;
    let alice = stage.emulator.person("alice");
    let presses = async |button: &str| match alice.presses(&stage.message, button).await {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        presses("never").await,
        "`never` cannot be used: it is disabled"
    );
    assert!(presses("Source").await.contains("opens a link"));
    assert_eq!(
        presses("Less").await,
        "there is no button called `Less` in this message; there is: More, Never, Source"
    );
    let chooses =
        async |values: &[&str]| alice.chooses(&stage.message, "mode", values).await.is_ok();
    assert!(chooses(&["q", "d"]).await);
    assert!(!chooses(&["q", "d", "w"]).await);
    assert!(!chooses(&[]).await);
    assert!(!chooses(&["x"]).await);
    stage.emulator.close().await;
}

#[tokio::test]
async fn buttons_of_an_ephemeral_message_are_for_its_reader_alone() {
    let mut stage = stage().await;
    let (pressed, event) = stage.alice_presses().await;
    let row = json!({"type": 1, "components": [{"type": 2, "style": 1, "label": "Hide", "custom_id": "hide"}]});
    let body = json!({"type": 4, "data": {"content": "psst", "flags": 64, "components": [row]}});
    assert_eq!(stage.rest.responds(&event, &body).await.status, 204);
    let secret = pressed.message().unwrap();
    let bob = stage.emulator.person("bob");
    assert_eq!(
        bob.presses(&secret, "Hide").await.err(),
        Some(UseError::NoSuchMessage)
    );
    stage
        .emulator
        .person("alice")
        .presses(&secret, "Hide")
        .await
        .unwrap();
    let event = stage.gateway.event("INTERACTION_CREATE").await;
    let update = json!({"type": 7, "data": {"content": "gone", "components": []}});
    assert_eq!(stage.rest.responds(&event, &update).await.status, 204);
    assert_eq!(pressed.reply().unwrap()["content"], "gone");
    stage.emulator.close().await;
}

#[tokio::test]
async fn a_channel_shows_what_can_be_pressed_and_who_pressed_it() {
    let mut stage = stage().await;
    let (_, event) = stage.alice_presses().await;
    let body = json!({"type": 4, "data": {"content": "More."}});
    stage.rest.responds(&event, &body).await;
    insta::assert_snapshot!(stage.emulator.channel("general").shows(), @r#"
    Footnote [APP]: An answer.
    [More] [Never, disabled] [Source → https://example.org]
    [mode ▾]

    alice pressed "More"
    Footnote [APP]: More.
    "#);
    stage.emulator.close().await;
}
