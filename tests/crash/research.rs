//! The fault cases 1 to 9 for researches: each killed at one named place, then started again.

use std::time::Duration;

use crate::every_point::with_each;
use crate::rows::Rows;
use crate::service::{LONG, STALLS};
use crate::world::{Asked, World, look_again};

/// A bot that was killed at this point, on its way with one research.
async fn ended_at(point: &str, words: &str) -> (World, Asked) {
    let mut world = World::new().await;
    world.starts_to_end_at(point).await;
    let asked = world.researches("alice", 1, words).await;
    world.ends_at_its_point().await;
    (world, asked)
}

/// The same, started again, with everything that came of it.
async fn after_ending_at(point: &str, words: &str) -> (World, Asked) {
    let (mut world, asked) = ended_at(point, words).await;
    world.starts().await;
    world.ends_well().await;
    (world, asked)
}

/// Whether the whole answer to it stands there; that it does so once is what the oracle sees to.
fn is_answered(world: &World, asked: &Asked) -> bool {
    let whole = crate::service::whole(&asked.number);
    !world.seen().with(&whole).is_empty()
}

/// Under how many names it was submitted, and how often.
fn submitted(world: &World) -> (usize, usize) {
    let book = world.service.book();
    let mut keys: Vec<_> = book.submitted.iter().map(|(_, key)| key).collect();
    keys.sort();
    keys.dedup();
    (keys.len(), book.submitted.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn case_1_killed_before_the_row_nothing_is_promised_and_nothing_paid() {
    let (world, asked) = after_ending_at("research.before_accept", "").await;
    assert!(world.rows().await.questions.is_empty());
    assert!(world.seen().0.is_empty());
    assert_eq!(world.service.paid_for(&asked.number), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_2_killed_between_the_row_and_the_acknowledgement_it_is_answered_all_the_same() {
    for point in ["research.after_accept", "research.before_acknowledge"] {
        let (world, asked) = after_ending_at(point, "").await;
        assert!(is_answered(&world, &asked), "{point}");
        assert_eq!(world.service.paid_for(&asked.number), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_3_killed_between_the_acknowledgement_and_the_submission_it_is_submitted_once() {
    for point in [
        "research.after_acknowledge",
        "research.progress_unnoted",
        "research.before_submitting",
        "research.after_submitting",
        "research.before_submit_sent",
    ] {
        let (world, asked) = after_ending_at(point, "").await;
        assert!(is_answered(&world, &asked), "{point}");
        assert_eq!(submitted(&world), (1, 1), "{point}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_4_killed_before_the_services_name_is_stored_it_is_submitted_under_the_same_key() {
    let (world, asked) = after_ending_at("research.after_submit_sent", "").await;
    assert!(is_answered(&world, &asked));
    assert_eq!(submitted(&world), (1, 2));
    assert_eq!(world.service.paid_for(&asked.number), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_4_a_service_that_honours_no_keys_is_paid_twice_and_that_is_counted() {
    let mut world = World::new().await;
    world.service.behaves(|manner| manner.honours_keys = false);
    world.starts_to_end_at("research.after_submit_sent").await;
    let asked = world.researches("alice", 1, "").await;
    world.ends_at_its_point().await;
    world.starts().await;
    world.ends_well().await;
    assert!(is_answered(&world, &asked));
    assert_eq!(world.service.paid_for(&asked.number), 2);
    assert_eq!(world.rows().await.jobs[0].submitted_again, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_4_killed_while_it_waits_for_the_services_reply_it_is_submitted_under_the_same_key() {
    let mut world = World::new().await;
    world.service.behaves(|manner| manner.loses_replies = true);
    world.starts().await;
    let asked = world.researches("alice", 1, "").await;
    world.service.is_paid_for(&asked.number).await;
    world.is_killed().await;
    world.service.behaves(|manner| manner.loses_replies = false);
    world.starts().await;
    world.ends_well().await;
    assert!(is_answered(&world, &asked));
    assert_eq!(submitted(&world), (1, 2));
    assert_eq!(world.service.paid_for(&asked.number), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_5_killed_again_and_again_while_it_is_looked_at_it_is_submitted_once() {
    let mut world = World::new().await;
    world
        .service
        .behaves(|manner| manner.research = Duration::MAX);
    world.starts_to_end_at("research.after_id_stored").await;
    let asked = world.researches("alice", 1, LONG).await;
    world.ends_at_its_point().await;
    for point in [
        "research.before_look",
        "research.after_look",
        "research.after_look@2",
    ] {
        world.starts_to_end_at(point).await;
        world.ends_at_its_point().await;
    }
    world
        .service
        .behaves(|manner| manner.research = Duration::ZERO);
    world.starts().await;
    world.ends_well().await;
    assert!(is_answered(&world, &asked));
    assert_eq!(submitted(&world), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn case_6_killed_with_the_answer_stored_it_is_posted_and_the_service_hears_nothing_more() {
    for point in ["research.after_answer_stored", "research.before_deliver"] {
        let (mut world, asked) = ended_at(point, LONG).await;
        let looked = world.service.book().looked;
        world.starts().await;
        world.ends_well().await;
        assert!(is_answered(&world, &asked), "{point}");
        assert_eq!(world.service.book().looked, looked, "{point}");
        assert_eq!(submitted(&world), (1, 1), "{point}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_7_killed_between_posting_a_part_and_noting_it_every_part_stands_there_once() {
    let parts = 1..=4;
    let at_each = parts.flat_map(|part| {
        let points = ["research.after_part_sent", "research.after_part_noted"];
        points.map(|point| format!("{point}@{part}"))
    });
    with_each(at_each, async |point| {
        let (world, asked) = after_ending_at(&point, LONG).await;
        assert!(is_answered(&world, &asked));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn case_7_parts_that_discord_has_forgotten_the_nonces_of_are_found_where_they_stand() {
    with_each(1..=4, async |part| {
        let (mut world, asked) = ended_at(&format!("research.after_part_sent@{part}"), LONG).await;
        world.discord.advance(Duration::from_secs(20 * 60));
        world.starts().await;
        world.ends_well().await;
        assert!(is_answered(&world, &asked));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn case_8_killed_with_its_progress_on_the_screen_that_becomes_what_leads_to_the_answer() {
    let mut world = World::new().await;
    world
        .service
        .behaves(|manner| manner.research = Duration::MAX);
    world.starts().await;
    let asked = world.researches("alice", 1, "").await;
    let looked_at = |book: &crate::service::Book| book.looked > 1;
    world.service.until(looked_at).await;
    world.is_killed().await;
    world
        .service
        .behaves(|manner| manner.research = Duration::ZERO);
    world.starts().await;
    world.ends_well().await;
    assert!(is_answered(&world, &asked));
    let seen = world.seen();
    let progress = seen.0.first().unwrap();
    assert!(progress.controls.is_empty(), "{progress:?}");
    assert!(
        progress.text.contains("https://discord.com/channels/"),
        "{progress:?}"
    );
}

/// Waits until the store is so.
async fn until(world: &World, wanted: impl Fn(&Rows) -> bool) {
    let until = async {
        while !wanted(&world.rows().await) {
            look_again().await;
        }
    };
    let until = tokio::time::timeout(crate::world::IN_TIME, until).await;
    assert!(until.is_ok(), "{:?}", world.rows().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_9_told_to_stop_amid_researches_it_gives_them_back_and_the_next_process_goes_on() {
    let mut world = World::new().await;
    world
        .service
        .behaves(|manner| manner.research = Duration::MAX);
    world.starts().await;
    let people = ["alice", "bob", "carol", "dave", "erin", "frank"];
    for (number, person) in (1..).zip(people) {
        world.researches(person, number, "").await;
    }
    // As many as have their turn at the same time in one server, and some in line.
    until(&world, |rows| {
        rows.jobs.iter().filter(|job| job.is_held).count() == 3
    })
    .await;
    world.stops().await;
    let jobs = world.rows().await.jobs;
    assert_eq!(jobs.len(), people.len());
    assert!(
        jobs.iter().all(|job| !job.is_held && !job.has_ended),
        "{jobs:?}"
    );
    world
        .service
        .behaves(|manner| manner.research = Duration::ZERO);
    world.starts().await;
    world.ends_well().await;
    for asked in world.asked() {
        assert!(is_answered(&world, asked), "{}", asked.number);
        assert_eq!(world.service.paid_for(&asked.number), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_and_killed_at_every_step_of_it_it_is_told_once() {
    let points = [
        "research.before_failure_stored",
        "research.after_failure_stored",
        "research.before_deliver",
        "research.in_place_unnoted",
        "research.after_deliver",
    ];
    with_each(points, async |point| {
        let mut world = World::new().await;
        world.starts_to_end_at(point).await;
        let asked = world.researches("alice", 1, STALLS).await;
        world.service.is_paid_for(&asked.number).await;
        world.cancels("alice", &asked).await;
        world.ends_at_its_point().await;
        world.starts().await;
        world.ends_well().await;
        let rows = world.rows().await;
        let kept = rows.of_event(asked.event).unwrap();
        assert_eq!(kept.failure.as_deref(), Some("cancelled"));
        assert_eq!(rows.jobs[0].stage, "settling", "{rows:?}");
    })
    .await;
}
