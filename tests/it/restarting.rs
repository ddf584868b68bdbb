//! Restarts and crashes: what was accepted is answered or visibly fails, and nothing that was stored is lost.

use discord_emulator::{Fault, FaultAction};
use footnote_bot::conversation::outcome::Outcome;
use insta::assert_snapshot;
use serde_json::json;

use crate::harness::service::{Script, done, pieces};
use crate::harness::{TestBot, content};

const INTERRUPTED: &str = "Footnote was restarted while it was answering. Please ask again.";

#[tokio::test]
async fn a_crash_while_answering_is_told_after_the_restart() {
    let mut bot = TestBot::spawn().await;
    bot.service
        .next(Script::Stalls(pieces("Paris is the capital. It ", &[])));
    let asked = bot
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    asked.until(|text| text.contains("Paris")).await;

    bot.crash().await;
    bot.start().await;

    assert_eq!(
        asked.until(|text| text.contains("restarted")).await,
        INTERRUPTED
    );
    assert_eq!(
        bot.service.asked().len(),
        1,
        "asking again would be paid twice"
    );
}

#[tokio::test]
async fn an_answer_stored_before_a_crash_is_delivered_after_it() {
    let mut bot = TestBot::spawn().await;
    bot.will_answer("Paris.[1]", &["https://example.org/france"]);
    bot.discord
        .fault(Fault::new(
            "PATCH",
            "/messages/@original",
            2,
            FaultAction::Answer {
                status: 503,
                body: json!({}),
            },
        ))
        .expect("a request can meet it");
    let asked = bot
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    // The final edit is refused for now, so the bot crashes with the answer stored and unseen.
    bot.until_stored(&asked).await;
    bot.crash().await;
    bot.start().await;

    let shown = asked.until(|text| text.contains("**Sources**")).await;
    assert!(
        shown.starts_with("Paris. [1](<https://example.org/france>)"),
        "{shown}"
    );
    assert_eq!(
        bot.service.asked().len(),
        1,
        "asking again would be paid twice"
    );
}

#[tokio::test]
async fn an_expired_reply_is_answered_in_the_channel() {
    let mut bot = TestBot::spawn().await;
    bot.loses_replies();
    bot.service.next(Script::Silent);
    let alice = bot.person("alice");
    alice.begins_to_ask("Capital of France?").await;
    bot.crash().await;
    bot.discord.advance(std::time::Duration::from_secs(16 * 60));
    bot.start().await;
    bot.recovered().await;

    let seen = alice.sees();
    assert_snapshot!(content(&seen[1]).replace(|c: char| c.is_ascii_digit(), ""), @r"
    -# For <@>
    Footnote was restarted while it was answering. Please ask again.
    ");
}

#[tokio::test]
async fn stopping_waits_for_what_is_being_answered() {
    let mut bot = TestBot::spawn().await;
    bot.service
        .next(Script::Paused(pieces("Paris. ", &[]), vec![done(&[])]));
    let asked = bot
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    asked.until(|text| text.contains("Paris")).await;
    bot.service.go_on();
    bot.stop().await;
    assert_eq!(asked.shown(), "Paris.");
}

#[tokio::test]
async fn answers_of_an_earlier_run_are_still_there() {
    let mut bot = TestBot::spawn().await;
    let asked = bot.person("alice").asks(&bot, "Kept?").await;
    bot.stop().await;
    bot.start().await;
    let stored = bot.outcome(asked.interaction.id()).await;
    assert!(matches!(stored, Some(Outcome::Answered(answer)) if answer.text == "Yes. [1]"));
}

#[tokio::test]
async fn stopping_tells_the_readers_of_what_takes_too_long() {
    let mut bot = TestBot::spawn_with(|settings| settings.discord.grace_seconds = 0).await;
    bot.service
        .next(Script::Stalls(pieces("Paris is the capital. It ", &[])));
    let asked = bot
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    asked.until(|text| text.contains("Paris")).await;
    bot.stop().await;
    let shown = asked.shown();
    assert!(
        shown.starts_with("Paris is the capital.") && shown.ends_with(INTERRUPTED),
        "{shown}"
    );
    let shown_after = asked.interaction.timeline().edits;
    bot.start().await;
    bot.recovered().await;
    assert_eq!(
        asked.interaction.timeline().edits,
        shown_after,
        "it was told once"
    );
}
