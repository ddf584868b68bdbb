//! What administrators decide about commands: who is offered them then, what the bot hears and reads of it.

use discord_emulator::{Channel, CommandSubject, Harness, Permissions, Person, UseError};
use serde_json::{Value, json};

use crate::{
    bot::{Gateway, Rest, ready_bot},
    control::{Control, steered},
};

/// Whether somebody may use `/ask` somewhere.
async fn may_ask(person: &Person, channel: &Channel) -> bool {
    match person.uses(channel, "ask", &[("question", "?")]).await {
        Ok(_) => true,
        Err(UseError::NotOffered { reason, .. }) => {
            assert!(
                reason.contains("administrator") || reason.contains("default_member"),
                "{reason}"
            );
            false
        }
        Err(other) => panic!("{other}"),
    }
}

struct Stage {
    emulator: Harness,
    control: Control,
    rest: Rest,
    gateway: Gateway,
    admin: Person,
}

async fn stage() -> Stage {
    let (emulator, control) = steered().await;
    let (rest, gateway) = ready_bot(&emulator).await;
    let admin = emulator.person("you");
    Stage {
        emulator,
        control,
        rest,
        gateway,
        admin,
    }
}

impl Stage {
    /// The path of the guild's commands, with `rest` behind it.
    fn commands(&self, rest: &str) -> String {
        let guild = self.emulator.everyone().id();
        format!(
            "/applications/{}/guilds/{guild}/commands{rest}",
            self.rest.application
        )
    }

    async fn command_id(&self) -> String {
        let path = format!("/applications/{}/commands", self.rest.application);
        let commands = self.rest.get(&path).await.body;
        commands[0]["id"]
            .as_str()
            .expect("a command has an id")
            .to_owned()
    }
}

#[tokio::test]
async fn a_member_comes_before_their_roles_and_those_before_everyone() {
    let stage = stage().await;
    let (emulator, admin) = (&stage.emulator, &stage.admin);
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let (readers, writers) = (
        emulator.role("readers", Permissions::NONE),
        emulator.role("writers", Permissions::NONE),
    );
    alice.gets(readers);
    alice.gets(writers);
    admin.denies(Some("ask"), &emulator.everyone()).unwrap();
    assert!(!may_ask(&alice, &general).await);
    assert!(may_ask(admin, &general).await, "administrators always may");
    admin.denies(Some("ask"), &readers).unwrap();
    admin.allows(Some("ask"), &writers).unwrap();
    assert!(
        may_ask(&alice, &general).await,
        "one role that allows is enough"
    );
    admin.denies(Some("ask"), &alice).unwrap();
    assert!(!may_ask(&alice, &general).await);
    admin.leaves_open(Some("ask"), &alice).unwrap();
    assert!(may_ask(&alice, &general).await);
    emulator.close().await;
}

#[tokio::test]
async fn one_command_comes_before_all_and_a_channel_before_all_channels() {
    let stage = stage().await;
    let (emulator, admin) = (&stage.emulator, &stage.admin);
    let alice = emulator.person("alice");
    let (general, faq) = (emulator.channel("general"), emulator.channel("faq"));
    admin.denies(None, CommandSubject::all_channels()).unwrap();
    admin.allows(None, &faq).unwrap();
    assert_eq!(
        (may_ask(&alice, &general).await, may_ask(&alice, &faq).await),
        (false, true)
    );
    admin.allows(Some("ask"), &general).unwrap();
    admin.denies(Some("ask"), &faq).unwrap();
    assert_eq!(
        (may_ask(&alice, &general).await, may_ask(&alice, &faq).await),
        (true, false)
    );
    let thread = alice.opens_thread_in(&faq, "Tea").unwrap();
    assert!(
        !may_ask(&alice, &thread).await,
        "a thread follows its channel"
    );
    admin.denies(None, &alice).unwrap();
    assert!(!may_ask(&alice, &general).await);
    admin.allows(Some("ask"), &alice).unwrap();
    assert!(may_ask(&alice, &general).await);
    emulator.close().await;
}

#[tokio::test]
async fn what_a_command_asks_for_holds_for_whom_nothing_is_decided() {
    let stage = stage().await;
    let (emulator, admin) = (&stage.emulator, &stage.admin);
    let path = stage.commands("");
    let kick = json!({"name": "kick", "description": "d", "default_member_permissions": "0"});
    assert_eq!(stage.rest.call("POST", &path, &kick).await.status, 201);
    let (alice, bob) = (emulator.person("alice"), emulator.person("bob"));
    let general = emulator.channel("general");
    admin.allows(Some("kick"), &alice).unwrap();
    alice.uses(&general, "kick", &[]).await.unwrap();
    let refused = bob.uses(&general, "kick", &[]).await;
    assert!(matches!(refused, Err(UseError::NotOffered { .. })));
    emulator.close().await;
}

