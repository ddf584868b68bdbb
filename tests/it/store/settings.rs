//! What is set in Discord, and every change of it.

use footnote_bot::conversation::ports::{
    KeptSettings, NewChange, Saved, SettingsChange, SettingsStore, Untold,
};
use footnote_bot::ids::ChangeId;
use footnote_bot::search::domains::Hosts;
use footnote_bot::search::fields::{Field, Settings};
use footnote_bot::search::scope::{Level, Scope};
use footnote_bot::search::service::Depth;
use footnote_bot::search::wish::Wish;

use super::*;

/// Above the signed range: the bits have to survive.
const GUILD: GuildId = GuildId(u64::MAX - 1);

/// Something in every field.
const EVERYTHING: &str = r#"{
    "domains": { "only": ["docs.rs", ".gov"] },
    "freshness": { "dates": { "published": { "after": "2026-01-01" }, "updated": {} } },
    "source_languages": ["de", "en"],
    "answer_language": { "always": "fr" },
    "country": { "from": "AT" },
    "mode": "academic",
    "context_size": "high",
    "model": { "named": "sonar-pro" },
    "confirm_above": 2.5,
    "images": false,
    "related": true,
    "persona": { "instruction": "Answer briefly. 🙂" },
    "history": { "turns": 3, "tokens": 900 },
    "threads": "never",
    "access": { "only": { "roles": ["18446744073709551615"], "people": ["7"] } },
    "members": ["depth", "deeper"],
    "setters": ["18446744073709551614"],
    "audit": { "channel": "18446744073709551613" },
    "presets": [{ "name": "ours", "domains": { "without": ["spam.example"] } }]
}"#;

fn settings(json: &str) -> Settings {
    serde_json::from_str(json).unwrap()
}

fn everything() -> Settings {
    let everything = settings(EVERYTHING);
    let set: Vec<Field> = everything.fields().collect();
    assert_eq!(set, Field::ALL, "each field is among them");
    everything
}

fn within(guild: GuildId, level: Level, id: u64) -> Scope {
    Scope { guild, level, id }
}

fn alice() -> Person {
    Person {
        id: PersonId(u64::MAX - 7),
        name: "Alice 🙂".to_owned(),
    }
}

fn change(scope: Scope, on: ChangeId, after: Settings) -> NewChange {
    NewChange {
        scope,
        by: alice(),
        at: Moment(5_000 + on.0),
        on,
        after,
        told_in: Vec::new(),
    }
}

async fn saved(store: &dyn Store, change: &NewChange) -> ChangeId {
    match store.save_settings(change).await.unwrap() {
        Saved::Done(id) => id,
        Saved::Overtaken => panic!("nobody was faster"),
    }
}

/// The ids of changes.
fn ids(changes: &[SettingsChange]) -> Vec<ChangeId> {
    changes.iter().map(|change| change.id).collect()
}

