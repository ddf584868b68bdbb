//! Holds back the thinking that some models write, before their answer and between its lines, while it streams. Changes
//! nothing else.

const OPENS: &str = "<think>";
const CLOSES: &str = "</think>";

/// Text as it arrives, and how much of it is answer.
///
/// A block runs from `<think>` to `</think>`, and goes with the white space after it. It opens where models open it: at the start
/// of the text, directly behind another block, and at the start of a line that is not code. Anywhere else the mark is text, for
/// an answer may well be about it. A block that is never closed is thinking when nothing stands before it (the answer was cut
/// while the model still thought); behind an answer it was text after all.
#[derive(Debug, Default)]
pub(super) struct AnswerText {
    stage: Stage,
    /// What may be the beginning of a mark.
    held: String,
    /// The block that is open, without its mark.
    thought: String,
    /// What was given of the line that the text is in.
    line: String,
    /// How many backticks opened the code that the text is in.
    fence: Option<usize>,
    /// Whether the reader has seen anything.
    has_begun: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// White space before any answer, or behind thinking.
    #[default]
    Between,
    Answer,
    Thinking,
}

impl AnswerText {
    /// What the reader may see of a text that came whole.
    pub(super) fn of(whole: &str) -> String {
        let mut text = Self::default();
        let mut seen = text.push(whole).unwrap_or_default();
        seen.extend(text.finish());
        seen
    }

    /// Takes what came, and gives what of it the reader may see.
    pub(super) fn push(&mut self, more: &str) -> Option<String> {
        let mut seen = String::new();
        for letter in more.chars() {
            self.take(letter, &mut seen);
        }
        (!seen.is_empty()).then_some(seen)
    }

    /// What was held back at the end although it is answer.
    pub(super) fn finish(self) -> Option<String> {
        let rest = match self.stage {
            Stage::Thinking if self.has_begun => format!("{OPENS}{}", self.thought),
            Stage::Thinking => String::new(),
            Stage::Between | Stage::Answer => self.held,
        };
        (!rest.is_empty()).then_some(rest)
    }

    fn take(&mut self, letter: char, seen: &mut String) {
        match self.stage {
            Stage::Thinking => self.think(letter),
            Stage::Between if self.held.is_empty() && letter.is_whitespace() => {}
            Stage::Between | Stage::Answer => self.answer(letter, seen),
        }
    }

    fn think(&mut self, letter: char) {
        self.thought.push(letter);
        if self.thought.ends_with(CLOSES) {
            self.thought.clear();
            self.stage = Stage::Between;
        }
    }

    fn answer(&mut self, letter: char, seen: &mut String) {
        self.held.push(letter);
        let may_open = self.line.is_empty() && self.fence.is_none();
        if may_open && self.held == OPENS {
            self.held.clear();
            self.stage = Stage::Thinking;
        } else if !may_open || !OPENS.starts_with(&self.held) {
            self.stage = Stage::Answer;
            self.give(seen);
        }
    }

    /// What is held can begin no mark.
    fn give(&mut self, seen: &mut String) {
        self.has_begun = true;
        seen.push_str(&self.held);
        self.line.push_str(&self.held);
        self.held.clear();
        if self.line.ends_with('\n') {
            self.fence = fence_after(&self.line, self.fence);
            self.line.clear();
        }
    }
}

