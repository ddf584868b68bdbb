//! Forms: opened as the first response, filled in by the person, sent as an interaction of their own.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::time::Duration;

use discord_emulator::{Emulator, Modal, UseError};
use serde_json::{Value, json};

use crate::bot::{Gateway, Rest, SOON, emulator, ready_bot};

/// A form of two text inputs, as libraries have sent it for years.
fn rows() -> Value {
    let input = |id: &str, label: &str, more: Value| {
        let mut input = json!({"type": 4, "custom_id": id, "label": label, "style": 1});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"type": 1, "components": [input]})
    };
    json!([
        input(
            "question",
            "Your question",
            json!({"min_length": 3, "max_length": 10})
        ),
        input("note", "Note", json!({"required": false}))
    ])
}

/// The bot answers `/ask` of alice with a form.
async fn opened(emulator: &Emulator, components: Value) -> (Rest, Gateway, Modal, Value) {
    let (rest, mut gateway) = ready_bot(emulator).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let asked = alice
        .uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    let data = json!({"title": "Ask again", "custom_id": "again", "components": components});
    let answered = rest
        .responds(&event, &json!({"type": 9, "data": data}))
        .await;
    assert_eq!(answered.status, 204, "{answered:?}");
    let modal = asked.modal(SOON).await.unwrap();
    (rest, gateway, modal, event)
}

#[tokio::test]
async fn a_form_is_filled_in_and_answered() {
    let emulator = emulator().await;
    let (rest, mut gateway, modal, command) = opened(&emulator, rows()).await;
    let alice = emulator.person("alice");
    assert_eq!(
        (modal.title.as_str(), alice.modal()),
        ("Ask again", Some(modal.clone()))
    );
    let sent = alice
        .fills(&modal, &[("Your question", "Why?")])
        .await
        .unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(
        (&event["type"], &event["data"]["custom_id"]),
        (&json!(5), &json!("again"))
    );
    let fields = &event["data"]["components"];
    assert_eq!(fields[0]["components"][0]["value"], "Why?");
    assert_eq!(fields[1]["components"][0]["value"], "");
    let body = json!({"type": 4, "data": {"content": "Because."}});
    assert_eq!(rest.responds(&event, &body).await.status, 204);
    assert_eq!(alice.modal(), None);
    let metadata = &sent.reply().unwrap()["interaction_metadata"];
    assert_eq!(
        metadata["triggering_interaction_metadata"]["id"],
        command["id"]
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_form_is_not_sent_as_long_as_a_field_does_not_fit() {
    let emulator = emulator().await;
    let (_rest, _gateway, modal, _) = opened(&emulator, rows()).await;
    let alice = emulator.person("alice");
    let fills = async |values: &[(&str, &str)]| match alice.fills(&modal, values).await {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    assert!(fills(&[]).await.ends_with("it must not be empty"));
    assert!(
        fills(&[("question", "ab")])
            .await
            .ends_with("allowed are 3 to 10")
    );
    assert!(
        fills(&[("question", "12345678901")])
            .await
            .ends_with("allowed are 3 to 10")
    );
    assert!(
        fills(&[("question", "abc"), ("mood", "good")])
            .await
            .ends_with("it has: Your question, Note")
    );
    assert_eq!(fills(&[("question", "1234567890")]).await, "");
    emulator.close().await;
}

#[tokio::test]
async fn a_form_put_away_cannot_be_sent() {
    let emulator = emulator().await;
    let (_rest, _gateway, modal, _) = opened(&emulator, rows()).await;
    let alice = emulator.person("alice");
    alice.dismisses(&modal).unwrap();
    assert_eq!(alice.modal(), None);
    assert_eq!(
        alice.fills(&modal, &[("question", "abc")]).await.err(),
        Some(UseError::NoForm)
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_form_that_the_bot_does_not_take_stays_open() {
    let emulator = emulator().await;
    let (_rest, _gateway, modal, _) = opened(&emulator, rows()).await;
    let alice = emulator.person("alice");
    alice.fills(&modal, &[("question", "abc")]).await.unwrap();
    assert_eq!(
        alice.fills(&modal, &[("question", "abc")]).await.err(),
        Some(UseError::NoForm)
    );
    emulator.advance(Duration::from_secs(3));
    assert!(alice.modal().unwrap().has_failed);
    alice.fills(&modal, &[("question", "abc")]).await.unwrap();
    emulator.close().await;
}

#[tokio::test]
async fn a_form_of_labels_takes_every_kind_of_field() {
    let emulator = emulator().await;
    let label =
        |label: &str, component: Value| json!({"type": 18, "label": label, "component": component});
    let options = json!([{"label": "Quick", "value": "q"}, {"label": "Deep", "value": "d"}]);
    let components = json!([
        label(
            "Question",
            json!({"type": 4, "custom_id": "question", "style": 2})
        ),
        label(
            "Mode",
            json!({"type": 3, "custom_id": "mode", "options": options})
        ),
        label(
            "Who",
            json!({"type": 5, "custom_id": "who", "required": false})
        ),
        label(
            "Sources",
            json!({"type": 22, "custom_id": "sources", "options": options})
        ),
        label("Sure", json!({"type": 23, "custom_id": "sure"}))
    ]);
    let (_rest, mut gateway, modal, _) = opened(&emulator, components).await;
    let filled = [
        ("Question", "Why?"),
        ("Mode", "Deep"),
        ("Who", "alice"),
        ("Sources", "q"),
        ("Sources", "d"),
        ("Sure", "true"),
    ];
    let alice = emulator.person("alice");
    alice.fills(&modal, &filled).await.unwrap();
    let data = gateway.event("INTERACTION_CREATE").await["data"].clone();
    let field = |n: usize| data["components"][n]["component"].clone();
    assert_eq!(field(0)["value"], "Why?");
    assert_eq!(field(1)["values"], json!(["d"]));
    let id = alice.id().to_string();
    assert_eq!(field(2)["values"], json!([id]));
    assert_eq!(data["resolved"]["users"][&id]["global_name"], "alice");
    assert_eq!(field(3)["values"], json!(["q", "d"]));
    assert_eq!(field(4)["value"], true);
    emulator.close().await;
}

#[tokio::test]
async fn a_form_takes_files() {
    let emulator = emulator().await;
    let upload = json!({"type": 19, "custom_id": "files", "max_values": 2});
    let components = json!([{"type": 18, "label": "Files", "component": upload}]);
    let (_rest, mut gateway, modal, _) = opened(&emulator, components).await;
    let alice = emulator.person("alice");
    let handed_in = |name: &str| alice.hands_in(name, b"x").unwrap().to_string();
    let (one, two, three) = (handed_in("1"), handed_in("2"), handed_in("3"));
    let fills = async |files: &[&str]| {
        let values: Vec<(&str, &str)> = files.iter().map(|file| ("Files", *file)).collect();
        alice.fills(&modal, &values).await.is_ok()
    };
    assert!(!fills(&[]).await);
    assert!(!fills(&[&one, &two, &three]).await);
    assert!(fills(&[&one, &two]).await);
    let data = gateway.event("INTERACTION_CREATE").await["data"].clone();
    assert_eq!(
        data["components"][0]["component"]["values"],
        json!([one, two])
    );
    assert_eq!(data["resolved"]["attachments"][&two]["filename"], "2");
    emulator.close().await;
}
