//! A hundred kills at moments that seeds decide, while several people have questions under way. `SEED=` replays one.

use crate::chance::Chance;
use crate::every_point::with_each;
use crate::service::LONG;
use crate::world::World;

/// How many worlds there are.
const WORLDS: u64 = 20;

/// How often the bot is killed in each of them.
const KILLS: u32 = 5;

/// What decides everything in one of them, as `SEED=` names it.
#[derive(Clone, Copy, Debug)]
struct Seed(u64);

/// Several people ask again and again, and the bot is killed again and again, also while it starts.
async fn killed_at_random(Seed(seed): Seed) {
    let mut chance = Chance::of(seed);
    let mut world = World::new().await;
    world.service.behaves(|manner| {
        manner.pause = chance.millis(1..60);
        manner.research = chance.millis(1..4_000);
        manner.honours_keys = chance.of_range(0..4) > 0;
    });
    let mut number = 0;
    for kill in 0..KILLS {
        if kill > 0 && chance.of_range(0..4) == 0 {
            let while_it_starts = chance.millis(0..600);
            world.is_killed_while_it_starts(while_it_starts).await;
            continue;
        }
        world.starts().await;
        for _ in 0..chance.of_range(1..4) {
            number += 1;
            let person = *chance.one_of(&["alice", "bob", "carol"]);
            let words = *chance.one_of(&["", LONG]);
            match chance.of_range(0..3) {
                0 => world.asks(person, number, words).await,
                1 => world.mentions(person, number, words),
                _ => {
                    let asked = world.researches(person, number, words).await;
                    if chance.of_range(0..3) == 0 {
                        world.cancels(person, &asked).await;
                    }
                    asked
                }
            };
            tokio::time::sleep(chance.millis(0..200)).await;
        }
        tokio::time::sleep(chance.millis(0..2_000)).await;
        // Also while it comes to its end in good order.
        if chance.of_range(0..4) == 0 {
            world.is_told_to_stop();
            tokio::time::sleep(chance.millis(0..1_000)).await;
            world.is_killed_or_over().await;
        } else {
            world.is_killed().await;
        }
    }
    world.starts().await;
    world.ends_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_all_that_was_asked_ends_once() {
    #[expect(clippy::disallowed_methods, reason = "it is no setting of the bot's")]
    let wanted = std::env::var("SEED").ok().map(|seed| seed.parse().unwrap());
    let seeds = wanted.map_or(0..WORLDS, |seed: u64| seed..seed + 1);
    with_each(seeds.map(Seed), killed_at_random).await;
}
