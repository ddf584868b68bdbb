//! Every token of the index, and where the passages that hold it are told. Makes no tokens of text.

use serde::{Deserialize, Serialize};

/// Every token in alphabetical order, with where its postings are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Vocabulary {
    /// All tokens one after the other.
    text: String,
    /// Where each one ends in `text`.
    ends: Vec<u32>,
    /// In how many passages each one stands.
    passages: Vec<u32>,
    /// Where the postings of each one end.
    postings_ends: Vec<u64>,
}

impl Vocabulary {
    /// Adds a token that comes after all others, with how many passages hold it and where its postings end.
    pub(super) fn push(&mut self, token: &str, passages: u32, postings_end: u64) {
        self.text.push_str(token);
        self.ends.push(self.text.len() as u32);
        self.passages.push(passages);
        self.postings_ends.push(postings_end);
    }

    /// Where the postings of a token begin and end in the store, when those of all begin at `first`.
    pub(super) fn postings(&self, token: &str, first: u64) -> Option<(u64, u64)> {
        let at = self.find(token)?;
        let before = at
            .checked_sub(1)
            .and_then(|before| self.postings_ends.get(before));
        let start = before.copied().unwrap_or(first);
        Some((start, *self.postings_ends.get(at)?))
    }

    fn find(&self, token: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.at(middle).cmp(token) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// In how many passages a token stands.
    pub(super) fn passages(&self, token: &str) -> u32 {
        let at = self.find(token);
        at.and_then(|at| self.passages.get(at).copied())
            .unwrap_or(0)
    }

    fn at(&self, at: usize) -> &str {
        let start = at
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_is_found_and_no_other() {
        let mut vocabulary = Vocabulary::default();
        for (number, token) in (1..).zip(["kettle", "pot", "tea"]) {
            vocabulary.push(token, number, 100 + u64::from(number) * 10);
        }
        assert_eq!(vocabulary.postings("kettle", 100), Some((100, 110)));
        assert_eq!(vocabulary.postings("tea", 100), Some((120, 130)));
        assert_eq!(vocabulary.passages("pot"), 2);
        for other in ["", "ke", "kettles", "zen"] {
            assert_eq!(vocabulary.postings(other, 100), None, "{other:?}");
            assert_eq!(vocabulary.passages(other), 0, "{other:?}");
        }
    }
}
