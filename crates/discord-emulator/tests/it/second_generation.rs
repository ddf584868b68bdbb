//! Messages in which everything is a component.

use discord_emulator::Emulator;
use serde_json::{Value, json};

use crate::bot::{Answered, Rest, emulator, ready_bot};

const V2: u64 = 1 << 15;

async fn post(emulator: &Emulator, body: &Value) -> Answered {
    let path = format!("/channels/{}/messages", emulator.channel("general").id());
    Rest::new(emulator).call("POST", &path, body).await
}

async fn edit(emulator: &Emulator, posted: &Answered, body: &Value) -> Answered {
    let general = emulator.channel("general").id();
    let path = format!("/channels/{general}/messages/{}", posted.id());
    Rest::new(emulator).call("PATCH", &path, body).await
}

fn text(content: &str) -> Value {
    json!([{"type": 10, "content": content}])
}

#[tokio::test]
async fn it_is_posted_with_ids_and_defaults_and_read_again() {
    let emulator = emulator().await;
    let components = json!([
        {"type": 17, "accent_color": 65535, "components": [
            {"type": 9, "components": [{"type": 10, "content": "An answer"}],
             "accessory": {"type": 2, "style": 5, "label": "Source", "url": "https://example.org"}},
            {"type": 14},
            {"type": 12, "items": [{"media": {"url": "https://example.org/a.png"}}]}]},
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "More", "custom_id": "more"}]}]);
    let posted = post(&emulator, &json!({"flags": V2, "components": components})).await;
    assert_eq!((posted.status, &posted.body["flags"]), (200, &json!(V2)));
    let container = &posted.body["components"][0];
    assert_eq!(
        container["components"][1],
        json!({"type": 14, "id": 5, "divider": true, "spacing": 1})
    );
    assert_eq!(container["spoiler"], false);
    emulator.close().await;
}

#[tokio::test]
async fn it_holds_nothing_else() {
    let emulator = emulator().await;
    for (name, value) in [
        ("content", json!("x")),
        ("embeds", json!([{"title": "t"}])),
        ("poll", json!({"question": {"text": "?"}})),
        ("sticker_ids", json!(["1"])),
    ] {
        let mut body = json!({"flags": V2, "components": text("x")});
        body[name] = value;
        let refused = post(&emulator, &body).await;
        assert_eq!(
            refused.body["errors"][name]["_errors"][0]["code"],
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
        );
    }
    let without_flag = post(&emulator, &json!({"components": text("x")})).await;
    assert_eq!(without_flag.code(), (400, 50035));
    assert_eq!(
        post(&emulator, &json!({"flags": V2})).await.code(),
        (400, 50006)
    );
    emulator.close().await;
}

#[tokio::test]
async fn an_ordinary_message_becomes_one_when_it_is_emptied_and_stays_one() {
    let emulator = emulator().await;
    let posted = post(&emulator, &json!({"content": "plain"})).await;
    let with_rest = edit(
        &emulator,
        &posted,
        &json!({"flags": V2, "components": text("rich")}),
    )
    .await;
    assert_eq!(with_rest.code(), (400, 50035));
    let emptied = json!({"flags": V2, "content": null, "embeds": [], "components": text("rich")});
    let edited = edit(&emulator, &posted, &emptied).await;
    assert_eq!((edited.status, &edited.body["flags"]), (200, &json!(V2)));
    let back = edit(&emulator, &posted, &json!({"flags": 0, "content": "plain"})).await;
    assert_eq!(back.code(), (400, 50035));
    let more = edit(&emulator, &posted, &json!({"components": text("richer")})).await;
    assert_eq!((more.status, &more.body["flags"]), (200, &json!(V2)));
    emulator.close().await;
}

#[tokio::test]
async fn its_texts_ping_as_content_does() {
    let emulator = emulator().await;
    let alice = emulator.person("alice").id();
    let body = json!({"flags": V2, "components": text(&format!("hello <@{alice}>"))});
    let posted = post(&emulator, &body).await;
    assert_eq!(posted.body["mentions"][0]["id"], alice.to_string());
    assert_eq!(emulator.report().pings.len(), 1);
    emulator.close().await;
}

#[tokio::test]
async fn a_deferral_is_filled_in_with_it() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    let asked = you
        .uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    let refused = rest
        .responds(&event, &json!({"type": 5, "data": {"flags": V2}}))
        .await;
    assert!(refused.body["errors"]["data"]["flags"].is_object());
    rest.defers(&event).await;
    let edited = rest
        .edits(&event, &json!({"flags": V2, "components": text("done")}))
        .await;
    assert_eq!((edited.status, &edited.body["flags"]), (200, &json!(V2)));
    assert!(asked.timeline().first_text.is_some());
    emulator.close().await;
}

#[tokio::test]
async fn it_shows_only_files_that_it_has() {
    let emulator = emulator().await;
    let components = json!([{"type": 13, "file": {"url": "attachment://notes.md"}}]);
    let body = json!({"flags": V2, "components": components});
    let lost = post(&emulator, &body).await;
    assert_eq!(
        lost.body["errors"]["components"]["_errors"][0]["code"],
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
    );
    let rest = Rest::new(&emulator);
    let path = format!("/channels/{}/messages", emulator.channel("general").id());
    let boundary = "parts";
    let parts = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{body}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"notes.md\"\r\n\r\n# Notes\r\n--{boundary}--\r\n"
    );
    let request = rest
        .request("POST", &path)
        .header(
            "content-type",
            format!("multipart/form-data; boundary={boundary}"),
        )
        .body(parts);
    let posted = rest.send(request).await;
    let shown = posted.body["components"][0]["file"]["url"]
        .as_str()
        .unwrap();
    assert!(shown.ends_with("/notes.md"), "{shown}");
    emulator.close().await;
}
