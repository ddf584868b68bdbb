//! Going on where a conversation lives without a mention: freely while one person speaks, by the rule once a second one does; and in turn.

use std::time::Duration;

use discord_emulator::{Channel, Fault, FaultAction};
use footnote_bot::ids::ChannelId;
use footnote_bot::settings::conversations::{Group, Threads};
use insta::assert_snapshot;

use crate::harness::service::{Script, asks, done, pieces};
use crate::harness::{Asker, TestBot};

/// A bot that reads all messages, with this rule for groups.
async fn bot_with(group: Group) -> TestBot {
    TestBot::that_reads(|settings| settings.conversations.group = group).await
}

/// Alice asks in a forum post of her own; she and Bob in it.
async fn in_a_post(bot: &TestBot) -> (Asker, Asker, Channel) {
    let forum = bot.discord.forum("help");
    let text = format!("{} what is rain?", bot.mention());
    let post = bot.person("alice").posts(&forum, "Rain", &text);
    bot.answer_to(&post.message(post.id()).unwrap()).await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    (alice.is_in(&post), bob.is_in(&post), post)
}

#[tokio::test]
async fn the_asker_follows_up_without_a_mention_while_nobody_else_speaks() {
    for group in [Group::Everyone, Group::Asker, Group::Mention] {
        let bot = bot_with(group).await;
        let (alice, _, _) = in_a_post(&bot).await;
        let further = alice.says("and snow?");
        bot.answer_to(&further).await;
        assert_eq!(bot.turns_of_last_question(), 3, "{group:?}");
    }
}

#[tokio::test]
async fn in_the_thread_of_an_answer_it_goes_on_without_a_mention() {
    let bot = TestBot::that_reads(|settings| {
        settings.conversations.threads = Threads::Always;
        settings.conversations.group = Group::Mention;
    })
    .await;
    let alice = bot.person("alice");
    let answer = bot.answer_to(&alice.mentions_bot("what is rain?")).await;
    let thread = answer.thread().unwrap();
    let further = alice.is_in(&thread).says("and snow?");
    bot.answer_to(&further).await;
    assert_eq!(bot.turns_of_last_question(), 3);
    let aside = bot.person("bob").is_in(&thread).says("I like snow.");
    let to_nobody = alice.is_in(&thread).says("So do I.");
    let asked = alice.is_in(&thread).mentions_bot("and hail?");
    bot.answer_to(&asked).await;
    assert!(!bot.took(&aside).await && !bot.took(&to_nobody).await);
}

#[tokio::test]
async fn once_somebody_joins_everyone_is_answered_where_the_rule_is_everyone() {
    let bot = bot_with(Group::Everyone).await;
    let (alice, bob, _) = in_a_post(&bot).await;
    for further in [bob.says("and snow?"), alice.says("and hail?")] {
        bot.answer_to(&further).await;
    }
    assert_eq!(bot.turns_of_last_question(), 5);
}

#[tokio::test]
async fn once_somebody_joins_only_the_asker_is_answered_where_the_rule_is_asker() {
    let bot = bot_with(Group::Asker).await;
    let (alice, bob, _) = in_a_post(&bot).await;
    let aside = bob.says("I like snow.");
    let further = alice.says("and hail?");
    bot.answer_to(&further).await;
    assert!(!bot.took(&aside).await);
    let asked = bob.mentions_bot("and snow?");
    bot.answer_to(&asked).await;
}

#[tokio::test]
async fn once_somebody_joins_only_mentions_and_replies_are_answered_where_the_rule_is_mention() {
    let bot = bot_with(Group::Mention).await;
    let (alice, bob, post) = in_a_post(&bot).await;
    let aside = bob.says("I like snow.");
    let to_nobody = alice.says("Me too.");
    let asked = alice.mentions_bot("and hail?");
    let answer = bot.answer_to(&asked).await;
    let reply = bob.replies(&answer, "and snow?");
    bot.answer_to(&reply).await;
    assert!(!bot.took(&aside).await && !bot.took(&to_nobody).await);
    assert_eq!(bot.turns_of_last_question(), 5);
    let store = bot.store();
    let conversation = store.living_in(ChannelId(post.id())).await.unwrap();
    assert!(conversation.unwrap().others_joined);
}

