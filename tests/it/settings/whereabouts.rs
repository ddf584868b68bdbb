//! Where a channel, thread or post is decides what is in force in it, wherever it is moved to and whether or not the bot sees it.

use discord_emulator::{Channel, Fault, FaultAction, Permissions};
use footnote_bot::ids::ChannelId;
use footnote_bot::search::change::Step;
use footnote_bot::search::domains::{Domains, Hosts};
use footnote_bot::search::fields::{Audit, Field, Value};
use serde_json::{Value as Json, json};

use crate::harness::pressing::is_private;
use crate::harness::{Asker, SOON, TestBot, content, look_again};

fn only(domain: &str) -> Value {
    Value::Domains(Domains::Only(Hosts::of([domain]).unwrap()))
}

/// The domains that a question asked there now is limited to.
async fn limit(bot: &TestBot, alice: &Asker, place: &Channel) -> Json {
    alice.at(place).asks(bot, "Tea?").await;
    let asked = bot.service.asked();
    asked.last().unwrap()["search_domain_filter"].clone()
}

/// Somebody who may do everything.
fn administrator(bot: &TestBot) -> Asker {
    let admin = bot.person("admin");
    let role = bot.discord.role("admins", Permissions::ADMINISTRATOR);
    admin.person.gets(role);
    admin
}

/// How often Discord was asked for a channel.
fn asked_for(bot: &TestBot, channel: &Channel) -> usize {
    let path = format!("/channels/{}", channel.id());
    let requests = bot.discord.requests();
    let of_it = requests
        .iter()
        .filter(|request| request.method == "GET" && request.path.ends_with(&path));
    of_it.count()
}

#[tokio::test]
async fn a_channel_follows_the_category_that_it_is_moved_to_and_its_threads_follow_it() {
    let bot = TestBot::spawn().await;
    let (admin, alice) = (administrator(&bot), bot.person("alice"));
    let (one, other) = (bot.discord.category("one"), bot.discord.category("other"));
    bot.sets(&one, only("one.example")).await;
    bot.sets(&other, only("other.example")).await;
    let channel = bot.discord.channel("moving");
    let thread = alice.at(&channel).opens_thread("tea");
    assert_eq!(limit(&bot, &alice, &channel).await, json!(null));
    for (category, domain) in [(&one, "one.example"), (&other, "other.example")] {
        let into = json!({ "parent_id": category.id().to_string() });
        admin.person.changes(&channel, &into).unwrap();
        assert_eq!(limit(&bot, &alice, &channel).await, json!([domain]));
        assert_eq!(limit(&bot, &alice, &thread).await, json!([domain]));
    }
    let out = json!({ "parent_id": null });
    admin.person.changes(&channel, &out).unwrap();
    assert_eq!(limit(&bot, &alice, &channel).await, json!(null));
    assert_eq!(limit(&bot, &alice, &thread).await, json!(null));
}

#[tokio::test]
async fn a_thread_follows_its_channel_until_something_is_set_in_it() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.sets(&bot.channel(), only("channel.example")).await;
    let (thread, further) = (alice.opens_thread("tea"), alice.opens_thread("milk"));
    bot.sets(&thread, only("thread.example")).await;
    for (place, domain) in [
        (&thread, "thread.example"),
        (&further, "channel.example"),
        (&bot.channel(), "channel.example"),
    ] {
        assert_eq!(limit(&bot, &alice, place).await, json!([domain]));
    }
    let said = alice.is_in(&further).mentions_bot("milk?");
    bot.answer_to(&said).await;
    let asked = bot.service.asked();
    assert_eq!(
        asked.last().unwrap()["search_domain_filter"],
        json!(["channel.example"])
    );
}

