//! How often a visitor may ask: leaky buckets that empty all the time. Must not know HTTP.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::visitor::Visitor;

/// Requests a minute for looking at jobs, which clients do again and again.
const LOOKS: u32 = 6000;
/// Most buckets kept; when all of them hold something, further visitors share one.
const BUCKETS: usize = 10_000;
const MINUTE: f64 = 60.0;

/// What a request is for: each kind has a bucket of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// It asks a question.
    Ask,
    /// It looks at jobs.
    Look,
}

/// How a visitor stands, as the headers `x-ratelimit-*` tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Requests a minute.
    pub(crate) limit: u32,
    /// Requests that count at the moment.
    pub(crate) used: u32,
    /// When none counts any more.
    pub(crate) full_in: Duration,
}

impl Standing {
    pub(crate) fn remaining(self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

/// The buckets of all visitors.
#[derive(Debug)]
pub(crate) struct Rates {
    asks: u32,
    /// `None` is the bucket of those for whom there is no room.
    buckets: Mutex<HashMap<Option<(Visitor, Kind)>, Bucket>>,
}

impl Rates {
    /// Buckets that let everybody ask `asks` times a minute.
    pub(crate) fn new(asks: u32) -> Self {
        Self {
            asks,
            buckets: Mutex::default(),
        }
    }

    /// Counts a request and tells how the visitor then stands, or how long to wait before there is room for it.
    pub(crate) fn take(
        &self,
        visitor: Visitor,
        kind: Kind,
        now: Instant,
    ) -> Result<Standing, Duration> {
        let limit = self.limit(kind);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS {
            buckets.retain(|whose, bucket| {
                // The bucket that strangers share empties no faster than the slower of its kinds.
                let kind = whose.map_or(Kind::Ask, |(_, kind)| kind);
                bucket.level(now, self.limit(kind)) > 0.0
            });
        }
        let own = Some((visitor, kind));
        let room = buckets.len() < BUCKETS || buckets.contains_key(&own);
        let bucket = buckets.entry(own.filter(|_| room));
        bucket
            .or_insert_with(|| Bucket::empty(now))
            .take(now, limit)
    }

    /// How a visitor stands who may not ask now, whatever was counted: the bucket is full.
    pub(crate) fn exhausted(&self, kind: Kind) -> Standing {
        let limit = self.limit(kind);
        Standing {
            limit,
            used: limit,
            full_in: Duration::from_secs_f64(MINUTE),
        }
    }

    /// How the visitor stands; looking counts nothing.
    pub(crate) fn standing(&self, visitor: Visitor, kind: Kind, now: Instant) -> Standing {
        let limit = self.limit(kind);
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.get(&Some((visitor, kind)));
        bucket
            .map_or_else(|| Bucket::empty(now), Bucket::clone)
            .standing(now, limit)
    }

    fn limit(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Ask => self.asks,
            Kind::Look => LOOKS.max(self.asks),
        }
    }
}

/// It holds up to a minute's worth of requests, and a minute's worth runs out in a minute.
#[derive(Clone, Debug)]
struct Bucket {
    level: f64,
    at: Instant,
}

impl Bucket {
    fn empty(now: Instant) -> Self {
        Self {
            level: 0.0,
            at: now,
        }
    }

    fn level(&self, now: Instant, limit: u32) -> f64 {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        (self.level - since * f64::from(limit) / MINUTE).max(0.0)
    }

    fn take(&mut self, now: Instant, limit: u32) -> Result<Standing, Duration> {
        let after = self.level(now, limit) + 1.0;
        let over = after - f64::from(limit);
        if over > 0.0 {
            return Err(Duration::from_secs_f64(over * MINUTE / f64::from(limit)));
        }
        *self = Self {
            level: after,
            at: now,
        };
        Ok(self.standing(now, limit))
    }

