//! Questions that are edited or deleted after they were asked.

use footnote_bot::settings::conversations::{OnDelete, OnEdit};
use sqlx::{ConnectOptions, Connection};

use crate::harness::TestBot;
use crate::harness::look_again;
use crate::harness::messages::{buttons, until, until_gone};
use crate::harness::service::{Script, done, pieces};

const OFFER: &str = "Answer the edited question";

fn offers(message: &serde_json::Value) -> bool {
    buttons(message).iter().any(|button| button == OFFER)
}

#[tokio::test]
async fn an_edited_question_is_offered_to_be_answered_afresh() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let question = alice.mentions_bot("what is rain?");
    let answer = bot.answer_to(&question).await;
    assert!(!offers(&answer.json().unwrap()));

    alice.edits(&question, &format!("{} what is snow?", bot.mention()));
    let offered = until(&answer, offers).await;
    assert!(buttons(&offered).contains(&"Delete".to_owned()));
    let id = bot.question_of(&question).await;
    let kept = bot.store().question(id).await.unwrap();
    let edited = kept.unwrap().edited.unwrap();
    assert_eq!(edited.as_str(), "what is snow?");
    assert_eq!(bot.service.asked().len(), 1, "nothing is asked unasked");
}

/// What the last change of the tables added.
const BACK_TO_THE_SECOND_VERSION: &str = "
    ALTER TABLE question DROP COLUMN language;
    ALTER TABLE question DROP COLUMN opened_at;
    ALTER TABLE answer DROP COLUMN images;
    ALTER TABLE answer DROP COLUMN filters;
    ALTER TABLE answer DROP COLUMN took_ms;
    DELETE FROM _sqlx_migrations WHERE version = 3;";

#[tokio::test]
async fn an_answer_of_an_earlier_version_can_be_edited_and_written_anew() {
    let mut bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let question = alice.mentions_bot("what is rain?");
    let answer = bot.answer_to(&question).await;
    bot.stop().await;
    let file = bot.settings().data_dir.join("footnote.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut database = options.connect().await.unwrap();
    sqlx::raw_sql(BACK_TO_THE_SECOND_VERSION)
        .execute(&mut database)
        .await
        .unwrap();
    database.close().await.unwrap();
    bot.start().await;

    alice.edits(&question, &format!("{} what is snow?", bot.mention()));
    until(&answer, offers).await;
    assert!(answer.reads().starts_with("Yes. [1]"));
    bot.will_answer("Frozen rain.[1]", &["https://example.org/snow"]);
    alice.presses(&answer, OFFER).await;
    bot.answered_in_all(2).await;
    assert_eq!(bot.last_question(), "what is snow?");
    assert!(answer.reads().starts_with("Frozen rain. [1]"));
    alice.presses(&answer, "Regenerate").await;
    bot.answered_in_all(3).await;
    assert!(answer.reads().starts_with("Yes. [1]"));
}

#[tokio::test]
async fn a_question_edited_back_is_no_longer_offered() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let question = alice.mentions_bot("what is rain?");
    let answer = bot.answer_to(&question).await;
    let before = question.reads();
    alice.edits(&question, &format!("{} what is snow?", bot.mention()));
    until(&answer, offers).await;
    alice.edits(&question, &before);
    until(&answer, |message| !offers(message)).await;
}

#[tokio::test]
async fn a_question_edited_while_it_is_answered_is_offered_when_the_answer_is_there() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.service.next(Script::Paused(
        pieces("Rain is water. ", &[]),
        vec![done(&[])],
    ));
    let question = alice.mentions_bot("what is rain?");
    let growing = bot.reply_to(&question).await;
    alice.edits(&question, &format!("{} what is snow?", bot.mention()));
    let id = bot.question_of(&question).await;
    let store = bot.store();
    let edited = async {
        while store.question(id).await.unwrap().unwrap().edited.is_none() {
            look_again().await;
        }
    };
    tokio::time::timeout(crate::harness::SOON, edited)
        .await
        .unwrap();
    assert!(!offers(&growing.json().unwrap()));
    bot.service.go_on();
    until(&growing, offers).await;
}

