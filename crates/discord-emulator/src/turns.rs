//! Which of the matches of a rule meet it: from the nth on, so many, by chance. Knows not what is matched.

use crate::chance::Chance;

/// Counts the matches of one rule.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    skip: u32,
    times: Option<u32>,
    chance: f64,
    draws: Chance,
    /// How many matches met the rule.
    pub(crate) met: u64,
}

impl Turns {
    /// Passes `skip` matches over, then lets `times` meet the rule (`None`: all), each with this chance from 0 to 1.
    pub(crate) fn new(skip: u32, times: Option<u32>, chance: f64, seed: u64) -> Self {
        Self {
            skip,
            times,
            chance,
            draws: Chance::new(seed),
            met: 0,
        }
    }

    /// Whether this match meets the rule.
    pub(crate) fn take(&mut self) -> bool {
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
    pub(crate) fn draw(&mut self) -> f64 {
        self.draws.fraction()
    }

    pub(crate) fn left(&self) -> Option<u32> {
        self.times
    }

    fn is_over(&self) -> bool {
        self.times == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(mut turns: Turns, matches: usize) -> Vec<bool> {
        (0..matches).map(|_| turns.take()).collect()
    }

    #[test]
    fn the_nth_match_can_be_meant() {
        let third = Turns::new(2, Some(1), 1.0, 0);
        assert_eq!(taken(third, 5), [false, false, true, false, false]);
    }

    #[test]
    fn chance_repeats_itself_with_the_seed() {
        let half = |seed| taken(Turns::new(0, None, 0.5, seed), 1_000);
        assert_eq!(half(7), half(7));
        assert_ne!(half(7), half(8));
        let met = half(7).iter().filter(|met| **met).count();
        assert!((400..600).contains(&met), "{met}");
        assert!(!taken(Turns::new(0, None, 0.0, 7), 100).contains(&true));
        assert!(!taken(Turns::new(0, None, 1.0, 7), 100).contains(&false));
    }
}
