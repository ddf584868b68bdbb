//! Searches the documents and, where there is one, the web side by side for one question. Must let neither wait for the other
//! longer than its time, and must rank nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sonar::{SearchResult, SourceKind};
use tokio::time::{Instant, timeout};

use super::merge::merged;
use super::plan::Plan;
use super::reply::source;
use super::search::Searches;
use crate::Failure;
use crate::engines::corpus::search::sub_questions::SubQuestion;
use crate::engines::corpus::write::WebPart;
use crate::engines::corpus::{Corpus, Found, Query};
use crate::engines::web::{Read, Web, WebQuery};
use crate::engines::{Event, Fetch, Search};

/// How many searches' worth of time and of pages all searches of a research may take of the web. After that time, it goes on in
/// the documents; after so many pages, of others what the search engine shows is all there is.
const SEARCHES_OF_A_RESEARCH: u16 = 5;

/// How long searching what was found on the web may take. It is there by then, and even long pages take milliseconds.
const LONGEST_SEARCH: Duration = Duration::from_secs(2);

/// What one answer searches.
pub(super) struct Both {
    /// The documents as they were when the question came.
    pub(super) corpus: Arc<Corpus>,
    pub(super) searches: Searches,
    web_searches: Searches,
    pub(super) plan: Arc<Plan>,
    web: Option<Web>,
    /// When the web has had its time.
    until: Instant,
    /// How many pages may still be fetched. One search follows the other, so that none takes what another has.
    pages_left: AtomicUsize,
}

/// What one search found.
pub(super) struct Searched {
    /// What both found together.
    pub(super) found: Found,
    /// Whether there are no documents that could have been searched.
    pub(super) no_documents: bool,
    documents: Found,
    web: OfTheWeb,
    /// What the documents were searched for.
    keywords: Vec<String>,
}

/// What the web had to a search.
enum OfTheWeb {
    NotAsked,
    Silent,
    Found {
        asked: String,
        /// Whether SearXNG was asked for it, or its results were there from a question before.
        anew: bool,
        /// The pages that were read, as far as filters let them be told.
        read: Vec<SearchResult>,
        pages: Arc<Corpus>,
        found: Found,
    },
}

impl Both {
    pub(super) fn new(
        corpus: Arc<Corpus>,
        searches: Searches,
        web_searches: Searches,
        web: Option<Web>,
        plan: Arc<Plan>,
    ) -> Self {
        let longest = web.as_ref().map(Web::longest).unwrap_or_default();
        let most_pages = web.as_ref().map(Web::most_pages).unwrap_or_default();
        let times = plan.research.map_or(1, |_| SEARCHES_OF_A_RESEARCH);
        Self {
            corpus,
            searches,
            web_searches,
            plan,
            web,
            until: Instant::now() + longest * u32::from(times),
            pages_left: AtomicUsize::new(most_pages * usize::from(times)),
        }
    }

    /// Searches for the question itself.
    pub(super) async fn question(&self) -> Result<Searched, Failure> {
        let query = self.plan.query.clone();
        let keywords = vec![query.text.clone()];
        self.search(query, keywords).await
    }

    /// What the web is asked for the question, where it is: that takes a while.
    pub(super) fn asked_of_the_web(&self) -> Option<String> {
        self.web.as_ref()?;
        let plan = &self.plan;
        let asked = WebQuery::of(
            &plan.query,
            &plan.filters,
            plan.range,
            self.corpus.language(),
        );
        asked.map(|asked| asked.text)
    }

    /// Searches for a heading.
    pub(super) async fn heading(&self, question: &SubQuestion) -> Result<Searched, Failure> {
        let query = question.query(self.plan.query.language.as_deref());
        let keywords = vec![question.heading.clone(), question.title.clone()];
        self.search(query, keywords).await
    }

    async fn search(&self, query: Query, keywords: Vec<String>) -> Result<Searched, Failure> {
        let (documents, web) = tokio::join!(self.in_documents(&query), self.on_the_web(&query));
        let documents = documents?;
        let found = match &web {
            OfTheWeb::Found { found, .. } => {
                merged(documents.clone(), found.clone(), &self.plan.budget)
            }
            OfTheWeb::NotAsked | OfTheWeb::Silent => documents.clone(),
        };
        Ok(Searched {
            found,
            no_documents: self.corpus.is_empty(),
            documents,
            web,
            keywords,
        })
    }

    async fn in_documents(&self, query: &Query) -> Result<Found, Failure> {
        let (plan, query) = (Arc::clone(&self.plan), query.clone());
        let search = move |corpus: &Corpus| corpus.find(&query, &plan.filters, &plan.budget);
        self.searches.run(&self.corpus, search).await
    }

