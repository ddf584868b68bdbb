//! The pieces of a text as lines of atoms: escaped, so that Discord shows what was meant and nothing else.

use unicode_segmentation::UnicodeSegmentation;

use super::escape;
use super::inline::{Fixed, FixedKind, Piece};
use crate::render::body::{Atom, GAP, Style};
use crate::render::safe::is_invite;

/// The lines of a text; an empty one is none.
pub(super) fn lines(pieces: &[Piece]) -> Vec<Vec<Atom>> {
    let mut lines = Lines::default();
    for (place, piece) in pieces.iter().enumerate() {
        let next = pieces.get(place + 1..).unwrap_or_default();
        match piece {
            Piece::Break => lines.end_line(),
            Piece::Fixed(fixed) => lines.fixed(fixed),
            Piece::Text(text, style) => lines.text(text, *style, next),
        }
    }
    lines.end_line();
    lines.done
}

#[derive(Default)]
struct Lines {
    done: Vec<Vec<Atom>>,
    line: Vec<Atom>,
    /// Whether a space is before what comes next.
    spaced: bool,
}

impl Lines {
    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        self.spaced = false;
        if !line.is_empty() {
            end_sentences(&mut line);
            self.done.push(line);
        }
    }

    fn push(&mut self, text: String, style: Style, cites: Option<u32>, ends_sentence: bool) {
        self.line.push(Atom {
            text,
            style,
            spaced: self.spaced && !self.line.is_empty(),
            ends_sentence,
            cites,
            links: None,
        });
        self.spaced = false;
    }

    fn fixed(&mut self, fixed: &Fixed) {
        let last = self.last_char();
        let mut text = fixed.text.clone();
        let cites = match fixed.kind {
            // The same one twice says nothing more.
            FixedKind::Marker(number) if self.last_cites() == Some(number) => {
                self.spaced = false;
                return;
            }
            FixedKind::Marker(number) => {
                self.spaced |= !last.is_some_and(|last| OPENING.contains(&last));
                Some(number)
            }
            FixedKind::Code if last == Some('`') && !self.spaced => {
                text.insert(0, GAP);
                None
            }
            FixedKind::Code | FixedKind::Link(_) => None,
        };
        self.push(text, fixed.style, cites, false);
        if let (FixedKind::Link(source), Some(atom)) = (fixed.kind, self.line.last_mut()) {
            atom.links = source;
        }
    }

    fn last_cites(&self) -> Option<u32> {
        self.line.last().and_then(|atom| atom.cites)
    }

    /// The last character of the line so far, formatting aside.
    fn last_char(&self) -> Option<char> {
        self.line
            .last()
            .and_then(|atom| atom.text.chars().next_back())
    }

    fn text(&mut self, text: &str, style: Style, next: &[Piece]) {
        let known = self.line.last().map_or(Style::default(), |atom| atom.style);
        // What formats the text stands between it and its neighbours.
        let mut before = match self.last_char() {
            _ if style != known => Some('*'),
            Some(_) if self.spaced => Some(' '),
            last => last,
        };
        let after = first_char(next, style);
        let mut rest = text;
        let mut begins = true;
        loop {
            let start = rest.trim_start();
            if start.len() < rest.len() && !self.line.is_empty() {
                self.spaced = true;
                if !begins || style == known || style == Style::default() {
                    before = Some(' ');
                }
            }
            begins = false;
            if start.is_empty() {
                return;
            }
            let (word, behind) = start
                .split_at_checked(word_end(start))
                .unwrap_or((start, ""));
            let after = match behind {
                "" => after,
                behind if behind.trim_start().is_empty() => behind_space(next, style),
                _ => Some(' '),
            };
            self.word(word, style, before, after);
            before = word.chars().next_back();
            rest = behind;
        }
    }

    /// Adds a word, as one atom unless it is long or written without spaces.
    fn word(&mut self, word: &str, style: Style, before: Option<char>, after: Option<char>) {
        let mut cuts = cuts(word).into_iter().peekable();
        let alone = after.is_none_or(|after| after == ' ');
        let block = match before {
            None => escape::block_sign(word, after),
            // At the end of a heading, these would not be shown.
            Some(' ') if alone && word.bytes().all(|byte| byte == b'#') => Some(0),
            Some(_) => None,
        };
        let mut text = String::with_capacity(word.len() + 2);
        let mut from = 0;
        let mut last = before;
        let mut invite = false;
        for (at, c) in word.char_indices() {
            if cuts.next_if_eq(&at).is_some() {
                let ends = ends_sentence(word.get(from..at).unwrap_or_default());
                self.push(std::mem::take(&mut text), style, None, ends);
                from = at;
            }
            invite |= matches!(c, 'd' | 'D') && word.get(at..).is_some_and(is_invite);
            let behind = word.get(at + c.len_utf8()..).unwrap_or_default();
            if block == Some(at) {
                text.extend(['\\', c]);
            } else {
                escape::push(c, last, behind, after, &mut text);
            }
            if invite && c == '.' {
                text.push(GAP);
                invite = false;
            }
            last = Some(c);
        }
        let ends = ends_sentence(word.get(from..).unwrap_or_default());
        self.push(text, style, None, ends);
    }
}

/// What a marker follows without a space.
const OPENING: [char; 17] = [
    '(', '[', '{', '（', '［', '「', '『', '【', '《', '〈', '〔', '“', '„', '‘', '«', '‹', '¿',
];

