//! Where commands can be used, by whom, and what an interaction says of it.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use discord_emulator::{Harness, Permissions, UseError};
use serde_json::{Value, json};

use crate::bot::{Gateway, Rest, emulator, ready_bot};

async fn bot_with(commands: &Value) -> (Harness, Rest, Gateway) {
    let emulator = emulator().await;
    let (rest, gateway) = ready_bot(&emulator).await;
    let path = format!("/applications/{}/commands", rest.application);
    assert_eq!(rest.call("PUT", &path, commands).await.status, 200);
    (emulator, rest, gateway)
}

fn slash(name: &str, more: &Value) -> Value {
    let mut command = json!({"name": name, "description": "d"});
    let fields = more.as_object().unwrap().clone();
    command.as_object_mut().unwrap().extend(fields);
    command
}

/// The reason why the command is not offered; empty when it is.
fn refusal(used: Result<discord_emulator::Interaction, UseError>) -> String {
    match used {
        Ok(_) => String::new(),
        Err(UseError::NotOffered { reason, .. }) => reason,
        Err(other) => other.to_string(),
    }
}

#[tokio::test]
async fn in_a_direct_message_there_is_a_user_and_no_guild() {
    let (emulator, rest, mut gateway) = bot_with(&json!([slash("ask", &json!({}))])).await;
    let alice = emulator.person("alice");
    let direct = alice.direct_messages();
    let used = alice.uses(&direct, "ask", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["user"]["global_name"], "alice");
    for absent in ["member", "guild_id", "guild", "guild_locale"] {
        assert!(event[absent].is_null(), "{absent}");
    }
    assert_eq!(event["context"], 1);
    assert_eq!(event["authorizing_integration_owners"], json!({"0": "0"}));
    assert_eq!(event["channel"]["type"], 1);
    let body = json!({"type": 4, "data": {"content": "hi"}});
    assert_eq!(rest.responds(&event, &body).await.status, 204);
    assert_eq!(used.reply().unwrap()["content"], "hi");
    emulator.close().await;
}

