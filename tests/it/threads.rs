//! Threads: where they are opened, what they are called, how one goes on in them, and what happens where none can be opened.

use std::time::Duration;

use discord_emulator::{Channel, Fault, FaultAction, Permissions, RateLimits};
use footnote_bot::settings::Settings;
use footnote_bot::settings::conversations::Threads;
use insta::assert_snapshot;

use crate::harness::service::Script;
use crate::harness::{Asker, SOON, TestBot, content, look_again};

const FRANCE: &str = "https://example.org/france";

/// A bot that opens threads as it does by itself, and may read messages.
pub(crate) async fn opening(change: impl FnOnce(&mut Settings)) -> TestBot {
    let mut bot = before_opening(true, change).await;
    bot.start().await;
    bot
}

async fn before_opening(reads: bool, change: impl FnOnce(&mut Settings)) -> TestBot {
    let bot = TestBot::before_start(RateLimits::Calm, |settings| {
        settings.conversations.threads = Threads::Always;
        change(settings);
    })
    .await;
    bot.discord.allow_message_content(reads);
    bot
}

/// What the service was sent the nth time, from 0: one line a message.
pub(crate) fn messages(bot: &TestBot, nth: usize) -> String {
    let asked = bot.service.asked()[nth].clone();
    let messages = asked["messages"].as_array().unwrap().iter();
    messages
        .map(|message| {
            format!(
                "{}: {}",
                message["role"].as_str().unwrap(),
                content(message)
            )
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn threads_asked_for(bot: &TestBot) -> usize {
    let requests = bot.discord.requests();
    let is_thread = |path: &str| path.ends_with("/threads");
    requests
        .iter()
        .filter(|request| is_thread(&request.path))
        .count()
}

#[tokio::test]
async fn asking_in_a_channel_answers_there_and_opens_a_thread_named_after_the_question() {
    let bot = opening(|_| {}).await;
    for channel in [bot.channel(), bot.discord.announcements("news")] {
        bot.will_answer("Paris.[1]", &[FRANCE]);
        let alice = bot.person("alice").at(&channel);
        let asked = alice.asks(&bot, "What is the *capital* of France?").await;

        assert!(asked.shown().starts_with("Paris. [1]"));
        let thread = asked.thread().unwrap();
        assert_eq!(
            thread.json().unwrap()["name"],
            "What is the *capital* of France?"
        );
        assert_eq!(alice.sees().len(), 1, "nothing but the answer");
        let home = footnote_bot::ids::ChannelId(thread.id());
        assert!(bot.store().living_in(home).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn asking_inside_a_thread_goes_on_where_it_is() {
    let bot = opening(|_| {}).await;
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Capital of France?").await;
    let inside = alice.at(&asked.thread().unwrap());
    let second = inside.asks(&bot, "How many people live there?").await;

    assert_snapshot!(messages(&bot, 1), @r"
    user: Capital of France?
    assistant: Paris.
    user: How many people live there?
    ");
    assert!(second.thread().is_none(), "a thread in a thread");
    assert_eq!(threads_asked_for(&bot), 1);
}

#[tokio::test]
async fn asking_inside_a_forum_post_goes_on_where_it_is() {
    let bot = opening(|_| {}).await;
    let alice = bot.person("alice");
    let forum = bot.discord.forum("questions");
    let post = alice
        .person
        .posts(&forum, "France", "I wonder.", &[])
        .unwrap();
    let alice = alice.at(&post);
    bot.will_answer("Paris.[1]", &[FRANCE]);
    alice.asks(&bot, "Capital of France?").await;
    alice.asks(&bot, "And its river?").await;

    assert_snapshot!(messages(&bot, 1), @r"
    user: Capital of France?
    assistant: Paris.
    user: And its river?
    ");
    assert_eq!(threads_asked_for(&bot), 0);
}

#[tokio::test]
async fn with_threads_never_none_is_opened() {
    let bot = opening(|settings| settings.conversations.threads = Threads::Never).await;
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    assert!(asked.thread().is_none());
    assert_eq!(threads_asked_for(&bot), 0);
}

#[tokio::test]
async fn with_threads_when_followed_up_the_first_answer_opens_none() {
    let bot = opening(|settings| settings.conversations.threads = Threads::FollowedUp).await;
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    assert!(asked.thread().is_none());
}

#[tokio::test]
async fn a_failed_answer_opens_no_thread() {
    let bot = opening(|_| {}).await;
    bot.service.next(Script::Status(500, "{}"));
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    assert!(asked.thread().is_none());
}

#[tokio::test]
async fn the_parts_of_a_long_answer_stay_together_before_the_thread() {
    let bot = opening(|_| {}).await;
    bot.will_answer(
        &"A sentence that says something of note.[1] ".repeat(150),
        &[FRANCE],
    );
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Everything about France?").await;

    let thread = asked.thread().unwrap();
    assert!(alice.sees().len() > 2);
    let answers = |channel| {
        let seen = alice.person.sees(channel);
        seen.iter()
            .filter(|message| content(message).contains("of note"))
            .count()
    };
    assert_eq!(
        (answers(&alice.channel), answers(&thread)),
        (alice.sees().len(), 0)
    );
    let last = alice.sees().pop().unwrap();
    let opened = thread.json().unwrap()["thread_metadata"]["create_timestamp"].clone();
    assert!(
        last["timestamp"].as_str().unwrap() <= opened.as_str().unwrap(),
        "{last} {opened}"
    );
}

#[tokio::test]
async fn without_the_message_content_intent_a_thread_says_once_how_to_go_on() {
    let mut bot = before_opening(false, |_| {}).await;
    bot.start().await;
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Capital of France?").await;
    let thread = asked.thread().unwrap();
    let inside = alice.at(&thread);
    let said = |message: &str| message.contains("To go on here");
    assert_snapshot!(content(inside.sees().last().unwrap()).replace(|c: char| c.is_ascii_digit(), ""), @"-# To go on here, mention <@>, reply to an answer, use `/ask`, or press **Follow up** below an answer: Footnote cannot read other messages.");
    inside.asks(&bot, "And its river?").await;
    bot.stop().await;
    bot.start().await;
    inside.asks(&bot, "And its hills?").await;

    let times = inside
        .sees()
        .iter()
        .filter(|message| said(&content(message)))
        .count();
    assert_eq!(times, 1);
}

#[tokio::test]
async fn how_to_go_on_is_said_once_also_when_a_crash_comes_between() {
    let mut bot = before_opening(false, |_| {}).await;
    bot.start().await;
    bot.loses_replies();
    let alice = bot.person("alice");
    // It arrives, and the bot never hears that it did.
    let unheard = FaultAction::SlowBody(Duration::from_secs(60 * 60));
    let posts = Fault::new("POST", "/channels/{channel}/messages", 1, unheard);
    bot.discord.fault(posts).unwrap();
    let asked = alice.begins_to_ask("Capital of France?").await;
    asked.until(|text| text.contains("**Sources**")).await;
    let thread = until(|| asked.thread()).await;
    let times = || {
        let seen = alice.at(&thread).sees();
        let said = |message: &&_| content(message).contains("To go on here");
        seen.iter().filter(said).count()
    };
    until(|| (times() == 1).then_some(())).await;
    bot.crash().await;
    bot.discord.clear_faults();
    bot.start().await;
    bot.recovered().await;

    assert_eq!(times(), 1);
}

/// Waits until something is there.
pub(crate) async fn until<T>(there: impl Fn() -> Option<T>) -> T {
    tokio::time::timeout(SOON, async {
        loop {
            match there() {
                Some(there) => return there,
                None => look_again().await,
            }
        }
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn with_the_message_content_intent_a_thread_says_nothing_of_itself() {
    let bot = opening(|_| {}).await;
    let alice = bot.person("alice");
    let asked = alice.asks(&bot, "Capital of France?").await;
    let inside = alice.at(&asked.thread().unwrap()).sees();
    assert!(
        inside.iter().all(|message| content(message).is_empty()),
        "{inside:?}"
    );
}

#[tokio::test]
async fn no_permission_to_open_a_thread_leaves_the_answer_and_tells_the_asker_once() {
    let bot = opening(|_| {}).await;
    bot.discord.expects_rejections();
    let everyone = bot.discord.everyone();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::CREATE_PUBLIC_THREADS);
    bot.channel()
        .denies(&everyone, Permissions::CREATE_PUBLIC_THREADS);
    let alice = bot.person("alice");
    let first = alice.asks(&bot, "Capital of France?").await;
    let second = alice.asks(&bot, "And its river?").await;

    assert!(first.shown().starts_with("Yes. [1]") && second.shown().starts_with("Yes. [1]"));
    let told: Vec<_> = first.interaction.follow_ups();
    assert_snapshot!(content(&told[0]), @"Footnote would open a thread for this conversation here, but lacks the permission **Create Public Threads**. Whoever manages the server can grant it.");
    assert_eq!(told[0]["flags"].as_u64().unwrap() & 64, 64, "ephemeral");
    assert!(second.interaction.follow_ups().is_empty());
    assert_eq!(
        threads_asked_for(&bot),
        1,
        "it is remembered for some minutes"
    );
}

#[tokio::test]
async fn with_too_many_threads_the_answer_stands_without_one() {
    let bot = opening(|_| {}).await;
    bot.discord.expects_rejections();
    bot.discord.limit_active_threads(0);
    let asked = bot.person("alice").asks(&bot, "Capital of France?").await;
    assert!(asked.shown().starts_with("Yes. [1]"));
    assert!(asked.thread().is_none() && asked.interaction.follow_ups().is_empty());
}

#[tokio::test]
async fn a_thread_that_would_have_to_wait_for_minutes_is_never_waited_for() {
    let bot = opening(|_| {}).await;
    bot.discord
        .fault(Fault::new(
            "POST",
            "/threads",
            9,
            FaultAction::RateLimited {
                retry_after: Duration::from_secs(280),
            },
        ))
        .unwrap();
    let alice = bot.person("alice");
    // Were it waited for, the second answer would not come within what a test waits.
    let first = alice.asks(&bot, "Capital of France?").await;
    let elsewhere = alice.at(&bot.discord.channel("elsewhere"));
    let second = elsewhere.asks(&bot, "And its river?").await;

    assert!(first.shown().starts_with("Yes. [1]") && second.shown().starts_with("Yes. [1]"));
    assert_eq!(
        threads_asked_for(&bot),
        1,
        "the whole server is known to be full"
    );
}

#[tokio::test]
async fn a_thread_that_was_opened_unnoticed_is_taken_as_opened() {
    let bot = opening(|_| {}).await;
    bot.discord.tolerates_rejections();
    bot.discord
        .fault(Fault::new("POST", "/threads", 1, FaultAction::ResetAfter))
        .unwrap();
    let alice = bot.person("alice");
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let asked = alice.asks(&bot, "Capital of France?").await;
    let inside = alice.at(&asked.thread().unwrap());
    inside.asks(&bot, "And its river?").await;
    assert_snapshot!(messages(&bot, 1), @r"
    user: Capital of France?
    assistant: Paris.
    user: And its river?
    ");
}

#[tokio::test]
async fn a_conversation_moves_into_the_thread_that_somebody_opens_on_its_answer() {
    let bot = opening(|settings| settings.conversations.threads = Threads::Never).await;
    let alice = bot.person("alice");
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let asked = alice.asks(&bot, "Capital of France?").await;
    let answer = asked.interaction.message().unwrap();
    let thread = bot
        .person("bob")
        .person
        .opens_thread(&answer, "France")
        .unwrap();
    // Its home is noted by an event, before that of the next question.
    let home = footnote_bot::ids::ChannelId(thread.id());
    tokio::time::timeout(SOON, async {
        while bot.store().living_in(home).await.unwrap().is_none() {
            look_again().await;
        }
    })
    .await
    .unwrap();
    alice.at(&thread).asks(&bot, "And its river?").await;
    assert_snapshot!(messages(&bot, 1), @r"
    user: Capital of France?
    assistant: Paris.
    user: And its river?
    ");
}

#[tokio::test]
async fn a_thread_that_somebody_opened_while_the_bot_was_away_is_the_conversations_all_the_same() {
    let mut bot = opening(|settings| settings.conversations.threads = Threads::Never).await;
    let alice = bot.person("alice");
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let asked = alice.asks(&bot, "Capital of France?").await;
    let answer = asked.interaction.message().unwrap();
    bot.stop().await;
    let thread = alice.person.opens_thread(&answer, "France").unwrap();
    bot.start().await;
    alice.at(&thread).asks(&bot, "And its river?").await;
    assert_snapshot!(messages(&bot, 1), @r"
    user: Capital of France?
    assistant: Paris.
    user: And its river?
    ");
}

#[tokio::test]
async fn with_threads_when_followed_up_the_second_answer_opens_one() {
    let bot = opening(|settings| settings.conversations.threads = Threads::FollowedUp).await;
    let alice = bot.person("alice");
    bot.will_answer("Paris.[1]", &[FRANCE]);
    let first = alice.asks(&bot, "Capital of France?").await;
    let answer = first.interaction.message().unwrap();
    alice.person.replies(&answer, "And its river?").unwrap();
    bot.answered_in_all(2).await;

    assert!(first.thread().is_none());
    let second = alice.sees().pop().unwrap();
    let thread = thread_on(&alice, &second).unwrap();
    assert_eq!(thread.json().unwrap()["name"], "And its river?");
    let inside = alice.at(&thread);
    inside
        .person
        .says(&inside.channel, "And its hills?")
        .unwrap();
    bot.answered_in_all(3).await;
    assert_snapshot!(messages(&bot, 2), @r"
    user: Capital of France?
    assistant: Paris.
    user: And its river?
    assistant: Yes.
    user: And its hills?
    ");
}

/// The thread that was opened on a message.
fn thread_on(asker: &Asker, message: &serde_json::Value) -> Option<Channel> {
    let id = message["id"].as_str().unwrap().parse().unwrap();
    asker.channel.message(id).unwrap().thread()
}

#[tokio::test]
async fn a_mention_in_a_channel_opens_a_thread_and_one_goes_on_there_without_one() {
    let bot = opening(|_| {}).await;
    let alice = bot.person("alice");
    bot.will_answer("Paris.[1]", &[FRANCE]);
    alice
        .person
        .mentions_bot(&alice.channel, "what is the capital of France?")
        .unwrap();
    bot.answered_in_all(1).await;
    let answer = alice.sees().pop().unwrap();
    let thread = thread_on(&alice, &answer).unwrap();
    assert_eq!(
        thread.json().unwrap()["name"],
        "what is the capital of France?"
    );
    let inside = alice.at(&thread);
    inside
        .person
        .says(&inside.channel, "And its river?")
        .unwrap();
    bot.answered_in_all(2).await;
    assert_snapshot!(messages(&bot, 1), @r"
    user: what is the capital of France?
    assistant: Paris.
    user: And its river?
    ");
    assert_eq!(threads_asked_for(&bot), 1);
}

#[tokio::test]
async fn a_channel_that_the_bot_does_not_see_gets_the_answer_and_no_thread() {
    let bot = opening(|_| {}).await;
    bot.discord.expects_rejections();
    bot.channel()
        .denies(&bot.discord.bot(), Permissions::VIEW_CHANNEL);
    let alice = bot.person("alice");
    let first = alice.asks(&bot, "Capital of France?").await;
    let second = alice.asks(&bot, "And its river?").await;
    assert!(first.shown().starts_with("Yes. [1]") && second.shown().starts_with("Yes. [1]"));
    assert!(
        content(&first.interaction.follow_ups()[0])
            .contains("lacks the permission **View Channel**")
    );
    assert!(second.interaction.follow_ups().is_empty());
    assert_eq!(threads_asked_for(&bot), 0);
}

#[tokio::test]
async fn a_thread_is_opened_after_the_restart_when_a_crash_came_before_it() {
    let mut bot = opening(|_| {}).await;
    bot.loses_replies();
    let hang = bot
        .discord
        .fault(Fault::new("POST", "/threads", 1, FaultAction::Hang))
        .unwrap();
    let asked = bot
        .person("alice")
        .begins_to_ask("Capital of France?")
        .await;
    asked.until(|text| text.contains("**Sources**")).await;
    bot.crash().await;
    bot.discord.remove_fault(hang);
    bot.start().await;
    bot.recovered().await;
    assert!(asked.thread().is_some());
    assert_eq!(bot.service.asked().len(), 1);
}
