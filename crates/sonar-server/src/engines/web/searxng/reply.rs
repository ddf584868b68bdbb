//! Reads what SearXNG found. Must be pure, and take nothing for granted: one odd result spoils no other.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::Fault;
use crate::engines::corpus::documents::dates;
use crate::engines::corpus::documents::{MAX_ADDRESS_BYTES, clipped, fold};

/// The most characters of a snippet that are read.
const MAX_SNIPPET: usize = 2_000;

/// The most engines that are named.
const MOST_ENGINES: usize = 20;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Best first; each address once.
    pub(crate) hits: Vec<Hit>,
    /// Search engines that did not answer, and why: `duckduckgo (timeout)`.
    pub(crate) unresponsive: Vec<String>,
}

/// A result as SearXNG tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) title: String,
    /// Without what stands after `#`.
    pub(crate) address: Url,
    /// What the search engine shows of the page; may be empty.
    pub(crate) snippet: String,
    /// `YYYY-MM-DD`.
    pub(crate) published: Option<String>,
}

#[derive(Deserialize)]
struct Body {
    results: Vec<Value>,
    #[serde(default)]
    unresponsive_engines: Vec<Value>,
}

/// The first `most` results of a body.
///
/// # Errors
///
/// [`Fault::Unreadable`] for what is not the JSON of a SearXNG.
pub(super) fn read(body: &[u8], most: usize) -> Result<Reply, Fault> {
    let body: Body = serde_json::from_slice(body).map_err(|_| Fault::Unreadable)?;
    let mut hits: Vec<Hit> = Vec::new();
    for hit in body.results.iter().filter_map(hit) {
        let is_new = hits.iter().all(|other| other.address != hit.address);
        if is_new && hits.len() < most {
            hits.push(hit);
        }
    }
    let engines = body.unresponsive_engines.iter().filter_map(engine);
    Ok(Reply {
        hits,
        unresponsive: engines.take(MOST_ENGINES).collect(),
    })
}

/// A result that somebody can be sent to: one with a web address that names no user.
fn hit(result: &Value) -> Option<Hit> {
    let text = |field: &str| {
        result
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let mut address = Url::parse(text("url")).ok()?;
    address.set_fragment(None);
    let usable = matches!(address.scheme(), "http" | "https")
        && address.username().is_empty()
        && address.password().is_none()
        && address.as_str().len() <= MAX_ADDRESS_BYTES;
    let title = clipped(text("title"));
    usable.then(|| Hit {
        title: match title.is_empty() {
            true => address.host_str().unwrap_or_default().to_owned(),
            false => title,
        },
        snippet: fold(text("content")).chars().take(MAX_SNIPPET).collect(),
        published: dates::day(text("publishedDate")),
        address,
    })
}

/// `duckduckgo (timeout)` of `["duckduckgo", "timeout"]`.
fn engine(engine: &Value) -> Option<String> {
    let part = |at: usize| engine.get(at).and_then(Value::as_str).map(clipped);
    let name = part(0).filter(|name| !name.is_empty())?;
    Some(match part(1) {
        Some(why) if !why.is_empty() => format!("{name} ({why})"),
        _ => name,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn odd_results_spoil_no_others() {
        let body = json!({
            "query": "tea",
            "results": [
                { "url": "https://tea.example/a#b", "title": "  Tea\n time ", "content": "Hot  leaves.", "publishedDate": "2026-03-01T08:00:00" },
                { "url": "https://tea.example/a", "title": "Twice" },
                { "url": "javascript:alert(1)", "title": "No" },
                { "url": "http://user:pass@tea.example/", "title": "No" },
                { "title": "No" },
                "no",
                null,
                { "url": "https://pot.example/", "title": null, "content": null, "publishedDate": null },
                { "url": "https://cup.example/", "title": 7, "content": ["x"], "publishedDate": "soon" },
            ],
            "unresponsive_engines": [["duckduckgo", "timeout"], ["qwant", ""], "no", []],
        });
        let reply = read(body.to_string().as_bytes(), 10).unwrap();
        let hit = |address: &str, title: &str, snippet: &str, published: Option<&str>| Hit {
            title: title.to_owned(),
            address: Url::parse(address).unwrap(),
            snippet: snippet.to_owned(),
            published: published.map(str::to_owned),
        };
        assert_eq!(
            reply.hits,
            [
                hit(
                    "https://tea.example/a",
                    "Tea time",
                    "Hot leaves.",
                    Some("2026-03-01")
                ),
                hit("https://pot.example/", "pot.example", "", None),
                hit("https://cup.example/", "cup.example", "", None),
            ]
        );
        assert_eq!(reply.unresponsive, ["duckduckgo (timeout)", "qwant"]);
        assert_eq!(read(body.to_string().as_bytes(), 2).unwrap().hits.len(), 2);
    }

    #[test]
    fn what_is_no_searxng_says_so() {
        for body in [
            "<html>Welcome</html>",
            "",
            "[]",
            "{}",
            "{\"results\": {}}",
            "{\"results\": [{\"url\": \"https://a.exa",
        ] {
            assert_eq!(read(body.as_bytes(), 10), Err(Fault::Unreadable), "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&body, 10);
        }
    }
}
