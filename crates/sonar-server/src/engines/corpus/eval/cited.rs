//! Checks the citations of an answer against the documents, read anew from where they lie. Trusts neither the index nor what
//! quotes from it.

use rustc_hash::FxHashMap;

use crate::engines::corpus::documents::{Block, Document, with_anchor};
use crate::engines::corpus::index::sentences;
use crate::engines::corpus::{Excerpt, Found, write};

/// The words of sections by their addresses.
#[derive(Debug, Default)]
pub(super) struct Originals(FxHashMap<String, String>);

impl Originals {
    /// The sections of `documents` whose addresses are `wanted`.
    pub(super) fn of(documents: &[Document], wanted: &dyn Fn(&str) -> bool) -> Self {
        let mut words: FxHashMap<String, String> = FxHashMap::default();
        for document in documents {
            for section in &document.sections {
                let url = with_anchor(&document.url, &section.anchor);
                if !wanted(&url) {
                    continue;
                }
                let words = words.entry(url).or_default();
                for text in section.blocks.iter().filter_map(Block::quotable) {
                    words.push_str(&folded(text));
                    words.push('\n');
                }
            }
        }
        Self(words)
    }

    /// Whether every number in the text has a source, every source its number, and every source is a section.
    pub(super) fn cites_truly(&self, found: &Found) -> bool {
        let numbers = markers(&write(found).concat());
        let in_range = |number: &usize| (1..=found.excerpts.len()).contains(number);
        let all_cited = (1..=found.excerpts.len()).all(|number| numbers.contains(&number));
        let resolve = |excerpt: &Excerpt| self.0.contains_key(&excerpt.url);
        numbers.iter().all(in_range) && all_cited && found.excerpts.iter().all(resolve)
    }

    /// Whether every sentence of every excerpt stands in its section, white space aside.
    pub(super) fn quotes_truly(&self, found: &Found) -> bool {
        found.excerpts.iter().all(|excerpt| {
            let original = self.0.get(&excerpt.url).map_or("", String::as_str);
            sentences_of(&excerpt.text)
                .iter()
                .all(|sentence| original.contains(sentence.as_str()))
        })
    }
}

/// The sentences of a quoted text with their white space folded.
pub(super) fn sentences_of(text: &str) -> Vec<String> {
    text.lines()
        .flat_map(sentences::split)
        .map(folded)
        .collect()
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The numbers in brackets that Markdown shows as such: not those escaped, in code or in a fence.
fn markers(markdown: &str) -> Vec<usize> {
    let mut numbers = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            markers_of_prose(&without_code(line), &mut numbers);
        }
    }
    numbers
}

/// A line without its code. Only outside of code does a backslash make a sign of the backtick after it.
fn without_code(line: &str) -> String {
    let (mut prose, mut in_code, mut escaped) = (String::new(), false, false);
    for c in line.chars() {
        match c {
            '`' if !escaped => in_code = !in_code,
            _ if !in_code => prose.push(c),
            _ => {}
        }
        escaped = c == '\\' && !in_code && !escaped;
    }
    prose
}

fn markers_of_prose(piece: &str, numbers: &mut Vec<usize>) {
    let mut opened = piece.split('[');
    let mut before = opened.next().unwrap_or_default();
    for after in opened {
        let number: Option<usize> = after
            .split_once(']')
            .and_then(|(inside, _)| inside.parse().ok());
        numbers.extend(number.filter(|_| !before.ends_with('\\')));
        before = after;
    }
}

#[cfg(test)]
mod tests {
    use super::markers;

    #[test]
    fn only_numbers_that_are_shown_as_citations_count() {
        let text = "> Hot water. [1]\n```c\ncups[2]\n```\n> `pots[3]` and \\[4\\] and a \\` [5] [x] [12][7]";
        assert_eq!(markers(text), [1, 5, 12, 7]);
    }

    #[test]
    fn a_backslash_at_the_end_of_code_keeps_nothing_open() {
        assert_eq!(markers("A `\\` before a line break. [2]"), [2]);
        assert_eq!(markers("As in `\\\\?\\`, and \\\\`code[3]` too. [1]"), [1]);
    }
}
