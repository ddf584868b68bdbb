//! Guilds, their roles and members, and what befalls them.

use std::time::Duration;

use discord_emulator::{Emulator, Permissions, PrivilegedIntents};
use serde_json::{Value, json};

use crate::bot::{Gateway, Heard, Rest, emulator};

const GUILDS: u64 = 1;
const GUILD_MEMBERS: u64 = 1 << 1;

async fn home(rest: &Rest) -> String {
    let guilds = rest.get("/users/@me/guilds").await.body;
    guilds[0]["id"].as_str().unwrap_or_default().to_owned()
}

fn allow_members(emulator: &Emulator) {
    emulator.allow_intents(PrivilegedIntents {
        members: true,
        ..PrivilegedIntents::default()
    });
}

#[tokio::test]
async fn the_bot_lists_its_guilds_in_pages() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let second = emulator.add_guild("second").to_string();
    let third = emulator.add_guild("third").to_string();
    let ids = async |query: &str| {
        let guilds = rest.get(&format!("/users/@me/guilds{query}")).await.body;
        let guilds = guilds.as_array().cloned().unwrap_or_default();
        guilds
            .iter()
            .map(|guild| guild["id"].clone())
            .collect::<Vec<Value>>()
    };
    assert_eq!(ids("").await.len(), 3);
    assert_eq!(ids(&format!("?after={second}")).await, [json!(third)]);
    assert_eq!(
        ids(&format!("?before={third}&limit=1")).await,
        [json!(second)]
    );
    assert_eq!(
        rest.get("/users/@me/guilds?limit=201").await.code(),
        (400, 50035)
    );
    let counted = rest.get("/users/@me/guilds?with_counts=true").await.body;
    assert_eq!(counted[0]["approximate_member_count"], 2);
    emulator.close().await;
}

#[tokio::test]
async fn members_are_listed_for_an_application_with_the_switch() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let alice = emulator.person("alice");
    let members = format!("/guilds/{}/members", home(&rest).await);
    assert_eq!(rest.get(&members).await.code(), (403, 50001));
    allow_members(&emulator);
    assert_eq!(
        rest.get(&members).await.body.as_array().map(Vec::len),
        Some(1)
    );
    let all = rest.get(&format!("{members}?limit=1000")).await.body;
    assert_eq!(all.as_array().map(Vec::len), Some(3));
    assert_eq!(
        rest.get(&format!("{members}?limit=1001")).await.code(),
        (400, 50035)
    );
    let behind = rest
        .get(&format!(
            "{members}?limit=9&after={}",
            all[1]["user"]["id"].as_str().unwrap_or_default()
        ))
        .await;
    assert_eq!(behind.body[0]["user"]["id"], all[2]["user"]["id"]);
    let one = rest.get(&format!("{members}/{}", alice.id())).await.body;
    assert_eq!(one["user"]["global_name"], "alice");
    let found = rest.get(&format!("{members}/search?query=ali")).await.body;
    assert_eq!(found[0]["user"]["id"], alice.id().to_string());
    alice.leaves_guild();
    assert_eq!(
        rest.get(&format!("{members}/{}", alice.id())).await.code(),
        (404, 10007)
    );
    assert_eq!(rest.get(&format!("{members}/5")).await.code(), (404, 10013));
    assert_eq!(rest.get("/users/5").await.code(), (404, 10013));
    emulator.close().await;
}

#[tokio::test]
async fn roles_are_read_and_told_of() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let roles = format!("/guilds/{}/roles", home(&rest).await);
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS).await;
    let role = emulator.role("keeper", Permissions::MANAGE_MESSAGES);
    assert_eq!(
        gateway.event("GUILD_ROLE_CREATE").await["role"]["name"],
        "keeper"
    );
    let read = rest.get(&format!("{roles}/{}", role.id())).await.body;
    assert_eq!(
        read["permissions"],
        Permissions::MANAGE_MESSAGES.bits().to_string()
    );
    assert_eq!(
        rest.get(&roles).await.body.as_array().map(Vec::len),
        Some(3)
    );
    assert_eq!(rest.get(&format!("{roles}/5")).await.code(), (404, 10011));
    emulator.makes_mentionable(&role, true);
    assert_eq!(
        gateway.event("GUILD_ROLE_UPDATE").await["role"]["mentionable"],
        true
    );
    emulator.deletes_role(&role);
    assert_eq!(
        gateway.event("GUILD_ROLE_DELETE").await["role_id"],
        role.id().to_string()
    );
    assert_eq!(
        rest.get(&format!("{roles}/{}", role.id())).await.code(),
        (404, 10011)
    );
    emulator.renames_guild("elsewhere");
    assert_eq!(gateway.event("GUILD_UPDATE").await["name"], "elsewhere");
    emulator.speaks("ja");
    let guild = gateway.event("GUILD_UPDATE").await;
    assert_eq!(
        (&guild["preferred_locale"], &guild["features"]),
        (&json!("ja"), &json!(["COMMUNITY"]))
    );
    emulator.close().await;
}

