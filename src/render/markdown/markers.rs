//! Markers and bare addresses in plain text: `[1]`, `[1, 2]`, `[1-3]`, `【1†source】`. Each number becomes a link to its source, or is taken out.

use super::Context;
use super::inline::{Fixed, FixedKind, Piece, address, starts_an_address};
use crate::render::body::Style;

/// The most bytes within the brackets of a marker.
const LONGEST: usize = 80;

/// The most numbers that a range stands for; more than that is no range of sources.
const WIDEST_RANGE: u32 = 20;

/// Four digits that no source bears are sooner a year than a number that is missing.
const YEARS: std::ops::RangeInclusive<u32> = 1_500..=2_199;

/// Cuts a text into plain text, markers and addresses.
pub(super) fn find(text: &str, style: Style, context: &mut Context<'_, '_>, out: &mut Vec<Piece>) {
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest
        .get(from..)
        .and_then(|text| text.find(['[', '【', 'h', 'H']))
        .map(|at| from + at)
    {
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        if starts_an_address(behind) {
            let length = address_length(behind);
            let (found, after) = behind.split_at_checked(length).unwrap_or((behind, ""));
            push_text(before, style, out);
            out.push(address(found, style, context));
            rest = after;
            from = 0;
            continue;
        }
        let marker = bracketed(behind).filter(|(numbers, length)| {
            let after = behind.get(*length..).unwrap_or_default();
            let is_shown = |number: &u32| context.sources.entry(*number).is_some();
            let leaves_marker = || leaves_marker(before, after, out);
            !is_prose(before, numbers, after, context)
                && (numbers.iter().any(is_shown) || !leaves_marker())
        });
        let Some((numbers, length)) = marker else {
            from = at + behind.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        push_text(before, style, out);
        rest = behind.get(length..).unwrap_or_default();
        from = 0;
        let shown = push(&numbers, style, context, out);
        // What was taken out from between two words leaves them apart.
        if !shown && rest.starts_with(char::is_alphanumeric) {
            push_text(" ", style, out);
        }
    }
    push_text(rest, style, out);
}

/// Whether what stands around a marker would be another one, were it taken out: `[[9]2]`, `[1 [9]]`. Nobody meant that one.
fn leaves_marker(before: &str, after: &str, out: &[Piece]) -> bool {
    let earlier = match out.last() {
        Some(Piece::Text(text, _)) => text.as_str(),
        _ => "",
    };
    let back = before.chars().rev().chain(earlier.chars().rev());
    let mut opened = String::new();
    for c in back.take(LONGEST) {
        opened.insert(0, c);
        if matches!(c, '[' | ']' | '【' | '】') {
            break;
        }
    }
    let closed = after.chars().take(LONGEST);
    opened.starts_with(['[', '【'])
        && bracketed(&opened.chars().chain(closed).collect::<String>()).is_some()
}

/// The numbers that the label of a link stands for, if it is a marker: `1`, `[1]`, `1, 2`.
pub(super) fn label(label: &str, context: &Context<'_, '_>) -> Option<Vec<u32>> {
    let label = label.trim();
    let inside = label
        .strip_prefix('[')
        .and_then(|label| label.strip_suffix(']'))
        .unwrap_or(label);
    let found = numbers(inside)?;
    (!are_years(&found, context)).then_some(found)
}

/// Takes the markers out of the label of a link, in which no other link can be; gives their numbers.
pub(super) fn take(label: &mut String, context: &Context<'_, '_>) -> Vec<u32> {
    let mut numbers = Vec::new();
    let mut kept = String::new();
    let mut rest = label.as_str();
    while let Some(at) = rest.find(['[', '【']) {
        let (before, behind) = rest.split_at_checked(at).unwrap_or((rest, ""));
        kept.push_str(before);
        let marker = bracketed(behind).filter(|(numbers, length)| {
            let after = behind.get(*length..).unwrap_or_default();
            !is_prose(&kept, numbers, after, context)
        });
        let length = match marker {
            Some((found, length)) => {
                numbers.extend(found);
                kept.truncate(kept.trim_end().len());
                length
            }
            None => {
                let sign = behind.chars().next();
                kept.extend(sign);
                sign.map_or(0, char::len_utf8)
            }
        };
        rest = behind.get(length..).unwrap_or_default();
    }
    if !numbers.is_empty() {
        kept.push_str(rest);
        *label = kept;
    }
    numbers
}

/// Adds the markers of these numbers. Whether any is shown.
pub(super) fn push(
    numbers: &[u32],
    style: Style,
    context: &mut Context<'_, '_>,
    out: &mut Vec<Piece>,
) -> bool {
    let mut shown = false;
    for number in numbers {
        let Some(entry) = context.sources.entry(*number) else {
            context.removed += 1;
            continue;
        };
        shown = true;
        let label = entry.number.to_string();
        // A source that cannot be linked keeps its number, under which the list of sources names it.
        let text = entry
            .link
            .as_ref()
            .map_or_else(|| format!("[{label}]"), |link| link.markdown(&label));
        let kind = FixedKind::Marker(entry.number);
        out.push(Piece::Fixed(Fixed { text, style, kind }));
    }
    if !shown && let Some(Piece::Text(before, _)) = out.last_mut() {
        before.truncate(before.trim_end().len());
    }
    shown
}

/// Adds plain text.
fn push_text(text: &str, style: Style, out: &mut Vec<Piece>) {
    match out.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(before, known)) if *known == style => before.push_str(text),
        _ => out.push(Piece::Text(text.to_owned(), style)),
    }
}