#[tokio::test]
async fn what_the_asker_says_to_somebody_else_is_not_answered() {
    let bot = bot_with(Group::Asker).await;
    let (alice, bob, _) = in_a_post(&bot).await;
    let to_bob = alice.says(&format!("{} come and see", bob.mention()));
    let aside = bob.says("I see.");
    let reply = alice.replies(&aside, "nice, is it not?");
    let further = alice.says("and hail?");
    bot.answer_to(&further).await;
    for not_ours in [&to_bob, &aside, &reply] {
        assert!(!bot.took(not_ours).await, "{}", not_ours.reads());
    }
}

#[tokio::test]
async fn in_a_thread_of_other_people_a_mention_does_not_make_everything_a_question() {
    let bot = bot_with(Group::Mention).await;
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    let thread = bob.opens_thread("Weather");
    let (alice, bob) = (alice.is_in(&thread), bob.is_in(&thread));
    bob.says("It rains.");
    let asked = alice.mentions_bot("what is rain?");
    bot.answer_to(&asked).await;
    let aside = alice.says("That was quick.");
    let last = alice.mentions_bot("and snow?");
    bot.answer_to(&last).await;
    assert!(!bot.took(&aside).await);
    assert_eq!(bot.turns_of_last_question(), 3);
}

#[tokio::test]
async fn without_the_message_content_intent_what_is_said_freely_is_left_alone() {
    let bot = TestBot::spawn().await;
    let (alice, _, _) = in_a_post(&bot).await;
    let unread = alice.says("and snow?");
    let asked = alice.mentions_bot("and hail?");
    bot.answer_to(&asked).await;
    assert!(!bot.took(&unread).await);
    assert_eq!(bot.turns_of_last_question(), 3);
}

#[tokio::test]
async fn questions_in_a_burst_are_answered_in_their_order_each_with_those_before_it() {
    let bot = bot_with(Group::Everyone).await;
    let (alice, bob, _) = in_a_post(&bot).await;
    let burst = [
        alice.says("first?"),
        bob.says("second?"),
        alice.says("third?"),
        bob.says("fourth?"),
    ];
    for question in &burst {
        bot.answer_to(question).await;
    }
    let asked: Vec<(String, usize)> = bot
        .service
        .asked()
        .iter()
        .map(|request| {
            let messages = request["messages"].as_array().unwrap();
            let last = messages.last().unwrap()["content"].as_str().unwrap();
            (last.rsplit(' ').next().unwrap().to_owned(), messages.len())
        })
        .collect();
    let order: Vec<&str> = asked.iter().map(|(last, _)| last.as_str()).collect();
    assert_eq!(order[1..], ["first?", "second?", "third?", "fourth?"]);
    assert!(asked.is_sorted_by_key(|(_, length)| *length));
}

#[tokio::test]
async fn a_later_question_of_a_conversation_waits_its_turn_and_says_so() {
    let bot = bot_with(Group::Everyone).await;
    let (alice, bob, _) = in_a_post(&bot).await;
    let end = vec![done(&[])];
    bot.service
        .next(Script::Paused(pieces("Snow is cold. It ", &[]), end));
    let first = alice.says("and snow?");
    bot.question_of(&first).await;
    bot.service.asked_in_all(2).await;
    let second = bob.says("and hail?");
    let waiting = bot.reply_to(&second).await;
    assert_snapshot!(waiting.reads(), @"-# Another question of this conversation is being answered; yours is next in line.");
    assert_eq!(bot.service.asked().len(), 2, "one answer at a time");

    bot.service.go_on();
    bot.answer_to(&second).await;
    assert_eq!(bot.replies_to(&second).len(), 1);
    assert_eq!(bot.turns_of_last_question(), 5);
}

