//! What members wish for one question: within what is set, for that question and no other.

use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::search::Recency;
use footnote_bot::search::domains::{Domains, Hosts};
use footnote_bot::search::fields::Value;
use footnote_bot::search::freshness::Freshness;
use footnote_bot::search::people::Members;
use serde_json::json;

use crate::harness::pressing::{is_private, whispered};
use crate::harness::service::{Script, pieces};
use crate::harness::{Asked, SOON, TestBot, content};

fn only(domains: &[&str]) -> Value {
    Value::Domains(Domains::Only(Hosts::of(domains).unwrap()))
}

/// What the asker alone is told instead of an answer.
fn refusal(asked: &Asked) -> String {
    let reply = asked.interaction.reply().unwrap();
    assert!(is_private(&reply), "{reply}");
    content(&reply)
}

#[tokio::test]
async fn a_wish_narrows_the_search_for_its_question_alone_and_stays_with_it() {
    let bot = TestBot::spawn_with(|settings| {
        settings.answers.thorough_model = Some("sonar-deep".to_owned());
        settings.answers.quick_model = Some("sonar-quick".to_owned());
    })
    .await;
    let alice = bot.person("alice");
    let wishes = [
        ("domains", "https://docs.rs/tokio, Python.org"),
        ("recency", "at most a month old"),
        ("depth", "quick"),
    ];
    bot.will_answer("Tea.", &[]);
    let asked = alice.asks_with(&bot, "Tea?", &wishes).await;
    assert!(asked.shown().starts_with("Tea.\n"), "{}", asked.shown());
    bot.will_answer("Tea again.", &[]);
    alice.presses(&asked.message(), "Regenerate").await;
    bot.answered_in_all(2).await;
    alice.follows_up(&bot, &asked.message(), "And milk?").await;
    let requests = bot.service.asked();
    for request in &requests[..2] {
        assert_eq!(
            request["search_domain_filter"],
            json!(["docs.rs", "python.org"])
        );
        assert_eq!(request["search_recency_filter"], "month");
        assert_eq!(request["model"], "sonar-quick");
    }
    assert_eq!(requests[2]["search_domain_filter"], json!(null));
    assert_eq!(requests[2]["search_recency_filter"], json!(null));
    assert_eq!(requests[2]["model"], "sonar");
}

#[tokio::test]
async fn a_wish_that_would_widen_what_is_set_is_refused_and_nothing_is_asked() {
    let bot = TestBot::spawn_with(|settings| {
        settings.answers.thorough_model = Some("sonar-deep".to_owned());
    })
    .await;
    bot.sets(&bot.channel(), only(&["docs.rs"])).await;
    bot.sets(
        &bot.channel(),
        Value::Freshness(Freshness::Recency(Recency::Week)),
    )
    .await;
    let alice = bot.person("alice");
    for (wish, named) in [
        (("domains", "python.org"), "python.org"),
        (("recency", "at most a year old"), "week"),
        (("depth", "thorough"), "standard"),
    ] {
        let told = refusal(&alice.asks_with(&bot, "Tea?", &[wish]).await);
        assert!(told.contains(named), "{told}");
    }
    assert!(bot.service.asked().is_empty());
    let within = [
        ("domains", "tokio.docs.rs"),
        ("recency", "at most a day old"),
    ];
    alice.asks_with(&bot, "Tea?", &within).await;
    let request = bot.service.asked().remove(0);
    assert_eq!(request["search_domain_filter"], json!(["tokio.docs.rs"]));
    assert_eq!(request["search_recency_filter"], "day");
}

#[tokio::test]
async fn what_members_may_not_set_is_refused() {
    let bot = TestBot::spawn().await;
    bot.sets_everywhere(Value::Members(Members([].into())))
        .await;
    let alice = bot.person("alice");
    for wish in [
        ("domains", "docs.rs"),
        ("recency", "at most a day old"),
        ("depth", "standard"),
        ("private", "true"),
    ] {
        refusal(&alice.asks_with(&bot, "Tea?", &[wish]).await);
    }
    assert!(bot.service.asked().is_empty());
    alice.asks_with(&bot, "Tea?", &[("private", "false")]).await;
    assert_eq!(bot.service.asked().len(), 1);
}

#[tokio::test]
async fn domains_that_are_none_are_named() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let many: Vec<String> = (0..21).map(|n| format!("d{n}.example")).collect();
    for (typed, named) in [
        ("docs.rs nonsense", "nonsense"),
        (many.join(" ").as_str(), "21"),
    ] {
        let told = refusal(&alice.asks_with(&bot, "Tea?", &[("domains", typed)]).await);
        assert!(told.contains(named), "{told}");
    }
    assert!(bot.service.asked().is_empty());
    alice.asks_with(&bot, "Tea?", &[("domains", " , ")]).await;
    assert_eq!(bot.service.asked()[0]["search_domain_filter"], json!(null));
}

#[tokio::test]
async fn a_wish_that_is_no_longer_granted_is_not_answered_anew() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let asked = alice
        .asks_with(&bot, "Tea?", &[("domains", "python.org example.org")])
        .await;
    bot.sets(&bot.channel(), only(&["docs.rs"])).await;
    let (shown, kept) = (asked.shown(), bot.outcome(asked.interaction.id()).await);
    let pressed = alice.presses(&asked.message(), "Regenerate").await;
    let told = whispered(&pressed).await;
    assert!(told.contains("docs.rs"), "{told}");
    // The answer that is there stays.
    bot.settled().await;
    assert_eq!(asked.shown(), shown);
    assert_eq!(bot.outcome(asked.interaction.id()).await, kept);
    assert_eq!(bot.service.asked().len(), 1);
}

#[tokio::test]
async fn what_was_in_force_is_known_of_an_answer_that_was_stopped_or_interrupted_as_well() {
    let mut bot = TestBot::spawn_with(|settings| settings.discord.grace_seconds = 0).await;
    bot.sets(&bot.channel(), only(&["docs.rs"])).await;
    let alice = bot.person("alice");
    // Before its first word, and after some.
    for (asked_before, script) in [
        (0, Script::Silent),
        (1, Script::Stalls(pieces("Tea is a plant. It ", &[]))),
    ] {
        let grows = matches!(script, Script::Stalls(_));
        bot.service.next(script);
        let asked = alice
            .begins_to_ask_with("Tea?", &[("domains", "tokio.docs.rs")])
            .await;
        let asked_of_service = bot.service.asked_in_all(asked_before + 1);
        tokio::time::timeout(SOON, asked_of_service).await.unwrap();
        let said = if grows { "Tea is a plant." } else { "Search" };
        asked.until(|text| text.contains(said)).await;
        alice.presses(&asked.message(), "Stop").await;
        bot.settled().await;
        assert_eq!(allowed(&bot, &asked).await, ["tokio.docs.rs"]);
    }
    bot.service
        .next(Script::Stalls(pieces("Tea is a plant. It ", &[])));
    let asked = alice.begins_to_ask("Tea?").await;
    asked.until(|text| text.contains("Tea is a plant.")).await;
    bot.stop().await;
    bot.start().await;
    assert_eq!(allowed(&bot, &asked).await, ["docs.rs"]);
}

/// The domains that the search behind an answer that failed was limited to.
async fn allowed(bot: &TestBot, asked: &Asked) -> Vec<String> {
    match bot.outcome(asked.interaction.id()).await {
        Some(Outcome::Failed { draft, .. }) => draft.filters.allowed,
        other => panic!("it did not fail: {other:?}"),
    }
}
