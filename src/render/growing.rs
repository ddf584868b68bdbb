//! What of a growing answer may be shown: whole sentences, and nothing that the rest of it will make into something else. Cuts, changes nothing.
//!
//! Reads the text as the service writes it, in one pass, and only as far as it has to be understood to tell whether something is open: what a
//! sentence means is left to the reader of the whole.

use super::markdown::{Formula, Pairs};

/// The text up to the end of its last whole sentence or line at which nothing is open: no link, marker, formatting, code, formula or table. Of
/// an open block of code all whole lines are shown, if it has any.
pub(super) fn whole(text: &str) -> &str {
    let mut reading = Reading::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        reading.line(line, at);
        at += line.len();
    }
    let shown = text.get(..reading.shown).unwrap_or_default().trim_end();
    // A backslash that ends a line means that it ends; at the end of the text it would be shown.
    let backslashes = shown.bytes().rev().take_while(|byte| *byte == b'\\');
    match shown.strip_suffix('\\') {
        Some(cut) if backslashes.count() % 2 == 1 => cut.trim_end(),
        _ => shown,
    }
}

#[derive(Default)]
struct Reading {
    /// How much may be shown, in bytes.
    shown: usize,
    /// The sign and the length of the fence that a block of code was opened with.
    fence: Option<(char, usize)>,
    /// What is open within the paragraph.
    inline: Inline,
    table: Table,
}

/// Whether the last lines of a paragraph are a table.
#[derive(Clone, Copy, Default, PartialEq)]
enum Table {
    #[default]
    No,
    /// The last line could be the head of one.
    Perhaps,
    Yes,
}

impl Reading {
    /// Reads a line that begins at `at`; the last one may lack its end.
    fn line(&mut self, line: &str, at: usize) {
        let is_whole = line.ends_with('\n');
        let end = at + line.len();
        let (content, begins_block) = content(line);
        if let Some(open) = self.fence {
            let closes = closes(content, open);
            if is_whole && (closes || !content.trim().is_empty()) {
                // Without a line in it, it would show as an empty box.
                self.shown = end;
            }
            if is_whole && closes {
                self.fence = None;
            }
            return;
        }
        let opened = fence(content);
        if content.trim().is_empty() || opened.is_some() {
            if is_whole {
                self.inline = std::mem::take(&mut self.inline).behind_the_paragraph();
                self.table = Table::No;
                self.fence = opened;
            }
            if is_whole && line.trim().is_empty() && !self.inline.is_open() {
                self.shown = end;
            }
            return;
        }
        let is_heading = content.starts_with('#');
        if begins_block || is_heading {
            self.inline = std::mem::take(&mut self.inline).behind_the_paragraph();
        }
        self.table = match self.table {
            Table::Yes => Table::Yes,
            Table::Perhaps if is_ruler(content) => Table::Yes,
            _ if content.contains('|') => Table::Perhaps,
            _ => Table::No,
        };
        let sentence_end = self.inline.read(content);
        if self.table != Table::No {
            return;
        }
        if is_whole && !self.inline.is_open() {
            self.shown = end;
        } else if let Some(length) = sentence_end.filter(|_| !is_heading) {
            self.shown = end - content.len() + length;
        }
        if is_heading {
            self.inline = std::mem::take(&mut self.inline).behind_the_paragraph();
        }
    }
}

/// A line without what makes it part of quotes and lists, and whether it begins an item.
fn content(line: &str) -> (&str, bool) {
    let mut begins_item = false;
    let mut rest = line.trim_start_matches([' ', '\t']);
    loop {
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let marked = match rest.len() - digits.len() {
            0 => rest.strip_prefix(['-', '*', '+']),
            1..=9 => digits.strip_prefix(['.', ')']),
            _ => None,
        };
        let item = marked.filter(|item| item.starts_with([' ', '\t']));
        let Some(inner) = item.or_else(|| rest.strip_prefix('>')) else {
            return (rest, begins_item);
        };
        begins_item |= item.is_some();
        rest = inner.trim_start_matches([' ', '\t']);
    }
}

/// The sign and the length of the fence that opens a block of code here.
fn fence(content: &str) -> Option<(char, usize)> {
    let sign = content.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let behind = content.trim_start_matches(sign);
    let length = content.len() - behind.len();
    (length >= 3 && (sign == '~' || !behind.contains('`'))).then_some((sign, length))
}

