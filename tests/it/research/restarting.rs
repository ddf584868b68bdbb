//! A research goes on where the process before ended, at whatever stage: it is paid for once and answered once.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction};
use footnote_bot::research::record::Stage;
use footnote_bot::settings::conversations::Threads;
use serde_json::{Value, json};

use super::Library;
use crate::harness::research_service::Submission;
use crate::harness::store_file::leave_unreadable;
use crate::harness::{Asked, Asker, SOON, content, look_again};

/// Completes the only research, and checks that it was answered once and paid for once.
async fn is_answered_once(library: &Library, alice: &Asker, asked: &Asked) {
    library.taken_on(1).await;
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;
    let seen: Vec<String> = alice.sees().iter().map(content).collect();
    let answers = seen.iter().filter(|text| text.contains("So it is. [1]"));
    assert_eq!(answers.count(), 1, "{seen:?}");
    assert_eq!(library.researches().paid(), 1);
    // What showed the progress leads to the answer.
    assert!(seen[0].contains("Deep research: ["), "{seen:?}");
}

#[tokio::test]
async fn one_that_waits_for_its_askers_word_still_does() {
    let mut library =
        Library::opens_with(|settings| settings.research.confirm_above_usd = 1.0).await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
    library.crash().await;
    library.start().await;
    alice.presses(&asked.message(), "Begin").await;
    is_answered_once(&library, &alice, &asked).await;
}

#[tokio::test]
async fn what_waits_and_was_never_put_up_is_put_up_by_the_next_process() {
    let mut library = Library::opens_with(|settings| {
        settings.research.confirm_above_usd = 1.0;
        settings.research.at_once_per_server = 1;
    })
    .await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    let first = alice.has_researched("First?").await;
    first
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
    alice.presses(&first.message(), "Begin").await;
    library.taken_on(1).await;
    library.sets(&library.channel(), confirm_above_500()).await;
    let away = Fault::always(FaultAction::Answer {
        status: 503,
        body: json!({}),
    });
    let away = Fault {
        method: Some("PATCH".to_owned()),
        ..away
    };
    library.discord.fault(away).unwrap();
    let second = bob.has_researched("Second?").await;
    let elsewhere = bob.at(&library.discord.channel("elsewhere"));
    let third = elsewhere.has_researched("Third?").await;
    library
        .until_stage(second.interaction.id(), |stage| *stage == Stage::InLine)
        .await;
    library
        .until_stage(third.interaction.id(), |stage| *stage == Stage::Unconfirmed)
        .await;
    library.crash().await;
    library.discord.clear_faults();
    library.start().await;
    second.until(|text| text.contains("place 1")).await;
    third
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
}

fn confirm_above_500() -> footnote_bot::search::fields::Value {
    let dollars = footnote_bot::search::service::Dollars::of_cents(500).unwrap();
    footnote_bot::search::fields::Value::ConfirmAbove(dollars)
}

#[tokio::test]
async fn one_that_waits_in_line_keeps_its_place() {
    let mut library =
        Library::opens_with(|settings| settings.research.at_once_per_server = 1).await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    let first = alice.has_researched("First?").await;
    library.taken_on(1).await;
    let second = bob.has_researched("Second?").await;
    second.until(|text| text.contains("place 1")).await;
    library.crash().await;
    library.start().await;
    library
        .researches()
        .completes(0, "First so.", &[], Some(0.41));
    library.until_over(first.interaction.id()).await;
    library.taken_on(2).await;
    library
        .researches()
        .completes(1, "Second so.", &[], Some(0.41));
    library.until_over(second.interaction.id()).await;
    alice.until_seen("First so.").await;
    alice.until_seen("Second so.").await;
    assert_eq!(library.researches().paid(), 2);
}

#[tokio::test]
async fn one_whose_submission_was_not_answered_is_submitted_under_the_same_key() {
    let mut library = Library::opens().await;
    library.researches().next(Submission::Silent);
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    library.taken_on(1).await;
    library.crash().await;
    library.start().await;
    is_answered_once(&library, &alice, &asked).await;
    assert_eq!(library.researches().book().submitted, 2);
}

