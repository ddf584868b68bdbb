//! Rewrites the markers of a text that is still coming, so that each `[n]` is the place of a source. Must not know who writes
//! the text, and leaves code as it is.

/// Longest piece of text, in bytes, that is held back until it is known whether it is a marker, a link or code.
const HELD: usize = 400;

/// What stands for a source in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark<'a> {
    /// `[3]`, or `[web:3]` with the word before the colon.
    Number {
        /// `web`, or nothing.
        kind: &'a str,
        /// The number.
        number: u64,
    },
    /// `[text](address)`.
    Link {
        /// The address.
        address: &'a str,
    },
}

/// Knows the place of the source that a mark stands for, counted from 1.
pub(crate) trait Places {
    /// The place, or `None` for a source that nobody named.
    fn place(&self, mark: Mark<'_>) -> Option<usize>;

    /// Whether `(1)` after a full stop is a mark as well. Not where a text counts so: in `(1) Pour. (2) Wait.` it never is.
    fn in_parentheses(&self) -> bool {
        false
    }

    /// Whether several numbers in one pair of brackets can be a mark in JSON too: where ids may be any numbers, a list of which every
    /// one is an id is hardly anything else.
    fn lists_in_json(&self) -> bool {
        false
    }

    /// How text that is neither code nor a mark is shown. `before` is the letter shown before it. What comes out for a whole must be
    /// what comes out for its pieces.
    fn shown(&self, text: &str, before: char) -> String {
        let _ = before;
        text.to_owned()
    }
}

/// A text in the making. However it is cut into pieces, the rewritten pieces add up to the same text.
#[derive(Debug)]
pub(crate) struct Markers {
    /// What is not decided yet.
    held: String,
    fence: Option<Fence>,
    /// The letter before what is held; a line end at the beginning.
    before: char,
    /// Whether only white space stands between the last line end and what is held.
    line_begins: bool,
    /// The marker that was given last, while nothing came behind it.
    last: Option<usize>,
    /// Whether the text stands in a string of JSON: what is no marker stays as it is, for it may be anything, such as a pattern.
    in_json: bool,
    /// The last letter before what is held that is no white space.
    last_sign: char,
    /// Whether numbers in parentheses count what follows them.
    counts: bool,
    /// The last letter that was given.
    shown: char,
    /// Whether a backslash before what is held takes the meaning of its first letter.
    escaping: bool,
    gap: Gap,
}

/// The spaces around marks that are taken out: at most those before one stay, and none at the end of what was said.
#[derive(Debug)]
struct Gap {
    /// Spaces that are shown as soon as something stands behind them.
    spaces: usize,
    /// Whether spaces that follow are left out, for a mark was taken out behind others or at the beginning of a line.
    closed: bool,
    /// The last letter before the spaces; a line end at the beginning.
    before: char,
}

impl Default for Gap {
    fn default() -> Self {
        Self {
            spaces: 0,
            closed: false,
            before: '\n',
        }
    }
}

impl Gap {
    /// A mark is taken out. Where it `separates` what must not come together, a space stands for it.
    fn take_out(&mut self, separates: bool) {
        if separates && !self.before.is_whitespace() {
            self.spaces = self.spaces.max(1);
        }
        self.closed |= self.spaces > 0 || self.before == '\n';
    }

    /// Text goes by.
    fn text(&mut self, text: &str, out: &mut String) {
        for letter in text.chars() {
            if letter == ' ' {
                self.spaces += usize::from(!self.closed);
                continue;
            }
            if self.closed && matches!(letter, '.' | ',' | ';' | '!' | '?' | ')' | '\n') {
                self.spaces = 0;
            }
            self.code(letter.encode_utf8(&mut [0; 4]), out);
        }
    }

    /// Something goes by as it is.
    fn code(&mut self, code: &str, out: &mut String) {
        out.extend(std::iter::repeat_n(' ', self.spaces));
        out.push_str(code);
        self.spaces = 0;
        self.closed = false;
        self.before = code.chars().next_back().unwrap_or(self.before);
    }

