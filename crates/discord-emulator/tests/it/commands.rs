//! Registering commands: scopes, changes, languages, and how many there may be.

use std::time::Duration;

use discord_emulator::{Emulator, LimitTable, Rate, RateLimits};
use serde_json::{Value, json};

use crate::bot::{Gateway, Rest, emulator, realistic};

fn path(emulator: &Emulator) -> String {
    format!("/applications/{}/commands", emulator.application_id())
}

fn slash(name: &str) -> Value {
    json!({"name": name, "description": "d"})
}

fn many(kind: u64, count: usize) -> Value {
    let command = |n| match kind {
        1 => slash(&format!("c{n}")),
        _ => json!({"name": format!("c{n}"), "type": kind}),
    };
    (0..count).map(command).collect()
}

#[tokio::test]
async fn a_command_is_changed_field_by_field() {
    let emulator = emulator().await;
    let (rest, path) = (Rest::new(&emulator), path(&emulator));
    let made = rest.call("POST", &path, &slash("ask")).await;
    rest.call("POST", &path, &slash("about")).await;
    let one = format!("{path}/{}", made.id());
    let changed = rest
        .call("PATCH", &one, &json!({"description": "Ask", "type": 2}))
        .await;
    assert_eq!(changed.status, 200);
    assert_eq!(
        (&changed.body["name"], &changed.body["description"]),
        (&json!("ask"), &json!("Ask"))
    );
    assert_eq!(
        (&changed.body["id"], &changed.body["type"]),
        (&made.body["id"], &json!(1))
    );
    assert_ne!(changed.body["version"], made.body["version"]);
    let taken = rest.call("PATCH", &one, &slash("about")).await;
    assert_eq!(
        taken.body["errors"]["name"]["_errors"][0]["code"],
        "APPLICATION_COMMANDS_DUPLICATE_NAME"
    );
    let wrong = rest.call("PATCH", &one, &json!({"name": "Ask"})).await;
    assert_eq!(wrong.code(), (400, 50035));
    assert_eq!(rest.get(&one).await.body["description"], "Ask");
    let unknown = rest.call("PATCH", &format!("{path}/1"), &json!({})).await;
    assert_eq!(unknown.code(), (404, 10063));
    emulator.close().await;
}

#[tokio::test]
async fn what_discord_does_not_know_is_passed_over() {
    let emulator = emulator().await;
    let command = json!({"name": "ask", "description": "d", "sparkle": 1, "default_member_permissions": 8,
        "options": [{"type": 3, "name": "o", "description": "d", "sparkle": 1, "required": null}]});
    let made = Rest::new(&emulator)
        .call("POST", &path(&emulator), &command)
        .await;
    assert_eq!((made.status, &made.body["sparkle"]), (201, &Value::Null));
    assert_eq!(made.body["default_member_permissions"], "8");
    assert_eq!(
        made.body["options"],
        json!([{"type": 3, "name": "o", "description": "d"}])
    );
    emulator.close().await;
}

#[tokio::test]
async fn languages_are_listed_to_whoever_asks_for_them() {
    let emulator = emulator().await;
    let (rest, path) = (Rest::new(&emulator), path(&emulator));
    let mut command = slash("ask");
    command["name_localizations"] = json!({"de": "frage"});
    rest.call("PUT", &path, &json!([command])).await;
    assert!(rest.get(&path).await.body[0]["name_localizations"].is_null());
    let all = rest.get(&format!("{path}?with_localizations=true")).await;
    assert_eq!(all.body[0]["name_localizations"]["de"], "frage");
    emulator.close().await;
}

