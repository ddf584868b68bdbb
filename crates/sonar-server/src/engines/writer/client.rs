//! Asks a chat endpoint for text, once, and reads what comes. Must show nobody the endpoint's own words on a fault, and must
//! not ask again: every text is paid for.

use std::sync::Arc;
use std::time::Duration;

use async_stream::try_stream;
use futures_util::stream::{Stream, StreamExt};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode, redirect};
use secrecy::ExposeSecret;
use serde_json::Value;
use sonar::{EventDecoder, ServerSentEvent};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

use super::ahead::ahead;
use super::settings::WriterSettings;
use super::wire::{Piece, Said, Whole};

/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// The most text of one answer, in bytes.
const MOST_TEXT: usize = 1024 * 1024;

/// How long the usage may come after the end of a text.
const AFTER_THE_END: Duration = Duration::from_secs(2);

/// The most bytes read of one answer: many times what a model writes, even one letter to an event.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Why a model gave no text, or no more of it. None holds a word of the endpoint's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// Nothing listens there, or the connection broke before an answer.
    #[error("the chat endpoint cannot be reached")]
    Unreachable,
    /// It said no.
    #[error("the chat endpoint answered with status {0}")]
    Refused(StatusCode),
    /// The first sign of life, or the end, did not come in time.
    #[error("the language model did not answer in time")]
    TooSlow,
    /// What came is no chat completion.
    #[error("the chat endpoint sent something that is no chat completion")]
    Garbled,
    /// It ended before its end.
    #[error("the chat endpoint broke off")]
    BrokeOff,
    /// It wrote more than any answer holds, or a sentence without an end.
    #[error("the language model wrote without an end")]
    Endless,
    /// It ended without a word.
    #[error("the language model wrote nothing")]
    Empty,
}

/// A connection to one chat endpoint. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: Arc<str>,
    turns: Arc<Semaphore>,
    /// What reads replies; each task ends with its answer.
    tasks: TaskTracker,
    first_token: Duration,
    total: Duration,
}

impl Client {
    /// A client for the endpoint; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the key has characters that no header can carry, or no TLS can be had.
    pub(crate) fn new(settings: &WriterSettings) -> Result<Self, Unusable> {
        Ok(Self {
            http: http(settings)?,
            url: address(settings, "chat/completions").into(),
            turns: Arc::new(Semaphore::new(settings.at_once.max(1))),
            tasks: TaskTracker::new(),
            first_token: settings.first_token,
            total: settings.total,
        })
    }

    /// When an answer that is begun now must have ended.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.total
    }

    /// What the model says to a request until then. The time for its first token begins now, and that for waiting for a turn counts. A
    /// stream that ends has ended well.
    pub(crate) fn ask(
        &self,
        request: Value,
        last: Instant,
    ) -> impl Stream<Item = Result<Said, Trouble>> + use<> {
        ahead(self.said(request, last).boxed(), &self.tasks)
    }

    fn said(
        &self,
        request: Value,
        last: Instant,
    ) -> impl Stream<Item = Result<Said, Trouble>> + use<> {
        let this = self.clone();
        let begun = Instant::now();
        let first = last.min(begun + self.first_token);
        try_stream! {
            let (_turn, response) = in_time(first, this.begin(&request)).await??;
            if !is_event_stream(response.headers()) {
                // Nothing is seen of a whole reply before its end.
                yield in_time(last, whole(response)).await??;
                return;
            }
            let mut pieces = Box::pin(pieces(response));
            let (mut deadline, mut ended, mut written) = (first, false, 0);
            loop {
                let said = match in_time(deadline, pieces.next()).await {
                    // All was said; what is missing is the usage or the close of the connection.
                    Err(_) if ended => return,
                    said => said?,
                };
                let Some(said) = said else { return };
                let said = said?;
                written += said.text.len();
                if written > MOST_TEXT {
                    Err(Trouble::Endless)?;
                }
                if said.finish.is_some() {
                    ended = true;
                    deadline = last.min(Instant::now() + AFTER_THE_END);
                } else if said.is_token() && !ended {
                    deadline = last;
                }
                yield said;
            }
        }
    }

    /// Waits for a turn, then for the head of the reply.
    async fn begin(&self, request: &Value) -> Result<(OwnedSemaphorePermit, Response), Trouble> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| Trouble::Unreachable)?;
        let sent = self.http.post(&*self.url).json(request).send().await;
        let response = sent.map_err(|_| Trouble::Unreachable)?;
        match response.status() {
            StatusCode::OK => Ok((turn, response)),
            status => Err(Trouble::Refused(status)),
        }
    }
}