    fn standing(&self, now: Instant, limit: u32) -> Standing {
        let level = self.level(now, limit);
        Standing {
            limit,
            used: whole(level).min(limit),
            full_in: Duration::from_secs_f64(level * MINUTE / f64::from(limit)),
        }
    }
}

/// The next whole number. A level is never negative, and never above a limit that is a `u32`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the level lies between 0 and a u32"
)]
fn whole(level: f64) -> u32 {
    level.ceil() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::{IpAddr, Ipv4Addr};

    const ALICE: Visitor = Visitor::Key(0);

    #[test]
    fn one_of_fifty_is_gone_about_a_second_later() {
        let (rates, now) = (Rates::new(50), Instant::now());
        let standing = rates.take(ALICE, Kind::Ask, now).unwrap();
        assert_eq!(rates.standing(ALICE, Kind::Ask, now), standing);
        assert_eq!(
            (standing.limit, standing.remaining(), standing.used),
            (50, 49, 1)
        );
        assert_eq!(standing.full_in, Duration::from_millis(1200));
    }

    #[test]
    fn visitors_and_kinds_do_not_share_a_bucket() {
        let (rates, now) = (Rates::new(1), Instant::now());
        let stranger = Visitor::Network(IpAddr::V4(Ipv4Addr::LOCALHOST));
        for (visitor, kind) in [
            (ALICE, Kind::Ask),
            (stranger, Kind::Ask),
            (ALICE, Kind::Look),
        ] {
            assert!(rates.take(visitor, kind, now).is_ok());
        }
        assert_eq!(
            rates.take(ALICE, Kind::Ask, now),
            Err(Duration::from_secs(60))
        );
        assert!(rates.take(ALICE, Kind::Look, now).is_ok());
    }

    #[test]
    fn a_crowd_of_strangers_shares_one_bucket_and_leaves_again() {
        let (rates, now) = (Rates::new(1), Instant::now());
        let ask = |number: usize, now| rates.take(Visitor::Key(number), Kind::Ask, now).is_ok();
        assert!((0..BUCKETS).all(|number| ask(number, now)));
        assert!(ask(BUCKETS, now), "the first of those without room");
        assert!(!ask(BUCKETS + 1, now), "the second shares its bucket");
        assert_eq!(rates.buckets.lock().unwrap().len(), BUCKETS + 1);
        let later = now + Duration::from_secs(61);
        assert!(ask(BUCKETS + 1, later));
        assert_eq!(rates.buckets.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_crowd_gives_nobody_a_fresh_bucket() {
        let (rates, now) = (Rates::new(1), Instant::now());
        let ask = |number: usize, now| rates.take(Visitor::Key(number), Kind::Ask, now).is_ok();
        assert!((0..BUCKETS).all(|number| ask(number, now)));
        assert!(!ask(0, now + Duration::from_secs(59)));
        assert!(ask(0, now + Duration::from_secs(61)));
    }

    proptest! {
        /// However requests are spread, no minute sees more than a full bucket and what ran out of it meanwhile.
        #[test]
        fn no_minute_has_more_than_two_minutes_worth(limit in 1_u32..40, pauses in prop::collection::vec(0_u64..5000, 1..300)) {
            let (rates, mut now) = (Rates::new(limit), Instant::now());
            let mut taken = Vec::new();
            for pause in pauses {
                now += Duration::from_millis(pause);
                if rates.take(ALICE, Kind::Ask, now).is_ok() {
                    taken.push(now);
                }
            }
            for first in &taken {
                let minute = taken.iter().filter(|at| *at >= first && at.duration_since(*first) < Duration::from_secs(60));
                prop_assert!(minute.count() <= 2 * limit as usize);
            }
        }

        #[test]
        fn whoever_waits_as_long_as_told_is_let_in(limit in 1_u32..1000, pauses in prop::collection::vec(0_u64..50, 1..300)) {
            let (rates, mut now) = (Rates::new(limit), Instant::now());
            for pause in pauses {
                now += Duration::from_millis(pause);
                if let Err(wait) = rates.take(ALICE, Kind::Ask, now) {
                    // A microsecond for what is lost in rounding.
                    now += wait + Duration::from_micros(1);
                    prop_assert!(rates.take(ALICE, Kind::Ask, now).is_ok());
                }
                let standing = rates.standing(ALICE, Kind::Ask, now);
                prop_assert!(standing.used <= limit && standing.full_in <= Duration::from_secs(60));
            }
        }
    }
}
