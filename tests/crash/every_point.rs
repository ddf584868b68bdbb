//! Every named point: the bot ends there, once and twice in a row, and is started again. No point can be forgotten: what the code passes, what is
//! listed and what is tried here are compared.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use footnote_bot::failpoint::POINTS;
use futures_util::{FutureExt, StreamExt, stream};

use crate::service::{LONG, STALLS};
use crate::world::World;

/// So many worlds live side by side.
const AT_ONCE: usize = 4;

/// When a point is passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// While questions are asked and answered.
    Asking,
    /// At a start that finds what a killed process left.
    Starting,
    /// At an end in good order.
    Stopping,
}

fn when(point: &str) -> When {
    let kind = point.split('.').next().unwrap_or_default();
    match (kind, point) {
        ("start" | "recover", _) => When::Starting,
        ("stop", _) | (_, "jobs.before_release") => When::Stopping,
        ("jobs", _) => When::Starting,
        _ => When::Asking,
    }
}

/// Several people ask in every way there is, and one who has to wait for the turn of a research cancels it.
async fn everybody_asks(world: &mut World) {
    world.asks("alice", 1, LONG).await;
    world.mentions("bob", 2, "");
    world.mentions("carol", 3, LONG);
    world.researches("dave", 4, LONG).await;
    for (number, person) in (5..).zip(["erin", "frank"]) {
        world.researches(person, number, "").await;
    }
    let last = world.researches("grace", 7, "").await;
    world.cancels("grace", &last).await;
}

/// Lets the bot end at this point.
async fn ends_at(world: &mut World, point: &str) {
    match when(point) {
        When::Asking => {
            world.starts_to_end_at(point).await;
            everybody_asks(world).await;
        }
        When::Starting => {
            world.starts().await;
            everybody_asks(world).await;
            world.asks("heidi", 8, STALLS).await;
            world.service.is_paid_for("q8").await;
            world.service.is_paid_for("q4").await;
            world.is_killed().await;
            world.starts_to_end_at(point).await;
        }
        When::Stopping => {
            world.starts_to_end_at(point).await;
            everybody_asks(world).await;
            world.service.is_paid_for("q1").await;
            world.is_told_to_stop();
        }
    }
    world.ends_at_its_point().await;
}

/// Does this with every one of these, some side by side; tells of all that failed.
pub(crate) async fn with_each<T: std::fmt::Debug + Clone, F: Future<Output = ()>>(
    all: impl IntoIterator<Item = T>,
    tried: impl Fn(T) -> F,
) {
    let tried = stream::iter(all).map(|one| {
        let name = format!("{one:?}");
        let trying = AssertUnwindSafe(tried(one)).catch_unwind();
        async move { trying.await.err().map(|_| name) }
    });
    let failed: Vec<String> = tried
        .buffer_unordered(AT_ONCE)
        .filter_map(async |failed| failed)
        .collect()
        .await;
    assert!(failed.is_empty(), "these failed, as told above: {failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_point_all_that_was_asked_ends_once() {
    with_each(POINTS.iter().copied(), async |point| {
        let mut world = World::new().await;
        ends_at(&mut world, point).await;
        world.starts().await;
        world.ends_well().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_every_point_and_once_more_on_the_way_back_all_that_was_asked_ends_once() {
    // The second kill is at the points in turn that are passed after a start.
    let back: Vec<&str> = POINTS
        .iter()
        .copied()
        .filter(|point| {
            when(point) == When::Starting && !point.starts_with("jobs")
                || point.starts_with("deliver.")
        })
        .collect();
    let pairs = POINTS.iter().copied().enumerate().map(|(turn, first)| {
        let second = back[turn % back.len()];
        (first, second)
    });
    with_each(pairs, async |(first, second)| {
        let mut world = World::new().await;
        ends_at(&mut world, first).await;
        world.starts_to_end_at(second).await;
        if world.ends_at_its_point_or_settles().await {
            world.starts().await;
        }
        world.ends_well().await;
    })
    .await;
}

/// The points that the code passes.
fn passed() -> BTreeSet<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut passed = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let calls = text.split("failpoint::pass(\"").skip(1);
            passed.extend(calls.filter_map(|call| Some(call.split_once('"')?.0.to_owned())));
        }
    }
    passed
}

#[test]
fn every_point_that_the_code_passes_is_listed_and_tried() {
    let listed: BTreeSet<String> = POINTS.iter().map(|&point| point.to_owned()).collect();
    assert_eq!(listed.len(), POINTS.len(), "a point is listed twice");
    assert_eq!(passed(), listed);
}
