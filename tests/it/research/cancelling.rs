//! Cancelling works wherever a research stands, and says what is paid all the same.

use footnote_bot::conversation::failure::Failure;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::research::record::Stage;
use serde_json::json;

use super::Library;
use crate::harness::content;
use crate::harness::messages::{until, until_gone};
use crate::harness::pressing::{buttons, whispered};

const CANCELLED: &str = "The research was cancelled.";

#[tokio::test]
async fn one_that_was_never_begun_is_cancelled_for_nothing() {
    let library = Library::opens_with(|settings| settings.research.confirm_above_usd = 1.0).await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
    alice.presses(&asked.message(), "Cancel").await;
    let shown = asked.until(|text| text.contains(CANCELLED)).await;
    assert!(shown.contains("Nothing was paid."), "{shown}");
    library.until_over(asked.interaction.id()).await;
    assert_eq!(library.researches().book().submitted, 0);
    assert_eq!(alice.sees().len(), 1);
}

#[tokio::test]
async fn one_that_waits_in_line_is_cancelled_for_nothing_and_lets_the_others_move_up() {
    let library = Library::opens_with(|settings| settings.research.at_once_per_server = 1).await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    alice.has_researched("First?").await;
    library.taken_on(1).await;
    let second = alice.has_researched("Second?").await;
    second.until(|text| text.contains("place 1")).await;
    let third = bob.has_researched("Third?").await;
    third.until(|text| text.contains("In line")).await;
    alice.presses(&second.message(), "Cancel").await;
    let shown = second.until(|text| text.contains(CANCELLED)).await;
    assert!(shown.contains("Nothing was paid."), "{shown}");
    third.until(|text| text.contains("place 1")).await;
    library.until_over(second.interaction.id()).await;
    assert_eq!(library.researches().book().submitted, 1);
}

#[tokio::test]
async fn one_that_the_service_works_on_is_cancelled_and_what_it_costs_is_told_in_the_end() {
    let mut library = Library::opens().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    library.taken_on(1).await;
    asked.until(|text| text.contains("Researching")).await;
    assert_eq!(buttons(&asked.interaction.reply().unwrap()), ["Cancel"]);
    alice.presses(&asked.message(), "Cancel").await;
    let shown = asked.until(|text| text.contains(CANCELLED)).await;
    assert!(shown.contains("no way to stop it"), "{shown}");
    library
        .until_stage(asked.interaction.id(), |stage| {
            matches!(stage, Stage::Settling { .. })
        })
        .await;

    // What is known in the end is told by whichever process learns of it; the next one looks soon.
    library.stop().await;
    library
        .researches()
        .completes(0, "Too late.", &[], Some(0.37));
    library.start().await;
    let message = asked.message();
    until(&message, |json| content(json).contains("$0.37")).await;
    library.until_over(asked.interaction.id()).await;
    let outcome = library.outcome(asked.interaction.id()).await;
    assert_eq!(outcome, Some(Outcome::failed(Failure::Cancelled)));
    assert_eq!(alice.sees().len(), 1, "nothing else was said");
}

#[tokio::test]
async fn others_cannot_cancel_it_and_one_that_is_over_cannot_be_cancelled() {
    let library = Library::opens().await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    let asked = alice.has_researched("Tea?").await;
    library.taken_on(1).await;
    asked.until(|text| text.contains("Researching")).await;
    let pressed = bob.presses(&asked.message(), "Cancel").await;
    assert!(whispered(&pressed).await.starts_with("Only the person"));

    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;
    let answer = alice.until_seen("So it is. [1]").await;
    let question = library.question_by(asked.interaction.id()).await;
    // A press that was on its way while the button was taken away.
    let pressed = library
        .forges(
            &format!("follow:{question}"),
            &format!("cancel:{question}"),
            alice.person.presses(&answer, "Follow up"),
        )
        .await;
    let told = whispered(&pressed).await;
    assert!(told.starts_with("There is nothing left"), "{told}");
    let outcome = library.outcome(asked.interaction.id()).await;
    assert!(matches!(outcome, Some(Outcome::Answered(_))));
}

#[tokio::test]
async fn a_question_that_is_deleted_takes_its_research_along() {
    let library = Library::opens_with(|settings| {
        settings.conversations.on_delete = footnote_bot::settings::conversations::OnDelete::Remove;
    })
    .await;
    library
        .sets_everywhere(footnote_bot::search::fields::Value::Model(
            footnote_bot::search::service::Model::Depth(
                footnote_bot::search::service::Depth::Research,
            ),
        ))
        .await;
    let alice = library.person("alice");
    let question = alice.mentions_bot("Tea?");
    library.taken_on(1).await;
    let progress = library.reply_to(&question).await;
    until(&progress, |json| content(json).contains("Researching")).await;
    alice.deletes(&question);
    until_gone(&progress).await;
    library
        .researches()
        .completes(0, "Too late.", &[], Some(0.37));
    library.until_over(question.id()).await;
    assert_eq!(json!(alice.sees()), json!([]));
}

#[tokio::test]
async fn an_answer_that_was_researched_is_deleted_with_what_leads_to_it() {
    let library = Library::opens().await;
    let alice = library.person("alice");
    library.researches_for(&alice, "Tea?").await;
    let answer = alice.until_seen("So it is. [1]").await;
    alice.presses(&answer, "Delete").await;
    until_gone(&answer).await;
    let gone = async {
        while !alice.sees().is_empty() {
            crate::harness::look_again().await;
        }
    };
    tokio::time::timeout(crate::harness::SOON, gone)
        .await
        .unwrap();
}