    /// The text is over.
    fn finish(&mut self, out: &mut String) {
        if !self.closed {
            self.code("", out);
        }
        self.spaces = 0;
    }
}

/// An open block of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fence {
    sign: char,
    count: usize,
}

/// A text in JSON in the making: only what stands in its strings is rewritten, and it stays as valid as it was.
#[derive(Debug, Default)]
pub(crate) struct JsonMarkers {
    /// There while the text is within a string.
    string: Option<Markers>,
    /// The letter before was a backslash.
    escapes: bool,
}

impl JsonMarkers {
    /// Takes the next piece of text and gives what is decided.
    pub(crate) fn push(&mut self, text: &str, places: &impl Places) -> String {
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            let escaped = std::mem::replace(&mut self.escapes, false);
            match &mut self.string {
                Some(string) if letter == '"' && !escaped => {
                    out.push_str(&string.finish(places));
                    self.string = None;
                    out.push(letter);
                }
                Some(string) => {
                    self.escapes = letter == '\\' && !escaped;
                    out.push_str(&string.push(letter.encode_utf8(&mut [0; 4]), places));
                }
                None => {
                    out.push(letter);
                    self.string = (letter == '"').then(Markers::within_json);
                }
            }
        }
        out
    }

    /// Gives what is left when the text is over.
    pub(crate) fn finish(&mut self, places: &impl Places) -> String {
        let string = self.string.take();
        string.map_or_else(String::new, |mut string| string.finish(places))
    }
}

/// What becomes of the beginning of the held text.
enum Decision {
    /// So many bytes go out as this.
    Is(usize, String),
    /// So many bytes are a mark of no source; it may separate what must not come together.
    Goes(usize, bool),
    /// So many bytes open a block of code.
    Opens(usize, Fence),
    /// More text must come first.
    Open,
}

impl Default for Markers {
    fn default() -> Self {
        Self {
            held: String::new(),
            fence: None,
            before: '\n',
            line_begins: true,
            last: None,
            in_json: false,
            last_sign: '\n',
            counts: false,
            shown: '\n',
            escaping: false,
            gap: Gap::default(),
        }
    }
}

impl Markers {
    fn within_json() -> Self {
        Self {
            in_json: true,
            ..Self::default()
        }
    }

    /// Takes the next piece of text and gives what is decided.
    pub(crate) fn push(&mut self, text: &str, places: &impl Places) -> String {
        self.held.push_str(text);
        self.decide(places, false)
    }

    /// Gives what is left when the text is over.
    pub(crate) fn finish(&mut self, places: &impl Places) -> String {
        let mut out = self.decide(places, true);
        self.gap.finish(&mut out);
        out
    }

    fn decide(&mut self, places: &impl Places, ended: bool) -> String {
        let held = std::mem::take(&mut self.held);
        let mut out = String::with_capacity(held.len());
        let mut rest = held.as_str();
        while let Some(letter) = rest.chars().next() {
            let in_code = self.fence.is_some();
            let decision = match self.fence {
                Some(fence) => self.in_fence(fence, rest, ended),
                None => self.in_text(letter, rest, places, ended),
            };
            let (taken, shown, opened) = match decision {
                Decision::Is(taken, shown) => (taken, shown, None),
                Decision::Goes(taken, separates) => {
                    self.gap.take_out(separates);
                    (taken, String::new(), None)
                }
                Decision::Opens(taken, fence) => (
                    taken,
                    rest.get(..taken).unwrap_or_default().to_owned(),
                    Some(fence),
                ),
                Decision::Open => break,
            };
            let (read, after) = rest.split_at(taken);
            if opened.is_some() {
                self.fence = opened;
            }
            self.follow(read);
            self.shown = shown.chars().next_back().unwrap_or(self.shown);
            if in_code {
                self.last = None;
                self.gap.code(&shown, &mut out);
            } else {
                let shown = self.once(shown);
                self.gap.text(&shown, &mut out);
            }
            rest = after;
        }
        rest.clone_into(&mut self.held);
        out
    }

