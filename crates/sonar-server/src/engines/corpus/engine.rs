//! The corpus behind the server: what a request means here, and the answer as events. Must not rank or quote anything.

mod beyond;
mod cut;
mod effect;
mod plan;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use async_stream::stream;
use futures_util::stream::{BoxStream, StreamExt};
use sonar::{ChatRequest, SearchResult, SourceKind, Usage};
use tokio::sync::Semaphore;

use beyond::{asks_nothing, beyond};
use cut::Cut;
use effect::has_effect;
use plan::Plan;

use super::{Excerpt, LiveCorpus, write};
use crate::engines::{Done, Engine, Event, Page, Search};
use crate::usage::Estimate;
use crate::{Failure, clock};

/// Answers with excerpts of a corpus.
#[derive(Debug)]
pub struct CorpusEngine {
    corpus: LiveCorpus,
    /// Searching is work for a processor: more at once than there are of them would only slow each other down.
    searches: Arc<Semaphore>,
}

impl CorpusEngine {
    /// An engine that searches `corpus`, on as many threads at once as there are processors.
    #[must_use]
    pub fn new(corpus: impl Into<LiveCorpus>) -> Self {
        let at_once = available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            corpus: corpus.into(),
            searches: Arc::new(Semaphore::new(at_once)),
        }
    }
}

impl Engine for CorpusEngine {
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
        let (corpus, searches) = (self.corpus.current(), Arc::clone(&self.searches));
        let plan = Plan::of(&request, clock::now());
        let asked = plan.query.text.clone();
        stream! {
            let Ok(permit) = searches.acquire_owned().await else {
                yield Event::Failed(Failure::internal());
                return;
            };
            let search = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                corpus.find(&plan.query, &plan.filters, &plan.budget)
            });
            let Ok(found) = search.await else {
                tracing::error!("the search of the corpus panicked");
                yield Event::Failed(Failure::internal());
                return;
            };
            let sources: Vec<SearchResult> = found.excerpts.iter().map(source).collect();
            yield Event::Search(Search { keywords: vec![asked], results: sources.clone() });
            yield Event::Sources(sources);
            let (deltas, finish) = Cut::of(&request).apply(write(&found));
            let usage = usage(&request, &deltas);
            for delta in deltas {
                yield Event::Delta(delta);
            }
            yield Event::Done(Box::new(Done { finish, usage, related: Vec::new(), images: Vec::new() }));
        }
        .boxed()
    }
}

fn source(excerpt: &Excerpt) -> SearchResult {
    let title = match &excerpt.section {
        Some(section) if *section != excerpt.title => format!("{} › {section}", excerpt.title),
        _ => excerpt.title.clone(),
    };
    SearchResult {
        title,
        url: excerpt.url.clone(),
        date: excerpt.date.clone(),
        last_updated: excerpt.last_updated.clone(),
        snippet: Some(excerpt.text.clone()),
        source: Some(SourceKind::Web),
        ..SearchResult::default()
    }
}

fn usage(request: &ChatRequest, deltas: &[String]) -> Usage {
    let mut estimate = Estimate::new(request);
    for delta in deltas {
        estimate.add(delta);
    }
    Usage {
        num_search_queries: (request.model == "sonar-deep-research").then_some(1),
        ..estimate.usage()
    }
}
