//! Makes of what a model writes what readers get: no thoughts, no number that no source has, no link, no list of sources, and a
//! mark where the sources do not say so. Must be pure, and give the same however the text comes.

use std::cell::Cell;

use super::sentences::{Endless, Sentence, Sentences, fence, marker};
use super::support::{Lookup, Support, Verdict};
use super::tail::Tail;
use super::thinking::Thinking;
use crate::markers::{Mark, Markers, Places};

/// Stands behind a sentence that was not found in what it cites. No client takes it for a citation.
pub(crate) const UNCONFIRMED: &str = "[unconfirmed]";

/// A text in the making.
#[derive(Debug)]
pub(crate) struct Editor {
    numbered: Numbered,
    support: Option<Support>,
    thinking: Thinking,
    markers: Markers,
    sentences: Sentences,
    tail: Tail,
    begun: bool,
    cites: bool,
    /// Whether what was given last ends with a bracket, which what follows at once could make a link of.
    bracketed: bool,
}

impl Editor {
    /// For a text written from passages, each with its title, in the order of their numbers; `language` is that of their words.
    pub(crate) fn new(passages: &[String], language: &str, lookup: Lookup) -> Self {
        let texts = passages.iter().map(String::as_str);
        Self {
            numbered: Numbered::up_to(passages.len()),
            support: (!passages.is_empty()).then(|| Support::new(texts, language, lookup)),
            thinking: Thinking::default(),
            markers: Markers::default(),
            sentences: Sentences::default(),
            tail: Tail::default(),
            begun: false,
            cites: false,
            bracketed: false,
        }
    }

    /// What tells thoughts from the text.
    pub(super) fn thinking(&mut self) -> &mut Thinking {
        &mut self.thinking
    }

    /// Whether any text has been given.
    pub(crate) fn begun(&self) -> bool {
        self.begun
    }

    /// Whether the text that has been given cites a source.
    pub(crate) fn cites(&self) -> bool {
        self.cites && self.numbered.cited.get()
    }

    /// Takes the next piece and gives what readers may see of it, sentence by sentence.
    pub(crate) fn push(&mut self, text: &str) -> Result<Vec<String>, Endless> {
        let kept = self.thinking.push(text);
        self.read(&kept)
    }

    /// What stands before the end of a thought that had no beginning is forgotten while nothing has been given.
    fn read(&mut self, kept: &[String]) -> Result<Vec<String>, Endless> {
        let mut edited = Vec::new();
        for (at, text) in kept.iter().enumerate() {
            if at > 0 && !self.begun {
                self.markers = Markers::default();
                self.sentences = Sentences::default();
                self.tail = Tail::default();
                self.numbered.cited.set(false);
            }
            edited.extend(self.read_text(text)?);
        }
        Ok(edited)
    }

    fn read_text(&mut self, text: &str) -> Result<Vec<String>, Endless> {
        let text = self.markers.push(text, &self.numbered);
        let sentences = self.sentences.push(&text)?;
        Ok(self.edited(sentences))
    }

    /// Gives what is left when the text is over. One that broke off loses the sentence it broke off in; of one that is not `whole`, all
    /// may have been a thought.
    pub(crate) fn finish(&mut self, broke_off: bool, whole: bool) -> Vec<String> {
        let kept = self.thinking.finish(whole);
        let mut edited = self.read(&kept).unwrap_or_default();
        let text = self.markers.finish(&self.numbered);
        let mut sentences = self.sentences.push(&text).unwrap_or_default();
        let open_code = self.sentences.in_code().is_some();
        let mut rest = self.sentences.finish();
        if broke_off {
            let complete = |last: &Sentence| last.text.ends_with(['.', '!', '?', ']']) || last.code;
            rest.retain(complete);
        }
        sentences.append(&mut rest);
        edited.append(&mut self.edited(sentences));
        if let Some(fence) = self.sentences.in_code().filter(|_| open_code || self.begun) {
            edited.push(format!("\n{fence}"));
        }
        edited
    }

    fn edited(&mut self, sentences: Vec<Sentence>) -> Vec<String> {
        let mut edited = Vec::new();
        for sentence in sentences {
            for kept in self.tail.push(sentence) {
                let shown = self.shown(kept);
                self.bracketed = shown.ends_with(']');
                edited.push(shown);
            }
        }
        edited
    }

