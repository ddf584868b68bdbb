//! When a thread is opened on an answer, by what is set where the question was asked.

use footnote_bot::search::fields::Value;
use footnote_bot::settings::conversations::Threads;

use crate::harness::TestBot;

#[tokio::test]
async fn a_thread_is_opened_where_the_channel_wants_one_and_nowhere_else() {
    let bot = TestBot::spawn().await;
    let (here, there) = (bot.discord.channel("threads"), bot.channel());
    bot.sets(&here, Value::Threads(Threads::Always)).await;
    let alice = bot.person("alice");
    assert!(alice.at(&here).asks(&bot, "Tea?").await.thread().is_some());
    assert!(alice.at(&there).asks(&bot, "Tea?").await.thread().is_none());
    let mentioned = alice.is_in(&here).mentions_bot("milk?");
    assert!(bot.answer_to(&mentioned).await.thread().is_some());
}

#[tokio::test]
async fn the_channel_may_want_none_where_the_operator_does() {
    let bot =
        TestBot::spawn_with(|settings| settings.conversations.threads = Threads::Always).await;
    let alice = bot.person("alice");
    assert!(alice.asks(&bot, "Tea?").await.thread().is_some());
    bot.sets_everywhere(Value::Threads(Threads::FollowedUp))
        .await;
    let asked = alice.asks(&bot, "Tea?").await;
    assert!(asked.thread().is_none());
    let further = alice.follows_up(&bot, &asked.message(), "And milk?").await;
    assert!(further.thread().is_some());
    bot.sets(&bot.channel(), Value::Threads(Threads::Never))
        .await;
    let asked = alice.asks(&bot, "Tea?").await;
    let further = alice.follows_up(&bot, &asked.message(), "And milk?").await;
    assert!(asked.thread().is_none() && further.thread().is_none());
}
