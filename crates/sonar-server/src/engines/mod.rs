//! What can answer behind the server, one folder an engine. Must not speak HTTP.

pub mod corpus;

use std::sync::Arc;

use futures_util::stream::BoxStream;
use sonar::{ChatRequest, FinishReason, Image, SearchResult, Usage};

use crate::Failure;

/// What answers questions.
///
/// The server has checked every request against the protocol before an engine sees it, ends a stream that does not end
/// itself, and turns a panic into a failure of that one answer.
pub trait Engine: Send + Sync + 'static {
    /// What answers, for people: the response header `x-answer-engine`, such as `local-excerpts`.
    fn name(&self) -> &str;

    /// What the ids of this engine's answers begin with.
    fn id_prefix(&self) -> &'static str {
        ""
    }

    /// The request fields that change this engine's answers, dotted where nested (`web_search_options.search_type`).
    /// Any other field that a request sets is named in the response header `x-sonar-ignored`.
    fn honours(&self) -> &'static [&'static str];

    /// Refuses a request that this engine cannot answer as it is meant.
    ///
    /// # Errors
    ///
    /// A [`Failure`] whose sentence names the field.
    fn check(&self, request: &ChatRequest) -> Result<(), Failure>;

    /// Answers. Dropping the stream drops the work.
    fn answer(&self, request: Arc<ChatRequest>) -> BoxStream<'static, Event>;
}

/// What happens while an answer comes about: `Sources` first and once, then `Delta`s, then `Done`. `Failed` may come at
/// any point and ends the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The sources, numbered from 1 by their place. No text can cite anything else.
    Sources(Vec<SearchResult>),
    /// The next piece of text.
    Delta(String),
    /// The answer is complete.
    Done(Box<Done>),
    /// There is no answer, or no more of it.
    Failed(Failure),
}

/// How an answer ended, and what comes beside its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Why it ended.
    pub finish: FinishReason,
    /// What was used, in total.
    pub usage: Usage,
    /// Questions that could follow.
    pub related: Vec<String>,
    /// Images of the sources.
    pub images: Vec<Image>,
}