    /// The text without a marker that only repeats the one before it: two ids can be the same source.
    fn once(&mut self, shown: String) -> String {
        let Some(places) = places_of(&shown) else {
            if !shown.is_empty() {
                self.last = None;
            }
            return shown;
        };
        let mut kept = String::with_capacity(shown.len());
        for place in places {
            if self.last.replace(place) != Some(place) {
                kept.push_str(&format!("[{place}]"));
            }
        }
        kept
    }

    /// Remembers where the text is.
    fn follow(&mut self, read: &str) {
        let number = parenthesised(read).filter(|(_, length)| *length == read.len());
        self.counts |= number.is_some() && !self.after_full_stop();
        for mut letter in read.chars() {
            if self.in_json && self.escaping && matches!(letter, 'n' | 'r' | 't') {
                // What these stand for in JSON.
                letter = ' ';
            }
            if !letter.is_whitespace() {
                self.last_sign = letter;
            }
            self.escaping = letter == '\\' && !self.escaping;
            self.line_begins = letter == '\n' || (self.line_begins && letter.is_whitespace());
            self.before = letter;
        }
    }

    /// A line of a block of code goes out as it is; one that closes it is found first.
    fn in_fence(&mut self, fence: Fence, rest: &str, ended: bool) -> Decision {
        let end = rest.find('\n').map(|end| end + 1);
        let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let undecided = end.is_none() && !ended && line.len() < HELD;
        if !self.line_begins {
            return Decision::Is(line.len(), line.to_owned());
        }
        let bare = line.trim();
        let closing = bare.chars().all(|sign| sign == fence.sign);
        if closing && undecided {
            return Decision::Open;
        }
        if closing && bare.chars().count() >= fence.count {
            self.fence = None;
        }
        Decision::Is(line.len(), line.to_owned())
    }

    fn in_text(&self, letter: char, rest: &str, places: &impl Places, ended: bool) -> Decision {
        let undecided = !ended && rest.len() < HELD;
        // What comes later must not change what was decided without it.
        let near = rest.get(..rest.floor_char_boundary(HELD)).unwrap_or(rest);
        if matches!(letter, '`' | '~') && self.line_begins {
            match begins_fence(near, letter, undecided) {
                None => return Decision::Open,
                Some(true) => return opened(near, letter),
                Some(false) => {}
            }
        }
        match letter {
            '`' if self.escaping => Decision::Is(1, "`".to_owned()),
            '`' => inline_code(near, undecided)
                .unwrap_or_else(|count| self.lone_backticks(near, count, places)),
            '[' => self.bracket(near, places, undecided),
            '【' => lenticular(near, places, undecided),
            '(' => self.parentheses(near, places, undecided),
            _ => {
                let special = rest.find(['[', '`', '~', '【', '(']).unwrap_or(rest.len());
                // A tilde within a line means nothing here; taking it singly keeps the loop moving.
                let taken = special.max(letter.len_utf8());
                let text = rest.get(..taken).unwrap_or_default();
                Decision::Is(taken, places.shown(text, self.shown))
            }
        }
    }

    /// Backticks that no others close.
    fn lone_backticks(&self, rest: &str, count: usize, places: &impl Places) -> Decision {
        let backticks = rest.get(..count).unwrap_or_default();
        Decision::Is(count, places.shown(backticks, self.shown))
    }

    /// Whether a label may be a mark in JSON: a single number, or a list of them where `lists` are marks, behind white space, an end mark or another marker, or one that names
    /// its kind. `vec![1]` holds none.
    fn may_mark(&self, label: &str, lists: bool) -> bool {
        let numbers = |byte: u8| byte.is_ascii_digit() || (lists && matches!(byte, b',' | b' '));
        let single = label.bytes().all(numbers);
        let behind = self.before.is_whitespace()
            || matches!(
                self.before,
                '.' | '?' | ',' | ';' | ':' | '。' | '？' | '！' | ']'
            );
        label.contains(':') || (single && behind)
    }

    fn after_full_stop(&self) -> bool {
        matches!(self.last_sign, '.' | '!' | '?')
    }

