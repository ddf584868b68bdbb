//! The app installed to a person, where the bot itself is not: only the replies can be written, and everything that needs no more works.

use discord_emulator::{Fault, FaultAction, Permissions};

use crate::harness::pressing::{buttons, is_private, whispered};
use crate::harness::service::{Script, done, pieces};
use crate::harness::{Asked, Asker, SOON, TestBot, content, look_again, whole};

const FRANCE: &str = "https://example.org/france";

/// Alice with the app installed, talking to bob where the bot is not.
fn between_people(bot: &TestBot) -> Asker {
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    alice.person.installs();
    let channel = alice.person.direct_messages_with(&bob.person);
    alice.at(&channel)
}

/// Alice with the app installed, in a server that the bot is not in.
fn in_a_server(bot: &TestBot) -> Asker {
    let alice = bot.person("alice");
    alice.person.installs();
    bot.discord.removes_bot();
    alice
}

async fn answered(bot: &TestBot, alice: &Asker) -> Asked {
    bot.will_answer("Paris is the capital.[1]", &[FRANCE]);
    let asked = alice.asks(bot, "Capital of France?").await;
    assert!(
        asked.shown().starts_with("Paris is the capital. [1]"),
        "{}",
        asked.shown()
    );
    asked
}

/// All controls of an answer, one after another.
async fn every_control_works(bot: &TestBot, alice: &Asker) {
    let asked = answered(bot, alice).await;
    let message = asked.message();
    assert_eq!(
        asked.buttons(),
        ["Sources", "Follow up", "Regenerate", "Delete"]
    );

    let sources = alice.presses(&message, "Sources").await;
    sources.until(|text| text.contains("**Cited")).await;

    let further = alice.follows_up(bot, &message, "And Italy?").await;
    assert!(further.shown().contains("\nYes. [1]"));
    let sent = bot.service.asked()[1]["messages"].to_string();
    assert!(sent.contains("Capital of France?"), "{sent}");

    bot.will_answer("Still Paris.", &[]);
    alice.presses(&message, "Regenerate").await;
    bot.answered_in_all(3).await;
    assert_eq!(content(&message.json().unwrap()), whole("Still Paris."));

    alice.presses(&message, "Delete").await;
    gone(&message).await;
}

#[tokio::test]
async fn questions_are_answered_between_people_and_every_control_works() {
    let bot = TestBot::spawn().await;
    let alice = between_people(&bot);
    every_control_works(&bot, &alice).await;
}

#[tokio::test]
async fn questions_are_answered_in_a_server_without_the_bot_and_every_control_works() {
    let bot = TestBot::spawn_with(|settings| {
        settings.conversations.threads = footnote_bot::settings::conversations::Threads::Always;
    })
    .await;
    let alice = in_a_server(&bot);
    every_control_works(&bot, &alice).await;
}

#[tokio::test]
async fn what_discord_shows_to_the_asker_alone_has_the_same_controls() {
    let bot = TestBot::spawn().await;
    let alice = in_a_server(&bot);
    bot.channel()
        .denies(&bot.discord.everyone(), Permissions::USE_EXTERNAL_APPS);
    let asked = answered(&bot, &alice).await;
    assert!(is_private(&asked.interaction.reply().unwrap()));
    assert!(bot.person("bob").sees().is_empty());
    every_control_works_again(&bot, &alice, &asked).await;
}

async fn every_control_works_again(bot: &TestBot, alice: &Asker, asked: &Asked) {
    let message = asked.message();
    alice
        .presses(&message, "Sources")
        .await
        .until(|text| text.contains("**Cited"))
        .await;
    bot.will_answer("Still Paris.", &[]);
    alice.presses(&message, "Regenerate").await;
    bot.answered_in_all(2).await;
    assert_eq!(content(&message.json().unwrap()), whole("Still Paris."));
    alice.presses(&message, "Delete").await;
    gone(&message).await;
}

#[tokio::test]
async fn a_long_answer_goes_on_in_no_more_messages_than_a_reply_may_write() {
    let bot = TestBot::spawn().await;
    let alice = between_people(&bot);
    bot.will_answer(
        &"A sentence that says something of note.[1] ".repeat(600),
        &[FRANCE],
    );
    let asked = alice.asks(&bot, "Everything?").await;
    let further = asked.interaction.follow_ups();
    assert_eq!(further.len(), 4);
    let last = further.last().unwrap();
    assert!(content(last).contains("in the attached file"));
    assert_eq!(
        buttons(last),
        ["Sources", "Follow up", "Regenerate", "Delete"]
    );

    // Answered anew where it was pressed, with nothing of the old answer left above.
    bot.will_answer("Less.", &[]);
    let last = last["id"].as_str().unwrap().parse().unwrap();
    let last = alice.channel.message(last).unwrap();
    alice.presses(&last, "Regenerate").await;
    bot.answered_in_all(2).await;
    let seen = alice.sees();
    assert_eq!(
        seen.iter().map(content).collect::<Vec<_>>(),
        [whole("Less.")]
    );
    alice.presses(&last, "Delete").await;
    gone(&last).await;
}

