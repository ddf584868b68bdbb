//! Who may ask: whoever may not is refused whatever way they ask, and told so without a word about those who may.

use std::collections::BTreeSet;
use std::time::Duration;

use discord_emulator::{Fault, FaultAction, Permissions, Role};
use footnote_bot::ids::{PersonId, RoleId};
use footnote_bot::search::change::Step;
use footnote_bot::search::domains::{Domains, Hosts};
use footnote_bot::search::fields::{Field, Value};
use footnote_bot::search::people::{Access, Admitted};
use serde_json::json;
use sqlx::ConnectOptions;

use crate::harness::messages::until_gone;
use crate::harness::pressing::{is_private, whispered};
use crate::harness::service::Script;
use crate::harness::{Asked, Asker, SOON, TestBot, content};

const REFUSAL: &str =
    "In this channel, only some people may ask. Somebody who manages the server can say who.";

fn only(people: &[&Asker], roles: &[Role]) -> Value {
    let people = people.iter().map(|one| PersonId(one.person.id()));
    Value::Access(Access::Only(Admitted {
        roles: roles.iter().map(|role| RoleId(role.id())).collect(),
        people: people.collect::<BTreeSet<_>>(),
    }))
}

/// That they alone were told that they may not ask.
fn is_refused(asked: &Asked) {
    let reply = asked.interaction.reply().unwrap();
    assert_eq!(content(&reply), REFUSAL);
    assert!(is_private(&reply));
}

#[tokio::test]
async fn only_those_who_are_named_may_ask_in_a_channel_and_its_threads() {
    let bot = TestBot::spawn().await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    bot.sets(&bot.channel(), only(&[&alice], &[])).await;
    let thread = alice.opens_thread("tea");
    for place in [bot.channel(), thread] {
        is_refused(&bob.at(&place).asks(&bot, "Tea?").await);
        let asked = alice.at(&place).asks(&bot, "Tea?").await;
        assert!(asked.shown().starts_with("Yes. [1]"));
    }
    let elsewhere = bob.at(&bot.discord.channel("elsewhere"));
    assert!(
        elsewhere
            .asks(&bot, "Tea?")
            .await
            .shown()
            .starts_with("Yes. [1]")
    );
    assert_eq!(bot.service.asked().len(), 3);
}

#[tokio::test]
async fn whoever_says_that_the_bot_is_not_there_is_refused_and_limited_all_the_same() {
    let bot = TestBot::spawn().await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    let asked = alice.asks(&bot, "Tea?").await;
    bot.sets(&bot.channel(), only(&[&alice], &[])).await;
    let docs = Hosts::of(["docs.rs"]).unwrap();
    bot.sets(&bot.channel(), Value::Domains(Domains::Only(docs)))
        .await;
    let form = alice.opens_form(&asked.message(), "Follow up").await;
    let (here, away) = (&form.custom_id, form.custom_id.replace(":here", ":away"));
    assert_ne!(here, &away);
    let sending = alice.person.fills(&form, &[("question", "And milk?")]);
    bot.forges(here, &away, sending).await;
    bot.settled().await;
    let limited = bot.service.asked()[1]["search_domain_filter"].clone();
    assert_eq!(limited, json!(["docs.rs"]));

    // Nobody but alice gets the form; it was open before.
    bot.makes(bot.way_to(&bot.channel()), Step::Inherit(Field::Access))
        .await;
    let form = bob.opens_form(&asked.message(), "Follow up").await;
    bot.sets(&bot.channel(), only(&[&alice], &[])).await;
    let sending = bob.person.fills(&form, &[("question", "And milk?")]);
    is_refused(&bot.forges(here, &away, sending).await);
    assert_eq!(bot.service.asked().len(), 2);
}

#[tokio::test]
async fn an_answer_from_before_the_bot_came_is_gone_on_from_within_what_is_set_since() {
    let bot = TestBot::spawn().await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    alice.person.installs();
    bot.discord.removes_bot();
    let asked = alice.asks(&bot, "Tea?").await;
    bot.discord.invites_bot();
    bot.sets(&bot.channel(), only(&[&bob], &[])).await;
    let pressed = alice.presses(&asked.message(), "Regenerate").await;
    assert_eq!(whispered(&pressed).await, REFUSAL);
    let message = asked.message();
    let interaction = alice.person.presses(&message, "Follow up").await.unwrap();
    interaction.acknowledged(SOON).await.unwrap();
    is_refused(&Asked { interaction });
    assert_eq!(bot.service.asked().len(), 1);
}

#[tokio::test]
async fn whoever_has_a_role_may_ask_as_long_as_they_have_it() {
    let bot = TestBot::spawn().await;
    let bob = bot.person("bob");
    let tasters = bot.discord.role("tasters", Permissions::NONE);
    bot.sets_everywhere(only(&[], &[tasters])).await;
    is_refused(&bob.asks(&bot, "Tea?").await);
    bob.person.gets(tasters);
    assert!(bob.asks(&bot, "Tea?").await.shown().starts_with("Yes. [1]"));
    bot.answer_to(&bob.mentions_bot("and coffee?")).await;
    bob.person.loses(tasters);
    is_refused(&bob.asks(&bot, "And milk?").await);
    // Nobody was asked for what interactions and messages tell.
    assert_eq!(looked_up(&bot), 0);
}

