//! A stand-in of a SearXNG. Must not be kinder than one is: JSON may be off, operators and time ranges are hints, dates are rare.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};

use crate::{Reply, Running, Script};

/// How many results are on a page.
const A_PAGE: usize = 20;

/// How a SearXNG is set up. The default speaks JSON and takes no notice of `site:`, as most search engines behind it.
#[derive(Clone, Debug)]
pub struct SearxngSettings {
    /// The port; 0 takes a free one. Default 0.
    pub port: u16,
    /// Whether `json` is among its formats. Default yes; as it is delivered, it is not.
    pub json: bool,
    /// Whether the search engines behind it keep to `site:`. Default no.
    pub keeps_to_sites: bool,
}

impl Default for SearxngSettings {
    fn default() -> Self {
        Self {
            port: 0,
            json: true,
            keeps_to_sites: false,
        }
    }
}

/// Something that it finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hit {
    /// The address.
    pub url: String,
    /// The title.
    pub title: String,
    /// What is shown of the page.
    pub content: String,
    /// `2026-03-01T00:00:00`, where the search engine tells it.
    pub published: Option<String>,
}

impl Hit {
    /// A result without a date.
    #[must_use]
    pub fn new(url: &str, title: &str, content: &str) -> Self {
        Self {
            url: url.to_owned(),
            title: title.to_owned(),
            content: content.to_owned(),
            published: None,
        }
    }

    /// The same with a date.
    #[must_use]
    pub fn published(self, on: &str) -> Self {
        Self {
            published: Some(on.to_owned()),
            ..self
        }
    }
}

/// A query that it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Every field of the address.
    pub fields: BTreeMap<String, String>,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
}

impl Asked {
    /// A field of the address; empty when it was not sent.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// A SearXNG that listens until it is dropped.
#[derive(Debug)]
pub struct Searxng {
    running: Running,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: SearxngSettings,
    script: Script,
    state: Mutex<World>,
}

#[derive(Debug, Default)]
struct World {
    hits: Vec<Hit>,
    unresponsive: Vec<(String, String)>,
    asked: Vec<Asked>,
    pause: Duration,
}

impl Searxng {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// When the port cannot be had.
    pub async fn start(settings: SearxngSettings) -> io::Result<Self> {
        let port = settings.port;
        let inner = Arc::new(Inner {
            settings,
            script: Script::default(),
            state: Mutex::default(),
        });
        let routes = Router::new()
            .route("/search", get(search))
            .with_state(Arc::clone(&inner));
        Ok(Self {
            running: Running::start(port, routes).await?,
            inner,
        })
    }

    /// Its base address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// The troubles of the next queries.
    #[must_use]
    pub fn script(&self) -> &Script {
        &self.inner.script
    }

    /// There is this to be found as well: by every query that has a word in common with its title, text or address.
    pub fn knows(&self, hits: impl IntoIterator<Item = Hit>) -> &Self {
        self.inner.world().hits.extend(hits);
        self
    }

    /// A search engine behind it does not answer.
    pub fn unresponsive(&self, engine: &str, why: &str) -> &Self {
        let engine = (engine.to_owned(), why.to_owned());
        self.inner.world().unresponsive.push(engine);
        self
    }

    /// Every query takes so long.
    pub fn takes(&self, pause: Duration) -> &Self {
        self.inner.world().pause = pause;
        self
    }

    /// The queries that it was asked, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        self.inner.world().asked.clone()
    }

    /// Breaks every connection and waits until nothing of it runs any longer.
    pub async fn close(self) {
        self.running.close().await;
    }
}

