//! The place of a question while it is researched: archived, locked, deleted, left. Each has its outcome.

use discord_emulator::Permissions;
use footnote_bot::conversation::failure::Failure;
use footnote_bot::conversation::outcome::Outcome;

use footnote_bot::research::record::Stage;

use super::Library;
use crate::harness::{Asked, Asker};

const SO: &str = "So it is. [1]";

/// Somebody who keeps order in the server.
fn moderator(library: &Library) -> Asker {
    let mia = library.person("mia");
    let role = library.discord.role(
        "keepers",
        Permissions::MANAGE_THREADS | Permissions::MANAGE_CHANNELS,
    );
    mia.person.gets(role);
    mia
}

/// Alice in a thread of hers, and what she has researched there, which the service has begun.
async fn in_a_thread(library: &Library) -> (Asker, Asked) {
    let alice = library.person("alice");
    let inside = alice.at(&alice.opens_thread("Tea"));
    let asked = inside.has_researched("Tea?").await;
    library.taken_on(1).await;
    asked.until(|text| text.contains("Researching")).await;
    (inside, asked)
}

async fn completes(library: &Library, asked: &Asked) {
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;
}

#[tokio::test]
async fn a_thread_that_was_archived_comes_back_for_the_answer() {
    let library = Library::opens().await;
    library.loses_replies();
    let (inside, asked) = in_a_thread(&library).await;
    moderator(&library)
        .person
        .archives(&inside.channel)
        .unwrap();
    completes(&library, &asked).await;
    let answer = inside.until_seen(SO).await;
    assert_eq!(library.pinged_by(&answer), [inside.person.id()]);
    let thread = inside.channel.json().unwrap();
    assert_eq!(thread["thread_metadata"]["archived"], false);
}

#[tokio::test]
async fn of_a_thread_that_was_locked_the_channel_above_has_the_answer() {
    let library = Library::opens().await;
    library.loses_replies();
    let (inside, asked) = in_a_thread(&library).await;
    let mia = moderator(&library);
    mia.person.locks(&inside.channel).unwrap();
    mia.person.archives(&inside.channel).unwrap();
    completes(&library, &asked).await;
    let above = inside.at(&library.channel());
    let answer = above.until_seen(SO).await;
    let text = answer.reads();
    assert!(text.contains("who asked in"), "{text}");
    assert_eq!(library.pinged_by(&answer), [inside.person.id()]);
}

#[tokio::test]
async fn of_a_thread_that_was_deleted_nothing_is_researched_any_more() {
    let library = Library::opens().await;
    library.loses_replies();
    let (inside, asked) = in_a_thread(&library).await;
    moderator(&library)
        .person
        .deletes_channel(&inside.channel)
        .unwrap();
    library.until_stored(&asked).await;
    let outcome = library.outcome(asked.interaction.id()).await;
    assert_eq!(outcome, Some(Outcome::failed(Failure::Cancelled)));
    // Nothing is left but to learn what it costs.
    library
        .until_stage(asked.interaction.id(), |stage| {
            matches!(stage, Stage::Settling { .. })
        })
        .await;
}

#[tokio::test]
async fn an_answer_whose_place_is_gone_when_it_comes_is_sent_to_the_asker() {
    let mut library = Library::opens().await;
    library.loses_replies();
    let (inside, asked) = in_a_thread(&library).await;
    library.stop().await;
    moderator(&library)
        .person
        .deletes_channel(&inside.channel)
        .unwrap();
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.start().await;
    library.until_over(asked.interaction.id()).await;
    let answer = inside.is_alone_with_the_bot().until_seen(SO).await;
    let text = answer.reads();
    assert!(
        text.contains("The place where you asked is gone."),
        "{text}"
    );
}

#[tokio::test]
async fn when_the_bot_is_taken_from_a_server_its_researches_are_cancelled() {
    let library = Library::opens().await;
    library.loses_replies();
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    library.taken_on(1).await;
    asked.until(|text| text.contains("Researching")).await;
    library.discord.removes_bot();
    library.until_stored(&asked).await;
    let outcome = library.outcome(asked.interaction.id()).await;
    assert_eq!(outcome, Some(Outcome::failed(Failure::Cancelled)));
    // Nothing is left but to learn what it costs.
    library
        .until_stage(asked.interaction.id(), |stage| {
            matches!(stage, Stage::Settling { .. })
        })
        .await;
    assert_eq!(library.researches().book().submitted, 1);
}

#[tokio::test]
async fn an_asker_who_left_is_answered_where_they_asked() {
    let library = Library::opens().await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    let asked = alice.has_researched("Tea?").await;
    library.taken_on(1).await;
    alice.person.leaves_guild();
    completes(&library, &asked).await;
    let answer = bob.until_seen(SO).await;
    assert_eq!(
        library.pinged_by(&answer),
        [0_u64; 0],
        "nobody is there to be pinged"
    );
}
