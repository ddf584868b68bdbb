//! The menu of a message: "Ask about this" with its form, "Check this" with its verdict.

use std::time::Duration;

use footnote_bot::clock::Moment;
use footnote_bot::conversation::question::{Quote, Task};
use footnote_bot::ids::{ChannelId, MessageId, QuoteId};
use insta::assert_snapshot;

use crate::harness::pressing::is_private;
use crate::harness::{SOON, TestBot, look_again};

const CLAIM: &str = "Green tea was first drunk in Peru.";

#[tokio::test]
async fn ask_about_this_opens_a_form_and_takes_the_message_along() {
    let bot = TestBot::spawn().await;
    let message = bot.person("bob").says(CLAIM);
    let alice = bot.person("alice");
    let used = alice.uses_menu(&message, "Ask about this").await;
    let form = used.modal(SOON).await.unwrap();
    assert_eq!(form.title, "Ask about this");
    let asked = alice.writes(&form, "Is that so?").await;
    bot.settled().await;
    assert!(asked.shown().contains("\nYes. [1]"));
    let sent = bot.service.asked()[0]["messages"].to_string();
    assert!(
        sent.contains(CLAIM) && sent.contains("Is that so?") && sent.contains("bob"),
        "{sent}"
    );
}

#[tokio::test]
async fn what_a_form_is_about_is_kept_over_a_restart() {
    let mut bot = TestBot::spawn().await;
    let message = bot.person("bob").says(CLAIM);
    let alice = bot.person("alice");
    let used = alice.uses_menu(&message, "Ask about this").await;
    let form = used.modal(SOON).await.unwrap();
    bot.crash().await;
    bot.start().await;
    alice.writes(&form, "Is that so?").await;
    bot.settled().await;
    assert!(
        bot.service.asked()[0]["messages"]
            .to_string()
            .contains(CLAIM)
    );
}

#[tokio::test]
async fn a_form_that_was_open_for_too_long_says_so() {
    let bot = TestBot::spawn().await;
    let message = bot.person("bob").says(CLAIM);
    let alice = bot.person("alice");
    let used = alice.uses_menu(&message, "Ask about this").await;
    let form = used.modal(SOON).await.unwrap();
    let now = Moment(i64::MAX);
    bot.store().drop_held(now).await.unwrap();
    let asked = alice.writes(&form, "Is that so?").await;
    assert_snapshot!(asked.shown(), @"That form was open for too long. Please choose the message once more.");
    assert!(is_private(&asked.interaction.reply().unwrap()));
    assert!(bot.service.asked().is_empty());
}

#[tokio::test]
async fn a_message_that_was_kept_for_too_long_is_forgotten_at_the_next_start() {
    let mut bot = TestBot::spawn().await;
    let quote = Quote {
        author: "bob".to_owned(),
        text: CLAIM.to_owned(),
        channel: ChannelId(1),
        message: MessageId(1),
    };
    let held = bot.store().hold(&quote, false, Moment(0)).await.unwrap();
    bot.stop().await;
    bot.start().await;
    until_forgotten(&bot, held).await;
}

#[tokio::test]
async fn a_message_that_a_question_is_about_is_forgotten_with_the_question() {
    let bot = TestBot::spawn().await;
    let message = bot.person("bob").says(CLAIM);
    let alice = bot.person("alice");
    let used = alice.uses_menu(&message, "Ask about this").await;
    let form = used.modal(SOON).await.unwrap();
    let asked = alice.writes(&form, "Is that so?").await;
    bot.settled().await;
    let held = QuoteId(1);
    let quote = bot.store().held(held).await.unwrap().unwrap();
    assert_eq!(quote.quote.text, CLAIM);
    alice.presses(&asked.message(), "Delete").await;
    until_forgotten(&bot, held).await;
}