    fn parentheses(&self, rest: &str, places: &impl Places, undecided: bool) -> Decision {
        let literal = |taken| {
            let text = rest.get(..taken).unwrap_or_default();
            Decision::Is(taken, places.shown(text, self.shown))
        };
        let Some((number, taken)) = parenthesised(rest) else {
            let digits = rest.bytes().skip(1).all(|byte| byte.is_ascii_digit());
            let open = digits && undecided && rest.len() <= DIGITS;
            return if open { Decision::Open } else { literal(1) };
        };
        if !places.in_parentheses() || self.counts || !self.after_full_stop() {
            return literal(taken);
        }
        match places.place(Mark::Number { kind: "", number }) {
            Some(place) => Decision::Is(taken, format!("[{place}]")),
            None => literal(taken),
        }
    }

    fn bracket(&self, rest: &str, places: &impl Places, undecided: bool) -> Decision {
        let literal = || Decision::Is(1, "[".to_owned());
        let inside = rest.get(1..).unwrap_or_default();
        if let Some(decision) = linked_marker(rest, places, undecided) {
            return decision;
        }
        let Some(end) = inside.find([']', '[', '\n', '`']) else {
            return if undecided { Decision::Open } else { literal() };
        };
        if !inside.get(end..).is_some_and(|rest| rest.starts_with(']')) {
            return literal();
        }
        let label = inside.get(..end).unwrap_or_default();
        let after = inside.get(end + 1..).unwrap_or_default();
        let address = match link(after) {
            Link::Unknown if undecided => return Decision::Open,
            Link::Unknown | Link::None => None,
            Link::Address(address, length) => Some((address, length)),
        };
        let taken = label.len() + 2 + address.map_or(0, |(_, length)| length);
        let linked = address.and_then(|(address, _)| places.place(Mark::Link { address }));
        let Some(marks) = marks(label) else {
            return match linked {
                Some(place) => Decision::Is(taken, format!("{label} [{place}]")),
                None => literal(),
            };
        };
        if let Some(place) = linked {
            return Decision::Is(taken, format!("[{place}]"));
        }
        if self.in_json && !self.may_mark(label, places.lists_in_json()) {
            return literal();
        }
        let Some(found) = all_or_one(label, &marks, places) else {
            return literal();
        };
        let shown: String = found.iter().map(|place| format!("[{place}]")).collect();
        // `list[0]` is no marker; with its brackets escaped, nobody takes it for one.
        let indexes = self.before.is_alphanumeric() || matches!(self.before, '_' | ')' | ']');
        let kindless = marks
            .iter()
            .all(|mark| matches!(mark, Mark::Number { kind: "", .. }));
        if shown.is_empty() && indexes && kindless && address.is_none() && self.before != ']' {
            return Decision::Is(taken, format!("\\[{label}\\]"));
        }
        if shown.is_empty() {
            // What stood around it must not become a marker.
            return Decision::Goes(taken, self.before == '[' || self.before.is_ascii_digit());
        }
        Decision::Is(taken, shown)
    }
}

