//! What happens in a run, step by step: the one description that replies, streams and looks at background runs are made from. A
//! test can write its own. Must not know how any of them is sent.

use serde_json::{Value, json};

/// A run: what is found, what is written, how it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// How it ends.
    pub end: End,
    /// The `usage` of the reply, as it stands; `None` has it computed from the rest. What the run costs is its
    /// `cost.total_cost`, even where the reply does not tell it.
    pub usage: Option<Value>,
}

/// A step of a run. Items are those of the reply's `output`.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Something was found or read: a stream tells it by the reasoning events of its kind.
    Found(Value),
    /// Something was found or read: a stream tells it by `response.output_item.done` alone.
    Item(Value),
    /// Something was found or read: a stream tells it only with the whole reply at the end.
    Untold(Value),
    /// A piece of text.
    Text(String),
    /// The message ends, and the next piece of text begins another one.
    NextMessage,
    /// One more event of a stream, as it stands but for its number. Nothing of it is in the reply.
    Event(Value),
}

/// How a run ends.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// `completed`.
    Completed,
    /// `incomplete`, with this reason: `max_output_tokens` where the cap was reached.
    Incomplete(String),
    /// `failed`, with a message and a type.
    Failed(String, String),
    /// `cancelled`.
    Cancelled,
    /// A stream ends with an `error` event with this message; elsewhere the same as failed.
    Error(String),
    /// A stream ends without a word; elsewhere the run is `in_progress`.
    Nothing,
    /// Another status, such as `requires_action`; a stream ends with `response.` and that word.
    Other(String),
}

impl Run {
    /// A run that finds nothing, writes nothing and completes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            steps: Vec::new(),
            end: End::Completed,
            usage: None,
        }
    }

    /// With one more step.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// With something that was found: see [`search_results`] and [`fetched`].
    #[must_use]
    pub fn found(self, item: Value) -> Self {
        self.then(Step::Found(item))
    }

    /// With text in one piece.
    #[must_use]
    pub fn text(self, text: &str) -> Self {
        self.then(Step::Text(text.to_owned()))
    }

    /// With text in pieces of so many bytes, each a little longer where a character would be cut.
    #[must_use]
    pub fn text_in_pieces(mut self, text: &str, bytes: usize) -> Self {
        let pieces = split_text(text, bytes);
        self.steps.extend(pieces.into_iter().map(Step::Text));
        self
    }

    /// With another end.
    #[must_use]
    pub fn ends(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// With this usage, as it stands.
    #[must_use]
    pub fn usage(mut self, usage: Value) -> Self {
        self.usage = Some(usage);
        self
    }

    /// All its text.
    #[must_use]
    pub fn written(&self) -> String {
        self.steps.iter().filter_map(Step::written).collect()
    }

    /// The items of the reply, of which messages have ids that begin with `message`. They come in the order in which they were
    /// complete, so that what was found while a text was written stands before it.
    pub(super) fn output(&self, message: &str) -> Vec<Value> {
        let mut output = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        let mut open = false;
        for step in &self.steps {
            match step {
                Step::Found(item) | Step::Item(item) | Step::Untold(item) => {
                    output.push(item.clone());
                }
                Step::Text(piece) => match texts.last_mut() {
                    Some(text) if open => text.push_str(piece),
                    _ => {
                        texts.push(piece.clone());
                        open = true;
                    }
                },
                Step::NextMessage => open = false,
                Step::Event(_) => {}
            }
        }
        let status = match self.end {
            End::Incomplete(_) => "incomplete",
            _ => "completed",
        };
        let messages = texts.iter().enumerate();
        output.extend(
            messages.map(|(at, text)| message_item(&message_id(message, at), text, status)),
        );
        output
    }

    /// The items that are there while the run goes on.
    pub(super) fn items(&self) -> Vec<Value> {
        let item = |step: &Step| match step {
            Step::Found(item) | Step::Item(item) => Some(item.clone()),
            _ => None,
        };
        self.steps.iter().filter_map(item).collect()
    }
}

impl Default for Run {
    fn default() -> Self {
        Self::new()
    }
}

impl Step {
    fn written(&self) -> Option<&str> {
        match self {
            Self::Text(piece) => Some(piece),
            _ => None,
        }
    }
}

pub(super) fn message_id(message: &str, at: usize) -> String {
    if at == 0 {
        message.to_owned()
    } else {
        format!("{message}-{at}")
    }
}

pub(super) fn message_item(id: &str, text: &str, status: &str) -> Value {
    json!({
        "type": "message",
        "id": id,
        "role": "assistant",
        "status": status,
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    })
}

/// Splits a text into pieces of so many bytes, each a little longer where a character would be cut.
#[must_use]
pub fn split_text(text: &str, bytes: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for character in text.chars() {
        match pieces.last_mut() {
            Some(piece) if piece.len() < bytes => piece.push(character),
            _ => pieces.push(character.to_string()),
        }
    }
    pieces
}

/// An item of search results. No queries are told as null, as of sources that an earlier answer brought.
#[must_use]
pub fn search_results(queries: &[&str], results: &[Value]) -> Value {
    let queries = (!queries.is_empty()).then_some(queries);
    json!({"type": "search_results", "queries": queries, "results": results})
}

/// A result of a search, without dates.
#[must_use]
pub fn result(id: u64, title: &str, url: &str) -> Value {
    json!({"id": id, "title": title, "url": url, "snippet": format!("An excerpt of {title}."), "source": "web"})
}

/// An item of pages that were read, each a title and an address.
#[must_use]
pub fn fetched(pages: &[(&str, &str)]) -> Value {
    let content = |(title, url): &(&str, &str)| json!({"title": title, "url": url, "snippet": format!("What {title} says.")});
    let contents: Vec<Value> = pages.iter().map(content).collect();
    json!({"type": "fetch_url_results", "contents": contents})
}
