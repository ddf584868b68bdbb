//! The web as a source, where the operator named a SearXNG. Must rank nothing, and keep no answer waiting longer than it was told.
//!
//! It asks, fetches the best pages, and gives them as documents that are searched like all others: `query` says what is asked,
//! `searxng` asks it, `fetch` gets pages within its rules, `reading` makes documents of them, `kept` remembers for minutes.

mod fetch;
mod kept;
mod query;
mod reading;
mod searxng;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::available_parallelism;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use url::Url;

pub use fetch::Reach;
pub(crate) use query::{Range, WebQuery};
pub(crate) use reading::Read;
pub(crate) use searxng::Fault;

use crate::engines::corpus::Filters;
use crate::engines::corpus::documents::{Document, web_page};
use fetch::{Fetcher, Refused};
use kept::Kept;
use searxng::{Hit, Reply, Searxng};

/// How we say who we are.
const USER_AGENT: &str = concat!(
    "Footnote/",
    env!("CARGO_PKG_VERSION"),
    " (answers a question with sources)"
);

/// The most queries whose results are kept.
const MOST_QUERIES: usize = 256;

/// The most pages that are kept, and the most bytes of them.
const MOST_PAGES: usize = 512;
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// How long a SearXNG that did not answer in time is left alone: else every question would wait for it in vain.
const REST: Duration = Duration::from_secs(30);

/// How the web is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSettings {
    /// The operator's SearXNG, with its path where it has one. It may be at a private address.
    pub searxng: Url,
    /// How many results are taken from a page of results, best first.
    pub results: usize,
    /// How many of them are fetched to be read, for one query; the others are known by what the search engine shows of them.
    pub fetch_pages: usize,
    /// How long searching and fetching may take together, for one query.
    pub longest: Duration,
    /// How long results and pages are kept; zero keeps nothing.
    pub keep: Duration,
}

