//! Divides a text that is still coming into its sentences. Must be pure, change no character, and divide alike however the text
//! comes.

use crate::engines::corpus::index::sentences::ends_here;

/// The longest sentence, in bytes. Who writes on without an end is lost in a loop.
const LONGEST: usize = 8 * 1024;

/// A sentence, or a line of code, with the markers behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// The white space before it.
    pub(super) before: String,
    /// Its text, with no white space around it.
    pub(super) text: String,
    /// Whether it begins its line.
    pub(super) begins_line: bool,
    /// Whether it is a line of a block of code, its fences among them.
    pub(super) code: bool,
}

/// A sentence that does not end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Endless;

/// A text in the making.
#[derive(Debug)]
pub(super) struct Sentences {
    held: String,
    before: String,
    /// The signs that end the block of code that is open.
    fence: Option<String>,
}

impl Default for Sentences {
    fn default() -> Self {
        Self {
            held: String::new(),
            before: "\n".to_owned(),
            fence: None,
        }
    }
}

impl Sentences {
    /// Takes the next piece of text and gives the sentences that are complete.
    pub(super) fn push(&mut self, text: &str) -> Result<Vec<Sentence>, Endless> {
        self.held.push_str(text);
        let complete = self.divide(false);
        if self.held.len() > LONGEST {
            return Err(Endless);
        }
        Ok(complete)
    }

    /// Gives what is left when the text is over.
    pub(super) fn finish(&mut self) -> Vec<Sentence> {
        self.divide(true)
    }

    /// Whether a block of code is open.
    pub(super) fn in_code(&self) -> Option<&str> {
        self.fence.as_deref()
    }

    fn divide(&mut self, ended: bool) -> Vec<Sentence> {
        let held = std::mem::take(&mut self.held);
        let mut complete = Vec::new();
        let mut rest = held.as_str();
        // What is left when the line ends; looked for once a line, however many sentences it has.
        let mut line_end = usize::MAX;
        loop {
            let text = rest.trim_start();
            let (white, _) = rest.split_at(rest.len() - text.len());
            self.before.push_str(white);
            rest = text;
            let begins_line = self.before.contains('\n');
            if line_end > text.len() {
                line_end = text.find('\n').map_or(0, |line| text.len() - line);
            }
            let line = (line_end > 0).then(|| text.len() - line_end);
            let Some(length) = self.length(text, line, begins_line, ended) else {
                break;
            };
            let (sentence, after) = text.split_at(length);
            complete.push(self.sentence(sentence.trim_end(), begins_line));
            let kept = sentence.trim_end().len();
            self.before = sentence.get(kept..).unwrap_or_default().to_owned();
            rest = after;
        }
        rest.clone_into(&mut self.held);
        complete
    }

    fn sentence(&mut self, text: &str, begins_line: bool) -> Sentence {
        let signs = fence(text).filter(|_| begins_line);
        let was_code = self.fence.is_some();
        match (&self.fence, signs) {
            (None, Some(signs)) => self.fence = Some(signs.to_owned()),
            (Some(open), Some(signs)) if signs.starts_with(open.as_str()) && signs == text => {
                self.fence = None;
            }
            _ => {}
        }
        Sentence {
            before: std::mem::take(&mut self.before),
            text: text.to_owned(),
            begins_line,
            code: was_code || signs.is_some(),
        }
    }

    /// The length of the first sentence, once that is certain; `line` is where its line ends.
    fn length(
        &self,
        text: &str,
        line: Option<usize>,
        begins_line: bool,
        ended: bool,
    ) -> Option<usize> {
        if text.is_empty() {
            return None;
        }
        let rest_of_line = line.or(ended.then_some(text.len()));
        let may_be_fence = begins_line && text.starts_with(['`', '~']);
        if self.fence.is_some() || may_be_fence {
            return rest_of_line;
        }
        let in_line = text.get(..line.unwrap_or(text.len())).unwrap_or(text);
        first_end(in_line, rest_of_line.is_some()).or(rest_of_line)
    }
}

/// The signs of a fence that a line begins with.
pub(super) fn fence(line: &str) -> Option<&str> {
    let sign = line
        .chars()
        .next()
        .filter(|sign| matches!(sign, '`' | '~'))?;
    let rest = line.trim_start_matches(sign);
    let signs = line.get(..line.len() - rest.len())?;
    (signs.len() >= 3 && !(sign == '`' && rest.contains('`'))).then_some(signs)
}