/// The places of marks. `None` where numbers in a row are no marks: `[0, 1]` and `[0-9]` mean something else as soon as one of them is
/// no source.
fn all_or_one(label: &str, marks: &[Mark<'_>], places: &impl Places) -> Option<Vec<usize>> {
    let found = marks.iter().filter_map(|mark| places.place(*mark));
    let found: Vec<usize> = found.collect();
    let plain = |sign: char| sign.is_ascii_digit() || matches!(sign, ',' | ';' | '-' | '–' | ' ');
    let numbers = marks.len() > 1 && label.chars().all(plain);
    (!numbers || found.len() == marks.len()).then_some(found)
}

/// `[[3]](https://…)`: the number decides, not the address. `None` for anything else, and for a mark of no source.
fn linked_marker(rest: &str, places: &impl Places, undecided: bool) -> Option<Decision> {
    let inside = rest.strip_prefix("[[")?;
    let open = || undecided.then_some(Decision::Open);
    let Some((label, after)) = inside.split_once(']') else {
        return if inside.contains(['[', '\n', '`']) {
            None
        } else {
            open()
        };
    };
    let marks = marks(label)?;
    let Some(after) = after.strip_prefix(']') else {
        return if after.is_empty() { open() } else { None };
    };
    match link(after) {
        Link::Unknown => open(),
        Link::None => None,
        Link::Address(_, length) => {
            let found = marks.iter().filter_map(|mark| places.place(*mark));
            let shown: String = found.map(|place| format!("[{place}]")).collect();
            let taken = label.len() + 4 + length;
            (!shown.is_empty()).then_some(Decision::Is(taken, shown))
        }
    }
}

/// The places of a text that is nothing but markers.
fn places_of(shown: &str) -> Option<Vec<usize>> {
    let inside = shown.strip_prefix('[')?.strip_suffix(']')?;
    inside.split("][").map(|place| place.parse().ok()).collect()
}

/// Digits of a number in parentheses that may be a mark.
const DIGITS: usize = 3;

/// The number that a text begins with in parentheses, and its length in bytes with them.
fn parenthesised(text: &str) -> Option<(u64, usize)> {
    let (digits, _) = text.strip_prefix('(')?.split_once(')')?;
    let number = digits.bytes().all(|byte| byte.is_ascii_digit());
    (number && (1..=DIGITS).contains(&digits.len()))
        .then(|| Some((digits.parse().ok()?, digits.len() + 2)))?
}

/// `【3】` and `【3†source】`, as some models write their marks.
fn lenticular(rest: &str, places: &impl Places, undecided: bool) -> Decision {
    let open = '【'.len_utf8();
    let inside = rest.get(open..).unwrap_or_default();
    let Some(end) = inside.find(['】', '【', '[', '\n', '`']) else {
        return if undecided {
            Decision::Open
        } else {
            Decision::Is(open, "【".to_owned())
        };
    };
    let label = inside.get(..end).unwrap_or_default();
    let closed = inside.get(end..).is_some_and(|rest| rest.starts_with('】'));
    match marks(label).filter(|_| closed) {
        Some(marks) => {
            let found = marks.iter().filter_map(|mark| places.place(*mark));
            let shown: String = found.map(|place| format!("[{place}]")).collect();
            let taken = open + end + '】'.len_utf8();
            if shown.is_empty() {
                Decision::Goes(taken, true)
            } else {
                Decision::Is(taken, shown)
            }
        }
        None => Decision::Is(open, "【".to_owned()),
    }
}

/// Whether a run of signs at the beginning of a line opens a block of code; `None` while it may.
fn begins_fence(rest: &str, sign: char, undecided: bool) -> Option<bool> {
    let count = rest.chars().take_while(|letter| *letter == sign).count();
    let all = count == rest.chars().count();
    if all && undecided {
        return None;
    }
    if count < 3 {
        return Some(false);
    }
    // What follows backticks is the language; another backtick there makes it code within a line.
    let line = rest.split('\n').next().unwrap_or_default();
    let info = line.get(count..).unwrap_or_default();
    if line.len() == rest.len() && undecided {
        return if sign == '`' && info.contains('`') {
            Some(false)
        } else {
            None
        };
    }
    Some(!(sign == '`' && info.contains('`')))
}

/// The line that opens a block of code.
fn opened(rest: &str, sign: char) -> Decision {
    let count = rest.chars().take_while(|letter| *letter == sign).count();
    let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
    Decision::Opens(end, Fence { sign, count })
}

/// Code within a line ends with as many backticks as it begins with. Else they are only backticks: what Markdown takes for code
/// that goes on in the next line, it takes for none where that line begins a list or a quotation.
///
/// # Errors
///
/// How many there are, when they are only backticks.
fn inline_code(rest: &str, undecided: bool) -> Result<Decision, usize> {
    let count = rest.bytes().take_while(|byte| *byte == b'`').count();
    let inside = rest.get(count..).unwrap_or_default();
    let line = inside.find('\n').unwrap_or(inside.len());
    let mut at = 0;
    while let Some(found) = inside.get(at..line).and_then(|text| text.find('`')) {
        let start = at + found;
        let run = inside.get(start..).unwrap_or_default();
        let length = run.bytes().take_while(|byte| *byte == b'`').count();
        let complete = start + length < inside.len() || !undecided;
        if length == count && complete {
            let taken = count + start + length;
            let code = rest.get(..taken).unwrap_or_default();
            return Ok(Decision::Is(taken, code.to_owned()));
        }
        at = start + length;
    }
    if undecided && line == inside.len() {
        return Ok(Decision::Open);
    }
    Err(count)
}

/// What follows a closing bracket.
enum Link<'a> {
    /// It may still become a link.
    Unknown,
    /// No link.
    None,
    /// The address, and how many bytes the parentheses take.
    Address(&'a str, usize),
}

fn link(after: &str) -> Link<'_> {
    let Some(inside) = after.strip_prefix('(') else {
        return if after.is_empty() {
            Link::Unknown
        } else {
            Link::None
        };
    };
    let mut depth = 0_usize;
    for (at, letter) in inside.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ')' => {
                let address = inside.get(..at).unwrap_or_default();
                let address = address.trim_matches(['<', '>']);
                let web = address.starts_with("https://") || address.starts_with("http://");
                return if web {
                    Link::Address(address, at + 2)
                } else {
                    Link::None
                };
            }
            _ if letter.is_whitespace() => return Link::None,
            _ => {}
        }
    }
    Link::Unknown
}