#[tokio::test]
async fn a_post_follows_its_forum_and_the_category_of_that() {
    let bot = TestBot::spawn().await;
    let (admin, alice) = (administrator(&bot), bot.person("alice"));
    let (category, forum) = (bot.discord.category("help"), bot.discord.forum("questions"));
    let into = json!({ "parent_id": category.id().to_string() });
    admin.person.changes(&forum, &into).unwrap();
    bot.sets(&category, only("category.example")).await;
    let post = alice.posts(&forum, "Tea", "What is it?");
    assert_eq!(
        limit(&bot, &alice, &post).await,
        json!(["category.example"])
    );
    bot.sets(&forum, only("forum.example")).await;
    assert_eq!(limit(&bot, &alice, &post).await, json!(["forum.example"]));
}

#[tokio::test]
async fn a_channel_that_the_bot_does_not_see_has_its_settings_all_the_same() {
    let mut bot = TestBot::spawn().await;
    let (admin, alice) = (administrator(&bot), bot.person("alice"));
    let category = bot.discord.category("staff");
    bot.sets(&category, only("category.example")).await;
    let channel = bot.discord.channel("hidden");
    let into = json!({ "parent_id": category.id().to_string() });
    admin.person.changes(&channel, &into).unwrap();
    channel.denies(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
    bot.sets(&bot.channel(), only("general.example")).await;
    for _ in 0..2 {
        assert_eq!(
            limit(&bot, &alice, &channel).await,
            json!(["category.example"])
        );
    }
    // It is not told either that it was moved.
    let other = bot.discord.category("other");
    bot.sets(&other, only("other.example")).await;
    let into = json!({ "parent_id": other.id().to_string() });
    admin.person.changes(&channel, &into).unwrap();
    assert_eq!(
        limit(&bot, &alice, &channel).await,
        json!(["other.example"])
    );
    bot.sets(&channel, only("channel.example")).await;
    // Nor does it see it when it starts.
    bot.stop().await;
    bot.start().await;
    assert_eq!(
        limit(&bot, &alice, &channel).await,
        json!(["channel.example"])
    );
    assert_eq!(asked_for(&bot, &channel), 0);
}

#[tokio::test]
async fn discord_is_not_asked_for_every_question_for_a_channel_that_the_bot_does_not_see() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let channel = bot.discord.channel("hidden");
    bot.stop().await;
    channel.denies(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
    bot.start().await;
    bot.sets(&channel, only("channel.example")).await;
    bot.discord.expects_rejections();
    for _ in 0..3 {
        assert_eq!(
            limit(&bot, &alice, &channel).await,
            json!(["channel.example"])
        );
    }
    assert_eq!(asked_for(&bot, &channel), 1);
    // Once it does, it is told where the channel is.
    let category = bot.discord.category("staff");
    bot.sets(&category, only("category.example")).await;
    channel.allows(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
    let into = json!({ "parent_id": category.id().to_string() });
    administrator(&bot).person.changes(&channel, &into).unwrap();
    let path = bot.way_to(&channel);
    bot.makes(path, Step::Inherit(Field::Domains)).await;
    assert_eq!(
        limit(&bot, &alice, &channel).await,
        json!(["category.example"])
    );
    assert_eq!(asked_for(&bot, &channel), 1);
}

#[tokio::test]
async fn in_a_thread_of_a_channel_that_the_bot_does_not_see_it_is_said_who_can_mend_that() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let channel = bot.discord.channel("hidden");
    let alice = alice.at(&alice.at(&channel).opens_thread("tea"));
    bot.stop().await;
    channel.denies(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
    bot.start().await;
    bot.discord.expects_rejections();
    // Discord may also be slow to say where it is.
    let path = format!("/channels/{}", channel.id());
    let down = FaultAction::Answer {
        status: 503,
        body: json!({}),
    };
    bot.discord
        .fault(Fault::new("GET", &path, 1, down))
        .unwrap();
    for said in [
        "Discord does not answer",
        "can let Footnote view the channel",
    ] {
        let asked = alice.asks(&bot, "Tea?").await;
        let told = asked.interaction.reply().unwrap();
        assert!(content(&told).contains(said), "{told}");
        assert!(is_private(&told));
    }
    assert!(bot.service.asked().is_empty());
}

#[tokio::test]
async fn what_is_set_in_a_channel_goes_with_it() {
    let bot = TestBot::spawn().await;
    let (admin, alice) = (administrator(&bot), bot.person("alice"));
    let channel = bot.discord.channel("short-lived");
    let thread = alice.at(&channel).opens_thread("tea");
    let left = alice.at(&channel).opens_thread("milk");
    bot.sets(&left, only("left.example")).await;
    bot.sets(&channel, only("channel.example")).await;
    bot.sets(&thread, only("thread.example")).await;
    bot.sets(&bot.channel(), only("general.example")).await;
    let guild = bot.way_to(&channel).guild;
    let ids = [channel.id(), thread.id(), left.id(), bot.channel().id()];
    let kept = async || {
        let kept = bot.store().settings_of(guild, &ids).await.unwrap();
        let set = kept.iter().filter(|kept| !kept.settings.is_empty());
        set.map(|kept| kept.scope.id).collect::<Vec<_>>()
    };
    assert_eq!(kept().await.len(), 4);
    let audit = bot.discord.channel("audit");
    bot.sets_everywhere(Value::Audit(Audit::Channel(ChannelId(audit.id()))))
        .await;
    // Each is looked for once more.
    bot.discord.expects_rejections();
    admin.person.deletes_channel(&thread).unwrap();
    until(async || !kept().await.contains(&thread.id())).await;
    assert_eq!(kept().await.len(), 3);
    admin.person.deletes_channel(&channel).unwrap();
    until(async || kept().await == [bot.channel().id()]).await;
    assert_eq!(
        limit(&bot, &alice, &bot.channel()).await,
        json!(["general.example"])
    );
    // That they are forgotten is told, after what is set everywhere.
    until(async || bot.discord.bot().sees(&audit).len() == 4).await;
    let told = bot.discord.bot().sees(&audit);
    for (told, domain) in told[1..].iter().zip(["thread", "channel", "left"]) {
        assert!(
            content(told).contains(&format!("{domain}.example")),
            "{told}"
        );
    }
}

#[tokio::test]
async fn what_is_set_in_a_channel_stays_when_something_else_says_that_it_is_not_there() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let by_proxy = FaultAction::Text {
        status: 404,
        content_type: "text/html".to_owned(),
        body: "<h1>Not found</h1>".to_owned(),
    };
    let of_token = FaultAction::Answer {
        status: 401,
        body: json!({ "message": "401: Unauthorized", "code": 0 }),
    };
    for (name, answer) in [("by-proxy", by_proxy), ("of-token", of_token)] {
        let channel = bot.discord.channel(name);
        bot.sets(&channel, only("channel.example")).await;
        let path = format!("/channels/{}", channel.id());
        let fault = Fault::new("GET", &path, 1, answer);
        bot.discord.fault(fault).unwrap();
        let looked = asked_for(&bot, &channel);
        channel.denies(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
        until(async || asked_for(&bot, &channel) > looked).await;
        for _ in 0..2 {
            let limit = limit(&bot, &alice, &channel).await;
            assert_eq!(limit, json!(["channel.example"]));
        }
    }
}

#[tokio::test]
async fn what_is_set_in_a_channel_stays_when_the_bot_no_longer_sees_it() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let channel = bot.discord.channel("hidden");
    bot.sets(&channel, only("channel.example")).await;
    let looked = asked_for(&bot, &channel);
    bot.discord.expects_rejections();
    channel.denies(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
    // It is looked whether the channel is gone.
    until(async || asked_for(&bot, &channel) > looked).await;
    assert_eq!(
        limit(&bot, &alice, &channel).await,
        json!(["channel.example"])
    );
    let levels = bot.desk().places().levels(&bot.way_to(&channel)).await;
    assert!(!levels.unwrap().own().is_empty());
    assert_eq!(bot.way_to(&channel).channel, Some(ChannelId(channel.id())));
}

async fn until(is_so: impl AsyncFn() -> bool) {
    let became = async {
        while !is_so().await {
            look_again().await;
        }
    };
    tokio::time::timeout(SOON, became).await.unwrap();
}