#[tokio::test]
async fn a_long_answer_is_deleted_whole_while_its_reply_lasts() {
    let bot = TestBot::spawn().await;
    let alice = between_people(&bot);
    bot.will_answer(
        &"A sentence that says something of note.[1] ".repeat(100),
        &[FRANCE],
    );
    alice.asks(&bot, "Everything?").await;
    let last = last_message(&alice);
    alice.presses(&last, "Delete").await;
    tokio::time::timeout(SOON, async {
        while !alice.sees().is_empty() {
            look_again().await
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn what_of_an_answer_cannot_be_deleted_any_more_is_told() {
    let bot = TestBot::spawn().await;
    let alice = between_people(&bot);
    bot.will_answer(
        &"A sentence that says something of note.[1] ".repeat(100),
        &[FRANCE],
    );
    alice.asks(&bot, "Everything?").await;
    let before = alice.sees().len();
    bot.discord.advance(std::time::Duration::from_secs(16 * 60));
    bot.discord.expects_rejections();
    let pressed = alice.presses(&last_message(&alice), "Delete").await;
    assert!(
        whispered(&pressed)
            .await
            .contains("does not let Footnote delete all")
    );
    let left = alice
        .sees()
        .iter()
        .filter(|message| !is_private(message))
        .count();
    assert_eq!(left, before - 1);
}

#[tokio::test]
async fn what_failed_can_be_tried_again_there() {
    let bot = TestBot::spawn().await;
    let alice = between_people(&bot);
    bot.service.next(Script::Status(500, "{}"));
    let asked = alice.asks(&bot, "Capital of France?").await;
    assert_eq!(asked.buttons(), ["Try again", "Delete"]);
    alice.presses(&asked.message(), "Try again").await;
    bot.answered_in_all(2).await;
    assert!(asked.shown().starts_with("Yes. [1]"));
}

#[tokio::test]
async fn an_answer_that_is_being_written_there_can_be_stopped() {
    let bot = TestBot::spawn().await;
    let alice = between_people(&bot);
    bot.service
        .next(Script::Stalls(pieces("Paris is the capital. It ", &[])));
    let asked = alice.begins_to_ask("Capital of France?").await;
    asked.until(|text| text.contains("Paris")).await;
    alice.presses(&asked.message(), "Stop").await;
    bot.settled().await;
    assert_eq!(
        asked.shown(),
        "Paris is the capital.\n-# Stopped before it was complete."
    );
}

#[tokio::test]
async fn a_long_answer_that_could_not_be_shown_ends_what_says_writing_by_a_press_of_stop() {
    let mut bot = TestBot::spawn().await;
    let alice = between_people(&bot);
    let rest = pieces(&"A sentence that says something of note. ".repeat(150), &[]);
    let rest = [rest, vec![done(&[])]].concat();
    let begun = pieces("Paris is the capital. ", &[]);
    bot.service.next(Script::Paused(begun, rest));
    let asked = alice.begins_to_ask("Everything about France?").await;
    asked.until(|text| text.contains("Paris")).await;
    let nothing_is_shown = Fault::new("PATCH", "/messages/@original", 1_000, FaultAction::Hang);
    bot.discord.fault(nothing_is_shown).unwrap();
    bot.service.go_on();
    tokio::time::timeout(SOON, async {
        while bot.outcome(asked.interaction.id()).await.is_none() {
            look_again().await
        }
    })
    .await
    .unwrap();
    bot.crash().await;
    bot.discord.clear_faults();
    // By now nothing but a press can write the message.
    bot.discord.advance(std::time::Duration::from_secs(16 * 60));
    bot.discord.expects_rejections();
    bot.start().await;
    bot.recovered().await;
    let message = asked.message();
    assert!(message.reads().contains("Writing"));
    alice.presses(&message, "Stop").await;
    let ended = asked.until(|text| !text.contains("Writing")).await;
    assert!(ended.contains("something of note."), "{ended}");
    assert_eq!(asked.buttons(), ["Follow up", "Regenerate", "Delete"]);
    bot.will_answer("Less.", &[]);
    alice.presses(&message, "Regenerate").await;
    asked.until(|text| text == whole("Less.")).await;
}

#[tokio::test]
async fn a_message_can_be_asked_about_and_checked_where_the_bot_is_not() {
    let bot = TestBot::spawn().await;
    let alice = between_people(&bot);
    let message = bot
        .person("bob")
        .at(&alice.channel)
        .says("Tea comes from Peru.");
    let check = alice.uses_menu(&message, "Check this").await;
    check.acknowledged(SOON).await.unwrap();
    bot.settled().await;
    assert!(content(&check.reply().unwrap()).contains("\nYes. [1]"));
    let ask = alice.uses_menu(&message, "Ask about this").await;
    let form = ask.modal(SOON).await.unwrap();
    let asked = alice.writes(&form, "Is that so?").await;
    bot.settled().await;
    assert!(asked.shown().contains("\nYes. [1]"));
    assert!(
        bot.service.asked()[1]["messages"]
            .to_string()
            .contains("Tea comes from Peru.")
    );
}

#[tokio::test]
async fn a_related_question_can_be_picked_and_controls_outlive_a_crash_there() {
    let mut bot = TestBot::spawn_with(|settings| settings.answers.related_questions = true).await;
    let alice = between_people(&bot);
    bot.service
        .next(Script::related("Paris.[1]", &[FRANCE], &["And Spain?"]));
    let asked = alice.asks(&bot, "Capital of France?").await;
    bot.crash().await;
    bot.start().await;
    let picked = alice
        .picks(&asked.message(), "Related questions", "And Spain?")
        .await;
    bot.settled().await;
    assert!(picked.shown().contains("\nYes. [1]"));
    alice.presses(&asked.message(), "Regenerate").await;
    bot.answered_in_all(3).await;
    assert!(asked.message().reads().starts_with("Yes. [1]"));
}

fn last_message(asker: &Asker) -> discord_emulator::Message {
    let last = asker.sees().last().unwrap()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    asker.channel.message(last).unwrap()
}

/// Waits until a message is deleted.
async fn gone(message: &discord_emulator::Message) {
    tokio::time::timeout(SOON, async {
        while message.json().is_some() {
            look_again().await
        }
    })
    .await
    .unwrap();
}
