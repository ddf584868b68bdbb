//! A server whose engine does what a test tells it to. Must not judge what the server makes of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::stream::{self, BoxStream, StreamExt};
use serde_json::{Value, json};
use sonar::{
    ChatCompletion, ChatRequest, Client, Cost, Error, FinishReason, Message, Retries, SearchResult,
    Usage,
};
use sonar_server::engines::{Done, Engine, Event, Search, Sources};
use sonar_server::{Failure, Server, ServerSettings};
use tokio::sync::{Semaphore, mpsc};

type Script = dyn Fn(&ChatRequest) -> BoxStream<'static, Event> + Send + Sync;

/// An engine that plays a script.
pub(crate) struct Scripted(Box<Script>);

impl Scripted {
    pub(crate) fn new<S>(script: impl Fn(&ChatRequest) -> S + Send + Sync + 'static) -> Arc<Self>
    where
        S: futures_util::Stream<Item = Event> + Send + 'static,
    {
        Arc::new(Self(Box::new(move |request| script(request).boxed())))
    }

    /// Always the same events.
    pub(crate) fn playing(events: Vec<Event>) -> Arc<Self> {
        Self::new(move |_| stream::iter(events.clone()))
    }
}

impl Engine for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn id_prefix(&self) -> &'static str {
        "local-"
    }

    fn honours(&self, _: &ChatRequest, field: &str) -> bool {
        let honoured = [
            "messages.system",
            "search_domain_filter",
            "web_search_options.search_context_size",
        ];
        honoured.contains(&field)
    }

    fn check(&self, request: &ChatRequest) -> Result<(), Failure> {
        match request.disable_search {
            Some(true) => Err(Failure::unsupported(
                "disable_search: this engine always searches.",
            )),
            _ => Ok(()),
        }
    }

    fn answer(&self, request: Arc<ChatRequest>) -> BoxStream<'static, Event> {
        (self.0)(&request)
    }
}

fn because() -> Vec<SearchResult> {
    vec![SearchResult {
        title: "Because".to_owned(),
        url: "https://a.example/because".to_owned(),
        date: Some("2026-09-01".to_owned()),
        ..SearchResult::default()
    }]
}

pub(crate) fn search() -> Event {
    Event::Search(Search {
        keywords: vec!["why".to_owned()],
        results: because(),
    })
}

pub(crate) fn sources() -> Event {
    Event::Sources(Sources {
        results: because(),
        images: Vec::new(),
        related: vec!["And then?".to_owned()],
    })
}

pub(crate) fn delta(text: &str) -> Event {
    Event::Delta(text.to_owned())
}

pub(crate) fn done() -> Event {
    Event::Done(Box::new(Done {
        finish: FinishReason::Stop,
        usage: Usage {
            prompt_tokens: 1,
            completion_tokens: 4,
            total_tokens: 5,
            cost: Some(Cost::default()),
            ..Usage::default()
        },
    }))
}

/// A short answer with one source.
pub(crate) fn answer() -> Vec<Event> {
    vec![
        search(),
        sources(),
        delta("Because it is. "),
        delta("So it is. [1]"),
        done(),
    ]
}

pub(crate) const TEXT: &str = "Because it is. So it is. [1]";

pub(crate) async fn start(engine: Arc<dyn Engine>, settings: ServerSettings) -> Server {
    Server::start(settings, engine).await.unwrap()
}

pub(crate) async fn answering() -> Server {
    start(Scripted::playing(answer()), ServerSettings::default()).await
}

/// An HTTP client as others use, that knows nothing of the protocol.
pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub(crate) fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.address())
}

pub(crate) fn client(server: &Server) -> Client {
    Client::builder(&url(server, ""))
        .retries(Retries::NEVER)
        .build()
        .unwrap()
}

pub(crate) fn question() -> ChatRequest {
    ChatRequest::new("sonar", vec![Message::user("Why?")])
}

/// A good request with some fields set otherwise.
pub(crate) fn asking(fields: Value) -> Value {
    let mut request =
        json!({ "model": "sonar", "messages": [{ "role": "user", "content": "Why?" }] });
    if let (Value::Object(request), Value::Object(fields)) = (&mut request, fields) {
        request.extend(fields);
    }
    request
}

pub(crate) async fn post(server: &Server, body: &Value) -> reqwest::Response {
    http()
        .post(url(server, "/chat/completions"))
        .json(body)
        .send()
        .await
        .unwrap()
}

/// The text that the pieces of a stream add up to, and the error that ends it if one does.
pub(crate) async fn streamed(
    client: &Client,
    request: &ChatRequest,
) -> (Vec<ChatCompletion>, Option<Error>) {
    let mut stream = match client.chat_stream(request).await {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut pieces = Vec::new();
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(piece) => pieces.push(piece),
            Err(error) => return (pieces, Some(error)),
        }
    }
    (pieces, None)
}

pub(crate) fn text(pieces: &[ChatCompletion]) -> String {
    pieces
        .iter()
        .map(|piece| piece.added_text().into_owned())
        .collect()
}

/// The word to engines that wait for it, and what they have begun.
pub(crate) struct Gate {
    begun: mpsc::UnboundedReceiver<String>,
    open: Arc<Semaphore>,
    most_at_once: Arc<AtomicUsize>,
}

impl Gate {
    /// The next question that the engine begins to answer.
    pub(crate) async fn begun(&mut self) -> String {
        self.begun.recv().await.unwrap()
    }

    /// Lets so many answers end.
    pub(crate) fn let_end(&self, answers: usize) {
        self.open.add_permits(answers);
    }

    /// How many answers were under way together.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }
}

/// An engine that tells what it begins, and ends when it is let.
pub(crate) fn gated() -> (Arc<Scripted>, Gate) {
    let (tell, begun) = mpsc::unbounded_channel();
    let (open, most_at_once) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
    let (gate, most, under_way) = (open.clone(), most_at_once.clone(), Arc::new(()));
    let engine = Scripted::new(move |request| {
        let last = request.messages.last().unwrap();
        let question = last.content.text().into_owned();
        // The test may have seen enough.
        tell.send(question.clone()).ok();
        let (gate, under_way) = (gate.clone(), under_way.clone());
        most.fetch_max(Arc::strong_count(&under_way) - 1, Ordering::SeqCst);
        async_stream::stream! {
            yield sources();
            gate.acquire().await.unwrap().forget();
            yield delta(&question);
            drop(under_way);
            yield done();
        }
    });
    let gate = Gate {
        begun,
        open,
        most_at_once,
    };
    (engine, gate)
}
