//! Inline code and code blocks: shown as they stand, with nothing in them that ends them early.

use std::borrow::Cow;

use crate::render::body::{Atom, Code, GAP};
use crate::render::graphemes::pieces;
use crate::render::safe::misleads;

/// The most characters of the name of a language.
const LONGEST_LANGUAGE: usize = 20;

/// Inline code, in as many pieces as its length needs.
pub(super) fn inline(code: &str) -> Vec<String> {
    if code.is_empty() {
        return Vec::new();
    }
    // Two backticks around it and a space on each side take some room.
    pieces(&separated(code), Atom::LONGEST - 2 * 3)
        .into_iter()
        .map(wrapped)
        .collect()
}

/// Code whose backticks one or two around it can hold. Three begin a code block in Discord, wherever they are.
fn separated(code: &str) -> Cow<'_, str> {
    let runs = runs(code);
    let holds = |length: usize| runs.iter().all(|run| *run < 3 && *run != length);
    if holds(1) || holds(2) {
        return Cow::Borrowed(code);
    }
    let mut out = String::with_capacity(code.len() * 2);
    for c in code.chars().filter(|c| *c != GAP) {
        if c == '`' && out.ends_with('`') {
            out.push(GAP);
        }
        out.push(c);
    }
    Cow::Owned(out)
}

fn wrapped(code: &str) -> String {
    let fence = if runs(code).contains(&1) { "``" } else { "`" };
    let padded = code.starts_with('`')
        || code.ends_with('`')
        || (code.starts_with(' ') && code.ends_with(' ') && !code.trim_matches(' ').is_empty());
    let pad = if padded { " " } else { "" };
    format!("{fence}{pad}{code}{pad}{fence}")
}

/// How many backticks stand side by side, each time that any do.
fn runs(code: &str) -> Vec<usize> {
    let runs = code.split(|c| c != '`').map(str::len);
    runs.filter(|length| *length > 0).collect()
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
