//! Mentions and replies in channels, threads, forum posts and direct conversations: what is a question, and what is not.

use insta::assert_snapshot;

use crate::harness::TestBot;

#[tokio::test]
async fn a_mention_with_a_question_is_answered() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.will_answer("Paris.[1]", &["https://example.org/france"]);

    let question = alice.mentions_bot("what is the capital of France?");
    let answer = bot.answer_to(&question).await;

    assert_snapshot!(answer.reads(), @"");
    assert_eq!(bot.last_question(), "what is the capital of France?");
}
