//! The fault cases 16 to 19 and 21, for plain questions and for researches, before and after a kill: what Discord loses, forgets, refuses, has no
//! more, or tells twice.

use std::time::Duration;

use discord_emulator::{Channel, EventAction, EventFault, Fault, FaultAction, Permissions};
use serde_json::json;

use crate::service::{LONG, whole};
use crate::world::{Asked, Way, World};

const MESSAGES: &str = "/channels/{channel}/messages";

fn answer(status: u16, code: u64) -> FaultAction {
    let body = json!({ "message": "as ordered", "code": code });
    FaultAction::Answer { status, body }
}

/// A started world in which these faults are met.
async fn meeting(faults: impl IntoIterator<Item = Fault>) -> World {
    let mut world = World::new().await;
    world.starts().await;
    for fault in faults {
        world.discord.fault(fault).unwrap();
    }
    world
}

/// In which channel the whole answer stands; that it stands in one only is what the oracle sees to.
fn answered_in(world: &World, asked: &Asked) -> u64 {
    let seen = world.seen();
    let answers = seen.with(&whole(&asked.number));
    assert_eq!(answers.len(), 1, "{:#?}", seen.0);
    answers[0].channel
}

#[tokio::test(flavor = "multi_thread")]
async fn case_16_a_message_that_arrived_and_was_never_confirmed_stands_there_once() {
    for broken in [
        FaultAction::ResetAfter,
        FaultAction::Truncate,
        FaultAction::ResetBefore,
        answer(500, 0),
        answer(503, 0),
    ] {
        let mut world = meeting([Fault::new("POST", MESSAGES, 3, broken.clone())]).await;
        let plain = world.mentions("alice", 1, LONG);
        let research = world.researches("bob", 2, LONG).await;
        world.is_quiet().await;
        world.ends_well().await;
        for asked in [plain, research] {
            answered_in(&world, &asked);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_16_a_message_that_arrived_unconfirmed_before_a_kill_stands_there_once() {
    let never = FaultAction::SlowBody(Duration::from_secs(3_600));
    let mut world = meeting([Fault::new("POST", MESSAGES, 1, never)]).await;
    let research = world.researches("bob", 1, LONG).await;
    world.until_seen("q1-s001", 1).await;
    world.is_killed().await;
    world.discord.clear_faults();
    world.starts().await;
    world.ends_well().await;
    answered_in(&world, &research);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_17_an_acknowledgement_that_came_too_late_or_twice_loses_nothing() {
    for (status, code) in [(404, 10062), (400, 40060)] {
        let mut world = meeting([Fault::new("POST", "/callback", 2, answer(status, code))]).await;
        let plain = world.asks("alice", 1, "").await;
        let research = world.researches("bob", 2, "").await;
        world.is_quiet().await;
        world.ends_well().await;
        for asked in [plain, research] {
            answered_in(&world, &asked);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_17_a_token_that_is_no_longer_valid_is_not_needed() {
    let mut world = World::new().await;
    world
        .service
        .behaves(|manner| manner.research = Duration::MAX);
    world.starts().await;
    let research = world.researches("bob", 1, LONG).await;
    world.service.is_paid_for("q1").await;
    world.is_killed().await;
    world.discord.advance(Duration::from_secs(20 * 60));
    world
        .service
        .behaves(|manner| manner.research = Duration::ZERO);
    world.starts().await;
    world.ends_well().await;
    answered_in(&world, &research);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_18_where_the_bot_may_not_write_the_answer_comes_another_way() {
    for forbidden in [
        Permissions::SEND_MESSAGES,
        Permissions::SEND_MESSAGES_IN_THREADS,
        Permissions::CREATE_PUBLIC_THREADS,
        Permissions::EMBED_LINKS,
        Permissions::ATTACH_FILES,
        Permissions::READ_MESSAGE_HISTORY,
        Permissions::VIEW_CHANNEL,
    ] {
        let mut world = World::new().await;
        world.starts().await;
        let research = world.researches("bob", 1, LONG).await;
        world.service.is_paid_for("q1").await;
        let bot = world.discord.bot();
        world.channel().denies(&bot, forbidden);
        world.is_quiet().await;
        let requests = world.discord.report().invalid_requests;
        world.ends_well().await;
        answered_in(&world, &research);
        // No storm: each refusal is taken at its word.
        assert!(requests < 20, "{forbidden:?}: {requests}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_18_without_a_thread_the_answer_stands_in_the_channel() {
    for too_many in [true, false] {
        let mut world = World::new().await;
        world.starts().await;
        if too_many {
            world.discord.limit_active_threads(0);
        } else {
            let refused = Fault::new("POST", "/threads", 9, answer(403, 50013));
            world.discord.fault(refused).unwrap();
        }
        let plain = world.asks("alice", 1, LONG).await;
        let research = world.researches("bob", 2, LONG).await;
        world.is_quiet().await;
        world.ends_well().await;
        for asked in [plain, research] {
            assert_eq!(answered_in(&world, &asked), world.channel().id());
        }
    }
}

/// A research that is under way in a thread, killed or not, while this is done to that thread.
async fn in_a_thread(is_killed: bool, done: impl Fn(&mut World, &Channel)) -> (World, Asked) {
    let mut world = World::new().await;
    world
        .service
        .behaves(|manner| manner.research = Duration::MAX);
    world.starts().await;
    let thread = world
        .person("alice")
        .opens_thread_in(&world.channel(), "tea")
        .unwrap();
    let asked = world.researches_in(&thread, "alice", 1, "").await;
    world.service.is_paid_for("q1").await;
    if is_killed {
        world.is_killed().await;
    }
    done(&mut world, &thread);
    world
        .service
        .behaves(|manner| manner.research = Duration::ZERO);
    if is_killed {
        world.starts().await;
    }
    world.ends_well().await;
    (world, asked)
}

#[tokio::test(flavor = "multi_thread")]
async fn case_19_in_a_thread_that_was_archived_the_answer_is_posted_all_the_same() {
    for is_killed in [false, true] {
        let (world, asked) = in_a_thread(is_killed, |world, thread| {
            world.person("you").archives(thread).unwrap();
        })
        .await;
        assert_ne!(answered_in(&world, &asked), world.channel().id());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_18_what_was_asked_in_a_thread_that_is_locked_is_answered_above_it() {
    for is_killed in [false, true] {
        let (world, asked) = in_a_thread(is_killed, |world, thread| {
            world.person("you").locks(thread).unwrap();
            world.person("you").archives(thread).unwrap();
            world.closes(thread);
        })
        .await;
        answered_in(&world, &asked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_19_where_the_place_is_gone_everything_ends_and_nothing_more_is_asked() {
    for is_killed in [false, true] {
        let (world, _) = in_a_thread(is_killed, |world, thread| {
            world.person("you").deletes_channel(thread).unwrap();
        })
        .await;
        assert_eq!(world.service.paid_for("q1"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_19_of_a_server_that_is_left_all_researches_end() {
    let (world, asked) = in_a_thread(false, |world, _| world.discord.removes_bot()).await;
    assert_eq!(world.service.paid_for("q1"), 1);
    assert!(world.seen().with(&whole("q1")).is_empty());
    let rows = world.rows().await;
    let kept = rows.of_event(asked.event).unwrap();
    assert_eq!(kept.failure.as_deref(), Some("cancelled"));
}

#[tokio::test(flavor = "multi_thread")]
async fn case_19_of_a_server_that_was_left_while_the_bot_was_down_the_asker_gets_what_is_paid_for()
{
    let (world, asked) = in_a_thread(true, |world, _| world.discord.removes_bot()).await;
    assert_eq!(world.service.paid_for("q1"), 1);
    let direct = world.person("alice").direct_messages();
    assert_eq!(answered_in(&world, &asked), direct.id());
}

#[tokio::test(flavor = "multi_thread")]
async fn case_19_a_progress_that_somebody_deleted_holds_no_answer_up() {
    let mut world = World::new().await;
    world
        .service
        .behaves(|manner| manner.research = Duration::MAX);
    world.starts().await;
    let asked = world.researches("alice", 1, "").await;
    world.service.is_paid_for("q1").await;
    let Way::Command(interaction) = &asked.way else {
        panic!("it was asked by a command");
    };
    let progress = interaction.message().unwrap();
    world.is_killed().await;
    world.person("you").deletes(&progress).unwrap();
    world
        .service
        .behaves(|manner| manner.research = Duration::ZERO);
    world.starts().await;
    world.ends_well().await;
    answered_in(&world, &asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_21_what_is_told_twice_is_taken_on_once() {
    let mut world = World::new().await;
    world.starts().await;
    for kind in ["INTERACTION_CREATE", "MESSAGE_CREATE"] {
        let doubled = EventFault::new(kind, 10, EventAction::Double);
        world.discord.event_fault(doubled).unwrap();
    }
    let plain = world.asks("alice", 1, "").await;
    let message = world.mentions("bob", 2, "");
    let research = world.researches("carol", 3, "").await;
    world.is_quiet().await;
    world.ends_well().await;
    let rows = world.rows().await;
    assert_eq!((rows.questions.len(), rows.jobs.len()), (3, 1));
    for asked in [plain, message, research] {
        answered_in(&world, &asked);
        assert_eq!(world.service.paid_for(&asked.number), 1);
    }
}
