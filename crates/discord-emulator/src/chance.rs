//! Chance that repeats itself: the same seed draws the same numbers. Not for secrets.

/// A sequence of draws (the generator is `SplitMix64`).
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit an f64 exactly")]
        let drawn = (self.draw() >> 11) as f64;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a power of two fits an f64 exactly"
        )]
        let all = (1u64 << 53) as f64;
        drawn / all
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_same_seed_draws_the_same(seed: u64) {
            let (mut one, mut other) = (Chance::new(seed), Chance::new(seed));
            for _ in 0..20 {
                let drawn = one.fraction();
                prop_assert!((0.0..1.0).contains(&drawn));
                prop_assert_eq!(drawn.to_bits(), other.fraction().to_bits());
            }
        }
    }
}
