//! Cuts the thinking that reasoning models write before their answer. Must leave the answer as it is.

use std::borrow::Cow;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// The text without its `<think>…</think>` blocks and the white space after them.
///
/// A block that is never closed counts as thinking to the end when it stands first (the answer was cut while the model
/// still thought); elsewhere it is text that happens to hold the word. Cutting what was cut changes nothing.
#[must_use]
pub fn strip_thinking(text: &str) -> Cow<'_, str> {
    if !text.contains(OPEN) {
        return Cow::Borrowed(text);
    }
    // Marks are looked for in what is kept, not in what is read: a cut may bring the halves of another mark together.
    let mut kept = String::with_capacity(text.len());
    let mut opened = None;
    let mut after_block = false;
    for letter in text.chars() {
        if after_block && letter.is_whitespace() {
            continue;
        }
        after_block = false;
        kept.push(letter);
        match opened {
            None if kept.ends_with(OPEN) => opened = Some(kept.len() - OPEN.len()),
            Some(start) if kept.ends_with(CLOSE) => {
                kept.truncate(start);
                opened = None;
                after_block = true;
            }
            _ => {}
        }
    }
    match opened.and_then(|start| kept.get(..start)) {
        Some(before) if before.trim().is_empty() => Cow::Borrowed(""),
        _ => Cow::Owned(kept),
    }
}

#[cfg(test)]
mod tests {
    use super::strip_thinking;
    use proptest::prelude::*;

    #[test]
    fn thinking_goes_and_the_answer_stays() {
        for (text, expected) in [
            ("Paris. [1]", "Paris. [1]"),
            ("<think>\nHm.\n</think>\n\nParis. [1]", "Paris. [1]"),
            ("<think>a</think><think>b</think> Paris", "Paris"),
            ("<think>a <think> tag</think>Paris", "Paris"),
            ("Yes.\n<think>again</think>\nNo.", "Yes.\nNo."),
            ("<think>\ncut while think", ""),
            ("<think>a</think> <think>b", ""),
            ("<th<think>a</think>ink>b</think>Paris", "Paris"),
            (
                "The tag <think> opens a block.",
                "The tag <think> opens a block.",
            ),
            ("", ""),
        ] {
            assert_eq!(strip_thinking(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn cutting_twice_is_cutting_once(words in prop::collection::vec("<think>|</think>|<th|ink>|</|[ a\n]{0,3}", 0..12)) {
            let once = strip_thinking(&words.concat()).into_owned();
            prop_assert_eq!(strip_thinking(&once), &*once);
        }
    }
}
