//! Cuts what a model thinks out of a text that is still coming. Must be pure, and give the same however the text is cut.

const OPENING: [&str; 2] = ["<think>", "<thinking>"];
const CLOSING: [&str; 2] = ["</think>", "</thinking>"];

/// A text in the making. Thoughts stand at the beginning of a line between `<think>` and `</think>`; those that never end go to
/// the end of the text.
#[derive(Debug)]
pub(crate) struct Thinking {
    held: String,
    place: Place,
    /// Text that is a thought if an end without a beginning comes; none unless that is expected.
    awaiting: Option<String>,
    had_no_beginning: bool,
}

/// Text that is within no pair of tags, divided where an end stood that has no beginning; at least one piece. Where the template of a chat
/// begins the thought itself, all text before such an end was one.
pub(crate) type Kept = Vec<String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Only white space stands between here and the beginning of the line.
    LineBegins,
    InLine,
    Thought,
    /// Right behind a thought, whose white space goes with it.
    ThoughtOver,
}

impl Default for Thinking {
    fn default() -> Self {
        Self {
            held: String::new(),
            place: Place::LineBegins,
            awaiting: None,
            had_no_beginning: false,
        }
    }
}

/// What a text begins with.
enum Sign {
    Tag(usize),
    MayBecomeOne,
    None,
}

impl Thinking {
    /// Expects a thought without a beginning from now on: gives nothing before the end of one.
    pub(crate) fn awaits_an_end(&mut self) {
        self.awaiting.get_or_insert_default();
    }

    /// Expects none any more: thoughts come apart from the text.
    pub(crate) fn awaits_nothing(&mut self) {
        if let Some(waiting) = self.awaiting.take() {
            self.held.insert_str(0, &waiting);
        }
    }

    /// Whether a thought ended that had no beginning.
    pub(crate) fn had_no_beginning(&self) -> bool {
        self.had_no_beginning
    }

    /// Takes the next piece of text and gives what is surely no thought.
    pub(crate) fn push(&mut self, text: &str) -> Kept {
        self.held.push_str(text);
        let kept = self.decide(false);
        self.after_the_end(kept)
    }

    /// Gives what is left when the text is over. Where an end was expected and none came, a text that is `whole` was no thought.
    pub(crate) fn finish(&mut self, whole: bool) -> Kept {
        let kept = self.decide(true);
        let kept = self.after_the_end(kept);
        match self.awaiting.take() {
            Some(text) if whole => vec![text],
            _ => kept,
        }
    }

    /// What may be given while an end is expected.
    fn after_the_end(&mut self, mut kept: Kept) -> Kept {
        self.had_no_beginning |= kept.len() > 1;
        let Some(waiting) = self.awaiting.as_mut() else {
            return kept;
        };
        let thought = kept.remove(0);
        if kept.is_empty() {
            waiting.push_str(&thought);
            kept.push(String::new());
        } else {
            self.awaiting = None;
        }
        kept
    }

    fn decide(&mut self, ended: bool) -> Kept {
        let held = std::mem::take(&mut self.held);
        let mut kept = String::with_capacity(held.len());
        let mut before = Kept::new();
        let mut rest = held.as_str();
        while let Some(letter) = rest.chars().next() {
            let tags: &[&str] = match self.place {
                Place::Thought | Place::InLine => &CLOSING,
                Place::LineBegins | Place::ThoughtOver => &OPENING,
            };
            // Some templates begin the thought themselves, so that its end alone is in the text.
            let sign = match sign(rest, tags, ended) {
                Sign::None if tags == OPENING => match sign(rest, &CLOSING, ended) {
                    Sign::Tag(length) => Sign::Tag(length),
                    other => other,
                },
                sign => sign,
            };
            let taken = match sign {
                Sign::MayBecomeOne => break,
                Sign::Tag(length) => {
                    let opens = !rest.starts_with("</");
                    if !opens && matches!(self.place, Place::LineBegins | Place::InLine) {
                        before.push(std::mem::take(&mut kept));
                    }
                    self.place = if opens {
                        Place::Thought
                    } else {
                        Place::ThoughtOver
                    };
                    length
                }
                Sign::None => {
                    self.read(letter, &mut kept);
                    letter.len_utf8()
                }
            };
            rest = rest.get(taken..).unwrap_or_default();
        }
        rest.clone_into(&mut self.held);
        before.push(kept);
        before
    }

