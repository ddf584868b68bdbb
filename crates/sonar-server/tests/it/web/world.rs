//! A server that searches documents and a web which the test fills. Must reach nothing outside of this process.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sonar_server::engines::corpus::Corpus;
use sonar_server::engines::local::LocalEngine;
use sonar_server::engines::web::{Reach, Web, WebSettings};
use sonar_server::{Server, ServerSettings};
use stand_ins::names::Names;
use stand_ins::pages::{Page, Pages};
use stand_ins::searxng::{Hit, Searxng, SearxngSettings};
use tempfile::TempDir;

use crate::documents::opened;
use crate::scripted::{post, start};

/// About coffee, so that it has nothing to say of tea.
pub(crate) const COFFEE: &str = "---\ntitle: Coffee\nurl: https://coffee.example/coffee\ndate: 2024-03-01\n---\n\n## Filter coffee\n\nFilter coffee is brewed at ninety-four degrees. The water should pour slowly over the ground coffee.\n";

pub(crate) const HOW: &str = "At how many degrees is green tea steeped?";

pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) searxng: Searxng,
    pub(crate) pages: Pages,
    pub(crate) web: Web,
    _folder: TempDir,
}

/// A world before it is started.
pub(crate) struct Plan {
    documents: Vec<(String, String)>,
    searxng: SearxngSettings,
    change: Box<dyn FnOnce(&mut WebSettings)>,
}

impl Plan {
    pub(crate) fn of(documents: &[(&str, &str)]) -> Self {
        let owned = documents
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Self {
            documents: owned.collect(),
            searxng: SearxngSettings::default(),
            change: Box::new(|_| {}),
        }
    }

    pub(crate) fn searxng(self, searxng: SearxngSettings) -> Self {
        Self { searxng, ..self }
    }

    pub(crate) fn settings(self, change: impl FnOnce(&mut WebSettings) + 'static) -> Self {
        Self {
            change: Box::new(change),
            ..self
        }
    }

    pub(crate) async fn start(self) -> World {
        let folder = TempDir::new().unwrap();
        for (name, text) in &self.documents {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let (searxng, pages) = (
            Searxng::start(self.searxng).await.unwrap(),
            Pages::start().await.unwrap(),
        );
        let names = Names::new();
        names.all_at(pages.address());
        let mut settings = WebSettings {
            searxng: searxng.url().parse().unwrap(),
            results: 20,
            fetch_pages: 3,
            longest: Duration::from_secs(8),
            keep: Duration::from_secs(600),
        };
        (self.change)(&mut settings);
        let reach = Reach::pretended(move |name| names.look_up(name), vec![pages.address()]);
        let web = Web::within(settings, reach).unwrap();
        let corpus = match self.documents.is_empty() {
            true => Corpus::empty("en"),
            false => opened(folder.path()),
        };
        let engine = LocalEngine::new(Arc::new(corpus)).searching_the_web(web.clone());
        World {
            server: start(Arc::new(engine), ServerSettings::default()).await,
            searxng,
            pages,
            web,
            _folder: folder,
        }
    }
}

impl World {
    /// Documents about coffee, and an empty web.
    pub(crate) async fn new() -> Self {
        Plan::of(&[("coffee.md", COFFEE)]).start().await
    }

    /// The web has this page, and the search engine finds it.
    pub(crate) fn has(&self, url: &str, title: &str, snippet: &str, page: Page) -> &Self {
        self.searxng.knows([Hit::new(url, title, snippet)]);
        self.pages.serves(url, page);
        self
    }

    /// The search engine finds it, and there is no such page.
    pub(crate) fn shows(&self, hit: Hit) -> &Self {
        self.searxng.knows([hit]);
        self
    }

    /// The reply to a question, with some fields set.
    pub(crate) async fn reply(&self, question: &str, fields: Value) -> Value {
        let mut request =
            json!({ "model": "sonar", "messages": [{ "role": "user", "content": question }] });
        request
            .as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        let reply = post(&self.server, &request).await;
        assert_eq!(reply.status(), 200);
        assert_eq!(reply.headers()["x-answer-engine"], "local-excerpts+web");
        reply.json().await.unwrap()
    }

    pub(crate) async fn text(&self, question: &str) -> String {
        text(&self.reply(question, json!({})).await)
    }

    /// The pages that were fetched, in order.
    pub(crate) fn fetched(&self) -> Vec<String> {
        let fetched = self.pages.fetched().into_iter();
        fetched.map(|fetched| fetched.address).collect()
    }

    /// The words of the queries that were asked, in order.
    pub(crate) fn queries(&self) -> Vec<String> {
        let asked = self.searxng.asked().into_iter();
        asked.map(|asked| asked.field("q").to_owned()).collect()
    }
}

pub(crate) fn text(reply: &Value) -> String {
    reply["choices"][0]["message"]["content"]
        .as_str()
        .unwrap()
        .to_owned()
}

pub(crate) fn citations(reply: &Value) -> Vec<&str> {
    reply["citations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|url| url.as_str().unwrap())
        .collect()
}

/// A page about green tea.
pub(crate) fn green_tea() -> Page {
    Page::html(
        "<html lang=en><head><title>Green tea</title><meta name=date content=2026-03-01></head><body><nav>Home</nav><main>\
         <h1>Green tea</h1><p>Tea has been drunk for a very long time in many places.</p><h2 id=steeping>Steeping</h2>\
         <p>Green tea is steeped at eighty degrees for two minutes. Boiling water makes green tea bitter.</p></main>\
         <footer>Copyright</footer></body></html>",
    )
}
