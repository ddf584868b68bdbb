//! Cuts a text into parts that Discord takes. Loses nothing, doubles nothing, changes no word.
//!
//! A part ends between blocks where it can, else between lines, sentences, words; never within an atom. What formatting and code it opens
//! it closes, and the next one opens it again.

use super::body::Body;
use super::filling::{Filled, Unit, fill, units};
use super::source_list::SourceList;

/// How full a part has to be at a good place to end, in percent, so that no worse one is taken.
const FULL_ENOUGH: usize = 50;

/// The same where such parts do not hold the whole text.
const FULLER: usize = 85;

/// How much parts hold, in characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room<'a> {
    /// The most characters of a part.
    pub(super) limit: usize,
    /// How many of them stand before the text of the first.
    pub(super) head: usize,
    /// How many stand behind the text of the last.
    pub(super) tail: usize,
    /// How many more do when it is not the whole text that ends there.
    pub(super) unfinished: usize,
    /// The widest code block that a phone shows without breaking its lines, in columns.
    pub(super) columns: usize,
    /// The most parts.
    pub(super) parts: usize,
    /// The list of its sources that stands below each part; none where there is no such list.
    pub(super) list: Option<&'a SourceList>,
}

/// A part of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// It, as Discord takes it, without the list of its sources.
    pub(super) text: String,
    /// The numbers of the sources that it cites, in their order.
    pub(super) cites: Vec<u32>,
}

/// A text in parts.
#[derive(Debug)]
pub(super) struct Cut<'a> {
    /// Each within its room. Empty for an empty text.
    pub(super) parts: Vec<Part>,
    /// What they do not hold; empty when they hold it all.
    pub(super) rest: Vec<Unit<'a>>,
}

/// Cuts a text into parts, as few as its best places allow.
pub(super) fn cut<'a>(body: &'a Body, room: &Room<'_>) -> Cut<'a> {
    // Whatever part a table gets into, it is whole there.
    let smallest = room.limit - room.head.max(room.tail + room.unfinished);
    let units = units(body, smallest, room.columns, room.list);
    let (parts, left) = pack(&units, room, FULL_ENOUGH);
    if left.is_empty() {
        let rest = Vec::new();
        return Cut { parts, rest };
    }
    let (parts, left) = pack(&units, room, FULLER);
    let rest = left.to_vec();
    Cut { parts, rest }
}

