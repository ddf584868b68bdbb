//! An answer service that does as a test tells it: answers, refuses, lies, falls silent. Speaks just enough of the protocol.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Response, StatusCode, header};
use axum::routing::post;
use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use super::research_service::Researches;

/// What the service does with one question.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// Sends these bytes as server-sent events, and ends.
    Events(Vec<String>),
    /// Sends these, then waits for `go_on`, then sends those, and ends.
    Paused(Vec<String>, Vec<String>),
    /// Sends these, waits for `go_on`, and breaks the connection off.
    Cut(Vec<String>),
    /// Sends these and nothing more, for ever.
    Stalls(Vec<String>),
    /// Accepts the question and never answers.
    Silent,
    /// Answers with a status and a body.
    Status(u16, &'static str),
    /// Answers 429 with a wait in seconds.
    Busy(u32),
}

impl Script {
    /// A whole answer, text in pieces of some words, from these sources.
    pub(crate) fn answer(text: &str, urls: &[&str]) -> Self {
        let mut events = pieces(text, urls);
        events.push(done(urls));
        events.push("data: [DONE]\n\n".to_owned());
        Self::Events(events)
    }
}

impl Script {
    /// A whole answer with questions that one could ask next.
    pub(crate) fn related(text: &str, urls: &[&str], related: &[&str]) -> Self {
        let mut events = pieces(text, urls);
        let end = done(urls);
        let mut end: Value = serde_json::from_str(end.trim_start_matches("data: ")).unwrap();
        end["related_questions"] = json!(related);
        events.push(format!("data: {end}\n\n"));
        Self::Events(events)
    }
}

impl Script {
    /// A whole answer as a service gives it that was asked for a concise stream: what was searched for, what was found, the text in pieces
    /// of some words, and all of it once more.
    pub(crate) fn concise(queries: &[&str], text: &str, urls: &[&str]) -> Self {
        Self::Events([vec![searching(queries)], concise(queries, text, urls)].concat())
    }

    /// A whole answer with pictures, each with the page that it is from.
    pub(crate) fn images(text: &str, urls: &[&str], images: &[(&str, &str)]) -> Self {
        let mut events = pieces(text, urls);
        let mut end = read(&done(urls));
        let image = |(url, origin): &(&str, &str)| json!({ "image_url": url, "origin_url": origin, "title": format!("Picture of {origin}"), "width": 640, "height": 480 });
        end["images"] = images.iter().map(image).collect();
        events.push(written(&end));
        Self::Events(events)
    }
}

/// The piece of a concise stream that tells of a search.
pub(crate) fn searching(queries: &[&str]) -> String {
    let delta = json!({ "role": "assistant", "content": "", "reasoning_steps": [step(queries)] });
    written(&json!({
        "id": "x", "model": "sonar", "created": 1, "object": "chat.reasoning",
        "choices": [{ "index": 0, "delta": delta, "message": { "role": "assistant", "content": "" }, "finish_reason": null }],
    }))
}

/// What follows the searches of a concise stream, up to its end.
pub(crate) fn concise(queries: &[&str], text: &str, urls: &[&str]) -> Vec<String> {
    let end = read(&done(urls));
    let mut found = end.clone();
    found["object"] = json!("chat.reasoning.done");
    let choice = &mut found["choices"][0];
    choice["finish_reason"] = Value::Null;
    choice["message"]["reasoning_steps"] = json!([step(queries)]);
    let mut events = vec![written(&found)];
    for piece in text.split_inclusive(' ') {
        let delta = json!({ "role": "assistant", "content": piece });
        events.push(written(&json!({
            "id": "x", "model": "sonar", "created": 1, "object": "chat.completion.chunk",
            "choices": [{ "index": 0, "delta": delta, "message": { "role": "assistant", "content": "" }, "finish_reason": null }],
        })));
    }
    let mut last = end;
    last["choices"][0]["message"]["content"] = json!(text);
    last["choices"][0]["delta"]["content"] = json!("");
    events.push(written(&last));
    events.push("data: [DONE]\n\n".to_owned());
    events
}

fn step(queries: &[&str]) -> Value {
    json!({ "thought": "Look", "type": "web_search", "web_search": { "search_keywords": queries, "search_results": [] } })
}

fn read(event: &str) -> Value {
    serde_json::from_str(event.trim_start_matches("data: ")).unwrap()
}

fn written(piece: &Value) -> String {
    format!("data: {piece}\n\n")
}

/// The pieces of a text as events, without the end.
pub(crate) fn pieces(text: &str, urls: &[&str]) -> Vec<String> {
    text.split_inclusive(' ')
        .map(|piece| event("chat.completion.chunk", piece, &Value::Null, urls))
        .collect()
}

/// The event that ends an answer.
pub(crate) fn done(urls: &[&str]) -> String {
    event("chat.completion.done", "", &json!("stop"), urls)
}

