//! What a research is thought to take: from what the last ones took, else from what the operator says is usual. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::conversation::ports::Ran;
use crate::settings::research::ResearchSettings;

/// As many of the last ones are looked at.
pub const LOOKED_AT: u32 = 50;

/// Fewer tell nothing.
const ENOUGH: usize = 5;

/// What is usual where answers come from documents alone, and what nine in ten stay below, in seconds.
const FROM_DOCUMENTS: (f64, f64) = (5.0, 30.0);

/// What a research is thought to take: from a usual one to one in ten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The time of a usual one, in seconds.
    pub seconds: u64,
    /// The time that nine in ten stay below, in seconds.
    pub at_most_seconds: u64,
    /// What it costs; none where that is not known.
    pub cost: Option<Cost>,
}

/// What a research is thought to cost, in US dollars.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// A usual one.
    pub usd: f64,
    /// What nine in ten stay below.
    pub at_most_usd: f64,
}

impl Cost {
    /// Whether it is nothing at all.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self.at_most_usd <= 0.0
    }
}

impl Estimate {
    /// From what the last ones took.
    #[must_use]
    pub fn of(ran: &[Ran], settings: &ResearchSettings, is_free: bool) -> Self {
        let mut times: Vec<f64> = ran.iter().map(|ran| ran.took.as_secs_f64()).collect();
        // What cost nothing was answered by another service, or by one that does not say.
        let costs = ran.iter().filter_map(|ran| ran.usd);
        let mut costs: Vec<f64> = costs.filter(|usd| *usd > 0.0).collect();
        let times = usual_and_most(&mut times);
        let usual_times = if is_free {
            FROM_DOCUMENTS
        } else {
            (settings.usual_seconds as f64, settings.long_seconds as f64)
        };
        let (usual, most) = times.unwrap_or(usual_times);
        let known = usual_and_most(&mut costs).or(settings.usual_usd.zip(settings.high_usd));
        let cost = if is_free { Some((0.0, 0.0)) } else { known };
        Self {
            seconds: usual.ceil() as u64,
            at_most_seconds: most.max(usual).ceil() as u64,
            cost: cost.map(|(usd, at_most_usd)| Cost {
                usd,
                at_most_usd: at_most_usd.max(usd),
            }),
        }
    }

    /// Whether its asker has to say first that it may cost so much: it may cost more than `limit`, in US dollars, or nobody knows.
    #[must_use]
    pub fn is_above(&self, limit: f64) -> bool {
        self.cost.is_none_or(|cost| cost.at_most_usd > limit)
    }

    /// The time that nine in ten stay below.
    #[must_use]
    pub fn at_most(&self) -> Duration {
        Duration::from_secs(self.at_most_seconds)
    }
}

/// The middle one and the one that nine in ten stay below, where there are enough.
fn usual_and_most(values: &mut [f64]) -> Option<(f64, f64)> {
    if values.len() < ENOUGH {
        return None;
    }
    values.sort_by(f64::total_cmp);
    // The first that no fewer than so many tenths are below or equal to.
    let at = |tenths: usize| {
        values
            .get((values.len() * tenths).div_ceil(10) - 1)
            .copied()
    };
    at(5).zip(at(9))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ResearchSettings {
        ResearchSettings {
            model: "deep".to_owned(),
            at_once: 1,
            at_once_per_server: 1,
            open_per_server: 1,
            open_per_person: 1,
            submissions_per_minute: 1,
            looks_per_minute: 1,
            usual_seconds: 180,
            long_seconds: 600,
            usual_usd: Some(0.5),
            high_usd: Some(1.5),
            confirm_above_usd: 1.0,
        }
    }

    fn ran(count: u64) -> Vec<Ran> {
        let one = |number| Ran {
            took: Duration::from_secs(number * 10),
            usd: Some(number as f64 / 10.0),
        };
        (1..=count).map(one).collect()
    }

    #[test]
    fn until_enough_have_run_it_is_what_the_operator_says() {
        let estimate = Estimate::of(&ran(4), &settings(), false);
        assert_eq!((estimate.seconds, estimate.at_most_seconds), (180, 600));
        let cost = estimate.cost.unwrap();
        assert_eq!((cost.usd, cost.at_most_usd), (0.5, 1.5));
        assert!(estimate.is_above(1.0) && !estimate.is_above(1.5));
    }

    #[test]
    fn from_then_on_it_is_what_the_last_ones_took() {
        let estimate = Estimate::of(&ran(11), &settings(), false);
        assert_eq!((estimate.seconds, estimate.at_most_seconds), (60, 100));
        let cost = estimate.cost.unwrap();
        assert_eq!((cost.usd, cost.at_most_usd), (0.6, 1.0));
    }

    #[test]
    fn of_few_the_worst_is_what_nine_in_ten_stay_below() {
        let estimate = Estimate::of(&ran(5), &settings(), false);
        assert_eq!((estimate.seconds, estimate.at_most_seconds), (30, 50));
    }

    #[test]
    fn what_cost_nothing_says_nothing_of_what_a_paid_one_costs() {
        let free = Ran {
            took: Duration::from_secs(1),
            usd: Some(0.0),
        };
        let estimate = Estimate::of(&[free; 20], &settings(), false);
        assert_eq!(estimate.cost.unwrap().at_most_usd, 1.5);
    }

    #[test]
    fn what_nobody_knows_is_above_every_limit_and_what_is_free_above_none() {
        let unknown = ResearchSettings {
            usual_usd: None,
            ..settings()
        };
        assert!(Estimate::of(&[], &unknown, false).is_above(1_000.0));
        let free = Estimate::of(&[], &unknown, true);
        assert!(free.cost.is_some_and(Cost::is_nothing));
        assert!(!free.is_above(0.0));
    }
}