    fn shown(&mut self, sentence: Sentence) -> String {
        let Sentence {
            mut before,
            mut text,
            begins_line,
            code,
        } = sentence;
        if !std::mem::replace(&mut self.begun, true) {
            before.clear();
        }
        if code {
            return fence_at_the_left(before, &text) + &text;
        }
        // A marker was taken out between two sentences, or before the full stop.
        if before.chars().all(|c| c == ' ') && !before.is_empty() {
            " ".clone_into(&mut before);
        }
        if let Some(bare) = text.strip_suffix(" .") {
            text = format!("{bare}.");
        }
        if self.bracketed && before.is_empty() {
            " ".clone_into(&mut before);
        }
        if may_define_link(&text) {
            // `[1]: https://…` would make a link of every `[1]`.
            text = text.replace("]:", "] :");
        }
        let (words, cited) = without_markers(&text);
        self.cites |= !cited.is_empty();
        let heading = begins_line && is_heading_or_row(&text);
        if let Some(support) = self.support.as_mut().filter(|_| !heading)
            && support.judge(&words, &cited) == Verdict::Unsupported
        {
            return format!("{before}{text} {UNCONFIRMED}");
        }
        before + &text
    }
}

/// The white space before a line of code. A fence that stands further in may be none, depending on the lines before it, and what
/// follows would be no code.
fn fence_at_the_left(before: String, line: &str) -> String {
    match before.rsplit_once('\n') {
        Some((above, indent)) if fence(line).is_some() => {
            let kept: String = indent.chars().map(|_| ' ').take(FENCE_INDENT).collect();
            format!("{above}\n{kept}")
        }
        _ => before,
    }
}

/// How far in a fence may stand and be one in any case.
const FENCE_INDENT: usize = 3;

/// Neither the title of a part nor a row of a table is a sentence.
fn is_heading_or_row(text: &str) -> bool {
    let bold = text.starts_with("**") && text.trim_end_matches(':').ends_with("**");
    let sentence = text.trim_end_matches([':', '*']).ends_with(['.', '!', '?']);
    text.starts_with(['#', '|']) || (bold && !sentence)
}

/// Whether a sentence may hold the definition of a link: at its beginning, behind the signs of lists and quotations, or where its
/// bracket was opened in a line before.
fn may_define_link(text: &str) -> bool {
    let container = |c: char| {
        matches!(c, '>' | '-' | '*' | '+' | '.' | ')') || c.is_ascii_digit() || c.is_whitespace()
    };
    let opened = |(label, _): (&str, &str)| !label.contains('[');
    text.trim_start_matches(container).starts_with('[') || text.split_once("]:").is_some_and(opened)
}

/// A sentence without its markers, and their numbers.
fn without_markers(text: &str) -> (String, Vec<usize>) {
    let (mut words, mut cited) = (String::with_capacity(text.len()), Vec::new());
    let (mut rest, mut code, mut escaped) = (text, false, false);
    while let Some(letter) = rest.chars().next() {
        let number = marker(rest).filter(|_| !code && !escaped);
        let taken = number.unwrap_or(letter.len_utf8());
        match number {
            Some(length) => {
                let digits = rest.get(1..length - 1).unwrap_or_default();
                cited.extend(digits.parse::<usize>());
            }
            None => words.push(letter),
        }
        // Backticks that are not escaped are closed in their line.
        code ^= letter == '`' && !escaped;
        escaped = letter == '\\' && !escaped && !code;
        rest = rest.get(taken..).unwrap_or_default();
    }
    (words, cited)
}

/// The passages by their numbers: 1 up to so many.
#[derive(Debug)]
pub(super) struct Numbered {
    count: usize,
    /// Whether a marker was read: what looks like one may stand in code.
    cited: Cell<bool>,
}

impl Numbered {
    pub(super) fn up_to(count: usize) -> Self {
        Self {
            count,
            cited: Cell::new(false),
        }
    }
}

impl Places for Numbered {
    fn place(&self, mark: Mark<'_>) -> Option<usize> {
        match mark {
            Mark::Number { number, .. } => {
                let number = usize::try_from(number).ok()?;
                let known = (1..=self.count).contains(&number);
                self.cited.set(self.cited.get() || known);
                known.then_some(number)
            }
            Mark::Link { .. } => None,
        }
    }

    fn in_parentheses(&self) -> bool {
        true
    }