/// What closes quotes and brackets behind the end of a sentence.
const CLOSING: [char; 16] = [
    ')', ']', '}', '"', '\'', '”', '’', '»', '）', '］', '」', '』', '】', '》', '〉', '›',
];

/// The character that is written behind a text of this style, by what comes next.
fn first_char(next: &[Piece], style: Style) -> Option<char> {
    let (first, other) = match next.first() {
        None | Some(Piece::Break) => (None, Style::default()),
        Some(Piece::Text(text, _)) if text.trim().is_empty() => {
            return behind_space(next, style);
        }
        // A space is put before it.
        Some(Piece::Fixed(Fixed {
            kind: FixedKind::Marker(_),
            style,
            ..
        })) => (Some(' '), *style),
        Some(Piece::Fixed(fixed)) => (fixed.text.chars().next(), fixed.style),
        Some(Piece::Text(text, style)) => (text.chars().next(), *style),
    };
    match first {
        first if other == style => first,
        // What formats the next text stands behind the space before it.
        Some(first) if first.is_whitespace() && style == Style::default() => Some(' '),
        _ => Some('*'),
    }
}

/// The same where a space is between: it is formatted as its neighbours are.
fn behind_space(next: &[Piece], style: Style) -> Option<char> {
    let is_space = |piece: &&Piece| matches!(piece, Piece::Text(text, _) if text.trim().is_empty());
    let behind = next.iter().find(|piece| !is_space(piece));
    let same = behind.map_or(Style::default(), style_of) == style;
    Some(if same || style == Style::default() {
        ' '
    } else {
        '*'
    })
}

fn style_of(piece: &Piece) -> Style {
    match piece {
        Piece::Text(_, style) => *style,
        Piece::Fixed(fixed) => fixed.style,
        Piece::Break => Style::default(),
    }
}

/// Where the first word of a text ends. A space that keeps two words together is a part of them.
fn word_end(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !c.is_whitespace() {
            continue;
        }
        let keeps = matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{3000}');
        let between = chars.peek().is_some_and(|(_, next)| !next.is_whitespace());
        if !(keeps && between) {
            return at;
        }
    }
    text.len()
}

/// The most characters of a word that become one atom: with every one of them escaped, they fit.
const LONGEST_WORD: usize = Atom::LONGEST / 2 - 20;

/// Where a word is cut: behind what ends a sentence or a clause where no spaces are written, and where it is too long.
fn cuts(word: &str) -> Vec<usize> {
    let mut cuts = Vec::new();
    if word.len() > LONGEST_WORD {
        let mut length = 0;
        for (at, grapheme) in word.grapheme_indices(true) {
            let more = grapheme.chars().count();
            if length + more > LONGEST_WORD && length > 0 {
                cuts.push(at);
                length = 0;
            }
            for (place, (inner, _)) in grapheme.char_indices().enumerate() {
                if place > 0 && place % LONGEST_WORD == 0 {
                    cuts.push(at + inner);
                }
            }
            length += more % LONGEST_WORD;
        }
    }
    if word.is_ascii() {
        return cuts;
    }
    let mut after_end = false;
    for (at, c) in word.char_indices() {
        let stays = CLOSING.contains(&c) || is_wide_stop(c);
        if after_end && !stays {
            cuts.push(at);
        }
        after_end = is_wide_stop(c) || (after_end && stays);
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn is_wide_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '、' | '，' | '；' | '：' | '｡')
}

/// Whether a word ends as a sentence does, closing quotes and brackets aside.
fn ends_sentence(word: &str) -> bool {
    let word = word.trim_end_matches(CLOSING);
    let Some(last) = word.chars().next_back() else {
        return false;
    };
    match last {
        '!' | '?' | '…' | '。' | '！' | '？' | '｡' | '‼' | '⁉' | '؟' | '।' | '۔' => {
            true
        }
        '.' => !is_abbreviated(word.trim_end_matches('.')),
        _ => false,
    }
}

/// Whether a word before a full stop is one that a full stop does not end: a number, a letter, `e.g`, `z.B`.
fn is_abbreviated(word: &str) -> bool {
    const KNOWN: [&str; 18] = [
        "bzw", "ca", "cf", "dr", "evtl", "fig", "inkl", "mr", "mrs", "ms", "no", "nr", "prof",
        "sog", "st", "usw", "vgl", "vs",
    ];
    let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_number =
        !bare.is_empty() && bare.len() <= 3 && bare.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = bare.chars().count() == 1 && bare.chars().all(char::is_alphabetic);
    let dotted = bare.len() <= 6
        && bare.split('.').count() > 1
        && bare.split('.').all(|part| part.chars().count() <= 2);
    is_number
        || is_letter
        || dotted
        || (bare.len() <= 4 && KNOWN.iter().any(|known| bare.eq_ignore_ascii_case(known)))
}

/// Settles where the sentences of a line end: behind the markers that follow them, and not before a word in small letters.
fn end_sentences(line: &mut [Atom]) {
    for place in 1..line.len() {
        let Some([before, atom]) = line.get_mut(place - 1..=place) else {
            continue;
        };
        if !before.ends_sentence {
            continue;
        }
        let first = atom.text.chars().find(|c| c.is_alphanumeric());
        let goes_on = atom.cites.is_none() && first.is_some_and(char::is_lowercase);
        let wide = before.text.ends_with(|c: char| !c.is_ascii());
        if atom.cites.is_some() {
            atom.ends_sentence = true;
            before.ends_sentence = false;
        } else if goes_on || !(atom.spaced || wide || before.cites.is_some()) {
            before.ends_sentence = false;
        }
    }
}