/// The marks a label consists of: numbers, each perhaps with a word and a colon before it, or written as `^3`, `3†source`,
/// `source 3`, `3-5`. `None` for anything else.
fn marks(label: &str) -> Option<Vec<Mark<'_>>> {
    let mut marks = Vec::new();
    for part in label.split([',', ';']) {
        let part = part.trim().trim_start_matches('^');
        let part = part.split('†').next().unwrap_or(part);
        match run(part) {
            Some(numbers) => marks.extend(numbers.map(|number| Mark::Number { kind: "", number })),
            None => marks.push(mark(without_noun(part))?),
        }
    }
    Some(marks)
}

/// The most marks that a run of numbers stands for.
const RUN: u64 = 24;

/// `3-5`.
fn run(part: &str) -> Option<std::ops::RangeInclusive<u64>> {
    let (first, last) = part.split_once(['-', '–'])?;
    let number = |digits: &str| {
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|_| plain)
    };
    let (first, last) = (number(first)?, number(last)?);
    (first < last && last - first < RUN).then_some(first..=last)
}

/// `source 3` without its noun.
fn without_noun(part: &str) -> &str {
    const NOUNS: [&str; 5] = ["doc", "document", "passage", "ref", "source"];
    let split = part.split_once(' ');
    let noun = split.filter(|(noun, _)| NOUNS.contains(&noun.to_ascii_lowercase().as_str()));
    noun.map_or(part, |(_, number)| number)
}

