//! Pairs `*`, `**` and `~~`, as Discord and whoever wrote them do: in `**「名前」**は**「別」**` two names are bold, not what is between them.
//!
//! `CommonMark` looks at the punctuation around a sign and takes some of these for text, and pairs others the wrong way.

use super::inline::{Origin, Piece};
use crate::render::body::Style;
use crate::render::safe::misleads;

/// Stands for a `*` that is Markdown if it finds its partner. Never in a text that was cleaned: Unicode means it for this.
const STAR: char = '\u{fdd0}';

/// The same for a `~`.
const TILDE: char = '\u{fdd1}';

/// How many openings are remembered; more than that nobody means.
const DEEPEST: usize = 16;

/// Copies a text, with what may be emphasis marked as such, and without what misleads.
pub(super) fn copy(text: &str, from: Origin, out: &mut String) {
    for (at, c) in text.char_indices() {
        let literal = from == Origin::Literal || (from == Origin::Escaped && at > 0);
        match c {
            '*' if literal => out.push(STAR),
            '~' if literal => out.push(TILDE),
            STAR | TILDE => {}
            // The gap that keeps two runs of stars apart is looked at when they are paired.
            c if misleads(c) && c != crate::render::body::GAP => {}
            c => out.push(c),
        }
    }
}

/// A run of one character that may open or close emphasis.
struct Delimiter {
    sign: char,
    /// How many characters of it are not used yet.
    left: usize,
    /// Which piece it is.
    place: usize,
    /// The character before it.
    last: char,
    opens: bool,
    closes: bool,
}

/// Pairs what can be paired; the rest is text.
pub(super) fn pair(pieces: Vec<Piece>) -> Vec<Piece> {
    let has_any =
        |piece: &Piece| matches!(piece, Piece::Text(text, _) if text.contains([STAR, TILDE]));
    if !pieces.iter().any(has_any) {
        return merge(pieces, Vec::new());
    }
    let (mut pieces, mut delimiters) = cut(pieces);
    let mut open: Vec<usize> = Vec::new();
    for place in 0..delimiters.len() {
        close(place, &mut open, &mut delimiters, &mut pieces);
        let Some(delimiter) = delimiters.get(place) else {
            continue;
        };
        if delimiter.opens && delimiter.left > 0 {
            if open.len() == DEEPEST {
                open.remove(0);
            }
            open.push(place);
        }
    }
    merge(pieces, delimiters)
}

/// Closes with a delimiter what it can close.
fn close(place: usize, open: &mut Vec<usize>, delimiters: &mut [Delimiter], pieces: &mut [Piece]) {
    loop {
        let Some(closer) = delimiters.get(place) else {
            return;
        };
        let (sign, left, end) = (closer.sign, closer.left, closer.place);
        if !closer.closes || left == 0 {
            return;
        }
        let partner = open.iter().rposition(|opener| {
            delimiters.get(*opener).is_some_and(|opener| {
                opener.sign == sign
                    && (opener.left == left || (sign == STAR && opener.left + left > 3))
            })
        });
        let Some(partner) = partner else {
            return;
        };
        let Some(opener) = open.get(partner).copied() else {
            return;
        };
        open.truncate(partner + 1);
        let Some(opener) = delimiters.get_mut(opener) else {
            return;
        };
        let used = left.min(opener.left).min(3);
        opener.left -= used;
        let start = opener.place;
        if opener.left == 0 {
            open.pop();
        }
        for piece in pieces.iter_mut().take(end).skip(start + 1) {
            let style = match piece {
                Piece::Text(_, style) => style,
                Piece::Fixed(fixed) => &mut fixed.style,
                Piece::Break => continue,
            };
            *style = with(*style, sign, used);
        }
        if let Some(closer) = delimiters.get_mut(place) {
            closer.left -= used;
        }
    }
}

