//! Escapes plain text, so that neither Discord nor any other reader of Markdown finds anything in it: no formatting, no mention, no link, no block.

use crate::render::body::GAP;
use crate::render::safe::{is_everyone, is_mention};

/// A line of plain text in Markdown, wherever it stands in one.
pub(in crate::render) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut last = None;
    let spaces = text.matches(' ').count();
    for (place, word) in text.split(' ').enumerate() {
        if place > 0 {
            out.push(' ');
            last = Some(' ');
        }
        let after = (place < spaces).then_some(' ');
        let block = (place == 0).then(|| block_sign(word, after)).flatten();
        for (at, c) in word.char_indices() {
            let behind = word.get(at + c.len_utf8()..).unwrap_or_default();
            if block == Some(at) {
                out.extend(['\\', c]);
            } else {
                push(c, last, behind, after, &mut out);
            }
            last = Some(c);
        }
    }
    out
}

/// Writes one character of a word. `last` is the one before it and `after` the one behind the word, each none at the edge of a line;
/// `behind` is the rest of the word.
pub(super) fn push(
    c: char,
    last: Option<char>,
    behind: &str,
    after: Option<char>,
    out: &mut String,
) {
    let next = behind.chars().next().or(after);
    let between = |is: fn(char) -> bool| last.is_some_and(is) && next.is_some_and(is);
    let beside = |signs: [char; 2]| {
        last.is_some_and(|c| signs.contains(&c)) || next.is_some_and(|c| signs.contains(&c))
    };
    let next_is = |is: fn(char) -> bool| next.is_some_and(is);
    let escaped = match c {
        '*' | '`' | '\\' => true,
        // Within a word it formats nothing.
        '_' => !between(char::is_alphanumeric),
        '~' => beside(['~', '*']),
        '|' => beside(['|', '|']),
        // What no word follows could close a formula.
        '$' => !next_is(|c| c.is_ascii_alphanumeric()),
        '(' | ':' => last == Some(']'),
        '!' => next == Some('['),
        '&' => is_entity(behind),
        '<' => !is_mention(behind) && next_is(|c| c.is_ascii_alphabetic() || "/!?".contains(c)),
        _ => false,
    };
    if escaped {
        out.push('\\');
    }
    out.push(c);
    let broken = match c {
        '@' => is_everyone(behind),
        // Behind the word something else may stand, as the colon between a column and its cell.
        '<' => is_mention(behind) || (behind.is_empty() && after.is_some_and(begins_mention)),
        // No scheme but that of a link makes one.
        ':' => behind.starts_with("//"),
        _ => false,
    };
    if broken {
        out.push(GAP);
    }
}

/// Where the first word of a line would begin a block of its own, a list or a heading, unless a backslash stands there.
pub(super) fn block_sign(word: &str, after: Option<char>) -> Option<usize> {
    let alone = after.is_none_or(|after| after == ' ');
    let only = |sign: char| word.chars().all(|c| c == sign);
    let first = word.chars().next()?;
    match first {
        '>' | '[' | '|' => Some(0),
        '#' | '+' => (alone && only(first)).then_some(0),
        '=' => only('=').then_some(0),
        '-' => ((alone && only('-')) || word.starts_with("-#") || word.contains('|')).then_some(0),
        ':' => word.starts_with(":-").then_some(0),
        '0'..='9' => {
            let digits = word.trim_end_matches(['.', ')']);
            let numbered = digits.len() + 1 == word.len()
                && digits.len() <= 9
                && digits.bytes().all(|byte| byte.is_ascii_digit());
            (alone && numbered).then_some(digits.len())
        }
        _ => None,
    }
}

/// Whether a `<` before this may make a mention or an emoji of it, whatever follows. Before letters and slashes it is escaped anyway.
fn begins_mention(c: char) -> bool {
    ['@', '#', ':'].contains(&c)
}

/// Whether what follows an ampersand makes it the name of a character.
fn is_entity(behind: &str) -> bool {
    let name = behind.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
    name.starts_with(';') && name.len() < behind.len()
}