fn looked_up(bot: &TestBot) -> usize {
    let requests = bot.discord.requests();
    let members = requests
        .iter()
        .filter(|request| request.path.contains("/members/"));
    members.count()
}

#[tokio::test]
async fn whatever_way_somebody_asks_they_are_judged() {
    let bot = TestBot::spawn_with(|settings| settings.answers.related_questions = true).await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    bob.person
        .gets(bot.discord.role("moderators", Permissions::MANAGE_MESSAGES));
    bot.service.next(Script::related(
        "Tea.[1]",
        &["https://example.org/tea"],
        &["And milk?"],
    ));
    let answer = alice.asks(&bot, "Tea?").await.message();
    let note = alice.says("Tea comes from Peru.");
    let begun = bob.opens_form(&answer, "Follow up").await;
    bot.sets(&bot.channel(), only(&[&alice], &[])).await;

    is_refused(&bob.writes(&begun, "And coffee?").await);
    is_refused(&bob.presses(&answer, "Follow up").await);
    is_refused(&bob.picks(&answer, "Related questions", "And milk?").await);
    for entry in ["Ask about this", "Check this"] {
        let interaction = bob.uses_menu(&note, entry).await;
        interaction
            .acknowledged(crate::harness::SOON)
            .await
            .unwrap();
        is_refused(&Asked { interaction });
    }
    let pressed = bob.presses(&answer, "Regenerate").await;
    assert_eq!(whispered(&pressed).await, REFUSAL);
    // What is no question is everyone's still.
    let sources = bob.presses(&answer, "Sources").await;
    sources.until(|text| text.contains("**Cited")).await;
    let replied = bot
        .reply_to(&bob.replies_with_a_mention(&bot, &answer, "why?"))
        .await;
    assert_eq!(replied.reads(), REFUSAL);
    assert_eq!(bot.service.asked().len(), 1);
    bob.presses(&answer, "Delete").await;
    until_gone(&answer).await;
}

#[tokio::test]
async fn somebody_who_keeps_mentioning_the_bot_is_told_once_an_hour() {
    let bot = TestBot::spawn().await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    bot.sets(&bot.channel(), only(&[&alice], &[])).await;
    let first = bob.mentions_bot("tea?");
    assert_eq!(bot.reply_to(&first).await.reads(), REFUSAL);
    let second = bob.mentions_bot("tea??");
    bot.answer_to(&alice.mentions_bot("and coffee?")).await;
    assert!(bot.replies_to(&second).is_empty());
    bot.clock.advance(Duration::from_secs(60 * 60));
    let third = bob.mentions_bot("tea???");
    assert_eq!(bot.reply_to(&third).await.reads(), REFUSAL);
    assert!(!bot.took(&third).await);
}

#[tokio::test]
async fn who_merely_talks_on_in_a_thread_is_told_nothing() {
    let bot = TestBot::that_reads(|_| {}).await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    let thread = alice.opens_thread("tea");
    let (alice, bob) = (alice.is_in(&thread), bob.is_in(&thread));
    bot.answer_to(&bob.mentions_bot("what is tea?")).await;
    bot.sets(&thread, only(&[&alice], &[])).await;
    let said = bob.says("and coffee?");
    bot.answer_to(&alice.mentions_bot("and milk?")).await;
    assert!(!bot.took(&said).await);
    assert!(bot.replies_to(&said).is_empty());
    assert_eq!(bot.service.asked().len(), 2);
}

#[tokio::test]
async fn for_what_was_missed_the_roles_are_asked_for_until_discord_tells_them() {
    let mut bot = TestBot::spawn().await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    let tasters = bot.discord.role("tasters", Permissions::NONE);
    bob.person.gets(tasters);
    bot.sets(&bot.channel(), only(&[], &[tasters])).await;
    bot.stop().await;
    let (refused, question) = (alice.mentions_bot("coffee?"), bob.mentions_bot("tea?"));
    let slow = FaultAction::Answer {
        status: 503,
        body: serde_json::Value::Null,
    };
    bot.discord
        .fault(Fault::new("GET", "/members/", 2, slow))
        .unwrap();
    bot.start().await;
    bot.answer_to(&question).await;
    assert_eq!(bot.reply_to(&refused).await.reads(), REFUSAL);
    assert_eq!(bot.service.asked().len(), 1);
    // Two tries that failed, and one for each of them.
    assert_eq!(looked_up(&bot), 4);
}

#[tokio::test]
async fn nobody_is_answered_where_what_is_set_cannot_be_read() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.sets(&bot.channel(), only(&[&alice], &[])).await;
    let file = bot.settings().data_dir.join("footnote.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut store = options.connect().await.unwrap();
    sqlx::query("UPDATE setting SET settings = '{\"access\":\"nonsense\"}'")
        .execute(&mut store)
        .await
        .unwrap();
    bot.desk().places().forget(bot.way_to(&bot.channel()).guild);
    let asked = alice.asks(&bot, "Tea?").await;
    assert!(is_private(&asked.interaction.reply().unwrap()));
    assert!(
        asked.shown().contains("cannot look this up"),
        "{}",
        asked.shown()
    );
    let told = bot.reply_to(&alice.mentions_bot("tea?")).await;
    assert_eq!(told.reads(), asked.shown());
    assert!(bot.service.asked().is_empty());
}
