//! Cuts the thinking that reasoning models write before their answer. Must leave the answer as it is.

use std::borrow::Cow;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// The text without its `<think>…</think>` blocks and the white space after them.
///
/// A block that is never closed counts as thinking to the end when it stands first (the answer was cut while the model
/// still thought); elsewhere it is text that happens to hold the word.
#[must_use]
pub fn strip_thinking(text: &str) -> Cow<'_, str> {
    if !text.contains(OPEN) {
        return Cow::Borrowed(text);
    }
    let mut answer = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(OPEN) {
        match inside.split_once(CLOSE) {
            Some((_, after)) => {
                answer.push_str(before);
                rest = after.trim_start();
            }
            None if answer.is_empty() && before.trim().is_empty() => return Cow::Borrowed(""),
            None => break,
        }
    }
    answer.push_str(rest);
    Cow::Owned(answer)
}

#[cfg(test)]
mod tests {
    use super::strip_thinking;

    #[test]
    fn thinking_goes_and_the_answer_stays() {
        for (text, expected) in [
            ("Paris. [1]", "Paris. [1]"),
            ("<think>\nHm.\n</think>\n\nParis. [1]", "Paris. [1]"),
            ("<think>a</think><think>b</think> Paris", "Paris"),
            ("Yes.\n<think>again</think>\nNo.", "Yes.\nNo."),
            ("<think>\ncut while think", ""),
            ("<think>a</think> <think>b", ""),
            (
                "The tag <think> opens a block.",
                "The tag <think> opens a block.",
            ),
            ("", ""),
        ] {
            assert_eq!(strip_thinking(text), expected, "{text:?}");
        }
    }
}