fn closes(content: &str, (sign, length): (char, usize)) -> bool {
    let content = content.trim();
    content.len() >= length && content.chars().all(|c| c == sign)
}

/// The line that makes the one before it the head of a table.
fn is_ruler(content: &str) -> bool {
    let is_one_of = |c: char| matches!(c, '|' | '-' | ':') || c.is_whitespace();
    content.contains('-') && content.chars().all(is_one_of)
}

/// What is open at a place of a paragraph.
#[derive(Default)]
struct Inline {
    /// Inline code, with so many backticks.
    code: Option<usize>,
    /// A formula or a comment, with the sign that ends it.
    formula: Option<&'static str>,
    /// Formatting, with the signs or the names of the tags that end it.
    marks: Vec<&'static str>,
    /// Brackets, and the sentence before the outermost.
    brackets: usize,
    before_bracket: Sentence,
    /// The parentheses of a link's address.
    target: usize,
    /// A tag or an address in `<>`.
    angle: bool,
}

/// How the sentence stands at a place.
#[derive(Clone, Copy, Default)]
struct Sentence {
    /// Its last sign ends it; markers, white space and closing signs may stand behind.
    ended: bool,
    /// The next one may follow without white space.
    dense: bool,
    /// All that was read since the last bracket opened could be within a marker.
    in_marker: bool,
}

impl Inline {
    fn is_open(&self) -> bool {
        self.code.is_some()
            || self.formula.is_some()
            || self.angle
            || self.brackets + self.target + self.marks.len() > 0
    }

    /// Reads a line. Gives the end of its last sentence at which nothing is open. A sentence is whole once something follows, so that neither
    /// `3.` of `3.14` nor a marker half sent is taken for its end.
    fn read(&mut self, line: &str) -> Option<usize> {
        let mut last_end = None;
        let mut sentence = Sentence::default();
        // Where a sentence ended, if there was but white space since.
        let mut ended = None;
        let mut before = ' ';
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            if self.is_open() || !sentence.ended {
                ended = None;
            } else if c.is_whitespace() {
                ended = ended.or(Some(line.len() - rest.len()));
            } else if ended.is_some() || (sentence.dense && !closes_with_it(c)) {
                // What stands in brackets may be a marker, which belongs to it.
                if !matches!(c, '[' | '【') {
                    last_end = ended.or(Some(line.len() - rest.len()));
                }
                ended = None;
            }
            let length = self.step(rest, c, before, &mut sentence);
            let (read, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
            before = read.chars().next_back().unwrap_or(c);
            rest = behind;
        }
        ended.or(last_end)
    }

