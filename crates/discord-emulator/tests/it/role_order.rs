//! Which roles the bot gives and takes, and which permissions it can grant in a channel.

use discord_emulator::{Emulator, Permissions};
use serde_json::{Value, json};

use crate::{
    bot::{Answered, Gateway, Rest, emulator},
    control::steered,
};

const GUILDS_AND_MEMBERS: u64 = 1 | 1 << 1;

async fn assigns(rest: &Rest, method: &str, emulator: &Emulator, ids: (u64, u64)) -> Answered {
    let guild = emulator.everyone().id();
    let path = format!("/guilds/{guild}/members/{}/roles/{}", ids.0, ids.1);
    rest.send(rest.request(method, &path)).await
}

#[tokio::test]
async fn the_bot_gives_and_takes_what_stands_below_its_highest_role() {
    let emulator = emulator().await;
    emulator.allow_intents(discord_emulator::PrivilegedIntents {
        members: true,
        ..Default::default()
    });
    let rest = Rest::new(&emulator);
    let (mut gateway, _) = Gateway::identified(&emulator, GUILDS_AND_MEMBERS).await;
    let (alice, reader) = (
        emulator.person("alice"),
        emulator.role("reader", Permissions::NONE),
    );
    let ids = (alice.id(), reader.id());
    let refused = assigns(&rest, "PUT", &emulator, ids).await;
    assert_eq!(refused.code(), (403, 50013), "it may not manage roles");
    let keeper = emulator.role("keeper", Permissions::MANAGE_ROLES);
    emulator.bot().gets(keeper);
    for (method, roles) in [
        ("PUT", json!([reader.id().to_string()])),
        ("DELETE", json!([])),
    ] {
        assert_eq!(assigns(&rest, method, &emulator, ids).await.status, 204);
        let told = loop {
            let told = gateway.event("GUILD_MEMBER_UPDATE").await;
            if told["user"]["global_name"] == "alice" {
                break told;
            }
        };
        assert_eq!(told["roles"], roles);
    }
    emulator.places_role(&reader, 2);
    assert_eq!(
        gateway.event("GUILD_ROLE_UPDATE").await["role"]["position"],
        2
    );
    for method in ["PUT", "DELETE"] {
        let refused = assigns(&rest, method, &emulator, ids).await;
        assert_eq!(refused.code(), (403, 50013), "{method}");
    }
    emulator.places_role(&keeper, 2);
    let equal = assigns(&rest, "PUT", &emulator, ids).await;
    assert_eq!(
        equal.code(),
        (403, 50013),
        "of two at one position the older is higher"
    );
    emulator.places_role(&keeper, 3);
    assert_eq!(assigns(&rest, "PUT", &emulator, ids).await.status, 204);
    let own = assigns(&rest, "PUT", &emulator, (alice.id(), keeper.id())).await;
    assert_eq!(own.code(), (403, 50013), "its highest is not below itself");
    emulator.close().await;
}

#[tokio::test]
async fn who_and_what_is_not_there_is_told_apart() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    emulator
        .bot()
        .gets(emulator.role("keeper", Permissions::MANAGE_ROLES));
    let reader = emulator.role("reader", Permissions::NONE).id();
    let (alice, gone) = (emulator.person("alice").id(), emulator.person("gone"));
    gone.leaves_guild();
    for (ids, code) in [
        ((7, reader), (404, 10013)),
        ((gone.id(), reader), (404, 10007)),
        ((alice, 7), (404, 10011)),
        ((alice, emulator.everyone().id()), (400, 50028)),
    ] {
        let refused = assigns(&rest, "PUT", &emulator, ids).await;
        assert_eq!(refused.code(), code, "{ids:?}");
    }
    let roles = format!("/guilds/{}/roles", emulator.everyone().id());
    let all = rest.get(&roles).await.body;
    let mut managed = all.as_array().into_iter().flatten();
    let of_bot = managed
        .find(|role| role["managed"] == true)
        .map(|role| role["id"].clone());
    let id = of_bot
        .and_then(|id| id.as_str()?.parse().ok())
        .expect("the bot has its role");
    let refused = assigns(&rest, "PUT", &emulator, (alice, id)).await;
    assert_eq!(refused.code(), (403, 50013), "a bot's role is its own");
    emulator.close().await;
}

#[tokio::test]
async fn positions_are_seeded_by_call() {
    let (emulator, control) = steered().await;
    let staff = json!({"roles": [{"name": "staff", "position": 5}, {"name": "reader"}]});
    let ids = control.post("/seed", &staff).await["roles"].clone();
    let roles = format!("/guilds/{}/roles", emulator.everyone().id());
    let all = Rest::new(&emulator).get(&roles).await.body;
    let position = |id: &Value| {
        let mut roles = all.as_array().into_iter().flatten();
        roles
            .find(|role| role["id"] == *id)
            .map(|role| role["position"].clone())
    };
    assert_eq!(position(&ids["staff"]), Some(json!(5)));
    assert_eq!(position(&ids["reader"]), Some(json!(1)));
    emulator.close().await;
}

#[tokio::test]
async fn the_bot_grants_only_what_it_has_itself() {
    let emulator = emulator().await;
    let rest = Rest::new(&emulator);
    let (bot, alice) = (emulator.bot(), emulator.person("alice"));
    let general = emulator.channel("general");
    let needed = Permissions::MANAGE_ROLES | Permissions::MANAGE_CHANNELS;
    bot.gets(emulator.role("keeper", needed));
    let (channel, id) = (
        format!("/channels/{}", general.id()),
        alice.id().to_string(),
    );
    let path = format!("{channel}/permissions/{id}");
    let written = |permissions: Permissions| permissions.bits().to_string();
    // @everyone has it at the start, and with it the bot.
    let everyone = emulator.everyone();
    let own = Permissions::SEND_MESSAGES;
    let lacking = Permissions::MANAGE_MESSAGES;
    for field in ["allow", "deny"] {
        let given = json!({"type": 1, field: written(own)});
        assert_eq!(rest.call("PUT", &path, &given).await.status, 204, "{field}");
        let beyond = json!({"type": 1, field: written(lacking)});
        let refused = rest.call("PUT", &path, &beyond).await;
        assert_eq!(refused.code(), (403, 50013), "{field}");
    }
    let whole =
        json!({"permission_overwrites": [{"id": id, "type": 1, "allow": written(lacking)}]});
    let refused = rest.call("PATCH", &channel, &whole).await;
    assert_eq!(refused.code(), (403, 50013));
    general.allows(&alice, lacking);
    let kept = json!({"type": 1, "allow": written(own | lacking)});
    let kept = rest.call("PUT", &path, &kept).await;
    assert_eq!(kept.status, 204, "what is there already may stay");
    general.allows(&everyone, Permissions::MANAGE_ROLES);
    let beyond = json!({"type": 1, "deny": written(lacking)});
    let granted = rest.call("PUT", &path, &beyond).await;
    assert_eq!(granted.status, 204, "the channel lets it manage roles");
    emulator.close().await;
}
