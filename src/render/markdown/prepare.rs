//! Takes out of a text what is not Markdown, before it is read: reasoning, HTML, formulas. What stands for them is put in later; code stays.

mod html;

pub(in crate::render) use self::html::Pairs;

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::{OPTIONS, math};

/// Begins the number of a [`Stand`] in a prepared text. Never in a text that was cleaned: Unicode means it for this.
const OPEN: char = '\u{fdd2}';

/// Ends it.
const CLOSE: char = '\u{fdd3}';

/// The longest formula in a line, in bytes.
const LONGEST_INLINE: usize = 400;

/// The longest formula on its own, in bytes.
const LONGEST_DISPLAY: usize = 2_000;

/// What stands at a place of a prepared text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Text that means nothing but itself.
    Text(String),
    /// Inline code.
    Code(String),
    /// The end of a line.
    Break,
    /// From here on text is formatted so.
    Opens(Format),
    /// From here on it no longer is.
    Closes(Format),
    /// Nothing.
    Nothing,
}

/// A formatting that HTML may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Bold,
    Italic,
    Struck,
}

/// What was taken out of a text.
#[derive(Debug, Default)]
pub(super) struct Stands {
    all: Vec<Stand>,
}

#[derive(Debug)]
struct Stand {
    original: String,
    meaning: Meaning,
}

impl Stands {
    /// Adds one; gives what stands for it in the text.
    fn add(&mut self, original: &str, meaning: Meaning, out: &mut String) {
        out.push(OPEN);
        out.push_str(&self.all.len().to_string());
        out.push(CLOSE);
        self.all.push(Stand {
            original: original.to_owned(),
            meaning,
        });
    }