/// Where the first sentence of a line ends, markers behind it included; `None` when no end is certain. What is still to come must
/// be able to change nothing.
fn first_end(line: &str, complete: bool) -> Option<usize> {
    let (mut brackets, mut code, mut escaping) = (0_usize, false, false);
    let mut letters = line.char_indices();
    while let Some((at, letter)) = letters.next() {
        let escaped = escaping;
        escaping = letter == '\\' && !escaped && !code;
        match letter {
            '`' => code ^= !escaped,
            '(' | '[' if !code => brackets += 1,
            ')' | ']' if !code => brackets = brackets.saturating_sub(1),
            '.' | '!' | '?' | '。' | '！' | '？' if !code && brackets == 0 => {
                let (end, cites) = behind(line, at + letter.len_utf8());
                let after = line.get(end..).unwrap_or_default();
                let seen = !after.trim_start().is_empty() && !may_begin_marker(after.trim_start());
                if !seen && !complete {
                    return None;
                }
                let before = line.get(..at).unwrap_or_default();
                let wide = !letter.is_ascii();
                if wide
                    || (cites && after.starts_with(char::is_whitespace))
                    || ends_here(letter, before, after)
                {
                    return Some(end);
                }
                while letters.clone().next().is_some_and(|(next, _)| next < end) {
                    letters.next();
                }
            }
            _ => {}
        }
    }
    None
}

/// The end of what closes right behind an end mark, and of the markers behind that; and whether there are any.
fn behind(line: &str, mut end: usize) -> (usize, bool) {
    let rest = |end: usize| line.get(end..).unwrap_or_default();
    let closing = |letter: char| {
        matches!(
            letter,
            '"' | '”' | '’' | '»' | ')' | '*' | '_' | '.' | '!' | '?'
        )
    };
    while let Some(letter) = rest(end).chars().next().filter(|letter| closing(*letter)) {
        end += letter.len_utf8();
    }
    let mut cites = false;
    loop {
        let spaces = rest(end).len() - rest(end).trim_start().len();
        match marker(rest(end + spaces)) {
            Some(length) => {
                end += spaces + length;
                cites = true;
            }
            None => return (end, cites),
        }
    }
}

/// The length of the marker that a text begins with.
pub(super) fn marker(text: &str) -> Option<usize> {
    let (digits, _) = text.strip_prefix('[')?.split_once(']')?;
    let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    number.then_some(digits.len() + 2)
}

/// Whether a text is the beginning of a marker, and nothing more.
fn may_begin_marker(text: &str) -> bool {
    let digits = text.strip_prefix('[');
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn divided<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Vec<Sentence> {
        let mut sentences = Sentences::default();
        let mut divided = Vec::new();
        for piece in pieces {
            divided.extend(sentences.push(piece).unwrap());
        }
        divided.extend(sentences.finish());
        divided
    }

    fn check(text: &str, expected: &[&str]) {
        let divided = divided([text]);
        let texts: Vec<&str> = divided.iter().map(|sentence| &*sentence.text).collect();
        assert_eq!(texts, expected, "{text:?}");
    }

    #[test]
    fn a_sentence_keeps_the_markers_behind_it() {
        check(
            "Hot. [1] Cold.[2][3] Mild [4]. So.",
            &["Hot. [1]", "Cold.[2][3]", "Mild [4].", "So."],
        );
        check(
            "It is \"hot.\" [1] and so on",
            &["It is \"hot.\" [1]", "and so on"],
        );
        check(
            "Use e.g. Vec. [x] is no marker.",
            &["Use e.g. Vec.", "[x] is no marker."],
        );
        check(
            "It is 1.5 long. Dr. No said `a. B` so.",
            &["It is 1.5 long.", "Dr. No said `a. B` so."],
        );
        check(
            "Type \\` and `a. B` so. [1]",
            &["Type \\` and `a. B` so. [1]"],
        );
        check("热。冷。[1]", &["热。", "冷。[1]"]);
    }

    #[test]
    fn lines_and_code_stand_alone() {
        check(
            "# Tea\n- Hot. [1]\n- Cold\n\nSo",
            &["# Tea", "- Hot. [1]", "- Cold", "So"],
        );
        check(
            "So:\n```rust\nlet a. B = 1;\n```\nEnd. A",
            &["So:", "```rust", "let a. B = 1;", "```", "End.", "A"],
        );
        let code: Vec<bool> = divided(["a\n```\nb\n```\nc"])
            .iter()
            .map(|sentence| sentence.code)
            .collect();
        assert_eq!(code, [false, true, true, true, false]);
    }

    #[test]
    fn what_never_ends_is_refused() {
        let mut sentences = Sentences::default();
        assert_eq!(sentences.push(&"and ".repeat(2500)), Err(Endless));
    }

    proptest! {
        #[test]
        fn however_a_text_comes_it_is_divided_alike_and_whole(
            words in prop::collection::vec(r"\. |\.|! |\[1\]|\[|\]|\(|\)|1|`|```|\n|ä|A| |\*|e\.g\. |。", 0..30),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let text = words.concat();
            let letters: Vec<char> = text.chars().collect();
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(letters.len() + 1)).collect();
            places.extend([0, letters.len()]);
            places.sort_unstable();
            let pieces: Vec<String> = places.windows(2).map(|pair| letters[pair[0]..pair[1]].iter().collect()).collect();
            let whole = divided([text.as_str()]);
            prop_assert_eq!(divided(pieces.iter().map(String::as_str)), whole.clone());
            let again: String = whole.iter().map(|sentence| format!("{}{}", sentence.before, sentence.text)).collect();
            let expected = format!("\n{text}");
            prop_assert_eq!(again.trim_end(), expected.trim_end());
        }
    }
}
