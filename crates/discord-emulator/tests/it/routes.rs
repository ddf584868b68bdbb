//! What every answer looks like, and what happens on routes that are not there.

use serde_json::{Value, json};

use crate::bot::{Rest, emulator, ready_bot, started};

#[tokio::test]
async fn a_route_that_is_lacking_is_counted() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let answered = rest.get("/stickers/1").await;
    assert_eq!(
        (answered.status, answered.body),
        (404, json!({"message": "404: Not Found", "code": 0}))
    );
    let answered = rest.send(rest.request("DELETE", "/gateway")).await;
    assert_eq!(
        (answered.status, answered.body),
        (
            405,
            json!({"message": "405: Method Not Allowed", "code": 0})
        )
    );
    assert_eq!(
        emulator.report().unimplemented,
        ["GET /api/v10/stickers/1", "DELETE /api/v10/gateway"]
    );
    emulator.close().await;
}

#[tokio::test]
async fn answers_carry_the_headers_of_the_real_service() {
    let emulator = emulator().await;
    let answered = Rest::new(&emulator).get("/users/@me").await;
    assert_eq!(answered.header("content-type"), "application/json");
    assert_eq!(answered.header("via"), "1.1 google");
    assert_eq!(answered.header("x-ratelimit-limit"), "");
    emulator.close().await;
}

#[tokio::test]
async fn a_wrong_token_is_unauthorised_on_bot_routes_alone() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let with_wrong = |path: &str| rest.request("GET", path).header("x", "y");
    assert_eq!(rest.send(with_wrong("/users/@me")).await.status, 200);
    let stranger = reqwest::header::HeaderMap::from_iter([(
        reqwest::header::AUTHORIZATION,
        "Bot other".parse().unwrap(),
    )]);
    let answered = rest
        .send(rest.request("GET", "/users/@me").headers(stranger.clone()))
        .await;
    assert_eq!(
        (answered.status, answered.body),
        (401, json!({"message": "401: Unauthorized", "code": 0}))
    );
    assert_eq!(
        rest.send(rest.request("GET", "/gateway").headers(stranger))
            .await
            .status,
        200
    );
    assert_eq!(emulator.report().invalid_requests, 1);
    emulator.close().await;
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_named() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let path = format!("/channels/{}/messages", emulator.channel("general").id());
    let post = |kind: &str, body: &'static str| {
        rest.request("POST", &path)
            .header("content-type", kind.to_owned())
            .body(body)
    };
    assert_eq!(
        rest.send(post("application/json", "{")).await.code(),
        (400, 50109)
    );
    assert_eq!(
        rest.send(post("text/plain", "hi")).await.code(),
        (400, 50035)
    );
    assert_eq!(
        rest.send(post("application/json", "[]")).await.code(),
        (400, 50035)
    );
    assert_eq!(
        rest.send(post("multipart/form-data; boundary=x", "no form"))
            .await
            .code(),
        (400, 50035)
    );
    assert_eq!(emulator.report().unimplemented.len(), 0);
    let huge = rest
        .request("POST", &path)
        .header("content-type", "application/json")
        .body(vec![b' '; 26 * 1024 * 1024]);
    assert_eq!(rest.send(huge).await.code(), (413, 40005));
    emulator.close().await;
}

#[tokio::test]
async fn commands_are_kept_replaced_and_deleted() {
    let emulator = emulator().await;
    let (rest, _gateway) = ready_bot(&emulator).await;
    let path = format!("/applications/{}/commands", rest.application);
    let before = rest.get(&path).await.body;
    assert!(before[0]["version"].is_string());
    rest.registers_ask().await;
    assert_eq!(rest.get(&path).await.body[0]["id"], before[0]["id"]);
    let more = rest
        .call(
            "POST",
            &path,
            &json!({"name": "about", "description": "About"}),
        )
        .await;
    assert_eq!(more.status, 201);
    assert_eq!(
        rest.call(
            "POST",
            &path,
            &json!({"name": "about", "description": "Anew"})
        )
        .await
        .status,
        200
    );
    assert_eq!(
        rest.send(rest.request("DELETE", &format!("{path}/{}", more.id())))
            .await
            .status,
        204
    );
    assert_eq!(
        rest.get(&format!("{path}/{}", more.id())).await.code(),
        (404, 10063)
    );
    let refused = rest.call("PUT", &path, &json!([{"name": "Ask"}])).await;
    assert_eq!(refused.code(), (400, 50035));
    assert!(refused.body["errors"]["0"]["name"].is_object());
    assert_eq!(rest.get(&path).await.body.as_array().map(Vec::len), Some(1));
    emulator.close().await;
}

#[tokio::test]
async fn what_an_option_has_as_null_is_not_shown() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let option = json!({"type": 3, "name": "what", "description": "What?", "min_length": null, "choices": [{"name": "a", "value": "a", "name_localizations": null}]});
    let command = json!({"name": "ask", "description": "Ask", "options": [option]});
    let path = format!("/applications/{}/commands", rest.application);
    let made = rest.call("POST", &path, &command).await;
    let shown = json!({"type": 3, "name": "what", "description": "What?", "choices": [{"name": "a", "value": "a"}]});
    assert_eq!((made.status, &made.body["options"]), (201, &json!([shown])));
    emulator.close().await;
}

#[tokio::test]
async fn the_log_holds_each_request_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.jsonl");
    let settings = discord_emulator::Settings {
        request_log: Some(path.clone()),
        ..Default::default()
    };
    let emulator = started(settings).await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    you.uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&interaction).await;
    rest.edits(&interaction, &json!({"content": "done"})).await;
    let kept = emulator.requests();
    emulator.close().await;
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), kept.len());
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["method"], &last["status"]),
        (&json!("PATCH"), &json!(200))
    );
    assert_eq!(last["body"], json!({"content": "done"}));
    assert_eq!(last["content_type"], "application/json");
    let token = interaction["token"].as_str().unwrap();
    assert!(!text.contains(token) && !text.contains(&emulator.bot_token()));
}

#[tokio::test]
async fn a_port_in_use_and_a_log_in_no_folder_are_told() {
    use discord_emulator::{Emulator, Settings, StartError};
    let first = emulator().await;
    let rest_port = first.discord_address().port();
    let second = Emulator::start(Settings {
        rest_port,
        ..Settings::default()
    })
    .await;
    assert!(matches!(second.err(), Some(StartError::PortInUse { port, .. }) if port == rest_port));
    let request_log = Some("/nowhere/at/all.jsonl".into());
    let third = Emulator::start(Settings {
        request_log,
        ..Settings::default()
    })
    .await;
    assert!(matches!(third.err(), Some(StartError::RequestLog { .. })));
    first.close().await;
}
