//! What every store must do, whatever it is made of. One suite; each engine that ships is run through it.

mod claims;
mod conversations;
mod heard;
mod jobs;
mod pooling;
mod posts;
mod questions;
mod settings;
mod several;
mod turns;

use std::path::Path;
use std::time::Duration;

use footnote_bot::clock::Moment;
use footnote_bot::conversation::answer::{Answer, Draft, Finish, Image, Source, Usage};
use footnote_bot::conversation::failure::Failure;
use footnote_bot::conversation::language::Language;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::conversation::ports::{
    Acceptance, HeardStore as _, PostStore as _, QuestionStore as _, Store,
};
use footnote_bot::conversation::question::{
    Belongs, NewQuestion, Origin, Person, Place, Question, QuestionText, Quote, Reply, Task,
};
use footnote_bot::ids::{
    ApplicationId, ChannelId, GuildId, InteractionId, MessageId, PersonId, QuestionId,
};
use footnote_bot::search::{Filters, Recency};
use footnote_bot::storage::sqlite::{OpenError, SqliteStore};
use tempfile::TempDir;

use crate::harness::postgres::Database;

const LATER: Moment = Moment(2_000);
const NONE: QuestionId = QuestionId(0);
const ALL: QuestionId = QuestionId(i64::MAX);
/// Above the signed range: the bits have to survive.
const HERE: ChannelId = ChannelId(u64::MAX);
const ELSEWHERE: ChannelId = ChannelId(12);

/// A question by a command in a channel, which begins a conversation.
fn question(event: u64) -> NewQuestion {
    NewQuestion {
        text: QuestionText::parse(&format!("Why {event}? 🙂")).unwrap(),
        task: Task::Answer,
        quote: None,
        asker: Person {
            id: PersonId(7),
            name: "Alice".to_owned(),
        },
        seen: true,
        place: Place {
            guild: Some(GuildId(u64::MAX - 1)),
            channel: HERE,
            present: true,
        },
        event,
        origin: Origin::Interaction(reply(event)),
        belongs: Belongs::New,
        wish: footnote_bot::search::wish::Wish::default(),
        language: Language::Japanese,
        asked_at: Moment(1_000),
    }
}

fn reply(interaction: u64) -> Reply {
    Reply {
        interaction: InteractionId(interaction),
        application: ApplicationId(3),
        token: format!("canary-{interaction}").into(),
    }
}

/// A question that goes on somewhere.
fn asked(event: u64, belongs: Belongs) -> NewQuestion {
    NewQuestion {
        belongs,
        ..question(event)
    }
}

fn quote() -> Quote {
    Quote {
        author: "Bob".to_owned(),
        text: "Tea is blue.".to_owned(),
        channel: HERE,
        message: MessageId(u64::MAX - 3),
    }
}

fn answer(text: &str) -> Outcome {
    let source = |number| Source {
        number,
        title: "Title".to_owned(),
        url: "https://example.org/".to_owned(),
        date: Some("2026-01-02".to_owned()),
        last_updated: None,
        snippet: "…".to_owned(),
    };
    Outcome::Answered(Answer {
        text: text.to_owned(),
        sources: vec![source(1), source(2)],
        model: "sonar".to_owned(),
        finish: Finish::Other("paused".to_owned()),
        usage: Usage {
            prompt_tokens: 1,
            completion_tokens: 2,
            cost_usd: Some(0.25),
        },
        related: vec!["And then?".to_owned()],

        images: vec![Image {
            url: "https://pictures.example/tea.png".to_owned(),
            origin: "https://example.org/tea".to_owned(),
            title: Some("Tea".to_owned()),
        }],
        filters: Filters {
            allowed: vec!["example.org".to_owned()],
            recency: Some(Recency::Month),
            ..Filters::default()
        },
        took: Duration::from_millis(4_200),
    })
}

fn failed(text: &str) -> Outcome {
    Outcome::Failed {
        failure: Failure::BrokeOff,
        draft: Draft {
            text: text.to_owned(),
            sources: Vec::new(),
            filters: footnote_bot::search::Filters::default(),
        },
    }
}

async fn accepted(store: &dyn Store, question: NewQuestion) -> Question {
    match store.accept(question, None).await.unwrap() {
        Acceptance::Accepted(question) => question,
        Acceptance::Known => panic!("it is new"),
    }
}

/// A question that was answered with its event's number.
async fn answered(store: &dyn Store, question: NewQuestion) -> Question {
    let text = format!("Because {}.", question.event);
    let question = accepted(store, question).await;
    store
        .record(question.id, &answer(&text), LATER)
        .await
        .unwrap();
    question
}

/// What was answered before a question, newest first.
async fn before(store: &dyn Store, question: &Question, at_most: u32) -> Vec<String> {
    let turns = store.history(question.id, at_most).await.unwrap();
    turns.into_iter().map(|turn| turn.answer).collect()
}

/// How the question of an event ended.
async fn outcome(store: &dyn Store, event: u64) -> Option<Outcome> {
    let question = store.asked_by(event).await.unwrap()?;
    store.question(question).await.unwrap()?.outcome
}

/// A store with nothing in it, in a folder of its own.
async fn empty() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("footnote.db")).await;
    (store.unwrap(), folder)
}

