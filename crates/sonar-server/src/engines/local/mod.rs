//! Answers from documents on this machine: what a request means here, and the answer as events. Must not rank or quote anything.

mod beyond;
mod cut;
mod effect;
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
use effect::has_effect;
use plan::Plan;
use reply::{Reply, source};
use research::Findings;
use search::Searches;

use crate::engines::corpus::search::sub_questions::SubQuestion;
use crate::engines::corpus::{Corpus, Extent, Found, LiveCorpus};
use crate::engines::{Engine, Event, Page, Search};
use crate::{Failure, clock};

/// Answers with excerpts of a corpus.
#[derive(Clone, Debug)]
pub struct LocalEngine {
    corpus: LiveCorpus,
    searches: Searches,
}

impl LocalEngine {
    /// An engine that searches `corpus`, on as many threads at once as there are processors.
    #[must_use]
    pub fn new(corpus: impl Into<LiveCorpus>) -> Self {
        Self {
            corpus: corpus.into(),
            searches: Searches::default(),
        }
    }
}

impl Engine for LocalEngine {
    fn name(&self) -> &'static str {
        "local-excerpts"
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
        let answering = Answering {
            corpus: self.corpus.current(),
            searches: self.searches.clone(),
            plan,
        };
        let events = answering.events(request);
        events
            .map(|event| event.unwrap_or_else(Event::Failed))
            .boxed()
    }
}

/// One answer in the making.
struct Answering {
    /// The documents as they were when the question came.
    corpus: Arc<Corpus>,
    searches: Searches,
    plan: Arc<Plan>,
}

impl Answering {
    /// The searches as they are made, then the sources, then the text.
    fn events(self, request: Arc<ChatRequest>) -> impl Stream<Item = Result<Event, Failure>> {
        try_stream! {
            let found = self.search_question().await?;
            yield told(&[&self.plan.query.text], &found);
            let sub_questions = self.sub_questions(&found).await?;
            let mut findings = Findings::new(found);
            for sub_question in sub_questions {
                if findings.excerpts().count() >= self.most_sources() {
                    break;
                }
                let found = self.search_heading(&sub_question).await?;
                yield told(&[&sub_question.heading, &sub_question.title], &found);
                findings.add(sub_question.heading, found, self.most_sources());
            }
            let reply = Reply::to(&request, &self.plan, &findings);
            // A conversation may be long, and sending its answer may take as long as the client likes.
            drop(request);
            yield Event::Sources(reply.sources);
            for delta in reply.deltas {
                yield Event::Delta(delta);
            }
            yield Event::Done(Box::new(reply.done));
        }
    }

    async fn search_question(&self) -> Result<Found, Failure> {
        let plan = Arc::clone(&self.plan);
        let search = move |corpus: &Corpus| corpus.find(&plan.query, &plan.filters, &plan.budget);
        self.searches.run(&self.corpus, search).await
    }

    async fn search_heading(&self, question: &SubQuestion) -> Result<Found, Failure> {
        let plan = Arc::clone(&self.plan);
        let query = question.query(plan.query.language.as_deref());
        let search = move |corpus: &Corpus| corpus.find(&query, &plan.filters, &plan.budget);
        self.searches.run(&self.corpus, search).await
    }

    /// The headings to search for: none, unless it is research and the question itself found something.
    async fn sub_questions(&self, found: &Found) -> Result<Vec<SubQuestion>, Failure> {
        let Some(research) = self.plan.research.filter(|_| !found.excerpts.is_empty()) else {
            return Ok(Vec::new());
        };
        let (plan, found) = (Arc::clone(&self.plan), found.clone());
        let ask = move |corpus: &Corpus| {
            corpus.sub_questions(&found, &plan.filters, research.sub_questions)
        };
        self.searches.run(&self.corpus, ask).await
    }

    fn most_sources(&self) -> usize {
        self.plan.research.map_or(0, |research| research.sources)
    }
}

/// A search that was made.
fn told(keywords: &[&str], found: &Found) -> Event {
    Event::Search(Search {
        keywords: keywords.iter().map(|&keyword| keyword.to_owned()).collect(),
        results: found.excerpts.iter().map(source).collect(),
    })
}
