//! Restarts and crashes: what was accepted is answered or visibly fails, and nothing that was stored is lost.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction, Message};
use footnote_bot::clock::{Clock as _, Moment, SystemClock};
use footnote_bot::conversation::failure::Failure;
use footnote_bot::conversation::language::Language;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::ports::Acceptance;
use footnote_bot::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, QuestionText, Task,
};
use footnote_bot::ids::{ChannelId, PersonId};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::harness::service::{Script, done, pieces};
use crate::harness::{Asker, SOON, TestBot, content, look_again, whole};
use crate::threads::{messages, opening, until};

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
    assert_eq!(asked.shown(), whole("Paris."));
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

/// Alice mentions the bot, and the answer has begun to grow.
async fn growing_answer(bot: &TestBot) -> (Asker, Message) {
    let alice = bot.person("alice");
    bot.service
        .next(Script::Stalls(pieces("Paris is the capital. It ", &[])));
    let question = mention(&alice, "capital of France?");
    until(|| {
        let grows = |message: &Value| content(message).contains("Writing");
        alice.sees().iter().any(grows).then_some(())
    })
    .await;
    (alice, question)
}

fn mention(asker: &Asker, text: &str) -> Message {
    asker.person.mentions_bot(&asker.channel, text).unwrap()
}

/// The labels of the buttons below a message.
fn buttons(message: &Value) -> Vec<&str> {
    let row = message["components"][0]["components"].as_array();
    let labels = row.into_iter().flatten();
    labels
        .filter_map(|button| button["label"].as_str())
        .collect()
}

#[tokio::test]
async fn an_answer_to_a_message_that_was_being_written_ends_honestly_where_it_is() {
    let mut bot = TestBot::spawn().await;
    let (alice, _) = growing_answer(&bot).await;
    bot.crash().await;
    bot.start().await;
    bot.recovered().await;

    let seen = alice.sees();
    assert_eq!(seen.len(), 2, "no second message: {seen:?}");
    assert_eq!(content(&seen[1]), INTERRUPTED);
    assert_eq!(buttons(&seen[1]), ["Try again", "Delete"]);
    assert_eq!(
        bot.service.asked().len(),
        1,
        "asking again would be paid twice"
    );
}

#[tokio::test]
async fn trying_again_after_a_crash_answers_in_the_same_message() {
    let mut bot = TestBot::spawn().await;
    let (alice, _) = growing_answer(&bot).await;
    bot.crash().await;
    bot.start().await;
    bot.recovered().await;
    let told = alice.sees().pop().unwrap();
    let told = alice
        .channel
        .message(told["id"].as_str().unwrap().parse().unwrap())
        .unwrap();
    alice.person.presses(&told, "Try again").await.unwrap();
    bot.answered_in_all(2).await;
    assert!(told.reads().starts_with("Yes. [1]"), "{}", told.reads());
    assert_eq!(alice.sees().len(), 2);
}

#[tokio::test]
async fn a_message_that_was_posted_but_never_noted_is_found_by_its_nonce() {
    let mut bot = TestBot::spawn().await;
    let unheard = FaultAction::SlowBody(Duration::from_secs(60 * 60));
    let posts = Fault::new("POST", "/channels/{channel}/messages", 1, unheard);
    bot.discord.fault(posts).unwrap();
    let (alice, _) = growing_answer(&bot).await;
    bot.crash().await;
    bot.discord.clear_faults();
    bot.start().await;
    bot.recovered().await;

    let seen = alice.sees();
    assert_eq!(
        (seen.len(), content(&seen[1]).as_str()),
        (2, INTERRUPTED),
        "{seen:?}"
    );
}

#[tokio::test]
async fn a_message_that_was_posted_but_never_noted_is_found_when_its_nonce_is_forgotten() {
    let mut bot = TestBot::spawn().await;
    let unheard = FaultAction::SlowBody(Duration::from_secs(60 * 60));
    let posts = Fault::new("POST", "/channels/{channel}/messages", 1, unheard);
    bot.discord.fault(posts).unwrap();
    let (alice, _) = growing_answer(&bot).await;
    bot.crash().await;
    bot.discord.clear_faults();
    bot.discord.advance(Duration::from_secs(20 * 60));
    bot.start().await;
    bot.recovered().await;

    let seen = alice.sees();
    assert_eq!(
        (seen.len(), content(&seen[1]).as_str()),
        (2, INTERRUPTED),
        "{seen:?}"
    );
}

#[tokio::test]
async fn an_answer_to_a_message_that_nobody_saw_is_delivered_once_after_the_crash() {
    let mut bot = TestBot::spawn().await;
    let broken = FaultAction::Answer {
        status: 503,
        body: json!({}),
    };
    let posts = Fault::new("POST", "/channels/{channel}/messages", 9, broken);
    bot.discord.fault(posts).unwrap();
    let alice = bot.person("alice");
    bot.will_answer(&"A sentence that says something of note. ".repeat(120), &[]);
    let question = mention(&alice, "everything?");
    until_async(|| bot.outcome(question.id())).await;
    bot.crash().await;
    bot.discord.clear_faults();
    bot.start().await;
    bot.recovered().await;

    let seen = alice.sees();
    let sentences = |message: &Value| content(message).matches("of note").count();
    assert_eq!(seen.iter().map(sentences).sum::<usize>(), 120);
    assert_eq!(
        seen[1]["message_reference"]["message_id"],
        question.id().to_string()
    );
    assert_eq!(
        bot.service.asked().len(),
        1,
        "asking again would be paid twice"
    );
}

