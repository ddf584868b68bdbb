//! Ends a text that is still coming where the request wants it to end: before the first of its stop texts, and before the
//! related questions that the Agent API was asked to write below the answer. Must be pure.

use sonar::{ChatRequest, Stop};

/// Longest line that may be the heading of the related questions, in bytes.
const HEADING: usize = 40;
/// Most related questions, and the longest of them in characters.
const QUESTIONS: (usize, usize) = (5, 300);

/// A text that ends before the first of some texts. However it is cut into pieces, it ends at the same place.
#[derive(Debug, Default)]
pub(super) struct Stops {
    stops: Vec<String>,
    /// What may be the beginning of one.
    held: String,
    stopped: bool,
}

impl Stops {
    pub(super) fn of(request: &ChatRequest) -> Self {
        let stops = match &request.stop {
            Some(Stop::One(stop)) => vec![stop.clone()],
            Some(Stop::Many(stops)) => stops.clone(),
            None => Vec::new(),
        };
        Self {
            stops: stops.into_iter().filter(|stop| !stop.is_empty()).collect(),
            ..Self::default()
        }
    }

    /// Takes the next piece and gives what is surely before every stop.
    pub(super) fn push(&mut self, text: &str) -> String {
        if self.stopped {
            return String::new();
        }
        self.held.push_str(text);
        let first = self
            .stops
            .iter()
            .filter_map(|stop| self.held.find(stop.as_str()));
        if let Some(end) = first.min() {
            self.stopped = true;
            self.held.truncate(end);
            return std::mem::take(&mut self.held);
        }
        let kept = self.held.len() - self.begun();
        let rest = self.held.split_off(kept);
        std::mem::replace(&mut self.held, rest)
    }

    /// Gives what was held back, when the text is over.
    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Whether a stop ended the text.
    pub(super) fn stopped(&self) -> bool {
        self.stopped
    }

    /// How many bytes at the end may be the beginning of a stop.
    fn begun(&self) -> usize {
        let longest = self.stops.iter().map(String::len).max().unwrap_or_default();
        let from = self.held.len().saturating_sub(longest);
        let ends = self
            .held
            .char_indices()
            .map(|(at, _)| at)
            .filter(|at| *at >= from);
        let mut ends = ends.filter_map(|at| self.held.get(at..));
        let begins = |end: &&str| self.stops.iter().any(|stop| stop.starts_with(*end));
        ends.find(begins).map_or(0, str::len)
    }
}

/// A text that ends before the line "Related questions:", if it is to, and the questions below it.
#[derive(Debug, Default)]
pub(super) struct Related {
    asked: bool,
    /// The last line, while it is not decided.
    held: String,
    /// Whether the beginning of the last line was given already.
    line_begun: bool,
    /// What stands below the heading.
    below: Option<String>,
}

impl Related {
    /// Looks for the questions if they were asked for.
    pub(super) fn new(asked: bool) -> Self {
        Self {
            asked,
            ..Self::default()
        }
    }

    /// Takes the next piece and gives what surely belongs to the answer.
    pub(super) fn push(&mut self, text: &str) -> String {
        if !self.asked {
            return text.to_owned();
        }
        if let Some(below) = &mut self.below {
            below.push_str(text);
            return String::new();
        }
        self.held.push_str(text);
        let mut out = String::new();
        while let Some(end) = self.held.find('\n') {
            let rest = self.held.split_off(end + 1);
            let line = std::mem::replace(&mut self.held, rest);
            if !std::mem::take(&mut self.line_begun) && is_heading(&line) {
                self.below = Some(std::mem::take(&mut self.held));
                return out;
            }
            out.push_str(&line);
        }
        if self.line_begun || !may_be_heading(&self.held) {
            self.line_begun |= !self.held.is_empty();
            out.push_str(&std::mem::take(&mut self.held));
        }
        out
    }

