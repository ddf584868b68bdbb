//! The asynchronous half of an answer service that does as a test tells it: takes researches on, works on them until it is told that they are done, and
//! counts what is paid for. Knows nothing of the bot.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode, header};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::watch;

/// What the service does with one submission.
#[derive(Clone, Debug)]
pub(crate) enum Submission {
    /// Takes it on.
    Taken,
    /// Takes it on, and its reply is lost.
    TakenUnheard,
    /// Does not take it on, and says so with a status and a body.
    Status(u16, &'static str),
    /// Answers 429, with a wait in seconds where it names one.
    Busy(Option<u32>),
    /// Takes it on and never replies.
    Silent,
}

/// How far the service is with a research.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Work {
    /// Not begun.
    Created,
    /// Begun.
    InProgress,
    /// Done: the whole reply.
    Completed(Value),
    /// Called done, without a reply that can be read.
    Unanswered,
    /// Given up.
    Failed,
    /// The service does not know it any more.
    Forgotten,
}

/// A research that was taken on, and is paid for.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// The service's name for it.
    pub(crate) id: String,
    /// The key that it was submitted under.
    pub(crate) key: String,
    /// What was submitted.
    pub(crate) request: Value,
    /// How far it is.
    pub(crate) work: Work,
}

/// Everything that happened at the service.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    /// The researches, in the order in which they were taken on. Each was paid for once.
    pub(crate) taken: Vec<Taken>,
    /// How often something was submitted, whatever came of it.
    pub(crate) submitted: usize,
    /// How often it was looked whether something is done.
    pub(crate) looked: usize,
}

/// The service; its clones are the same one.
#[derive(Clone)]
pub(crate) struct Researches {
    state: Arc<Inner>,
}

struct Inner {
    book: watch::Sender<Book>,
    plan: Mutex<Plan>,
}

struct Plan {
    next: VecDeque<Submission>,
    /// Whether a key that was seen before leads to the same research.
    honours_keys: bool,
    /// What comes of a research as soon as it is taken on.
    at_once: Work,
    /// The status of every look, where none is answered.
    looks_fail: Option<u16>,
}

impl Default for Researches {
    fn default() -> Self {
        let plan = Plan {
            next: VecDeque::new(),
            honours_keys: true,
            at_once: Work::InProgress,
            looks_fail: None,
        };
        Self {
            state: Arc::new(Inner {
                book: watch::Sender::new(Book::default()),
                plan: Mutex::new(plan),
            }),
        }
    }
}

impl Researches {
    /// What the service answers under its address.
    pub(crate) fn routes(&self) -> Router {
        Router::new()
            .route("/async/chat/completions", post(submit))
            .route("/async/chat/completions/{id}", get(look))
            .with_state(self.clone())
    }

    /// What to do with the next submission that has no script yet. Without one, it is taken on.
    pub(crate) fn next(&self, submission: Submission) {
        self.plan().next.push_back(submission);
    }

    /// From now on every submission is a research of its own, whatever its key.
    pub(crate) fn ignores_keys(&self) {
        self.plan().honours_keys = false;
    }

    /// From now on this comes of a research as soon as it is taken on; otherwise it is in progress until it is told to be more.
    pub(crate) fn at_once(&self, work: Work) {
        self.plan().at_once = work;
    }

    /// From now on looks are answered with this status; with none, as they should be.
    pub(crate) fn looks_fail(&self, status: Option<u16>) {
        self.plan().looks_fail = status;
    }

    /// Everything so far.
    pub(crate) fn book(&self) -> Book {
        self.state.book.borrow().clone()
    }

    /// Researches that were taken on, and are paid for.
    pub(crate) fn paid(&self) -> usize {
        self.state.book.borrow().taken.len()
    }

    /// Waits until the book is as wanted.
    pub(crate) async fn until(&self, wanted: impl FnMut(&Book) -> bool) -> Book {
        let mut book = self.state.book.subscribe();
        book.wait_for(wanted).await.unwrap().clone()
    }

    /// Waits until so many were taken on.
    pub(crate) async fn taken_on(&self, count: usize) -> Book {
        self.until(|book| book.taken.len() >= count).await
    }

    /// Waits until it was looked once more, so that what the service said by now is known.
    pub(crate) async fn looked_again(&self) {
        let before = self.book().looked;
        // The first of these looks may have been answered before.
        self.until(|book| book.looked >= before + 2).await;
    }

    /// Lets a research, counted from 0, come this far.
    pub(crate) fn comes_to(&self, research: usize, work: Work) {
        self.state
            .book
            .send_modify(|book| book.taken[research].work = work);
    }