#[tokio::test]
async fn an_edit_does_nothing_where_the_rule_is_to_ignore_it() {
    let bot = TestBot::spawn_with(|settings| settings.conversations.on_edit = OnEdit::Ignore).await;
    let alice = bot.person("alice");
    let question = alice.mentions_bot("what is rain?");
    let answer = bot.answer_to(&question).await;
    alice.edits(&question, &format!("{} what is snow?", bot.mention()));
    bot.answer_to(&alice.mentions_bot("what is hail?")).await;
    assert!(!offers(&answer.json().unwrap()));
}

#[tokio::test]
async fn an_edit_that_mends_the_mention_makes_a_question() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let message = alice.says("@Footnot what is rain?");
    alice.edits(&message, &format!("{} what is rain?", bot.mention()));
    bot.answer_to(&message).await;
    assert_eq!(bot.last_question(), "what is rain?");
    alice.edits(&message, &format!("{} what is rain", bot.mention()));
    let answer = bot.answer_to(&message).await;
    until(&answer, offers).await;
    assert_eq!(
        bot.replies_to(&message).len(),
        1,
        "the same message is one question"
    );
}

#[tokio::test]
async fn deleting_a_question_removes_its_answer() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let long = "Rain is water that falls. ".repeat(150);
    bot.will_answer(&long, &[]);
    let question = alice.mentions_bot("what is rain?");
    bot.answer_to(&question).await;
    let id = bot.question_of(&question).await;
    let messages: Vec<_> = bot
        .messages_of(id)
        .await
        .into_iter()
        .map(|part| bot.channel().message(part.0).unwrap())
        .collect();
    assert!(messages.len() > 1);
    alice.deletes(&question);
    for message in &messages {
        until_gone(message).await;
    }
    let kept = bot.store().question(id).await.unwrap().unwrap();
    assert!(kept.withdrawn && kept.outcome.is_none());
}

#[tokio::test]
async fn deleting_a_question_while_it_is_answered_stops_and_removes_the_answer() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    bot.service
        .next(Script::Stalls(pieces("Rain is water. It ", &[])));
    let question = alice.mentions_bot("what is rain?");
    let growing = bot.reply_to(&question).await;
    alice.deletes(&question);
    until_gone(&growing).await;
    bot.settled().await;
    assert!(bot.replies_to(&question).is_empty());
    assert!(
        bot.messages_of(bot.question_of(&question).await)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn deleting_a_question_that_waits_in_line_lets_the_line_go_on() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice").is_alone_with_the_bot();
    bot.service.next(Script::Paused(
        pieces("Rain is water. ", &[]),
        vec![done(&[])],
    ));
    let first = alice.says("what is rain?");
    bot.reply_to(&first).await;
    let second = alice.says("what is snow?");
    let waiting = bot.reply_to(&second).await;
    let third = alice.says("what is hail?");
    bot.reply_to(&third).await;
    alice.deletes(&second);
    until_gone(&waiting).await;
    bot.service.go_on();
    bot.answer_to(&third).await;
    assert_eq!(bot.service.asked().len(), 2);
    assert_eq!(bot.turns_of_last_question(), 3);
}

#[tokio::test]
async fn an_answer_stays_where_the_rule_is_to_keep_it() {
    let bot =
        TestBot::spawn_with(|settings| settings.conversations.on_delete = OnDelete::Keep).await;
    let alice = bot.person("alice");
    let question = alice.mentions_bot("what is rain?");
    let answer = bot.answer_to(&question).await;
    alice.deletes(&question);
    bot.answer_to(&alice.mentions_bot("what is hail?")).await;
    assert!(answer.json().is_some());
}

#[tokio::test]
async fn a_deleted_answer_is_no_longer_known() {
    let bot = TestBot::spawn().await;
    let alice = bot.person("alice");
    let question = alice.mentions_bot("what is rain?");
    let answer = bot.answer_to(&question).await;
    bot.person("owner").deletes_as_moderator(&bot, &answer);
    bot.answer_to(&alice.mentions_bot("what is hail?")).await;
    assert!(
        bot.messages_of(bot.question_of(&question).await)
            .await
            .is_empty()
    );
}