/// Waits until something is there.
async fn until_async<T, F: Future<Output = Option<T>>>(there: impl Fn() -> F) -> T {
    let found = async {
        loop {
            match there().await {
                Some(there) => return there,
                None => look_again().await,
            }
        }
    };
    tokio::time::timeout(SOON, found).await.unwrap()
}

#[tokio::test]
async fn a_conversation_in_a_thread_goes_on_with_its_history_after_a_crash() {
    let mut bot = opening(|_| {}).await;
    let alice = bot.person("alice");
    bot.will_answer("Paris.[1]", &["https://example.org/france"]);
    let asked = alice.asks(&bot, "Capital of France?").await;
    let inside = alice.at(&asked.thread().unwrap());
    bot.service.next(Script::Silent);
    inside
        .person
        .says(&inside.channel, "And its river?")
        .unwrap();
    bot.service.asked_in_all(2).await;
    bot.crash().await;
    bot.start().await;
    bot.recovered().await;
    let told = inside.sees().pop().unwrap();
    assert_eq!(
        (content(&told).as_str(), buttons(&told)),
        (INTERRUPTED, vec!["Try again", "Delete"])
    );

    inside
        .person
        .says(&inside.channel, "And its hills?")
        .unwrap();
    bot.answered_in_all(3).await;
    assert_snapshot!(messages(&bot, 2), @r"
    user: Capital of France?
    assistant: Paris.
    user: And its hills?
    ");
}

#[tokio::test]
async fn stopping_ends_what_waits_in_line_honestly() {
    let mut bot = TestBot::spawn_with(|settings| settings.discord.grace_seconds = 0).await;
    let alice = bot.person("alice");
    let thread = alice
        .person
        .opens_thread_in(&bot.channel(), "France")
        .unwrap();
    let alice = alice.at(&thread);
    bot.service.next(Script::Silent);
    mention(&alice, "capital of France?");
    bot.service.asked_in_all(1).await;
    for question in ["its river?", "its hills?"] {
        mention(&alice, question);
    }
    let counted = |wanted: &str| {
        let seen = alice.sees();
        seen.iter()
            .filter(|message| content(message).contains(wanted))
            .count()
    };
    until(|| (counted("next in line") == 2).then_some(())).await;
    bot.stop().await;
    assert_eq!(
        (counted("next in line"), counted(INTERRUPTED)),
        (0, 3),
        "{:?}",
        alice.sees()
    );
    let shown = alice.sees().len();
    bot.start().await;
    bot.recovered().await;
    assert_eq!(alice.sees().len(), shown, "they were told once");
    assert_eq!(bot.service.asked().len(), 1);
}

#[tokio::test]
async fn a_crash_with_questions_in_line_tells_each_asker_once() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let thread = alice
        .person
        .opens_thread_in(&bot.channel(), "France")
        .unwrap();
    let alice = alice.at(&thread);
    bot.service.next(Script::Silent);
    mention(&alice, "capital of France?");
    bot.service.asked_in_all(1).await;
    mention(&alice, "its river?");
    until(|| {
        let seen = alice.sees();
        seen.iter()
            .any(|message| content(message).contains("next in line"))
            .then_some(())
    })
    .await;
    bot.crash().await;
    bot.start().await;
    bot.recovered().await;
    let told = alice
        .sees()
        .iter()
        .filter(|message| content(message) == INTERRUPTED)
        .count();
    assert_eq!(
        (told, bot.service.asked().len()),
        (2, 1),
        "{:?}",
        alice.sees()
    );
}

#[tokio::test]
async fn an_old_question_that_was_being_answered_anew_can_be_tried_again_after_a_crash() {
    let mut bot = TestBot::spawn().await;
    let now = SystemClock.now();
    let store = bot.store();
    let asked = NewQuestion {
        text: QuestionText::parse("Old?").unwrap(),
        task: Task::Answer,
        quote: None,
        asker: Person {
            id: PersonId(bot.person("alice").person.id()),
            name: "alice".to_owned(),
        },
        seen: true,
        place: Place {
            guild: None,
            channel: ChannelId(bot.channel().id()),
            present: true,
        },
        event: 777,
        origin: Origin::Past,
        belongs: Belongs::New,
        wish: footnote_bot::search::wish::Wish::default(),
        language: Language::English,
        asked_at: Moment(now.0 - 25 * 3_600_000),
    };
    let Acceptance::Accepted(question) = store.accept(asked, None).await.unwrap() else {
        panic!("it is new")
    };
    let failed = Outcome::failed(Failure::TimedOut);
    store.record(question.id, &failed, now).await.unwrap();
    store.shown(question.id, now).await.unwrap();
    store
        .reopen(question.id, None, now, None)
        .await
        .unwrap()
        .unwrap();
    drop(store);
    bot.crash().await;
    bot.start().await;
    bot.recovered().await;
    let kept = bot.store().question(question.id).await.unwrap().unwrap();
    assert_eq!(kept.outcome, Some(Outcome::failed(Failure::Interrupted)));
    let again = bot
        .store()
        .reopen(question.id, None, now, None)
        .await
        .unwrap();
    assert!(again.is_some());
}