#[tokio::test]
async fn guilds_have_commands_of_their_own() {
    let emulator = emulator().await;
    let (rest, mut gateway) = (
        Rest::new(&emulator),
        Gateway::identified(&emulator, 0).await.0,
    );
    let (alice, general) = (emulator.person("alice"), emulator.channel("general"));
    let home = rest.get(&format!("/channels/{}", general.id())).await.body["guild_id"].clone();
    let other = emulator.add_guild("Elsewhere");
    let of = |guild: &str| format!("/applications/{}/guilds/{guild}/commands", rest.application);
    rest.call("PUT", &of(home.as_str().unwrap()), &json!([slash("here")]))
        .await;
    rest.call("PUT", &of(&other.to_string()), &json!([slash("there")]))
        .await;
    assert_eq!(rest.get(&path(&emulator)).await.body, json!([]));
    let there = rest.get(&of(&other.to_string())).await.body;
    assert_eq!(there[0]["guild_id"], other.to_string());
    alice.uses(&general, "here", &[]).await.unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(event["data"]["guild_id"], home);
    let refused = alice.uses(&general, "there", &[]).await.err().unwrap();
    assert_eq!(
        refused.to_string(),
        "/there is not offered here: it is registered for another guild"
    );
    assert_eq!(rest.get(&of("1")).await.code(), (404, 10004));
    emulator.close().await;
}

#[tokio::test]
async fn a_scope_holds_a_hundred_slash_commands_and_fifteen_of_each_menu() {
    let emulator = emulator().await;
    let (rest, path) = (Rest::new(&emulator), path(&emulator));
    for (kind, most) in [(1, 100), (2, 15), (3, 15)] {
        let beyond = rest.call("PUT", &path, &many(kind, most + 1)).await;
        assert_eq!(beyond.code(), (400, 30032), "{kind}");
        let at_it = rest.call("PUT", &path, &many(kind, most)).await;
        assert_eq!(at_it.status, 200, "{kind}");
        let mut one_more = many(kind, most + 1)[most].clone();
        one_more["name"] = json!("more");
        assert_eq!(
            rest.call("POST", &path, &one_more).await.code(),
            (400, 30032),
            "{kind}"
        );
    }
    emulator.close().await;
}

#[tokio::test]
async fn a_scope_takes_two_hundred_new_commands_a_day() {
    let emulator = realistic().await;
    let (rest, path) = (Rest::new(&emulator), path(&emulator));
    for _ in 0..2 {
        assert_eq!(rest.call("PUT", &path, &many(1, 100)).await.status, 200);
        // What is there already does not count again.
        assert_eq!(rest.call("PUT", &path, &many(1, 100)).await.status, 200);
        assert_eq!(rest.call("PUT", &path, &json!([])).await.status, 200);
    }
    assert_eq!(
        rest.call("POST", &path, &slash("more")).await.code(),
        (400, 30034)
    );
    assert_eq!(
        rest.call("PUT", &path, &json!([slash("more")]))
            .await
            .code(),
        (400, 30034)
    );
    emulator.advance(Duration::from_secs(24 * 60 * 60));
    assert_eq!(rest.call("POST", &path, &slash("more")).await.status, 201);
    emulator.close().await;
}

#[tokio::test]
async fn how_many_commands_may_be_new_is_a_row_of_the_table() {
    let emulator = emulator().await;
    let (rest, path) = (Rest::new(&emulator), path(&emulator));
    for n in 0..3 {
        assert_eq!(
            rest.call("PUT", &path, &many(1, 100)).await.status,
            200,
            "{n}"
        );
        assert_eq!(rest.call("PUT", &path, &json!([])).await.status, 200);
    }
    let rate = Rate {
        limit: 2,
        per: Duration::from_secs(60),
    };
    emulator.limit(RateLimits::Table(LimitTable {
        command_creates: Some(rate),
        ..LimitTable::CALM
    }));
    assert_eq!(
        rest.call("PUT", &path, &many(1, 3)).await.code(),
        (400, 30034)
    );
    assert_eq!(rest.call("PUT", &path, &many(1, 2)).await.status, 200);
    emulator.advance(Duration::from_secs(60));
    assert_eq!(rest.call("PUT", &path, &many(1, 4)).await.status, 200);
    emulator.close().await;
}

#[tokio::test]
async fn two_commands_of_one_name_are_refused() {
    let emulator = emulator().await;
    let (rest, path) = (Rest::new(&emulator), path(&emulator));
    let twins = rest
        .call("PUT", &path, &json!([slash("ask"), slash("ask")]))
        .await;
    assert!(twins.body["errors"]["1"].is_object());
    let other_kind = json!([slash("ask"), {"name": "ask", "type": 3}]);
    assert_eq!(rest.call("PUT", &path, &other_kind).await.status, 200);
    emulator.close().await;
}
