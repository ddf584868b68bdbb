//! Which page of the list is asked for. Must be pure.

use axum::http::Uri;
use serde_json::Value;
use url::form_urlencoded;

use crate::Failure;

const FEWEST: u32 = 1;
const MOST: u32 = 100;
const USUAL: u32 = 20;
/// What a token begins with. The rest is a place in the list, which clients have no business with.
const TOKEN: &str = "before-";

/// A part of one client's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// How many jobs.
    pub(super) limit: u32,
    /// Only jobs whose number is lower: a job keeps its number, so that new ones move nothing.
    pub(super) before: i64,
}

impl Asked {
    /// Reads the query of an address. Names it does not know are left alone, as are those with an empty value.
    ///
    /// # Errors
    ///
    /// A [`Failure`] with status 400 that names what is wrong.
    pub(crate) fn read(uri: &Uri) -> Result<Self, Failure> {
        let mut asked = Self {
            limit: USUAL,
            before: i64::MAX,
        };
        let query = uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "limit" if !value.is_empty() => asked.limit = limit(&value)?,
                "next_token" if !value.is_empty() => asked.before = place(&value)?,
                _ => {}
            }
        }
        Ok(asked)
    }
}

/// The token of the page after the job with this number.
pub(super) fn token(number: i64) -> String {
    format!("{TOKEN}{number}")
}

fn limit(text: &str) -> Result<u32, Failure> {
    match text.parse::<i64>() {
        Err(_) => wrong("limit", "Input should be a valid integer"),
        Ok(limit) if limit < i64::from(FEWEST) => wrong(
            "limit",
            &format!("Input should be greater than or equal to {FEWEST}"),
        ),
        Ok(limit) => match u32::try_from(limit) {
            Ok(limit) if limit <= MOST => Ok(limit),
            _ => wrong(
                "limit",
                &format!("Input should be less than or equal to {MOST}"),
            ),
        },
    }
}

fn place(token: &str) -> Result<i64, Failure> {
    let number = token
        .strip_prefix(TOKEN)
        .and_then(|number| number.parse().ok());
    match number {
        Some(number) if number > 0 => Ok(number),
        _ => wrong(
            "next_token",
            "Input should be the next_token of an earlier page",
        ),
    }
}

fn wrong<T>(name: &str, fault: &str) -> Result<T, Failure> {
    let faults = Value::from(vec![format!("At query -> {name}: {fault}")]);
    Err(Failure::bad_request("bad_request", faults.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(query: &str) -> Result<(u32, i64), String> {
        let uri = format!("/async/chat/completions?{query}").parse().unwrap();
        Asked::read(&uri)
            .map(|asked| (asked.limit, asked.before))
            .map_err(|failure| failure.message)
    }

    #[test]
    fn a_page_is_twenty_jobs_unless_it_is_asked_for_otherwise() {
        assert_eq!(read(""), Ok((20, i64::MAX)));
        assert_eq!(read("limit=&next_token=&x=1"), Ok((20, i64::MAX)));
        assert_eq!(read("limit=1"), Ok((1, i64::MAX)));
        assert_eq!(read("next_token=before%2D7&limit=100"), Ok((100, 7)));
    }

    #[test]
    fn what_cannot_be_a_page_is_named() {
        let faults: Vec<String> = [
            "limit=0",
            "limit=-1",
            "limit=101",
            "limit=99999999999",
            "limit=ten",
            "limit=1.5",
            "limit=99999999999999999999",
            "next_token=7",
            "next_token=before-0",
            "next_token=before-x",
            "next_token=%FF",
        ]
        .into_iter()
        .map(|query| format!("{query}  {}", read(query).unwrap_err()))
        .collect();
        insta::assert_snapshot!(faults.join("\n"), @r#"
        limit=0  ["At query -> limit: Input should be greater than or equal to 1"]
        limit=-1  ["At query -> limit: Input should be greater than or equal to 1"]
        limit=101  ["At query -> limit: Input should be less than or equal to 100"]
        limit=99999999999  ["At query -> limit: Input should be less than or equal to 100"]
        limit=ten  ["At query -> limit: Input should be a valid integer"]
        limit=1.5  ["At query -> limit: Input should be a valid integer"]
        limit=99999999999999999999  ["At query -> limit: Input should be a valid integer"]
        next_token=7  ["At query -> next_token: Input should be the next_token of an earlier page"]
        next_token=before-0  ["At query -> next_token: Input should be the next_token of an earlier page"]
        next_token=before-x  ["At query -> next_token: Input should be the next_token of an earlier page"]
        next_token=%FF  ["At query -> next_token: Input should be the next_token of an earlier page"]
        "#);
    }

    proptest! {
        #[test]
        fn a_token_leads_behind_its_job(number in 1..i64::MAX) {
            let query = format!("next_token={}", token(number));
            prop_assert_eq!(read(&query), Ok((20, number)));
        }

        #[test]
        fn no_query_is_too_odd(query in "[a-z_=&%0-9+]{0,60}") {
            let _read = read(&query);
        }
    }
}
