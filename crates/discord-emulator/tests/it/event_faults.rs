//! Faults a test can order for events.

#![expect(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::time::Duration;

use discord_emulator::{Emulator, EventAction, EventFault, Harness, Speed};
use serde_json::{Value, json};

use crate::bot::{Gateway, emulator};

const GUILD_MESSAGES: u64 = 1 << 9;
const CREATED: &str = "MESSAGE_CREATE";

/// A bot that hears of messages, in an emulator whose time stands still.
async fn listening() -> (Harness, Gateway) {
    let emulator = emulator().await;
    emulator.run_time(Speed::FROZEN);
    let (gateway, _) = Gateway::identified(&emulator, GUILD_MESSAGES).await;
    (emulator, gateway)
}

/// Somebody mentions the bot, so that it reads the text.
fn say(emulator: &Emulator, text: &str) {
    let text = format!("<@{}>{text}", emulator.application_id());
    emulator
        .person("you")
        .says(&emulator.channel("general"), &text)
        .unwrap();
}

/// The numbers and the last letter of the next messages.
async fn heard(gateway: &mut Gateway, count: usize) -> Vec<(u64, char)> {
    let mut heard = Vec::new();
    while heard.len() < count {
        let payload = gateway.payload().await;
        let content = payload["d"]["content"].as_str().unwrap().to_owned();
        heard.push((
            payload["s"].as_u64().unwrap(),
            content.chars().last().unwrap(),
        ));
    }
    heard
}

#[tokio::test]
async fn an_event_can_be_lost_doubled_or_leave_a_gap_of_numbers() {
    for (action, expected) in [
        (EventAction::Lose, vec![(2, 'b')]),
        (EventAction::Double, vec![(2, 'a'), (3, 'a'), (4, 'b')]),
        (EventAction::Jump(3), vec![(5, 'a'), (6, 'b')]),
        (EventAction::Swap, vec![(2, 'b'), (3, 'a')]),
    ] {
        let (emulator, mut gateway) = listening().await;
        let id = emulator
            .event_fault(EventFault::new(CREATED, 1, action))
            .unwrap();
        say(&emulator, "a");
        say(&emulator, "b");
        assert_eq!(heard(&mut gateway, expected.len()).await, expected);
        let ordered = emulator.event_faults();
        assert_eq!(
            (ordered[0].id, ordered[0].met, ordered[0].left),
            (id, 1, Some(0))
        );
        emulator.close().await;
    }
}

#[tokio::test]
async fn a_late_event_comes_when_the_clock_says_so() {
    let (emulator, mut gateway) = listening().await;
    let delay = EventAction::Delay(Duration::from_secs(60));
    emulator
        .event_fault(EventFault::new(CREATED, 1, delay))
        .unwrap();
    say(&emulator, "a");
    say(&emulator, "b");
    assert_eq!(heard(&mut gateway, 1).await, [(2, 'b')]);
    emulator.advance(Duration::from_secs(60));
    assert_eq!(heard(&mut gateway, 1).await, [(3, 'a')]);
    emulator.close().await;
}

#[tokio::test]
async fn a_swapped_event_does_not_wait_for_ever() {
    let (emulator, mut gateway) = listening().await;
    emulator
        .event_fault(EventFault::new(CREATED, 1, EventAction::Swap))
        .unwrap();
    say(&emulator, "a");
    emulator.advance(Duration::from_secs(10));
    assert_eq!(heard(&mut gateway, 1).await, [(2, 'a')]);
    emulator.close().await;
}

#[tokio::test]
async fn an_event_can_come_with_what_discord_does_not_have() {
    let (emulator, mut gateway) = listening().await;
    for action in [EventAction::UnknownOp, EventAction::UnknownEvent] {
        emulator
            .event_fault(EventFault::new(CREATED, 1, action.clone()))
            .unwrap();
        say(&emulator, "a");
        let odd = gateway.payload().await;
        if action == EventAction::UnknownOp {
            assert_eq!(odd["op"], 99);
        } else {
            assert_eq!(
                (&odd["op"], &odd["t"]),
                (&json!(0), &json!("EMULATED_UNKNOWN_EVENT"))
            );
        }
        assert_eq!(heard(&mut gateway, 1).await[0].1, 'a');
    }
    emulator
        .event_fault(EventFault::new(CREATED, 1, EventAction::UnknownField))
        .unwrap();
    say(&emulator, "a");
    assert!(gateway.event(CREATED).await["emulated_unknown_field"].is_object());
    emulator.close().await;
}

#[tokio::test]
async fn a_field_can_have_the_wrong_type() {
    let (emulator, mut gateway) = listening().await;
    for (field, is_wrong) in [
        ("content", Value::is_number as fn(&Value) -> bool),
        ("mentions", Value::is_string),
    ] {
        let wrong = EventAction::WrongType(field.to_owned());
        emulator
            .event_fault(EventFault::new(CREATED, 1, wrong))
            .unwrap();
        say(&emulator, "a");
        assert!(is_wrong(&gateway.event(CREATED).await[field]), "{field}");
    }
    emulator.close().await;
}

#[tokio::test]
async fn a_rule_for_events_can_be_taken_back() {
    let (emulator, mut gateway) = listening().await;
    let mut always = EventFault::new(CREATED, 1, EventAction::Lose);
    (always.kind, always.turns.times) = (None, None);
    let id = emulator.event_fault(always.clone()).unwrap();
    say(&emulator, "a");
    assert!(emulator.remove_event_fault(id));
    assert!(!emulator.remove_event_fault(id));
    emulator.event_fault(always).unwrap();
    emulator.clear_event_faults();
    say(&emulator, "b");
    assert_eq!(heard(&mut gateway, 1).await, [(2, 'b')]);
    emulator.close().await;
}