    /// A model can cite, and neither link nor ping: an address behind a bracket stands open, and an angle bracket is one.
    fn shown(&self, text: &str, before: char) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut before = before;
        for letter in text.chars() {
            match (before, letter) {
                (']', '(') => shown.push_str(" ("),
                // Behind a backslash, another one would set the bracket free.
                ('\\', '<') => shown.push_str(" \\<"),
                (_, '<') => shown.push_str("\\<"),
                // One that is not closed in its line could make code of what follows, or the other way round.
                (_, '`') => shown.push_str("\\`"),
                _ => shown.push(letter),
            }
            before = letter;
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser, Tag, TagEnd};

    fn passages() -> Vec<String> {
        [
            "Green tea\nGreen tea is steeped at 80 degrees for 2 minutes.",
            "Black tea\nBlack tea is steeped at 95 degrees.",
        ]
        .map(str::to_owned)
        .into()
    }

    fn edited<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (String, bool) {
        let mut editor = Editor::new(&passages(), "en", Lookup::Words);
        let mut text = String::new();
        for piece in pieces {
            text.push_str(&editor.push(piece).unwrap().concat());
        }
        text.push_str(&editor.finish(false, true).concat());
        (text, editor.cites())
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(edited([text]).0, expected);
    }

    const GREEN: &str = "Green tea is steeped at 80 degrees. [1]";

    #[test]
    fn a_faithful_text_stays_as_it_is() {
        let text = "# Tea\n\nGreen tea is steeped at 80 degrees. [1] Black tea is steeped at 95 degrees. [2]\n\n- Green tea: 2 minutes [1]\n\n```\nlet a = b[9];\n```";
        check(text, text);
        assert!(edited([text]).1);
        assert!(!edited(["Green tea is steeped at 80 degrees. `[1]`"]).1);
    }

    #[test]
    fn what_the_sources_do_not_say_is_marked() {
        check(
            &format!(
                "{GREEN} Green tea is steeped at 90 degrees. [1] Black tea is steeped at 95 degrees. [1] Coffee grows on tall mountains."
            ),
            &format!(
                "{GREEN} Green tea is steeped at 90 degrees. [1] [unconfirmed] Black tea is steeped at 95 degrees. [1] [unconfirmed] Coffee grows on tall mountains. [unconfirmed]"
            ),
        );
    }

    #[test]
    fn numbers_that_no_source_has_go() {
        check(
            "Green tea is steeped at 80 degrees [1][3]. [9]",
            "Green tea is steeped at 80 degrees [1].",
        );
        check(
            "Green tea is steeped at 80 degrees [7].",
            "Green tea is steeped at 80 degrees.",
        );
        check(
            "Take `a[9]` or b[9].",
            "Take `a[9]` or b\\[9\\]. [unconfirmed]",
        );
    }

    #[test]
    fn every_way_to_write_a_marker_is_read() {
        for marker in [
            "【1】",
            "[^1]",
            "[1†source]",
            "(1)",
            "[1, 1]",
            "[[1]](https://made-up.example/)",
            "[passage 1]",
        ] {
            let (text, cites) =
                edited([format!("Green tea is steeped at 80 degrees. {marker}").as_str()]);
            assert!(
                cites && text.contains("[1]") && !text.contains(UNCONFIRMED),
                "{marker}: {text}"
            );
            assert!(!text.contains("]("), "{text}");
        }
    }

    #[test]
    fn thoughts_and_lists_of_sources_go() {
        let text = format!(
            "<think>Passage [9] says 80. </think>\n\n{GREEN}\n\n**Sources:**\n[1] Green tea\n"
        );
        check(&text, GREEN);
    }

    #[test]
    fn a_thought_whose_beginning_is_in_the_template_goes() {
        check(
            &format!("Okay, passage [9] says 80 </think>\n\n{GREEN}"),
            GREEN,
        );
    }

    #[test]
    fn code_is_code_for_every_reader() {
        check(
            "So\n    ~~~\n    a[9]\n    ~~~",
            "So\n   ~~~\n    a[9]\n   ~~~",
        );
        check("Use ` alone.", "Use \\` alone.");
        check("```\nlet a", "```\nlet a\n```");
    }