    /// Reads what the text begins with: `c`, and what belongs to it. Gives its length in bytes.
    fn step(&mut self, text: &str, c: char, before: char, sentence: &mut Sentence) -> usize {
        let behind = text.get(c.len_utf8()..).unwrap_or_default();
        let next = behind.chars().next();
        // Only these mean something by how many of them stand together; counting others would take its time.
        let run = match c {
            '`' | '*' | '_' | '~' => text.len() - text.trim_start_matches(c).len(),
            _ => 0,
        };
        if let Some(ticks) = self.code {
            if c != '`' {
                return c.len_utf8();
            }
            self.code = (run != ticks).then_some(ticks);
            return run;
        }
        if let Some(sign) = self.formula {
            if text.starts_with(sign) {
                self.formula = None;
                return sign.len();
            }
            return c.len_utf8();
        }
        if self.target > 0 {
            self.target += usize::from(c == '(');
            self.target -= usize::from(c == ')');
            return c.len_utf8();
        }
        if self.angle {
            self.angle = c != '>';
            return c.len_utf8();
        }
        match c {
            '\\' => {
                *sentence = Sentence::default();
                self.formula = match next {
                    Some('(') => Some("\\)"),
                    Some('[') => Some("\\]"),
                    _ => None,
                };
                return 1 + next.map_or(0, char::len_utf8);
            }
            '`' => {
                *sentence = Sentence::default();
                self.code = Some(run);
                return run;
            }
            '$' if next.is_none_or(|next| !next.is_whitespace() && !next.is_ascii_digit()) => {
                *sentence = Sentence::default();
                if next == Some('$') {
                    self.formula = Some("$$");
                    return 2;
                }
                match Formula::after_dollar(behind) {
                    Formula::Whole(length) => return 2 + length,
                    Formula::Open => self.formula = Some("$"),
                    Formula::None => {}
                }
                return 1;
            }
            '<' if text.starts_with("<!--") => {
                *sentence = Sentence::default();
                self.formula = Some("-->");
                return "<!--".len();
            }
            '<' if let Some(tag) = Pairs::at(text) => {
                self.tag(&tag, sentence);
                return tag.length;
            }
            '<' if next.is_none_or(|next| next.is_alphabetic() || matches!(next, '/' | '!')) => {
                *sentence = Sentence::default();
                self.angle = true;
            }
            '*' | '_' | '~' => {
                let after = text.get(run..).and_then(|after| after.chars().next());
                self.mark(c, run, before, after);
                return run;
            }
            '[' | '【' => {
                if self.brackets == 0 {
                    self.before_bracket = *sentence;
                }
                self.brackets += 1;
                *sentence = Sentence {
                    in_marker: true,
                    ..Sentence::default()
                };
            }
            ']' | '】' if self.brackets > 0 => {
                self.brackets -= 1;
                if self.brackets == 0 && sentence.in_marker {
                    *sentence = self.before_bracket;
                }
                if c == ']' && next == Some('(') {
                    self.target = 1;
                    return 2;
                }
            }
            '.' | '!' | '?' | '…' | '।' => {
                *sentence = Sentence {
                    ended: true,
                    ..Sentence::default()
                }
            }
            '。' | '！' | '？' => {
                *sentence = Sentence {
                    ended: true,
                    dense: true,
                    in_marker: false,
                };
            }
            // A quotation may stand within a sentence: `「…。」と`.
            '」' | '』' => sentence.dense = false,
            _ if c.is_whitespace() || closes_with_it(c) => {}
            _ => {
                sentence.ended = false;
                sentence.in_marker &= c.is_ascii_digit() || matches!(c, ',' | '-' | '^');
            }
        }
        c.len_utf8()
    }

    /// What is still open in the next paragraph: what hides all up to its end, however far that is.
    fn behind_the_paragraph(self) -> Self {
        let hides = |mark: &&str| matches!(*mark, "script" | "style");
        Self {
            formula: self.formula.filter(|end| *end == "-->"),
            marks: self.marks.into_iter().filter(hides).collect(),
            ..Self::default()
        }
    }

    /// Opens or closes what is between two tags. The sentence may end before the second.
    fn tag(&mut self, tag: &Pairs, sentence: &mut Sentence) {
        let known = self.marks.iter().position(|open| *open == tag.name);
        match known {
            Some(place) if tag.closes => drop(self.marks.remove(place)),
            None if !tag.closes => self.marks.push(tag.name),
            _ => {}
        }
        if !tag.closes {
            *sentence = Sentence::default();
        }
    }

    /// Opens or closes formatting.
    fn mark(&mut self, c: char, run: usize, before: char, after: Option<char>) {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if c == '_' && is_word(Some(before)) && is_word(after) {
            return;
        }
        let signs: &[&'static str] = match (c, run) {
            ('*', 1) => &["*"],
            ('*', 2) => &["**"],
            ('*', 3) => &["**", "*"],
            ('_', 1) => &["_"],
            ('_', 2) => &["__"],
            ('~', 2) => &["~~"],
            _ => &[],
        };
        for sign in signs {
            let known = self.marks.iter().position(|open| open == sign);
            match known {
                Some(place) if !before.is_whitespace() => drop(self.marks.remove(place)),
                None if after.is_none_or(|after| !after.is_whitespace()) => self.marks.push(sign),
                _ => {}
            }
        }
    }
}

