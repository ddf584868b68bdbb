//! Commands from the menu of a message or a person.

use discord_emulator::Emulator;
use serde_json::json;

use crate::bot::{Gateway, Rest, emulator, ready_bot};

async fn bot_with_menus(emulator: &Emulator) -> (Rest, Gateway) {
    let (rest, gateway) = ready_bot(emulator).await;
    let commands = json!([{"name": "Explain this", "type": 3}, {"name": "Greet", "type": 2}]);
    let path = format!("/applications/{}/commands", rest.application);
    assert_eq!(rest.call("PUT", &path, &commands).await.status, 200);
    (rest, gateway)
}

#[tokio::test]
async fn a_command_on_a_message_brings_the_message() {
    let emulator = emulator().await;
    let (rest, mut gateway) = bot_with_menus(&emulator).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let said = emulator
        .person("bob")
        .says(&general, "It is what it is.")
        .unwrap();
    let used = alice.uses_on_message(&said, "Explain this").await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(
        (&event["type"], &event["data"]["type"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(event["data"]["target_id"], said.id().to_string());
    let target = &event["data"]["resolved"]["messages"][said.id().to_string()];
    assert_eq!(target["content"], "It is what it is.");
    let body = json!({"type": 4, "data": {"content": "It is."}});
    assert_eq!(rest.responds(&event, &body).await.status, 204);
    let reply = used.reply().unwrap();
    assert_eq!(reply["type"], 23);
    assert_eq!(
        reply["interaction_metadata"]["target_message_id"],
        said.id().to_string()
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_command_on_a_person_brings_the_person() {
    let emulator = emulator().await;
    let (_rest, mut gateway) = bot_with_menus(&emulator).await;
    let (alice, bob, general) = (
        emulator.person("alice"),
        emulator.person("bob"),
        emulator.channel("general"),
    );
    alice.uses_on_person(&general, &bob, "Greet").await.unwrap();
    let data = gateway.event("INTERACTION_CREATE").await["data"].clone();
    let id = bob.id().to_string();
    assert_eq!((&data["type"], &data["target_id"]), (&json!(2), &json!(id)));
    assert_eq!(data["resolved"]["users"][&id]["global_name"], "bob");
    assert!(data["resolved"]["members"][&id]["permissions"].is_string());
    assert!(data["resolved"]["members"][&id]["user"].is_null());
    emulator.close().await;
}

#[tokio::test]
async fn a_menu_offers_only_its_own_kind() {
    let emulator = emulator().await;
    let (_rest, _gateway) = bot_with_menus(&emulator).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let said = alice.says(&general, "hello").unwrap();
    let refused = alice.uses_on_message(&said, "Greet").await.err().unwrap();
    assert_eq!(
        refused.to_string(),
        "there is no command \"Greet\"; registered: \"Explain this\""
    );
    emulator.close().await;
}