#[tokio::test]
async fn a_person_with_many_open_questions_is_told_so_in_a_reply() {
    let bot = TestBot::that_reads(|settings| settings.answers.open_per_person = 1).await;
    bot.service.next(Script::Stalls(pieces("Rain is. ", &[])));
    let (alice, bob) = (bot.person("alice"), bot.person("bob"));
    let first = alice.mentions_bot("what is rain?");
    bot.question_of(&first).await;
    let second = alice.mentions_bot("what is snow?");
    let told = bot.reply_to(&second).await;
    assert_snapshot!(told.reads(), @"You have several questions open already. Please wait for an answer, then ask again.");
    assert!(!bot.took(&second).await);
    bot.question_of(&bob.mentions_bot("what is hail?")).await;
}

#[tokio::test]
async fn when_too_many_questions_are_open_in_all_a_reply_says_so() {
    let bot = TestBot::that_reads(|settings| settings.answers.open_at_most = 1).await;
    bot.service.next(Script::Stalls(pieces("Rain is. ", &[])));
    let first = bot.person("alice").mentions_bot("what is rain?");
    bot.question_of(&first).await;
    let second = bot.person("bob").mentions_bot("what is snow?");
    let told = bot.reply_to(&second).await;
    assert_snapshot!(told.reads(), @"Too many questions are being answered right now. Please ask again in a minute.");
}

#[tokio::test]
async fn a_question_that_comes_twice_is_not_refused_because_it_is_open() {
    let bot = TestBot::that_reads(|settings| settings.answers.open_per_person = 1).await;
    bot.service.next(Script::Paused(
        pieces("Rain is water. ", &[]),
        vec![done(&[])],
    ));
    let asked = bot.person("alice").mentions_bot("what is rain?");
    bot.question_of(&asked).await;
    bot.discord.repeat_last_dispatch();
    let further = bot.person("bob").mentions_bot("what is snow?");
    bot.question_of(&further).await;
    bot.service.go_on();
    bot.answer_to(&asked).await;
    assert_eq!(bot.replies_to(&asked).len(), 1);
}

#[tokio::test]
async fn who_asked_first_is_answered_first_however_slow_discord_is() {
    let bot = TestBot::spawn().await;
    bot.service.echoes();
    let alice = bot.person("alice");
    let thread = alice
        .person
        .opens_thread_in(&bot.channel(), "France")
        .unwrap();
    let alice = alice.at(&thread);
    bot.answer_to(&alice.mentions_bot("first?")).await;
    let slow = FaultAction::Delay(Duration::from_secs(1));
    bot.discord
        .fault(Fault::new("POST", "/callback", 1, slow))
        .unwrap();
    let second = alice.puts("second?").await;
    bot.until_accepted(second.interaction.id()).await;
    alice.mentions_bot("third?");
    bot.answered_in_all(3).await;
    let asked = bot.service.asked();
    let order: Vec<&str> = asked.iter().map(asks).collect();
    assert_eq!(order, ["first?", "second?", "third?"]);
}

#[tokio::test]
async fn a_second_person_joins_by_a_command_too() {
    let bot = TestBot::that_reads(|settings| settings.conversations.group = Group::Mention).await;
    let alice = bot.person("alice");
    let forum = bot.discord.forum("help");
    let post = alice.posts(&forum, "Rain", &format!("{} what is rain?", bot.mention()));
    bot.answer_to(&post.message(post.id()).unwrap()).await;
    bot.person("bob").at(&post).asks(&bot, "and hail?").await;
    let alice = alice.is_in(&post);
    let aside = alice.says("Bob, that was a good one");
    bot.answer_to(&alice.mentions_bot("and snow?")).await;
    assert!(!bot.took(&aside).await);
}