pub(super) async fn what_is_set_is_kept_scope_by_scope(store: &dyn Store) {
    let server = Scope::server(GUILD);
    let scopes = [
        server,
        within(GUILD, Level::Category, 2),
        within(GUILD, Level::Channel, u64::MAX),
        within(GUILD, Level::Thread, 4),
        // The same channel's id in another server is another scope.
        within(GuildId(1), Level::Channel, u64::MAX),
    ];
    let asked = [server.id, 2, u64::MAX, 4, 5];
    assert_eq!(store.settings_of(GUILD, &asked).await.unwrap(), []);
    let mut kept = Vec::new();
    for (place, scope) in scopes.into_iter().enumerate() {
        let after = if place == 0 {
            everything()
        } else {
            settings(&format!(r#"{{"history":{{"turns":{place},"tokens":9}}}}"#))
        };
        let revision = saved(store, &change(scope, ChangeId::NONE, after.clone())).await;
        kept.push(KeptSettings {
            scope,
            settings: after,
            revision,
        });
    }
    let other = kept.pop().unwrap();
    let mut found = store.settings_of(GUILD, &asked).await.unwrap();
    found.sort_by_key(|kept| kept.scope.level);
    assert_eq!(found, kept);
    let found = store.settings_of(GUILD, &[4]).await.unwrap();
    assert_eq!(found, [kept.pop().unwrap()], "only what is asked for");
    let found = store.settings_of(GuildId(1), &asked).await.unwrap();
    assert_eq!(found, [other]);
    assert_eq!(store.settings_of(GuildId(2), &asked).await.unwrap(), []);
}

pub(super) async fn a_change_on_what_is_no_longer_there_is_overtaken(store: &dyn Store) {
    let scope = within(GUILD, Level::Channel, 3);
    let images = || settings(r#"{"images":true}"#);
    let related = || settings(r#"{"related":true}"#);
    let first = saved(store, &change(scope, ChangeId::NONE, images())).await;
    let second = saved(store, &change(scope, first, related())).await;
    assert!(second > first);
    for on in [ChangeId::NONE, first, ChangeId(second.0 + 1)] {
        let late = NewChange {
            told_in: vec![HERE],
            ..change(scope, on, images())
        };
        assert_eq!(store.save_settings(&late).await.unwrap(), Saved::Overtaken);
    }
    let kept = store.settings_of(GUILD, &[3]).await.unwrap();
    let expected = KeptSettings {
        scope,
        settings: related(),
        revision: second,
    };
    assert_eq!(kept, [expected]);
    let log = store.changes(GUILD, None, None, 9).await.unwrap();
    assert_eq!(
        ids(&log),
        [second, first],
        "what was overtaken is in no log"
    );
    assert_eq!(store.untold(9, &[]).await.unwrap(), [], "nor is it told");
    // What changes elsewhere overtakes nobody.
    saved(
        store,
        &change(Scope::server(GUILD), ChangeId::NONE, images()),
    )
    .await;
    saved(store, &change(scope, second, Settings::default())).await;
    let kept = store.settings_of(GUILD, &[3]).await.unwrap();
    assert!(kept[0].settings.is_empty() && kept[0].revision > second);
}

pub(super) async fn changes_are_listed_newest_first_and_page_by_page(store: &dyn Store) {
    let channel = within(GUILD, Level::Channel, 3);
    let before = settings(r#"{"images":true,"related":true,"mode":"sec"}"#);
    let after = settings(r#"{"images":false,"related":true,"threads":"never"}"#);
    let mut made = vec![saved(store, &change(channel, ChangeId::NONE, before)).await];
    made.push(saved(store, &change(channel, made[0], after)).await);
    let server = Scope::server(GUILD);
    made.push(saved(store, &change(server, ChangeId::NONE, everything())).await);
    made.push(saved(store, &change(channel, made[1], Settings::default())).await);
    let elsewhere = Scope::server(GuildId(1));
    saved(store, &change(elsewhere, ChangeId::NONE, everything())).await;
    made.reverse();

    let all = store.changes(GUILD, None, None, 9).await.unwrap();
    assert_eq!(ids(&all), made);
    let page =
        async |id, before, limit| ids(&store.changes(GUILD, id, before, limit).await.unwrap());
    assert_eq!(page(None, None, 3).await, made[..3]);
    assert_eq!(page(None, Some(made[2]), 3).await, made[3..]);
    assert_eq!(page(None, Some(made[3]), 3).await, []);
    assert_eq!(page(Some(3), None, 9).await, [made[0], made[2], made[3]]);
    assert_eq!(page(Some(3), Some(made[0]), 1).await, [made[2]]);
    assert_eq!(page(Some(GUILD.0), None, 9).await, [made[1]]);
    assert_eq!(page(Some(99), None, 9).await, []);

    // What did not change is in neither half.
    let expected = SettingsChange {
        id: made[2],
        scope: channel,
        by: alice(),
        at: Moment(5_000 + made[3].0),
        before: settings(r#"{"images":true,"mode":"sec"}"#),
        after: settings(r#"{"images":false,"threads":"never"}"#),
    };
    assert_eq!(all[2], expected);
    assert_eq!(
        (&all[1].before, &all[1].after),
        (&Settings::default(), &everything())
    );
}

pub(super) async fn changes_are_told_until_they_were(store: &dyn Store) {
    let mut made = Vec::new();
    for id in [3, 4, 5] {
        let scope = within(GUILD, Level::Channel, id);
        let images = settings(r#"{"images":true}"#);
        let told_in = match id {
            3 => vec![HERE, ELSEWHERE],
            4 => vec![],
            _ => vec![HERE],
        };
        let change = NewChange {
            told_in,
            ..change(scope, ChangeId::NONE, images)
        };
        made.push(saved(store, &change).await);
    }
    let left = async |limit| {
        let untold = store.untold(limit, &[]).await.unwrap();
        let each = untold
            .iter()
            .map(|untold| (untold.change.id, untold.channel));
        let mut each: Vec<_> = each.collect();
        each.sort();
        each
    };
    let (first, third) = (made[0], made[2]);
    assert_eq!(
        left(9).await,
        [(first, ELSEWHERE), (first, HERE), (third, HERE)]
    );
    assert_eq!(
        left(2).await,
        [(first, ELSEWHERE), (first, HERE)],
        "oldest first"
    );
    // What a channel refuses leaves the room to the others.
    let others = store.untold(1, &[HERE]).await.unwrap();
    assert_eq!(others[0].channel, ELSEWHERE);
    let nobody = store.untold(9, &[HERE, ELSEWHERE]).await.unwrap();
    assert_eq!(nobody, []);
    let untold: Vec<Untold> = store.untold(9, &[]).await.unwrap();
    let logged = store.changes(GUILD, Some(3), None, 1).await.unwrap();
    assert_eq!(untold[0].change, logged[0]);

    store.told(first, HERE).await.unwrap();
    assert_eq!(left(9).await, [(first, ELSEWHERE), (third, HERE)]);
    store.told(first, HERE).await.unwrap();
    store.told(first, ELSEWHERE).await.unwrap();
    store.told(third, HERE).await.unwrap();
    assert_eq!(left(9).await, []);
    assert_eq!(store.changes(GUILD, None, None, 9).await.unwrap().len(), 3);
}

pub(super) async fn servers_in_which_something_changed_are_known(store: &dyn Store) {
    let (newest, servers) = store.changed_since(ChangeId::NONE).await.unwrap();
    assert_eq!((newest, servers), (ChangeId::NONE, vec![]));
    let mut made = Vec::new();
    // More than any page that a store may read at once.
    let guilds = (1..=1_001).chain([u64::MAX]).map(GuildId);
    for guild in guilds.clone() {
        let images = settings(r#"{"images":true}"#);
        made.push(saved(store, &change(Scope::server(guild), ChangeId::NONE, images)).await);
    }
    let since = async |after| {
        let (newest, mut servers) = store.changed_since(after).await.unwrap();
        servers.sort();
        (newest, servers)
    };
    let newest = *made.last().unwrap();
    assert_eq!(
        since(ChangeId::NONE).await,
        (newest, guilds.clone().collect())
    );
    assert_eq!(
        since(made[999]).await,
        (newest, guilds.skip(1_000).collect())
    );
    assert_eq!(since(newest).await, (newest, vec![]));
    // Each server once, however much changed there.
    let channel = within(GuildId(1), Level::Channel, 3);
    let one = saved(store, &change(channel, ChangeId::NONE, everything())).await;
    let two = saved(store, &change(channel, one, Settings::default())).await;
    assert_eq!(since(newest).await, (two, vec![GuildId(1)]));
}

pub(super) async fn what_was_set_in_a_scope_that_is_gone_is_forgotten(store: &dyn Store) {
    let gone = within(GUILD, Level::Thread, u64::MAX);
    let stays = within(GUILD, Level::Channel, 3);
    let set = saved(store, &change(gone, ChangeId::NONE, everything())).await;
    let other = saved(store, &change(stays, ChangeId::NONE, everything())).await;
    let forget = async || {
        let by = alice();
        let forgotten = store.forget_settings(GUILD, gone.id, &by, Moment(9_000));
        forgotten.await.unwrap();
    };
    forget().await;
    let kept = store.settings_of(GUILD, &[gone.id, 3]).await.unwrap();
    let left: Vec<Scope> = kept.iter().map(|kept| kept.scope).collect();
    assert_eq!(left, [stays]);
    // Other processes learn of it as of any change.
    let (newest, servers) = store.changed_since(other).await.unwrap();
    assert!(newest > other);
    assert_eq!(servers, [GUILD]);
    let log = store.changes(GUILD, Some(gone.id), None, 9).await.unwrap();
    assert_eq!(ids(&log), [newest, set]);
    let expected = SettingsChange {
        id: newest,
        scope: gone,
        by: alice(),
        at: Moment(9_000),
        before: everything(),
        after: Settings::default(),
    };
    assert_eq!(log[0], expected);
    // Nothing is set there any more, and nothing is changed by saying so.
    forget().await;
    let nothing = store.changed_since(newest).await.unwrap();
    assert_eq!(nothing, (newest, vec![]));
    let late = change(gone, set, everything());
    assert_eq!(store.save_settings(&late).await.unwrap(), Saved::Overtaken);
}

pub(super) async fn what_was_taken_back_is_forgotten_without_a_word(store: &dyn Store) {
    let gone = within(GUILD, Level::Channel, 3);
    let set = saved(store, &change(gone, ChangeId::NONE, everything())).await;
    let back = saved(store, &change(gone, set, Settings::default())).await;
    store
        .forget_settings(GUILD, 3, &alice(), Moment(9_000))
        .await
        .unwrap();
    assert_eq!(store.settings_of(GUILD, &[3]).await.unwrap(), []);
    assert_eq!(store.changed_since(back).await.unwrap(), (back, vec![]));
}

pub(super) async fn a_wish_is_kept_with_its_question(store: &dyn Store) {
    let wish = Wish {
        domains: Some(Hosts::of(["docs.rs", ".gov"]).unwrap()),
        recency: Some(Recency::Hour),
        depth: Some(Depth::Thorough),
        private: true,
    };
    let wished = NewQuestion {
        wish: wish.clone(),
        ..question(1)
    };
    let asked = accepted(store, wished).await;
    let plain = accepted(store, question(2)).await;
    for (id, wish) in [(asked.id, wish), (plain.id, Wish::default())] {
        let kept = store.question(id).await.unwrap().unwrap();
        assert_eq!(kept.question.asked.wish, wish);
    }
    store.record(asked.id, &failed("Wat"), LATER).await.unwrap();
    let again = store
        .reopen(asked.id, None, LATER, None)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        again.asked.wish, asked.asked.wish,
        "also when it is asked anew"
    );
}

#[tokio::test]
async fn sqlite_shows_at_once_what_another_store_on_the_file_changed() {
    let (one, folder) = empty().await;
    let other = SqliteStore::open(&folder.path().join("footnote.db"))
        .await
        .unwrap();
    let scope = within(GUILD, Level::Channel, 3);
    let first = saved(&one, &change(scope, ChangeId::NONE, everything())).await;
    assert_eq!(
        other.settings_of(GUILD, &[3]).await.unwrap()[0].revision,
        first
    );
    let images = settings(r#"{"images":true}"#);
    let second = saved(&other, &change(scope, first, images.clone())).await;
    let seen = one.settings_of(GUILD, &[3]).await.unwrap();
    assert_eq!((seen[0].revision, &seen[0].settings), (second, &images));
    assert_eq!(
        one.changed_since(first).await.unwrap(),
        (second, vec![GUILD])
    );
    let late = change(scope, first, everything());
    assert_eq!(one.save_settings(&late).await.unwrap(), Saved::Overtaken);
    other.close().await;
    one.close().await;

    let again = SqliteStore::open(&folder.path().join("footnote.db")).await;
    let kept = again.unwrap().settings_of(GUILD, &[3]).await.unwrap();
    assert_eq!((kept[0].revision, &kept[0].settings), (second, &images));
}
