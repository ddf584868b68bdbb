//! How often a service is asked whether a research is done. Pure: chance is handed in.

use std::time::Duration;

use crate::jobs::backoff::about;

/// The shortest wait between two looks.
pub const SHORTEST: Duration = Duration::from_secs(2);

/// The longest.
pub const LONGEST: Duration = Duration::from_secs(30);

/// How long to wait before the next look at a research that the service has worked on for `age`: the longer it has taken, the longer.
///
/// The age counts from when the service took it on, so that a restart begins no quick looks anew. With `looked_at` researches at once and
/// `per_minute` looks allowed, all of them together stay below nine tenths of that. `chance` is from 0 to 1.
#[must_use]
pub fn until_next_look(age: Duration, looked_at: usize, per_minute: u32, chance: f64) -> Duration {
    let by_age = (age / 8).clamp(SHORTEST, LONGEST);
    let share =
        Duration::from_secs(60).mul_f64(looked_at as f64 / (f64::from(per_minute.max(1)) * 0.8));
    about(by_age.max(share), chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_grow_rare_with_age_and_with_how_many_there_are() {
        let wait = |age, many| until_next_look(Duration::from_secs(age), many, 3_000, 0.5);
        assert_eq!(wait(0, 1), SHORTEST);
        assert_eq!(wait(40, 1), Duration::from_secs(5));
        assert_eq!(wait(9_999, 1), LONGEST);
        assert_eq!(wait(0, 2_000), Duration::from_secs(50));
    }

    #[test]
    fn all_of_them_stay_below_the_limit() {
        for many in [1, 10, 500, 5_000] {
            let shortest = until_next_look(Duration::ZERO, many, 3_000, 0.0);
            let looks = many as f64 * 60.0 / shortest.as_secs_f64();
            assert!(looks <= 3_000.0, "{many}: {looks}");
        }
    }
}
