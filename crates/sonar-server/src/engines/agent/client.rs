//! Speaks HTTP with the Agent API. Bounded in time and size, follows no redirect, repeats nothing: every question is paid for.

use std::time::Duration;

use async_stream::try_stream;
use axum::http::HeaderMap;
use futures_util::stream::{Stream, StreamExt};
use reqwest::{RequestBuilder, Response};
use secrecy::{ExposeSecret, SecretString};
use sonar::EventDecoder;
use tokio::time::timeout;
use url::{Host, Url};

use super::failure;
use super::settings::AgentSettings;
use super::wire::{Answered, Asked, Told};
use crate::{Failure, clock};

/// Longest reply that is read, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;
/// Longest stream that is read, in bytes: what it found is kept, however it is told.
const LONGEST_STREAM: usize = 4 * LONGEST;
/// Longest error that is read.
const LONGEST_ERROR: usize = 64 * 1024;
/// How long an unused connection is kept.
const KEPT: Duration = Duration::from_secs(90);
/// What the API says of a run that it does not know.
const NOT_FOUND: &str = "resource not found";
/// How long looking at a run may take; it is looked at again.
const LOOK: Duration = Duration::from_secs(30);

/// The API, as the bridge holds it.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    /// Where runs are made; below it, where they are looked at.
    runs: String,
    key: SecretString,
    idle: Duration,
}

/// Why a run could not be looked at.
#[derive(Debug)]
pub(super) enum Unseen {
    /// The API knows no such run.
    Lost,
    /// It will never be seen: the key is refused, or the request is.
    Refused(Failure),
    /// Look again.
    Later,
}

impl Client {
    pub(super) fn new(settings: &AgentSettings) -> reqwest::Result<Self> {
        let mut http = reqwest::Client::builder();
        if is_on_this_machine(&settings.base_url) {
            // A proxy for the world outside would look for it on its own machine.
            http = http.no_proxy();
        }
        let http = http
            .connect_timeout(settings.connect)
            .pool_idle_timeout(KEPT)
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .user_agent(concat!("footnote/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self {
            http,
            runs: format!("{}/v1/responses", settings.base_url.trim_end_matches('/')),
            key: settings.key.clone(),
            idle: settings.idle,
        })
    }

    /// Makes a run and waits for its reply, or, of one in the background, for its beginning.
    pub(super) async fn ask(&self, asked: &Asked) -> Result<(HeaderMap, Answered), Failure> {
        let response = self.sent(self.http.post(&self.runs).json(asked)).await?;
        let headers = response.headers().clone();
        let body = body(response, LONGEST).await?;
        let answered = serde_json::from_slice(&body)
            .map_err(|_| failure::unreadable("a reply that is none of its own"))?;
        Ok((headers, answered))
    }

