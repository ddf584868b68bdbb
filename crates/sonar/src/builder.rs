//! The settings of a client. Must refuse what cannot work before anything is sent, and show neither address nor key.

use secrecy::SecretString;

use crate::endpoints::Endpoints;
use crate::key::Key;
use crate::{Client, DomainLimit, Paths, Retries, Timeouts};

/// Why a client cannot be built. The text holds neither the address nor the key.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The base URL cannot be used.
    #[error("the base URL {0}; write it like https://api.example.com")]
    BaseUrl(String),
    /// The key cannot stand in a header.
    #[error(
        "the key is empty or holds characters a key cannot have; copy it again, without line breaks"
    )]
    Key,
    /// The HTTP client cannot start.
    #[error("the HTTP client cannot start")]
    Http(#[source] reqwest::Error),
}

/// Settings of a [`Client`]. Only the base URL is needed.
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    paths: Paths,
    key: Option<SecretString>,
    http: Option<reqwest::Client>,
    timeouts: Timeouts,
    retries: Retries,
    domain_limit: DomainLimit,
}

impl ClientBuilder {
    pub(crate) fn new(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            paths: Paths::default(),
            key: None,
            http: None,
            timeouts: Timeouts::default(),
            retries: Retries::default(),
            domain_limit: DomainLimit::default(),
        }
    }

    /// The key to send as `Authorization: Bearer`; without one, nothing is sent.
    pub fn key(mut self, key: SecretString) -> Self {
        self.key = Some(key);
        self
    }

    /// The path names to ask under. Default [`Paths::ChatCompletions`].
    pub fn paths(mut self, paths: Paths) -> Self {
        self.paths = paths;
        self
    }

    /// The limits of each call.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How often and how patiently failed calls are repeated.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// How many domains a request's filter may have before the client refuses to send it. Default 20, as of 2026.
    pub fn domain_limit(mut self, limit: DomainLimit) -> Self {
        self.domain_limit = limit;
        self
    }

    /// An HTTP client to use instead of an own one, for a proxy or a private certificate. Its own connect timeout and
    /// redirect policy then apply; an own client follows no redirect and uses no proxy.
    pub fn http(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the part that cannot be used.
    pub fn build(self) -> Result<Client, BuildError> {
        let endpoints = Endpoints::new(&self.base_url, self.paths).map_err(BuildError::BaseUrl)?;
        let key = match self.key {
            Some(key) => Key::new(key).ok_or(BuildError::Key)?,
            None => Key::default(),
        };
        let http = match self.http {
            Some(http) => http,
            None => own_http(&self.timeouts).map_err(BuildError::Http)?,
        };
        Ok(Client {
            http,
            endpoints,
            key,
            timeouts: self.timeouts,
            retries: self.retries,
            domain_limit: self.domain_limit,
        })
    }
}

/// Idle connections are kept for less time than services keep theirs: a request must not meet one that is just closed.
const IDLE_CONNECTION: std::time::Duration = std::time::Duration::from_secs(20);

fn own_http(timeouts: &Timeouts) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(timeouts.connect)
        .pool_idle_timeout(IDLE_CONNECTION)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_that_cannot_be_used_is_named_without_being_shown() {
        for base in [
            "",
            "a.example",
            "ftp://a.example",
            "https://u:hunter2@a.example",
            "https://a.example?hunter2",
        ] {
            let error = Client::builder(base).build().unwrap_err().to_string();
            assert!(error.starts_with("the base URL "), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_key_with_a_line_break_is_refused_when_built() {
        for key in ["", " ", "a\nb"] {
            let built = Client::builder("http://a.example").key(key.into()).build();
            assert!(matches!(built, Err(BuildError::Key)), "{key:?}");
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let client = Client::builder("http://a.example")
            .key("hunter2".into())
            .build()
            .unwrap();
        assert!(!format!("{client:?}").contains("hunter2"));
    }
}
