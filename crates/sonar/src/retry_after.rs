//! What a service's headers say about coming back. Must read no clock: a date is measured from the reply's own date.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The wait that is asked for: `retry-after-ms`, else `retry-after` in seconds or as a date. A date in the past is no wait; a date
/// in a reply that does not say its own is not read.
pub(crate) fn asked_wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str, scale: f64| {
        Duration::try_from_secs_f64(text(name)?.parse::<f64>().ok()? * scale).ok()
    };
    let day = |name: &str| -> Option<SystemTime> { httpdate::parse_http_date(text(name)?).ok() };
    let until = || {
        let (until, now) = (day(RETRY_AFTER.as_str())?, day(DATE.as_str())?);
        Some(until.duration_since(now).unwrap_or_default())
    };
    number("retry-after-ms", 0.001)
        .or_else(|| number(RETRY_AFTER.as_str(), 1.0))
        .or_else(until)
}

/// What the service says of another try (`x-should-retry`), which some clients of the protocol obey.
pub(crate) fn advice(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        let headers = headers.iter();
        headers
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn the_wait_is_read_in_every_form() {
        let now = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (told, expected) in [
            (&[("retry-after", "7")][..], seconds(7)),
            (&[("retry-after", " 7 ")], seconds(7)),
            (&[("retry-after", "0.5")], Some(Duration::from_millis(500))),
            (
                &[("retry-after-ms", "250"), ("retry-after", "7")],
                Some(Duration::from_millis(250)),
            ),
            (
                &[("retry-after-ms", "soon"), ("retry-after", "7")],
                seconds(7),
            ),
            (
                &[("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT"), now],
                seconds(30),
            ),
            (
                &[("retry-after", "Wed, 21 Oct 2026 07:27:00 GMT"), now],
                seconds(0),
            ),
            (&[("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT")], None),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "NaN")], None),
            (&[("retry-after", "1e300")], None),
            (&[("retry-after", "soon"), now], None),
            (&[], None),
        ] {
            assert_eq!(asked_wait(&headers(told)), expected, "{told:?}");
        }
    }

    #[test]
    fn advice_is_yes_no_or_none() {
        assert_eq!(advice(&headers(&[("x-should-retry", "true")])), Some(true));
        assert_eq!(
            advice(&headers(&[("x-should-retry", "false")])),
            Some(false)
        );
        assert_eq!(advice(&headers(&[("x-should-retry", "perhaps")])), None);
        assert_eq!(advice(&headers(&[])), None);
    }
}
