//! Faults a test can order for events: lost, late, doubled, out of order, broken. Hands out no event itself.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::turns::Turns;

/// The most rules that are kept; a further one takes the place of the oldest.
const MOST_RULES: usize = 1_000;

/// A rule: which events meet what, in all sessions alike. READY, RESUMED and a session's first guilds meet none.
///
/// In JSON every field but `action` may be left out, and times are seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventFault {
    /// The kind, such as `MESSAGE_CREATE`; `None` matches every one.
    #[serde(default)]
    pub kind: Option<String>,
    /// How many matching events are let through first.
    #[serde(default)]
    pub skip: u32,
    /// How many events meet it after that; `None` without end.
    #[serde(default)]
    pub times: Option<u32>,
    /// How likely a matching event meets it, from 0 to 1.
    #[serde(default = "certain")]
    pub chance: f64,
    /// What its chance begins with; `None` derives it from [`Settings::seed`](crate::Settings::seed).
    #[serde(default)]
    pub seed: Option<u64>,
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
            skip: 0,
            times: Some(times),
            chance: certain(),
            seed: None,
            action,
        }
    }
}

/// A rule for events and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OrderedEventFault {
    /// Names the rule for as long as the emulator runs.
    pub id: u64,
    /// The rule as it was ordered.
    pub fault: EventFault,
    /// How many events have met it.
    pub met: u64,
    /// How many more will; `None` without end.
    pub left: Option<u32>,
}

fn certain() -> f64 {
    1.0
}

/// All rules for events, those used up included.
#[derive(Default)]
pub(crate) struct EventFaults {
    rules: Vec<(u64, EventFault, Turns)>,
    last: u64,
    /// How many were ordered since the start or the last [clear](Self::clear), which is what their seeds follow.
    ordered: u64,
    seed: u64,
}

impl EventFaults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    pub(crate) fn add(&mut self, fault: EventFault) -> u64 {
        if self.rules.len() >= MOST_RULES {
            self.rules.remove(0);
        }
        self.last += 1;
        self.ordered += 1;
        let seed = fault.seed.unwrap_or(self.seed.wrapping_add(self.ordered));
        let turns = Turns::new(fault.skip, fault.times, fault.chance, seed);
        self.rules.push((self.last, fault, turns));
        self.last
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|(own, ..)| *own != id);
        self.rules.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
        self.ordered = 0;
    }

    pub(crate) fn list(&self) -> Vec<OrderedEventFault> {
        let state = |(id, fault, turns): &(u64, EventFault, Turns)| OrderedEventFault {
            id: *id,
            fault: fault.clone(),
            met: turns.met,
            left: turns.left(),
        };
        self.rules.iter().map(state).collect()
    }

    /// What happens to an event of this kind; it counts as met.
    pub(crate) fn meet(&mut self, kind: &str) -> Option<EventAction> {
        self.rules.iter_mut().find_map(|(_, fault, turns)| {
            let matches = fault.kind.as_ref().is_none_or(|wanted| wanted == kind);
            (matches && turns.take()).then(|| fault.action.clone())
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_meets_its_kind_of_event_as_often_as_was_ordered() {
        let mut faults = EventFaults::new(0);
        let id = faults.add(EventFault::new("MESSAGE_CREATE", 1, EventAction::Lose));
        assert_eq!(faults.meet("MESSAGE_UPDATE"), None);
        assert_eq!(faults.meet("MESSAGE_CREATE"), Some(EventAction::Lose));
        assert_eq!(faults.meet("MESSAGE_CREATE"), None);
        assert_eq!((faults.list()[0].met, faults.list()[0].left), (1, Some(0)));
        assert!(faults.remove(id));
        assert_eq!(faults.list(), []);
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
