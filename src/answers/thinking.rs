//! Holds back the thinking that some models write, before their answer and within it, while it streams. Changes nothing else.

const OPENS: &str = "<think>";
const CLOSES: &str = "</think>";

/// Text as it arrives, and how much of it is answer.
///
/// A block runs from `<think>` to `</think>`, and goes with the white space after it; one that is never closed runs to the end:
/// the answer was cut while the model still thought. Behind a backtick the mark is quoted, and is text.
#[derive(Debug, Default)]
pub(super) struct AnswerText {
    stage: Stage,
    held: String,
    /// What was last given to the reader.
    last: Option<char>,
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
        self.held.push_str(more);
        let mut seen = String::new();
        while self.step(&mut seen) {}
        (!seen.is_empty()).then_some(seen)
    }

    /// What was held back at the end although it is answer: a text that only began like a mark.
    pub(super) fn finish(self) -> Option<String> {
        (self.stage == Stage::Answer && !self.held.is_empty()).then_some(self.held)
    }

    /// Goes on to the next stage, when enough came to tell.
    fn step(&mut self, seen: &mut String) -> bool {
        match self.stage {
            Stage::Between => self.between(),
            Stage::Answer => self.answer(seen),
            Stage::Thinking => self.thinking(),
        }
    }

    fn answer(&mut self, seen: &mut String) -> bool {
        let Some((before, after)) = self.held.split_once(OPENS) else {
            let (answer, rest) = without_beginning(&self.held, OPENS);
            let (answer, rest) = (answer.to_owned(), rest.to_owned());
            self.give(&answer, seen);
            self.held = rest;
            return false;
        };
        let (before, after) = (before.to_owned(), after.to_owned());
        self.give(&before, seen);
        self.held = after;
        if self.last == Some('`') {
            self.give(OPENS, seen);
        } else {
            self.stage = Stage::Thinking;
        }
        true
    }

    fn give(&mut self, answer: &str, seen: &mut String) {
        self.last = answer.chars().next_back().or(self.last);
        seen.push_str(answer);
    }

    fn thinking(&mut self) -> bool {
        let Some((_, after)) = self.held.split_once(CLOSES) else {
            // The rest is never needed again.
            self.held = without_beginning(&self.held, CLOSES).1.to_owned();
            return false;
        };
        self.held = after.to_owned();
        self.stage = Stage::Between;
        true
    }

    fn between(&mut self) -> bool {
        self.held = self.held.trim_start().to_owned();
        let more = !self.held.is_empty();
        if more {
            self.stage = Stage::Answer;
        }
        more
    }
}

/// The text without the beginning of `mark` that it ends in, and that beginning.
fn without_beginning<'a>(text: &'a str, mark: &str) -> (&'a str, &'a str) {
    let begins = mark
        .char_indices()
        .rev()
        .filter_map(|(at, _)| mark.get(..at));
    let begun = begins
        .into_iter()
        .find(|beginning| text.ends_with(beginning));
    text.split_at(text.len() - begun.map_or(0, str::len))
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
    fn every_block_goes_wherever_it_stands() {
        for (text, expected) in [
            ("<think>a</think><think>b</think> Paris", "Paris"),
            ("<think>a</think>\n\n<think>b</think>\nParis", "Paris"),
            ("Yes.\n<think>again</think>\nNo.", "Yes.\nNo."),
            ("Yes. <think>again", "Yes. "),
            ("<think>a</think>Yes. <think>b", "Yes. "),
            ("<think>a <think> tag</think>Paris", "Paris"),
            ("a </think> b", "a </think> b"),
        ] {
            assert_eq!(seen(&[text]), expected, "{text:?}");
        }
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
        assert_eq!(text.push("Paris <"), Some("Paris ".to_owned()));
        assert_eq!(text.push("3"), Some("<3".to_owned()));
    }

    proptest! {
        #[test]
        fn the_cuts_make_no_difference(words in proptest::collection::vec("<think>|</think>|<th|ink>|`|[ aé\n]{0,3}", 0..12), cuts in proptest::collection::vec(1usize..6, 0..40)) {
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
        fn what_stands_between_the_marks_is_never_seen(words in proptest::collection::vec("(<think>secret</think>|answer|\n| )", 0..12)) {
            let seen = seen(&[&words.concat()]);
            prop_assert!(!seen.contains("secret") && !seen.contains("think"));
            prop_assert_eq!(seen.matches("answer").count(), words.concat().matches("answer").count());
        }
    }
}