#[tokio::test]
async fn the_bot_hears_and_reads_decisions_and_makes_none() {
    let mut stage = stage().await;
    let (alice, ask) = (stage.emulator.person("alice"), stage.command_id().await);
    let one = stage.commands(&format!("/{ask}/permissions"));
    assert_eq!(stage.rest.get(&one).await.code(), (404, 10066));
    stage.admin.denies(Some("ask"), &alice).unwrap();
    let told = stage
        .gateway
        .event("APPLICATION_COMMAND_PERMISSIONS_UPDATE")
        .await;
    let guild = stage.emulator.everyone().id().to_string();
    let decision = json!({"id": alice.id().to_string(), "type": 2, "permission": false});
    let expected = json!({"id": ask, "application_id": stage.rest.application.to_string(), "guild_id": guild,
        "permissions": [decision]});
    assert_eq!(told, expected);
    assert_eq!(stage.rest.get(&one).await.body, expected);
    let all = stage.rest.get(&stage.commands("/permissions")).await;
    assert_eq!(all.body, json!([expected]));
    let changed = stage
        .rest
        .call("PUT", &one, &json!({"permissions": []}))
        .await;
    assert_eq!(changed.code(), (403, 20001));
    let unknown = stage.rest.get(&stage.commands("/7/permissions")).await;
    assert_eq!(unknown.code(), (404, 10063));
    stage.admin.leaves_open(Some("ask"), &alice).unwrap();
    let told = stage
        .gateway
        .event("APPLICATION_COMMAND_PERMISSIONS_UPDATE")
        .await;
    assert_eq!(told["permissions"], json!([]));
    assert_eq!(stage.rest.get(&one).await.code(), (404, 10066));
    stage.emulator.close().await;
}

#[tokio::test]
async fn decisions_go_with_their_command_and_with_the_bot() {
    let stage = stage().await;
    let (alice, everyone) = (stage.emulator.person("alice"), stage.emulator.everyone());
    stage.admin.denies(Some("ask"), &alice).unwrap();
    stage.admin.denies(None, &everyone).unwrap();
    let global = format!("/applications/{}/commands", stage.rest.application);
    assert_eq!(
        stage.rest.call("PUT", &global, &json!([])).await.status,
        200
    );
    let left = stage.rest.get(&stage.commands("/permissions")).await.body;
    assert_eq!(left[0]["id"], stage.rest.application.to_string());
    assert_eq!(left.as_array().unwrap().len(), 1);
    stage.emulator.removes_bot();
    stage.emulator.invites_bot();
    let left = stage.rest.get(&stage.commands("/permissions")).await.body;
    assert_eq!(left, json!([]));
    stage.emulator.close().await;
}

#[tokio::test]
async fn only_who_manages_the_guild_decides_and_a_hundred_times_at_most() {
    let stage = stage().await;
    let (emulator, admin) = (&stage.emulator, &stage.admin);
    let (alice, bob) = (emulator.person("alice"), emulator.person("bob"));
    assert!(alice.denies(Some("ask"), &bob).is_err());
    let half = emulator.role("half", Permissions::MANAGE_GUILD);
    alice.gets(half);
    assert!(alice.denies(Some("ask"), &bob).is_err());
    emulator.role(
        "half",
        Permissions::MANAGE_GUILD | Permissions::MANAGE_ROLES,
    );
    alice.denies(Some("ask"), &bob).unwrap();
    admin.denies(Some("ask"), &half).unwrap();
    assert!(
        alice.leaves_open(Some("ask"), &bob).is_err(),
        "she may not use it herself"
    );
    assert!(admin.allows(Some("nothing"), &bob).is_err());
    for n in 2..100 {
        let person = emulator.person(&format!("person {n}"));
        admin.denies(Some("ask"), &person).unwrap();
    }
    let beyond = admin.denies(Some("ask"), &emulator.everyone()).unwrap_err();
    assert!(beyond.to_string().contains("100"), "{beyond}");
    admin.leaves_open(Some("ask"), &bob).unwrap();
    admin.denies(Some("ask"), &emulator.everyone()).unwrap();
    emulator.close().await;
}

#[tokio::test]
async fn they_are_made_by_call_as_well() {
    let stage = stage().await;
    let (alice, general) = (
        stage.emulator.person("alice"),
        stage.emulator.channel("general"),
    );
    for about in [
        json!({"role": "@everyone"}),
        json!({"person": "alice"}),
        json!({"channel": "general"}),
        json!("all_channels"),
    ] {
        let decide = |permission: Value| json!({"command_permission": {"person": "you", "command": "ask", "about": about, "permission": permission}});
        stage.control.post("/state", &decide(json!(false))).await;
        assert!(!may_ask(&alice, &general).await, "{about}");
        stage.control.post("/state", &decide(Value::Null)).await;
        assert!(may_ask(&alice, &general).await, "{about}");
    }
    let all = json!({"command_permission": {"person": "you", "about": {"person": "alice"}, "permission": false}});
    stage.control.post("/state", &all).await;
    assert!(!may_ask(&alice, &general).await);
    let by_alice = json!({"command_permission": {"person": "alice", "about": {"person": "alice"}}});
    let (status, sentence) = stage.control.refused("POST", "/state", &by_alice).await;
    assert!(status == 422 && sentence.contains("50013"), "{sentence}");
    let nobody = json!({"command_permission": {"person": "you", "about": {"role": "nobody"}}});
    assert_eq!(
        stage.control.refused("POST", "/state", &nobody).await.0,
        404
    );
    stage.emulator.close().await;
}
