//! A Discord that is busy, broken or has forgotten a reply: the answer arrives the next best way, once.

use std::time::Duration;

use discord_emulator::{Fault, FaultAction};
use serde_json::json;

use crate::harness::{TestBot, content};

const EDIT: &str = "/messages/@original";
const GONE: FaultAction = FaultAction::Answer {
    status: 404,
    body: serde_json::Value::Null,
};

/// What everybody sees after one question met these faults.
async fn seen_after(faults: Vec<Fault>) -> Vec<String> {
    let bot = TestBot::spawn().await;
    bot.loses_replies();
    for fault in faults {
        bot.discord.fault(fault).expect("a request can meet it");
    }
    let alice = bot.person("alice");
    alice.puts("Yes?").await;
    bot.answered_in_all(1).await;
    alice
        .sees()
        .iter()
        .map(|message| content(message).to_owned())
        .collect()
}

fn answer(status: u16, code: u64) -> FaultAction {
    FaultAction::Answer {
        status,
        body: json!({ "message": "as ordered", "code": code }),
    }
}

fn final_answers(seen: &[String]) -> usize {
    seen.iter()
        .filter(|text| text.contains("Yes. [1]") && text.contains("**Sources**"))
        .count()
}

#[tokio::test]
async fn an_edit_that_fails_for_a_while_is_repeated() {
    for action in [
        answer(500, 0),
        answer(502, 0),
        FaultAction::RateLimited {
            retry_after: Duration::from_millis(300),
        },
        FaultAction::ResetBefore,
        FaultAction::ResetAfter,
    ] {
        let seen = seen_after(vec![Fault::new("PATCH", EDIT, 3, action.clone())]).await;
        assert_eq!(
            (seen.len(), final_answers(&seen)),
            (1, 1),
            "{action:?}: {seen:?}"
        );
    }
}

#[tokio::test]
async fn a_reply_that_discord_has_forgotten_is_replaced_by_a_message() {
    for action in [
        answer(404, 10015),
        answer(404, 10008),
        answer(401, 50027),
        GONE,
    ] {
        let seen = seen_after(vec![Fault::new("PATCH", EDIT, 9, action.clone())]).await;
        assert_eq!(final_answers(&seen), 1, "{action:?}: {seen:?}");
        assert!(seen.last().unwrap().starts_with("-# For <@"), "{seen:?}");
    }
}

#[tokio::test]
async fn an_acknowledgement_that_had_arrived_is_taken_as_one() {
    let seen = seen_after(vec![Fault::new(
        "POST",
        "/callback",
        1,
        FaultAction::ResetAfter,
    )])
    .await;
    assert_eq!(final_answers(&seen), 1, "{seen:?}");
}

#[tokio::test]
async fn an_acknowledgement_that_was_lost_on_the_way_is_sent_again() {
    let seen = seen_after(vec![Fault::new(
        "POST",
        "/callback",
        1,
        FaultAction::ResetBefore,
    )])
    .await;
    assert_eq!((seen.len(), final_answers(&seen)), (1, 1), "{seen:?}");
    assert!(!seen[0].starts_with("-# For"), "{seen:?}");
}

#[tokio::test]
async fn a_late_acknowledgement_does_not_lose_the_answer() {
    let seen = seen_after(vec![
        Fault::new("POST", "/callback", 1, answer(404, 10062)),
        Fault::new("PATCH", EDIT, 9, answer(404, 10015)),
    ])
    .await;
    assert_eq!(final_answers(&seen), 1, "{seen:?}");
}

#[tokio::test]
async fn a_message_that_arrived_unnoticed_is_not_doubled() {
    let seen = seen_after(vec![
        Fault::new("PATCH", EDIT, 9, answer(404, 10015)),
        Fault::new("POST", "/messages", 2, FaultAction::ResetAfter),
    ])
    .await;
    assert_eq!(final_answers(&seen), 1, "{seen:?}");
}

#[tokio::test]
async fn a_cut_gateway_is_connected_again() {
    let bot = TestBot::spawn().await;
    for how in [
        discord_emulator::GatewayCut::Reset,
        discord_emulator::GatewayCut::Close(4000),
        discord_emulator::GatewayCut::Reconnect,
    ] {
        bot.discord.drop_gateway(how);
        // Discord keeps what happens meanwhile for the session, and sends it when the bot resumes.
        bot.person("alice").puts("Still there?").await;
        let before = bot.service.asked().len();
        bot.answered_in_all(before + 1).await;
    }
}
