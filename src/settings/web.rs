//! The web, as a source beside the documents.

use std::time::Duration;

use serde::Deserialize;
use sonar_server::engines::web;
use url::Url;

/// The `[web]` table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSettings {
    /// `searxng_url`, `FOOTNOTE_SEARXNG_URL`: the SearXNG to ask. Unset: the web is not searched.
    pub searxng_url: Option<String>,
    /// `results`: how many results are taken from it for one search, 1 to 50.
    pub results: usize,
    /// `fetch_pages`: how many of them are fetched and read for one search, 0 to 10.
    pub fetch_pages: usize,
    /// `seconds`: how long one search may take, with the pages it leads to, 1 to 60.
    pub seconds: u64,
    /// `cache_minutes`: how long results and pages are kept, 0 to 1440.
    pub cache_minutes: u64,
}

impl WebSettings {
    /// The most results: SearXNG gives no more on a page.
    pub const MOST_RESULTS: u64 = 50;
    /// The most pages that are fetched for one search.
    pub const MOST_PAGES: usize = 10;
    /// The longest that a search may take.
    pub const LONGEST_SECONDS: u64 = 60;
    /// The longest that anything is kept: a day.
    pub const LONGEST_MINUTES: u64 = 1_440;

    /// How the web is searched; nothing where it is not, or where the address cannot be read.
    pub fn search(&self) -> Option<web::WebSettings> {
        Some(web::WebSettings {
            searxng: Url::parse(self.searxng_url.as_deref()?).ok()?,
            results: self.results,
            fetch_pages: self.fetch_pages,
            longest: Duration::from_secs(self.seconds),
            keep: Duration::from_secs(self.cache_minutes * 60),
        })
    }
}
