//! A line for each server, in which everybody has their turn and sees their place.

use super::Library;
use crate::harness::research_service::{Submission, asks};

#[tokio::test]
async fn everybody_has_their_turn_and_sees_their_place_change() {
    let library = Library::opens_with(|settings| settings.research.at_once_per_server = 1).await;
    let (alice, bob) = (library.person("alice"), library.person("bob"));
    alice.has_researched("Alice's first?").await;
    library.taken_on(1).await;
    let second = alice.has_researched("Alice's second?").await;
    second.until(|text| text.contains("place 1")).await;
    let third = alice.has_researched("Alice's third?").await;
    third.until(|text| text.contains("place 2")).await;
    // Bob had no turn yet, so his comes before hers.
    let bobs = bob.has_researched("Bob's?").await;
    bobs.until(|text| text.contains("place 1")).await;
    second.until(|text| text.contains("place 2")).await;
    third.until(|text| text.contains("place 3")).await;

    for turn in 0..4 {
        library.taken_on(turn + 1).await;
        assert_eq!(
            library.researches().paid(),
            turn + 1,
            "more than one at once"
        );
        if turn == 1 {
            second.until(|text| text.contains("place 1")).await;
        }
        library
            .researches()
            .completes(turn, "So it is.[1]", &["https://example.org/so"], None);
    }
    for asked in [&second, &third, &bobs] {
        library.until_over(asked.interaction.id()).await;
    }
    let book = library.researches().book();
    let order: Vec<&str> = book
        .taken
        .iter()
        .map(|taken| asks(&taken.request))
        .collect();
    assert_eq!(
        order,
        [
            "Alice's first?",
            "Bob's?",
            "Alice's second?",
            "Alice's third?"
        ]
    );
}

#[tokio::test]
async fn a_busy_service_is_waited_for_and_the_asker_sees_until_when() {
    let library = Library::opens().await;
    library.researches().next(Submission::Busy(Some(2)));
    let alice = library.person("alice");
    let asked = alice.has_researched("Tea?").await;
    library.taken_on(1).await;
    library
        .researches()
        .completes(0, "So it is.[1]", &["https://example.org/so"], Some(0.41));
    library.until_over(asked.interaction.id()).await;
    alice.until_seen("So it is. [1]").await;
    assert_eq!(library.researches().book().submitted, 2);
    assert_eq!(library.researches().paid(), 1);
}
