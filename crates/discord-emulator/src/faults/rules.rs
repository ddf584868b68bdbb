//! The rules that are ordered, of either kind, and how often each was met. Knows not what is matched.

use serde::Serialize;

use super::turns::{Count, Turns};

/// The most rules that are kept; a further one takes the place of the oldest.
const MOST_RULES: usize = 1_000;

/// A rule and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ordered<F> {
    /// Names the rule for as long as the emulator runs.
    pub id: u64,
    /// The rule as it was ordered.
    pub fault: F,
    /// How many matches have met it.
    pub met: u64,
    /// How many more will; `None` without end.
    pub left: Option<u32>,
}

/// A rule that was met.
#[derive(Clone, Debug)]
pub(crate) struct Met<F> {
    pub(crate) id: u64,
    pub(crate) fault: F,
    /// From 0 up to 1, for what the seed decides.
    pub(crate) draw: f64,
}

/// All rules, those used up included, so that their counters can be read.
pub(crate) struct Rules<F> {
    rules: Vec<Rule<F>>,
    last: u64,
    /// How many were ordered since the start or the last [clear](Self::clear), which is what their seeds follow.
    ordered: u64,
    seed: u64,
    revision: u64,
}

struct Rule<F> {
    id: u64,
    fault: F,
    count: Count,
}

impl<F: Clone> Rules<F> {
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

    pub(crate) fn add(&mut self, fault: F, turns: &Turns) -> u64 {
        if self.rules.len() >= MOST_RULES {
            self.rules.remove(0);
            self.revision += 1;
        }
        self.last += 1;
        self.ordered += 1;
        self.rules.push(Rule {
            id: self.last,
            fault,
            count: Count::new(turns, self.seed.wrapping_add(self.ordered)),
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

    pub(crate) fn list(&self) -> Vec<Ordered<F>> {
        let state = |rule: &Rule<F>| Ordered {
            id: rule.id,
            fault: rule.fault.clone(),
            met: rule.count.met,
            left: rule.count.left(),
        };
        self.rules.iter().map(state).collect()
    }

    /// The first rule that fits and whose turn it is; it counts as met.
    pub(crate) fn meet(&mut self, fits: impl Fn(&F) -> bool) -> Option<Met<F>> {
        self.rules.iter_mut().find_map(|rule| {
            let is_met = fits(&rule.fault) && rule.count.take();
            is_met.then(|| Met {
                id: rule.id,
                fault: rule.fault.clone(),
                draw: rule.count.draw(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_met_as_often_as_was_ordered_and_its_state_is_told() {
        let mut rules = Rules::new(0);
        let id = rules.add("tea", &Turns::first(2));
        assert!(rules.meet(|one| *one == "coffee").is_none());
        for left in [true, true, false] {
            assert_eq!(rules.meet(|one| *one == "tea").is_some(), left);
        }
        let state = Ordered {
            id,
            fault: "tea",
            met: 2,
            left: Some(0),
        };
        assert_eq!(rules.list(), [state]);
        assert!(rules.remove(id));
        assert!(!rules.remove(id));
        assert_eq!(rules.list(), []);
    }

    #[test]
    fn the_oldest_rule_makes_room_for_the_thousand_and_first() {
        let mut rules = Rules::new(0);
        let first = rules.add(0, &Turns::default());
        for n in 1..MOST_RULES {
            rules.add(n, &Turns::default());
        }
        assert!(rules.has(first));
        rules.add(MOST_RULES, &Turns::default());
        assert!(!rules.has(first));
        assert_eq!(rules.list().len(), MOST_RULES);
    }
}
