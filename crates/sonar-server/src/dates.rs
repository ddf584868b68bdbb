//! Dates as the protocol writes them, `MM/DD/YYYY`. Must not ask what day it is.

use time::{Date, Month};

/// The date, with or without leading zeros, or `None` when it is written otherwise or does not exist.
pub(crate) fn read(text: &str) -> Option<Date> {
    let mut fields = text.split('/');
    let month = number(fields.next()?, 2)?;
    let day = number(fields.next()?, 2)?;
    let year = fields.next().filter(|year| year.len() == 4)?;
    if fields.next().is_some() {
        return None;
    }
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let year = i32::from(number(year, 4)?);
    Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()
}

fn number(digits: &str, longest: usize) -> Option<u16> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    (plain && digits.len() <= longest).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::read;
    use time::macros::date;

    #[test]
    fn a_date_may_leave_zeros_out() {
        assert_eq!(read("03/01/2025"), Some(date!(2025 - 03 - 01)));
        assert_eq!(read("3/1/2025"), Some(date!(2025 - 03 - 01)));
        assert_eq!(read("2/29/2024"), Some(date!(2024 - 02 - 29)));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "2025-03-01",
            "13/01/2025",
            "2/29/2025",
            "3/1/25",
            "3/1/2025/",
            "+3/1/2025",
            "3//2025",
            "003/1/2025",
            "3/1/２０２５",
            "a/b/c",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }
}