/// The HTTP clients cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("the web search cannot be set up")]
pub struct WebError(#[from] reqwest::Error);

/// The web, as far as a SearXNG and the pages it finds go. Clones are the same.
#[derive(Clone, Debug)]
pub struct Web(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: WebSettings,
    searxng: Searxng,
    fetcher: Fetcher,
    replies: Kept<WebQuery, Arc<Reply>>,
    /// By the address that was asked for; `None` is a page that there is nothing to read of.
    pages: Kept<Url, Option<Arc<Document>>>,
    /// Reading a page is work for a processor.
    reading: Arc<Semaphore>,
    health: Mutex<Health>,
}

/// What the web had for a query.
#[derive(Debug)]
pub(crate) struct Answered {
    /// What was found, best first.
    pub(crate) read: Vec<Read>,
    /// Whether SearXNG was asked for it; else its results were still there from another time.
    pub(crate) asked: bool,
    /// How many pages were asked for, of any that were not there already.
    pub(crate) fetched: usize,
}

/// What became of the page of a hit.
#[derive(Clone, Debug)]
enum Fetched {
    /// Nothing to read: what the search engine shows of it is all there is.
    Nothing,
    Page(Arc<Document>),
    /// It redirects to where the filters let nobody: it is what they keep out.
    Outside,
}

impl Fetched {
    fn of(page: Option<Arc<Document>>) -> Self {
        page.map_or(Self::Nothing, Self::Page)
    }
}

/// How SearXNG is.
#[derive(Debug, Default)]
struct Health {
    /// The fault that the log told last, so that it is said once and not at every question.
    told: Option<Fault>,
    /// Until when it is left alone.
    rests_until: Option<Instant>,
}

impl Web {
    /// The web by way of a SearXNG; pages are fetched from the public internet alone.
    ///
    /// # Errors
    ///
    /// [`WebError`].
    pub fn new(settings: WebSettings) -> Result<Self, WebError> {
        Self::within(settings, Reach::internet())
    }

    /// The same; pages are fetched from where `reach` allows.
    ///
    /// # Errors
    ///
    /// [`WebError`].
    pub fn within(settings: WebSettings, reach: Reach) -> Result<Self, WebError> {
        let at_once = available_parallelism().map_or(1, NonZeroUsize::get);
        Ok(Self(Arc::new(Inner {
            searxng: Searxng::at(&settings.searxng)?,
            fetcher: Fetcher::new(reach)?,
            replies: Kept::new(settings.keep, MOST_QUERIES, usize::MAX),
            pages: Kept::new(settings.keep, MOST_PAGES, MOST_BYTES),
            reading: Arc::new(Semaphore::new(at_once)),
            health: Mutex::default(),
            settings,
        })))
    }

    /// How many pages are fetched for one query at most.
    pub(crate) fn most_pages(&self) -> usize {
        self.0.settings.fetch_pages
    }

    /// How long one query may take, with the pages it leads to.
    pub(crate) fn longest(&self) -> Duration {
        self.0.settings.longest
    }

    /// Asks SearXNG one question and says how that went: how much it found, and which search engines did not answer it.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong and how to mend it.
    pub async fn check(&self) -> Result<String, String> {
        let web = &self.0;
        let query = WebQuery {
            text: "weather".to_owned(),
            ..WebQuery::default()
        };
        let deadline = Instant::now() + self.longest();
        let reply = web
            .searxng
            .find(&query, web.settings.results, deadline)
            .await;
        let reply = reply.map_err(|fault| fault.advice(self.longest()))?;
        let found = match reply.hits.len() {
            1 => "1 result".to_owned(),
            count => format!("{count} results"),
        };
        match (reply.hits.is_empty(), reply.unresponsive.is_empty()) {
            (_, true) => Ok(format!("SearXNG answers in JSON: {found}")),
            (false, false) => Ok(format!(
                "SearXNG answers in JSON: {found}; of its search engines these did not answer: {}",
                reply.unresponsive.join(", ")
            )),
            (true, false) => Err(format!(
                "{}: {}",
                Fault::NoEngine.advice(self.longest()),
                reply.unresponsive.join(", ")
            )),
        }
    }

    /// What the web has for a query, as documents that pass the domains and languages of `filters`. `usual` is the language of
    /// pages that name none. At most `most_pages` are fetched; the others, and what does not come before `deadline`, are known by
    /// what the search engine shows.
    ///
    /// # Errors
    ///
    /// [`Fault`], after the log has told what to do about it.
    pub(crate) async fn documents(
        &self,
        query: &WebQuery,
        filters: &Filters,
        usual: &str,
        most_pages: usize,
        deadline: Instant,
    ) -> Result<Answered, Fault> {
        let (reply, asked) = self.reply(query, deadline).await?;
        let hits: Vec<&Hit> = reply
            .hits
            .iter()
            .filter(|hit| filters.allow_address(hit.address.as_str()))
            .filter(|hit| self.0.fetcher.names_no_private_host(&hit.address))
            .collect();
        let (pages, fetched) = self.pages(&hits, filters, most_pages, deadline).await;
        let found = hits.into_iter().zip(&pages);
        let found = found.filter_map(|(hit, page)| match page {
            Fetched::Nothing => Some((hit, None)),
            Fetched::Page(page) => Some((hit, Some(page.as_ref()))),
            Fetched::Outside => None,
        });
        Ok(Answered {
            read: reading::documents(found, filters, usual),
            asked,
            fetched,
        })
    }

    /// What SearXNG has for a query, and whether it was asked now.
    async fn reply(
        &self,
        query: &WebQuery,
        deadline: Instant,
    ) -> Result<(Arc<Reply>, bool), Fault> {
        let web = &self.0;
        if let Some(reply) = web.replies.get(query, Instant::now()) {
            return Ok((reply, false));
        }
        if self.rests() {
            return Err(Fault::Silent);
        }
        let reply = web
            .searxng
            .find(query, web.settings.results, deadline)
            .await;
        // A search engine that does not answer looks like an empty web.
        let reply = reply.and_then(|reply| {
            let silent = reply.hits.is_empty() && !reply.unresponsive.is_empty();
            if silent {
                Err(Fault::NoEngine)
            } else {
                Ok(reply)
            }
        });
        self.note(reply.as_ref().err().copied());
        let reply = Arc::new(reply?);
        if !reply.unresponsive.is_empty() {
            tracing::debug!(
                engines = reply.unresponsive.join(", "),
                "some search engines did not answer SearXNG"
            );
        }
        let kept = Arc::clone(&reply);
        web.replies.put(query.clone(), kept, 1, Instant::now());
        Ok((reply, true))
    }

    fn rests(&self) -> bool {
        let until = self.health().rests_until;
        until.is_some_and(|until| Instant::now() < until)
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        let health = self.0.health.lock();
        health.unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells a fault once, and once that it is over. After silence it is left alone for a while.
    fn note(&self, fault: Option<Fault>) {
        let mut health = self.health();
        let silent = fault == Some(Fault::Silent);
        health.rests_until = silent.then(|| Instant::now() + REST);
        let before = std::mem::replace(&mut health.told, fault);
        drop(health);
        if before == fault {
            return;
        }
        match fault {
            Some(fault) => {
                let advice = fault.advice(self.longest());
                tracing::warn!("answers come without the web: {advice}");
            }
            None => tracing::info!("SearXNG answers again"),
        }
    }

    /// The page of each hit, where it was there before the deadline and holds text, and how many were asked for. The first few
    /// are read, but for those that are known to be of a day that is not wanted, and of those that are not there already
    /// `most` are asked for.
    async fn pages(
        &self,
        hits: &[&Hit],
        filters: &Filters,
        most: usize,
        deadline: Instant,
    ) -> (Vec<Fetched>, usize) {
        let mut pages = vec![Fetched::Nothing; hits.len()];
        let worth_it = |hit: &Hit| {
            let day = hit.published.as_deref();
            day.is_none() || filters.allow_published(day)
        };
        let chosen = pages.iter_mut().zip(hits).filter(|(_, hit)| worth_it(hit));
        let mut missing = Vec::new();
        for (place, hit) in chosen.take(self.most_pages()) {
            match self.0.pages.get(&hit.address, Instant::now()) {
                Some(kept) => *place = Fetched::of(kept),
                None => missing.push((place, &hit.address)),
            }
        }
        missing.truncate(most);
        let asked_for = missing.len();
        let mut coming: FuturesUnordered<_> = missing
            .into_iter()
            .map(|(place, address)| async { *place = self.page(address, filters).await })
            .collect();
        while let Ok(Some(())) = timeout_at(deadline, coming.next()).await {}
        drop(coming);
        (pages, asked_for)
    }

    /// Fetches the page at an address, and keeps it as a document.
    async fn page(&self, address: &Url, filters: &Filters) -> Fetched {
        let page = match self.read(address, filters).await {
            Ok(page) => page,
            Err(why) => {
                tracing::debug!(%why, "a page was not fetched");
                match why {
                    Refused::Filtered => return Fetched::Outside,
                    why if !why.lasts() => return Fetched::Nothing,
                    _ => None,
                }
            }
        };
        let weight = page.as_ref().map_or(0, Document::weight);
        let page = page.map(Arc::new);
        let kept = page.clone();
        let now = Instant::now();
        self.0.pages.put(address.clone(), kept, weight, now);
        Fetched::of(page)
    }

    async fn read(&self, address: &Url, filters: &Filters) -> Result<Option<Document>, Refused> {
        let page = self.0.fetcher.page(address, filters).await?;
        // It is held until the page is read, even when nobody waits for that any more.
        let turn = Arc::clone(&self.0.reading).acquire_owned().await;
        let reading = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            web_page::read(&page.text, page.is_html, &page.address)
        });
        Ok(reading.await.unwrap_or_default())
    }
}
