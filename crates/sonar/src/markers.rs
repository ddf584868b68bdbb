//! Takes the links off citation markers, as people's programs put them on. Must not touch other links.

use std::borrow::Cow;

/// Longest address looked at, in bytes; a longer link stays.
const LONGEST: usize = 4096;

/// The text with `[[1]](https://…)`, `[1](https://…)` and their forms in angle brackets written `[1]` again, as the service wrote
/// it. Taking off what is off changes nothing.
pub(crate) fn unlinked(text: &str) -> Cow<'_, str> {
    if !text.contains("](") {
        return Cow::Borrowed(text);
    }
    // Looked for in what is kept, so that a link around a link goes too.
    let mut kept = String::with_capacity(text.len());
    for letter in text.chars() {
        kept.push(letter);
        if letter == ')' {
            take_off_last(&mut kept);
        }
    }
    Cow::Owned(kept)
}

/// Takes the link off the marker that `text` ends with, if it does.
fn take_off_last(text: &mut String) {
    let Some(label_end) = link_start(text.as_bytes()) else {
        return;
    };
    let Some(label) = text.get(..label_end) else {
        return;
    };
    if let Some((start, number)) = label.strip_suffix("]]").and_then(|rest| number(rest, "[[")) {
        let marker = format!("[{number}]");
        text.truncate(start);
        text.push_str(&marker);
    } else if label
        .strip_suffix(']')
        .and_then(|rest| number(rest, "["))
        .is_some()
    {
        text.truncate(label_end);
    }
}

/// Where the `(address)` begins that the text ends with: a web address without white space, perhaps in angle brackets.
fn link_start(text: &[u8]) -> Option<usize> {
    let window = text.len().saturating_sub(LONGEST);
    let tail = text.get(window..)?.strip_suffix(b")")?;
    let (inside, open): (&[u8], &[u8]) = match tail.strip_suffix(b">") {
        Some(inside) => (inside, b"(<"),
        None => (tail, b"("),
    };
    let start = inside
        .windows(open.len())
        .rposition(|bytes| bytes == open)?;
    let address = inside.get(start + open.len()..)?;
    let is_address = [&b"https://"[..], b"http://"]
        .iter()
        .any(|scheme| address.starts_with(scheme));
    (is_address && !address.iter().any(u8::is_ascii_whitespace)).then_some(window + start)
}

/// The digits that `text` ends with after `open`, and where `open` begins.
fn number<'a>(text: &'a str, open: &str) -> Option<(usize, &'a str)> {
    let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = text
        .get(before.len()..)
        .filter(|digits| !digits.is_empty())?;
    let start = before.strip_suffix(open)?.len();
    Some((start, digits))
}

#[cfg(test)]
mod tests {
    use super::unlinked;
    use proptest::prelude::*;

    #[test]
    fn markers_lose_their_links_and_other_links_stay() {
        for (text, expected) in [
            ("So.[1] And [2].", "So.[1] And [2]."),
            (
                "So. [[1]](<https://a.example/x>)[[12]](https://b.example)",
                "So. [1][12]",
            ),
            ("So. [1](https://a.example) And.", "So. [1] And."),
            ("So. [1](<https://a.example/A_(b)>).", "So. [1]."),
            ("[[1]](https://a.example)(https://b.example)", "[1]"),
            (
                "See [the book](https://a.example).",
                "See [the book](https://a.example).",
            ),
            ("`handlers[0](event)`", "`handlers[0](event)`"),
            ("[1](not an address)", "[1](not an address)"),
            ("[](https://a.example)", "[](https://a.example)"),
            ("ä[1](https://ä.example/🙂)ö", "ä[1]ö"),
            ("(a) ) )", "(a) ) )"),
        ] {
            assert_eq!(unlinked(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn taking_off_twice_is_taking_off_once(words in prop::collection::vec(r"\[|\]|\(|\)|<|>|1|ä|https://| ", 0..24)) {
            let once = unlinked(&words.concat()).into_owned();
            prop_assert_eq!(unlinked(&once), &*once);
        }
    }
}
