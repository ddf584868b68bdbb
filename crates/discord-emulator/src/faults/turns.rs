//! Which of the matches of a rule meet it: from the nth on, so many, by chance. Knows not what is matched.

use serde::{Deserialize, Serialize};

use super::error::FaultError;
use crate::chance::Chance;

/// Which of the matches of a rule meet it. The default is all of them.
///
/// In JSON these are fields of the rule itself, and each may be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Turns {
    /// How many matches are let through first.
    pub skip: u32,
    /// How many matches meet it after that; `None` without end.
    pub times: Option<u32>,
    /// How likely a match meets it, from 0 to 1.
    pub chance: f64,
    /// What its chance begins with; `None` derives it from [`Settings::seed`](crate::Settings::seed).
    pub seed: Option<u64>,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            skip: 0,
            times: None,
            chance: 1.0,
            seed: None,
        }
    }
}

impl Turns {
    /// The first so many.
    pub(super) fn first(times: u32) -> Self {
        Self {
            times: Some(times),
            ..Self::default()
        }
    }

    pub(super) fn check(&self) -> Result<(), FaultError> {
        if (0.0..=1.0).contains(&self.chance) {
            Ok(())
        } else {
            Err(FaultError::Chance)
        }
    }
}

/// Counts the matches of one rule.
#[derive(Clone, Debug)]
pub(super) struct Count {
    skip: u32,
    times: Option<u32>,
    chance: f64,
    draws: Chance,
    /// How many matches met the rule.
    pub(super) met: u64,
}

impl Count {
    /// Begins to count; `seed` is what chance begins with where the turns name none.
    pub(super) fn new(turns: &Turns, seed: u64) -> Self {
        Self {
            skip: turns.skip,
            times: turns.times,
            chance: turns.chance,
            draws: Chance::new(turns.seed.unwrap_or(seed)),
            met: 0,
        }
    }

    /// Whether this match meets the rule.
    pub(super) fn take(&mut self) -> bool {
        if self.is_over() {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        // A draw for every match, so that the same seed hits the same ones.
        if self.draws.fraction() >= self.chance {
            return false;
        }
        self.met += 1;
        self.times = self.times.map(|times| times - 1);
        true
    }

    /// A number for whoever met the rule, from its seed.
    pub(super) fn draw(&mut self) -> f64 {
        self.draws.fraction()
    }

    pub(super) fn left(&self) -> Option<u32> {
        self.times
    }

    fn is_over(&self) -> bool {
        self.times == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(mut count: Count, matches: usize) -> Vec<bool> {
        (0..matches).map(|_| count.take()).collect()
    }

    #[test]
    fn the_nth_match_can_be_meant() {
        let third = Turns {
            skip: 2,
            ..Turns::first(1)
        };
        assert_eq!(
            taken(Count::new(&third, 0), 5),
            [false, false, true, false, false]
        );
    }

    #[test]
    fn chance_repeats_itself_with_the_seed() {
        let with = |chance, seed, matches| {
            let turns = Turns {
                chance,
                ..Turns::default()
            };
            taken(Count::new(&turns, seed), matches)
        };
        let half = |seed| with(0.5, seed, 1_000);
        assert_eq!(half(7), half(7));
        assert_ne!(half(7), half(8));
        let met = half(7).iter().filter(|met| **met).count();
        assert!((400..600).contains(&met), "{met}");
        assert!(!with(0.0, 7, 100).contains(&true));
        assert!(!with(1.0, 7, 100).contains(&false));
    }
}
