//! Direct conversations with the bot: each is one conversation, and goes on where it is.

use insta::assert_snapshot;

use crate::harness::TestBot;
use crate::threads::{messages, opening};

#[tokio::test]
async fn asking_in_a_direct_conversation_goes_on_there_and_opens_no_thread() {
    let bot = opening(|_| {}).await;
    bot.will_answer("Paris.[1]", &["https://example.org/france"]);
    let alice = bot.person("alice");
    let alice = alice.at(&alice.person.direct_messages());
    alice.asks(&bot, "Capital of France?").await;
    let second = alice.asks(&bot, "How many people live there?").await;

    assert_snapshot!(messages(&bot, 1), @r"
    user: Capital of France?
    assistant: Paris.
    user: How many people live there?
    ");
    assert!(second.thread().is_none());
    assert_eq!(alice.sees().len(), 2);
}

#[tokio::test]
async fn direct_conversations_of_two_people_know_nothing_of_each_other() {
    let bot = TestBot::spawn().await;
    for name in ["alice", "bob"] {
        let person = bot.person(name);
        let person = person.at(&person.person.direct_messages());
        person.asks(&bot, &format!("I am {name}?")).await;
    }
    assert_snapshot!(messages(&bot, 1), @"user: I am bob?");
}

#[tokio::test]
async fn every_message_in_a_direct_conversation_goes_on_with_it() {
    let bot = opening(|_| {}).await;
    bot.will_answer("Paris.[1]", &["https://example.org/france"]);
    let alice = bot.person("alice");
    alice.person.writes_directly("Capital of France?").unwrap();
    bot.answered_in_all(1).await;
    alice.person.writes_directly("And its river?").unwrap();
    bot.answered_in_all(2).await;

    assert_snapshot!(messages(&bot, 1), @r"
    user: Capital of France?
    assistant: Paris.
    user: And its river?
    ");
    assert_eq!(alice.at(&alice.person.direct_messages()).sees().len(), 4);
}
