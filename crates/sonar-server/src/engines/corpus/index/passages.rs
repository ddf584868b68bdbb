//! Cuts sections into passages, the unit that is ranked, and finds sections that are exact copies.
//! Ranks nothing.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::sentences;
use crate::engines::corpus::documents::{Block, Document, Section};

/// Words after which a passage ends at the next block.
const WORDS_AIMED_AT: usize = 110;

/// A last passage of fewer words is joined to the one before.
const WORDS_AT_LEAST: usize = 40;

/// The most words of a passage, such a last one aside; longer blocks are cut between sentences.
const WORDS_AT_MOST: usize = 220;

/// The most other pages that a section remembers having been copied to.
const COPIES_NAMED: usize = 12;

/// The blocks of one passage, in reading order.
pub(crate) type Passage = Vec<Block>;

/// Consecutive blocks of a section, about a hundred words each.
pub(crate) fn cut(section: &Section) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut passage = Passage::new();
    let mut words = 0;
    for block in section.blocks.iter().flat_map(shortened) {
        let more = block.quotable().map_or(0, count_words);
        let full = words >= WORDS_AIMED_AT || words + more > WORDS_AT_MOST;
        // Code stays with the text before it, and a label with the text after it.
        if full && !matches!(block, Block::Code { .. }) {
            passages.push(std::mem::take(&mut passage));
            words = 0;
        }
        words += more;
        passage.push(block);
    }
    // What is too little by itself, such as the example at the end, stays with what is before.
    match passages.last_mut() {
        Some(last) if words < WORDS_AT_LEAST => last.extend(passage),
        _ => passages.push(passage),
    }
    passages.retain(|passage| passage.iter().any(|block| block.quotable().is_some()));
    passages
}

pub(crate) fn count_words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// A block that is too long for a passage, cut between its sentences.
fn shortened(block: &Block) -> Vec<Block> {
    let text = match block.quotable() {
        Some(text) if count_words(text) > WORDS_AT_MOST => text,
        _ => return vec![block.clone()],
    };
    let mut blocks = Vec::new();
    let mut piece = String::new();
    for sentence in sentences::split(text) {
        if !piece.is_empty() && count_words(&piece) + count_words(sentence) > WORDS_AIMED_AT {
            blocks.push(Block::Prose(std::mem::take(&mut piece)));
        }
        if !piece.is_empty() {
            piece.push(' ');
        }
        piece.push_str(sentence);
    }
    blocks.push(Block::Prose(piece));
    blocks
}

/// Keeps one of the sections that say the same under the same heading: one that is not inherited,
/// with the shortest address. Returns for each kept section that has copies the titles of the
/// documents that hold them, by document and section number.
pub(crate) fn drop_copies(documents: &mut [Document]) -> FxHashMap<(usize, usize), Vec<String>> {
    let mut same: FxHashMap<u64, Vec<(usize, usize)>> = FxHashMap::default();
    for (d, document) in documents.iter().enumerate() {
        for (s, section) in document.sections.iter().enumerate() {
            same.entry(fingerprint(section)).or_default().push((d, s));
        }
    }
    let mut titles = FxHashMap::default();
    let mut dropped: Vec<(usize, usize)> = Vec::new();
    for mut copies in same.into_values() {
        copies.sort_by_key(|&(d, s)| preference(&documents[d], s));
        let kept = copies.remove(0);
        let mut also: Vec<String> = Vec::new();
        for &(d, _) in &copies {
            let title = &documents[d].title;
            if d != kept.0 && also.len() < COPIES_NAMED && !also.contains(title) {
                also.push(title.clone());
            }
        }
        if documents[kept.0].sections[kept.1].inherited {
            dropped.push(kept);
        } else if !also.is_empty() {
            titles.insert(kept, also);
        }
        dropped.extend(copies);
    }
    for (d, s) in dropped {
        documents[d].sections[s].blocks.clear();
    }
    titles
}

fn preference(document: &Document, section: usize) -> (bool, usize, &str, usize) {
    let inherited = document.sections[section].inherited;
    (inherited, document.url.len(), &document.url, section)
}

fn fingerprint(section: &Section) -> u64 {
    let mut hasher = FxHasher::default();
    section.path.last().hash(&mut hasher);
    for text in section.blocks.iter().filter_map(Block::quotable) {
        text.hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(heading: &str, text: &str, inherited: bool) -> Section {
        Section {
            path: vec![heading.to_owned()],
            inherited,
            blocks: vec![Block::Prose(text.to_owned())],
            ..Section::default()
        }
    }

    fn document(title: &str, url: &str, sections: Vec<Section>) -> Document {
        Document {
            title: title.to_owned(),
            url: url.to_owned(),
            sections,
            ..Document::default()
        }
    }

    #[test]
    fn passages_keep_every_word_within_the_limit() {
        let long = "One sentence of seven words stands here. ".repeat(100);
        let section = section("Long", long.trim(), false);
        let passages = cut(&section);
        let words: Vec<usize> = passages
            .iter()
            .map(|p| p.iter().filter_map(Block::quotable).map(count_words).sum())
            .collect();
        assert_eq!(words.iter().sum::<usize>(), 700);
        assert!(
            words.iter().all(|count| *count <= WORDS_AT_MOST),
            "{words:?}"
        );
    }

    #[test]
    fn an_example_at_the_end_stays_with_the_text_before() {
        let mut section = section("Pour", &"Pour slowly. ".repeat(60), false);
        section.blocks.push(Block::Label("Examples".to_owned()));
        section.blocks.push(Block::Code {
            language: "rust".to_owned(),
            text: "cup.fill()".to_owned(),
        });
        let passages = cut(&section);
        assert_eq!(passages.len(), 1);
        assert_eq!(passages[0].len(), 3);
    }

    #[test]
    fn the_copy_at_home_is_kept_and_knows_where_else_it_is_used() {
        let mut documents = [
            document(
                "Pot",
                "https://tea.example/a-long-address",
                vec![section("pour", "Pours.", false)],
            ),
            document(
                "Cup",
                "https://tea.example/b",
                vec![section("pour", "Pours.", true)],
            ),
            document(
                "Jug",
                "https://tea.example/c",
                vec![section("pour", "Pours much.", false)],
            ),
        ];
        let also = drop_copies(&mut documents);
        assert_eq!(also[&(0, 0)], ["Cup"]);
        assert!(documents[1].sections[0].blocks.is_empty());
        assert_eq!(also.len(), 1);
    }
}
