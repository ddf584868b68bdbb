//! What was said before a question, as much of it as fits. Pure.

use super::question::{Person, Quote, Task};

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
    /// How many tokens this takes, by a rule of thumb: four bytes each.
    fn tokens(&self) -> usize {
        let quote = self
            .quote
            .as_ref()
            .map_or(0, |quote| quote.author.len() + quote.text.len());
        (self.asker.name.len() + self.text.len() + quote + self.answer.len()).div_ceil(4)
    }
}

impl Budget {
    /// The newest turns that fit, oldest first. `newest_first` is the past from its end on; the first turn that does not fit ends it, so
    /// that nothing is missing in the middle.
    pub fn fit(&self, newest_first: impl IntoIterator<Item = Turn>) -> Vec<Turn> {
        let mut left = self.tokens;
        let mut kept: Vec<Turn> = newest_first
            .into_iter()
            .take(self.turns as usize)
            .map_while(|turn| {
                left = left.checked_sub(turn.tokens())?;
                Some(turn)
            })
            .collect();
        kept.reverse();
        kept
    }
}
