//! Ends an answer where the request wants it ended. Must change no character before that, and leave no quote without its
//! marker.

use sonar::{ChatRequest, FinishReason, Stop};

use crate::usage::characters;

/// Where an answer ends at the latest.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    most_characters: Option<usize>,
    stops: Vec<String>,
}

impl Cut {
    pub(super) fn of(request: &ChatRequest) -> Self {
        let mut stops = match request.stop.clone() {
            None => Vec::new(),
            Some(Stop::One(stop)) => vec![stop],
            Some(Stop::Many(stops)) => stops,
        };
        stops.retain(|stop| !stop.is_empty());
        Self {
            most_characters: request.max_tokens.map(characters),
            stops,
        }
    }

    /// The most characters of the answer.
    pub(super) fn most_characters(&self) -> usize {
        self.most_characters.unwrap_or(usize::MAX)
    }

    /// The text up to the first stop and the most characters, and why it ends.
    pub(super) fn apply(&self, text: &str) -> (String, FinishReason) {
        self.apply_within(text, self.most_characters())
    }

    /// The same for another number of characters.
    pub(super) fn apply_within(&self, text: &str, most: usize) -> (String, FinishReason) {
        let wanted = self.up_to_stop(text);
        if wanted.chars().nth(most).is_none() {
            return (wanted.to_owned(), FinishReason::Stop);
        }
        (at_sentence_end(wanted, most), FinishReason::Length)
    }

    fn up_to_stop<'a>(&self, text: &'a str) -> &'a str {
        let stopped = self
            .stops
            .iter()
            .filter_map(|stop| text.find(stop.as_str()));
        let before = stopped.min().and_then(|at| text.get(..at));
        before.map_or(text, |before| {
            before_broken_marker(outside_code(before), text)
        })
    }
}

/// The beginning `before` of a text, without the half of a marker at its end: `[1` of `[12]` would be read as something
/// else.
fn before_broken_marker<'a>(before: &'a str, text: &str) -> &'a str {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let begun = before
        .rsplit_once('[')
        .filter(|(text, number)| digits(number) && !text.ends_with('\\') && in_quote(before));
    let after = text
        .strip_prefix(before)
        .and_then(|after| after.split_once(']'));
    let ended = after.is_some_and(|(number, _)| digits(number));
    match begun {
        Some((text, _)) if ended => text.trim_end(),
        _ => before,
    }
}

/// The text up to the code that it ends in the middle of: half a span of code would show signs for what they are not.
fn outside_code(text: &str) -> &str {
    if !text.matches(FENCE).count().is_multiple_of(2) {
        let (before, _) = text.rsplit_once(FENCE).unwrap_or((text, ""));
        return before.trim_end();
    }
    let line = last_line(text);
    let before = text.strip_suffix(line).unwrap_or_default().len();
    match open_code(line).and_then(|at| text.split_at_checked(before + at)) {
        Some((before, _)) => before.trim_end(),
        None => text,
    }
}

/// Where the code begins that a line does not end. Outside of code a backslash takes the next character's meaning.
fn open_code(line: &str) -> Option<usize> {
    let mut open = None;
    let mut characters = line.char_indices();
    while let Some((at, c)) = characters.next() {
        match (c, open) {
            ('`', Some(_)) => open = None,
            ('`', None) => open = Some(at),
            ('\\', None) => {
                characters.next();
            }
            _ => {}
        }
    }
    open
}

const FENCE: &str = "```";

/// The longest beginning that ends with a sentence or a line outside a block of code, and with the marker of the quote that
/// it breaks off, all in at most `most` characters. One without any such end is cut between words.
fn at_sentence_end(text: &str, most: usize) -> String {
    let fits: String = text.chars().take(most).collect();
    let ends = |end: &fn(&str, &str) -> bool| {
        let mut marks = fits.char_indices().rev();
        marks.find_map(|(at, mark)| {
            let (upto, rest) = fits.split_at_checked(at + mark.len_utf8())?;
            let good = end(upto, rest) && outside_code(upto) == upto;
            let kept = good.then(|| with_marker(text, upto.trim_end()))?;
            (kept.chars().count() <= most).then_some(kept)
        })
    };
    let ends_sentence: fn(&str, &str) -> bool = ends_sentence;
    let ends_word: fn(&str, &str) -> bool = |upto, _| upto.ends_with(char::is_whitespace);
    ends(&ends_sentence)
        .or_else(|| ends(&ends_word))
        .unwrap_or_else(|| outside_code(&fits).to_owned())
}

/// Whether a sentence or a line ends here; titles and headings stand for what follows them and end nothing.
fn ends_sentence(upto: &str, rest: &str) -> bool {
    let line = last_line(upto.strip_suffix('\n').unwrap_or(upto));
    let marked = ["**", "*", "#"].iter().any(|sign| line.starts_with(sign));
    let ends = upto.ends_with('\n')
        || upto.ends_with(['.', '!', '?']) && rest.starts_with(char::is_whitespace);
    ends && !marked
}

