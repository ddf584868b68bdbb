//! Messages that were written while the bot was disconnected are answered when it is back, once.

use std::time::Duration;

use discord_emulator::{GatewayCut, LoggedRequest};
use footnote_bot::clock::Moment;
use footnote_bot::settings::conversations::Group;
use insta::assert_snapshot;

use crate::harness::TestBot;

#[tokio::test]
async fn a_mention_while_the_bot_was_stopped_is_answered_when_it_is_back() {
    let mut bot = TestBot::spawn().await;
    bot.stop().await;
    let quiet = bot.discord.channel("never used before");
    let question = bot
        .person("alice")
        .is_in(&quiet)
        .mentions_bot("what is rain?");
    bot.start().await;
    bot.answer_to(&question).await;
    assert_eq!(bot.replies_to(&question).len(), 1);
    assert_eq!(bot.last_question(), "what is rain?");
}

#[tokio::test]
async fn a_follow_up_in_a_thread_while_the_bot_was_stopped_is_answered_when_it_is_back() {
    let mut bot =
        TestBot::that_reads(|settings| settings.conversations.group = Group::Mention).await;
    let forum = bot.discord.forum("help");
    let alice = bot.person("alice");
    let post = alice.posts(&forum, "Rain", &format!("{} what is rain?", bot.mention()));
    bot.answer_to(&post.message(post.id()).unwrap()).await;
    bot.stop().await;
    let further = alice.is_in(&post).says("and snow?");
    bot.start().await;
    bot.answer_to(&further).await;
    assert_eq!(bot.turns_of_last_question(), 3);
}

#[tokio::test]
async fn a_reply_and_a_direct_message_while_the_bot_was_stopped_are_answered_when_it_is_back() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let answer = bot.answer_to(&alice.mentions_bot("what is rain?")).await;
    let alone = alice.is_alone_with_the_bot();
    bot.answer_to(&alone.says("what is ice?")).await;
    bot.stop().await;
    let (reply, direct) = (alice.replies(&answer, "and snow?"), alone.says("and hail?"));
    bot.start().await;
    for question in [&reply, &direct] {
        bot.answer_to(question).await;
        assert_eq!(bot.replies_to(question).len(), 1);
    }
    for asked in bot.service.asked().split_off(2) {
        assert_eq!(asked["messages"].as_array().unwrap().len(), 3);
    }
}

#[tokio::test]
async fn what_was_written_while_the_gateway_was_down_is_answered_once() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.answer_to(&alice.mentions_bot("what is rain?")).await;
    bot.discord.gateway_is_down(Duration::from_secs(3));
    bot.discord.drop_gateway(GatewayCut::InvalidSession(false));
    let missed = alice.mentions_bot("what is snow?");
    bot.answer_to(&missed).await;
    let live = alice.mentions_bot("what is hail?");
    bot.answer_to(&live).await;
    for question in [&missed, &live] {
        assert_eq!(bot.replies_to(question).len(), 1);
    }
    assert_eq!(bot.service.asked().len(), 3);
}

#[tokio::test]
async fn a_resumed_session_answers_nothing_twice() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let before = alice.mentions_bot("what is rain?");
    bot.answer_to(&before).await;
    bot.discord.drop_gateway(GatewayCut::Reset);
    let missed = alice.mentions_bot("what is snow?");
    bot.answer_to(&missed).await;
    bot.answer_to(&alice.mentions_bot("what is hail?")).await;
    for question in [&before, &missed] {
        assert_eq!(bot.replies_to(question).len(), 1);
    }
    assert_eq!(bot.service.asked().len(), 3);
}

#[tokio::test]
async fn a_crash_loses_no_question_that_was_written_meanwhile() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let before = alice.mentions_bot("what is rain?");
    bot.answer_to(&before).await;
    bot.crash().await;
    let missed = alice.mentions_bot("what is snow?");
    bot.start().await;
    bot.answer_to(&missed).await;
    for question in [&before, &missed] {
        assert_eq!(bot.replies_to(question).len(), 1);
    }
    assert_eq!(bot.service.asked().len(), 2);
}

#[tokio::test]
async fn where_catching_up_is_switched_off_nothing_missed_is_answered() {
    let mut bot = TestBot::spawn_with(|settings| settings.conversations.catch_up_minutes = 0).await;
    let alice = bot.person("alice");
    bot.answer_to(&alice.mentions_bot("what is rain?")).await;
    bot.stop().await;
    let missed = alice.mentions_bot("what is snow?");
    bot.start().await;
    bot.answer_to(&alice.mentions_bot("what is hail?")).await;
    assert!(!bot.took(&missed).await);
    let read_back = |request: &LoggedRequest| request.query.contains("after=");
    assert!(!bot.discord.requests().iter().any(read_back));
}

#[tokio::test]
async fn a_bare_mention_that_was_missed_is_asked_what_it_wants_and_one_that_was_heard_is_not_asked_again()
 {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let heard = alice.mentions_bot("");
    bot.reply_to(&heard).await;
    bot.answer_to(&alice.mentions_bot("what is rain?")).await;
    bot.stop().await;
    bot.discord.advance(Duration::from_secs(60 * 60));
    let missed = alice.mentions_bot("");
    bot.start().await;
    let told = bot.reply_to(&missed).await;
    assert_snapshot!(told.reads(), @"What would you like to know? Reply to this message with your question.");
    assert_eq!(bot.replies_to(&heard).len(), 1);
}

#[tokio::test]
async fn up_to_when_all_was_heard_is_noted_at_the_end() {
    let mut bot = TestBot::spawn().await;
    let before = bot.store().last_heard().await.unwrap().unwrap();
    bot.discord.advance(Duration::from_secs(60 * 60));
    bot.answer_to(&bot.person("alice").mentions_bot("what is rain?"))
        .await;
    bot.stop().await;
    bot.start().await;
    let after = bot.store().last_heard().await.unwrap().unwrap();
    assert!(after >= Moment(before.0 + 60 * 60 * 1_000));
}

#[tokio::test]
async fn a_direct_message_is_caught_up_with_however_long_ago_the_last_one_was() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let alone = alice.is_alone_with_the_bot();
    bot.answer_to(&alone.says("what is ice?")).await;
    bot.discord.advance(Duration::from_secs(600));
    bot.answer_to(&bot.person("bob").mentions_bot("what is rain?"))
        .await;
    bot.stop().await;
    let direct = alone.says("and hail?");
    bot.start().await;
    bot.answer_to(&direct).await;
}