    /// What is found there is searched as the documents are, with the same filters.
    async fn on_the_web(&self, query: &Query) -> OfTheWeb {
        let Some(web) = &self.web else {
            return OfTheWeb::NotAsked;
        };
        if self.until <= Instant::now() {
            return OfTheWeb::NotAsked;
        }
        let until = self.until.min(Instant::now() + web.longest());
        let (plan, usual) = (&self.plan, self.corpus.language());
        let Some(asked) = WebQuery::of(query, &plan.filters, plan.range, usual) else {
            return OfTheWeb::NotAsked;
        };
        let usual = query.language.as_deref().unwrap_or(usual);
        let pages_left = self.pages_left.load(Ordering::Relaxed);
        let documents = web.documents(&asked, &plan.filters, usual, pages_left, until);
        let Ok(answered) = documents.await else {
            return OfTheWeb::Silent;
        };
        self.pages_left
            .fetch_sub(answered.fetched, Ordering::Relaxed);
        let (found, anew) = (answered.read, answered.asked);
        let told = |read: &&Read| {
            let (published, updated) = (&read.document.date, &read.document.updated);
            let filters = &plan.filters;
            read.is_page && filters.allow_days(published.as_deref(), updated.as_deref())
        };
        let read = found.iter().filter(told).map(page).collect();
        let documents = found.into_iter().map(|read| read.document).collect();
        let (plan, query) = (Arc::clone(&self.plan), query.clone());
        // In turns of its own: what a page does to its search is no reason for documents to wait.
        let searched = self.web_searches.run(&self.corpus, move |corpus| {
            let pages = corpus.beside(documents);
            let found = pages.find(&query, &plan.filters, &plan.budget);
            (Arc::new(pages), found)
        });
        match timeout(LONGEST_SEARCH, searched).await {
            Ok(Ok((pages, found))) => OfTheWeb::Found {
                asked: asked.text,
                anew,
                read,
                pages,
                found,
            },
            // The log has told it.
            Ok(Err(_)) => OfTheWeb::Silent,
            Err(_) => {
                tracing::warn!("what the web found took too long to search");
                OfTheWeb::Silent
            }
        }
    }

    /// The headings to search for: none, unless it is research and the question itself found something. Those of documents and
    /// of pages take turns.
    pub(super) async fn sub_questions(
        &self,
        searched: &Searched,
    ) -> Result<Vec<SubQuestion>, Failure> {
        let Some(research) = self.plan.research else {
            return Ok(Vec::new());
        };
        if searched.found.excerpts.is_empty() {
            return Ok(Vec::new());
        }
        let most = research.sub_questions;
        let of_documents = self
            .headings(&self.corpus, &searched.documents, most)
            .await?;
        let of_pages = match &searched.web {
            OfTheWeb::Found { pages, found, .. } => self.headings(pages, found, most).await?,
            OfTheWeb::NotAsked | OfTheWeb::Silent => Vec::new(),
        };
        Ok(searched.first_of(of_documents, of_pages, most))
    }

    /// Headings of the best pages, where these are good enough to be quoted.
    async fn headings(
        &self,
        corpus: &Arc<Corpus>,
        found: &Found,
        most: usize,
    ) -> Result<Vec<SubQuestion>, Failure> {
        if found.excerpts.is_empty() {
            return Ok(Vec::new());
        }
        let (plan, found) = (Arc::clone(&self.plan), found.clone());
        let ask = move |corpus: &Corpus| corpus.sub_questions(&found, &plan.filters, most);
        self.searches.run(corpus, ask).await
    }
}

impl Searched {
    /// The searches that were made and the pages that were read, as the reader of a stream is told them.
    pub(super) fn told(&self) -> Vec<Event> {
        let told = |keywords: Vec<String>, found: &Found| {
            Event::Search(Search {
                keywords,
                results: found.excerpts.iter().map(source).collect(),
            })
        };
        let mut events = Vec::new();
        if !self.no_documents {
            events.push(told(self.keywords.clone(), &self.documents));
        }
        if let OfTheWeb::Found {
            asked, read, found, ..
        } = &self.web
        {
            events.push(told(vec![asked.clone()], found));
            if !read.is_empty() {
                let pages = read.clone();
                events.push(Event::Fetch(Fetch { pages }));
            }
        }
        events
    }

    /// How many searches were made. What was still there from another question was not searched for again.
    pub(super) fn searches(&self) -> u64 {
        let of_the_web = matches!(self.web, OfTheWeb::Found { anew: true, .. });
        u64::from(!self.no_documents) + u64::from(of_the_web)
    }

    /// What the web has to do with the sources at `quoted`.
    pub(super) fn web_part<'a>(&self, mut quoted: impl Iterator<Item = &'a str>) -> WebPart {
        match &self.web {
            OfTheWeb::NotAsked => WebPart::None,
            OfTheWeb::Silent => WebPart::Silent,
            OfTheWeb::Found { found, .. } => {
                let is_of_the_web = |url: &str| {
                    let has = |found: &Found| found.excerpts.iter().any(|own| own.url == url);
                    has(found) && !has(&self.documents)
                };
                match quoted.any(is_of_the_web) {
                    true => WebPart::Quoted,
                    false => WebPart::Searched,
                }
            }
        }
    }

    /// In turns, those of the surer first, each heading once.
    fn first_of(
        &self,
        documents: Vec<SubQuestion>,
        pages: Vec<SubQuestion>,
        most: usize,
    ) -> Vec<SubQuestion> {
        let documents_first = self.documents.excerpts.first().map(|quoted| &quoted.url)
            == self.found.excerpts.first().map(|quoted| &quoted.url);
        let (first, second) = match documents_first {
            true => (documents, pages),
            false => (pages, documents),
        };
        super::merge::headings(first, second, most)
    }
}

/// A page that was read, in the protocol's words.
fn page(read: &Read) -> SearchResult {
    let document = &read.document;
    SearchResult {
        title: document.title.clone(),
        url: document.url.clone(),
        date: document.date.clone(),
        last_updated: document.updated.clone(),
        source: Some(SourceKind::Web),
        ..SearchResult::default()
    }
}