/// Names each part of the suite once, for every engine.
macro_rules! conforms {
    ($($part:ident :: $test:ident),* $(,)?) => {
        mod on_sqlite {
            use super::*;

            $(#[tokio::test]
            async fn $test() {
                let (store, _folder) = empty().await;
                $part::$test(&store).await;
            })*
        }

        mod on_postgres {
            use super::*;

            $(#[tokio::test]
            async fn $test() {
                let Some(database) = Database::new().await else {
                    return;
                };
                let store = database.store().await;
                $part::$test(&store).await;
                store.close().await;
            })*
        }
    };
}

conforms! {
    questions::the_same_event_twice_is_one_question,
    questions::everything_about_a_question_is_kept,
    questions::what_some_databases_cannot_hold_is_kept_all_the_same,
    questions::outcomes_are_kept_and_no_failure_replaces_an_answer,
    questions::a_question_is_opened_once_more,
    questions::an_open_question_may_be_answered_by_another_reply,
    questions::an_edit_is_noted_until_it_is_answered,
    questions::what_is_withdrawn_is_forgotten_and_never_asked_again,
    posts::what_nobody_has_seen_is_found_again,
    posts::what_is_left_of_an_answer_that_was_taken_away_is_found,
    posts::the_messages_of_an_answer_lead_to_its_question,
    conversations::questions_go_on_where_they_belong,
    conversations::a_reply_to_an_older_answer_is_a_branch,
    conversations::a_thread_goes_on_from_what_was_said_in_it,
    conversations::a_thread_on_an_answer_is_known_before_it_is_noted,
    conversations::history_is_the_newest_first_and_bounded,
    conversations::a_conversation_settles_once_and_never_two_in_one_home,
    conversations::what_is_known_of_a_conversation_is_kept,
    heard::quoted_messages_are_held_for_a_while,
    heard::the_moment_up_to_which_all_was_heard_only_rises,
    heard::channels_are_those_where_something_was_asked_since,
    settings::what_is_set_is_kept_scope_by_scope,
    settings::a_change_on_what_is_no_longer_there_is_overtaken,
    settings::changes_are_listed_newest_first_and_page_by_page,
    settings::changes_are_told_until_they_were,
    settings::servers_in_which_something_changed_are_known,
    settings::what_was_set_in_a_scope_that_is_gone_is_forgotten,
    settings::what_was_taken_back_is_forgotten_without_a_word,
    settings::a_wish_is_kept_with_its_question,
    jobs::a_job_is_kept_with_its_question_or_not_at_all,
    jobs::a_question_opened_once_more_has_a_job_of_its_own,
    jobs::everything_about_a_job_is_kept,
    claims::a_job_is_claimed_by_one_at_a_time,
    claims::what_is_written_without_a_lease_is_not_written,
    claims::attempts_are_counted_until_it_comes_further,
    claims::what_is_released_may_be_claimed_at_once,
    turns::everybody_has_their_turn,
    turns::lines_have_their_turns_one_after_another,
    turns::what_is_given_back_out_of_turn_leaves_its_room_to_others,
    turns::what_is_cancelled_needs_no_turn,
    turns::a_job_stands_in_its_line_once_it_is_confirmed,
    jobs::what_is_open_is_counted,
    jobs::the_outcome_is_recorded_under_the_lease,
    jobs::what_the_last_researches_took_is_known,
    jobs::what_a_job_answers_is_its_own_to_show,
    jobs::what_ended_long_ago_is_forgotten,
}

#[tokio::test]
async fn sqlite_keeps_what_it_was_given_and_forgets_tokens_that_are_used_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("footnote.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let asked = answered(&store, question(1)).await;
    store.close().await;

    let store = SqliteStore::open(&path).await.unwrap();
    let unshown = store.unshown(NONE, ALL, 10).await.unwrap();
    assert_eq!(unshown[0].outcome, answer("Because 1."));
    store.shown(asked.id, LATER).await.unwrap();
    assert!(store.unshown(NONE, ALL, 10).await.unwrap().is_empty());
    store.close().await;
    assert!(!holds(&path, "canary-1"));
}

#[tokio::test]
async fn sqlite_leaves_nothing_in_its_file_of_what_was_withdrawn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("footnote.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let long = NewQuestion {
        text: QuestionText::parse(&"secret-question ".repeat(100)).unwrap(),
        quote: Some(Quote {
            text: "secret-quote ".repeat(300),
            ..quote()
        }),
        ..question(1)
    };
    // The form in which it was written.
    let form = store.hold(long.quote.as_ref().unwrap(), false, LATER).await;
    form.unwrap();
    let asked = accepted(&store, long).await;
    let secret = answer(&"secret-answer ".repeat(1_000));
    store.record(asked.id, &secret, LATER).await.unwrap();
    answered(&store, question(2)).await;
    store.withdraw(asked.id).await.unwrap();
    store.close().await;
    for secret in [
        "secret-question",
        "secret-quote",
        "secret-answer",
        "canary-1",
    ] {
        assert!(!holds(&path, secret), "{secret}");
    }
    assert!(holds(&path, "canary-2"), "what was not withdrawn is there");
}

fn holds(path: &Path, text: &str) -> bool {
    let kept = std::fs::read(path).unwrap();
    kept.windows(text.len())
        .any(|bytes| bytes == text.as_bytes())
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("footnote.db");
    std::fs::write(
        &path,
        "no database at all, but long enough to be looked at as one; ".repeat(50),
    )
    .unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = SqliteStore::open(&path).await;
    assert!(matches!(refused, Err(OpenError::Damaged { .. })));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