#[tokio::test]
async fn a_service_that_honours_no_keys_is_paid_twice_in_that_window_and_it_is_counted() {
    let mut library = Library::opens().await;
    library.researches().ignores_keys();
    library.researches().next(Submission::Silent);
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    library.taken_on(1).await;
    library.crash().await;
    library.start().await;
    library.taken_on(2).await;
    library
        .researches()
        .completes(1, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;
    let record = library
        .until_stage(asked.interaction.id(), |stage| {
            matches!(stage, Stage::Over { .. })
        })
        .await;
    assert_eq!(record.submitted_again, 1);
    alice.until_seen("So it is. [1]").await;
}

#[tokio::test]
async fn one_that_the_service_works_on_is_looked_at_again() {
    let mut library = Library::opens().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked.until(|text| text.contains("Researching")).await;
    for _ in 0..2 {
        library.crash().await;
        library.start().await;
        let looked = library.researches().looked_again();
        tokio::time::timeout(SOON, looked).await.unwrap();
    }
    is_answered_once(&library, &alice, &asked).await;
    assert_eq!(library.researches().book().submitted, 1);
}

#[tokio::test]
async fn one_whose_answer_is_stored_is_shown_without_asking_again() {
    let mut library = Library::opens().await;
    library.loses_replies();
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked.until(|text| text.contains("Researching")).await;
    let refused = Fault::new(
        "POST",
        "/channels/{channel}/messages",
        1,
        FaultAction::Answer {
            status: 503,
            body: json!({}),
        },
    );
    library.discord.fault(refused).unwrap();
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library
        .until_stage(asked.interaction.id(), |stage| {
            matches!(stage, Stage::Told { .. })
        })
        .await;
    library.crash().await;
    library.start().await;
    is_answered_once(&library, &alice, &asked).await;
}

#[tokio::test]
async fn parts_that_were_sent_and_not_noted_are_found_again_long_after() {
    let mut library =
        Library::opens_with(|settings| settings.conversations.threads = Threads::Always).await;
    library.loses_replies();
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked.until(|text| text.contains("Researching")).await;
    // What was posted arrives, and the bot never hears so.
    let unheard = Fault::new(
        "POST",
        "/channels/{channel}/messages",
        9,
        FaultAction::ResetAfter,
    );
    library.discord.fault(unheard).unwrap();
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    let thread = async {
        loop {
            if let Some(thread) = asked.thread() {
                return thread;
            }
            look_again().await;
        }
    };
    let thread = tokio::time::timeout(SOON, thread).await.unwrap();
    let inside = alice.at(&thread);
    let answer = inside.until_seen("So it is. [1]").await;
    library.crash().await;
    library.discord.clear_faults();
    // Longer than Discord knows a nonce.
    let hour = Duration::from_secs(60 * 60);
    library.discord.advance(hour);
    library.clock.advance(hour);
    library.start().await;
    library.until_over(asked.interaction.id()).await;
    let seen: Vec<Value> = inside.sees();
    let answers = seen
        .iter()
        .filter(|message| content(message).contains("So it is. [1]"));
    assert_eq!(answers.count(), 1, "{seen:#?}");
    let parts = library.outcome_in(&thread, asked.interaction.id()).await;
    assert_eq!(parts[0].id(), answer.id());
    assert_eq!(library.researches().paid(), 1);
}

#[tokio::test]
async fn one_that_was_stopped_in_good_order_goes_on_after_the_next_start() {
    let mut library = Library::opens().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked.until(|text| text.contains("Researching")).await;
    library.stop().await;
    library.start().await;
    is_answered_once(&library, &alice, &asked).await;
    assert_eq!(library.researches().book().submitted, 1);
}

#[tokio::test]
async fn one_whose_question_cannot_be_read_any_more_is_given_up_where_it_was_shown() {
    let mut library = Library::opens().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked.until(|text| text.contains("Researching")).await;
    library.crash().await;
    leave_unreadable(&library.settings().data_dir.join("footnote.db")).await;
    library.start().await;
    let given_up = asked
        .until(|text| text.contains("Something went wrong inside Footnote."))
        .await;
    assert!(given_up.contains("did not say what it cost"), "{given_up}");
    library.until_over(asked.interaction.id()).await;
    // Nor does the next process say anything else of it.
    library.crash().await;
    library.start().await;
    let later = library.person("bob").has_researched("Coffee?").await;
    later.until(|text| text.contains("Researching")).await;
    assert_eq!(asked.message().reads(), given_up);
}
