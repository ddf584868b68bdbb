//! An answer service that does what the words of a question say, at once or as research, and keeps book of what is paid for. It outlives every
//! process of the bot.
//!
//! A question is known by its number: `q17`. Its answer ends with `q17-whole`, so that half an answer is not taken for all of it.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode, header};
use axum::routing::{get, post};
use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The word of a question whose answer takes several messages.
pub(crate) const LONG: &str = "at-length";

/// The word of a question whose answer breaks off in the middle, and whose research never ends.
pub(crate) const STALLS: &str = "for-ever";

/// How many sentences a long answer has.
pub(crate) const SENTENCES: usize = 110;

/// The page that every answer cites.
const PAGE: &str = "https://example.org/canary-page";

/// What was paid for, or tried to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    /// The questions that were answered at once, or begun to be. Each was paid for.
    pub(crate) asked: Vec<String>,
    /// The researches that were taken on. Each was paid for.
    pub(crate) taken: Vec<Taken>,
    /// The question and the key of every submission, whatever came of it.
    pub(crate) submitted: Vec<(String, String)>,
    /// How often it was looked whether something is done.
    pub(crate) looked: usize,
}

/// A research that was taken on.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) question: String,
    key: String,
    id: String,
    request: Value,
    since: Instant,
}

/// How the service behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Whether a key that was seen before leads to the same research.
    pub(crate) honours_keys: bool,
    /// How long a research takes.
    pub(crate) research: Duration,
    /// The pause before each piece of an answer that is streamed.
    pub(crate) pause: Duration,
    /// Whether researches are taken on and never replied to.
    pub(crate) loses_replies: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            honours_keys: true,
            research: Duration::from_millis(500),
            pause: Duration::from_millis(30),
            loses_replies: false,
        }
    }
}

/// The service. It listens until the test ends.
#[derive(Clone)]
pub(crate) struct Service {
    address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    book: watch::Sender<Book>,
    manner: Mutex<Manner>,
}

impl Inner {
    fn manner(&self) -> MutexGuard<'_, Manner> {
        self.manner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    pub(crate) async fn start() -> Self {
        let inner = Arc::new(Inner {
            book: watch::Sender::default(),
            manner: Mutex::default(),
        });
        let routes = Router::new()
            .route("/chat/completions", post(answer))
            .route("/async/chat/completions", post(submit))
            .route("/async/chat/completions/{id}", get(look))
            .with_state(Arc::clone(&inner));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, inner }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes how it behaves from now on.
    pub(crate) fn behaves(&self, change: impl FnOnce(&mut Manner)) {
        change(&mut self.inner.manner());
    }

    /// What was paid for so far, or tried to be.
    pub(crate) fn book(&self) -> Book {
        self.inner.book.borrow().clone()
    }

    /// How often a question was paid for.
    pub(crate) fn paid_for(&self, question: &str) -> usize {
        let book = self.inner.book.borrow();
        let asked = book.asked.iter().filter(|asked| *asked == question);
        let taken = book.taken.iter().filter(|taken| taken.question == question);
        asked.count() + taken.count()
    }

    /// Whether keys lead to what was taken on under them before.
    pub(crate) fn honours_keys(&self) -> bool {
        self.inner.manner().honours_keys
    }

    /// Waits until the book is as wanted.
    pub(crate) async fn until(&self, wanted: impl FnMut(&Book) -> bool) {
        let mut book = self.inner.book.subscribe();
        let until = tokio::time::timeout(crate::world::IN_TIME, book.wait_for(wanted)).await;
        until.expect("the service was not asked").unwrap();
    }

    /// Waits until a question was paid for.
    pub(crate) async fn is_paid_for(&self, question: &str) {
        self.until(|book| {
            book.asked.iter().any(|asked| asked == question)
                || book.taken.iter().any(|taken| taken.question == question)
        })
        .await;
    }
}

