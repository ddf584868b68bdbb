//! What was said before a question, as much of it as fits. Pure.

use unicode_segmentation::UnicodeSegmentation as _;

use super::question::{Person, Quote, Task};

/// Ends an answer that was cut to fit.
const CUT: &str = " […]";

/// How many bytes a token has, by a rule of thumb.
const BYTES_OF_A_TOKEN: usize = 4;

/// One question with its answer, as the past of a later question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who asked.
    pub asker: Person,
    /// What they asked.
    pub text: String,
    /// What was to be done about it.
    pub task: Task,
    /// The message it was about.
    pub quote: Option<Quote>,
    /// What was answered, with its markers.
    pub answer: String,
}

/// How much of the past is sent along with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most turns.
    pub turns: u32,
    /// The most tokens, by estimate.
    pub tokens: usize,
}

impl Turn {
    /// How many tokens this takes, by estimate.
    fn tokens(&self) -> usize {
        (self.asked_bytes() + self.answer.len()).div_ceil(BYTES_OF_A_TOKEN)
    }

    /// What of it comes before the answer.
    fn asked_bytes(&self) -> usize {
        let quote = self.quote.as_ref();
        let quote = quote.map_or(0, |quote| quote.author.len() + quote.text.len());
        self.asker.name.len() + self.text.len() + quote
    }

    /// A turn that is too long, with as much of its answer as fits into this many tokens. What the question quotes goes where nothing of
    /// the answer would be left otherwise; none where that does not help.
    fn cut_to(mut self, tokens: usize) -> Option<Self> {
        let room = tokens.saturating_mul(BYTES_OF_A_TOKEN);
        let cut = |turn: &Self| {
            let left = room.checked_sub(turn.asked_bytes() + CUT.len())?;
            beginning(&turn.answer, left)
        };
        let answer = cut(&self).or_else(|| {
            self.quote = None;
            // It may fit whole now.
            let left = room.checked_sub(self.asked_bytes())?;
            if self.answer.len() <= left {
                return Some(self.answer.clone());
            }
            cut(&self)
        })?;
        self.answer = answer;
        Some(self)
    }
}

/// As much of a text as these bytes hold, marked as cut; none when that is nothing.
fn beginning(text: &str, bytes: usize) -> Option<String> {
    let end = text
        .grapheme_indices(true)
        .map(|(at, letter)| at + letter.len())
        .take_while(|end| *end <= bytes)
        .last()?;
    let kept = text.get(..end)?.trim_end();
    (!kept.is_empty()).then(|| format!("{kept}{CUT}"))
}

impl Budget {
    /// The newest turns that fit, oldest first. `newest_first` is the past from its end on; the first turn that does not fit ends it, so
    /// that nothing is missing in the middle. Of the newest turn the beginning of the answer is kept when the whole is too long: what
    /// "it" means in a question stands there.
    pub fn fit(&self, newest_first: impl IntoIterator<Item = Turn>) -> Vec<Turn> {
        let mut turns = newest_first
            .into_iter()
            .take(self.turns as usize)
            .peekable();
        if let Some(newest) = turns.next_if(|newest| newest.tokens() > self.tokens) {
            return newest.cut_to(self.tokens).into_iter().collect();
        }
        let mut left = self.tokens;
        let mut kept: Vec<Turn> = turns
            .map_while(|turn| {
                left = left.checked_sub(turn.tokens())?;
                Some(turn)
            })
            .collect();
        kept.reverse();
        kept
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::{ChannelId, MessageId, PersonId};

    fn turn(text: &str, quote: Option<&str>, answer: &str) -> Turn {
        Turn {
            asker: Person {
                id: PersonId(1),
                name: "Al".to_owned(),
            },
            text: text.to_owned(),
            task: Task::Answer,
            quote: quote.map(|text| Quote {
                author: "Bo".to_owned(),
                text: text.to_owned(),
                channel: ChannelId(1),
                message: MessageId(1),
            }),
            answer: answer.to_owned(),
        }
    }

    fn budget(turns: u32, tokens: usize) -> Budget {
        Budget { turns, tokens }
    }

    #[test]
    fn the_newest_that_fit_are_sent_oldest_first() {
        let past = || ["c", "b", "a"].map(|text| turn(text, None, "12345"));
        let texts = |kept: Vec<Turn>| kept.into_iter().map(|turn| turn.text).collect::<String>();
        assert_eq!(texts(budget(10, 100).fit(past())), "abc");
        assert_eq!(texts(budget(2, 100).fit(past())), "bc");
        assert_eq!(
            texts(budget(10, 5).fit(past())),
            "bc",
            "8 bytes are 2 tokens"
        );
        assert_eq!(texts(budget(0, 100).fit(past())), "");
        assert_eq!(texts(budget(10, 0).fit(past())), "");
    }

    #[test]
    fn a_newest_turn_that_is_too_long_keeps_the_beginning_of_its_answer() {
        let long = "All begins here. ".repeat(100);
        let kept = budget(10, 10).fit([turn("why?", None, &long), turn("a", None, "b")]);
        assert_eq!(
            kept,
            [turn("why?", None, "All begins here. All begins […]")]
        );

        let quoting = turn("why?", Some(&"words ".repeat(20)), &long);
        assert_eq!(
            budget(10, 10).fit([quoting]),
            kept,
            "the answer says more than what it was about"
        );
        let short = turn("why?", Some(&"words ".repeat(20)), "So.");
        assert_eq!(budget(10, 10).fit([short]), [turn("why?", None, "So.")]);
        assert!(
            budget(10, 10)
                .fit([turn(&"why? ".repeat(20), None, "So.")])
                .is_empty()
        );
    }

    fn turns() -> impl Strategy<Value = Vec<Turn>> {
        let quote = proptest::option::of("[a-z]{0,40}");
        let turn = ("[a-zé🙂]{1,20}", quote, "[a-zé🙂 \n]{1,80}")
            .prop_map(|(text, quote, answer)| turn(&text, quote.as_deref(), &answer));
        prop::collection::vec(turn, 0..12)
    }

    proptest! {
        #[test]
        fn what_is_kept_fits_and_misses_nothing_in_the_middle(past in turns(), most in 0u32..12, tokens in 0usize..120) {
            let kept = budget(most, tokens).fit(past.clone());
            prop_assert!(kept.len() <= most as usize);
            prop_assert!(kept.iter().map(Turn::tokens).sum::<usize>() <= tokens);
            for (kept, said) in kept.iter().rev().zip(&past).skip(1) {
                prop_assert_eq!(kept, said);
            }
            if let Some((newest, said)) = kept.last().zip(past.first()) {
                prop_assert_eq!(&newest.text, &said.text);
                prop_assert!(newest.quote.is_none() || newest.quote == said.quote);
                let begins = newest.answer.strip_suffix(CUT).unwrap_or(&newest.answer);
                prop_assert!(!begins.is_empty() && said.answer.starts_with(begins));
            }
        }

        #[test]
        fn more_room_never_keeps_less(past in turns(), most in 0u32..12, tokens in 0usize..120) {
            let kept = budget(most, tokens).fit(past.clone());
            prop_assert!(budget(most + 1, tokens).fit(past.clone()).len() >= kept.len());
            prop_assert!(budget(most, tokens + 1).fit(past).len() >= kept.len());
        }
    }
}
