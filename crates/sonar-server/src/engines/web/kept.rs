//! What was found a moment ago, so that nobody is asked the same twice. Keeps a bounded number of things, of bounded weight, for
//! a bounded time; must not read the clock.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What is kept of a kind, the oldest first.
#[derive(Debug)]
pub(super) struct Kept<K, V> {
    lifetime: Duration,
    most: usize,
    most_weight: usize,
    things: Mutex<VecDeque<Thing<K, V>>>,
}

#[derive(Debug)]
struct Thing<K, V> {
    key: K,
    value: V,
    weight: usize,
    since: Instant,
}

impl<K: PartialEq, V: Clone> Kept<K, V> {
    /// At most so many things of such a weight together, each for so long.
    pub(super) fn new(lifetime: Duration, most: usize, most_weight: usize) -> Self {
        Self {
            lifetime,
            most,
            most_weight,
            things: Mutex::default(),
        }
    }

    /// What is kept under a key.
    pub(super) fn get(&self, key: &K, now: Instant) -> Option<V> {
        let things = self.things.lock().unwrap_or_else(PoisonError::into_inner);
        let thing = things.iter().rev().find(|thing| thing.key == *key)?;
        let is_fresh = now.saturating_duration_since(thing.since) < self.lifetime;
        is_fresh.then(|| thing.value.clone())
    }

    /// Keeps a value instead of what was kept under its key. The oldest make room; what is heavier than all may be together is
    /// not kept.
    pub(super) fn put(&self, key: K, value: V, weight: usize, now: Instant) {
        if self.lifetime.is_zero() || weight > self.most_weight {
            return;
        }
        let mut things = self.things.lock().unwrap_or_else(PoisonError::into_inner);
        things.retain(|thing| {
            thing.key != key && now.saturating_duration_since(thing.since) < self.lifetime
        });
        let mut together: usize = things.iter().map(|thing| thing.weight).sum();
        while things.len() >= self.most || together + weight > self.most_weight {
            let Some(oldest) = things.pop_front() else {
                break;
            };
            together -= oldest.weight;
        }
        things.push_back(Thing {
            key,
            value,
            weight,
            since: now,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_thing_is_kept_for_its_time() {
        let kept = Kept::new(MINUTE, 9, 99);
        let now = Instant::now();
        kept.put("tea", 1, 1, now);
        assert_eq!(kept.get(&"tea", now + MINUTE / 2), Some(1));
        assert_eq!(kept.get(&"pot", now), None);
        assert_eq!(kept.get(&"tea", now + MINUTE), None);
        kept.put("tea", 2, 1, now + MINUTE);
        assert_eq!(kept.get(&"tea", now + MINUTE), Some(2));
    }

    #[test]
    fn the_oldest_make_room() {
        let kept = Kept::new(MINUTE, 2, 10);
        let now = Instant::now();
        for (key, weight) in [("a", 1), ("b", 1), ("c", 1)] {
            kept.put(key, key, weight, now);
        }
        let left = |key| kept.get(&key, now);
        assert_eq!(
            [left("a"), left("b"), left("c")],
            [None, Some("b"), Some("c")]
        );
        kept.put("d", "d", 10, now);
        assert_eq!([left("b"), left("c"), left("d")], [None, None, Some("d")]);
        kept.put("e", "e", 11, now);
        assert_eq!([left("d"), left("e")], [Some("d"), None]);
    }

    #[test]
    fn no_time_keeps_nothing() {
        let kept = Kept::new(Duration::ZERO, 2, 10);
        let now = Instant::now();
        kept.put("a", 1, 1, now);
        assert_eq!(kept.get(&"a", now), None);
    }
}