    /// Makes a run and follows it as it goes.
    pub(super) async fn stream(
        &self,
        asked: &Asked,
    ) -> Result<
        (
            HeaderMap,
            impl Stream<Item = Result<Told, Failure>> + Send + use<>,
        ),
        Failure,
    > {
        let sending = self.sent(self.http.post(&self.runs).json(asked));
        let sent = timeout(self.idle, sending).await;
        let response = sent.map_err(|_| failure::silent(self.idle.as_secs()))??;
        let headers = response.headers().clone();
        let kind = headers
            .get("content-type")
            .and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
            return Err(failure::unreadable("no stream where one was asked for"));
        }
        Ok((headers, events(response, self.idle)))
    }

    /// Looks at a run.
    pub(super) async fn look(&self, id: &str) -> Result<Answered, Unseen> {
        let request = self.http.get(format!("{}/{id}", self.runs)).timeout(LOOK);
        let looked = async {
            let response = self.sent(request).await?;
            body(response, LONGEST).await
        };
        match looked.await {
            Ok(body) => serde_json::from_slice(&body).map_err(|_| Unseen::Later),
            Err(failure) => Err(match failure.status.as_u16() {
                // Whatever else stands at the address, such as a proxy, says so too, in other words.
                404 if failure.message == NOT_FOUND => Unseen::Lost,
                // A key can be mended while the run goes on.
                401 => Unseen::Later,
                400 | 413 | 424 => Unseen::Refused(failure),
                _ => Unseen::Later,
            }),
        }
    }

    /// Asks for nothing, which costs nothing: the API looks at the key first, and then refuses the empty question.
    pub(super) async fn knock(&self) -> Result<(), Failure> {
        let empty = serde_json::json!({ "model": "perplexity/sonar", "input": "" });
        let request = self.http.post(&self.runs).json(&empty).timeout(LOOK);
        match self.sent(request).await {
            // No service of this kind answers nothing.
            Ok(_) => Err(failure::unreadable("a reply that is none of its own")),
            Err(failure) if failure.status == 400 && failure.message.contains("input") => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    async fn sent(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let request = request.bearer_auth(self.key.expose_secret());
        let response = request.send().await.map_err(|error| unsent(&error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let body = body(response, LONGEST_ERROR).await.unwrap_or_default();
        let told = failure::of_reply(status, &headers, &body, clock::unix_seconds());
        tracing::warn!(
            status = status.as_u16(),
            kind = told.kind,
            "the Agent API refused a call"
        );
        Err(self.without_key(told))
    }

    /// Services have been seen to repeat the key they refuse.
    pub(super) fn without_key(&self, failure: Failure) -> Failure {
        let message = failure.message.replace(self.key.expose_secret(), "[key]");
        Failure { message, ..failure }
    }
}

fn is_on_this_machine(address: &str) -> bool {
    let url = Url::parse(address).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// What a call without a reply means: without a connection, nothing was asked.
fn unsent(error: &reqwest::Error) -> Failure {
    // The error names the address, which is the operator's own, and never the key.
    tracing::warn!(%error, "the Agent API did not answer");
    if error.is_connect() {
        failure::unreachable()
    } else if error.is_timeout() {
        failure::silent(LOOK.as_secs())
    } else {
        failure::lost()
    }
}

async fn body(response: Response, longest: usize) -> Result<Vec<u8>, Failure> {
    let mut chunks = response.bytes_stream();
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| unsent(&error))?;
        if body.len() + chunk.len() > longest {
            return Err(failure::unreadable("more than a reply can hold"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The events of a stream. It ends with a failure when it ends before the run does, which whoever reads it knows.
fn events(
    response: Response,
    idle: Duration,
) -> impl Stream<Item = Result<Told, Failure>> + Send + use<> {
    let mut chunks = response.bytes_stream();
    try_stream! {
        let (mut decoder, mut events) = (EventDecoder::default(), Vec::new());
        let mut arrived = 0_usize;
        loop {
            let next = timeout(idle, chunks.next()).await;
            let chunk = match next.map_err(|_| failure::silent(idle.as_secs()))? {
                Some(chunk) => chunk.map_err(|error| unsent(&error))?,
                None => break,
            };
            arrived = arrived.saturating_add(chunk.len());
            if arrived > LONGEST_STREAM {
                Err(failure::unreadable("more than a stream can hold"))?;
            }
            let read = decoder.push(&chunk, &mut events);
            for event in events.drain(..) {
                yield told(&event.data)?;
            }
            read.map_err(|_| failure::unreadable("an event that is too long"))?;
        }
        if let Some(event) = decoder.finish() {
            yield told(&event.data)?;
        }
        Err(failure::lost())?;
    }
}

fn told(data: &str) -> Result<Told, Failure> {
    // Other services of this kind end their streams so; it says nothing.
    if data.trim() == "[DONE]" {
        return Ok(Told::default());
    }
    serde_json::from_str(data).map_err(|_| failure::unreadable("an event that cannot be read"))
}