/// The beginning `upto` of `text`, with the marker of the quote at its end when that stands further on.
fn with_marker(text: &str, upto: &str) -> String {
    let after = text.strip_prefix(upto).unwrap_or_default();
    let line = last_line(upto);
    if !in_quote(upto) || marker(line).is_some() {
        return upto.to_owned();
    }
    let (same_line, further) = after.split_once('\n').unwrap_or((after, ""));
    let further = further.lines().take_while(|line| line.starts_with("> "));
    let owed = std::iter::once(same_line).chain(further).find_map(marker);
    owed.map_or_else(|| upto.to_owned(), |marker| format!("{upto} {marker}"))
}

/// The marker that ends a line.
fn marker(line: &str) -> Option<&str> {
    let (before, number) = line.strip_suffix(']')?.rsplit_once(" [")?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    line.get(before.len() + 1..).filter(|_| digits)
}

fn in_quote(text: &str) -> bool {
    last_line(text).starts_with("> ")
}

fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sonar::Message;

    fn cut(max_tokens: Option<u32>, stops: &[&str], text: &str) -> (String, FinishReason) {
        let request = ChatRequest {
            max_tokens,
            stop: Some(Stop::Many(
                stops.iter().map(|stop| (*stop).to_owned()).collect(),
            )),
            ..ChatRequest::new("sonar", vec![Message::user("Why?")])
        };
        Cut::of(&request).apply(text)
    }

    fn check(
        max_tokens: Option<u32>,
        stops: &[&str],
        text: &str,
        expected: &str,
        ends: FinishReason,
    ) {
        assert_eq!(cut(max_tokens, stops, text), (expected.to_owned(), ends));
    }

    use FinishReason::{Length, Stop as Stopped};

    #[test]
    fn an_answer_is_cut_at_a_stop_or_at_a_sentence() {
        let text = "One is here. Two is là. Three.";
        check(None, &[], text, text, Stopped);
        check(
            None,
            &["Three", "là"],
            text,
            "One is here. Two is ",
            Stopped,
        );
        check(None, &["Four", ""], text, text, Stopped);
        check(Some(6), &[], text, "One is here. Two is là.", Length);
        check(Some(5), &[], text, "One is here.", Length);
        check(Some(5), &["Two"], text, "One is here. ", Stopped);
        check(Some(2), &[], "ééééééééé", "éééééééé", Length);
        check(Some(5), &[], "A.\n```\nlet a = 1;\n```\nB.", "A.", Length);
    }

    const QUOTE: &str =
        "**Tea**\n> Green tea is good. It is hot.\n> So is black. [12]\n\n**Pots**\n> Round. [13]";

    #[test]
    fn a_quote_that_is_cut_keeps_its_marker() {
        check(
            Some(10),
            &[],
            QUOTE,
            "**Tea**\n> Green tea is good. [12]",
            Length,
        );
        check(Some(6), &[], QUOTE, "**Tea**\n> Green tea [12]", Length);
        check(
            Some(17),
            &[],
            QUOTE,
            "**Tea**\n> Green tea is good. It is hot.\n> So is black. [12]",
            Length,
        );
    }

    #[test]
    fn a_stop_leaves_no_half_of_a_marker() {
        let upto = "**Tea**\n> Green tea is good. It is hot.\n> So is black.";
        check(None, &["2]"], QUOTE, upto, Stopped);
        check(None, &["]"], QUOTE, upto, Stopped);
        check(
            None,
            &["is hot"],
            QUOTE,
            "**Tea**\n> Green tea is good. It ",
            Stopped,
        );
    }

    #[test]
    fn code_is_kept_whole_or_not_at_all() {
        let text = "> Use \\` or `a <@1> b` so. [1]\n```\nlet a = 1;\n```\nEnd.";
        check(None, &["b"], text, "> Use \\` or", Stopped);
        check(
            None,
            &["a ="],
            text,
            "> Use \\` or `a <@1> b` so. [1]",
            Stopped,
        );
        check(Some(5), &[], text, "> Use \\` or [1]", Length);
    }

    proptest! {
        /// However it is cut, the beginning stays what it was, and every quote ends with its own marker.
        #[test]
        fn a_cut_answer_is_a_beginning_and_cites_what_it_quotes(
            quotes in prop::collection::vec("[A-Z][a-z ]{0,30}\\. [A-Z][a-z]{0,20}\\.(\n> [A-Z][a-z ]{0,20}\\.)?", 1..4),
            tokens in 1_u32..60,
        ) {
            let blocks: Vec<String> = quotes.iter().zip(1..)
                .map(|(quote, number)| format!("**T**\n> {quote} [{number}]"))
                .collect();
            let text = blocks.join("\n\n");
            let (kept, _) = cut(Some(tokens), &[], &text);
            prop_assert!(kept.chars().count() <= tokens as usize * 4);
            let own = last_line(&kept);
            let bare = marker(own).map_or(kept.as_str(), |marker| kept.strip_suffix(marker).unwrap().trim_end());
            prop_assert!(text.starts_with(bare), "{kept:?} of {text:?}");
            for (block, number) in kept.split("\n\n").zip(1..) {
                let quoted = block.split_once("\n> ").map_or("", |(_, quoted)| quoted);
                // Too short a limit has no room for a marker.
                if !quoted.is_empty() && tokens >= 16 {
                    prop_assert!(block.ends_with(&format!(" [{number}]")), "{block:?}");
                }
            }
        }
    }
}