/// Why a writer cannot be made of its settings.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// The key cannot be sent.
    #[error("the key of the chat endpoint holds characters that no header can carry")]
    Key,
    /// There is no way to connect.
    #[error("no connection to a chat endpoint can be prepared")]
    Connection,
}

/// A client that bears the key, follows nobody anywhere and uses no proxy: the operator named the endpoint itself.
pub(super) fn http(settings: &WriterSettings) -> Result<reqwest::Client, Unusable> {
    let mut headers = HeaderMap::new();
    if let Some(key) = &settings.key {
        let bearer = format!("Bearer {}", key.expose_secret());
        let mut bearer = HeaderValue::try_from(bearer).map_err(|_| Unusable::Key)?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
    }
    reqwest::Client::builder()
        .default_headers(headers)
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|_| Unusable::Connection)
}

pub(super) fn address(settings: &WriterSettings, path: &str) -> String {
    format!("{}/{path}", settings.url.trim_end_matches('/'))
}

async fn in_time<T>(deadline: Instant, work: impl Future<Output = T>) -> Result<T, Trouble> {
    timeout_at(deadline, work)
        .await
        .map_err(|_| Trouble::TooSlow)
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// The pieces of a stream. It has ended well when it said why it ends, or `[DONE]`.
fn pieces(response: Response) -> impl Stream<Item = Result<Said, Trouble>> {
    try_stream! {
        let mut bytes = response.bytes_stream();
        let mut decoder = EventDecoder::default();
        let (mut read, mut ended) = (0, false);
        while let Some(arrived) = bytes.next().await {
            let arrived = match arrived {
                Ok(arrived) => arrived,
                // A connection that breaks after the end takes nothing away.
                Err(_) if ended => return,
                Err(_) => Err(Trouble::BrokeOff)?,
            };
            read += arrived.len();
            if read > MOST_BYTES {
                Err(Trouble::Endless)?;
            }
            let mut events = Vec::new();
            decoder.push(&arrived, &mut events).map_err(|_| Trouble::Garbled)?;
            for event in events {
                let Some(said) = said(&event)? else { return };
                ended |= said.finish.is_some();
                yield said;
            }
        }
        if let Some(event) = decoder.finish() {
            let Some(said) = said(&event)? else { return };
            ended |= said.finish.is_some();
            yield said;
        }
        if !ended {
            Err(Trouble::BrokeOff)?;
        }
    }
}

/// What an event says; `None` when it is the last.
fn said(event: &ServerSentEvent) -> Result<Option<Said>, Trouble> {
    if event.data.trim() == "[DONE]" {
        return Ok(None);
    }
    let piece: Piece = serde_json::from_str(&event.data).map_err(|_| Trouble::Garbled)?;
    piece.said().map(Some).ok_or(Trouble::BrokeOff)
}

/// A reply that came as a whole, though a stream was asked for.
async fn whole(response: Response) -> Result<Said, Trouble> {
    let mut bytes = response.bytes_stream();
    let mut body = Vec::new();
    while let Some(arrived) = bytes.next().await {
        body.extend_from_slice(&arrived.map_err(|_| Trouble::BrokeOff)?);
        if body.len() > MOST_BYTES {
            return Err(Trouble::Endless);
        }
    }
    let whole: Whole = serde_json::from_slice(&body).map_err(|_| Trouble::Garbled)?;
    let said = whole.said().ok_or(Trouble::Garbled)?;
    match said.text.len() {
        0..=MOST_TEXT => Ok(said),
        _ => Err(Trouble::Endless),
    }
}