/// Waits until a message that a form was about is kept no more.
async fn until_forgotten(bot: &TestBot, held: QuoteId) {
    let store = bot.store();
    tokio::time::timeout(SOON, async {
        while store.held(held).await.unwrap().is_some() {
            look_again().await
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_form_brings_no_message_out_of_another_channel() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let elsewhere = alice.at(&bot.discord.channel("elsewhere"));
    let secret = elsewhere.says("Only for those elsewhere.");
    let opened = elsewhere.uses_menu(&secret, "Ask about this").await;
    let theirs = opened.modal(SOON).await.unwrap().custom_id;
    let here = bot.person("bob").says(CLAIM);
    let used = alice.uses_menu(&here, "Ask about this").await;
    let mine = used.modal(SOON).await.unwrap();
    assert_ne!(mine.custom_id, theirs);
    let sent = alice
        .person
        .fills(&mine, &[("question", "What does it say?")]);
    let asked = bot.forges(&mine.custom_id, &theirs, sent).await;
    assert_snapshot!(asked.shown(), @"That form was open for too long. Please choose the message once more.");
    assert!(bot.service.asked().is_empty());
}

#[tokio::test]
async fn check_this_asks_for_a_verdict_on_the_message() {
    let bot = TestBot::spawn().await;
    let message = bot.person("bob").says(CLAIM);
    let used = bot.person("alice").uses_menu(&message, "Check this").await;
    used.acknowledged(SOON).await.unwrap();
    bot.settled().await;
    let sent = bot.service.asked()[0]["messages"].to_string();
    assert!(
        sent.contains("contradicted") && sent.contains(CLAIM),
        "{sent}"
    );
    let store = bot.store();
    let question = store.asked_by(used.id()).await.unwrap().unwrap();
    let kept = store
        .question(question)
        .await
        .unwrap()
        .unwrap()
        .question
        .asked;
    assert_eq!(kept.task, Task::Check);
    assert_eq!(kept.quote.unwrap().message.0, message.id());
}

#[tokio::test]
async fn a_long_message_is_checked_too() {
    let bot = TestBot::spawn().await;
    let long = "Tea is green. ".repeat(140);
    let message = bot.person("bob").says(&long);
    let used = bot.person("alice").uses_menu(&message, "Check this").await;
    used.acknowledged(SOON).await.unwrap();
    bot.settled().await;
    assert_eq!(bot.service.asked().len(), 1);
}

#[tokio::test]
async fn a_message_without_text_is_refused_to_the_one_who_chose_it() {
    let bot = TestBot::spawn().await;
    let bob = bot.person("bob");
    let picture = bob
        .person
        .attaches(&bob.channel, "", &[("tea.png", b"green")])
        .unwrap();
    let alice = bot.person("alice");
    let check = alice.uses_menu(&picture, "Check this").await;
    let ask = alice.uses_menu(&picture, "Ask about this").await;
    for used in [check, ask] {
        let reply = used.until(SOON, |_| true).await.unwrap();
        assert_eq!(
            reply["content"],
            "That message has no text that Footnote can read."
        );
        assert!(is_private(&reply));
    }
}

#[tokio::test]
async fn about_an_answer_one_asks_on_from_there() {
    let bot = TestBot::spawn().await;
    bot.will_answer("Paris is the capital.[1]", &["https://example.org/france"]);
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Capital of France?").await;
    let used = alice.uses_menu(&asked.message(), "Ask about this").await;
    let form = used.modal(SOON).await.unwrap();
    alice.writes(&form, "And of Italy?").await;
    bot.settled().await;
    let sent = bot.service.asked()[1]["messages"].to_string();
    assert!(sent.contains("Capital of France?") && sent.contains("And of Italy?"));
}

#[tokio::test]
async fn menus_work_with_the_message_content_intent_off() {
    let bot = TestBot::spawn_with(|settings| settings.discord.message_content = false).await;
    let message = bot.person("bob").says(CLAIM);
    let used = bot.person("alice").uses_menu(&message, "Check this").await;
    used.acknowledged(SOON).await.unwrap();
    bot.settled().await;
    assert!(
        bot.service.asked()[0]["messages"]
            .to_string()
            .contains(CLAIM)
    );
}

#[tokio::test]
async fn a_form_that_is_put_away_leaves_nothing_behind_after_a_day() {
    let bot = TestBot::spawn().await;
    let message = bot.person("bob").says(CLAIM);
    let alice = bot.person("alice");
    let store = bot.store();
    let quote = footnote_bot::conversation::question::Quote {
        author: "bob".to_owned(),
        text: CLAIM.to_owned(),
        channel: footnote_bot::ids::ChannelId(bot.channel().id()),
        message: footnote_bot::ids::MessageId(message.id()),
    };
    use footnote_bot::clock::{Clock, SystemClock};
    let now = SystemClock.now();
    let old = store
        .hold(&quote, false, now.before(Duration::from_secs(25 * 60 * 60)))
        .await
        .unwrap();
    let newer = store
        .hold(&quote, false, now.before(Duration::from_secs(60)))
        .await
        .unwrap();
    let used = alice.uses_menu(&message, "Ask about this").await;
    let form = used.modal(SOON).await.unwrap();
    alice.person.dismisses(&form).unwrap();
    tokio::time::timeout(SOON, async {
        while store.held(old).await.unwrap().is_some() {
            look_again().await
        }
    })
    .await
    .unwrap();
    assert!(store.held(newer).await.unwrap().is_some());
}
