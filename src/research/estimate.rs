//! What a research is thought to take: from what the last ones took, else from what the operator says is usual. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::conversation::ports::Ran;
use crate::settings::research::ResearchSettings;

/// As many of the last ones are looked at.
pub const LOOKED_AT: u32 = 50;

/// Fewer tell nothing.
const ENOUGH: usize = 5;

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
        let mut costs: Vec<f64> = ran.iter().filter_map(|ran| ran.usd).collect();
        let times = usual_and_most(&mut times);
        let (usual, most) =
            times.unwrap_or((settings.usual_seconds as f64, settings.long_seconds as f64));
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
    let at = |share: usize| values.get((values.len() - 1) * share / 10).copied();
    at(5).zip(at(9))
}
