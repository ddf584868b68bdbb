//! Carries requests to a Sonar service and its replies back. Must read no environment and show the key to nobody.

use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap};
use secrecy::SecretString;
use url::Url;

use crate::key::Key;
use crate::refusal::{is_refusal, refusal, refusal_in_stream};
use crate::reply::{Reply, from_now, within};
use crate::{ChatCompletion, ChatRequest, ChatStream, Error, Limit, Timeouts};

/// Longest unstreamed answer read, in bytes.
const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// Longest explanation of a refusal read, in bytes.
const REFUSAL_LIMIT: usize = 64 * 1024;

/// A client of one Sonar service. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    chat: Url,
    key: Key,
    timeouts: Timeouts,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("chat", &self.chat.as_str())
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Begins a client of the service at `base_url`, such as `http://127.0.0.1:8765`: `/chat/completions` is added to it.
    pub fn builder(base_url: &str) -> ClientBuilder {
        ClientBuilder {
            base_url: base_url.to_owned(),
            key: None,
            http: None,
            timeouts: Timeouts::default(),
        }
    }

    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    ///
    /// Each kind of [`Error`]; nothing is tried twice.
    pub async fn chat(&self, request: &ChatRequest) -> Result<ChatCompletion, Error> {
        let mut reply = self.send(request, None).await?;
        let (body, whole) = reply.body(BODY_LIMIT).await?;
        if !whole {
            return Err(Error::unreadable(format!("more than {BODY_LIMIT} bytes")));
        }
        self.read_completion(&body, &reply.media_type())
    }

    /// Asks, and returns the answer piece by piece.
    ///
    /// # Errors
    ///
    /// As [`Self::chat`], for what goes wrong before the first piece; the stream itself yields the rest.
    pub async fn chat_stream(&self, request: &ChatRequest) -> Result<ChatStream, Error> {
        let reply = self.send(request, Some(true)).await?;
        let media_type = reply.media_type();
        if media_type != "text/event-stream" {
            return Err(Error::unreadable(format!(
                "`{media_type}` where `text/event-stream` was expected"
            )));
        }
        Ok(ChatStream::new(reply, self.key.clone()))
    }

    async fn send(&self, request: &ChatRequest, stream: Option<bool>) -> Result<Reply, Error> {
        let request = ChatRequest {
            stream,
            ..request.clone()
        };
        let accept = match stream {
            Some(true) => "text/event-stream",
            _ => "application/json",
        };
        let call = self
            .http
            .post(self.chat.clone())
            .header(ACCEPT, accept)
            .json(&request);
        let deadline = from_now(self.timeouts.total);
        let response = within(
            self.timeouts.first_byte,
            Limit::FirstByte,
            deadline,
            self.key.sign(call).send(),
        )
        .await?
        .map_err(no_reply)?;
        let reply = Reply {
            response,
            deadline,
            idle: self.timeouts.idle,
        };
        if reply.response.status().is_success() {
            return Ok(reply);
        }
        Err(self.read_refusal(reply).await)
    }

    /// What a reply says that is no answer. A body that cannot be read changes nothing: the status decides.
    async fn read_refusal(&self, mut reply: Reply) -> Error {
        let status = reply.response.status().as_u16();
        let wait = retry_after(reply.response.headers());
        let body = match reply.body(REFUSAL_LIMIT).await {
            Ok((body, _)) => self.key.cut_from(&body).into_owned(),
            Err(_) => String::new(),
        };
        refusal(status, wait, &body)
    }

    fn read_completion(&self, body: &[u8], media_type: &str) -> Result<ChatCompletion, Error> {
        let json: serde_json::Value = serde_json::from_slice(body)
            .map_err(|_| Error::unreadable(format!("`{media_type}` that is not JSON")))?;
        if is_refusal(&json) {
            return Err(refusal_in_stream(&self.key.cut_from(body)));
        }
        let answer: ChatCompletion = serde_json::from_value(json)
            .map_err(|_| Error::unreadable("JSON that is not a chat completion"))?;
        if answer.choices.is_empty() {
            return Err(Error::unreadable("a chat completion without `choices`"));
        }
        Ok(answer)
    }
}

fn no_reply(error: reqwest::Error) -> Error {
    if error.is_connect() && error.is_timeout() {
        return Error::TimedOut {
            limit: Limit::Connect,
        };
    }
    Error::Unavailable {
        status: None,
        source: Some(Box::new(error.without_url())),
    }
}

/// The wait a busy service asks for: `retry-after-ms`, else `retry-after` in seconds. A date there is not read.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str, scale: f64| {
        let value = headers.get(name)?.to_str().ok()?;
        Duration::try_from_secs_f64(value.trim().parse::<f64>().ok()? * scale).ok()
    };
    number("retry-after-ms", 0.001).or_else(|| number("retry-after", 1.0))
}

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

/// Settings of a [`Client`].
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    key: Option<SecretString>,
    http: Option<reqwest::Client>,
    timeouts: Timeouts,
}

impl ClientBuilder {
    /// The key to send as `Authorization: Bearer`; without one, nothing is sent.
    pub fn key(mut self, key: SecretString) -> Self {
        self.key = Some(key);
        self
    }

    /// An HTTP client to use instead of an own one, for a proxy or a private certificate. Its own connect timeout and
    /// redirect policy then apply; an own client follows no redirect and uses no proxy.
    pub fn http(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// The limits of each call.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the part that cannot be used.
    pub fn build(self) -> Result<Client, BuildError> {
        let chat = endpoint(&self.base_url, "chat/completions")?;
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
            chat,
            key,
            timeouts: self.timeouts,
        })
    }
}

/// Idle connections are kept for less time than services keep theirs: a request must not meet one that is just closed.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);

fn own_http(timeouts: &Timeouts) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .connect_timeout(timeouts.connect)
        .pool_idle_timeout(IDLE_CONNECTION)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}

fn endpoint(base_url: &str, path: &str) -> Result<Url, BuildError> {
    let refuse = |why: &str| Err(BuildError::BaseUrl(why.to_owned()));
    let mut url = match Url::parse(base_url.trim()) {
        Ok(url) => url,
        Err(error) => return refuse(&format!("is not an address ({error})")),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refuse("must begin with http:// or https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("holds a user name or password; give the key by itself");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("must end before `?` and `#`");
    }
    let base = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{base}/{path}"));
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_follows_the_base() {
        for (base, expected) in [
            (
                "http://127.0.0.1:8765",
                "http://127.0.0.1:8765/chat/completions",
            ),
            (
                "http://127.0.0.1:8765/",
                "http://127.0.0.1:8765/chat/completions",
            ),
            (
                "https://a.example/v1",
                "https://a.example/v1/chat/completions",
            ),
            (
                " https://a.example/v1/ ",
                "https://a.example/v1/chat/completions",
            ),
        ] {
            assert_eq!(
                endpoint(base, "chat/completions").unwrap().as_str(),
                expected
            );
        }
    }

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

    #[test]
    fn the_wait_is_read_in_milliseconds_or_seconds() {
        for (name, value, expected) in [
            ("retry-after", "7", Some(Duration::from_secs(7))),
            ("retry-after", "0.5", Some(Duration::from_millis(500))),
            ("retry-after-ms", "250", Some(Duration::from_millis(250))),
            ("retry-after", "-1", None),
            ("retry-after", "NaN", None),
            ("retry-after", "1e300", None),
            ("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT", None),
        ] {
            let headers = HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]);
            assert_eq!(retry_after(&headers), expected, "{name}: {value}");
        }
    }
}