/// Whether the text behind a line is code, and how many backticks opened it.
fn fence_after(line: &str, fence: Option<usize>) -> Option<usize> {
    let line = line.trim();
    let after = line.trim_start_matches('`');
    let backticks = line.len() - after.len();
    match fence {
        Some(opened) if backticks >= opened && after.is_empty() => None,
        // Backticks that are closed in the same line only quote.
        None if backticks >= 3 && !after.contains('`') => Some(backticks),
        _ => fence,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(pieces: &[&str]) -> String {
        let mut text = AnswerText::default();
        let mut seen: String = pieces.iter().filter_map(|piece| text.push(piece)).collect();
        seen.extend(text.finish());
        seen
    }

    #[test]
    fn thinking_is_never_seen_however_it_is_cut() {
        assert_eq!(
            seen(&["<th", "ink>hm", "m</thi", "nk>\n\n", "Paris."]),
            "Paris."
        );
        assert_eq!(seen(&["<think>never closed"]), "");
    }

    #[test]
    fn blocks_go_before_the_answer_and_between_its_lines() {
        for (text, expected) in [
            ("<think>a</think><think>b</think> Paris", "Paris"),
            ("<think>a</think>\n\n<think>b</think>\nParis", "Paris"),
            ("Yes.\n<think>again</think>\nNo.", "Yes.\nNo."),
            ("\n <think>a</think>Paris", "Paris"),
            (
                "Yes.\r\n<think>a</think> <think>b</think> No.",
                "Yes.\r\nNo.",
            ),
            ("Yes.\n<think>a</think>No, no.", "Yes.\nNo, no."),
            ("<think>a</think> <think>cut", ""),
            (
                "```\ncode\n```\n<think>a</think>Yes.",
                "```\ncode\n```\nYes.",
            ),
            (
                "```a``` is code.\n<think>a</think>Yes.",
                "```a``` is code.\nYes.",
            ),
            ("<think>a <think> tag</think>Paris", "Paris"),
            ("a </think> b", "a </think> b"),
        ] {
            assert_eq!(seen(&[text]), expected, "{text:?}");
        }
    }

    #[test]
    fn an_answer_about_the_mark_is_seen_whole() {
        for text in [
            "Write:\n```xml\n<think>\nHm.\n</think>\n```\nThat is all.",
            "Write:\n  ````\n```\n<think>a</think>\n```\n  ````\nThat is all.",
            "Here `use <think> here` and more.",
            "`<think>` opens a block, and `</think>` closes it.",
            "The mark <think> opens a block. More.",
            "A word <think>a</think> and another",
            "<think>a</think> stands behind a space",
        ] {
            assert_eq!(seen(&[&format!("Yes. {text}")]), format!("Yes. {text}"));
            assert_eq!(seen(&[&format!("Yes.\n {text}")]), format!("Yes.\n {text}"));
        }
    }

    #[test]
    fn a_block_behind_an_answer_that_is_never_closed_was_text() {
        for text in [
            "Yes.\n<think> opens a block.\nMore.",
            "Yes.\n<think>",
            "Yes.\n<thi",
            "Yes. <think>again",
        ] {
            assert_eq!(seen(&[text]), text);
            assert_eq!(AnswerText::of(&format!("<think>a</think>{text}")), text);
        }
        assert_eq!(
            seen(&["Yes.\n<think>a</think>\n<think>b</thi"]),
            "Yes.\n<think>b</thi"
        );
    }

    #[test]
    fn an_answer_without_thinking_is_seen_whole() {
        assert_eq!(seen(&["Par", "is."]), "Paris.");
        assert_eq!(seen(&["<t"]), "<t");
        assert_eq!(seen(&["a <thin", "g> b"]), "a <thing> b");
        assert_eq!(
            seen(&["The mark `<thi", "nk>` opens a block."]),
            "The mark `<think>` opens a block."
        );
    }

    #[test]
    fn what_is_surely_answer_is_not_held_back() {
        let mut text = AnswerText::default();
        assert_eq!(text.push("Paris <"), Some("Paris <".to_owned()));
        assert_eq!(text.push("\n<"), Some("\n".to_owned()));
        assert_eq!(text.push("3"), Some("<3".to_owned()));
    }

    proptest! {
        #[test]
        fn the_cuts_make_no_difference(words in proptest::collection::vec("\n?<think>|</think>|<th|ink>|\n?```|`|[ aé\n]{0,3}", 0..12), cuts in proptest::collection::vec(1usize..6, 0..40)) {
            let text = words.concat();
            let characters: Vec<char> = text.chars().collect();
            let mut pieces = Vec::new();
            let mut rest = characters.as_slice();
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece.iter().collect::<String>());
                rest = after;
            }
            pieces.push(rest.iter().collect());
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            prop_assert_eq!(seen(&pieces), AnswerText::of(&text));
        }

        #[test]
        fn what_stands_between_the_marks_is_never_seen(words in proptest::collection::vec("(\n<think>secret</think>|answer|\n| )", 0..12)) {
            let seen = seen(&[&words.concat()]);
            prop_assert!(!seen.contains("secret") && !seen.contains("think"));
            prop_assert_eq!(seen.matches("answer").count(), words.concat().matches("answer").count());
        }

        #[test]
        fn a_mark_within_a_line_changes_nothing(lines in proptest::collection::vec("[a`](<think>|</think>|`| |[ab]{1,3}){0,5}", 0..8)) {
            let text = lines.join("\n");
            prop_assert_eq!(AnswerText::of(&text), text);
        }
    }
}