#[tokio::test]
async fn in_a_guild_there_is_a_member_with_what_they_may_do() {
    let (emulator, _rest, mut gateway) = bot_with(&json!([slash("ask", &json!({}))])).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    alice.switches_to("de");
    alice.uses(&general, "ask", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert!(event["user"].is_null());
    assert_eq!(event["context"], 0);
    assert_eq!(
        event["authorizing_integration_owners"],
        json!({"0": event["guild_id"]})
    );
    assert_eq!(
        (&event["locale"], &event["guild_locale"]),
        (&json!("de"), &json!("en-US"))
    );
    let bits = |permissions: &Value| permissions.as_str().unwrap().parse::<u64>().unwrap();
    let own = Permissions::from_bits(bits(&event["member"]["permissions"]));
    assert!(own.contains(Permissions::USE_APPLICATION_COMMANDS));
    let bots = Permissions::from_bits(bits(&event["app_permissions"]));
    assert!(bots.contains(Permissions::SEND_MESSAGES));
    assert_eq!(event["entitlements"], json!([]));
    assert_eq!(event["attachment_size_limit"], 10 * 1024 * 1024);
    emulator.close().await;
}

#[tokio::test]
async fn contexts_say_where_a_command_is_offered() {
    let commands = json!([
        slash("everywhere", &json!({})),
        slash("guilds", &json!({"contexts": [0]})),
        slash("direct", &json!({"contexts": [1]})),
        slash("old", &json!({"dm_permission": false}))
    ]);
    let (emulator, _rest, _gateway) = bot_with(&commands).await;
    let alice = emulator.person("alice");
    let (general, direct) = (emulator.channel("general"), alice.direct_messages());
    for (command, in_guild, in_direct) in [
        ("everywhere", true, true),
        ("guilds", true, false),
        ("direct", false, true),
        ("old", true, false),
    ] {
        for (place, is_offered) in [(&general, in_guild), (&direct, in_direct)] {
            let reason = refusal(alice.uses(place, command, &[]).await);
            assert_eq!(reason.is_empty(), is_offered, "{command}: {reason}");
        }
    }
    emulator.close().await;
}

#[tokio::test]
async fn permissions_say_to_whom_a_command_is_offered() {
    let threads = Permissions::MANAGE_THREADS.bits().to_string();
    let commands = json!([
        slash("all", &json!({})),
        slash("some", &json!({"default_member_permissions": threads})),
        slash("admins", &json!({"default_member_permissions": "0"}))
    ]);
    let (emulator, _rest, _gateway) = bot_with(&commands).await;
    let general = emulator.channel("general");
    let (alice, mary) = (emulator.person("alice"), emulator.person("mary"));
    mary.gets(emulator.role("moderators", Permissions::MANAGE_THREADS));
    let you = emulator.person("you");
    for (command, person, is_offered) in [
        ("all", &alice, true),
        ("some", &alice, false),
        ("some", &mary, true),
        ("admins", &mary, false),
        ("admins", &you, true),
    ] {
        let reason = refusal(person.uses(&general, command, &[]).await);
        assert_eq!(reason.is_empty(), is_offered, "{command}: {reason}");
    }
    general.denies(&alice, Permissions::USE_APPLICATION_COMMANDS);
    let reason = refusal(alice.uses(&general, "all", &[]).await);
    assert_eq!(reason, "this person may not use commands here");
    general.denies(&alice, Permissions::VIEW_CHANNEL);
    let reason = refusal(alice.uses(&general, "all", &[]).await);
    assert_eq!(reason, "this person does not see the channel");
    emulator.close().await;
}

#[tokio::test]
async fn a_command_for_people_is_offered_to_those_who_have_installed_it() {
    let personal = json!({"integration_types": [1], "contexts": [0, 1, 2]});
    let commands = json!([slash("mine", &personal)]);
    let (emulator, rest, mut gateway) = bot_with(&commands).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let reason = refusal(alice.uses(&general, "mine", &[]).await);
    assert!(reason.contains("not installed"));
    alice.installs();
    alice.uses(&general, "mine", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    let id = alice.id().to_string();
    assert_eq!(event["authorizing_integration_owners"], json!({"1": id}));
    let body = json!({"type": 4, "data": {"content": "hi"}});
    assert_eq!(rest.responds(&event, &body).await.status, 204);
    let path = rest.webhook(&event, "");
    for n in 1..=5 {
        let more = rest.call("POST", &path, &json!({"content": "more"})).await;
        assert_eq!(more.status, 200, "{n}");
    }
    let sixth = rest.call("POST", &path, &json!({"content": "more"})).await;
    assert_eq!(sixth.code(), (400, 40094));
    alice.uninstalls();
    assert!(!refusal(alice.uses(&general, "mine", &[]).await).is_empty());
    emulator.close().await;
}

#[tokio::test]
async fn a_guild_that_has_installed_it_takes_more_than_five_follow_ups() {
    let (emulator, rest, mut gateway) = bot_with(&json!([slash("ask", &json!({}))])).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    alice.uses(&general, "ask", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    rest.responds(&event, &json!({"type": 4, "data": {"content": "hi"}}))
        .await;
    for _ in 0..6 {
        let more = rest
            .call(
                "POST",
                &rest.webhook(&event, ""),
                &json!({"content": "more"}),
            )
            .await;
        assert_eq!(more.status, 200);
    }
    emulator.close().await;
}

#[tokio::test]
async fn answers_of_a_persons_own_application_are_private_where_external_ones_are_not_wanted() {
    let personal = json!({"integration_types": [1], "contexts": [0, 1, 2]});
    let (emulator, rest, mut gateway) = bot_with(&json!([slash("mine", &personal)])).await;
    let (alice, bob, general) = (
        emulator.person("alice"),
        emulator.person("bob"),
        emulator.channel("general"),
    );
    alice.installs();
    general.denies(&alice, Permissions::USE_EXTERNAL_APPS);
    let used = alice.uses(&general, "mine", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    rest.responds(&event, &json!({"type": 5})).await;
    assert_eq!(used.reply().unwrap()["flags"], 64 + 128);
    rest.edits(&event, &json!({"content": "done"})).await;
    assert_eq!(
        (alice.sees(&general).len(), bob.sees(&general).len()),
        (1, 0)
    );
    emulator.close().await;
}

#[tokio::test]
async fn a_thread_locked_between_command_and_answer_takes_no_answer() {
    let (emulator, rest, mut gateway) = bot_with(&json!([slash("ask", &json!({}))])).await;
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    let thread = you.opens_thread_in(&general, "talk").unwrap();
    you.uses(&thread, "ask", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    you.locks(&thread).unwrap();
    let body = json!({"type": 4, "data": {"content": "hi"}});
    assert_eq!(rest.responds(&event, &body).await.code(), (400, 50083));
    you.archives(&thread).unwrap();
    assert!(refusal(you.uses(&thread, "ask", &[]).await).contains("archived"));
    emulator.close().await;
}

#[tokio::test]
async fn an_answer_in_an_archived_thread_cannot_be_edited() {
    let (emulator, rest, mut gateway) = bot_with(&json!([slash("ask", &json!({}))])).await;
    let (you, general) = (emulator.person("you"), emulator.channel("general"));
    let thread = you.opens_thread_in(&general, "talk").unwrap();
    you.uses(&thread, "ask", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    rest.defers(&event).await;
    you.archives(&thread).unwrap();
    assert_eq!(
        rest.edits(&event, &json!({"content": "x"})).await.code(),
        (400, 50083)
    );
    emulator.close().await;
}

#[tokio::test]
async fn between_two_people_only_a_persons_own_application_is_there() {
    let personal = json!({"integration_types": [0, 1], "contexts": [0, 1, 2]});
    let (emulator, rest, mut gateway) = bot_with(&json!([slash("mine", &personal)])).await;
    let (alice, bob) = (emulator.person("alice"), emulator.person("bob"));
    let private = alice.direct_messages_with(&bob);
    assert!(!refusal(alice.uses(&private, "mine", &[]).await).is_empty());
    alice.installs();
    let used = alice.uses(&private, "mine", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["context"], 2);
    let id = alice.id().to_string();
    assert_eq!(event["authorizing_integration_owners"], json!({"1": id}));
    let body = json!({"type": 4, "data": {"content": "hi"}});
    assert_eq!(rest.responds(&event, &body).await.status, 204);
    assert_eq!(used.reply().unwrap()["content"], "hi");
    assert_eq!(bob.sees(&private).len(), 1);
    let path = format!("/channels/{}/messages", private.id());
    assert_eq!(rest.get(&path).await.code(), (403, 50001));
    emulator.close().await;
}

#[tokio::test]
async fn in_a_guild_without_the_bot_a_person_still_has_their_own_application() {
    let personal = json!({"integration_types": [0, 1], "contexts": [0]});
    let (emulator, rest, mut gateway) = bot_with(&json!([slash("mine", &personal)])).await;
    let (alice, you, general) = (
        emulator.person("alice"),
        emulator.person("you"),
        emulator.channel("general"),
    );
    let thread = you.opens_thread_in(&general, "talk").unwrap();
    emulator.removes_bot();
    assert!(!refusal(alice.uses(&general, "mine", &[]).await).is_empty());
    alice.installs();
    alice.uses(&thread, "mine", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["context"], 0);
    let id = alice.id().to_string();
    assert_eq!(event["authorizing_integration_owners"], json!({"1": id}));
    you.locks(&thread).unwrap();
    let body = json!({"type": 4, "data": {"content": "hi"}});
    assert_eq!(rest.responds(&event, &body).await.code(), (403, 50001));
    emulator.close().await;
}

#[tokio::test]
async fn an_ephemeral_answer_is_told_to_the_bot_alone_and_without_a_guild() {
    let emulator = emulator().await;
    let (rest, mut gateway) = ready_bot(&emulator).await;
    drop(gateway);
    (gateway, _) = Gateway::identified(&emulator, 1 << 9).await;
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    alice
        .uses(&general, "ask", &[("question", "?")])
        .await
        .unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    let body = json!({"type": 4, "data": {"content": "psst", "flags": 64}});
    rest.responds(&event, &body).await;
    let told = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&told["content"], &told["flags"]),
        (&json!("psst"), &json!(64))
    );
    assert!(told["guild_id"].is_null() && told["member"].is_null());
    let message = format!(
        "/channels/{}/messages/{}",
        general.id(),
        told["id"].as_str().unwrap()
    );
    assert_eq!(rest.get(&message).await.code(), (404, 10008));
    assert_eq!(
        rest.call("PATCH", &message, &json!({"content": "x"}))
            .await
            .code(),
        (404, 10008)
    );
    let history = rest
        .get(&format!("/channels/{}/messages", general.id()))
        .await;
    assert_eq!(history.body, json!([]));
    emulator.close().await;
}