fn mark(part: &str) -> Option<Mark<'_>> {
    let (kind, digits) = part.split_once(':').unwrap_or(("", part));
    let digits = if kind.is_empty() {
        part
    } else {
        digits.trim_start()
    };
    let is_kind = kind
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_kind || !is_number || part.starts_with(':') || kind.len() > 16 {
        return None;
    }
    // A number of any length is a marker all the same; one that is too long for a source is the source of nothing.
    let number = digits.parse().unwrap_or(u64::MAX);
    Some(Mark::Number { kind, number })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Ids 11 to 13 are the first three places; one address is the second.
    struct Known;

    impl Places for Known {
        fn place(&self, mark: Mark<'_>) -> Option<usize> {
            match mark {
                Mark::Number { number, .. } => (11..=13)
                    .contains(&number)
                    .then(|| usize::try_from(number).unwrap() - 10),
                Mark::Link { address } => (address == "https://b.example/x_(y)").then_some(2),
            }
        }
    }

    fn rewritten<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let mut markers = Markers::default();
        let mut out: String = pieces
            .into_iter()
            .map(|piece| markers.push(piece, &Known))
            .collect();
        out.push_str(&markers.finish(&Known));
        assert_eq!(markers.held, "");
        out
    }

    #[test]
    fn a_mark_becomes_the_place_of_its_source() {
        for (text, expected) in [
            ("So.[11][13] And [12].", "So.[1][3] And [2]."),
            ("So.[web:11][web:13]", "So.[1][3]"),
            (
                "So [11, 12] and [web:12; web: 13].",
                "So [1][2] and [2][3].",
            ),
            ("So.[11][web:11][13][13] [13]", "So.[1][3] [3]"),
            ("None.[4][web:99] End.", "None. End."),
            (
                "A float in [0, 1] or [11, 99].",
                "A float in [0, 1] or [11, 99].",
            ),
            (
                "It matches [0-9]+ and [11-14].",
                "It matches [0-9]+ and [11-14].",
            ),
            ("None.[99999999999999999999999]", "None."),
            ("See [Blog](https://b.example/x_(y)).", "See Blog [2]."),
            ("See [2](https://b.example/x_(y)).", "See [2]."),
            ("See [11](https://c.example/).", "See [1]."),
            (
                "See [Blog](https://c.example/).",
                "See [Blog](https://c.example/).",
            ),
            ("a[0] and f()[7], a[11]", "a\\[0\\] and f()\\[7\\], a[1]"),
            ("[x] [ 11 ] [a:b] [:1] []", "[x] [1] [a:b] [:1] []"),
            ("So.【11】【12†source】 【x】【99】", "So.[1][2] 【x】"),
            ("So.[^11][13†L4-L9][source 12]", "So.[1][3][2]"),
            ("So.[11-13] In.", "So.[1][2][3] In."),
            ("[Step 11] [11-]", "[Step 11] [11-]"),
            ("So. (11) (12)", "So. (11) (12)"),
            ("[1[web:99]2] [1【99】2]", "[1 2] [1 2]"),
            ("[[99]11]", "[ 11]"),
            ("open [11", "open [11"),
            ("[[11]](x) [ä", "[[1]](x) [ä"),
            ("[[11]](https://c.example/)", "[1]"),
        ] {
            assert_eq!(rewritten([text]), expected, "{text}");
        }
    }

    #[test]
    fn a_mark_that_goes_leaves_one_space_or_none() {
        for (text, expected) in [
            ("word [99] next", "word next"),
            ("word [99] [98] next", "word next"),
            ("word [99][11] next", "word [1] next"),
            ("word [99]  next  one", "word next  one"),
            ("word.[99] next", "word. next"),
            ("word.[99] [98] next", "word. next"),
            ("word [99]. Next", "word. Next"),
            ("word [99], (see [99]) next", "word, (see) next"),
            ("word [99]\nnext [99]", "word\nnext"),
            ("[99] Word\n[99] next", "Word\nnext"),
            ("- [99] item", "- item"),
            ("word【99】next 【99】 one【99】.", "word next one."),
            ("word [99] `a  b` [99] `c`", "word `a  b` `c`"),
            (
                "word [99]\n```\na  [99] .\n```\n",
                "word\n```\na  [99] .\n```\n",
            ),
            ("two  spaces [x]  ", "two  spaces [x]  "),
            ("[11 [99] 12] [web [99]:12]", "[11 12] [web :12]"),
        ] {
            assert_eq!(rewritten([text]), expected, "{text}");
        }
        let json = r#"{"a": "So [99] it. [99] \" [99] ", "b":  [99] }"#;
        let mut markers = JsonMarkers::default();
        let shown = markers.push(json, &Known);
        assert_eq!(shown, r#"{"a": "So it. \"", "b":  [99] }"#);
    }

    /// As [`Known`], where parentheses hold marks as well and angle brackets are escaped.
    struct Written;

    impl Places for Written {
        fn place(&self, mark: Mark<'_>) -> Option<usize> {
            Known.place(mark)
        }

        fn in_parentheses(&self) -> bool {
            true
        }

        fn shown(&self, text: &str, _: char) -> String {
            text.replace('<', "\\<")
        }
    }

    #[test]
    fn a_number_in_parentheses_is_a_mark_only_after_a_full_stop() {
        let written = |text: &str| {
            let mut markers = Markers::default();
            let shown = markers.push(text, &Written);
            shown + &markers.finish(&Written)
        };
        for (text, expected) in [
            ("So. (11) And so! (12)", "So. [1] And so! [2]"),
            ("So. (1999) (99) (x)", "So. (1999) (99) (x)"),
            ("(11) Pour. (12) Wait.", "(11) Pour. (12) Wait."),
            ("a<b `a<b`", "a\\<b `a<b`"),
        ] {
            assert_eq!(written(text), expected, "{text}");
        }
    }

    #[test]
    fn code_stays_as_it_is() {
        for text in [
            "`v[11]` and ``a ` [12]``",
            "```rust\nv[11];\n```",
            "~~~\n[11]\n```\n[12]\n~~~",
            "  ````\n```\n[11]\n````",
            "```\n[11] to the end",
        ] {
            assert_eq!(rewritten([text]), text);
        }
        assert_eq!(rewritten(["```\n[11]\n```\n[12]"]), "```\n[11]\n```\n[2]");
        assert_eq!(
            rewritten(["a ` alone [11]\n` [12]"]),
            "a ` alone [1]\n` [2]"
        );
        assert_eq!(rewritten(["```a`b [11]"]), "```a`b [1]");
    }

    #[test]
    fn in_json_only_strings_are_rewritten() {
        let json = r#"{"a": [11, 12], "b": "So.[11][99] \"x[0]\" `v[12]`\n[12]", "c\\": "[web:13]", "p": "[0-9]+[11]{2}", "v": "vec![11]; vec![11, 12], v[11]", "d": "[1"#;
        let expected = r#"{"a": [11, 12], "b": "So.[1] \"x[0]\" `v[12]`\n[2]", "c\\": "[3]", "p": "[0-9]+[11]{2}", "v": "vec![11]; vec![11, 12], v[11]", "d": "[1"#;
        for size in 1..json.len() {
            let mut markers = JsonMarkers::default();
            let letters: Vec<char> = json.chars().collect();
            let mut out = String::new();
            for piece in letters.chunks(size) {
                out.push_str(&markers.push(&piece.iter().collect::<String>(), &Known));
            }
            out.push_str(&markers.finish(&Known));
            assert_eq!(out, expected, "in pieces of {size}");
        }
    }

    #[test]
    fn code_that_looks_like_markers_stays_however_it_is_cut() {
        for pieces in [
            ["```\nm", "[1]", "[1]"],
            ["```\nm", "[0][0]", ""],
            ["```\nm", "[00]", "\n```"],
        ] {
            assert_eq!(rewritten(pieces), pieces.concat());
        }
    }

    #[test]
    fn no_more_is_held_back_than_a_marker_can_need() {
        let mut markers = Markers::default();
        let long = "x".repeat(2 * HELD);
        let shown = markers.push(&format!("[{long}"), &Known);
        assert_eq!(shown.len(), long.len() + 1);
    }

    proptest! {
        #[test]
        fn however_a_text_is_cut_it_becomes_the_same(
            words in prop::collection::vec(r"\[|\]|\(|\)|【|】|\. |11|web:12|99|`|```|~~~|\n|ä|, |https://b\.example/x_\(y\)| |x{150}", 0..40),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let text = words.concat();
            let letters: Vec<char> = text.chars().collect();
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(letters.len() + 1)).collect();
            places.extend([0, letters.len()]);
            places.sort_unstable();
            let pieces: Vec<String> = places.windows(2).map(|pair| letters[pair[0]..pair[1]].iter().collect()).collect();
            let whole = rewritten([text.as_str()]);
            prop_assert_eq!(rewritten(pieces.iter().map(String::as_str)), whole.clone());
        }

        #[test]
        fn no_mark_that_goes_leaves_two_spaces(words in prop::collection::vec("\\[99\\]|\\[11\\]|【99】|a|\\.|\n", 0..20)) {
            let shown = rewritten([words.join(" ").as_str()]);
            prop_assert!(!shown.contains("  "), "{}", shown);
        }

        #[test]
        fn outside_of_code_every_marker_has_a_source(words in prop::collection::vec(r"\[|\]|【|】|1|11|web:12|web:99|99|\^| |a|, ", 0..30)) {
            let shown = rewritten([words.concat().as_str()]);
            for label in shown.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(label, _)| label) {
                if let Ok(number) = label.parse::<usize>() {
                    prop_assert!((1..=3).contains(&number), "{}", shown);
                }
            }
        }
    }
}
