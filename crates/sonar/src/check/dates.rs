//! Days as the protocol writes them, `MM/DD/YYYY`. Must not ask what day it is.

use super::clipped;
use crate::Invalid;

pub(super) fn check(field: &str, day: Option<&str>) -> Result<(), Invalid> {
    match day {
        Some(text) if !is_day(text) => Err(Invalid::new(
            field,
            format!("must be a day written MM/DD/YYYY, not {}", clipped(text)),
        )),
        _ => Ok(()),
    }
}

/// A day of the calendar; leading zeros may be left out, as the protocol's own examples do.
fn is_day(text: &str) -> bool {
    let fields: Vec<&str> = text.split('/').collect();
    let &[month, day, year] = fields.as_slice() else {
        return false;
    };
    match (
        number(month, 1..=2),
        number(day, 1..=2),
        number(year, 4..=4),
    ) {
        (Some(month), Some(day), Some(year)) => (1..=days(month, year)).contains(&day),
        _ => false,
    }
}

fn number(digits: &str, length: std::ops::RangeInclusive<usize>) -> Option<u16> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    (plain && length.contains(&digits.len())).then(|| digits.parse().ok())?
}

/// The days of a month; none when there is no such month.
fn days(month: u16, year: u16) -> u16 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::is_day;

    #[test]
    fn a_day_may_leave_zeros_out() {
        for day in [
            "03/01/2025",
            "3/1/2025",
            "2/29/2024",
            "2/29/2000",
            "12/31/1999",
        ] {
            assert!(is_day(day), "{day}");
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "",
            "2025-03-01",
            "13/01/2025",
            "0/1/2025",
            "1/0/2025",
            "2/29/2025",
            "2/29/1900",
            "4/31/2025",
            "3/1/25",
            "3/1/2025/",
            "+3/1/2025",
            "3//2025",
            "003/1/2025",
            "3/1/２０２５",
            "a/b/c",
            " 3/1/2025",
        ] {
            assert!(!is_day(text), "{text:?}");
        }
    }
}
