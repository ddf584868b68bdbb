//! The fault cases 1 to 9 for plain questions: by command and by mention, each killed at one named place, then started again.

use crate::every_point::with_each;
use crate::ledger::Seen;
use crate::service::{LONG, STALLS};
use crate::world::{Asked, World};

const INTERRUPTED: &str = "Footnote was restarted while it was answering. Please ask again.";

/// What a question's outcome reads.
async fn outcome(world: &World, asked: &Asked) -> Seen {
    let rows = world.rows().await;
    let question = rows.of_event(asked.event).unwrap().id;
    let seen = world.seen();
    seen.about(question)[0].clone()
}

/// A bot that ends at this point, and what alice asked it by a command and bob by a mention, one of which lets it pass that point.
async fn ended_at(point: &str, words: &str) -> (World, Asked, Asked) {
    let mut world = World::new().await;
    world.starts_to_end_at(point).await;
    let alice = world.asks("alice", 1, words).await;
    let bob = world.mentions("bob", 2, words);
    world.ends_at_its_point().await;
    (world, alice, bob)
}

#[tokio::test(flavor = "multi_thread")]
async fn case_1_killed_before_the_row_a_command_is_not_promised_anything() {
    let mut world = World::new().await;
    world.starts_to_end_at("ask.before_accept").await;
    let asked = world.asks("alice", 1, "").await;
    world.ends_at_its_point().await;
    world.starts().await;
    world.ends_well().await;
    assert!(world.rows().await.questions.is_empty());
    assert!(world.seen().0.is_empty());
    assert_eq!(world.service.paid_for(&asked.number), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_1_killed_before_the_row_a_message_is_heard_after_the_restart() {
    let mut world = World::new().await;
    world.starts_to_end_at("ask.before_accept").await;
    let asked = world.mentions("bob", 1, "");
    world.ends_at_its_point().await;
    world.starts().await;
    world.ends_well().await;
    assert!(outcome(&world, &asked).await.text.contains("q1-whole"));
}

#[tokio::test(flavor = "multi_thread")]
async fn case_2_killed_between_the_row_and_the_acknowledgement_it_visibly_fails() {
    let mut world = World::new().await;
    world.starts_to_end_at("ask.after_accept").await;
    let asked = world.asks("alice", 1, "").await;
    world.ends_at_its_point().await;
    world.starts().await;
    world.ends_well().await;
    let told = outcome(&world, &asked).await;
    assert!(told.text.contains(INTERRUPTED), "{told:?}");
    assert!(told.offers("again"), "{told:?}");
    assert!(
        told.text.starts_with("-# For <@"),
        "it names the asker: {told:?}"
    );
    assert_eq!(world.service.paid_for(&asked.number), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_3_killed_between_the_acknowledgement_and_the_request_it_visibly_fails() {
    let mut world = World::new().await;
    world.starts_to_end_at("ask.before_service").await;
    let asked = world.asks("alice", 1, "").await;
    world.ends_at_its_point().await;
    world.starts().await;
    world.ends_well().await;
    let told = outcome(&world, &asked).await;
    assert_eq!(told.text, INTERRUPTED);
    assert!(told.offers("again"), "{told:?}");
    assert_eq!(world.service.paid_for(&asked.number), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_4_killed_once_the_service_was_asked_it_is_asked_no_second_time() {
    let (mut world, alice, bob) = ended_at("ask.after_event", "").await;
    world.starts().await;
    world.ends_well().await;
    for asked in [alice, bob] {
        assert!(world.service.paid_for(&asked.number) <= 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_5_killed_several_times_on_the_way_it_ends_once() {
    let mut world = World::new().await;
    world.starts().await;
    let alice = world.asks("alice", 1, STALLS).await;
    let bob = world.mentions("bob", 2, STALLS);
    world.service.is_paid_for("q1").await;
    world.service.is_paid_for("q2").await;
    world.is_killed().await;
    for point in [
        "start.after_interrupt",
        "recover.before_looking",
        "deliver.before_part",
    ] {
        world.starts_to_end_at(point).await;
        world.ends_at_its_point().await;
    }
    world.starts().await;
    world.ends_well().await;
    for asked in [alice, bob] {
        let told = outcome(&world, &asked).await;
        assert!(told.text.ends_with(INTERRUPTED), "{told:?}");
        assert_eq!(world.service.paid_for(&asked.number), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_6_killed_with_the_answer_stored_it_is_delivered_and_nobody_is_asked_again() {
    let (mut world, alice, bob) = ended_at("ask.after_record@2", LONG).await;
    world.starts().await;
    world.ends_well().await;
    for asked in [alice, bob] {
        let told = outcome(&world, &asked).await;
        assert!(told.text.contains("-whole"), "{told:?}");
        assert_eq!(world.service.paid_for(&asked.number), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_7_killed_between_posting_a_part_and_noting_it_every_part_stands_there_once() {
    let parts = [
        "deliver.first_part_unnoted",
        "deliver.further_part_unnoted",
        "deliver.further_part_unnoted@2",
        "deliver.further_part_unnoted@3",
    ];
    let each = parts
        .into_iter()
        .flat_map(|part| [(part, true), (part, false)]);
    with_each(each, async |(part, by_command)| {
        let mut world = World::new().await;
        world.starts_to_end_at(part).await;
        let asked = if by_command {
            world.asks("alice", 1, LONG).await
        } else {
            world.mentions("bob", 1, LONG)
        };
        world.ends_at_its_point().await;
        world.starts().await;
        world.ends_well().await;
        // The first part comes to be while the answer is written, which ends with the process.
        let told = outcome(&world, &asked).await;
        let is_whole = told.text.contains("q1-whole");
        assert_eq!(is_whole, part != "deliver.first_part_unnoted", "{told:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn case_8_killed_in_mid_answer_the_same_message_says_so_and_offers_to_try_again() {
    let mut world = World::new().await;
    world.starts().await;
    let alice = world.asks("alice", 1, STALLS).await;
    let bob = world.mentions("bob", 2, STALLS);
    // Both are on the screen, half.
    world.until_seen("It is known.", 2).await;
    let before = world.seen().0.len();
    world.is_killed().await;
    world.starts().await;
    world.ends_well().await;
    assert_eq!(world.seen().0.len(), before, "no further message");
    for asked in [alice, bob] {
        let told = outcome(&world, &asked).await;
        assert!(told.text.ends_with(INTERRUPTED), "{told:?}");
        assert!(told.offers("again"), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_9_told_to_stop_in_mid_answers_it_ends_in_good_order_and_says_so() {
    let mut world = World::new().await;
    world.starts().await;
    for number in 1..=6 {
        let (person, words) = (
            format!("person-{number}"),
            if number % 2 == 0 { STALLS } else { LONG },
        );
        if number < 4 {
            world.asks(&person, number, words).await;
        } else {
            world.mentions(&person, number, words);
        }
    }
    for number in 1..=6 {
        world.service.is_paid_for(&format!("q{number}")).await;
    }
    world.stops().await;
    let rows = world.rows().await;
    assert_eq!(rows.questions.len(), 6);
    assert!(
        rows.are_settled(),
        "nothing is left to the next start: {rows:?}"
    );
    world.starts().await;
    world.ends_well().await;
    let failed = |number: u32| {
        let number = format!("q{number}");
        let mut kept = rows.questions.iter();
        kept.find(|kept| kept.number == number)
            .unwrap()
            .failure
            .is_some()
    };
    assert_eq!(
        [2, 4, 6].map(failed),
        [true; 3],
        "these never end by themselves"
    );
}