/// The number that a text names a question by, such as `q17`.
pub(crate) fn question_in(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .find(|word| {
            let digits = word.strip_prefix('q').unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// The sentence of a long answer with this number, from 0, without what follows its mark.
pub(crate) fn mark(question: &str, sentence: usize) -> String {
    format!("{question}-s{sentence:03}")
}

/// How a whole answer ends.
pub(crate) fn whole(question: &str) -> String {
    format!("{question}-whole")
}

/// What answers a request, in pieces.
fn pieces(request: &Value) -> Vec<String> {
    let asked = asks(request);
    let question = question_in(asked).unwrap_or("q0");
    let mut pieces = Vec::new();
    if asked.contains(LONG) {
        let sentence = |number| {
            format!(
                "Sentence {} says something canary of note at length. ",
                mark(question, number)
            )
        };
        pieces.extend((0..SENTENCES).map(sentence));
    } else {
        pieces.extend(["It is ", "known. ", "This canary ", "says "].map(str::to_owned));
    }
    pieces.push(format!("{}.[1]", whole(question)));
    pieces
}

/// The text of a request's last message: what it asks.
fn asks(request: &Value) -> &str {
    let last = request["messages"].as_array().and_then(|all| all.last());
    last.and_then(|last| last["content"].as_str())
        .unwrap_or_default()
}

async fn answer(State(service): State<Arc<Inner>>, body: Bytes) -> Response<Body> {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let asked = asks(&request);
    let question = question_in(asked).unwrap_or_default().to_owned();
    service.book.send_modify(|book| book.asked.push(question));
    let pieces = pieces(&request);
    let half = pieces.len() / 2;
    let pause = match pieces.len() {
        // A long answer is not to take longer than a short one.
        5 => service.manner().pause,
        _ => service.manner().pause / 10,
    };
    let event = |piece: &str| chunk("chat.completion.chunk", piece, &Value::Null);
    let mut events: Vec<String> = pieces.iter().map(|piece| event(piece)).collect();
    let rest = if asked.contains(STALLS) {
        events.truncate(half);
        stream::pending().boxed()
    } else {
        events.push(chunk("chat.completion.done", "", &json!("stop")));
        events.push("data: [DONE]\n\n".to_owned());
        stream::empty().boxed()
    };
    let paced = stream::iter(events).then(move |event| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, Infallible>(Bytes::from(event))
    });
    let typed = response(200).header(header::CONTENT_TYPE, "text/event-stream");
    typed.body(Body::from_stream(paced.chain(rest))).unwrap()
}

fn chunk(object: &str, piece: &str, finish: &Value) -> String {
    let message = json!({ "role": "assistant", "content": piece });
    let chunk = json!({
        "id": "x", "model": "sonar", "created": 1, "object": object, "citations": [PAGE], "search_results": found(),
        "usage": usage(),
        "choices": [{ "index": 0, "delta": message, "message": message, "finish_reason": finish }],
    });
    format!("data: {chunk}\n\n")
}

fn found() -> Value {
    json!([{ "title": "A page", "url": PAGE, "date": "2026-01-02" }])
}

fn usage() -> Value {
    json!({
        "prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8,
        "cost": { "input_tokens_cost": 0.0, "output_tokens_cost": 0.0, "total_cost": 0.41 },
    })
}

async fn submit(State(service): State<Arc<Inner>>, body: Bytes) -> Response<Body> {
    let wish: Value = serde_json::from_slice(&body).unwrap();
    let key = wish["idempotency_key"].as_str().unwrap_or_default();
    let request = &wish["request"];
    let question = question_in(asks(request)).unwrap_or_default();
    let manner = *service.manner();
    let mut replied = None;
    service.book.send_modify(|book| {
        book.submitted.push((question.to_owned(), key.to_owned()));
        let mut earlier = book.taken.iter();
        let known = earlier.find(|taken| manner.honours_keys && taken.key == key);
        let taken = known.cloned().unwrap_or_else(|| {
            let taken = Taken {
                question: question.to_owned(),
                key: key.to_owned(),
                id: format!("research-{}", book.taken.len() + 1),
                request: request.clone(),
                since: Instant::now(),
            };
            book.taken.push(taken.clone());
            taken
        });
        replied = Some(job(&taken, manner));
    });
    if manner.loses_replies {
        return std::future::pending().await;
    }
    json_of(&replied.unwrap())
}

async fn look(State(service): State<Arc<Inner>>, Path(id): Path<String>) -> Response<Body> {
    service.book.send_modify(|book| book.looked += 1);
    let book = service.book.borrow().clone();
    match book.taken.iter().find(|taken| taken.id == id) {
        Some(taken) => json_of(&job(taken, *service.manner())),
        None => response(404).body(Body::empty()).unwrap(),
    }
}

/// A research as the service tells of it.
fn job(taken: &Taken, manner: Manner) -> Value {
    let mut job = json!({
        "id": taken.id, "model": "sonar-deep-research", "created_at": 1, "status": "IN_PROGRESS", "response": null,
    });
    if taken.since.elapsed() >= manner.research && !asks(&taken.request).contains(STALLS) {
        let message = json!({ "role": "assistant", "content": pieces(&taken.request).concat() });
        job["status"] = json!("COMPLETED");
        job["response"] = json!({
            "id": "x", "model": "sonar-deep-research", "created": 1, "object": "chat.completion",
            "citations": [PAGE], "search_results": found(), "usage": usage(),
            "choices": [{ "index": 0, "finish_reason": "stop", "message": message }],
        });
    }
    job
}

fn json_of(value: &Value) -> Response<Body> {
    let replied = response(200).header(header::CONTENT_TYPE, "application/json");
    replied.body(Body::from(value.to_string())).unwrap()
}

fn response(status: u16) -> axum::http::response::Builder {
    Response::builder().status(StatusCode::from_u16(status).unwrap())
}