/// Quotation marks and brackets behind the sign that ends a sentence.
fn closes_with_it(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | '”' | '’' | '»' | '」' | '』' | '）')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(whole(text), expected, "{text}");
    }

    #[test]
    fn whole_sentences_are_shown() {
        check("Pari", "");
        check("Pi is 3.", "");
        check("Pi is 3.14. And", "Pi is 3.14.");
        check("One. Two", "One.");
        check("He said “so.” Then", "He said “so.”");
        check("यह एक वाक्य है। और", "यह एक वाक्य है।");
        check("これは文です。次の文", "これは文です。");
        check("「名前。」は", "");
        check("A line\nand an", "A line");
    }

    #[test]
    fn no_half_marker_or_link_is_shown() {
        check("Paris. [", "");
        check("Paris. [1", "");
        check("Paris.[1] It", "Paris.[1]");
        check("Paris. [1][2] It", "Paris. [1][2]");
        check("Paris. [1]", "");
        check("Paris. ", "Paris.");
        check("Paris. [1] ", "Paris. [1]");
        check("文です。[1]次", "文です。[1]");
        check(
            "See [the docs](https://a.example/x. y) now. Then",
            "See [the docs](https://a.example/x. y) now.",
        );
        check("See [the docs. And", "");
        check("See <https://a.example/x. y", "");
    }

    #[test]
    fn no_open_formatting_code_or_formula_is_shown() {
        check("It **is. So", "");
        check("It **is.** So", "It **is.**");
        check("A *b **c.** d. E", "");
        check("snake_case is. And", "snake_case is.");
        check("2 * 3 is 6. And", "2 * 3 is 6.");
        check("See `a. b", "");
        check("See `a. b`. And", "See `a. b`.");
        check("So $x. y", "");
        check("It costs $5. And", "It costs $5.");
        check("So \\(x. y\\) is. And", "So \\(x. y\\) is.");
        check(
            "It **is open.\n\nNext one. And",
            "It **is open.\n\nNext one.",
        );
    }

    #[test]
    fn a_dollar_that_begins_no_formula_holds_nothing_back() {
        check("$AAPL rose. It fell.\nSo", "$AAPL rose. It fell.");
        check("So $x. y", "");
        check("So $x. y$ is. And", "So $x. y$ is.");
        let long = format!("$AAPL rose. {}", "It fell again. ".repeat(40));
        check(&long, long.trim_end());
    }

    #[test]
    fn no_tag_is_shown_before_its_end() {
        check("It is <b>so. And", "");
        check("It is <b>so.</b> And", "It is <b>so.</b>");
        check("It is <B class=\"x\">so. And", "");
        check(
            "One. See <a href=\"https://a.example/\">the docs. And",
            "One.",
        );
        check("One. Then <script>alert(1). So", "One.");
        check("One.<!-- a > b. c --> d. And", "One.<!-- a > b. c --> d.");
        check(
            "One. A Vec<i> is. And\n\nTwo. And",
            "One. A Vec<i> is. And\n\nTwo.",
        );
        check(
            "<details>\n<summary>More</summary>\nOne. And",
            "<details>\n<summary>More</summary>\nOne.",
        );
        check("One<br>two. And", "One<br>two.");
        check("One.\n\n<!-- a\n\nb. c", "One.");
        check(
            "One.\n\n<!-- a\n\nb --> c. And",
            "One.\n\n<!-- a\n\nb --> c.",
        );
        check("<script>\nlet a;\n\nlet b; And", "");
    }

    #[test]
    fn a_line_is_not_shown_with_the_backslash_that_ends_it() {
        check("Text\\\n", "Text");
        check("Text\\\\\n", "Text\\\\");
    }

    #[test]
    fn code_is_shown_by_whole_lines() {
        check(
            "One.\n```rust\nlet a = 1;\nlet b",
            "One.\n```rust\nlet a = 1;",
        );
        check("One.\n```rust\n", "One.");
        check("One.\n```ru", "One.");
        check("One.\n```rust\n\n", "One.");
        check("```\na\n``", "```\na");
        check("```\na\n```\nTwo. And", "```\na\n```\nTwo.");
        check("~~~~\n```\n~~~\nx", "~~~~\n```\n~~~");
    }

    #[test]
    fn a_table_is_shown_once_it_is_whole() {
        check("One.\n\n| a. b | c", "One.");
        check("One.\n\n| a | b |\n", "One.");
        check("One.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", "One.");
        check(
            "One.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nTwo",
            "One.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        );
        check("a | b\nis no table. So", "a | b\nis no table.");
    }

    #[test]
    fn a_list_is_shown_by_whole_items_or_sentences() {
        check("- One\n- Tw", "- One");
        check("- One. Two", "- One.");
        check("1. ", "");
        check("1. One\n2. ", "1. One");
        check("- a **b\n- c. D", "- a **b\n- c.");
        check("# 1. One", "");
        check("# 1. One\n", "# 1. One");
    }

    #[test]
    fn any_text_at_all_is_cut_in_linear_time() {
        for piece in [
            "[", "*", "`", " ", ". ", "<", "$", "\\", "|\n", "> ", "1. ", "<b>", "<b \"'",
        ] {
            let _shown = whole(&piece.repeat(200_000));
        }
    }
}
