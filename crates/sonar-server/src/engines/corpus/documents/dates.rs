//! Days as documents say them, `YYYY-MM-DD`. What is no real day is never bent into one, and no day is ever made up.

use std::time::{Duration, SystemTime};

use time::{Date, OffsetDateTime};

/// The most of a value that a remark repeats.
const SHOWN_CHARACTERS: usize = 40;

/// The day of a date or timestamp that begins with `YYYY-MM-DD`, when it is a real one. A timestamp's day is the one
/// written in it, whatever its time zone.
pub(crate) fn day(text: &str) -> Option<String> {
    let text = text.trim();
    let day = text.get(..10)?;
    let followed = text.get(10..)?.chars().next();
    if followed.is_some_and(char::is_alphanumeric) && followed != Some('T') && followed != Some('t')
    {
        return None;
    }
    parse_day(day).map(|_| day.to_owned())
}

/// `YYYY-MM-DD` as a date.
pub(crate) fn parse_day(text: &str) -> Option<Date> {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    Date::parse(text, format).ok()
}

/// The day that a document gives under `key`; what it gives that is no day becomes a remark.
pub(crate) fn said(key: &str, text: Option<&str>, remarks: &mut Vec<String>) -> Option<String> {
    let text = text.filter(|text| !text.trim().is_empty())?;
    let day = day(text);
    if day.is_none() {
        let shown: String = text.chars().take(SHOWN_CHARACTERS).collect();
        remarks.push(format!("`{key}` is no day written YYYY-MM-DD: `{shown}`"));
    }
    day
}

/// The day, by universal time, of a moment in nanoseconds since 1970.
pub(crate) fn of_moment(nanoseconds: u128) -> Option<String> {
    let since = Duration::from_nanos(u64::try_from(nanoseconds).ok().filter(|n| *n > 0)?);
    let moment = SystemTime::UNIX_EPOCH.checked_add(since)?;
    Some(OffsetDateTime::from(moment).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_must_exist() {
        assert_eq!(day("2024-02-29T10:00:00Z").as_deref(), Some("2024-02-29"));
        assert_eq!(day(" 2024-02-29 10:00").as_deref(), Some("2024-02-29"));
        for text in [
            "2023-02-29",
            "soon",
            "2024-02-291",
            "2024-2-9",
            "",
            "ééééé-02-29",
        ] {
            assert_eq!(day(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_moment_is_a_day_in_universal_time() {
        assert_eq!(
            of_moment(1_709_251_199_999_999_999).as_deref(),
            Some("2024-02-29")
        );
        assert_eq!(
            of_moment(1_709_251_200_000_000_000).as_deref(),
            Some("2024-03-01")
        );
        assert_eq!(of_moment(0), None, "a file whose time is not known");
    }
}
