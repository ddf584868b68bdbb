//! Turns the one stream of events into what a client reads: a JSON reply or pieces of a stream. Must not await anything.

mod pieces;
mod whole;

pub(crate) use pieces::Pieces;
pub(crate) use whole::Whole;

use std::sync::Arc;

use sonar::{ChatCompletion, ChatRequest, Choice, FinishReason, Message, SearchResult};

use crate::engines::Done;
use crate::usage::Estimate;

/// What every reply to one request says about itself.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    /// Id of the answer.
    pub(crate) id: String,
    /// Seconds since 1970.
    pub(crate) created: i64,
    /// The request that is answered.
    pub(crate) request: Arc<ChatRequest>,
}

/// The answer so far.
#[derive(Debug)]
struct Answer {
    head: Head,
    sources: Vec<SearchResult>,
    text: String,
    estimate: Estimate,
}

impl Answer {
    fn new(head: Head) -> Self {
        let estimate = Estimate::new(&head.request);
        Self {
            head,
            sources: Vec::new(),
            text: String::new(),
            estimate,
        }
    }

    fn add(&mut self, text: &str) {
        self.text.push_str(text);
        self.estimate.add(text);
    }

    /// A reply or a piece with nothing in it but what all of them carry.
    fn bare(&self, object: &str, choice: Choice) -> ChatCompletion {
        ChatCompletion {
            id: self.head.id.clone(),
            model: self.head.request.model.clone(),
            created: self.head.created,
            object: object.to_owned(),
            choices: vec![choice],
            ..ChatCompletion::default()
        }
    }

    fn citations(&self) -> Vec<String> {
        self.sources
            .iter()
            .map(|source| source.url.clone())
            .collect()
    }

    /// The complete answer; all of its text stands in the message and none in the delta.
    fn finished(&self, object: &str, done: Done) -> ChatCompletion {
        let asked = &self.head.request;
        ChatCompletion {
            usage: Some(done.usage),
            citations: Some(self.citations()),
            search_results: Some(self.sources.clone()),
            images: (asked.return_images == Some(true)).then_some(done.images),
            related_questions: (asked.return_related_questions == Some(true))
                .then_some(done.related),
            ..self.bare(object, choice(&self.text, "", Some(done.finish)))
        }
    }
}

/// A choice with both `message` and `delta`: some clients need the one, some the other.
fn choice(message: &str, delta: &str, finish_reason: Option<FinishReason>) -> Choice {
    Choice {
        message: Some(Message::assistant(message)),
        delta: Some(Message::assistant(delta)),
        finish_reason,
        ..Choice::default()
    }
}
