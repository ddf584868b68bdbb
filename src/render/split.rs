//! Splits a finished text into messages that Discord accepts. Sends nothing, loses nothing, changes no word.
//!
//! Cuts between paragraphs where it can, else lines, else sentences, else words, else what a person sees as one
//! character; never inside a link or inline code. A code block that is cut is closed and opened again.

use unicode_segmentation::UnicodeSegmentation;

/// The fence that closes a cut code block.
const FENCE: &str = "```";

/// The parts of a text, each at most `limit` characters (Unicode code points) long. Empty for a blank text.
///
/// `limit` must leave room for a fence and its language; a hundred characters always do.
pub fn split(text: &str, limit: usize) -> Vec<String> {
    debug_assert!(limit >= 100, "no room for words");
    let mut parts = Parts {
        limit,
        done: Vec::new(),
        lines: Vec::new(),
        fence: None,
    };
    for line in text.lines() {
        parts.add(line);
    }
    parts.finish()
}

struct Parts {
    limit: usize,
    done: Vec<String>,
    /// The lines of the part being filled.
    lines: Vec<String>,
    /// The opening line of the code block that the next line is in.
    fence: Option<String>,
}

impl Parts {
    fn add(&mut self, line: &str) {
        let toggles = line.trim_start_matches([' ', '>']).starts_with(FENCE);
        let room = self.limit
            - 2 * (FENCE.len() + 1)
            - self.fence.as_ref().map_or(0, |fence| length(fence) + 1);
        for piece in break_line(line, room, self.fence.is_some()) {
            while !self.fits(&piece) {
                self.close_part();
            }
            self.lines.push(piece);
        }
        if toggles {
            self.fence = match self.fence {
                Some(_) => None,
                None => Some(opening(line)),
            };
        }
    }

    fn fits(&self, line: &str) -> bool {
        let reserve = FENCE.len() + 1;
        joined_length(&self.lines) + 1 + length(line) + reserve <= self.limit
    }

    /// Ends the part at its last good place and carries the rest over.
    fn close_part(&mut self) {
        let carried = match (self.fence.is_none())
            .then(|| self.last_paragraph_end())
            .flatten()
        {
            Some(at) => self.lines.split_off(at),
            None => Vec::new(),
        };
        let mut part = self.take_lines();
        if let Some(fence) = &self.fence {
            part.push_str("\n```");
            self.lines.push(fence.clone());
        }
        self.push(&part);
        self.lines.extend(
            carried
                .into_iter()
                .skip_while(|line| line.trim().is_empty()),
        );
    }

    /// Where the last paragraph begins, when cutting there leaves the part at least half full and no code block is cut.
    fn last_paragraph_end(&self) -> Option<usize> {
        let mut in_code = false;
        let mut best = None;
        let mut so_far = 0;
        for (index, line) in self.lines.iter().enumerate() {
            so_far += length(line) + 1;
            if line.trim_start_matches([' ', '>']).starts_with(FENCE) {
                in_code = !in_code;
            }
            if !in_code && line.trim().is_empty() && so_far * 2 >= self.limit {
                best = Some(index);
            }
        }
        best
    }

    fn take_lines(&mut self) -> String {
        std::mem::take(&mut self.lines).join("\n")
    }

    fn push(&mut self, part: &str) {
        let part = part.trim_matches('\n').trim_end();
        if !part.trim().is_empty() {
            self.done.push(part.to_owned());
        }
    }

    fn finish(mut self) -> Vec<String> {
        let mut last = self.take_lines();
        if self.fence.is_some() {
            last.push_str("\n```");
        }
        self.push(&last);
        self.done
    }
}

/// A fence with its language only: what stands after it on the line is not repeated.
fn opening(line: &str) -> String {
    let line = line.trim_start_matches([' ', '>']);
    let language: String = line
        .trim_start_matches('`')
        .chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, '+' | '-' | '#' | '_'))
        .take(20)
        .collect();
    format!("{FENCE}{language}")
}

/// A line in pieces of at most `limit` characters; continued quotes stay quotes.
fn break_line(line: &str, limit: usize, in_code: bool) -> Vec<String> {
    if length(line) <= limit {
        return vec![line.to_owned()];
    }
    let quote = if !in_code && line.starts_with("> ") {
        "> "
    } else {
        ""
    };
    let text = line.strip_prefix(quote).unwrap_or(line);
    let mut pieces = Vec::new();
    let mut piece = Vec::<&str>::new();
    let room = limit - quote.len();
    for atom in atoms(text, room) {
        if atoms_length(&piece) + length(atom) > room {
            let rest = piece.split_off(last_sentence_end(&piece, room));
            pieces.push(piece);
            piece = rest;
            if atoms_length(&piece) + length(atom) > room {
                pieces.push(std::mem::take(&mut piece));
            }
        }
        piece.push(atom);
    }
    pieces.push(piece);
    pieces
        .into_iter()
        .filter(|piece| !piece.is_empty())
        .map(|piece| format!("{quote}{}", piece.concat().trim_end()))
        .collect()
}

