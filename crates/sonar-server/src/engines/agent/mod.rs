//! The bridge: answers by asking the vendor's Agent API, which took the place of Sonar in autumn 2026. Must search nothing and
//! write nothing itself.
//!
//! `fields` says what has no counterpart, `request` translates what has, `client` sends it; `answer` makes events of what comes
//! back, with sources numbered by `numbering` and a text that ends as `ending` says; `usage` and `failure` tell costs and faults in
//! the protocol's words. `runs` are jobs, which go on at the API when this server stops.

mod answer;
mod client;
mod ending;
mod failure;
mod fields;
mod language;
mod numbering;
mod request;
mod runs;
mod settings;
mod usage;
mod wire;

pub use settings::{AgentSettings, Models, Selector, Target};

use std::pin::pin;
use std::sync::Arc;

use async_stream::stream;
use axum::http::HeaderMap;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use sonar::ChatRequest;

use self::answer::Answer;
use self::client::Client;
use self::request::{Way, translated};
use self::wire::Answered;
use super::{Elsewhere, Engine, Event, Upstream};
use crate::Failure;

/// Answers by asking the Agent API.
#[derive(Clone, Debug)]
pub struct AgentEngine {
    settings: Arc<AgentSettings>,
    client: Client,
}

/// The HTTP client of the bridge cannot be built.
#[derive(Debug, thiserror::Error)]
#[error("the connection to the Agent API cannot be prepared: {0}")]
pub struct BuildError(#[from] reqwest::Error);

impl AgentEngine {
    /// A bridge to the API that the settings name. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`BuildError`] when the system offers no TLS or no resolver.
    pub fn new(settings: AgentSettings) -> Result<Self, BuildError> {
        Ok(Self {
            client: Client::new(&settings)?,
            settings: Arc::new(settings),
        })
    }

    /// Whether the API takes the key, at no cost: nothing is asked.
    ///
    /// # Errors
    ///
    /// A sentence for the operator that says why not.
    pub async fn knock(&self) -> Result<(), String> {
        self.client.knock().await.map_err(failure::to_operator)
    }

    /// The events, none of which tells the key: a run that fails has a sentence of the API's own as well.
    fn without_key(&self, events: BoxStream<'static, Event>) -> BoxStream<'static, Event> {
        let client = self.client.clone();
        let told = move |event| match event {
            Event::Failed(failure) => Event::Failed(client.without_key(failure)),
            event => event,
        };
        events.map(told).boxed()
    }

    /// The answer in one reply.
    fn replied(&self, request: &ChatRequest) -> impl Stream<Item = Event> + Send + use<> {
        let asked = translated(request, &self.settings, Way::Whole);
        let mut answer = Answer::new(request, &self.settings);
        let client = self.client.clone();
        stream! {
            match client.ask(&asked).await {
                Ok((headers, answered)) => {
                    drop(asked);
                    yield Event::Upstream(upstream(&headers, Some(&answered)));
                    for event in answer.whole(&answered) {
                        yield event;
                    }
                }
                Err(failure) => yield Event::Failed(failure),
            }
        }
    }

    /// The answer as it comes.
    fn streamed(&self, request: &ChatRequest) -> impl Stream<Item = Event> + Send + use<> {
        let asked = translated(request, &self.settings, Way::Streamed);
        let mut answer = Answer::new(request, &self.settings);
        let client = self.client.clone();
        stream! {
            let (headers, told) = match client.stream(&asked).await {
                Ok(begun) => begun,
                Err(failure) => {
                    yield Event::Failed(failure);
                    return;
                }
            };
            drop(asked);
            let mut told = pin!(told);
            let mut headers = Some(headers);
            while let Some(next) = told.next().await {
                let next = match next {
                    Ok(next) => next,
                    Err(failure) => {
                        yield Event::Failed(failure);
                        return;
                    }
                };
                // The first event names the run.
                if let Some(headers) = headers.take() {
                    yield Event::Upstream(upstream(&headers, next.response.as_ref()));
                }
                for event in answer.event(&next) {
                    let ended = matches!(event, Event::Done(_) | Event::Failed(_));
                    yield event;
                    if ended {
                        return;
                    }
                }
            }
        }
    }
}

impl Engine for AgentEngine {
    fn name(&self) -> &'static str {
        "agent-api"
    }

    fn honours(&self, request: &ChatRequest, field: &str) -> bool {
        fields::has_effect(request, &self.settings, field)
    }

    fn check(&self, request: &ChatRequest) -> Result<(), Failure> {
        fields::check(request, &self.settings)
    }

    fn elsewhere(&self) -> Option<&dyn Elsewhere> {
        Some(self)
    }

    fn answer(&self, request: Arc<ChatRequest>) -> BoxStream<'static, Event> {
        let events = if request.stream == Some(true) {
            self.streamed(&request).boxed()
        } else {
            self.replied(&request).boxed()
        };
        self.without_key(events)
    }
}

/// What the API says of a run: its id, without the word before it, as the protocol's ids were; and which model answers.
fn upstream(headers: &HeaderMap, answered: Option<&Answered>) -> Upstream {
    let id = answered.and_then(|answered| answered.id.as_deref());
    let id = id.map(|id| id.strip_prefix("resp_").unwrap_or(id));
    let mut told = failure::passed_on(headers);
    // Before it has ended, a run names the level instead of the model.
    let model = answered.and_then(|answered| answered.model.as_deref());
    let model = model.filter(|model| model.contains('/'));
    told.extend(model.map(|model| ("x-upstream-model", model.to_owned())));
    Upstream {
        id: id.map(str::to_owned),
        headers: told,
    }
}
