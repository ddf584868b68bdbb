//! Durations as JSON has them: seconds, as a number. Knows no clock.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The longest duration that can be asked for: a year.
pub(crate) const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

pub(crate) fn serialize<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    duration.as_secs_f64().serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| *duration <= LONGEST)
        .ok_or_else(|| {
            D::Error::custom(format!(
                "{seconds} is not a number of seconds from 0 to {}",
                LONGEST.as_secs()
            ))
        })
}