/// The parts, and what they do not hold.
fn pack<'u, 'a>(
    units: &'u [Unit<'a>],
    room: &Room<'_>,
    full_enough: usize,
) -> (Vec<Part>, &'u [Unit<'a>]) {
    let mut parts = Vec::new();
    let mut left = units;
    while !left.is_empty() && parts.len() < room.parts {
        let limit = room.limit - if parts.is_empty() { room.head } else { 0 };
        let is_last = parts.len() + 1 == room.parts;
        let to_the_end = fill(left, limit - room.tail, full_enough, room.list);
        let Filled { part, units } = if to_the_end.units == left.len() {
            to_the_end
        } else if is_last {
            let limit = limit - room.tail - room.unfinished;
            fill(left, limit, full_enough, room.list)
        } else {
            let filled = fill(left, limit, full_enough, room.list);
            // All of the text fits, and what stands behind it does not.
            if filled.units == left.len() {
                to_the_end
            } else {
                filled
            }
        };
        left = left.get(units..).unwrap_or_default();
        parts.push(part);
    }
    (parts, left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::answer::Source;
    use crate::conversation::language::Language;
    use crate::render::bibliography::Bibliography;
    use crate::render::markdown::read;
    use crate::render::words::words;

    fn sources() -> Vec<Source> {
        let source = |number| Source {
            number,
            title: format!("Title {number}"),
            url: format!("https://s{number}.example/"),
            date: None,
            last_updated: None,
            snippet: String::new(),
        };
        (1..=9).map(source).collect()
    }

    /// The texts of the parts of at most so many characters each.
    fn parts(text: &str, limit: usize) -> Vec<String> {
        let sources = sources();
        let body = read(text, &Bibliography::of(&sources), words(Language::English));
        let room = Room {
            limit,
            head: 0,
            tail: 0,
            unfinished: 0,
            columns: 35,
            parts: 50,
            list: None,
        };
        let cut = cut(&body, &room);
        let texts: Vec<String> = cut.parts.into_iter().map(|part| part.text).collect();
        for text in &texts {
            assert!(text.chars().count() <= limit, "{text}");
        }
        texts
    }

    #[test]
    fn paragraphs_are_kept_whole_where_that_leaves_a_part_half_full() {
        let paragraph = "word ".repeat(120).trim_end().to_owned();
        let text = format!("{paragraph}\n\n{paragraph}");
        assert_eq!(parts(&text, 1_000), [paragraph.as_str(), &paragraph]);
        let short = format!("Short.\n\n{paragraph}{paragraph}");
        assert!(parts(&short, 1_000)[0].len() > 900);
    }

    #[test]
    fn a_long_paragraph_ends_with_a_sentence_and_its_markers() {
        let sentence = "This is a sentence of a long paragraph.[1] ";
        for part in parts(&sentence.repeat(100), 1_000) {
            assert!(part.ends_with(". [1](<https://s1.example/>)"), "{part}");
        }
    }

    #[test]
    fn a_heading_goes_with_what_it_heads() {
        let text = "# One\n\nWords of the first part of it.\n\n## Two\n\n".repeat(60);
        let parts = parts(&format!("{text}End."), 1_000);
        assert!(parts.len() > 1);
        for part in parts {
            assert!(
                !part.lines().next_back().unwrap().starts_with('#'),
                "{part}"
            );
        }
    }

    #[test]
    fn cut_code_is_closed_and_opened_again_with_its_language() {
        let lines: Vec<String> = (0..200).map(|n| format!("let x{n} = {n};")).collect();
        let parts = parts(
            &format!("> ```rust\n> {}\n> ```", lines.join("\n> ")),
            1_000,
        );
        assert!(parts.len() > 2);
        for part in &parts {
            assert!(part.starts_with("> ```rust\n> let x"), "{part}");
            assert!(part.ends_with(";\n> ```"), "{part}");
        }
        let all: Vec<&str> = parts
            .iter()
            .flat_map(|part| part.lines())
            .filter(|line| !line.contains("```"))
            .collect();
        assert_eq!(all.len(), 200);
    }

    #[test]
    fn a_line_of_code_is_cut_only_where_it_has_to_be_and_between_characters() {
        let long = "👩‍💻".repeat(1_000);
        let parts = parts(&format!("```\nshort\n{long}\n```"), 1_000);
        let shown: String = parts.concat().replace("```", "").replace(['\n'], "");
        assert_eq!(shown, format!("short{long}"));
        assert!(
            parts
                .iter()
                .all(|part| part.trim_end_matches(['`', '\n']).ends_with('💻'))
        );
    }

    #[test]
    fn what_is_continued_stays_in_its_quote_and_is_taken_for_nothing_else() {
        let quote = format!("> {}", "word ".repeat(400));
        assert!(
            parts(&quote, 1_000)
                .iter()
                .all(|part| part.starts_with("> word"))
        );
        for word in ["#", "-", "1.", "2)", "+"] {
            let text = format!("So {}", format!("{word} ").repeat(2_000));
            for part in parts(&text, 1_000).iter().skip(1) {
                let escaped = part.starts_with('\\') || part.chars().nth(1) == Some('\\');
                assert!(escaped, "{part}");
            }
        }
    }

    #[test]
    fn a_list_that_is_cut_deep_down_begins_at_the_margin() {
        let inner = "  - An item within another one.\n".repeat(80);
        let parts = parts(&format!("- Outer\n{inner}- Last"), 1_000);
        for part in parts.iter().skip(1) {
            let deep = part.lines().filter(|line| line.starts_with(' ')).count();
            assert_eq!(deep, 0, "{part}");
        }
    }

    #[test]
    fn a_table_is_whole_in_one_part_or_a_list() {
        let table = |rows: usize| {
            let row = |n: usize| format!("| {n} | {} |\n", n * n);
            let rows: String = (0..rows).map(row).collect();
            format!("| n | square |\n|---|---|\n{rows}")
        };
        let text = format!("{}\n\n## Squares\n\n{}", "word ".repeat(180), table(20));
        let cut = parts(&text, 1_000);
        assert_eq!(cut.len(), 2);
        assert!(cut[1].starts_with("## Squares\n```\n"), "{}", cut[1]);
        let listed = parts(&format!("## Squares\n\n{}", table(300)), 1_000);
        assert!(
            listed[0].starts_with("## Squares\n**n**:\n- **0**"),
            "{}",
            listed[0]
        );
        assert!(listed.iter().all(|part| !part.contains("```")));
    }

    #[test]
    fn what_stands_at_the_end_has_its_room_and_the_rest_is_kept() {
        let sources = sources();
        let text = "A sentence that says something of note. ".repeat(100);
        let body = read(&text, &Bibliography::of(&sources), words(Language::English));
        let room = Room {
            limit: 1_000,
            head: 100,
            tail: 200,
            unfinished: 50,
            columns: 35,
            parts: 2,
            list: None,
        };
        let Cut { parts, rest } = cut(&body, &room);
        let lengths: Vec<usize> = parts.iter().map(|part| part.text.chars().count()).collect();
        assert!(lengths[0] <= 900 && lengths[1] <= 750, "{lengths:?}");
        assert!(!rest.is_empty());
    }
}