impl Inner {
    fn world(&self) -> MutexGuard<'_, World> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reply(&self, asked: &Asked) -> Reply {
        if asked.field("format") != "json" {
            return html(200, "<!DOCTYPE html><html><title>SearXNG</title></html>");
        }
        if !self.settings.json {
            let title = "<title>403 Forbidden</title>\n<h1>Forbidden</h1>";
            return html(403, &format!("<!doctype html>\n<html lang=en>\n{title}\n"));
        }
        match fault(asked) {
            Some(error) => Reply::json(400, &json!({ "error": error })),
            None => Reply::json(200, &self.found(asked)),
        }
    }

    fn found(&self, asked: &Asked) -> Value {
        let world = self.world();
        let query = asked.field("q");
        let sites: Vec<&str> = query
            .split_whitespace()
            .filter_map(|word| word.strip_prefix("site:"))
            .collect();
        let kept_to = |hit: &&Hit| {
            let host = host(&hit.url);
            let within = |site: &&str| {
                let site = site.split('/').next().unwrap_or_default();
                host == site || host.ends_with(&format!(".{site}"))
            };
            !self.settings.keeps_to_sites || sites.is_empty() || sites.iter().any(within)
        };
        let wanted = words(query);
        let mut found: Vec<(usize, &Hit)> = world
            .hits
            .iter()
            .filter(kept_to)
            .map(|hit| (common(&wanted, hit), hit))
            .filter(|(common, _)| *common > 0)
            .collect();
        // Stable: those that are as good stay in the order in which they were told.
        found.sort_by_key(|(common, _)| std::cmp::Reverse(*common));
        let page: usize = asked.field("pageno").parse().unwrap_or(1);
        let skipped = (page - 1).saturating_mul(A_PAGE);
        let page = found.iter().enumerate().skip(skipped).take(A_PAGE);
        let results: Vec<Value> = page.map(|(at, (_, hit))| result(at + 1, hit)).collect();
        let unresponsive = world.unresponsive.iter();
        json!({
            "query": query,
            "number_of_results": 0,
            "results": results,
            "answers": [],
            "corrections": [],
            "infoboxes": [],
            "suggestions": [],
            "unresponsive_engines": unresponsive.map(|(name, why)| json!([name, why])).collect::<Vec<_>>(),
        })
    }
}

async fn search(
    State(inner): State<Arc<Inner>>,
    Query(fields): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let headers = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let asked = Asked {
        fields,
        headers: headers.collect(),
    };
    let trouble = inner.script.take();
    inner.world().asked.push(asked.clone());
    let mut reply = inner.reply(&asked);
    reply.pause = inner.world().pause;
    reply.sent(trouble).await
}

/// What it refuses, in its words.
fn fault(asked: &Asked) -> Option<String> {
    if asked.field("q").trim().is_empty() {
        return Some("No query".to_owned());
    }
    let invalid = |name: &str| {
        let value = asked.field(name);
        Some(format!("Invalid value \"{value}\" for parameter {name}"))
    };
    let known = ["", "day", "week", "month", "year"];
    if !known.contains(&asked.field("time_range")) {
        return invalid("time_range");
    }
    if !is_language(asked.field("language")) {
        return invalid("language");
    }
    let page = asked.field("pageno");
    if !page.is_empty() && !page.parse::<usize>().is_ok_and(|page| page > 0) {
        return invalid("pageno");
    }
    None
}

/// `all`, `auto`, or two or three letters, with a region of two.
fn is_language(language: &str) -> bool {
    let (own, region) = language.split_once('-').unwrap_or((language, "XX"));
    let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let code = matches!(own.len(), 2 | 3) && region.len() == 2 && letters(own) && letters(region);
    ["", "all", "auto"].contains(&language) || code
}

fn html(status: u16, body: &str) -> Reply {
    let mut reply = Reply::json(status, &Value::Null);
    reply.headers = vec![(
        "content-type".to_owned(),
        "text/html; charset=utf-8".to_owned(),
    )];
    reply.pieces = vec![body.to_owned()];
    reply
}

fn result(position: usize, hit: &Hit) -> Value {
    let mut result = json!({
        "url": hit.url,
        "title": hit.title,
        "content": hit.content,
        "publishedDate": hit.published,
        "thumbnail": "",
        "engine": "duckduckgo",
        "template": "default.html",
        "parsed_url": ["https", host(&hit.url), "/", "", "", ""],
        "img_src": "",
        "priority": "",
        "engines": ["duckduckgo"],
        "positions": [position],
        "score": 1.0 / position as f64,
        "category": "general",
    });
    if let (None, Some(fields)) = (&hit.published, result.as_object_mut())
        && position.is_multiple_of(2)
    {
        // Some search engines leave it out, some say null.
        fields.remove("publishedDate");
    }
    result
}

fn host(url: &str) -> &str {
    let after = url.split_once("://").map_or("", |(_, after)| after);
    after.split(['/', ':', '?', '#']).next().unwrap_or_default()
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let long = words.filter(|word| word.chars().count() > 2);
    long.map(str::to_lowercase).collect()
}

fn common(wanted: &[String], hit: &Hit) -> usize {
    let own = words(&format!("{} {} {}", hit.title, hit.content, hit.url));
    wanted.iter().filter(|word| own.contains(word)).count()
}
