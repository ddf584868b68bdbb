//! Holds back the thinking that some models write before their answer, while it streams. Changes nothing else.

const OPENS: &str = "<think>";
const CLOSES: &str = "</think>";

/// Text as it arrives, and how much of it is answer.
#[derive(Debug, Default)]
pub(super) struct AnswerText {
    stage: Stage,
    held: String,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Too little came to tell thinking from answer.
    #[default]
    Undecided,
    Thinking,
    /// White space between thinking and answer.
    Between,
    Answer,
}

impl AnswerText {
    /// Takes what came, and gives what of it the reader may see.
    pub(super) fn push(&mut self, more: &str) -> Option<String> {
        self.held.push_str(more);
        if self.stage == Stage::Undecided {
            self.decide();
        }
        if self.stage == Stage::Thinking {
            self.skip_thinking();
        }
        if self.stage == Stage::Between {
            self.held = self.held.trim_start().to_owned();
            if !self.held.is_empty() {
                self.stage = Stage::Answer;
            }
        }
        let seen = if self.stage == Stage::Answer {
            std::mem::take(&mut self.held)
        } else {
            String::new()
        };
        (!seen.is_empty()).then_some(seen)
    }

    /// What was held back at the end although it is answer: a text that only began like thinking.
    pub(super) fn finish(self) -> Option<String> {
        (self.stage == Stage::Undecided && !self.held.is_empty()).then_some(self.held)
    }

    fn decide(&mut self) {
        let begun = self.held.trim_start();
        if begun.starts_with(OPENS) {
            self.stage = Stage::Thinking;
        } else if !OPENS.starts_with(begun) {
            self.stage = Stage::Answer;
        }
    }

    fn skip_thinking(&mut self) {
        if let Some((_, answer)) = self.held.split_once(CLOSES) {
            self.held = answer.to_owned();
            self.stage = Stage::Between;
        } else {
            // Only the last few bytes can be the beginning of the closing tag; the rest is never needed again.
            let keep = self
                .held
                .char_indices()
                .rev()
                .nth(CLOSES.len())
                .map_or(0, |(at, _)| at);
            self.held.drain(..keep);
        }
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
    fn an_answer_without_thinking_is_seen_whole() {
        assert_eq!(seen(&["Par", "is."]), "Paris.");
        assert_eq!(seen(&["<t"]), "<t");
        assert_eq!(seen(&["a <think> b"]), "a <think> b");
    }

    proptest! {
        #[test]
        fn the_cuts_make_no_difference(text in "(<think>)?[a-z<>/ é]{0,20}(</think>)?[ a-zé]{0,20}", cuts in proptest::collection::vec(1usize..6, 0..40)) {
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
            prop_assert_eq!(seen(&pieces), seen(&[&text]));
        }
    }
}