    /// Completes a research, counted from 0, with this text from these sources, for so many US dollars where the service says.
    pub(crate) fn completes(&self, research: usize, text: &str, urls: &[&str], usd: Option<f64>) {
        self.comes_to(research, Work::Completed(completion(text, urls, usd)));
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.state
            .plan
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a research on, or finds the one of the same key.
    fn take(&self, key: String, request: Value) -> Taken {
        let (honours_keys, at_once) = {
            let plan = self.plan();
            (plan.honours_keys, plan.at_once.clone())
        };
        let mut found = None;
        self.state.book.send_modify(|book| {
            let known = book
                .taken
                .iter()
                .find(|taken| honours_keys && taken.key == key);
            let taken = known.cloned().unwrap_or_else(|| {
                let id = format!("research-{}", book.taken.len() + 1);
                let work = at_once.clone();
                let taken = Taken {
                    id,
                    key,
                    request,
                    work,
                };
                book.taken.push(taken.clone());
                taken
            });
            found = Some(taken);
        });
        found.unwrap()
    }
}

/// What a research asks: the text of its last message.
pub(crate) fn asks(request: &Value) -> &str {
    let last = request["messages"].as_array().and_then(|all| all.last());
    last.and_then(|last| last["content"].as_str())
        .unwrap_or_default()
}

/// The whole reply to a research: this text from these sources, for so many US dollars where the service says.
pub(crate) fn completion(text: &str, urls: &[&str], usd: Option<f64>) -> Value {
    let results: Vec<Value> = urls
        .iter()
        .map(|url| json!({ "title": format!("Page at {url}"), "url": url, "date": "2026-01-02" }))
        .collect();
    let mut usage = json!({ "prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8 });
    if let Some(usd) = usd {
        usage["cost"] =
            json!({ "input_tokens_cost": 0.0, "output_tokens_cost": 0.0, "total_cost": usd });
    }
    let message = json!({ "role": "assistant", "content": text });
    json!({
        "id": "x", "model": "sonar-deep-research", "created": 1, "object": "chat.completion", "citations": urls,
        "search_results": results, "usage": usage,
        "choices": [{ "index": 0, "finish_reason": "stop", "message": message }],
    })
}

async fn submit(State(service): State<Researches>, body: Bytes) -> Response<Body> {
    let wish: Value = serde_json::from_slice(&body).unwrap();
    let key = wish["idempotency_key"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    service.state.book.send_modify(|book| book.submitted += 1);
    let submission = service.plan().next.pop_front();
    let take = || service.take(key.clone(), wish["request"].clone());
    match submission.unwrap_or(Submission::Taken) {
        Submission::Taken => reply(&take()),
        Submission::TakenUnheard => {
            take();
            response(502).body(Body::empty()).unwrap()
        }
        Submission::Status(status, body) => response(status).body(Body::from(body)).unwrap(),
        Submission::Busy(wait) => {
            let busy = response(429);
            let busy = match wait {
                Some(wait) => busy.header(header::RETRY_AFTER, wait),
                None => busy,
            };
            busy.body(Body::empty()).unwrap()
        }
        Submission::Silent => {
            take();
            std::future::pending().await
        }
    }
}

async fn look(State(service): State<Researches>, Path(id): Path<String>) -> Response<Body> {
    service.state.book.send_modify(|book| book.looked += 1);
    if let Some(status) = service.plan().looks_fail {
        return response(status).body(Body::empty()).unwrap();
    }
    let taken = service
        .book()
        .taken
        .into_iter()
        .find(|taken| taken.id == id);
    match taken {
        Some(taken) if taken.work != Work::Forgotten => reply(&taken),
        _ => response(404).body(Body::empty()).unwrap(),
    }
}

fn reply(taken: &Taken) -> Response<Body> {
    let mut job = json!({
        "id": taken.id, "model": "sonar-deep-research", "created_at": 1, "status": "CREATED", "response": null,
    });
    match &taken.work {
        Work::Created | Work::Forgotten => {}
        Work::InProgress => job["status"] = json!("IN_PROGRESS"),
        Work::Completed(answer) => {
            job["status"] = json!("COMPLETED");
            job["response"] = answer.clone();
        }
        Work::Unanswered => job["status"] = json!("COMPLETED"),
        Work::Failed => {
            job["status"] = json!("FAILED");
            job["error_message"] = json!("No sources.");
        }
    }
    let replied = response(200).header(header::CONTENT_TYPE, "application/json");
    replied.body(Body::from(job.to_string())).unwrap()
}

fn response(status: u16) -> axum::http::response::Builder {
    Response::builder().status(StatusCode::from_u16(status).unwrap())
}
