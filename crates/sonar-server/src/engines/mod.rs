//! What can answer behind the server, one folder an engine. Must not speak HTTP.

pub mod agent;
pub mod corpus;
pub mod local;
pub mod web;
pub mod writer;

use std::sync::Arc;

use futures_util::future::BoxFuture;
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

    /// Whether a field that `request` sets changes this engine's answer, or asks for what it does anyway. Fields are
    /// dotted where nested (`web_search_options.search_type`); system messages are the field `messages.system`. Those that
    /// are not honoured are named in the response header `x-sonar-ignored`.
    fn honours(&self, request: &ChatRequest, field: &str) -> bool;

    /// Refuses a request that this engine cannot answer as it is meant.
    ///
    /// # Errors
    ///
    /// A [`Failure`] whose sentence names the field.
    fn check(&self, request: &ChatRequest) -> Result<(), Failure>;

    /// The document that a source names as [`LOCAL`] and `path`, for want of a public address.
    fn page(&self, path: &str) -> Option<Page> {
        let _ = path;
        None
    }

    /// Where jobs of this engine run, when that is not here.
    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        None
    }

    /// Answers. Dropping the stream drops the work.
    fn answer(&self, request: Arc<ChatRequest>) -> BoxStream<'static, Event>;
}

/// A service behind this one at which answers come about by themselves, whatever becomes of this server. A run that was begun is
/// paid for, so nothing is begun twice.
pub trait Elsewhere: Send + Sync {
    /// Has the service begin to answer, and tells what the run is called: letters, digits, `-` and `_`.
    ///
    /// # Errors
    ///
    /// See [`NotBegun`].
    fn begin(&self, request: Arc<ChatRequest>) -> BoxFuture<'static, Result<String, NotBegun>>;

    /// The answer of a run, when it is there. Of `request` only what concerns the form of the answer is looked at.
    fn follow(&self, run: &str, request: Arc<ChatRequest>) -> BoxStream<'static, Event>;

    /// Sixteen letters that nobody else can make for a text. They tell the ids this server handed out from made-up ones.
    fn seal(&self, text: &str) -> String;
}

/// Why there is no run.
#[derive(Clone, Debug, PartialEq)]
pub enum NotBegun {
    /// The service refused it, or was never reached.
    Refused(Failure),
    /// The request was sent and no reply came: it may have begun.
    Unknown(Failure),
}

/// What happens while an answer comes about.
///
/// `Upstream` where another service answers, any number of `Search`es and `Fetch`es, `Sources` once, then `Delta`s and
/// `MoreSources`, then `Done`. `Failed` may come at any point and ends the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A service behind this one took the question.
    Upstream(Upstream),
    /// A search begins that takes a while, for these words. When it was made, [`Event::Search`] tells what it found.
    Searching(Vec<String>),
    /// A search was made. Tell only what really happened: a concise stream shows it to the reader.
    Search(Search),
    /// Pages were read. Likewise.
    Fetch(Fetch),
    /// What the answer is made from, found before any of it is written.
    Sources(Sources),
    /// What was found later. It goes behind what was named before: a number that was once told keeps its source.
    MoreSources(Sources),
    /// The next piece of text.
    Delta(String),
    /// The answer is complete.
    Done(Box<Done>),
    /// There is no answer, or no more of it.
    Failed(Failure),
}

/// What a service behind this one says of its reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upstream {
    /// The id that the answer is to have.
    pub id: Option<String>,
    /// Headers that are passed on to the client.
    pub headers: Vec<(&'static str, String)>,
}

/// A search on the way to an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// What was searched for.
    pub keywords: Vec<String>,
    /// What was found, best first. The numbers of the answer are not known yet.
    pub results: Vec<SearchResult>,
}

/// Pages that were read on the way to an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetch {
    /// What each holds, in short.
    pub pages: Vec<SearchResult>,
}

/// What an answer is made from, and what comes beside its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources {
    /// The sources, numbered from 1 by their place. No text can cite anything else.
    pub results: Vec<SearchResult>,
    /// Images of the sources.
    pub images: Vec<Image>,
    /// Questions that could follow.
    pub related: Vec<String>,
}

impl Sources {
    /// Puts what was found later behind the rest.
    pub(crate) fn append(&mut self, more: Self) {
        self.results.extend(more.results);
        self.images.extend(more.images);
        self.related.extend(more.related);
    }
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Why it ended.
    pub finish: FinishReason,
    /// What was used, in total.
    pub usage: Usage,
}

/// How the address of a source begins that has no public one. The server turns it into a link to itself, when it may.
pub const LOCAL: &str = "local:/";

/// A document, for showing it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its title.
    pub title: String,
    /// Its language, such as `en`.
    pub language: String,
    /// Its sections, in order.
    pub sections: Vec<PageSection>,
}

/// A section of a [`Page`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageSection {
    /// What links to it bear after `#`; empty for the top.
    pub anchor: String,
    /// Its heading; none for the top.
    pub heading: Option<String>,
    /// Its text.
    pub blocks: Vec<PageBlock>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageBlock {
    /// A paragraph.
    Prose(String),
    /// An item of a list, or a row of a table.
    Item(String),
    /// Code, line by line.
    Code(String),
}
