//! Answers from documents on this machine, and from the web where it is to be searched too: what a request means here, and the
//! answer as events. Must not rank or quote anything.

mod beyond;
mod bill;
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
mod written;

use std::sync::Arc;
use std::time::Duration;

use async_stream::try_stream;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use sonar::ChatRequest;
use tokio::time::Instant;

use beyond::{asks_nothing, beyond};
use both::Both;
use effect::has_effect;
use plan::Plan;
use reply::{Reply, Text};
use research::Findings;
use search::Searches;
use written::sent;

use crate::engines::corpus::{Extent, LiveCorpus};
use crate::engines::web::Web;
use crate::engines::writer::Writer;
use crate::engines::{Engine, Event, Page};
use crate::{Failure, clock};

/// Answers with excerpts of a corpus, and of the web beside it, or with what a language model writes from their passages.
#[derive(Clone, Debug)]
pub struct LocalEngine {
    corpus: LiveCorpus,
    searches: Searches,
    web_searches: Searches,
    web: Option<Web>,
    writer: Option<Writer>,
    name: String,
}

impl LocalEngine {
    /// An engine that searches `corpus`, on as many threads at once as there are processors.
    #[must_use]
    pub fn new(corpus: impl Into<LiveCorpus>) -> Self {
        Self {
            corpus: corpus.into(),
            searches: Searches::default(),
            web_searches: Searches::default(),
            web: None,
            writer: None,
            name: String::new(),
        }
        .named()
    }

    /// The same, which searches the web beside the documents.
    #[must_use]
    pub fn searching_the_web(self, web: Web) -> Self {
        Self {
            web: Some(web),
            ..self
        }
        .named()
    }

    /// The same, whose answers are written by a language model.
    #[must_use]
    pub fn writing_with(self, writer: Writer) -> Self {
        Self {
            writer: Some(writer),
            ..self
        }
        .named()
    }

    /// With the name that says who answers, and from where.
    fn named(self) -> Self {
        let who = match &self.writer {
            None => "local-excerpts".to_owned(),
            Some(writer) => format!("local-llm:{}", writer.model()),
        };
        let web = if self.web.is_some() { "+web" } else { "" };
        Self {
            name: format!("{who}{web}"),
            ..self
        }
    }
}

impl Engine for LocalEngine {
    fn name(&self) -> &str {
        &self.name
    }

    fn id_prefix(&self) -> &'static str {
        "local-"
    }

    fn honours(&self, request: &ChatRequest, field: &str) -> bool {
        has_effect(request, field, self.writer.is_some())
    }

    fn check(&self, request: &ChatRequest) -> Result<(), Failure> {
        match beyond(request, self.writer.is_some()) {
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
        let extent = match self.writer {
            Some(_) => Extent::Passage,
            None => Extent::Excerpt,
        };
        let plan = Arc::new(Plan::of(&request, clock::now(), extent));
        let writer = self.writer.clone();
        let both = Both::new(
            self.corpus.current(),
            self.searches.clone(),
            self.web_searches.clone(),
            self.web.clone(),
            plan,
        );
        events(both, writer, request)
            .map(|event| event.unwrap_or_else(Event::Failed))
            .boxed()
    }
}

/// The longest from the question to the last word of a model: the server gives an answer 300 seconds, and excerpts must find time within.
const LONGEST: Duration = Duration::from_secs(290);

/// The searches as they are made, then the sources, then the text.
fn events(
    both: Both,
    writer: Option<Writer>,
    request: Arc<ChatRequest>,
) -> impl Stream<Item = Result<Event, Failure>> {
    try_stream! {
        let latest = Instant::now() + LONGEST;
        let mut findings = Findings::none();
        if both.plan.searches {
            if let Some(asked) = both.asked_of_the_web() {
                yield Event::Searching(vec![asked]);
            }
            let searched = both.question().await?;
            for told in searched.told() {
                yield told;
            }
            let most = both.plan.research.map_or(0, |research| research.sources);
            findings = Findings::of(&searched);
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
        }
        let reply = Reply::to(&request, &both.plan, &findings, writer.as_ref().map(|writer| (writer, latest)));
        // A conversation may be long, and sending its answer may take as long as the client likes.
        drop(request);
        yield Event::Sources(reply.sources);
        let mut events = events_of(reply.text);
        while let Some(event) = events.next().await {
            yield event;
        }
    }
}

/// The text as it comes, and its end.
fn events_of(text: Text) -> BoxStream<'static, Event> {
    match text {
        Text::Quoted((texts, finish), bill) => {
            stream::iter(sent(texts, finish, bill, None)).boxed()
        }
        Text::Written(commission) => commission.events().boxed(),
        Text::Failed(failure) => stream::iter([Event::Failed(failure)]).boxed(),
    }
}
