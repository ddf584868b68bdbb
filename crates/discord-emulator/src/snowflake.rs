//! Discord's ids: the moment in the upper bits, a counter below. Strictly rising, whatever the clock does.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::clock::Moment;

/// The first millisecond of 2015, from which Discord counts.
const EPOCH_MS: u64 = 1_420_070_400_000;
const MOMENT_SHIFT: u32 = 22;
/// The highest value of the counter, which has 12 bits.
const LAST_COUNT: u64 = (1 << 12) - 1;

/// One id. In JSON it is always a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Snowflake(u64);

impl Snowflake {
    pub(crate) const fn get(self) -> u64 {
        self.0
    }

    /// When it was made, to the millisecond.
    pub(crate) fn moment(self) -> Moment {
        Moment::since_epoch(Duration::from_millis((self.0 >> MOMENT_SHIFT) + EPOCH_MS))
    }
}

impl From<u64> for Snowflake {
    fn from(raw: u64) -> Self {
        Self(raw)
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Snowflake {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for Snowflake {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Snowflake {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Makes ids.
#[derive(Default)]
pub(crate) struct Snowflakes {
    last: u64,
}

impl Snowflakes {
    pub(crate) fn next(&mut self, now: Moment) -> Snowflake {
        let earliest = now.as_millis().saturating_sub(EPOCH_MS) << MOMENT_SHIFT;
        self.last = earliest.max(self.successor());
        Snowflake(self.last)
    }

    /// The next id of the same millisecond, or the first of the next one when the counter is full.
    fn successor(&self) -> u64 {
        if self.last & LAST_COUNT == LAST_COUNT {
            ((self.last >> MOMENT_SHIFT) + 1) << MOMENT_SHIFT
        } else {
            self.last + 1
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_rise_strictly_even_when_the_clock_does_not(millis in prop::collection::vec(EPOCH_MS..EPOCH_MS + 50, 1..9000)) {
            let mut ids = Snowflakes::default();
            let mut last = 0;
            for ms in millis {
                let id = ids.next(Moment::since_epoch(Duration::from_millis(ms))).get();
                prop_assert!(id > last);
                last = id;
            }
        }
    }
}
