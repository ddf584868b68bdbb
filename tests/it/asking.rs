//! `/ask` as people know it: acknowledged, growing, final, for everyone at once.

use discord_emulator::{RateLimits, Speed};
use footnote_bot::conversation::outcome::Outcome;
use insta::assert_snapshot;

use crate::harness::service::{Script, done, pieces};
use crate::harness::{TestBot, content};

const FRANCE: &str = "https://example.org/france";

#[tokio::test]
async fn a_question_gets_an_answer_with_its_sources() {
    let bot = TestBot::spawn().await;
    bot.will_answer(
        "Paris is the capital.[1]",
        &[FRANCE, "https://example.net/unused"],
    );

    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;

    assert_snapshot!(asked.shown(), @r"
    Paris is the capital. [1](<https://example.org/france>)

    **Sources**
    `1` [Page at example.org/france](<https://example.org/france>) · example.org
    -# 1 source · sonar · ? s · $0.0051
    ");
}

#[tokio::test]
async fn the_question_reaches_the_service_as_it_was_asked() {
    let bot = TestBot::spawn().await;
    bot.person("alice")
        .asks(&bot, "  Capital of France?  ")
        .await;

    let asked = bot.service.asked();
    assert_snapshot!(asked[0], @r#"{"messages":[{"content":"Capital of France?","role":"user"}],"model":"sonar","stream":true,"stream_mode":"concise"}"#);
}

#[tokio::test]
async fn the_text_grows_before_it_is_final() {
    let bot = TestBot::spawn().await;
    let (first, rest) = ("Paris is the capital.[1] It lies", " on the Seine.");
    bot.service.next(Script::Paused(
        pieces(first, &[FRANCE]),
        [pieces(rest, &[FRANCE]), vec![done(&[FRANCE])]].concat(),
    ));

    let asked = bot
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    let growing = asked.until(|text| text.contains("Paris")).await;
    assert_snapshot!(growing, @r"
    Paris is the capital. [1](<https://example.org/france>)
    -# Writing…
    ");

    bot.service.go_on();
    bot.settled().await;
    assert!(asked.shown().starts_with(
        "Paris is the capital. [1](<https://example.org/france>) It lies on the Seine."
    ));
    assert!(!asked.shown().contains("Writing"));
}

#[tokio::test]
async fn what_was_answered_is_stored_with_sources_and_usage() {
    let bot = TestBot::spawn().await;
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;

    let stored = bot.outcome(asked.interaction.id()).await;
    let Some(Outcome::Answered(answer)) = stored else {
        panic!("no answer is stored: {stored:?}")
    };
    assert_eq!(
        (answer.text.as_str(), answer.sources[0].url.as_str()),
        ("Paris.[1]", FRANCE)
    );
    assert_eq!(
        (
            answer.usage.prompt_tokens,
            answer.usage.completion_tokens,
            answer.usage.cost_usd
        ),
        (3, 5, Some(0.0051))
    );
}

#[tokio::test]
async fn a_long_answer_continues_in_further_messages_and_loses_no_link() {
    let bot = TestBot::spawn().await;
    let text = "A sentence that says something of note.[1] ".repeat(100);
    bot.will_answer(&text, &[FRANCE]);
    let alice = bot.person("alice");
    alice.asks(&bot, "Everything about France?").await;

    let shown: Vec<String> = alice.sees().iter().map(content).collect();
    assert!(shown.len() > 2, "{}", shown.len());
    let links: usize = shown
        .iter()
        .map(|text| text.matches(&format!("[1](<{FRANCE}>)")).count())
        .sum();
    assert_eq!(links, 100);
}

#[tokio::test]
async fn twenty_people_asking_at_once_are_answered_each_once() {
    let bot = TestBot::spawn().await;
    // A slow machine may need more than three seconds for so many.
    bot.discord.run_time(Speed::FROZEN);
    let mut asked = Vec::new();
    for round in 0..10 {
        let people: Vec<_> = (0..20)
            .map(|number| bot.person(&format!("person-{number}")))
            .collect();
        let questions: Vec<String> = (0..20)
            .map(|number| format!("Question {round}-{number}?"))
            .collect();
        let put = people
            .iter()
            .zip(&questions)
            .map(|(person, question)| person.begins_to_ask(question));
        asked.extend(futures_util::future::join_all(put).await);
    }
    bot.settled().await;

    assert!(
        asked
            .iter()
            .all(|asked| asked.shown().starts_with("Yes. [1]"))
    );
    assert_eq!(bot.service.asked().len(), 200);
    assert_eq!(bot.person("alice").sees().len(), 200);
}

#[tokio::test]
async fn the_same_event_twice_is_one_question() {
    let bot = TestBot::spawn().await;
    bot.service
        .next(Script::Paused(pieces("Yes. ", &[]), vec![done(&[])]));
    let asked = bot.person("alice").begins_to_ask("Once?").await;
    bot.discord.repeat_last_dispatch();
    // The next question arrives behind the repeated one, so once it is acknowledged the repeat has been dealt with.
    bot.person("bob").begins_to_ask("Another?").await;
    bot.service.go_on();
    bot.settled().await;

    assert!(asked.shown().starts_with("Yes."));
    assert_eq!(bot.service.asked().len(), 2);
}

#[tokio::test]
async fn hostile_text_pings_nobody_and_poses_as_nothing() {
    let bot = TestBot::spawn().await;
    bot.will_answer("@everyone <@&1> <@2> see [example.org](https://evil.example/) or https://evil.example/x.[1][9]", &["javascript:alert(1)"]);
    let asked = bot.person("alice").asks(&bot, "@everyone?").await;

    assert_snapshot!(asked.shown().replace('\u{200b}', "·"), @r"
    @·everyone <·@&1> <·@2> see example.org (evil.example) or <https://evil.example/x>. [1]

    **Sources**
    `1` Page at javascript:alert(1)
    -# 1 source · sonar · ? s · $0.0051 · 1 number without a source removed
    ");
}

#[tokio::test]
async fn everything_keeps_its_pace_under_discords_rate_limits() {
    let mut bot = TestBot::before_start(RateLimits::Realistic, |_| {}).await;
    bot.start().await;
    bot.will_answer(&"A sentence of the answer. ".repeat(200), &[FRANCE]);
    bot.person("alice").asks(&bot, "Everything?").await;
    assert_eq!(bot.discord.report().rate_limited, 0);
}