    /// A prepared text in its parts: as it stands, or what stands there.
    pub(super) fn parts<'s>(&'s self, text: &'s str) -> impl Iterator<Item = Part<'s>> {
        let mut rest = text;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            if let Some(behind) = rest.strip_prefix(OPEN)
                && let Some((number, after)) = behind.split_once(CLOSE)
                && let Some(stand) = number
                    .parse()
                    .ok()
                    .and_then(|place: usize| self.all.get(place))
            {
                rest = after;
                return Some(Part::Stand(&stand.meaning));
            }
            let skip = rest.chars().next().map_or(0, char::len_utf8);
            let end = rest.get(skip..).and_then(|text| text.find(OPEN));
            let (plain, after) = rest.split_at_checked(end.map_or(rest.len(), |end| end + skip))?;
            rest = after;
            Some(Part::Plain(plain))
        })
    }

    /// A prepared text as it was: for code, in which nothing stands for anything.
    pub(super) fn restored<'s>(&self, text: &'s str) -> Cow<'s, str> {
        if !text.contains(OPEN) {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once(OPEN) {
            out.push_str(before);
            let (number, after) = behind.split_once(CLOSE).unwrap_or((behind, ""));
            let stand = number
                .parse()
                .ok()
                .and_then(|place: usize| self.all.get(place));
            out.push_str(stand.map_or("", |stand| &stand.original));
            rest = after;
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

/// A part of a prepared text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'s> {
    /// As it stands.
    Plain(&'s str),
    /// What stands there.
    Stand(&'s Meaning),
}

/// A text that only Markdown is left in, and what was taken out.
///
/// `bears` tells whether a source bears a number.
pub(super) fn prepare<'t>(text: &'t str, bears: &dyn Fn(u32) -> bool) -> (Cow<'t, str>, Stands) {
    let has_any = text.contains(['<', '$'])
        || (text.contains('&') && text.contains("://"))
        || ["\\(", "\\[", "]:"].iter().any(|sign| text.contains(sign));
    if !has_any {
        return (Cow::Borrowed(text), Stands::default());
    }
    let mut scanner = Scanner {
        text,
        at: 0,
        code: code_blocks(text, 0),
        code_sought: 1,
        out: String::with_capacity(text.len()),
        stands: Stands::default(),
        bears,
        unclosed: Vec::new(),
        in_code: HashMap::new(),
        closing: HashMap::new(),
        paragraph_end: 0,
        defined_until: 0,
    };
    scanner.run();
    (Cow::Owned(scanner.out), scanner.stands)
}

struct Scanner<'t, 'b> {
    text: &'t str,
    bears: &'b dyn Fn(u32) -> bool,
    /// How far it is read, in bytes.
    at: usize,
    /// Where blocks of code are that are yet to come, as the parser sees them.
    code: VecDeque<Range<usize>>,
    /// How often they were looked for.
    code_sought: usize,
    out: String,
    stands: Stands,
    /// What was looked for in vain: it need not be looked for again.
    unclosed: Vec<&'static str>,
    /// Where each end of something was found last in a block of code, in which it ends nothing.
    in_code: HashMap<&'static str, usize>,
    /// Where the next end of each element is that was looked for: at the end of the text if there is none.
    closing: HashMap<String, usize>,
    /// Where the paragraph ends that was looked at last.
    paragraph_end: usize,
    /// Where the last definition ends: another one may follow.
    defined_until: usize,
}

impl<'t> Scanner<'t, '_> {
    fn run(&mut self) {
        let mut line_start = true;
        while self.at < self.text.len() {
            if self.code_block() {
                line_start = self.out.ends_with('\n');
                continue;
            }
            if line_start && self.definition() {
                continue;
            }
            let rest = self.rest();
            let special = rest
                .find(['\n', '`', '\\', '$', '<', '&'])
                .unwrap_or(rest.len());
            self.copy(special);
            let rest = self.rest();
            line_start = rest.starts_with('\n');
            match rest.bytes().next() {
                None => {}
                Some(b'`') => self.inline_code(),
                Some(b'\\') => self.backslash(),
                Some(b'$') => self.dollar(),
                Some(b'<') => html::tag(self),
                Some(b'&') => self.ampersand(),
                Some(_) => self.copy(1),
            }
        }
    }

    /// What is left of the text, as far as the next block of code: what begins before one does not end in it.
    fn rest(&self) -> &'t str {
        let end = self.code.front().map_or(self.text.len(), |code| code.start);
        self.text.get(self.at..end).unwrap_or_default()
    }

    /// All that is left of the text.
    fn all_of_rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Copies the block of code that begins here, if one does.
    fn code_block(&mut self) -> bool {
        while let Some(code) = self.code.front().cloned() {
            if self.at < code.start {
                return false;
            }
            self.code.pop_front();
            if self.at == code.start {
                self.copy(code.len());
                return true;
            }
            // What was taken out held the beginning of it, so that the rest is something else.
            if self.at < code.end && self.code_sought < CODE_SOUGHT_AT_MOST {
                self.code_sought += 1;
                self.code = code_blocks(self.all_of_rest(), self.at);
            }
        }
        false
    }

    /// Copies so many bytes of the text.
    fn copy(&mut self, length: usize) {
        let copied = self.all_of_rest().get(..length).unwrap_or_default();
        self.out.push_str(copied);
        self.at += copied.len();
    }

    /// Puts what stands for so many bytes of the text in their place.
    fn replace(&mut self, length: usize, meaning: Meaning) {
        let original = self.all_of_rest().get(..length).unwrap_or_default();
        self.stands.add(original, meaning, &mut self.out);
        self.at += original.len();
    }

    /// Takes out a line `[1]: https://…`, which Markdown does not show. A number leads to the source that bears it, wherever the text would
    /// have it lead; what defines no address, or a footnote with the number of a source, is made plain text.
    fn definition(&mut self) -> bool {
        let line = self.rest().split_inclusive('\n').next().unwrap_or_default();
        let bare = item_text(line);
        let Some((label, target)) = bare
            .strip_prefix('[')
            .and_then(|label| label.split_once("]:"))
            .filter(|(label, _)| !label.contains(['[', ']', '\n', '\\', '`']))
        else {
            return false;
        };
        let mut words = target.split_whitespace();
        let address = words.next().unwrap_or_default();
        let is_address = address.contains("://")
            && words
                .next()
                .is_none_or(|title| title.starts_with(['"', '\'', '(']));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        let begins = self.out.trim_end_matches(' ');
        let begins = begins.is_empty() || begins.ends_with("\n\n") || self.defined_until == self.at;
        let end = self.at + line.len();
        let is_text = match label.strip_prefix('^') {
            Some(note) => is_number(note) && note.parse().is_ok_and(self.bears),
            None if is_number(label) && is_address && begins && bare.len() == line.len() => {
                self.at = end;
                self.defined_until = end;
                return true;
            }
            None => is_number(label) || (!is_address && !address.is_empty()),
        };
        if is_text {
            self.copy(line.len() - bare.len() + 1 + label.len() + 1);
            self.out.push('\\');
        } else if begins {
            self.defined_until = end;
        }
        is_text
    }

    /// Whether the end of an element follows; `near` asks for it in the same paragraph.
    fn is_closed(&mut self, name: &str, near: bool) -> bool {
        let at = self.at;
        let rest = self.all_of_rest();
        if self.closing.get(name).is_none_or(|end| *end < at) {
            let found = find_ignoring_case(rest, &format!("</{name}>"));
            let end = found.map_or(self.text.len(), |found| at + found);
            self.closing.insert(name.to_owned(), end);
        }
        if near && self.paragraph_end <= at {
            self.paragraph_end = rest
                .find("\n\n")
                .map_or(self.text.len(), |end| at + end + 1);
        }
        let end = self.closing.get(name).copied().unwrap_or(self.text.len());
        end < self.text.len() && (!near || end < self.paragraph_end)
    }

    /// Whether a block can begin here: at the start of a line, but for what makes it part of quotes and lists.
    fn at_block_start(&self) -> bool {
        let line = self.out.rsplit('\n').next().unwrap_or_default();
        item_text(line).is_empty()
    }

    /// Whether a line begins here, but for white space.
    fn at_line_start(&self) -> bool {
        let before = self.out.trim_end_matches([' ', '\t', '>']);
        before.is_empty() || before.ends_with('\n')
    }

    /// Copies inline code, or the backticks that begin none.
    fn inline_code(&mut self) {
        let rest = self.rest();
        let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
        let near = within(rest, LONGEST_CODE);
        let paragraph = near.find("\n\n").unwrap_or(near.len());
        let mut from = ticks;
        while let Some(close) = rest.get(from..).and_then(|text| text.find('`')) {
            let close = from + close;
            let run = rest
                .bytes()
                .skip(close)
                .take_while(|byte| *byte == b'`')
                .count();
            if close > paragraph {
                break;
            }
            if run == ticks {
                self.copy(close + run);
                return;
            }
            from = close + run;
        }
        self.copy(ticks);
    }

    /// A formula in `\(…\)` or `\[…\]`, or a character that is escaped.
    fn backslash(&mut self) {
        let rest = self.rest();
        let kinds = [("\\(", "\\)", false), ("\\[", "\\]", true)];
        for (open, close, display) in kinds {
            let longest = if display {
                LONGEST_DISPLAY
            } else {
                LONGEST_INLINE
            };
            if let Some(behind) = rest.strip_prefix(open)
                && let Some((inside, _)) = within(behind, longest).split_once(close)
                && !inside.contains("\n\n")
                && !inside.contains('`')
                && (display || !inside.contains('\n'))
                && math::looks_like(inside)
            {
                self.formula(open.len() * 2 + inside.len(), inside, display);
                return;
            }
        }
        let next = rest.chars().nth(1).map_or(0, char::len_utf8);
        let line_end = rest.get(1..).is_some_and(|rest| rest.starts_with('\n'));
        self.copy(if line_end { 1 } else { 1 + next });
    }

    /// A formula in `$…$` or `$$…$$`, or money.
    fn dollar(&mut self) {
        let rest = self.rest();
        if let Some(behind) = rest.strip_prefix("$$") {
            match within(behind, LONGEST_DISPLAY).split_once("$$") {
                Some((inside, _))
                    if !inside.contains("\n\n")
                        && !inside.contains('`')
                        && !inside.trim().is_empty() =>
                {
                    self.formula(4 + inside.len(), inside, true);
                }
                _ => self.copy(2),
            }
            return;
        }
        let attached = self
            .out
            .ends_with(|c: char| c.is_ascii_alphanumeric() || c == '$');
        let behind = rest.get(1..).unwrap_or_default();
        match Formula::after_dollar(behind) {
            Formula::Whole(length) if !attached => {
                let inside = behind.get(..length).unwrap_or_default();
                self.formula(2 + length, inside, false);
            }
            _ => self.copy(1),
        }
    }

    /// An ampersand; within an address it begins what is asked for, and no name of a character: `?q=a&copy;=1`. At the end of one it does.
    fn ampersand(&mut self) {
        let behind = self.rest().get(1..).unwrap_or_default();
        let name_end = behind
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(behind.len());
        let (name, rest) = behind.split_at_checked(name_end).unwrap_or_default();
        // These are signs of the text around an address, where somebody escaped it.
        let is_sign = matches!(name, "" | "amp" | "lt" | "gt" | "quot" | "apos" | "nbsp");
        let goes_on = rest.strip_prefix(';').is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "=%/-_&#?.~+@".contains(c))
        });
        if goes_on && !is_sign && self.is_in_address() {
            self.out.push('\\');
        }
        self.copy(1);
    }

    /// Whether the word that is being read is an address. In angle brackets it is one as it stands, unless it is that of a link.
    fn is_in_address(&self) -> bool {
        let mut word = self.out.char_indices().rev().take(LONGEST_ADDRESS);
        let ends = |c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '<' | '>' | '(' | ')' | '[' | ']' | '|' | '"' | OPEN | CLOSE
                )
        };
        let begins = self.out.len() < LONGEST_ADDRESS;
        let (start, last) = match word.find(|(_, c)| ends(*c)) {
            Some((at, c)) => (at + c.len_utf8(), c),
            None if begins => (0, ' '),
            None => return false,
        };
        let (before, word) = self.out.split_at_checked(start).unwrap_or_default();
        word.contains("://") && (last != '<' || before.ends_with("](<"))
    }

    fn formula(&mut self, length: usize, inside: &str, display: bool) {
        // The signs of a quote around it are none of its own.
        let lines: Vec<&str> = inside
            .lines()
            .map(|line| line.trim_matches([' ', '>', '\t']))
            .collect();
        let inside = lines.join(" ");
        let meaning = match math::unicode(&inside) {
            Some(text) => Meaning::Text(text),
            None => Meaning::Code(inside.trim().to_owned()),
        };
        if display {
            self.stands.add("", Meaning::Break, &mut self.out);
        }
        self.replace(length, meaning);
        if display {
            self.stands.add("", Meaning::Break, &mut self.out);
        }
    }

    /// What is before the next of these signs, unless it was looked for in vain. Blocks of code may be in it.
    fn until(&mut self, from: usize, end: &'static str) -> Option<&'t str> {
        if self.unclosed.contains(&end) {
            return None;
        }
        let rest = self.all_of_rest();
        let found = rest
            .get(from..)
            .and_then(|rest| find_ignoring_case(rest, end));
        if found.is_none() {
            self.unclosed.push(end);
        }
        let length = found?;
        rest.get(from..from + length)
    }

    /// The same, unless these signs are in a block of code.
    fn until_outside_of_code(&mut self, from: usize, end: &'static str) -> Option<&'t str> {
        // What begins before the place that was found last finds it again.
        if self.in_code.get(end).is_some_and(|place| self.at < *place) {
            return None;
        }
        let found = self.until(from, end)?;
        let place = self.at + from + found.len();
        let mut between = self.code.iter().take_while(|code| code.start < place);
        if between.any(|code| place < code.end) {
            self.in_code.insert(end, place);
            return None;
        }
        Some(found)
    }
}

/// How often blocks of code are looked for: once, and again behind what was taken out together with the beginning of one.
const CODE_SOUGHT_AT_MOST: usize = 4;

/// Where the parser sees blocks of code in a text that begins at `at`.
fn code_blocks(text: &str, at: usize) -> VecDeque<Range<usize>> {
    // What HTML stands for is text once it is read: as long, and no HTML, is what the parser is shown. No text that was cleaned has this sign.
    let text = text.replace('<', "\u{1}");
    let events = Parser::new_ext(&text, OPTIONS).into_offset_iter();
    events
        .filter(|(event, _)| matches!(event, Event::Start(Tag::CodeBlock(_))))
        .map(|(_, range)| at + range.start..at + range.end)
        .collect()
}

/// The longest inline code that formulas and tags are not looked for in, in bytes.
const LONGEST_CODE: usize = 4_000;

/// The longest address that a name of a character is looked for in, in characters.
const LONGEST_ADDRESS: usize = 512;

/// A line without what makes it part of quotes and lists.
fn item_text(line: &str) -> &str {
    let mut bare = line.trim_start_matches([' ', '\t', '>']);
    // A block may begin an item.
    loop {
        let digits = bare.trim_start_matches(|c: char| c.is_ascii_digit());
        let behind = match bare.strip_prefix(['-', '*', '+']) {
            None if digits.len() < bare.len() => digits.strip_prefix(['.', ')']),
            behind => behind,
        };
        match behind.and_then(|behind| behind.strip_prefix(' ')) {
            Some(behind) => bare = behind.trim_start_matches([' ', '\t', '>']),
            None => return bare,
        }
    }
}

/// What begins with a dollar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Formula {
    /// A formula of so many bytes, and the dollar that ends it.
    Whole(usize),
    /// What may become a formula once more of the text is there.
    Open,
    /// No formula: money, the name of a variable or a share.
    None,
}

