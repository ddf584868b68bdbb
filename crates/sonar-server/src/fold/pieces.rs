//! The pieces of a stream, full or concise. Must add up to the JSON reply of the same events.

use serde_json::{Map, json};
use sonar::{ChatChunk, ChatCompletion, Choice, ReasoningStep};

use super::{Answer, Head, choice};
use crate::Failure;
use crate::engines::{Event, Fetch, Search};

const CHUNK: &str = "chat.completion.chunk";
const DONE: &str = "chat.completion.done";
const REASONING: &str = "chat.reasoning";
const REASONING_DONE: &str = "chat.reasoning.done";

/// An answer that is read piece by piece.
#[derive(Debug)]
pub(crate) struct Pieces {
    answer: Answer,
    steps: Vec<ReasoningStep>,
}

impl Pieces {
    pub(crate) fn new(head: Head) -> Self {
        Self {
            answer: Answer::new(head),
            steps: Vec::new(),
        }
    }

    /// The pieces an event makes.
    pub(crate) fn take(&mut self, event: Event) -> Result<Vec<ChatChunk>, Failure> {
        match event {
            Event::Upstream(upstream) => {
                self.answer.head.answered_by(upstream);
                Ok(Vec::new())
            }
            Event::Searching(keywords) => Ok(self.step_begun(&keywords)),
            Event::Search(search) => Ok(self.step_told(|| searched(&search))),
            Event::Fetch(fetch) => Ok(self.step_told(|| read(&fetch))),
            Event::Sources(sources) => {
                self.answer.sources = sources;
                Ok(vec![self.first()])
            }
            Event::MoreSources(more) => {
                self.answer.sources.append(more);
                Ok(Vec::new())
            }
            Event::Delta(text) => {
                self.answer.add(&text);
                Ok(vec![self.next(&text)])
            }
            Event::Done(done) => {
                let mut last = self.answer.finished(DONE, *done);
                self.tell_steps(&mut last);
                Ok(vec![last])
            }
            Event::Failed(failure) => Err(failure),
        }
    }

    /// What was found, before any text: some clients read it from the first piece only.
    fn first(&self) -> ChatChunk {
        if self.answer.head.concise {
            return self.searches_done();
        }
        let first = self.next("");
        if self.throughout() {
            self.answer.with_findings(first)
        } else {
            first
        }
    }

    fn next(&self, text: &str) -> ChatChunk {
        if self.answer.head.concise {
            return self.answer.bare(CHUNK, choice("", text, None));
        }
        ChatCompletion {
            usage: Some(self.answer.usage()),
            citations: self.throughout().then(|| self.answer.citations()),
            ..self
                .answer
                .bare(CHUNK, choice(&self.answer.text, text, None))
        }
    }

    /// Whether the sources are named before the end.
    fn throughout(&self) -> bool {
        !self.answer.head.dialect.citations_only_last
    }

    /// What a concise stream says while the engine searches: the steps that were really taken.
    fn step_told(&mut self, told: impl FnOnce() -> ReasoningStep) -> Vec<ChatChunk> {
        if !self.answer.head.concise {
            return Vec::new();
        }
        let told = told();
        self.steps.push(told.clone());
        vec![self.step(told)]
    }

    /// What it says of a search that has begun. That is no step: it becomes one when it was made.
    fn step_begun(&self, keywords: &[String]) -> Vec<ChatChunk> {
        if !self.answer.head.concise {
            return Vec::new();
        }
        let what = json!({ "search_keywords": keywords, "search_results": [] });
        vec![self.step(ReasoningStep {
            thought: "Searching.".to_owned(),
            kind: Some("web_search".to_owned()),
            extra: Map::from_iter([("web_search".to_owned(), what)]),
        })]
    }

    fn step(&self, told: ReasoningStep) -> ChatChunk {
        let mut step = choice("", "", None);
        if let Some(delta) = &mut step.delta {
            delta.reasoning_steps = Some(vec![told]);
        }
        self.answer.bare(REASONING, step)
    }

    /// The one piece of a concise stream before the last that tells what was found.
    fn searches_done(&self) -> ChatChunk {
        let bare = self.answer.bare(REASONING_DONE, choice("", "", None));
        let mut done = ChatCompletion {
            usage: Some(self.answer.usage()),
            citations: None,
            related_questions: None,
            ..self.answer.with_findings(bare)
        };
        self.tell_steps(&mut done);
        done
    }

    fn tell_steps(&self, piece: &mut ChatChunk) {
        let message = piece
            .choices
            .first_mut()
            .and_then(|choice: &mut Choice| choice.message.as_mut());
        if let Some(message) = message.filter(|_| self.answer.head.concise) {
            message.reasoning_steps = Some(self.steps.clone());
        }
    }
}

/// A search in the protocol's words. The thought says what was done, for nobody thought.
fn searched(search: &Search) -> ReasoningStep {
    let count = search.results.len();
    let s = if count == 1 { "" } else { "s" };
    let what = json!({ "search_keywords": search.keywords, "search_results": search.results });
    ReasoningStep {
        thought: format!("Searched the sources: {count} result{s}."),
        kind: Some("web_search".to_owned()),
        extra: Map::from_iter([("web_search".to_owned(), what)]),
    }
}

/// Pages that were read, in the protocol's words.
fn read(fetch: &Fetch) -> ReasoningStep {
    let count = fetch.pages.len();
    let s = if count == 1 { "" } else { "s" };
    let what = json!({ "contents": fetch.pages });
    ReasoningStep {
        thought: format!("Read {count} page{s}."),
        kind: Some("fetch_url_content".to_owned()),
        extra: Map::from_iter([("fetch_url_content".to_owned(), what)]),
    }
}
