//! Chance that a seed decides, so that what failed once can be had again. For tests; nothing secret may come from it.

use std::ops::Range;
use std::time::Duration;

/// A row of numbers that only depends on its seed.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number (splitmix64).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of the range, which must not be empty.
    pub(crate) fn of_range(&mut self, range: Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    /// So many milliseconds.
    pub(crate) fn millis(&mut self, range: Range<u64>) -> Duration {
        Duration::from_millis(self.of_range(range))
    }

    /// One of these.
    pub(crate) fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let chosen = self.of_range(0..of.len() as u64);
        &of[usize::try_from(chosen).unwrap()]
    }
}