    #[test]
    fn nothing_pings_or_links() {
        check(
            "See [here](https://evil.example/x).",
            "See [here] (https://evil.example/x). [unconfirmed]",
        );
        check(
            "<@1> \\<@1> <script> ![x](http://y.example)",
            "\\<@1> \\ \\<@1> \\<script> ![x] (http://y.example) [unconfirmed]",
        );
        check(
            "[1]: https://evil.example/",
            "[1] : https://evil.example/ [unconfirmed]",
        );
        for definition in [
            "> [1]: https://evil.example/",
            "- [1]: https://evil.example/",
            "1. [1]: https://evil.example/",
            "[a\nb]: https://evil.example/",
        ] {
            let (shown, _) = edited([definition]);
            assert!(!shown.contains("]:"), "{shown}");
        }
        check(
            "咖啡在90度。(https://evil.example/x)",
            "咖啡在90度。 [unconfirmed] (https://evil.example/x) [unconfirmed]",
        );
    }

    #[test]
    fn a_text_that_breaks_off_loses_its_last_sentence() {
        let finished = |text: &str, broke_off| {
            let mut editor = Editor::new(&passages(), "en", Lookup::Words);
            let mut edited = editor.push(text).unwrap().concat();
            edited.push_str(&editor.finish(broke_off, !broke_off).concat());
            (edited, editor.begun())
        };
        assert_eq!(
            finished(&format!("{GREEN} Black tea is st"), true),
            (GREEN.to_owned(), true)
        );
        assert_eq!(
            finished("Green tea is steeped at 8", true),
            (String::new(), false)
        );
        assert_eq!(finished(GREEN, true), (GREEN.to_owned(), true));
        assert_eq!(finished("```\nlet a", true).0, "```\nlet a\n```");
    }

    /// What a reader of Markdown takes for plain text: outside of code, and without the letters that a backslash makes plain.
    /// There is no link in it, no image and no tag. A line that stands further in is no code here: Discord knows none of that kind.
    fn prose(text: &str) -> Result<String, TestCaseError> {
        let (mut prose, mut code, mut further_in) = (String::new(), false, false);
        for (event, range) in Parser::new(text).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    (code, further_in) = (kind.is_fenced(), kind.is_indented());
                }
                Event::End(TagEnd::CodeBlock) => (code, further_in) = (false, false),
                Event::Text(line) if further_in => prose.push_str(&self::prose(&line)?),
                Event::Start(Tag::Link { .. } | Tag::Image { .. })
                | Event::Html(_)
                | Event::InlineHtml(_) => {
                    prop_assert!(false, "{:?} in {:?}", text.get(range), text);
                }
                Event::Text(_) if !code => {
                    let (before, shown) = text.split_at(range.start);
                    let shown = shown.get(..range.len()).unwrap_or_default();
                    let escaped = before.ends_with('\\');
                    prose.extend(escaped.then_some(' '));
                    prose.extend(shown.chars().skip(usize::from(escaped)));
                }
                _ => prose.push(' '),
            }
        }
        Ok(prose)
    }

    fn words() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec(
            r"\[|\]|\(|\)|【|】|\^|†|1|2|9|, |\. |\.|\(1\)|\n|\n\n|<think>|</think>|<@1>|<b>|https://e\.example|\]\(https://e\.example/\)|!|Sources:|- |> |。|\]: |Green tea|80|`a`|`|``|```\n|~~~\n|    |\\|ä| ",
            0..30,
        )
    }

    proptest! {
        /// I5: however the text is split, what comes out is the same, and cites nothing that is not there.
        #[test]
        fn however_it_comes_it_cites_what_is_there(words in words(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
            let text = words.concat();
            let letters: Vec<char> = text.chars().collect();
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(letters.len() + 1)).collect();
            places.extend([0, letters.len()]);
            places.sort_unstable();
            let pieces: Vec<String> = places.windows(2).map(|pair| letters[pair[0]..pair[1]].iter().collect()).collect();
            let whole = edited([text.as_str()]);
            prop_assert_eq!(&edited(pieces.iter().map(String::as_str)), &whole);
            let singly: Vec<String> = letters.iter().map(char::to_string).collect();
            prop_assert_eq!(&edited(singly.iter().map(String::as_str)), &whole);
            let (text, cites) = whole;
            let prose = prose(&text)?;
            let labels = prose.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
            let numbers: Vec<usize> = labels.filter_map(|(label, _)| label.parse().ok()).collect();
            prop_assert!(numbers.iter().all(|number| (1..=2).contains(number)), "{:?}", text);
            prop_assert_eq!(cites, !numbers.is_empty(), "{:?}", text);
            prop_assert!(!prose.contains("<@"), "{:?}", text);
        }
    }
}
