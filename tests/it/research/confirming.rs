//! A research that may cost more than is set begins when its asker says so, and not before.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction, Permissions};
use footnote_bot::conversation::failure::Failure;
use footnote_bot::conversation::outcome::Outcome;
use footnote_bot::research::record::Stage;
use footnote_bot::search::fields::Value;
use footnote_bot::search::service::{Depth, Dollars, Model};
use serde_json::json;

use super::Library;
use crate::harness::content;
use crate::harness::messages::until;
use crate::harness::pressing::{buttons, whispered};

/// A bot where every research is to be confirmed.
async fn careful() -> Library {
    Library::opens_with(|settings| settings.research.confirm_above_usd = 1.0).await
}

#[tokio::test]
async fn a_research_above_the_limit_waits_for_its_asker_and_costs_nothing_before() {
    let library = careful().await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    let asked = alice.has_researched("Tea?").await;
    let shown = asked
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
    assert!(shown.contains("about $0.50, up to $1.50"), "{shown}");
    assert_eq!(
        buttons(&asked.interaction.reply().unwrap()),
        ["Begin", "Cancel"]
    );
    let pressed = bob.presses(&asked.message(), "Begin").await;
    let told = whispered(&pressed).await;
    assert!(told.starts_with("Only whoever has this"), "{told}");
    assert_eq!(library.researches().book().submitted, 0);

    alice.presses(&asked.message(), "Begin").await;
    library.taken_on(1).await;
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;
    alice.until_seen("So it is. [1]").await;
    assert_eq!(library.researches().paid(), 1);
}

#[tokio::test]
async fn a_confirmation_that_discord_does_not_take_at_first_is_put_up_all_the_same() {
    let library = careful().await;
    library.discord.fault(away(1)).unwrap();
    let asked = library.person("alice").has_researched("Tea?").await;
    asked
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
}

#[tokio::test]
async fn where_the_bot_is_not_the_answer_comes_by_the_reply_to_the_word() {
    let library = careful().await;
    let alice = library.person("alice");
    alice.person.installs();
    library.discord.removes_bot();
    let asked = alice.has_researched("Tea?").await;
    asked
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
    let pass = |seconds| {
        library.clock.advance(Duration::from_secs(seconds));
        library.discord.advance(Duration::from_secs(seconds));
    };
    pass(14 * 60 + 30);
    alice.presses(&asked.message(), "Begin").await;
    library.taken_on(1).await;
    // The reply to the question cannot be written any more.
    pass(60);
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    asked.until(|text| text.contains("So it is. [1]")).await;
    library.until_over(asked.interaction.id()).await;
}

#[tokio::test]
async fn a_moderator_who_has_it_tried_again_agrees_to_the_cost_and_its_asker_does_not() {
    let library = careful().await;
    let (alice, mia) = (library.person("alice"), library.person("mia"));
    let role = library.discord.role("mods", Permissions::MANAGE_MESSAGES);
    mia.person.gets(role);
    let asked = alice.has_researched("Tea?").await;
    asked
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
    let message = asked.message();
    let refused = mia.presses(&message, "Begin").await;
    let told = whispered(&refused).await;
    assert!(told.starts_with("Only whoever has this"), "{told}");
    alice.presses(&message, "Cancel").await;
    library.until_over(asked.interaction.id()).await;

    mia.presses(&message, "Try again").await;
    until(&message, |json| {
        content(json).contains("nothing has been asked yet")
    })
    .await;
    let refused = alice.presses(&message, "Begin").await;
    let told = whispered(&refused).await;
    assert!(told.starts_with("Only whoever has this"), "{told}");
    mia.presses(&message, "Begin").await;
    library.taken_on(1).await;
    assert_eq!(library.researches().book().submitted, 1);
}

#[tokio::test]
async fn what_was_researched_is_answered_once_more_as_its_place_is_set_by_then() {
    let library = Library::opens().await;
    let depth = |depth| Value::Model(Model::Depth(depth));
    library.sets_everywhere(depth(Depth::Research)).await;
    let alice = library.person("alice");
    let question = alice.mentions_bot("Tea?");
    library.taken_on(1).await;
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(question.id()).await;
    let answer = alice.until_seen("So it is. [1]").await;
    library.sets_everywhere(depth(Depth::Standard)).await;
    library.will_answer("Plainly so.", &[]);
    alice.presses(&answer, "Regenerate").await;
    until(&answer, |json| content(json).contains("Plainly so.")).await;
    assert_eq!(library.researches().book().submitted, 1);
}

#[tokio::test]
async fn one_that_nobody_confirms_ends_by_itself_and_can_be_tried_again() {
    let library = careful().await;
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    asked
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
    let minutes = Duration::from_secs(16 * 60);
    library.clock.advance(minutes);
    library.discord.advance(minutes);
    library.research_desk().workers().wake();
    library.until_over(asked.interaction.id()).await;
    let outcome = library.outcome(asked.interaction.id()).await;
    assert_eq!(outcome, Some(Outcome::failed(Failure::Unconfirmed)));
    // It says so where it stood, and pings nobody.
    let message = asked.message();
    let shown = until(&message, |json| {
        content(json).contains("Nothing was researched")
    })
    .await;
    assert!(content(&shown).contains("Nothing was paid."), "{shown}");
    assert_eq!(alice.sees().len(), 1);
    assert_eq!(library.pinged_by(&message), [0_u64; 0]);

    alice.presses(&message, "Try again").await;
    until(&message, |json| {
        content(json).contains("nothing has been asked yet")
    })
    .await;
    alice.presses(&message, "Begin").await;
    library.taken_on(1).await;
    assert_eq!(library.researches().book().submitted, 1);
}

#[tokio::test]
async fn what_is_set_in_a_place_decides_what_is_confirmed_there() {
    let library = careful().await;
    library
        .sets(&library.channel(), Value::ConfirmAbove(dollars(500)))
        .await;
    let alice = library.person("alice");
    alice.has_researched("Tea?").await;
    library.taken_on(1).await;

    let elsewhere = alice.at(&library.discord.channel("elsewhere"));
    let asked = elsewhere.has_researched("Coffee?").await;
    library
        .until_stage(asked.interaction.id(), |stage| *stage == Stage::Unconfirmed)
        .await;
    asked
        .until(|text| text.contains("nothing has been asked yet"))
        .await;
    assert_eq!(library.researches().paid(), 1);
}

/// Discord does not take the next edits of replies.
fn away(times: u32) -> Fault {
    let unavailable = FaultAction::Answer {
        status: 503,
        body: json!({}),
    };
    Fault::new("PATCH", "/webhooks/", times, unavailable)
}

fn dollars(cents: u32) -> Dollars {
    Dollars::of_cents(cents).unwrap()
}
