//! Asks the operator's SearXNG. Its address comes from the settings alone, and may be a private one; pages are never fetched
//! with this client. Must follow no redirect, and wait no longer than it is told.

mod fault;
mod reply;

use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use tokio::time::{Instant, timeout_at};
use url::Url;

pub(crate) use fault::Fault;
pub(crate) use reply::{Hit, Reply};

use super::query::WebQuery;
use super::{USER_AGENT, WebError};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// The most bytes of a reply; a page of results has some 50 kB.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A SearXNG that can be asked.
#[derive(Debug)]
pub(crate) struct Searxng {
    http: Client,
    search: Url,
}

impl Searxng {
    /// The SearXNG at an address, with or without a path.
    ///
    /// # Errors
    ///
    /// When the client cannot be set up.
    pub(crate) fn at(base: &Url) -> Result<Self, WebError> {
        let http = Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(HeaderMap::from_iter([(
                ACCEPT,
                HeaderValue::from_static("application/json"),
            )]))
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .build()?;
        let mut search = base.clone();
        search.set_query(None);
        search.set_fragment(None);
        let path = format!("{}/search", base.path().trim_end_matches('/'));
        search.set_path(&path);
        Ok(Self { http, search })
    }

    /// What it finds, until `deadline`; the first `most` results.
    ///
    /// # Errors
    ///
    /// [`Fault`], which knows what the operator can do.
    pub(crate) async fn find(
        &self,
        query: &WebQuery,
        most: usize,
        deadline: Instant,
    ) -> Result<Reply, Fault> {
        let body = timeout_at(deadline, self.asked(query)).await;
        reply::read(&body.unwrap_or(Err(Fault::Silent))?, most)
    }

    async fn asked(&self, query: &WebQuery) -> Result<Vec<u8>, Fault> {
        let sent = self.http.get(self.address(query)).send().await;
        let mut response = sent.map_err(|_| Fault::Unreachable)?;
        status(&response)?;
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|_| Fault::Unreadable)? {
            if body.len() + piece.len() > MAX_BYTES {
                return Err(Fault::Unreadable);
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    fn address(&self, query: &WebQuery) -> Url {
        let mut address = self.search.clone();
        let mut fields = address.query_pairs_mut();
        fields.append_pair("q", &query.text);
        fields.append_pair("format", "json");
        if let Some(language) = &query.language {
            fields.append_pair("language", language);
        }
        if let Some(range) = query.range {
            fields.append_pair("time_range", range.name());
        }
        drop(fields);
        address
    }
}

fn status(response: &Response) -> Result<(), Fault> {
    match response.status() {
        StatusCode::OK => Ok(()),
        StatusCode::FORBIDDEN => Err(Fault::JsonOff),
        StatusCode::TOO_MANY_REQUESTS => Err(Fault::Limited),
        status if status.is_redirection() => Err(Fault::Elsewhere),
        status => Err(Fault::Status(status.as_u16())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::query::Range;
    use super::*;

    #[test]
    fn the_address_holds_only_what_is_asked() {
        let check = |base: &str, query: &WebQuery, expected: &str| {
            let searxng = Searxng::at(&Url::parse(base).unwrap()).unwrap();
            assert_eq!(searxng.address(query).as_str(), expected);
        };
        let plain = WebQuery {
            text: "a&b site:x.example".to_owned(),
            ..WebQuery::default()
        };
        check(
            "http://127.0.0.1:8080",
            &plain,
            "http://127.0.0.1:8080/search?q=a%26b+site%3Ax.example&format=json",
        );
        let full = WebQuery {
            text: "tea".to_owned(),
            language: Some("de".to_owned()),
            range: Some(Range::Week),
        };
        check(
            "https://search.example/searx/?x=y#z",
            &full,
            "https://search.example/searx/search?q=tea&format=json&language=de&time_range=week",
        );
    }
}