#[tokio::test]
async fn members_come_go_and_change_for_those_who_may_hear_it() {
    let emulator = emulator().await;
    allow_members(&emulator);
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS | GUILD_MEMBERS).await;
    let alice = emulator.person("alice");
    assert_eq!(
        gateway.event("GUILD_MEMBER_ADD").await["user"]["id"],
        alice.id().to_string()
    );
    emulator.timeout(&alice, Duration::from_secs(60));
    assert!(gateway.event("GUILD_MEMBER_UPDATE").await["communication_disabled_until"].is_string());
    let general = emulator.channel("general");
    assert!(alice.says(&general, "hello").is_err());
    emulator.advance(Duration::from_secs(61));
    assert!(alice.says(&general, "hello").is_ok(), "the time is over");
    alice.leaves_guild();
    assert_eq!(
        gateway.event("GUILD_MEMBER_REMOVE").await["user"]["id"],
        alice.id().to_string()
    );
    assert!(alice.says(&general, "hello").is_err());
    emulator.close().await;
}

#[tokio::test]
async fn a_bot_that_is_removed_or_leaves_has_no_access_until_it_is_invited_again() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let home = home(&rest).await;
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS).await;
    let path = format!("/channels/{}/messages", emulator.channel("general").id());
    let body = json!({"content": "x"});
    emulator.removes_bot();
    let gone = gateway.event("GUILD_DELETE").await;
    assert_eq!((&gone["id"], gone.get("unavailable")), (&json!(home), None));
    assert_eq!(rest.call("POST", &path, &body).await.code(), (403, 50001));
    assert_eq!(
        rest.get(&format!("/guilds/{home}")).await.code(),
        (403, 50001)
    );
    assert_eq!(rest.get("/users/@me/guilds").await.body, json!([]));
    emulator.invites_bot();
    assert_eq!(
        gateway.event("GUILD_CREATE").await["id"],
        home,
        "the one at the start"
    );
    assert_eq!(rest.call("POST", &path, &body).await.status, 200);
    let own = format!("/users/@me/guilds/{home}");
    assert_eq!(rest.send(rest.request("DELETE", &own)).await.status, 204);
    assert_eq!(
        rest.send(rest.request("DELETE", &own)).await.code(),
        (404, 10004)
    );
    emulator.close().await;
}

#[tokio::test]
async fn in_an_outage_nothing_is_heard_of_a_guild_until_it_is_back() {
    let emulator = emulator().await;
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS | 1 << 9).await;
    gateway.event("GUILD_CREATE").await;
    emulator.outage(true);
    assert_eq!(gateway.event("GUILD_DELETE").await["unavailable"], true);
    let (mut late, ready) = Gateway::identified(&emulator, GUILDS).await;
    assert_eq!(ready["guilds"][0]["unavailable"], true);
    emulator
        .person("alice")
        .says(&emulator.channel("general"), "lost")
        .ok();
    emulator.outage(false);
    for gateway in [&mut gateway, &mut late] {
        let Heard::Payload(next) = gateway.hear().await else {
            panic!("the connection ended")
        };
        assert_eq!(
            next["t"], "GUILD_CREATE",
            "neither the message nor an earlier one"
        );
        assert_eq!(next["d"]["unavailable"], false);
    }
    emulator.close().await;
}

#[tokio::test]
async fn other_bots_and_webhooks_write_too() {
    let emulator = emulator().await;
    let (mut gateway, _) = Gateway::identified(&emulator, 1 << 9).await;
    let general = emulator.channel("general");
    let other = emulator.other_bot("Other");
    let body = json!({"embeds": [{"title": "From elsewhere"}]});
    let said = other.says_with(&general, &body).ok();
    assert!(said.is_some());
    let heard = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&heard["author"]["bot"], &heard["embeds"]),
        (&json!(true), &json!([]))
    );
    let hooked = emulator.webhook_writes("Feed", &general, &json!({"content": "news"}));
    assert!(hooked.is_ok());
    let heard = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(heard["webhook_id"], heard["author"]["id"]);
    assert_eq!(heard.get("member"), None);
    assert_eq!(
        general.shows(),
        "Other [APP]: \n│ From elsewhere\n\nFeed [APP]: news"
    );
    emulator.close().await;
}
