//! How fresh sources must be: an age, or dates. Never both, since the protocol takes only one of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime};

use super::Recency;
use crate::clock::Moment;

/// How fresh sources must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// Of any age.
    #[default]
    Any,
    /// No older than this.
    Recency(Recency),
    /// From these dates.
    Dates(Dates),
}

/// When sources were published, and when they were last changed. One of the four is set at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Dates {
    published: Span,
    updated: Span,
}

/// A span of days, without its first and its last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Span {
    /// After this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Day>,
    /// Before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Day>,
}

/// A day of the calendar, from 1900 to 2199, written `2026-11-23`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

/// A text that names no day between 1900 and 2199 as `2026-11-23`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a day is written as 2026-11-23, and exists")]
pub struct NotADay;

/// Why dates limit nothing, or leave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDates {
    /// None is set.
    #[error("name at least one date")]
    Empty,
    /// No day lies between the two.
    #[error("no day lies after {after} and before {before}")]
    Order {
        /// The day that sources must be after.
        after: Day,
        /// The day that they must be before.
        before: Day,
    },
}

#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    published: Span,
    updated: Span,
}

impl Dates {
    /// Dates that leave at least one day each.
    ///
    /// # Errors
    ///
    /// See [`NoDates`].
    pub fn of(published: Span, updated: Span) -> Result<Self, NoDates> {
        if published.is_open() && updated.is_open() {
            return Err(NoDates::Empty);
        }
        for span in [published, updated] {
            if let (Some(after), Some(before)) = (span.after, span.before)
                && after.next() >= before
            {
                return Err(NoDates::Order { after, before });
            }
        }
        Ok(Self { published, updated })
    }

    /// When sources were published.
    pub fn published(&self) -> Span {
        self.published
    }

    /// When they were last changed.
    pub fn updated(&self) -> Span {
        self.updated
    }
}

impl TryFrom<Written> for Dates {
    type Error = NoDates;

    fn try_from(written: Written) -> Result<Self, NoDates> {
        Self::of(written.published, written.updated)
    }
}

impl From<Dates> for Written {
    fn from(dates: Dates) -> Self {
        Self {
            published: dates.published,
            updated: dates.updated,
        }
    }
}

impl Span {
    /// Whether it takes every day.
    pub fn is_open(self) -> bool {
        self.after.is_none() && self.before.is_none()
    }

    /// Whether a day lies in it.
    pub fn holds(self, day: Day) -> bool {
        self.after.is_none_or(|after| day > after) && self.before.is_none_or(|before| day < before)
    }

    /// The days that lie in both; none where no day does.
    pub fn and(self, other: Self) -> Option<Self> {
        let both = Self {
            after: self.after.max(other.after),
            before: match (self.before, other.before) {
                (Some(one), Some(two)) => Some(one.min(two)),
                (one, two) => one.or(two),
            },
        };
        match (both.after, both.before) {
            (Some(after), Some(before)) if after.next() >= before => None,
            _ => Some(both),
        }
    }
}

impl Day {
    const FIRST_YEAR: i32 = 1900;
    const LAST_YEAR: i32 = 2199;

    /// The day on which a moment falls, in UTC.
    pub fn of(moment: Moment) -> Self {
        let seconds = moment.0.div_euclid(1_000);
        let date =
            OffsetDateTime::from_unix_timestamp(seconds).map_or(Date::MIN, OffsetDateTime::date);
        Self(date)
    }

    /// The day with which a service's date begins: `2026-11-23`, also with a time behind it. None for anything else.
    pub fn told(text: &str) -> Option<Self> {
        text.trim().get(..10)?.parse().ok()
    }

    /// The day so many days earlier.
    pub fn before(self, days: u16) -> Self {
        Self(self.0.saturating_sub(Duration::days(i64::from(days))))
    }

    /// The next day.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(Duration::DAY))
    }

    /// Year, month from 1, day from 1.
    pub fn parts(self) -> (i32, u8, u8) {
        (self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let written = format_description!("[year]-[month padding:none]-[day padding:none]");
        let date = Date::parse(text.trim(), written).map_err(|_| NotADay)?;
        if (Self::FIRST_YEAR..=Self::LAST_YEAR).contains(&date.year()) {
            Ok(Self(date))
        } else {
            Err(NotADay)
        }
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// How many days an age spans, and whether it is counted in less than days. Source: the protocol's windows of 1 hour, 24 hours, 7, 30 and
/// 365 days.
pub fn days(recency: Recency) -> u16 {
    match recency {
        Recency::Hour | Recency::Day => 1,
        Recency::Week => 7,
        Recency::Month => 30,
        Recency::Year => 365,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn span(after: &str, before: &str) -> Span {
        let day = |text: &str| (!text.is_empty()).then(|| day(text));
        Span {
            after: day(after),
            before: day(before),
        }
    }

    #[test]
    fn days_exist() {
        for (text, written) in [
            ("2026-11-23", "2026-11-23"),
            (" 2024-2-29 ", "2024-02-29"),
            ("1900-01-01", "1900-01-01"),
        ] {
            assert_eq!(day(text).to_string(), written);
        }
        for text in [
            "",
            "2026-02-29",
            "2026-13-01",
            "23.11.2026",
            "11/23/2026",
            "yesterday",
            "1899-12-31",
            "2200-01-01",
            "2026-11-23T10:00",
        ] {
            assert_eq!(text.parse::<Day>(), Err(NotADay), "{text}");
        }
        assert_eq!(Day::told("2026-11-23T10:00:00Z"), Some(day("2026-11-23")));
        assert_eq!(Day::told("Nov 23"), None);
        assert_eq!(Day::of(Moment(1_795_392_000_000)), day("2026-11-23"));
    }

    #[test]
    fn dates_leave_a_day_at_least() {
        let none = Span::default();
        assert_eq!(Dates::of(none, none), Err(NoDates::Empty));
        let order = |after, before| NoDates::Order {
            after: day(after),
            before: day(before),
        };
        assert_eq!(
            Dates::of(span("2026-01-02", "2026-01-02"), none),
            Err(order("2026-01-02", "2026-01-02"))
        );
        // The day itself is in neither, so two neighbours leave none.
        assert_eq!(
            Dates::of(none, span("2026-01-01", "2026-01-02")),
            Err(order("2026-01-01", "2026-01-02"))
        );
        assert!(Dates::of(span("2026-01-01", "2026-01-03"), span("", "2026-01-01")).is_ok());
    }

    #[test]
    fn a_span_holds_the_days_between() {
        let year = span("2025-12-31", "2027-01-01");
        assert!(year.holds(day("2026-01-01")) && year.holds(day("2026-12-31")));
        assert!(!year.holds(day("2025-12-31")) && !year.holds(day("2027-01-01")));
        assert_eq!(
            year.and(span("2026-05-01", "")),
            Some(span("2026-05-01", "2027-01-01"))
        );
        assert_eq!(year.and(span("2026-12-31", "")), None);
    }

    #[test]
    fn freshness_is_written_as_people_read_it() {
        let dates = Dates::of(span("2026-01-01", ""), Span::default()).unwrap();
        let written = serde_json::to_string(&Freshness::Dates(dates)).unwrap();
        assert_eq!(
            written,
            r#"{"dates":{"published":{"after":"2026-01-01"},"updated":{}}}"#
        );
        assert_eq!(
            serde_json::from_str::<Freshness>(&written).unwrap(),
            Freshness::Dates(dates)
        );
        assert!(serde_json::from_str::<Freshness>(r#"{"dates":{}}"#).is_err());
    }
}
