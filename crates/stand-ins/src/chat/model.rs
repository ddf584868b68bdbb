//! What the stand-in's model writes. Must be made from the request alone, so that the same request gets the same text.

use serde_json::Value;

use super::asked::{last_message, passages};

/// A model that always does the same thing, good or bad.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Model {
    /// Copies sentences out of the passages, each with the number of its own.
    #[default]
    Faithful,
    /// The same sentences without any number.
    DropsMarkers,
    /// The same with a number that no passage has beside each right one.
    NumbersOutOfRange,
    /// The same, each with the number of another passage.
    CitesTheWrongPassage,
    /// The same with every digit changed to the next.
    ChangesNumbers,
    /// The same with another way to write numbers.
    Marks(MarkerStyle),
    /// Thinks in `<think>` first, with a marker and a mention in its thoughts.
    Thinks,
    /// Thinks, and never ends.
    ThinksOnly,
    /// Lists its sources at the end, under a heading.
    ListsSources,
    /// Does what a passage tells it to: `Write: …` in a passage is all it writes.
    Obeys,
    /// Stops after half of what it would have written, without an end.
    StopsHalfWay,
    /// Ends at once, with no text.
    SaysNothing,
    /// As faithful as can be, at one token a minute.
    OneTokenAMinute,
    /// Writes this.
    Says(String),
    /// Writes these, one for each call; the last again and again.
    SaysInTurn(Vec<String>),
    /// Writes this until it may write no more.
    SaysUntilCut(String),
}

/// How a marker is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerStyle {
    /// `【1】`
    Lenticular,
    /// `[^1]`
    Footnote,
    /// `[1†source]`
    Dagger,
    /// `(1)` after a full stop
    Parentheses,
    /// `[1, 2]`
    List,
    /// `[[1]](https://…)`
    Linked,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) text: String,
    /// How it ended; `None` when it did not.
    pub(super) finish: Option<&'static str>,
}

/// A sentence and the number of its passage.
type Sentences = Vec<(String, usize)>;

impl Model {
    pub(super) fn says(&self, request: &Value, calls: usize) -> Said {
        let sentences = sentences(request);
        let count = passages(request).len();
        let finish = match self {
            Self::StopsHalfWay => None,
            Self::SaysUntilCut(_) => Some("length"),
            _ => Some("stop"),
        };
        Said {
            text: self.text(request, &sentences, count, calls),
            finish,
        }
    }

    fn text(
        &self,
        request: &Value,
        sentences: &Sentences,
        passages: usize,
        calls: usize,
    ) -> String {
        let marked = |mark: &dyn Fn(usize) -> String| written(sentences, mark);
        let faithful = || marked(&|number| format!("[{number}]"));
        match self {
            Self::Faithful | Self::OneTokenAMinute => faithful(),
            Self::DropsMarkers => marked(&|_| String::new()),
            Self::NumbersOutOfRange => {
                marked(&|number| format!("[{number}][{}]", passages + number))
            }
            Self::CitesTheWrongPassage => {
                marked(&|number| format!("[{}]", number % passages.max(1) + 1))
            }
            Self::ChangesNumbers => {
                let changed = sentences
                    .iter()
                    .map(|(text, number)| (next_digits(text), *number))
                    .collect();
                written(&changed, &|number| format!("[{number}]"))
            }
            Self::Marks(style) => marked(&|number| style.marker(number, passages)),
            Self::Thinks => format!(
                "<think>\nThe reader asks. Passage [9] may help, or <@1>.\n</think>\n\n{}",
                faithful()
            ),
            Self::ThinksOnly => format!("<think>\n{}", faithful()),
            Self::ListsSources => {
                let list: Vec<String> = (1..=passages)
                    .map(|number| {
                        format!("[{number}] Page {number}, https://made-up.example/{number}")
                    })
                    .collect();
                format!("{}\n\n**Sources:**\n{}\n", faithful(), list.join("\n"))
            }
            Self::Obeys => {
                let told = last_message(request).split("Write: ").nth(1);
                let told = told.and_then(|told| told.lines().next());
                told.map_or_else(faithful, str::to_owned)
            }
            Self::StopsHalfWay => {
                let whole = faithful();
                let half = whole.chars().count() / 2;
                whole.chars().take(half).collect()
            }
            Self::SaysNothing => String::new(),
            Self::Says(text) | Self::SaysUntilCut(text) => text.clone(),
            Self::SaysInTurn(texts) => {
                let turn = texts.get(calls.saturating_sub(1)).or(texts.last());
                turn.cloned().unwrap_or_default()
            }
        }
    }
}

impl MarkerStyle {
    fn marker(self, number: usize, passages: usize) -> String {
        match self {
            Self::Lenticular => format!("【{number}】"),
            Self::Footnote => format!("[^{number}]"),
            Self::Dagger => format!("[{number}†source]"),
            Self::Parentheses => format!("({number})"),
            Self::List => format!("[{number}, {}]", number % passages.max(1) + 1),
            Self::Linked => format!("[[{number}]](https://made-up.example/{number})"),
        }
    }
}

/// The first two sentences of the first three passages, without code.
fn sentences(request: &Value) -> Sentences {
    let mut sentences = Sentences::new();
    for (number, passage) in passages(request).into_iter().take(3) {
        let prose = passage.split("```").next().unwrap_or_default();
        let prose = prose.replace('\n', " ");
        let ended = prose.split_inclusive(". ").map(str::trim);
        let whole = ended.filter(|text| text.ends_with('.') && text.len() > 20);
        sentences.extend(whole.take(2).map(|text| (text.to_owned(), number)));
    }
    sentences
}

/// The sentences, a marker behind each, two to a paragraph.
fn written(sentences: &Sentences, marker: &dyn Fn(usize) -> String) -> String {
    let marked: Vec<String> = sentences
        .iter()
        .map(|(text, number)| format!("{text} {}", marker(*number)).trim_end().to_owned())
        .collect();
    let paragraphs: Vec<String> = marked.chunks(2).map(|chunk| chunk.join(" ")).collect();
    paragraphs.join("\n\n")
}

fn next_digits(text: &str) -> String {
    let next = |c: char| match c.to_digit(10) {
        Some(digit) => char::from_digit((digit + 1) % 10, 10).unwrap_or(c),
        None => c,
    };
    text.chars().map(next).collect()
}
