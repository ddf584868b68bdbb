//! Rules for events: which of them are lost, late, doubled, out of order or broken. Hands out no event itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    error::FaultError,
    event_kinds::{ANSWERS, KINDS},
    near::nearest,
    turns::Turns,
};

/// A rule: which events meet what, in all sessions alike. A session's first guilds, and what answers its bot (READY,
/// RESUMED, `GUILD_MEMBERS_CHUNK`, `RATE_LIMITED`), meet none.
///
/// In JSON every field but `action` may be left out, and times are seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventFault {
    /// The kind, such as `MESSAGE_CREATE`; `None` matches every one.
    #[serde(default)]
    pub kind: Option<String>,
    /// Which of the matching events meet it.
    #[serde(flatten)]
    pub turns: Turns,
    /// What happens to the events.
    pub action: EventAction,
}

/// What happens to an event that meets a fault.
///
/// In JSON the name in lower case with `_`, with its content: `"lose"`, `{"delay": 1.5}`, `{"wrong_type": "content"}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventAction {
    /// It is never sent, and no number shows that it is missing.
    Lose,
    /// It is sent after this time by the emulator's clock, behind what has happened meanwhile.
    Delay(#[serde(with = "crate::seconds")] Duration),
    /// It is sent twice, under two numbers.
    Double,
    /// It is sent behind the event that follows it; if none follows, after ten seconds by the emulator's clock.
    Swap,
    /// So many numbers are left out before it.
    Jump(u32),
    /// A payload with opcode 99 comes before it.
    UnknownOp,
    /// An event that Discord does not have comes before it.
    UnknownEvent,
    /// It has a field that Discord does not have.
    UnknownField,
    /// This field of it has a value of another type: text becomes a number, everything else text.
    WrongType(String),
}

impl EventFault {
    /// The next `times` events of this kind meet `action`.
    pub fn new(kind: &str, times: u32, action: EventAction) -> Self {
        Self {
            kind: Some(kind.to_owned()),
            turns: Turns::first(times),
            action,
        }
    }

    /// What is wrong with it, where its types cannot tell.
    ///
    /// # Errors
    ///
    /// Names the field, and what may have been meant.
    pub fn check(&self) -> Result<(), FaultError> {
        self.turns.check()?;
        let Some(kind) = &self.kind else {
            return Ok(());
        };
        if ANSWERS.contains(&kind.as_str()) {
            Err(FaultError::Answer { kind: kind.clone() })
        } else if KINDS.contains(&kind.as_str()) {
            Ok(())
        } else {
            Err(FaultError::UnknownEvent {
                kind: kind.clone(),
                near: nearest(kind, KINDS.iter().copied()),
            })
        }
    }

    pub(crate) fn matches(&self, kind: &str) -> bool {
        self.kind.as_ref().is_none_or(|wanted| wanted == kind)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_event_could_meet_is_refused_with_what_is_near() {
        let refused = |kind| EventFault::new(kind, 1, EventAction::Lose).check();
        assert_eq!(refused("MESSAGE_CREATE"), Ok(()));
        for (kind, why) in [
            (
                "MESSAGE_CREATED",
                "Discord sends no event `MESSAGE_CREATED`; did you mean `MESSAGE_CREATE`?",
            ),
            (
                "message_create",
                "Discord sends no event `message_create`; did you mean `MESSAGE_CREATE`?",
            ),
            ("PING", "Discord sends no event `PING`"),
            (
                "READY",
                "`READY` answers what one bot has sent, and meets no fault",
            ),
        ] {
            assert_eq!(refused(kind).unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn every_action_can_be_written_as_json() {
        for action in [
            json!("lose"),
            json!({"delay": 1.5}),
            json!("double"),
            json!("swap"),
            json!({"jump": 3}),
            json!("unknown_op"),
            json!("unknown_event"),
            json!("unknown_field"),
            json!({"wrong_type": "content"}),
        ] {
            let fault: EventFault = serde_json::from_value(json!({"action": action})).unwrap();
            assert_eq!(serde_json::to_value(&fault.action).unwrap(), action);
        }
        assert!(serde_json::from_value::<EventFault>(json!({"action": "explode"})).is_err());
    }
}
