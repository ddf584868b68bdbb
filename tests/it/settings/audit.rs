//! Every change is told in the channel that the server chose, once, whole, and to nobody's alarm.

use std::time::Duration;

use discord_emulator::{Channel, Fault, FaultAction, Permissions};
use footnote_bot::ids::{ChannelId, GuildId};
use footnote_bot::search::change::Step;
use footnote_bot::search::fields::{Audit, Value};
use footnote_bot::search::scope::Path;
use serde_json::json;
use sqlx::ConnectOptions;

use super::commands::only;
use crate::harness::{SOON, TestBot, content, look_again};

/// What was told in a channel, once so many messages are there.
async fn told(bot: &TestBot, channel: &Channel, count: usize) -> Vec<String> {
    let there = async {
        loop {
            let seen = bot.discord.bot().sees(channel);
            if seen.len() >= count {
                return seen;
            }
            look_again().await;
        }
    };
    let seen = tokio::time::timeout(SOON, there).await.unwrap();
    assert_eq!(seen.len(), count, "{seen:?}");
    seen.iter().map(content).collect()
}

/// Waits until nothing is left to be told.
async fn all_told(bot: &TestBot) {
    let store = bot.store();
    let told = async {
        while !store.untold(1, &[]).await.unwrap().is_empty() {
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, told).await.unwrap();
}

#[tokio::test]
async fn a_change_is_told_where_changes_are_told() {
    let bot = TestBot::spawn().await;
    let (alice, audit) = (bot.manager("alice"), bot.discord.channel("audit"));
    alice.is_told("audit", &[("channel", "audit")]).await;
    alice
        .is_told("domains allow", &[("domains", "docs.rs")])
        .await;
    let told = told(&bot, &audit, 2).await;
    let (mention, channel) = (alice.mention(), bot.channel().id());
    let expected = format!("{mention} changed Server\n**Audit");
    assert!(told[0].starts_with(&expected), "{}", told[0]);
    assert_eq!(
        told[1],
        format!("{mention} changed Channel <#{channel}>\n**Domains**: inherited → only `docs.rs`")
    );
    all_told(&bot).await;
}

#[tokio::test]
async fn moving_it_and_switching_it_off_is_told_where_it_was() {
    let bot = TestBot::spawn().await;
    let alice = bot.manager("alice");
    let (first, second) = (bot.discord.channel("first"), bot.discord.channel("second"));
    alice.is_told("audit", &[("channel", "first")]).await;
    alice.is_told("audit", &[("channel", "second")]).await;
    alice.is_told("audit", &[("off", "true")]).await;
    alice.is_told("recency", &[("age", "1")]).await;
    told(&bot, &first, 2).await;
    let in_second = told(&bot, &second, 2).await;
    assert!(in_second[1].ends_with("→ off"), "{}", in_second[1]);
    all_told(&bot).await;
    assert_eq!(bot.discord.bot().sees(&first).len(), 2);
}

#[tokio::test]
async fn a_change_of_any_length_is_told_whole() {
    let bot = TestBot::spawn().await;
    let audit = bot.discord.channel("audit");
    bot.sets_everywhere(Value::Audit(Audit::Channel(ChannelId(audit.id()))))
        .await;
    let label = "a".repeat(61);
    let hosts: Vec<String> = (0..20)
        .map(|n| format!("h{n:02}.{label}.{label}.{label}.example"))
        .collect();
    let listed: Vec<&str> = hosts.iter().map(String::as_str).collect();
    bot.sets(&bot.channel(), only(&listed)).await;
    let alice = bot.keeper("alice");
    alice.is_told("recency", &[("age", "1")]).await;
    all_told(&bot).await;
    let whole: Vec<String> = bot.discord.bot().sees(&audit).iter().map(content).collect();
    for host in hosts {
        assert!(
            whole
                .iter()
                .any(|message| message.contains(&format!("`{host}`"))),
            "{host}"
        );
    }
}

#[tokio::test]
async fn what_was_not_told_is_told_after_a_restart() {
    let mut bot = TestBot::spawn().await;
    let (alice, audit) = (bot.manager("alice"), bot.discord.channel("audit"));
    alice.is_told("audit", &[("channel", "audit")]).await;
    all_told(&bot).await;
    bot.discord.tolerates_rejections();
    audit.denies(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    alice.is_told("recency", &[("age", "1")]).await;
    alice.is_told("recency", &[("age", "2")]).await;
    assert_eq!(bot.store().untold(10, &[]).await.unwrap().len(), 2);
    bot.stop().await;
    audit.allows(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    bot.start().await;
    told(&bot, &audit, 3).await;
    all_told(&bot).await;
}

#[tokio::test]
async fn a_channel_that_is_gone_holds_nothing_up() {
    let bot = TestBot::spawn().await;
    let (alice, audit) = (bot.manager("alice"), bot.discord.channel("audit"));
    alice.is_told("audit", &[("channel", "audit")]).await;
    all_told(&bot).await;
    bot.discord.tolerates_rejections();
    bot.discord.person("you").deletes_channel(&audit).unwrap();
    let said = alice.is_told("recency", &[("age", "1")]).await;
    assert!(said.starts_with("**Saved for Channel"), "{said}");
    all_told(&bot).await;
}

#[tokio::test]
async fn a_change_whose_telling_is_lost_on_the_way_is_told_once() {
    let bot = TestBot::spawn().await;
    let (alice, audit) = (bot.manager("alice"), bot.discord.channel("audit"));
    alice.is_told("audit", &[("channel", "audit")]).await;
    all_told(&bot).await;
    let route = format!("/channels/{}/messages", audit.id());
    let lost = Fault::new("POST", &route, 1, FaultAction::ResetAfter);
    bot.discord.fault(lost).unwrap();
    alice.is_told("recency", &[("age", "1")]).await;
    all_told(&bot).await;
    told(&bot, &audit, 2).await;
}

#[tokio::test]
async fn what_a_channel_has_refused_for_a_day_is_given_up() {
    let bot = TestBot::spawn().await;
    let (alice, audit) = (bot.manager("alice"), bot.discord.channel("audit"));
    alice.is_told("audit", &[("channel", "audit")]).await;
    all_told(&bot).await;
    bot.discord.tolerates_rejections();
    audit.denies(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    alice.is_told("recency", &[("age", "1")]).await;
    bot.clock.advance(Duration::from_secs(25 * 60 * 60));
    alice.is_told("recency", &[("age", "2")]).await;
    let store = bot.store();
    // The earlier one is given up, the later one is worth another try.
    let given_up = async {
        loop {
            let untold = store.untold(10, &[]).await.unwrap();
            if untold.len() == 1 {
                return untold;
            }
            look_again().await;
        }
    };
    let left = tokio::time::timeout(SOON, given_up).await.unwrap();
    let newest = store.changes(left[0].change.scope.guild, None, None, 1);
    assert_eq!(left[0].change.id, newest.await.unwrap()[0].id);
    audit.allows(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    // It is left alone for minutes.
    bot.clock.advance(Duration::from_secs(6 * 60));
    alice.is_told("recency", &[("age", "3")]).await;
    all_told(&bot).await;
    told(&bot, &audit, 3).await;
}

#[tokio::test]
async fn changes_are_not_to_be_told_outside_of_the_server() {
    let bot = TestBot::spawn().await;
    let alice = bot.manager("alice");
    let outside = alice.is_alone_with_the_bot().channel;
    let text = json!({
        "footnote_settings": 1, "settings": { "audit": { "channel": outside.id().to_string() } },
    });
    let text = text.to_string();
    let said = alice
        .is_told("import", &[("text", &text), ("level", "Server")])
        .await;
    assert!(
        said.starts_with("That channel is not in this server."),
        "{said}"
    );
    let exported = alice.is_told("export", &[("level", "Server")]).await;
    assert!(exported.starts_with("Nothing is set"), "{exported}");
}

#[tokio::test]
async fn what_another_server_changes_is_not_told_here() {
    let bot = TestBot::spawn().await;
    let (alice, here) = (bot.manager("alice"), bot.discord.channel("here"));
    let theirs = GuildId(bot.discord.add_guild("theirs"));
    let told_here = Value::Audit(Audit::Channel(ChannelId(here.id())));
    bot.makes(Path::server(theirs), Step::Set(told_here)).await;
    assert_eq!(bot.store().untold(10, &[]).await.unwrap().len(), 1);
    // Whatever is changed, what is still to be told is looked for.
    alice.is_told("recency", &[("age", "1")]).await;
    all_told(&bot).await;
    assert_eq!(bot.discord.bot().sees(&here).len(), 0);
}

#[tokio::test]
async fn what_cannot_be_read_is_cleared_and_told_like_every_change() {
    let bot = TestBot::spawn().await;
    let (alice, audit) = (bot.manager("alice"), bot.discord.channel("audit"));
    alice.is_told("audit", &[("channel", "audit")]).await;
    alice.is_told("recency", &[("age", "1")]).await;
    told(&bot, &audit, 2).await;
    let file = bot.settings().data_dir.join("footnote.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut store = options.connect().await.unwrap();
    sqlx::query("UPDATE setting SET settings = '{\"colour\":\"red\"}' WHERE level = 'channel'")
        .execute(&mut store)
        .await
        .unwrap();
    bot.desk().places().forget(bot.way_to(&bot.channel()).guild);
    let shown = alice.is_told("show", &[]).await;
    assert!(
        shown.contains("`/settings reset` there clears it"),
        "{shown}"
    );
    let proposed = alice.types("reset", &[]).await;
    let asked = proposed.shown();
    assert!(
        asked.contains("cannot be read any more. Apply clears"),
        "{asked}"
    );
    let pressed = alice.presses(&proposed.message(), "Apply").await;
    let cleared = pressed.until(|text| *text != asked).await;
    assert!(cleared.contains("is cleared"), "{cleared}");
    let told = told(&bot, &audit, 3).await;
    assert!(
        told[2].ends_with("What was changed cannot be read any more."),
        "{}",
        told[2]
    );
    let shown = alice.is_told("show", &[]).await;
    assert!(shown.starts_with("**Settings of"), "{shown}");
}

#[tokio::test]
async fn who_has_changes_told_where_the_bot_cannot_write_is_told() {
    let bot = TestBot::spawn().await;
    let (alice, audit) = (bot.manager("alice"), bot.discord.channel("audit"));
    bot.discord.tolerates_rejections();
    audit.denies(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    let said = alice.is_told("audit", &[("channel", "audit")]).await;
    let warning = format!("Footnote cannot write in <#{}>", audit.id());
    assert!(
        said.starts_with("**Saved") && said.contains(&warning),
        "{said}"
    );
    audit.allows(&bot.discord.bot(), Permissions::SEND_MESSAGES);
    alice.is_told("audit", &[("off", "true")]).await;
    let said = alice.is_told("audit", &[("channel", "audit")]).await;
    assert!(!said.contains(&warning), "{said}");
}
