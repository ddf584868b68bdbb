//! A service that gives one prepared reply to everything and keeps what it was asked. Must not judge requests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use sonar::{ChatCompletion, ChatRequest, Client, ClientBuilder, Error, Message, Retries};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

pub(crate) const KEY: &str = "pplx-canary-1234567890";

/// What the service was asked.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The path with its query, as it stood in the request.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: serde_json::Value,
}

/// A running service; dropping it stops it.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    asked: Mutex<mpsc::UnboundedReceiver<Asked>>,
    _tasks: JoinSet<()>,
}

impl Service {
    /// A service that replies with what `reply` makes.
    pub(crate) async fn replying<R: IntoResponse>(
        reply: impl Fn() -> R + Send + Sync + 'static,
    ) -> Self {
        let (tell, asked) = mpsc::unbounded_channel();
        let reply = Arc::new(move || reply().into_response());
        let handler = move |request: Request| {
            let (tell, reply) = (tell.clone(), Arc::clone(&reply));
            async move {
                let (head, body) = request.into_parts();
                let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
                tell.send(Asked {
                    method: head.method.to_string(),
                    path: head.uri.to_string(),
                    headers: head.headers,
                    body: serde_json::from_slice(&body).unwrap_or_default(),
                })
                .ok();
                reply()
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            axum::serve(listener, Router::new().fallback(handler))
                .await
                .unwrap();
        });
        Self {
            address,
            asked: Mutex::new(asked),
            _tasks: tasks,
        }
    }

    /// A service that gives each call the next of these replies, and the last one to all that follow.
    pub(crate) async fn in_turn(replies: Vec<fn() -> Response>) -> Self {
        let next = AtomicUsize::new(0);
        Self::replying(move || {
            let turn = next.fetch_add(1, Ordering::SeqCst);
            let reply = replies.get(turn).or(replies.last()).unwrap();
            reply()
        })
        .await
    }

    /// A service that sends these bytes as an event stream, cut as they are given.
    pub(crate) async fn streaming(pieces: &[&'static str]) -> Self {
        let pieces: Vec<&'static str> = pieces.to_vec();
        Self::replying(move || event_stream(futures_util::stream::iter(pieces.clone()))).await
    }

    pub(crate) async fn asked(&self) -> Asked {
        self.asked.lock().await.recv().await.unwrap()
    }

    /// Everything it was asked and has not told yet.
    pub(crate) async fn all_asked(&self) -> Vec<Asked> {
        let mut asked = self.asked.lock().await;
        std::iter::from_fn(|| asked.try_recv().ok()).collect()
    }

    /// A client that tries once. The tests of repeating set their own patience.
    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder(&format!("http://{}", self.address))
            .key(KEY.into())
            .retries(Retries::NEVER)
    }

    pub(crate) async fn chat(&self) -> Result<ChatCompletion, Error> {
        self.builder().build().unwrap().chat(&question()).await
    }

    /// The pieces that arrive, and the error that ends them if one does.
    pub(crate) async fn stream(&self) -> (Vec<ChatCompletion>, Option<Error>) {
        read(&self.builder().build().unwrap()).await
    }
}

/// Reads a stream to its end.
pub(crate) async fn read(client: &Client) -> (Vec<ChatCompletion>, Option<Error>) {
    let mut stream = match client.chat_stream(&question()).await {
        Ok(stream) => stream,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut pieces = Vec::new();
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(piece) => pieces.push(piece),
            Err(error) => {
                assert!(stream.next().await.is_none(), "nothing may follow an error");
                return (pieces, Some(error));
            }
        }
    }
    (pieces, None)
}

pub(crate) fn question() -> ChatRequest {
    ChatRequest::new("sonar", vec![Message::user("Why?")])
}

pub(crate) fn event_stream<P: Into<Bytes>>(
    pieces: impl Stream<Item = P> + Send + 'static,
) -> Response {
    let pieces = pieces.map(|piece| Ok::<Bytes, std::convert::Infallible>(piece.into()));
    (
        [("content-type", "text/event-stream; charset=utf-8")],
        Body::from_stream(pieces),
    )
        .into_response()
}

/// The text that the pieces add up to.
pub(crate) fn text(pieces: &[ChatCompletion]) -> String {
    pieces
        .iter()
        .map(|piece| piece.added_text().into_owned())
        .collect()
}