    /// Gives what was held back and the questions, when the text is over.
    pub(super) fn finish(&mut self) -> (String, Vec<String>) {
        let held = std::mem::take(&mut self.held);
        let below = match self.below.take() {
            None if self.asked && !self.line_begun && is_heading(&held) => {
                return (String::new(), Vec::new());
            }
            None => return (held, Vec::new()),
            Some(below) => below,
        };
        let (most, longest) = QUESTIONS;
        let questions = below.lines().filter_map(question);
        let short = questions.filter(|question| question.chars().count() <= longest);
        (String::new(), short.take(most).collect())
    }
}

const TITLE: &str = "related questions";

/// The letters of a line without the signs that Markdown puts around them.
fn bare(line: &str) -> String {
    let signs = ['#', '*', '_', ':', ' ', '\t', '\r', '\n'];
    line.trim_matches(signs).to_lowercase()
}

fn is_heading(line: &str) -> bool {
    line.len() <= HEADING && bare(line) == TITLE
}

fn may_be_heading(line: &str) -> bool {
    line.len() <= HEADING && TITLE.starts_with(bare(line).as_str())
}

/// A line of the list without its bullet or number; a line that asks nothing is none.
fn question(line: &str) -> Option<String> {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || " \t-*•.)".contains(c));
    let line = line.trim().trim_matches('*').trim();
    line.ends_with(['?', '？', '؟', ';'])
        .then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stops(stops: &[&str]) -> Stops {
        let stop = Stop::Many(stops.iter().map(|&stop| stop.to_owned()).collect());
        Stops::of(&ChatRequest {
            stop: Some(stop),
            ..ChatRequest::default()
        })
    }

    fn cut_by(stop: &[&str], pieces: &[&str]) -> String {
        let mut stops = stops(stop);
        let mut out: String = pieces.iter().map(|piece| stops.push(piece)).collect();
        out.push_str(&stops.finish());
        out
    }

    #[test]
    fn a_text_ends_before_its_first_stop() {
        assert_eq!(
            cut_by(&["END", "\n\n"], &["One. E", "ND two", " END"]),
            "One. "
        );
        assert_eq!(cut_by(&["END"], &["One. E", "N", "o."]), "One. ENo.");
        assert_eq!(cut_by(&["END"], &["One. EN"]), "One. EN");
        assert_eq!(cut_by(&["", "ö"], &["ä", "ö"]), "ä");
        assert_eq!(cut_by(&[], &["all"]), "all");
    }

    fn told(pieces: &[&str]) -> (String, Vec<String>) {
        let mut related = Related::new(true);
        let mut out: String = pieces.iter().map(|piece| related.push(piece)).collect();
        let (rest, questions) = related.finish();
        out.push_str(&rest);
        (out, questions)
    }

    #[test]
    fn related_questions_are_taken_off_the_answer() {
        let (text, questions) = told(&[
            "It is so. [1]\n\nRelated ques",
            "tions:\n1. Why?\n- **How long?**\nNo question\n",
        ]);
        assert_eq!(text, "It is so. [1]\n\n");
        assert_eq!(questions, ["Why?", "How long?"]);
        let (text, questions) = told(&["Related work is long.\n**Related questions**"]);
        assert_eq!(text, "Related work is long.\n");
        assert!(questions.is_empty());
    }

    #[test]
    fn without_being_asked_nothing_is_taken_off() {
        let mut related = Related::new(false);
        assert_eq!(
            related.push("Related questions:\nWhy?"),
            "Related questions:\nWhy?"
        );
        assert_eq!(related.finish(), (String::new(), vec![]));
    }

    proptest! {
        #[test]
        fn however_it_is_cut_a_text_ends_at_the_same_place(pieces in prop::collection::vec("[abEND\n]{0,4}", 0..20)) {
            let whole = pieces.concat();
            let cut: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let expected = ["END", "ab\n"].iter().filter_map(|stop| whole.find(stop)).min().unwrap_or(whole.len());
            prop_assert_eq!(cut_by(&["END", "ab\n"], &cut), whole.get(..expected).unwrap());
        }

        #[test]
        fn however_they_are_cut_the_questions_are_the_same(pieces in prop::collection::vec(r"Related |questions|:|\n|Why\?|a ", 0..16)) {
            let cut: Vec<&str> = pieces.iter().map(String::as_str).collect();
            prop_assert_eq!(told(&cut), told(&[&pieces.concat()]));
        }
    }
}
