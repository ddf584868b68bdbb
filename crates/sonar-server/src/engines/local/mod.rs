//! Answers from documents on this machine, and from the web where it is to be searched too: what a request means here, and the
//! answer as events. Must not rank or quote anything.

mod beyond;
mod both;
mod cut;
mod effect;
mod merge;
mod pictures;
mod plan;
mod related;
mod reply;
mod research;
mod search;
mod structured;

use std::sync::Arc;

use async_stream::try_stream;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use sonar::ChatRequest;

use beyond::{asks_nothing, beyond};
use both::Both;
use effect::has_effect;
use plan::Plan;
use reply::Reply;
use research::Findings;
use search::Searches;

use crate::engines::corpus::{Extent, LiveCorpus};
use crate::engines::web::Web;
use crate::engines::{Engine, Event, Page};
use crate::{Failure, clock};

/// Answers with excerpts of a corpus, and of the web beside it.
#[derive(Clone, Debug)]
pub struct LocalEngine {
    corpus: LiveCorpus,
    searches: Searches,
    web: Option<Web>,
}

impl LocalEngine {
    /// An engine that searches `corpus`, on as many threads at once as there are processors.
    #[must_use]
    pub fn new(corpus: impl Into<LiveCorpus>) -> Self {
        Self {
            corpus: corpus.into(),
            searches: Searches::default(),
            web: None,
        }
    }

    /// The same, which searches the web beside the documents.
    #[must_use]
    pub fn searching_the_web(self, web: Web) -> Self {
        Self {
            web: Some(web),
            ..self
        }
    }
}

impl Engine for LocalEngine {
    fn name(&self) -> &'static str {
        match self.web {
            None => "local-excerpts",
            Some(_) => "local-excerpts+web",
        }
    }

    fn id_prefix(&self) -> &'static str {
        "local-"
    }

    fn honours(&self, request: &ChatRequest, field: &str) -> bool {
        has_effect(request, field)
    }

    fn check(&self, request: &ChatRequest) -> Result<(), Failure> {
        match beyond(request) {
            Some(message) => Err(Failure::unsupported(message)),
            None if asks_nothing(request) => Err(Failure::bad_request(
                "invalid_message",
                "messages: the last user message holds no text to search for.",
            )),
            None => Ok(()),
        }
    }

    fn page(&self, path: &str) -> Option<Page> {
        self.corpus.current().page(path)
    }

    fn answer(&self, request: Arc<ChatRequest>) -> BoxStream<'static, Event> {
        let plan = Arc::new(Plan::of(&request, clock::now(), Extent::Excerpt));
        let both = Both::new(
            self.corpus.current(),
            self.searches.clone(),
            self.web.clone(),
            plan,
        );
        events(both, request)
            .map(|event| event.unwrap_or_else(Event::Failed))
            .boxed()
    }
}

/// The searches as they are made, then the sources, then the text.
fn events(both: Both, request: Arc<ChatRequest>) -> impl Stream<Item = Result<Event, Failure>> {
    try_stream! {
        let searched = both.question().await?;
        for told in searched.told() {
            yield told;
        }
        let most = both.plan.research.map_or(0, |research| research.sources);
        let mut findings = Findings::of(&searched);
        for sub_question in both.sub_questions(&searched).await? {
            if findings.excerpts().count() >= most {
                break;
            }
            let searched = both.heading(&sub_question).await?;
            for told in searched.told() {
                yield told;
            }
            findings.add_searched(sub_question.heading, &searched, most);
        }
        let reply = Reply::to(&request, &both.plan, &findings);
        // A conversation may be long, and sending its answer may take as long as the client likes.
        drop(request);
        yield Event::Sources(reply.sources);
        for delta in reply.deltas {
            yield Event::Delta(delta);
        }
        yield Event::Done(Box::new(reply.done));
    }
}