fn event(object: &str, piece: &str, finish: &Value, urls: &[&str]) -> String {
    let results: Vec<Value> = urls
        .iter()
        .map(|url| json!({ "title": format!("Page at {url}"), "url": url, "date": "2026-01-02" }))
        .collect();
    let message = json!({ "role": "assistant", "content": piece });
    let chunk = json!({
        "id": "x", "model": "sonar", "created": 1, "object": object, "citations": urls, "search_results": results,
        "usage": { "prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8, "cost": { "input_tokens_cost": 0.0, "output_tokens_cost": 0.0, "total_cost": 0.0051 } },
        "choices": [{ "index": 0, "delta": message, "message": message, "finish_reason": finish }],
    });
    format!("data: {chunk}\n\n")
}

/// The service. It listens until the test ends.
#[derive(Clone)]
pub(crate) struct ScriptedService {
    address: SocketAddr,
    state: Arc<Service>,
    /// What is asked of it now and fetched later.
    pub(crate) researches: Researches,
}

#[derive(Default)]
struct Service {
    next: Mutex<VecDeque<Script>>,
    echoes: AtomicBool,
    asked: watch::Sender<Vec<Value>>,
    go_on: Notify,
}

impl ScriptedService {
    pub(crate) async fn start() -> Self {
        let state = Arc::new(Service::default());
        let researches = Researches::default();
        let routes = Router::new()
            .route("/chat/completions", post(answer))
            .with_state(Arc::clone(&state))
            .merge(researches.routes());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            address,
            state,
            researches,
        }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What to do with the next question that has no script yet. Without one, a question is answered "Yes. [1]".
    pub(crate) fn next(&self, script: Script) {
        self.state.next.lock().unwrap().push_back(script);
    }

    /// From now on, a question that has no script is answered by what it asks: `Tea?` by `About "Tea?". [1]`.
    pub(crate) fn echoes(&self) {
        self.state.echoes.store(true, Ordering::Relaxed);
    }

    /// Lets a paused answer, or one that is to be cut, go on.
    pub(crate) fn go_on(&self) {
        self.state.go_on.notify_one();
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<Value> {
        self.state.asked.borrow().clone()
    }

    /// Waits until it was asked this often.
    pub(crate) async fn asked_in_all(&self, count: usize) {
        self.state
            .asked
            .subscribe()
            .wait_for(|asked| asked.len() >= count)
            .await
            .unwrap();
    }
}

/// What a request asks: the text of its last message.
pub(crate) fn asks(request: &Value) -> &str {
    let last = request["messages"].as_array().and_then(|all| all.last());
    last.and_then(|last| last["content"].as_str())
        .unwrap_or_default()
}

async fn answer(State(state): State<Arc<Service>>, body: Bytes) -> Response<Body> {
    let question: Value = serde_json::from_slice(&body).unwrap();
    let usual = if state.echoes.load(Ordering::Relaxed) {
        format!("About \"{}\". [1]", asks(&question))
    } else {
        "Yes. [1]".to_owned()
    };
    state.asked.send_modify(|asked| asked.push(question));
    let script = state.next.lock().unwrap().pop_front();
    match script.unwrap_or_else(|| Script::answer(&usual, &["https://example.org/yes"])) {
        Script::Events(events) => streamed(stream::iter(events.into_iter().map(sent)).boxed()),
        Script::Paused(before, after) => {
            let pause = stream::once(async move {
                state.go_on.notified().await;
                sent(String::new())
            });
            streamed(
                stream::iter(before.into_iter().map(sent))
                    .chain(pause)
                    .chain(stream::iter(after.into_iter().map(sent)))
                    .boxed(),
            )
        }
        Script::Cut(events) => {
            let broken = stream::once(async move {
                state.go_on.notified().await;
                Err(std::io::Error::other("cut"))
            });
            streamed(
                stream::iter(events.into_iter().map(|event| Ok(Bytes::from(event))))
                    .chain(broken)
                    .boxed(),
            )
        }
        Script::Stalls(events) => streamed(
            stream::iter(events.into_iter().map(sent))
                .chain(stream::pending())
                .boxed(),
        ),
        Script::Silent => std::future::pending().await,
        Script::Status(status, body) => response(status).body(Body::from(body)).unwrap(),
        Script::Busy(seconds) => response(429)
            .header(header::RETRY_AFTER, seconds)
            .body(Body::empty())
            .unwrap(),
    }
}

fn sent(event: String) -> Result<Bytes, Infallible> {
    Ok(Bytes::from(event))
}

fn streamed<E: Into<axum::BoxError> + Send + 'static>(
    events: stream::BoxStream<'static, Result<Bytes, E>>,
) -> Response<Body> {
    response(200)
        .header(header::CONTENT_TYPE, "text/event-stream")
        .body(Body::from_stream(events))
        .unwrap()
}

fn response(status: u16) -> axum::http::response::Builder {
    Response::builder().status(StatusCode::from_u16(status).unwrap())
}