impl Formula {
    /// What the text behind a dollar makes of it: money has a space before the second, or a digit behind it.
    pub(in crate::render) fn after_dollar(behind: &str) -> Self {
        let near = within(behind, LONGEST_INLINE);
        let line = near.lines().next().unwrap_or_default();
        if line.starts_with(char::is_whitespace) {
            return Self::None;
        }
        let mut last = ' ';
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '$' => {
                    let next = chars.peek().map(|(_, next)| *next);
                    let closes = !last.is_whitespace()
                        && !next.is_some_and(|next| next.is_ascii_alphanumeric());
                    let inside = line.get(..at).unwrap_or_default();
                    return if closes && math::looks_like(inside) {
                        Self::Whole(at)
                    } else {
                        Self::None
                    };
                }
                '`' => return Self::None,
                _ => {}
            }
            last = c;
        }
        if line.len() < behind.len() {
            Self::None
        } else {
            Self::Open
        }
    }
}

/// The beginning of a text, at most so many bytes.
fn within(text: &str, longest: usize) -> &str {
    let mut end = longest.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

fn find_ignoring_case(text: &str, sought: &str) -> Option<usize> {
    let sought = sought.as_bytes();
    let mut windows = text.as_bytes().windows(sought.len());
    windows.position(|window| window.eq_ignore_ascii_case(sought))
}