/// The numbers of a marker at the start of the text, and its length in bytes.
fn bracketed(text: &str) -> Option<(Vec<u32>, usize)> {
    let (open, close) = match text.chars().next()? {
        '[' if text.starts_with("[[") => ("[[", "]]"),
        '[' => ("[", "]"),
        _ => ("【", "】"),
    };
    let inside = text.strip_prefix(open)?;
    let end = inside
        .char_indices()
        .take_while(|(at, _)| *at < LONGEST)
        .find(|(_, c)| close.starts_with(*c))?
        .0;
    let (inside, rest) = inside.split_at_checked(end)?;
    rest.strip_prefix(close)?;
    // In these brackets, only the dagger tells a marker from a heading.
    if open == "【" && !inside.contains('†') {
        return None;
    }
    let found = match inside.split_once('†') {
        // `4:0` numbers what nobody but the service knows.
        Some((number, _)) if number.contains(':') => vec![0],
        Some((number, _)) => numbers(number)?,
        None => numbers(inside)?,
    };
    Some((found, open.len() + end + close.len()))
}

/// The numbers in `1`, `^1`, `1, 2`, `1-3`. A number beyond all numbers is one that no source bears.
fn numbers(text: &str) -> Option<Vec<u32>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut found = Vec::new();
    for item in text.split([',', ';']) {
        let item = item.trim().trim_start_matches('^');
        if let Some(number) = number(item) {
            found.push(number);
            continue;
        }
        let (first, last) = item.split_once(['-', '–', '‑'])?;
        let (first, last) = (number(first.trim())?, number(last.trim())?);
        if !(first..first.saturating_add(WIDEST_RANGE)).contains(&last) {
            return None;
        }
        found.extend(first..=last);
    }
    Some(found)
}

fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u32::MAX))
}

/// Whether what looks like a marker is read as a part of the prose: a year, or the place in a list, as in `a[1] = 2` and `row_count[0]`.
fn is_prose(before: &str, numbers: &[u32], after: &str, context: &Context<'_, '_>) -> bool {
    are_years(numbers, context) || is_index(before, numbers, after, context)
}

fn are_years(numbers: &[u32], context: &Context<'_, '_>) -> bool {
    numbers
        .iter()
        .all(|number| YEARS.contains(number) && context.sources.entry(*number).is_none())
}

/// A marker stands behind a word or a sentence; behind the name of a variable it is an index. A single small letter may be one, or a unit or a
/// word: `5 g[1]`. A source that bears the number tells, unless the text computes.
fn is_index(before: &str, numbers: &[u32], after: &str, context: &Context<'_, '_>) -> bool {
    let [number] = numbers else {
        return false;
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let start = before.trim_end_matches(is_name).len();
    let (around, word) = before.split_at_checked(start).unwrap_or(("", before));
    let last = around.chars().next_back();
    let alone = last.is_none_or(|c| c.is_whitespace() || "([=+-*,".contains(c));
    let is_unit = around
        .strip_suffix([' ', '\u{a0}', '\u{202f}'])
        .is_some_and(|amount| amount.ends_with(|c: char| c.is_ascii_digit()));
    let computes = context.computes
        || last.is_some_and(|c| "[=+-*".contains(c))
        || after.trim_start_matches(' ').starts_with(['=', '+']);
    let known = context.sources.entry(*number).is_some();
    let single = word.len() == 1
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && !(known && (is_unit || !computes));
    // A sign that ends a word is of its formatting, `_Hamlet_[1]`, and not of a name.
    let named = word.contains('_')
        && !word.ends_with('_')
        && word.starts_with(|c: char| c.is_ascii_alphabetic());
    alone && (single || named || (*number == 0 && !word.is_empty()))
}

/// The length in bytes of the address at the start of the text. What ends a sentence does not belong to it, nor does a bracket that it
/// did not open.
fn address_length(text: &str) -> usize {
    let end = text
        .find(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '<' | '>'
                        | '['
                        | ']'
                        | '"'
                        | '|'
                        | '`'
                        | '「'
                        | '」'
                        | '。'
                        | '、'
                        | '，'
                        | '（'
                        | '）'
                        | '】'
                        | '“'
                        | '”'
                )
        })
        .unwrap_or(text.len());
    let mut address = text.get(..end).unwrap_or(text);
    let opened = address.matches('(').count();
    let mut closed = address.matches(')').count();
    loop {
        let kept =
            address.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '\'', '~', '…']);
        let kept = match kept.strip_suffix(')') {
            Some(kept) if closed > opened => {
                closed -= 1;
                kept
            }
            _ => kept,
        };
        if kept.len() == address.len() {
            return kept.len();
        }
        address = kept;
    }
}