fn with(style: Style, sign: char, length: usize) -> Style {
    Style {
        bold: style.bold || (sign == STAR && length >= 2),
        italic: style.italic || (sign == STAR && length != 2),
        struck: style.struck || sign == TILDE,
    }
}

/// The pieces with every run of signs as a piece of its own.
fn cut(pieces: Vec<Piece>) -> (Vec<Piece>, Vec<Delimiter>) {
    let mut out: Vec<Piece> = Vec::new();
    let mut delimiters: Vec<Delimiter> = Vec::new();
    // The last character, to tell what a run may do; a line begins as if after a space.
    let mut last = ' ';
    let mut awaits: Option<usize> = None;
    for piece in pieces {
        let Piece::Text(text, style) = piece else {
            let c = if piece == Piece::Break { ' ' } else { '`' };
            settle(&mut awaits, &mut delimiters, c);
            last = c;
            out.push(piece);
            continue;
        };
        let mut run = String::new();
        let mut sign = None;
        for c in text.chars() {
            let this = matches!(c, STAR | TILDE).then_some(c);
            if this != sign {
                push(
                    &mut out,
                    &mut delimiters,
                    &mut awaits,
                    (std::mem::take(&mut run), sign, style),
                    last,
                );
                sign = this;
            }
            if this.is_none() {
                settle(&mut awaits, &mut delimiters, c);
                last = c;
            }
            run.push(c);
        }
        push(
            &mut out,
            &mut delimiters,
            &mut awaits,
            (run, sign, style),
            last,
        );
    }
    settle(&mut awaits, &mut delimiters, ' ');
    (out, delimiters)
}

fn push(
    out: &mut Vec<Piece>,
    delimiters: &mut Vec<Delimiter>,
    awaits: &mut Option<usize>,
    (run, sign, style): (String, Option<char>, Style),
    last: char,
) {
    if run.is_empty() {
        return;
    }
    if let Some(sign) = sign {
        let length = run.chars().count();
        let known = if sign == STAR {
            length <= 3
        } else {
            length == 2
        };
        let may_open = known;
        let may_close = known && !last.is_whitespace();
        *awaits = Some(delimiters.len());
        delimiters.push(Delimiter {
            sign,
            left: length,
            place: out.len(),
            last,
            opens: may_open,
            closes: may_close,
        });
    }
    out.push(Piece::Text(run, style));
}

/// Tells the delimiter before a character what follows it.
fn settle(awaits: &mut Option<usize>, delimiters: &mut [Delimiter], next: char) {
    let Some(delimiter) = awaits.take().and_then(|place| delimiters.get_mut(place)) else {
        return;
    };
    let last = delimiter.last;
    // Behind a digit it is arithmetic sooner than emphasis.
    let computes = last.is_ascii_digit() && next.is_ascii();
    delimiter.opens &= !next.is_whitespace() && !computes && !abuts(last, next);
    delimiter.closes &= !abuts(next, last);
}

/// Whether a sign between these two, the first of them outside, is a sign of its own: `f(x)*(y)`.
pub(super) fn abuts(outside: char, inside: char) -> bool {
    outside.is_ascii_alphanumeric() && !inside.is_alphanumeric()
}

/// The pieces with what was used of the signs taken out, what was not as text, and equals joined.
fn merge(pieces: Vec<Piece>, delimiters: Vec<Delimiter>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut delimiters = delimiters.into_iter().peekable();
    for (place, piece) in pieces.into_iter().enumerate() {
        let Piece::Text(mut text, style) = piece else {
            out.push(piece);
            continue;
        };
        if let Some(delimiter) = delimiters.next_if(|delimiter| delimiter.place == place) {
            let sign = if delimiter.sign == STAR { "*" } else { "~" };
            text = sign.repeat(delimiter.left);
        }
        text.retain(|c| !misleads(c));
        match out.last_mut() {
            Some(Piece::Text(before, known)) if *known == style => before.push_str(&text),
            _ if text.is_empty() => {}
            _ => out.push(Piece::Text(text, style)),
        }
    }
    out
}