    fn read(&mut self, letter: char, kept: &mut String) {
        let white = letter.is_whitespace();
        self.place = match self.place {
            Place::Thought => return,
            Place::ThoughtOver if white => return,
            _ if letter == '\n' => Place::LineBegins,
            Place::LineBegins if white => Place::LineBegins,
            _ => Place::InLine,
        };
        kept.push(letter);
    }
}

fn sign(rest: &str, tags: &[&str], ended: bool) -> Sign {
    if !rest.starts_with('<') {
        return Sign::None;
    }
    match tags.iter().find(|tag| rest.starts_with(**tag)) {
        Some(tag) => Sign::Tag(tag.len()),
        None if !ended && tags.iter().any(|tag| tag.starts_with(rest)) => Sign::MayBecomeOne,
        None => Sign::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kept<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        kept_by(Thinking::default(), pieces)
    }

    fn kept_by<'a>(mut thinking: Thinking, pieces: impl IntoIterator<Item = &'a str>) -> String {
        let mut kept: String = pieces
            .into_iter()
            .map(|piece| thinking.push(piece).concat())
            .collect();
        kept.push_str(&thinking.finish(true).concat());
        kept
    }

    #[test]
    fn thoughts_go_and_the_text_stays() {
        for (text, expected) in [
            ("<think>\nHm [9].\n</think>\n\nHot. [1]", "Hot. [1]"),
            ("<thinking>a</thinking> <think>b</think>Hot.", "Hot."),
            ("Hot.\n<think>again</think>\nCold.", "Hot.\nCold."),
            ("<think>never ends", ""),
            ("</think>\nHot.", "Hot."),
            (
                "The tag `<think>` opens a thought.",
                "The tag `<think>` opens a thought.",
            ),
            ("a < b, </p>, <thin", "a < b, </p>, <thin"),
            (" \n<thi", " \n<thi"),
        ] {
            assert_eq!(kept([text]), expected, "{text:?}");
        }
    }

    fn awaiting() -> Thinking {
        let mut thinking = Thinking::default();
        thinking.awaits_an_end();
        thinking
    }

    #[test]
    fn who_awaits_an_end_gives_nothing_before_it() {
        let mut thinking = awaiting();
        assert_eq!(thinking.push("Hm. It is hot.\n\nSo. ").concat(), "");
        assert_eq!(thinking.push("</think>\nHot.").concat(), "Hot.");
        assert!(thinking.had_no_beginning());
        assert_eq!(thinking.push(" Cold.").concat(), " Cold.");
        for (whole, expected) in [(true, "No thought."), (false, "")] {
            let mut thinking = awaiting();
            assert_eq!(thinking.push("No thought.").concat(), "");
            assert_eq!(thinking.finish(whole).concat(), expected);
        }
    }

    #[test]
    fn thoughts_that_come_apart_set_the_text_free() {
        let mut thinking = awaiting();
        assert_eq!(thinking.push("\n").concat(), "");
        thinking.awaits_nothing();
        assert_eq!(thinking.push("Hot.").concat(), "\nHot.");
        assert!(!thinking.had_no_beginning());
    }

    #[test]
    fn an_end_without_a_beginning_tells_what_was_a_thought() {
        let kept = |text| Thinking::default().push(text);
        assert_eq!(kept("Hm. [9]</think>\nHot."), ["Hm. [9]", "Hot."]);
        assert_eq!(kept("<think>Hm</think>Hot."), ["Hot."]);
    }

    proptest! {
        #[test]
        fn however_a_text_is_cut_the_same_stays(
            words in prop::collection::vec("<think>|</think>|<thinking>|</th|ink>|<|ä|\n| |a", 0..20),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let letters: Vec<char> = words.concat().chars().collect();
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(letters.len() + 1)).collect();
            places.extend([0, letters.len()]);
            places.sort_unstable();
            let pieces: Vec<String> = places.windows(2).map(|pair| letters[pair[0]..pair[1]].iter().collect()).collect();
            let whole = words.concat();
            let pieces = || pieces.iter().map(String::as_str);
            prop_assert_eq!(kept(pieces()), kept([whole.as_str()]));
            prop_assert_eq!(kept_by(awaiting(), pieces()), kept_by(awaiting(), [whole.as_str()]));
        }
    }
}
