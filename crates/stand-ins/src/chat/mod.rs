//! A stand-in for an OpenAI-compatible chat endpoint, such as those of Ollama, llama.cpp and vLLM.
//!
//! Refuses what they refuse, in
//! their words; what its model writes is played from a script. Must not know who asks.

mod asked;
mod manner;
mod model;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::{Reply, Running, Script, Trouble};

pub use manner::Manner;
pub use model::{MarkerStyle, Model};

/// A chat endpoint that listens until it is dropped.
#[derive(Debug)]
pub struct ChatEndpoint {
    running: Running,
    shared: Shared,
}

/// What is served.
#[derive(Clone, Debug)]
pub struct ChatSettings {
    /// The port on loopback; 0, the default, takes a free one.
    pub port: u16,
    /// The models it has. Default: `stand-in`.
    pub models: Vec<String>,
    /// The key it asks for; none by default.
    pub key: Option<String>,
}

impl Default for ChatSettings {
    fn default() -> Self {
        Self {
            port: 0,
            models: vec!["stand-in".to_owned()],
            key: None,
        }
    }
}

#[derive(Clone, Debug)]
struct Shared {
    settings: Arc<ChatSettings>,
    script: Script,
    state: Arc<Mutex<Counted>>,
}

#[derive(Debug, Default)]
struct Counted {
    model: Model,
    manner: Manner,
    requests: Vec<Value>,
    headers: Vec<HeaderMap>,
    tokens: u64,
    looked: usize,
}

impl ChatEndpoint {
    /// Listens on a free port, without a key.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(ChatSettings::default()).await
    }

    /// Listens as the settings say.
    ///
    /// # Errors
    ///
    /// When the port cannot be had.
    pub async fn start_with(settings: ChatSettings) -> io::Result<Self> {
        let port = settings.port;
        let shared = Shared {
            settings: Arc::new(settings),
            script: Script::default(),
            state: Arc::default(),
        };
        let routes = Router::new()
            .route("/v1/chat/completions", post(complete))
            .route("/v1/models", get(models))
            .with_state(shared.clone());
        let running = Running::start(port, routes).await?;
        Ok(Self { running, shared })
    }

    /// The base of its addresses, with `/v1`, as one configures it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/v1", self.running.url())
    }

    /// The troubles of the next requests for text.
    #[must_use]
    pub fn script(&self) -> &Script {
        &self.shared.script
    }

    /// What its model writes from now on. [`Model::Faithful`] until told.
    pub fn play(&self, model: Model) {
        self.shared.counted().model = model;
    }

    /// How its streams are written from now on.
    pub fn write(&self, manner: Manner) {
        self.shared.counted().manner = manner;
    }

    /// How often text was asked for, refusals included.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.shared.counted().requests.len()
    }

    /// How often the list of models was asked for.
    #[must_use]
    pub fn looked(&self) -> usize {
        self.shared.counted().looked
    }

    /// The tokens, read and written, of all that was written: what somebody would have paid for.
    #[must_use]
    pub fn tokens(&self) -> u64 {
        self.shared.counted().tokens
    }

    /// The bodies of the requests for text.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        self.shared.counted().requests.clone()
    }

    /// Their headers.
    #[must_use]
    pub fn headers(&self) -> Vec<HeaderMap> {
        self.shared.counted().headers.clone()
    }
}

impl Shared {
    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The refusal of a request without the key.
    fn refused(&self, headers: &HeaderMap) -> Option<Reply> {
        let key = self.settings.key.as_ref()?;
        let given = headers.get("authorization");
        let good =
            given.is_some_and(|given| given.as_bytes() == format!("Bearer {key}").as_bytes());
        (!good).then(unauthorized)
    }

    /// Counts a request for text, and makes the reply to it.
    fn taken(&self, headers: HeaderMap, body: &[u8], trouble: Option<&Trouble>) -> Reply {
        let read = serde_json::from_slice::<Value>(body);
        let refusal = self.refused(&headers).or_else(|| match &read {
            Ok(request) => asked::fault(request, &self.settings.models),
            Err(error) => Some(asked::bad_request(&format!("could not parse: {error}"))),
        });
        let request = read.unwrap_or_default();
        let mut counted = self.counted();
        counted.headers.push(headers);
        counted.requests.push(request.clone());
        match (refusal, trouble) {
            (Some(refusal), _) => refusal,
            // Nothing is written, and nothing costs anything.
            (None, Some(Trouble::Instead { .. })) => Reply::json(200, &Value::Null),
            (None, _) => counted.answer(&request),
        }
    }
}

async fn models(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    shared.counted().looked += 1;
    let listed: Vec<Value> = shared
        .settings
        .models
        .iter()
        .map(|id| json!({ "id": id, "object": "model", "created": 1_760_000_000, "owned_by": "library" }))
        .collect();
    let list = Reply::json(200, &json!({ "object": "list", "data": listed }));
    shared.refused(&headers).unwrap_or(list).sent(None).await
}

async fn complete(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let trouble = shared.script.take();
    let reply = shared.taken(headers, &body, trouble.as_ref());
    reply.sent(trouble).await
}

impl Counted {
    fn answer(&mut self, request: &Value) -> Reply {
        let said = self.model.says(request, self.requests.len());
        let usage = asked::usage(request, &said.text);
        self.tokens += usage["total_tokens"].as_u64().unwrap_or_default();
        let pause = match self.model {
            Model::OneTokenAMinute => Duration::from_secs(60),
            _ => Duration::ZERO,
        };
        self.manner.reply(request, &said, &usage, pause)
    }
}

fn unauthorized() -> Reply {
    let error =
        json!({ "message": "Invalid API Key", "type": "authentication_error", "code": 401 });
    Reply::json(401, &json!({ "error": error }))
}
