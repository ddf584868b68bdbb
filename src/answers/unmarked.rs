//! Takes the citation markers off an answer: their numbers mean nothing beside other sources. Leaves code as it stands.

use crate::conversation::passages::{Passage, passages};

/// The longest number in a marker, in digits: no answer has a thousand sources, and `[2024]` is a year.
const LONGEST_NUMBER: usize = 3;

/// The longest address behind a marker that is taken off with it, in bytes.
const LONGEST_ADDRESS: usize = 4_096;

/// The text without `[1]`, `[1][2]`, `[1, 2]`, `[[1]](address)` and the white space that stood before them; brackets in code are code.
pub(super) fn unmarked(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for passage in passages(text) {
        match passage {
            Passage::Code(code) => kept.push_str(code),
            Passage::Prose(prose) => take(prose, &mut kept),
        }
    }
    kept.trim().to_owned()
}

/// Looks for markers in what is kept, so that one that another one's going leaves behind goes too.
fn take(prose: &str, kept: &mut String) {
    let from = kept.len();
    let mut rest = prose;
    while let Some(letter) = rest.chars().next() {
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        kept.push(letter);
        let ends_marker = letter == ']';
        let start = kept.get(from..).filter(|_| ends_marker).and_then(marker);
        if let Some(start) = start {
            kept.truncate(from + start);
            if let Some(inner) = rest.strip_prefix(']')
                && kept.get(from..).is_some_and(|kept| kept.ends_with('['))
            {
                kept.pop();
                rest = inner;
            }
            rest = behind_address(rest);
            close_gap(rest, from, kept);
        }
    }
}

/// Where the marker begins that the text ends with.
fn marker(text: &str) -> Option<usize> {
    let inside = text.strip_suffix(']')?;
    let before = inside.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ',' | ' '));
    let open = before.strip_suffix('[')?.len();
    let mut numbers = inside.get(before.len()..)?.split(',');
    let is_number = |number: &str| {
        (1..=LONGEST_NUMBER).contains(&number.len())
            && number.bytes().all(|digit| digit.is_ascii_digit())
            && !number.starts_with('0')
    };
    let first = numbers.next()?;
    let are_numbers = is_number(first) && numbers.all(|number| is_number(number.trim_start()));
    are_numbers.then_some(open)
}

/// What follows the `(address)` at the start of the text, if there is one.
fn behind_address(text: &str) -> &str {
    let (inside, close): (&str, &[u8]) = match text.strip_prefix("(<") {
        Some(inside) => (inside, b">)"),
        None => (text.strip_prefix('(').unwrap_or_default(), b")"),
    };
    let window = inside.as_bytes();
    let window = window.get(..LONGEST_ADDRESS).unwrap_or(window);
    let end = window.windows(close.len()).position(|bytes| bytes == close);
    let behind = end.and_then(|end| {
        let address = inside.get(..end)?;
        let is_address = (address.starts_with("https://") || address.starts_with("http://"))
            && !address.contains(char::is_whitespace);
        inside.get(end + close.len()..).filter(|_| is_address)
    });
    behind.unwrap_or(text)
}

/// Takes off the spaces before a marker that is gone, unless they still part two words.
fn close_gap(rest: &str, from: usize, kept: &mut String) {
    let parts_words = rest.starts_with(|next: char| {
        !next.is_whitespace() && !matches!(next, '.' | ',' | ';' | ':' | '!' | '?' | ')')
    });
    if !parts_words {
        let end = kept.trim_end_matches(' ').len();
        kept.truncate(end.max(from));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markers_go_with_the_space_before_them() {
        for (text, expected) in [
            (
                "Paris.[1] It lies on the Seine. [2]",
                "Paris. It lies on the Seine.",
            ),
            (
                "Paris [1][2], on [3] the Seine [1, 4].",
                "Paris, on the Seine.",
            ),
            (
                "Paris [[1]](<https://a.example/x>) and [2](https://b.example).",
                "Paris and.",
            ),
            ("[[1]][2]Paris", "Paris"),
            ("a [1]b", "a b"),
            ("One.[1]\n\n* Two [2]\n* Three", "One.\n\n* Two\n* Three"),
            ("[1]", ""),
        ] {
            assert_eq!(unmarked(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_marker_stays() {
        for text in [
            "`v[1]` is the second.",
            "```rust\nlet x = v[1];\n```\nThat is all.",
            "In [2024] and [0] and [x] and [ 1] and [1,].",
            "[a link](https://a.example) and [1] (in brackets)"
                .replace("[1] ", "")
                .as_str(),
        ] {
            assert_eq!(unmarked(text), text);
        }
        assert_eq!(unmarked("Yes [1] (in brackets)."), "Yes (in brackets).");
    }

    proptest! {
        #[test]
        fn no_marker_is_left_and_nothing_else_goes(pieces in prop::collection::vec("\\[[0-9]{1,3}\\]|\\[|\\]|[a-z1, .é\\n(]{0,3}|\\[\\[1\\]\\]\\(https://a\\.example\\)", 0..14)) {
            let text = pieces.concat();
            let kept = unmarked(&text);
            for number in 1..1_000 {
                let marker = format!("[{number}]");
                prop_assert!(!kept.contains(&marker), "{:?} in {:?}", marker, kept);
            }
            let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
            prop_assert_eq!(letters(&kept), letters(&text.replace("](https://a.example)", "]")));
            prop_assert_eq!(unmarked(&kept), kept);
        }

        #[test]
        fn code_is_never_touched(code in "[a-z\\[\\]0-9 ]{1,20}", prose in "[a-z \\[\\]0-9.]{0,20}") {
            let code = format!("`{code}`");
            let kept = unmarked(&format!("x {prose} {code} {prose}"));
            prop_assert!(kept.contains(&code));
        }
    }
}
