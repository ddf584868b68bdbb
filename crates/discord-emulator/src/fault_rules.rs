//! The faults for requests that are ordered, and how often each was met. Carries none of them out.

use crate::{
    fault::{Fault, FaultAction, OrderedFault},
    snowflake::Snowflake,
    turns::Turns,
};

/// The most rules that are kept; a further one takes the place of the oldest.
const MOST_RULES: usize = 1_000;

/// What rules look at in a request.
pub(crate) struct Facts<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// The path of its route, with names for its parameters.
    pub(crate) template: Option<&'static str>,
    pub(crate) guild: Option<Snowflake>,
    pub(crate) channel: Option<Snowflake>,
    pub(crate) interaction: Option<Snowflake>,
}

/// A rule that a request has met.
#[derive(Clone, Debug)]
pub(crate) struct Met {
    pub(crate) id: u64,
    pub(crate) action: FaultAction,
    /// From 0 up to 1, for what the seed decides.
    pub(crate) draw: f64,
}

/// All rules, those used up included, so that their counters can be read.
pub(crate) struct Faults {
    rules: Vec<Rule>,
    last: u64,
    /// How many were ordered since the start or the last [clear](Self::clear), which is what their seeds follow.
    ordered: u64,
    seed: u64,
    revision: u64,
}

struct Rule {
    id: u64,
    fault: Fault,
    turns: Turns,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rules: Vec::new(),
            last: 0,
            ordered: 0,
            seed,
            revision: 0,
        }
    }

    /// Rises when a rule is taken away, which somebody may wait for.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        if self.rules.len() >= MOST_RULES {
            self.rules.remove(0);
            self.revision += 1;
        }
        self.last += 1;
        self.ordered += 1;
        let seed = fault.seed.unwrap_or(self.seed.wrapping_add(self.ordered));
        let turns = Turns::new(fault.skip, fault.times, fault.chance, seed);
        self.rules.push(Rule {
            id: self.last,
            fault,
            turns,
        });
        self.last
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id != id);
        self.revision += 1;
        self.rules.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
        self.ordered = 0;
        self.revision += 1;
    }

    pub(crate) fn has(&self, id: u64) -> bool {
        self.rules.iter().any(|rule| rule.id == id)
    }

    pub(crate) fn list(&self) -> Vec<OrderedFault> {
        let state = |rule: &Rule| OrderedFault {
            id: rule.id,
            fault: rule.fault.clone(),
            met: rule.turns.met,
            left: rule.turns.left(),
        };
        self.rules.iter().map(state).collect()
    }

    /// Whether a TLS handshake fails; the rule that wants it counts as met.
    pub(crate) fn fail_handshake(&mut self) -> bool {
        self.rules
            .iter_mut()
            .any(|rule| rule.fault.is_for_handshakes() && rule.turns.take())
    }

    /// The rule this request meets; it counts as met.
    pub(crate) fn meet(&mut self, request: &Facts<'_>) -> Option<Met> {
        self.rules.iter_mut().find_map(|rule| {
            let is_met = rule.fault.matches(request) && rule.turns.take();
            is_met.then(|| Met {
                id: rule.id,
                action: rule.fault.action.clone(),
                draw: rule.turns.draw(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(method: &'static str, path: &'static str) -> Facts<'static> {
        Facts {
            method,
            path,
            template: Some("/channels/{channel}/messages"),
            guild: Some(Snowflake::from(1)),
            channel: Some(Snowflake::from(2)),
            interaction: None,
        }
    }

    #[test]
    fn a_fault_is_met_as_often_as_was_ordered() {
        let mut faults = Faults::new(0);
        let id = faults.add(Fault::new(
            "patch",
            "/messages/@original",
            2,
            FaultAction::ResetBefore,
        ));
        assert!(
            faults
                .meet(&request("POST", "/webhooks/1/t/messages/@original"))
                .is_none()
        );
        for left in [true, true, false] {
            assert_eq!(
                faults
                    .meet(&request("PATCH", "/webhooks/1/t/messages/@original"))
                    .is_some(),
                left
            );
        }
        let listed = faults.list();
        assert_eq!(
            (listed[0].id, listed[0].met, listed[0].left),
            (id, 2, Some(0))
        );
        assert!(faults.remove(id));
        assert!(!faults.remove(id));
    }

    #[test]
    fn a_rule_is_narrowed_down_by_route_and_place() {
        for (rule, met) in [
            (json!({"path": "/channels/{channel}/messages"}), true),
            (json!({"path": "/channels/{channel}"}), false),
            (json!({"guild": "1"}), true),
            (json!({"guild": 3}), false),
            (json!({"channel": "2"}), true),
            (json!({"channel": "1"}), false),
            (json!({"interaction": "2"}), false),
        ] {
            let mut rule = rule;
            rule["action"] = json!("hang");
            let mut faults = Faults::new(0);
            faults.add(serde_json::from_value(rule.clone()).unwrap());
            assert_eq!(
                faults
                    .meet(&request("GET", "/channels/2/messages"))
                    .is_some(),
                met,
                "{rule}"
            );
        }
    }
}
