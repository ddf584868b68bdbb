//! Why SearXNG gave no results, and what its operator can do. Must not repeat what it said.

use std::time::Duration;

/// Why there are no results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fault {
    /// 403: JSON is not among its formats.
    JsonOff,
    /// 429: its limiter.
    Limited,
    /// A redirect.
    Elsewhere,
    /// Another status than 200.
    Status(u16),
    /// No connection.
    Unreachable,
    /// No reply in time.
    Silent,
    /// A reply that is not the JSON of a SearXNG.
    Unreadable,
    /// No results, and search engines behind it that did not answer.
    NoEngine,
}

impl Fault {
    /// What is wrong and how to mend it, for the operator. `waited` is how long a search may take.
    pub(crate) fn advice(self, waited: Duration) -> String {
        match self {
            Self::JsonOff => "SearXNG refuses to answer in JSON (403): add `json` to the formats in its settings.yml, \
                 `search: {formats: [html, json]}`, and restart it"
                .to_owned(),
            Self::Limited => "SearXNG refuses further queries (429): set `limiter: false` under `server:` in its settings.yml, or list this \
                 machine's address under `botdetection.ip_lists.pass_ip` in its limiter.toml"
                .to_owned(),
            Self::Elsewhere => "SearXNG redirects: let web.searxng_url (FOOTNOTE_SEARXNG_URL) be the address that it redirects to, \
                 with https:// and its path"
                .to_owned(),
            Self::Status(status) => format!(
                "SearXNG fails with status {status}: its log says why; where web.searxng_url (FOOTNOTE_SEARXNG_URL) \
                 leads to something else, mend it"
            ),
            Self::Unreachable => "SearXNG cannot be reached: start it, or mend web.searxng_url (FOOTNOTE_SEARXNG_URL)".to_owned(),
            Self::Silent => format!(
                "SearXNG did not answer within {} seconds: turn slow engines off in its settings.yml or lower \
                 `outgoing.request_timeout` there, or raise web.seconds",
                waited.as_secs()
            ),
            Self::Unreadable => "what answers at web.searxng_url (FOOTNOTE_SEARXNG_URL) is no SearXNG: mend the address, with its path where \
                 it has one"
                .to_owned(),
            Self::NoEngine => "SearXNG found nothing, and search engines behind it do not answer: see them in its preferences, and turn others on \
                 in its settings.yml"
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_says_what_to_do() {
        let seconds = Duration::from_secs(8);
        insta::assert_snapshot!(Fault::JsonOff.advice(seconds), @"SearXNG refuses to answer in JSON (403): add `json` to the formats in its settings.yml, `search: {formats: [html, json]}`, and restart it");
        insta::assert_snapshot!(Fault::Silent.advice(seconds), @"SearXNG did not answer within 8 seconds: turn slow engines off in its settings.yml or lower `outgoing.request_timeout` there, or raise web.seconds");
        for fault in [
            Fault::Limited,
            Fault::Elsewhere,
            Fault::Status(500),
            Fault::Unreachable,
            Fault::Unreadable,
            Fault::NoEngine,
        ] {
            let advice = fault.advice(seconds);
            assert!(
                advice.contains("settings.yml") || advice.contains("web.searxng_url"),
                "{advice}"
            );
        }
    }
}
