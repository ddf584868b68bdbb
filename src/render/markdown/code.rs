//! Inline code and code blocks: shown as they stand, with nothing in them that ends them early.

use unicode_segmentation::UnicodeSegmentation;

use crate::render::body::{Atom, Code, GAP};
use crate::render::safe::misleads;

/// The most characters of the name of a language.
const LONGEST_LANGUAGE: usize = 20;

/// Inline code, in as many pieces as its length needs.
pub(super) fn inline(code: &str) -> Vec<String> {
    if code.is_empty() {
        return Vec::new();
    }
    // Backticks around it and a space on each side take some room.
    let longest_run = longest_run(code).min(LONGEST_FENCE);
    let room = Atom::LONGEST - 2 * (longest_run + 2);
    pieces(code, room)
        .into_iter()
        .map(|piece| wrapped(&piece))
        .collect()
}

/// More backticks in a row than any text means are cut short of the limit by the pieces.
const LONGEST_FENCE: usize = 100;

fn wrapped(code: &str) -> String {
    let mut fence = "`".to_owned();
    let runs = runs(code);
    while runs.contains(&fence.len()) {
        fence.push('`');
    }
    let padded = code.starts_with('`')
        || code.ends_with('`')
        || (code.starts_with(' ') && code.ends_with(' ') && !code.trim_matches(' ').is_empty());
    let pad = if padded { " " } else { "" };
    format!("{fence}{pad}{code}{pad}{fence}")
}

fn runs(code: &str) -> Vec<usize> {
    let runs = code.split(|c| c != '`').map(str::len);
    runs.filter(|length| *length > 0).collect()
}

fn longest_run(code: &str) -> usize {
    runs(code).into_iter().max().unwrap_or(0)
}

/// A text in pieces of at most `room` characters, cut at what a person sees as one character where that is possible.
pub(super) fn pieces(text: &str, room: usize) -> Vec<String> {
    if text.chars().count() <= room {
        return vec![text.to_owned()];
    }
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for grapheme in text.graphemes(true) {
        let more = grapheme.chars().count();
        if length + more > room && length > 0 {
            pieces.push(std::mem::take(&mut piece));
            length = 0;
        }
        for c in grapheme.chars() {
            if length == room {
                pieces.push(std::mem::take(&mut piece));
                length = 0;
            }
            piece.push(c);
            length += 1;
        }
    }
    pieces.push(piece);
    pieces
}

/// A code block; none when there is nothing in it.
pub(super) fn block(info: &str, text: &str, lead: &str) -> Option<Code> {
    let lines: Vec<String> = text.lines().map(line).collect();
    let is_blank = |line: &String| line.trim().is_empty();
    if lines.iter().all(is_blank) {
        return None;
    }
    Some(Code {
        lead: lead.to_owned(),
        language: language(info),
        lines,
    })
}

/// A line of code: three backticks in a row would end the block.
fn line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut ticks = 0;
    for c in line.chars().filter(|c| !misleads(*c)) {
        ticks = if c == '`' { ticks + 1 } else { 0 };
        if ticks == 3 {
            out.push(GAP);
            ticks = 1;
        }
        out.push(c);
    }
    out
}

/// The language that a fence names, if it is one that Discord may know.
fn language(info: &str) -> String {
    let name = info.split([' ', ',', '{', '\t']).next().unwrap_or_default();
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#' | '_');
    if name.len() <= LONGEST_LANGUAGE && name.chars().all(known) {
        name.to_owned()
    } else {
        String::new()
    }
}