/// How many of the atoms to keep so that the piece ends with a sentence, when that leaves it at least half full; else all.
fn last_sentence_end(atoms: &[&str], room: usize) -> usize {
    let ends = |atom: &&str| atom.trim_end().ends_with(['.', '!', '?', '…', ':', '。']);
    atoms
        .iter()
        .rposition(ends)
        .map(|index| index + 1)
        .filter(|kept| atoms_length(atoms.get(..*kept).unwrap_or_default()) * 2 >= room)
        .unwrap_or(atoms.len())
}

/// What is never cut: links, inline code, words with the white space after them; a longer one falls into graphemes.
fn atoms(text: &str, limit: usize) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (atom, after) = rest.split_at_checked(atom_end(rest)).unwrap_or((rest, ""));
        if length(atom) <= limit {
            found.push(atom);
        } else {
            found.extend(
                atom.graphemes(true)
                    .flat_map(|grapheme| code_points_when_longer(grapheme, limit)),
            );
        }
        rest = after;
    }
    found
}

/// A grapheme, or its code points when it is hostile: one "character" of thousands of combining marks.
fn code_points_when_longer(grapheme: &str, limit: usize) -> Vec<&str> {
    if length(grapheme) <= limit {
        return vec![grapheme];
    }
    grapheme.split_inclusive(|_: char| true).collect()
}

fn atom_end(text: &str) -> usize {
    let whole = match text.chars().next() {
        Some('[') => link_end(text),
        Some('<') => text.find('>').map(|end| end + 1),
        Some('`') => code_end(text),
        _ => None,
    };
    let whole = whole.filter(|end| !text.get(..*end).unwrap_or_default().contains('\n'));
    whole.unwrap_or_else(|| word_end(text))
}

fn link_end(text: &str) -> Option<usize> {
    let label = text.find("](<")?;
    let end = text.get(label..)?.find(">)")?;
    Some(label + end + 2)
}

fn code_end(text: &str) -> Option<usize> {
    let ticks = text.bytes().take_while(|byte| *byte == b'`').count();
    let close = text.get(ticks..)?.find('`')?;
    Some(ticks + close + ticks)
}

/// The end of the first word with its white space, stopping before a link or code that begins inside it.
fn word_end(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    let mut in_space = text.starts_with(char::is_whitespace);
    for (index, c) in characters.by_ref() {
        if in_space && !c.is_whitespace() || matches!(c, '[' | '<' | '`') {
            return index;
        }
        in_space |= c.is_whitespace();
    }
    text.len()
}

/// Counted as Discord counts: Unicode code points.
fn length(text: &str) -> usize {
    text.chars().count()
}

fn atoms_length(atoms: &[&str]) -> usize {
    atoms.iter().map(|atom| length(atom)).sum()
}

fn joined_length(lines: &[String]) -> usize {
    lines
        .iter()
        .map(|line| length(line) + 1)
        .sum::<usize>()
        .saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn a_short_text_is_one_part() {
        assert_eq!(split("One.\n\nTwo.", 100), ["One.\n\nTwo."]);
        assert_eq!(split(" \n ", 100), [""; 0]);
    }

    #[test]
    fn paragraphs_are_kept_whole_when_they_fit() {
        let paragraph = "word ".repeat(14).trim_end().to_owned();
        let parts = split(&format!("{paragraph}\n\n{paragraph}"), 100);
        assert_eq!(parts, [paragraph.clone(), paragraph]);
    }

    #[test]
    fn a_cut_code_block_is_closed_and_opened_again_with_its_language() {
        let code = "let x = 1;\n".repeat(12);
        for part in split(&format!("```rust\n{code}```"), 100) {
            assert!(
                part.starts_with("```rust\n") && part.ends_with("\n```"),
                "{part}"
            );
        }
    }

    #[test]
    fn a_link_is_never_cut() {
        let link = "[1](<https://example.org/a>)";
        let text = format!("{} {link} ", "x".repeat(50)).repeat(5);
        let parts = split(&text, 100);
        assert_eq!(
            parts
                .iter()
                .map(|part| part.matches(link).count())
                .sum::<usize>(),
            5
        );
    }

    #[test]
    fn a_continued_quote_stays_a_quote() {
        let parts = split(&format!("> {}", "word ".repeat(50)), 100);
        assert!(
            parts.len() > 2 && parts.iter().all(|part| part.starts_with("> ")),
            "{parts:?}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn every_part_is_within_the_limit_and_no_word_is_lost_or_doubled(
            text in "([a-zé🙂]{1,9} |\\. |\n|\n\n|> |```\n|`x y` |\\[1\\]\\(<https://a\\.example/b>\\) ){0,120}",
            limit in 100usize..300,
        ) {
            let parts = split(&text, limit);
            for part in &parts {
                prop_assert!(length(part) <= limit, "{} > {limit}: {part:?}", length(part));
            }
            prop_assert_eq!(words(&parts.join(" ")), words(&text));
        }

        #[test]
        fn fences_are_balanced_in_every_part(
            text in "([a-z]{1,9} [a-z]{1,9}\n|\n|```\n|```rust\n){0,80}",
        ) {
            for part in split(&text, 120) {
                let fences = part.lines().filter(|line| line.starts_with(FENCE)).count();
                prop_assert_eq!(fences % 2, 0, "{}", part);
            }
        }

        #[test]
        fn any_text_at_all_is_split(text in "\\PC{0,600}") {
            for part in split(&text, 100) {
                prop_assert!(length(&part) <= 100);
            }
        }
    }
}
