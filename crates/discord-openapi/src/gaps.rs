//! The places where the document is known to be wrong, each with its reason. Whatever is not on the list is a violation.

use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    tally::Tally,
    violation::{Fault, Violation},
};

/// A place where the document is wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gap {
    /// A part of the place in the document, such as `/UserResponse/required`.
    rule: String,
    /// The end of the place in the value, with `*` for the number of an item; empty for any.
    #[serde(default)]
    at: String,
    /// What the message has to contain; empty for any.
    #[serde(default)]
    message: String,
    /// Why the document is wrong there. For people.
    #[expect(
        dead_code,
        reason = "people read it in the file, the program needs it to be there"
    )]
    reason: String,
    /// What the service really sends, and the document refuses.
    #[cfg_attr(not(test), expect(dead_code, reason = "it is a test's"))]
    example: Example,
}

/// A value that shows a gap.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "it is a test's"))]
struct Example {
    /// The JSON pointer of the schema.
    of: String,
    value: Value,
}

pub(crate) fn known() -> &'static [Gap] {
    static KNOWN: OnceLock<Vec<Gap>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let read = serde_json::from_str(include_str!("gaps.json"));
        read.unwrap_or_else(|error| panic!("gaps.json: {error}"))
    })
}

/// Leaves out what is nothing but known gaps, and counts which were met.
pub(crate) fn without_known(found: Vec<Violation>, tally: &mut Tally) -> Vec<Violation> {
    found
        .into_iter()
        .filter(|violation| {
            let met: Vec<Option<usize>> = violation.faults.iter().map(gap_of).collect();
            tally.gaps.extend(met.iter().flatten());
            met.contains(&None)
        })
        .collect()
}

fn gap_of(fault: &Fault) -> Option<usize> {
    known().iter().position(|gap| {
        fault.rule.contains(&gap.rule)
            && fault.message.contains(&gap.message)
            && ends_with(&fault.at, &gap.at)
    })
}

fn ends_with(at: &str, end: &str) -> bool {
    let mut parts = at.rsplit('/');
    end.rsplit('/')
        .filter(|part| !part.is_empty())
        .all(|wanted| {
            let part = parts.next();
            part == Some(wanted)
                || wanted == "*" && part.is_some_and(|part| part.parse::<u32>().is_ok())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    #[test]
    fn the_end_of_a_place_may_hold_any_item() {
        assert!(ends_with("/attachments/0/id", "/attachments/*/id"));
        assert!(ends_with("/data/attachments/12/id", "/attachments/*/id"));
        assert!(!ends_with("/attachments/0/name", "/attachments/*/id"));
        assert!(!ends_with("/id", "/attachments/*/id"));
        assert!(ends_with("/anything", ""));
    }

    #[test]
    fn every_gap_is_one_of_this_document() {
        let Some(document) = document::at_hand() else {
            return;
        };
        for (place, gap) in known().iter().enumerate() {
            let found = document.against(&gap.example.of, &gap.example.value);
            assert!(!found.is_empty(), "no gap any more: {gap:?}");
            let mut tally = Tally::default();
            assert_eq!(without_known(found, &mut tally), []);
            assert!(tally.gaps.contains(&place), "another gap than {gap:?}");
        }
    }
}
