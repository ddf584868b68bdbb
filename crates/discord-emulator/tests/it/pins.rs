//! Pinned messages.

use discord_emulator::Permissions;
use serde_json::json;

use crate::bot::{Gateway, Rest, emulator};

#[tokio::test]
async fn pinning_needs_its_own_permission_and_is_noted() {
    let emulator = emulator().await;
    let (rest, general) = (Rest::new(&emulator), emulator.channel("general"));
    let said = emulator
        .person("alice")
        .says(&general, "keep this")
        .unwrap();
    let pins = format!("/channels/{}/messages/pins", general.id());
    let pin = format!("{pins}/{}", said.id());
    let call = async |method: &str| rest.send(rest.request(method, &pin)).await;
    assert_eq!(call("PUT").await.code(), (403, 50013));
    emulator
        .bot()
        .gets(emulator.role("pinner", Permissions::PIN_MESSAGES));
    let (mut gateway, _) = Gateway::identified(&emulator, 1 | 1 << 9).await;
    assert_eq!(call("PUT").await.status, 204);
    assert_eq!(gateway.event("MESSAGE_UPDATE").await["pinned"], true);
    assert!(gateway.event("CHANNEL_PINS_UPDATE").await["last_pin_timestamp"].is_string());
    let note = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&note["type"], &note["message_reference"]["message_id"]),
        (&json!(6), &json!(said.id().to_string()))
    );
    let listed = rest.get(&pins).await.body;
    assert_eq!(
        (&listed["items"][0]["message"]["id"], &listed["has_more"]),
        (&json!(said.id().to_string()), &json!(false))
    );
    let before = listed["items"][0]["pinned_at"]
        .as_str()
        .unwrap()
        .replace('+', "%2B");
    let earlier = rest.get(&format!("{pins}?before={before}")).await.body;
    assert_eq!(earlier["items"], json!([]));
    let as_before = rest
        .get(&format!("/channels/{}/pins", general.id()))
        .await
        .body;
    assert_eq!(as_before[0]["pinned"], true);
    assert_eq!(call("DELETE").await.status, 204);
    assert_eq!(rest.get(&pins).await.body["items"], json!([]));
    emulator.close().await;
}

#[tokio::test]
async fn a_channel_has_at_most_250_pins() {
    let emulator = emulator().await;
    let general = emulator.channel("general");
    let owner = emulator.person("you");
    for n in 0..250 {
        owner
            .pins(&owner.says(&general, &n.to_string()).unwrap())
            .unwrap();
    }
    let refused = owner.pins(&owner.says(&general, "one more").unwrap());
    assert!(refused.unwrap_err().to_string().contains("30003"));
    emulator.close().await;
}
